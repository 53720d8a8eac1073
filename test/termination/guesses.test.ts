/** The whole job, from plan to nothing left, under what NCP's documents leave open, each way, and where it shows. */

import { describe, expect, it } from 'vitest';
import { GUESS_NAMES, GUESSES, type GuessName } from '../../lib/simulator/guesses.ts';
import type { SimulatedNcp } from '../../lib/simulator/simulator.ts';
import type { RequestInput } from '../../lib/termination/request.ts';
import type { Run } from '../../lib/termination/run-record.ts';
import { worded } from '../wording/worded.ts';
import { BOTH, devServer, exists, type Ncp, type NcpOptions, outcomeOf, runOn, startNcp } from './harness.ts';

const OURS = ['1001', '1002', '1003'];

function full(n: number): Record<string, unknown> {
  return {
    blockStorage: [{ blockStorageName: `data-${n}` }, { blockStorageName: `log-${n}` }],
    publicIp: `203.0.113.${n}`,
  };
}

/** Running and stopped, tagged and not; 1004 keeps itself. */
function fleet(change: Record<string, unknown> = {}): Record<string, unknown>[] {
  return [
    devServer({ tags: { env: 'dev' }, ...full(1) }),
    devServer({ serverInstanceNo: '1002', status: 'NSTOP', tags: { env: 'dev' }, ...full(2), ...change }),
    devServer({ serverInstanceNo: '1003', ...full(3) }),
    devServer({ serverInstanceNo: '1004', tags: { keep: 'demo' }, ...full(4) }),
  ];
}

interface Shown {
  ncp?: NcpOptions;
  input?: Partial<RequestInput>;
  /** What a person does just before a call of this action is sent, once. */
  before?: [action: string, act: (person: SimulatedNcp['person']) => void];
  /** Where this guess changes nothing in Classic. */
  isOfVpc?: boolean;
}

/** How each guess is made to show. */
const SHOWN: Record<GuessName, Shown> = {
  untagged: { isOfVpc: true },
  'resource-case': { isOfVpc: true },
  'resource-region': { isOfVpc: true, ncp: { region: 'JPN' }, input: { region: 'JPN' } },
  'resource-paging': { isOfVpc: true },
  'resource-count': { isOfVpc: true },
  'address-blocks': {},
  'protection-code': { before: ['terminateServerInstances', (person) => person.protect('1002', true)] },
  'busy-code': { before: ['stopServerInstances', (person) => person.stop('1001')] },
  batch: { ncp: { servers: fleet({ loadBalancer: { changingSeconds: 200 } }) } },
  'act-reply': {},
  'error-keys': { ncp: { faults: 'terminateServerInstances:25015:2,detachBlockStorageInstances:25013:1' } },
  'disassociate-by': { isOfVpc: true },
  'base-disk': {},
  'classic-tags': {},
  'code-names': { isOfVpc: true },
  'gateway-text': { ncp: { faults: 'stopServerInstances:429/410:1,terminateServerInstances:503/500:1' } },
};

/** Which servers may be left alone, and what the sentence then has to name. */
const MAY_REFUSE: Partial<Record<string, { servers: string[]; saying: RegExp }>> = {
  'untagged=null': { servers: ['1003'], saying: /tags/ },
  'untagged=missing': { servers: ['1003'], saying: /tags/ },
  'untagged=unlisted': { servers: ['1003'], saying: /tags/ },
  'resource-case=lower': { servers: OURS, saying: /tags/ },
  'resource-case=upper': { servers: OURS, saying: /tags/ },
  'resource-region=short': { servers: OURS, saying: /tags/ },
  // Somebody protected it after the plan.
  'protection-code=21001': { servers: ['1002'], saying: /protect/ },
  'protection-code=1100099': { servers: ['1002'], saying: /protect|1100099/ },
};

/** NCP said no to the call and ended some of its servers all the same: nobody knows whose doing that is, so nothing is freed. */
const MAY_LEAVE = 'batch=each';

const CASES = GUESS_NAMES.flatMap((name) => GUESSES[name].values.map((value) => [name, value] as const));

describe.each(BOTH)('in %s, the whole job', (environment) => {
  const cases = CASES.filter(([name]) => environment === 'vpc' || SHOWN[name].isOfVpc !== true);

  it.each(cases)('under %s=%s ends right, or says what to check', async (name, value) => {
    const { ncp: options, input, before } = SHOWN[name];
    let isDone = false;
    const beforeCall = (_n: number, { target }: { target: string }): void => {
      if (isDone || before === undefined || !target.includes(before[0])) return;
      isDone = true;
      before[1](ncp.simulator.person);
    };
    const ncp = await startNcp({
      servers: fleet(),
      guesses: [`${name}=${value}`],
      environment,
      wire: { beforeCall },
      ...options,
    });
    const ended = await runOn(ncp, {
      storage: 'delete',
      publicIp: 'release',
      servers: [...OURS, '1004'],
      deadlineMinutes: 60,
      ...input,
    });
    expect(isDone).toBe(before !== undefined);
    expect(OURS.flatMap((no) => problemsOf(ncp, ended, no, `${name}=${value}`))).toEqual([]);
    expect(outcomeOf(ended, '1004').result).not.toBe('terminated');
    expect([exists(ncp, '1004'), leftOf(ncp, '1004').length]).toEqual([true, 3]);
  });
});

/** How one server neither ended right nor said what to check. */
function problemsOf(ncp: Ncp, ended: Run, no: string, guess: string): string[] {
  const outcome = outcomeOf(ended, no);
  const left = leftOf(ncp, no);
  if (outcome.result !== 'terminated') {
    const allowed = MAY_REFUSE[guess];
    const says = JSON.stringify(outcome);
    return allowed?.servers.includes(no) === true && allowed.saying.test(says) ? [] : [`${no} ended as ${says}`];
  }
  const named = guess === MAY_LEAVE ? namedAsLeft(ended, no) : [];
  return left.filter((name) => !named.includes(name)).map((name) => `${no} left ${name} unsaid`);
}

/** What the run says that it left of a server though it was asked to free it, each with a reason. */
function namedAsLeft({ history }: Run, no: string): string[] {
  return worded(history.events).flatMap((event) =>
    event.kind === 'left' && event.serverInstanceNo === no && event.asked && event.reason !== '' ? [event.name] : [],
  );
}

/** What is still there of what was on a server, by its name or address. */
function leftOf({ simulator }: Ncp, no: string): string[] {
  const n = Number(no) - 1000;
  const { blockStorages, publicIps } = simulator.state();
  const volumes = blockStorages.flatMap(({ blockStorageName: name }) =>
    [`data-${n}`, `log-${n}`].includes(name) ? [name] : [],
  );
  return [...volumes, ...publicIps.flatMap(({ publicIp }) => (publicIp === `203.0.113.${n}` ? [publicIp] : []))];
}
