import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActionRefused } from '../../lib/simulator/errors.ts';
import type { JournalEntry } from '../../lib/simulator/journal.ts';
import type { RequestInput } from '../../lib/termination/request.ts';
import type { Run } from '../../lib/termination/run-record.ts';
import {
  calls,
  devServer,
  dyingAfterAct,
  exists,
  type Ncp,
  outcomeOf,
  type RunOptions,
  runOn,
  startNcp,
} from './harness.ts';
import { type EngineMemory, isCrash } from './virtual-engine.ts';

/** Print it, change it, repeat it: the same seed gives the same fleets, people and faults. */
const SEED = Number(process.env['BANAP_SEED'] ?? 20_260_301);
const RUNS = Number(process.env['BANAP_RUNS'] ?? 60);

/** In the fleet and not in the request: nothing may ever happen to it. */
const BYSTANDER = '1099';

const server = fc.record({
  status: fc.constantFrom('RUN', 'RUN', 'NSTOP', 'FSTOP'),
  isProtectServerTermination: fc.boolean(),
  hasAddress: fc.boolean(),
  volumes: fc.integer({ min: 0, max: 2 }),
  stopSeconds: fc.integer({ min: 0, max: 90 }),
  terminateSeconds: fc.integer({ min: 1, max: 90 }),
});

const personsAct = fc.record({
  after: fc.integer({ min: 0, max: 6 }),
  who: fc.integer({ min: 0, max: 3 }),
  what: fc.constantFrom(
    'rename',
    'protect',
    'unprotect',
    'start',
    'remove',
    'attach',
    'associate',
    'recreate',
    'restart',
  ),
});

const fault = fc.constantFrom(
  '*:429/410:10%',
  '*:503/500:5%',
  '*:cut-after:5%',
  '*:cut-before:5%',
  '*:truncate:5%',
  'stopServerInstances:cut-after:2',
  'terminateServerInstances:cut-after:2',
  'terminateServerInstances:25015:2',
  'terminateServerInstances:10713:1',
  'getServerInstanceList:garbage:2',
  'detachBlockStorageInstances:html:1',
);

const story = fc.record({
  environment: fc.constantFrom('classic' as const, 'vpc' as const),
  servers: fc.array(server, { minLength: 1, maxLength: 4 }),
  storage: fc.constantFrom('refuse' as const, 'detach' as const, 'delete' as const),
  publicIp: fc.constantFrom('keep' as const, 'release' as const),
  overrideProtection: fc.boolean(),
  people: fc.array(personsAct, { maxLength: 3 }),
  faults: fc.array(fault, { maxLength: 3 }),
  faultsSeed: fc.integer({ min: 1, max: 1_000 }),
  crashes: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
});

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

describe('whatever the fleet, the people and the faults', () => {
  it(`breaks no safety rule, and converges once the faults are over (seed ${SEED}, ${RUNS} stories)`, async () => {
    let terminated = 0;
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const ncp = await startNcp({ environment: told.environment, servers: fleetOf(told), seed: told.faultsSeed });
        const ended = await live(ncp, told);
        terminated += ended.plan.items.filter(
          (item) => outcomeOf(ended, item.target.serverInstanceNo).result === 'terminated',
        ).length;
        expect(broken(ncp, told, ended)).toEqual([]);
      }),
      { seed: SEED, numRuns: RUNS },
    );
    console.log(`${terminated} servers were terminated in ${RUNS} stories`);
    expect(terminated).toBeGreaterThan(RUNS / 4);
  }, 60_000);
});

function fleetOf(told: Story): Record<string, unknown>[] {
  const meant = told.servers.map(({ hasAddress, volumes, ...one }, index) =>
    devServer({
      ...one,
      serverInstanceNo: String(1001 + index),
      ...(hasAddress ? { publicIp: `203.0.113.${index + 1}` } : {}),
      blockStorage: Array.from({ length: volumes }, (_, row) => ({ blockStorageName: `data-${row}` })),
    }),
  );
  return [...meant, devServer({ serverInstanceNo: BYSTANDER, publicIp: '203.0.113.99', blockStorage: [{}] })];
}

/** Plans undisturbed, is disturbed in every way, and is left undisturbed after pass 8. */
async function live(ncp: Ncp, told: Story): Promise<Run> {
  const memory: EngineMemory = new Map();
  const input: Partial<RequestInput> = {
    servers: told.servers.map((_, index) => String(1001 + index)),
    storage: told.storage,
    publicIp: told.publicIp,
    overrideProtection: told.overrideProtection,
    deadlineMinutes: 120,
  };
  const happening: RunOptions = {
    memory,
    afterStep: (step) => {
      if (step === 'plan') ncp.simulator.setFaults(told.faults.join(','));
      const pass = step === 'plan' ? 0 : Number(/^pass-(\d+)/.exec(step)?.[1] ?? -1);
      for (const act of told.people.filter((one) => one.after === pass)) person(ncp, told, act);
      if (pass === 8) ncp.simulator.setFaults('');
    },
  };
  for (const after of told.crashes) {
    try {
      return await runOn(ncp, input, { ...happening, cloud: dyingAfterAct(ncp.cloud, after) });
    } catch (error) {
      if (!isCrash(error)) throw error;
    }
  }
  return runOn(ncp, input, happening);
}

