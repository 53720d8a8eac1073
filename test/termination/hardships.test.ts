import { expect, it } from 'vitest';
import { reportOf } from '../../lib/reports/report.ts';
import { parseRequest } from '../../lib/termination/request.ts';
import { carryOut } from '../../lib/triggers/carry-out.ts';
import { worded } from '../wording/worded.ts';
import {
  BOTH,
  calls,
  devServer,
  devServers,
  hiding,
  type Ncp,
  outcomeOf,
  outcomesOf,
  runOn,
  startNcp,
  taken,
} from './harness.ts';
import { virtualClock, virtualEngine } from './virtual-engine.ts';

const ip = { publicIp: '203.0.113.7' };
const disk = { blockStorage: [{ blockStorageInstanceNo: '501', blockStorageName: 'data', sizeGb: 100 }] };
const freeAll = { storage: 'delete', publicIp: 'release' } as const;

for (const environment of BOTH) {
  it(`outlasts an outage of an act that is longer than any number of tries, in ${environment}`, async () => {
    const ncp = await startNcp({ environment, faults: 'stopServerInstances:503/500:9999' });
    let passes = 0;
    const afterStep = (step: string): void => {
      if (step.startsWith('pass-') && (passes += 1) === 60) ncp.simulator.setFaults('');
    };
    const ended = await runOn(ncp, {}, { afterStep });
    expect(outcomeOf(ended).result).toBe('terminated');
    expect(taken(ncp, 'stop')).toHaveLength(1);
  });

  it(`looks twice before it believes that a server vanished, in ${environment}`, async () => {
    const ncp = await startNcp({ environment, servers: [devServer({ status: 'NSTOP', ...ip })] });
    const listed = ncp.cloud.servers.bind(ncp.cloud);
    const all = ncp.cloud.allNumbers.bind(ncp.cloud);
    let looks = 0;
    // After the address was taken off, one look shows nothing at all, as if all lists were wrong together.
    const isBlind = (): boolean => taken(ncp, 'disassociate').length > 0 && looks === 1;
    ncp.cloud.servers = async (numbers) => {
      if (taken(ncp, 'disassociate').length > 0) looks += 1;
      return isBlind() ? { servers: [], holders: new Map() } : listed(numbers);
    };
    ncp.cloud.allNumbers = async () => (isBlind() ? new Set() : all());
    const ended = await runOn(ncp);
    expect(looks).toBeGreaterThan(1);
    expect(ended.history.events.map((event) => event.kind)).toContain('missing');
    expect(outcomeOf(ended).result).toBe('terminated');
    expect(taken(ncp, 'terminate')).toHaveLength(1);
  });

  it(`names what it took off a server that somebody then protects, in ${environment}`, async () => {
    const ncp = await startNcp({ environment, servers: [devServer({ status: 'NSTOP', ...ip, ...disk })] });
    const ended = await runOn(ncp, freeAll, {
      afterStep: () => {
        if (taken(ncp, 'disassociate').length > 0) ncp.simulator.person.protect('1001', true);
      },
    });
    expect(outcomeOf(ended)).toMatchObject({ guard: 'protected', reason: expect.stringContaining('after the plan') });
    expect(reportOf(ended).left.map((left) => [left.resource, left.name])).toEqual([
      ['server', 'dev-1'],
      ['blockStorage', 'data'],
      ['publicIp', '203.0.113.7'],
    ]);
  });

  it(`says of what somebody else's return left that it was asked for and not freed, in ${environment}`, async () => {
    const ncp = await startNcp({ environment, servers: [devServer({ status: 'NSTOP', ...ip })] });
    const ended = await runOn(ncp, freeAll, {
      afterStep: (step) => {
        if (step === 'plan') ncp.simulator.person.remove('1001');
      },
    });
    expect(outcomeOf(ended).result).toBe('already-gone');
    expect(reportOf(ended).left).toMatchObject(
      [{ name: '203.0.113.7', asked: true, reason: /somebody else/ }].map((one) => ({
        ...one,
        reason: expect.stringMatching(one.reason),
      })),
    );
  });
}

it('does not name what it took off a server where another server has it by then', async () => {
  const servers = [devServer({ status: 'NSTOP', ...ip, ...disk }), devServer({ serverInstanceNo: '1002' })];
  const ncp = await startNcp({ servers });
  let isMoved = false;
  const ended = await runOn(ncp, freeAll, {
    afterStep: () => {
      if (isMoved || taken(ncp, 'disassociate').length === 0) return;
      isMoved = true;
      ncp.simulator.person.moveStorage('501', '1002');
      ncp.simulator.person.protect('1001', true);
    },
  });
  expect(outcomeOf(ended)).toMatchObject({ guard: 'protected' });
  expect(reportOf(ended).left.map((left) => left.name)).toEqual(['dev-1', '203.0.113.7']);
});

it('leaves a server whose address somebody puts back after it was seen to be off', async () => {
  const servers = [devServer({ status: 'NSTOP', ...ip })];
  const ncp = await startNcp({ servers, faults: 'terminateServerInstances:25015:3' }); // time for somebody to act
  const isOff = (): boolean => ncp.simulator.state().publicIps[0]?.serverInstanceNo === '';
  const ended = await runOn(ncp, freeAll, {
    afterStep: (step) => {
      if (step.startsWith('pass-') && isOff()) ncp.simulator.person.associatePublicIp('1001', '203.0.113.7');
    },
  });
  expect(outcomeOf(ended)).toMatchObject({ guard: 'drift', reason: expect.stringContaining('again') });
  expect(taken(ncp, 'disassociate')).toHaveLength(1);
  expect(taken(ncp, 'terminate')).toEqual([]);
});

it('calls a server terminated that the last look before the deadline misses after NCP took the terminate', async () => {
  const ncp = await startNcp({ servers: [devServer({ status: 'NSTOP', ...ip })] });
  const servers = async (numbers: readonly string[]) => {
    const sight = await ncp.cloud.servers(numbers);
    if (sight.servers.length === 0) ncp.simulator.advance(600);
    return sight;
  };
  const ended = await runOn(ncp, { ...freeAll, deadlineMinutes: 5 }, { cloud: hiding(ncp.cloud, { servers }) });
  expect(outcomeOf(ended)).toMatchObject({
    result: 'terminated',
    reason: expect.stringMatching(/reached its deadline/),
  });
  expect(ended.history.events.filter((event) => event.kind === 'left')).toMatchObject([
    { name: '203.0.113.7', asked: true },
  ]);
});

it('looks again before the rest where acts take longer than a look allows them', async () => {
  const servers = devServers(40, { status: 'NSTOP' }).map((one, index) => ({
    ...one,
    publicIp: `203.0.113.${index + 1}`,
  }));
  const ncp = await startNcp({ servers });
  const act = ncp.cloud.act.bind(ncp.cloud);
  ncp.cloud.act = (name, actions, mayGoOn) =>
    act(name, actions, () => {
      if (name === 'disassociate') ncp.simulator.advance(2); // NCP is slow today
      return mayGoOn?.() ?? true;
    });
  const ended = await runOn(ncp, {
    servers: servers.map((one) => String(Reflect.get(one, 'serverInstanceNo'))),
    deadlineMinutes: 600,
  });
  expect(new Set(Object.values(outcomesOf(ended)))).toEqual(new Set(['terminated']));
  expect(taken(ncp, 'disassociate')).toHaveLength(40);
  expect(oldestLook(ncp, 'disassociatePublicIpFromServerInstance')).toBeLessThanOrEqual(5_000);
});