function person({ simulator }: Ncp, told: Story, act: Story['people'][number]): void {
  const no = String(1001 + (act.who % told.servers.length));
  const found = simulator.state().servers.find((one) => one.serverInstanceNo === no);
  if (found === undefined) return;
  switch (act.what) {
    case 'rename':
      return simulator.person.rename(no, 'precious');
    case 'protect':
      return simulator.person.protect(no, true);
    case 'unprotect':
      return simulator.person.protect(no, false);
    case 'start':
      return unlessRefused(() => simulator.person.start(no));
    case 'restart':
      return simulator.person.setStatus(no, 'RUN', 'RESTA', 20);
    case 'remove':
      return simulator.person.remove(no);
    case 'recreate':
      return simulator.person.recreate(no, { serverName: found.serverName, createDate: simulator.now() });
    case 'attach':
      simulator.person.attachStorage(no);
      return;
    case 'associate':
      if (found.publicIp === '') simulator.person.associatePublicIp(no, '198.51.100.1');
  }
}

/** NCP may refuse a person as it may refuse a program. */
function unlessRefused(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof ActionRefused)) throw error;
  }
}

/** Judged from NCP's side only: by its journal and its state, not by what banap says that it did. */
function broken(ncp: Ncp, told: Story, ended: Run): string[] {
  const problems: string[] = [];
  const journal = ncp.simulator.journal();
  const wasProtected = protectionsAt(ended, journal);
  for (const [index, entry] of journal.entries()) {
    if (entry.kind !== 'call' || entry.returnCode !== '0') continue;
    const numbers = Object.entries(entry.parameters).filter(([name]) => name.startsWith('serverInstanceNo'));
    const isWrite = /^(stop|terminate|setProtect)/.test(entry.action);
    for (const [, no] of isWrite ? numbers : []) {
      const item = ended.plan.items.find((one) => one.target.serverInstanceNo === no);
      if (item === undefined) problems.push(`${entry.action} ${no}, which was not asked for`);
      else if (item.verdict === 'refuse') problems.push(`${entry.action} ${no}, which the plan refused`);
      if (entry.action === 'terminateServerInstances' && wasProtected(no, index))
        problems.push(`terminated ${no}, protected`);
      if (entry.action === 'setProtectServerTermination' && !told.overrideProtection) problems.push(`lifted ${no}`);
    }
  }
  for (const { target } of ended.plan.items) {
    const no = target.serverInstanceNo;
    const outcome = outcomeOf(ended, no);
    if (outcome.result === 'terminated' && exists(ncp, no))
      problems.push(`${no} is said to be terminated and is there`);
    if (outcome.result === 'already-gone' && exists(ncp, no)) problems.push(`${no} is said to be gone and is there`);
    if (outcome.result === 'unfinished') problems.push(`${no} did not converge: ${outcome.reason}`);
    const terminations = calls(ncp.simulator).filter(
      (call) =>
        call.action === 'terminateServerInstances' &&
        call.returnCode === '0' &&
        Object.values(call.parameters).includes(no),
    );
    if (terminations.length > 1) problems.push(`${no} was terminated ${terminations.length} times`);
  }
  const bystander = ncp.simulator.state().servers.find((one) => one.serverInstanceNo === BYSTANDER);
  if (bystander?.serverInstanceStatus.code !== 'RUN' || bystander.publicIp === '')
    problems.push('a bystander was touched');
  if (
    told.publicIp === 'keep' &&
    journal.some((entry) => entry.kind === 'change' && entry.resource === 'publicIp' && entry.to === 'absent')
  ) {
    problems.push('an address was released that was to be kept');
  }
  if (
    told.storage !== 'delete' &&
    journal.some((entry) => entry.kind === 'call' && entry.action === 'deleteBlockStorageInstances')
  ) {
    problems.push('a volume was deleted that was to be kept');
  }
  return problems;
}

/** Whether a server was protected just before the journal's entry, by following every change of it. */
function protectionsAt({ plan }: Run, journal: readonly JournalEntry[]): (no: string, index: number) => boolean {
  return (no, index) => {
    const start = plan.items.find((item) => item.target.serverInstanceNo === no)?.target.wasProtected ?? false;
    const changes = journal.slice(0, index).filter((entry) => entry.kind === 'change' && entry.no === no);
    return changes.reduce((isProtected, entry) => {
      if (entry.kind !== 'change') return isProtected;
      if (entry.field === 'isProtectServerTermination') return entry.to === 'true';
      return entry.field === 'existence' ? false : isProtected;
    }, start);
  };
}