it('does nothing after the deadline, not even the rest of a pass', async () => {
  const servers = devServers(20, { status: 'NSTOP' }).map((one, index) => ({
    ...one,
    publicIp: `203.0.113.${index + 1}`,
  }));
  // In VPC an address is off its server as soon as NCP is asked.
  const ncp = await startNcp({ environment: 'classic', servers });
  const act = ncp.cloud.act.bind(ncp.cloud);
  ncp.cloud.act = (name, actions, mayGoOn) => act(name, actions, () => (ncp.simulator.advance(4), mayGoOn?.() ?? true));
  const ended = await runOn(ncp, {
    servers: servers.map((one) => String(Reflect.get(one, 'serverInstanceNo'))),
    deadlineMinutes: 1,
  });
  const sentAt = calls(ncp.simulator)
    .filter((call) => call.action === 'disassociatePublicIpFromServerInstance')
    .map((call) => Date.parse(call.at) - Date.parse(ended.begunAt));
  expect(sentAt.length).toBeGreaterThan(2);
  expect(Math.max(...sentAt)).toBeLessThan(60_000);
  expect(new Set(Object.values(outcomesOf(ended)))).toEqual(new Set(['unfinished']));
});

it('does nothing, and says so, if a look takes longer than its result may be used', async () => {
  const ncp = await startNcp();
  let looks = 0;
  const servers = (numbers: readonly string[]) => {
    looks += 1;
    ncp.simulator.advance(6);
    return ncp.cloud.servers(numbers);
  };
  const ended = await runOn(ncp, { deadlineMinutes: 5 }, { cloud: hiding(ncp.cloud, { servers }) });
  expect(outcomeOf(ended).result).toBe('unfinished');
  expect(taken(ncp)).toEqual([]);
  const waits = ended.history.events.filter((event) => event.kind === 'waiting');
  expect(worded(waits)).toMatchObject([{ reason: expect.stringMatching(/takes 6 s; .* at most 5 s old/) }]);
  expect(looks).toBeLessThanOrEqual(ended.passes + 1);
});

it('sends nothing after NCP throttled an act before it has looked again', async () => {
  const servers = [devServer(), devServer({ serverInstanceNo: '1002', status: 'NSTOP', ...ip })];
  const ncp = await startNcp({ servers, faults: 'stopServerInstances:429/410:4' });
  const ended = await runOn(ncp, { servers: ['1001', '1002'] });
  expect(outcomesOf(ended)).toEqual({ 1001: 'terminated', 1002: 'terminated' });
  const made = calls(ncp.simulator);
  const after = made.flatMap((call, at) => (call.fault !== undefined ? [made[at + 1]?.action] : []));
  expect(after).toHaveLength(4);
  for (const action of after) expect(action).toMatch(/^get/);
});

it('asks NCP for nothing else until some time after it throttled an act', async () => {
  const locked = { serverInstanceNo: '1002', status: 'NSTOP', isProtectServerTermination: true };
  const ncp = await startNcp({ servers: [devServer(), devServer(locked)], faults: 'stopServerInstances:429/410:4' });
  await runOn(ncp, { servers: ['1001', '1002'], overrideProtection: true });
  const acts = calls(ncp.simulator).filter(({ action }) => !/^get/i.test(action));
  const pauses = acts.flatMap((call, at) => {
    const next = acts[at + 1];
    return call.fault === undefined || next === undefined ? [] : [Date.parse(next.at) - Date.parse(call.at)];
  });
  expect(pauses).toHaveLength(4);
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1_000);
});

it('sends none of what is left of a pass once it is interrupted', async () => {
  const interruption = new AbortController();
  const locked = { serverInstanceNo: '1002', status: 'NSTOP', isProtectServerTermination: true };
  const ncp = await startNcp({ servers: [devServer(), devServer(locked)] });
  const ended = await runOn(
    ncp,
    { servers: ['1001', '1002'], overrideProtection: true },
    {
      signal: interruption.signal,
      cloud: hiding(ncp.cloud, {
        act: async (name, actions, mayGoOn, signal) => {
          const answers = await ncp.cloud.act(name, actions, mayGoOn, signal);
          interruption.abort();
          return answers;
        },
      }),
    },
  );
  expect(taken(ncp)).toEqual(['stop 1001']);
  expect(new Set(Object.values(outcomesOf(ended)))).toEqual(new Set(['unfinished']));
});

it('looks again before it puts protection back on the rest where that takes longer than a look allows', async () => {
  const servers = devServers(4, { status: 'NSTOP', isProtectServerTermination: true });
  const ncp = await startNcp({ servers, faults: 'terminateServerInstances:25015:9999' });
  const ended = await runOn(
    ncp,
    { servers: servers.map((one) => String(one['serverInstanceNo'])), overrideProtection: true, deadlineMinutes: 2 },
    {
      cloud: hiding(ncp.cloud, {
        act: (name, actions, mayGoOn, signal) => {
          const slowly = (): boolean => {
            if (name === 'restoreProtection') ncp.simulator.advance(3);
            return mayGoOn?.() ?? true;
          };
          return ncp.cloud.act(name, actions, slowly, signal);
        },
      }),
    },
  );
  expect(new Set(Object.values(outcomesOf(ended)))).toEqual(new Set(['unfinished']));
  expect(ncp.simulator.state().servers.map((one) => one.isProtectServerTermination)).toEqual([true, true, true, true]);
  expect(oldestLook(ncp, 'setProtectServerTermination')).toBeLessThanOrEqual(5_000);
});

/** The longest time, in milliseconds, between an act and the last list of servers before it. */
function oldestLook({ simulator }: Ncp, action: string): number {
  let lookedAt = 0;
  const ages = calls(simulator).map((call) => {
    if (call.action === 'getServerInstanceList') lookedAt = Date.parse(call.at);
    return call.action === action ? Date.parse(call.at) - lookedAt : 0;
  });
  return Math.max(...ages);
}

it('reports what it did and saw although the run broke off', async () => {
  const ncp = await startNcp({ servers: devServers(2) });
  const act = ncp.cloud.act.bind(ncp.cloud);
  ncp.cloud.act = (name, actions, mayGoOn) => {
    if (name === 'terminate') throw new Error('a bug');
    return act(name, actions, mayGoOn);
  };
  const wide = { maxServers: 200, maxPercent: 100 };
  const input = { environment: 'vpc', servers: ['1001', '1002'], mode: 'terminate', limits: wide };
  const request = parseRequest(input, { requestId: 'test', trigger: 'cli' });
  const tools = { engine: virtualEngine(ncp.simulator), clock: virtualClock(ncp.simulator), cloud: ncp.cloud };
  const { report } = await carryOut(request, tools, []);
  const failure = { kind: 'unexpected', of: '', code: 'Error', message: 'a bug' };
  expect(report).toMatchObject({ status: 'error', error: 'a bug', failure, plan: { regionHolds: 2 } });
  expect(report.outcomes.map((outcome) => outcome.result)).toEqual(['unfinished', 'unfinished']);
  expect(report.left.map((left) => left.reason)).toEqual([
    'still there (stopped, stopped by banap)',
    'still there (stopped, stopped by banap)',
  ]);
});

it.each([
  ['StoreError', 'not-now', 'ResourceNotFoundException'],
  ['CloudError', 'throttled', '429'],
] as const)('says what a %s in a durable step was, which has lost its class', async (name, kind, code) => {
  const ncp = await startNcp({ servers: devServers(1) });
  const request = parseRequest({ environment: 'vpc', servers: ['1001'] }, { requestId: 'test', trigger: 'cli' });
  const failure = { kind, of: 'table banap', code, message: 'it failed' };
  const cause = Object.assign(new Error('it failed'), { name, failure });
  const engine = virtualEngine(ncp.simulator);
  const step: typeof engine.step = (called, work) =>
    called === 'plan'
      ? Promise.reject(Object.assign(new Error('', { cause }), { name: 'StepError' }))
      : engine.step(called, work);
  const tools = { engine: { ...engine, step }, clock: virtualClock(ncp.simulator), cloud: ncp.cloud };
  const { report } = await carryOut(request, tools, []);
  expect(report).toMatchObject({ status: 'error', error: expect.stringContaining('it failed'), failure });
});

it.each(['01001', '1e3', '-1', '1001.0', ' 1001'])('takes %s for no server number', (no) => {
  const origin = { requestId: 'test', trigger: 'cli' } as const;
  expect(() => parseRequest({ environment: 'vpc', servers: [no] }, origin)).toThrow(
    'servers.0: expected a server number',
  );
});
