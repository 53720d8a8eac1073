/** Whole runs under a policy: virtual time, the simulator, and the store in the emulator of DynamoDB. */

import { describe, expect, it, onTestFinished } from 'vitest';
import { startReceiver } from '../../lib/dev/receiver.ts';
import { reportSchema } from '../../lib/reports/report.ts';
import { type RunStore, StoreError } from '../../lib/termination/ports/store.ts';
import type { TerminationRequest } from '../../lib/termination/request.ts';
import type { PolicyTerms } from '../../lib/termination/rules.ts';
import type { Run } from '../../lib/termination/run-record.ts';
import { carryOut } from '../../lib/triggers/carry-out.ts';
import { worded } from '../wording/worded.ts';
import { PERMISSIVE } from './builders.ts';
import { type Desk, holdOn, startDesk } from './desk.ts';
import {
  asked,
  devServer,
  devServers,
  exists,
  hiding,
  type Ncp,
  outcomeOf,
  outcomesOf,
  runOn,
  startNcp,
  taken,
} from './harness.ts';
import { NIGHTS, storeWith } from './people.ts';
import { type EngineMemory, virtualClock, virtualEngine } from './virtual-engine.ts';

const OPEN: PolicyTerms = { ...PERMISSIVE, policy: 'nightly', select: { names: ['dev-*'] }, unless: [], window: null };

interface Desked {
  ncp: Ncp;
  desk: Desk;
}

async function start(options: Parameters<typeof startNcp>[0] = {}): Promise<Desked> {
  const ncp = await startNcp(options);
  return { ncp, desk: await startDesk(virtualClock(ncp.simulator)) };
}

interface Told extends Partial<TerminationRequest> {
  policyTerms?: PolicyTerms;
}

/** A run of the policy on everything that it selects. */
function runPolicy({ ncp, desk }: Desked, terms: Told = {}, options: Parameters<typeof runOn>[2] = {}): Promise<Run> {
  const policyTerms = { ...OPEN, ...terms.policyTerms };
  return runOn(
    ncp,
    { names: ['*'] },
    {
      store: desk.store,
      owner: 'execution-1',
      policyNow: () => Promise.resolve({ kind: 'unpublished' }),
      ...options,
      terms: { names: [], policy: policyTerms.policy, ...terms, policyTerms, ...options.terms },
    },
  );
}

const HOUR = 3_600_000;
const day = 24 * HOUR;

function callsOf({ ncp }: Desked, action: string): number {
  return asked(ncp, action);
}

function at({ ncp }: Desked, action: string): string[] {
  return ncp.simulator
    .journal()
    .flatMap((entry) =>
      entry.kind === 'call' && entry.action === action && entry.returnCode === '0'
        ? [new Date(entry.at).toISOString()]
        : [],
    );
}

describe('a policy', () => {
  it('terminates what it selects and nothing else', async () => {
    const all = [...devServers(2), devServer({ serverInstanceNo: '1050', serverName: 'prod-1' })];
    const desked = await start({ servers: all });
    const ended = await runPolicy(desked);
    expect(outcomesOf(ended)).toEqual({ 1001: 'terminated', 1002: 'terminated' });
    expect(exists(desked.ncp, '1050')).toBe(true);
  });

  it('refuses a server that an event names and it does not mean', async () => {
    const all = [devServer(), devServer({ serverInstanceNo: '1050', serverName: 'prod-1' })];
    const desked = await start({ servers: all });
    const ended = await runPolicy(desked, { servers: ['1050'] });
    expect(outcomeOf(ended, '1050')).toMatchObject({ result: 'refused', guard: 'policy' });
    expect(taken(desked.ncp)).toEqual([]);
  });

  it.each([
    ['tags', { tags: { env: 'dev' } }, ['1001']],
    ['one of several values', { tags: { env: { in: ['dev', 'prod'] } } }, ['1001', '1002']],
    ['the absence of a tag', { tags: { env: { exists: false } } }, ['1003']],
    ['age', { olderThan: '30d' }, ['1001', '1002']],
    ['status', { statuses: ['NSTOP' as const] }, ['1002']],
    ['zone', { zones: ['KR-2'] }, ['1003']],
  ])('selects by %s', async (_what, select, numbers) => {
    const desked = await start({
      servers: [
        devServer({ tags: { env: 'dev' } }),
        devServer({ serverInstanceNo: '1002', tags: { env: 'prod' }, status: 'NSTOP' }),
        devServer({ serverInstanceNo: '1003', zone: 'KR-2', createDate: '2026-02-27T00:00:00+0900' }),
      ],
    });
    const ended = await runPolicy(desked, { policyTerms: { ...OPEN, select } });
    expect(ended.plan.items.map((item) => item.target.serverInstanceNo)).toEqual(numbers);
    expect(Object.values(outcomesOf(ended)).every((result) => result === 'terminated')).toBe(true);
  });

  it('that was removed while its run waited refuses the rest of it', async () => {
    const desked = await start({ servers: devServers(1) });
    let removed = false;
    const ended = await runPolicy(
      desked,
      { stopForSeconds: 7 * 86_400 },
      {
        policyNow: () => Promise.resolve(removed ? { kind: 'removed' } : { kind: 'unpublished' }),
        afterStep: (step) => {
          if (step === 'pass-4') removed = true;
        },
      },
    );
    expect(outcomeOf(ended)).toMatchObject({
      result: 'refused',
      guard: 'policy',
      reason: expect.stringMatching(/removed/),
    });
    expect(callsOf(desked, 'terminate')).toBe(0);
  });
});

describe('a window', () => {
  it('holds a run back until it opens, over weekend and holiday, and everything said of it names the time', async () => {
    // 2026-03-02 is the substitute for Independence Movement Day, which is a Sunday in 2026.
    const desked = await start({ servers: devServers(1) });
    const ended = await runPolicy(desked, { policyTerms: { ...OPEN, window: NIGHTS } });
    expect(outcomeOf(ended).result).toBe('terminated');
    expect(at(desked, 'stopServerInstances')[0]).toMatch(/^2026-03-03T12:0/);
    const [item] = worded(ended.plan.items);
    expect(item).toMatchObject({
      startsAt: '2026-03-03T12:00:00.000Z',
      reason: expect.stringMatching(/2026-03-03 21:00.*2026-03-03 12:00Z/),
    });
    expect(worded(ended.history.events.find((event) => event.kind === 'waiting'))).toMatchObject({
      reason: expect.stringMatching(/outside the window of policy nightly .*2026-03-03 21:00/),
      until: '2026-03-03T12:00:00.000Z',
    });
  });

  it('that closes between stop and terminate holds the rest back until it opens again', async () => {
    const desked = await start({
      startAt: new Date('2026-03-03T13:59:00Z'),
      servers: [devServer({ stopSeconds: 90 })],
    });
    const ended = await runPolicy(desked, { policyTerms: { ...OPEN, window: NIGHTS } });
    expect(at(desked, 'stopServerInstances')[0]).toMatch(/^2026-03-03T13:59/);
    expect(at(desked, 'terminateServerInstances')[0]).toMatch(/^2026-03-04T12:0/);
    expect(outcomeOf(ended).result).toBe('terminated');
  });

  it('is counted against the day on which acts happen, not on which the run began', async () => {
    const desked = await start({ servers: devServers(4) });
    const limits = { maxServers: 3, maxPercent: 100 };
    const two = { servers: ['1001', '1002'], limits };
    const waiting = runPolicy(desked, { ...two, policyTerms: { ...OPEN, window: NIGHTS } });
    expect((await waiting).plan.refusal).toBeNull();
    const later = await runPolicy(desked, { servers: ['1003', '1004'], limits, requestId: 'another' });
    expect(worded(later.plan.refusal)?.reason).toMatch(
      /4 servers in 24 hours \(2 of them in this plan\), over the limit of 3/,
    );
  });
});

describe('a time of grace', () => {
  const week = { stopForSeconds: 7 * 86_400 };

  it('stops first and terminates a week later', async () => {
    const desked = await start({ servers: [devServer({ publicIp: '203.0.113.7' })] });
    const ended = await runPolicy(desked, { ...week, publicIp: 'release' });
    expect(outcomeOf(ended).result).toBe('terminated');
    const [stop = ''] = at(desked, 'stopServerInstances');
    const [terminate = ''] = at(desked, 'terminateServerInstances');
    expect(Date.parse(terminate) - Date.parse(stop)).toBeGreaterThanOrEqual(7 * day);
    expect(Date.parse(terminate) - Date.parse(stop)).toBeLessThan(7 * day + HOUR);
    // Nothing is taken off the server while it may still be started again.
    const [off = ''] = at(desked, 'disassociatePublicIpFromServerInstance');
    expect(Date.parse(off) - Date.parse(stop)).toBeGreaterThanOrEqual(7 * day);
    expect(ended.plan.items[0]?.terminatesAt).toBe('2026-03-08T00:00:00.000Z');
    expect(ended.passes).toBeLessThan(350);
  });

  it.each([
    ['runs at the next look', false],
    ['was stopped again before the next look', true],
  ])('is cancelled by who starts the server, which %s; it is not stopped again', async (_what, stopsAgain) => {
    const desked = await start({ servers: devServers(1) });
    const { simulator } = desked.ncp;
    const ended = await runPolicy(desked, week, {
      afterStep: (step) => {
        if (step !== 'pass-20') return;
        simulator.person.start('1001');
        simulator.advance(60);
        if (stopsAgain) simulator.person.setStatus('1001', 'NSTOP', 'NULL');
      },
    });
    expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'restarted' });
    expect(taken(desked.ncp, 'stop')).toEqual(['stop 1001']);
    expect(exists(desked.ncp)).toBe(true);
  });

  it('ends only within the window', async () => {
    const desked = await start({ startAt: new Date('2026-03-05T12:30:00Z'), servers: devServers(1) });
    const ended = await runPolicy(desked, { stopForSeconds: 86_400 * 2, policyTerms: { ...OPEN, window: NIGHTS } });
    expect(outcomeOf(ended).result).toBe('terminated');
    // Stopped on Thursday evening; two days later is a Saturday, so Monday evening it is.
    expect(at(desked, 'terminateServerInstances')[0]).toMatch(/^2026-03-09T12:0/);
  });

  it('survives a crash in the middle of it, without a second stop', async () => {
    const desked = await start({ servers: devServers(1) });
    const memory: EngineMemory = new Map();
    let alive = true;
    const die = (step: string): void => {
      if (!alive || step !== 'pass-30') return;
      alive = false;
      throw new Error('power cut');
    };
    await expect(runPolicy(desked, week, { memory, beforeRemembering: die })).rejects.toThrow('broke off');
    const ended = await runPolicy(desked, week, { memory });
    expect(outcomeOf(ended).result).toBe('terminated');
    expect(taken(desked.ncp)).toEqual(['stop 1001', 'terminate 1001']);
  });
});

describe('between stop and terminate', () => {
  it.each<[string, string, (desked: Desked) => Promise<void> | void]>([
    ['a hold', 'held', ({ desk }) => void desk.store.hold('default', holdOn('1001'))],
    ['a keep tag', 'kept', ({ ncp }) => ncp.simulator.person.setTag('1001', 'keep', 'demo')],
    ['protection', 'protected', ({ ncp }) => ncp.simulator.person.protect('1001', true)],
    ['a tag that the policy excepts', 'policy', ({ ncp }) => ncp.simulator.person.setTag('1001', 'env', 'prod')],
  ])('%s is heeded', async (_what, guard, act) => {
    const desked = await start({ servers: devServers(1) });
    const ended = await runPolicy(
      desked,
      { policyTerms: { ...OPEN, unless: [{ tags: { env: 'prod' } }] } },
      {
        afterStep: async (step) => {
          if (step === 'pass-1') await act(desked);
        },
      },
    );
    expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard });
    expect(callsOf(desked, 'terminate')).toBe(0);
  });

  it('a snooze that is over no longer counts', async () => {
    const desked = await start({ servers: devServers(1) });
    await desked.desk.store.hold('default', holdOn('1001', { kind: 'snooze', until: '2026-03-01T00:00:01Z' }));
    desked.ncp.simulator.advance(2);
    expect(outcomeOf(await runPolicy(desked)).result).toBe('terminated');
  });

  it('what is left of a server that somebody holds is not freed', async () => {
    const desked = await start({ servers: [devServer({ publicIp: '203.0.113.7', terminateSeconds: 60 })] });
    const ended = await runPolicy(
      desked,
      { publicIp: 'release' },
      {
        afterStep: async () => {
          if (taken(desked.ncp, 'terminate').length > 0) await desked.desk.store.hold('default', holdOn('1001'));
        },
      },
    );
    expect(outcomeOf(ended).result).toBe('terminated');
    expect(callsOf(desked, 'releasePublicIp')).toBe(0);
    expect(worded(ended.history.events.find((event) => event.kind === 'left'))).toMatchObject({
      reason: expect.stringMatching(/김하나 holds its server/),
    });
  });
});

describe('a sweep by tags', () => {
  const sweep = { expiry: 'tags', policyTerms: { ...OPEN, policy: 'sweep', select: {} }, trigger: 'schedule' } as const;

  it('takes what is due, leaves what is not, and names what nobody understands', async () => {
    const desked = await start({
      servers: [
        devServer({ tags: { 'terminate-at': '2026-02-28' } }),
        devServer({ serverInstanceNo: '1002', tags: { ttl: '7d' } }),
        devServer({ serverInstanceNo: '1003', tags: { 'terminate-at': '2026-03-02' } }),
        devServer({ serverInstanceNo: '1004', tags: { 'terminate-at': '다음주' } }),
        devServer({ serverInstanceNo: '1005', tags: { ttl: '7d', keep: 'demo' } }),
        devServer({ serverInstanceNo: '1006' }),
      ],
    });
    const ended = await runPolicy(desked, sweep);
    expect(outcomesOf(ended)).toEqual({ 1001: 'terminated', 1002: 'terminated', 1005: 'refused' });
    expect(worded(ended.plan.attention)).toEqual([
      { serverInstanceNo: '1004', serverName: 'dev-4', reason: expect.stringMatching(/terminate-at: .*다음주/) },
    ]);
  });

  it('of one server that an event names tells why it is not due', async () => {
    const servers = [devServer({ tags: { 'terminate-at': '2026-03-02' } })];
    const ended = await runPolicy(await start({ servers }), { ...sweep, servers: ['1001'] });
    expect(outcomeOf(ended)).toMatchObject({
      result: 'refused',
      guard: 'not-due',
      reason: expect.stringMatching(/2026-03-02 00:00/),
    });
  });

  it('leaves a server whose owner gave it more time after the plan', async () => {
    const desked = await start({ servers: [devServer({ tags: { ttl: '1d' } })] });
    const ended = await runPolicy(desked, sweep, {
      afterStep: (step) => {
        if (step === 'pass-1') desked.ncp.simulator.person.setTag('1001', 'ttl', '90d');
      },
    });
    expect(outcomeOf(ended)).toMatchObject({
      result: 'refused',
      guard: 'not-due',
      reason: expect.stringMatching(/ttl 90d/),
    });
  });

  it.each(['classic', 'vpc'] as const)('does nothing in %s while tags cannot be read', async (environment) => {
    const desked = await start({ environment, servers: [devServer({ tags: { ttl: '1d' } })] });
    desked.ncp.simulator.setFaults('GetResourceList:503/500:100%,getInstanceTagList:503/500:100%');
    await expect(runPolicy(desked, sweep)).rejects.toThrow(/could not be reached|503|unavailable/i);
    expect(taken(desked.ncp)).toEqual([]);
  });

  it('reports a thing once, not in later sweeps, and again when it changes', async () => {
    const desked = await start({ servers: [devServer({ tags: { ttl: 'soon' } })] });
    const told = async (requestId: string): Promise<{ attention: number; delivery: string }> => {
      const tools = { engine: virtualEngine(desked.ncp.simulator), clock: virtualClock(desked.ncp.simulator) };
      const ended = await runPolicy(desked, { ...sweep, requestId });
      const { report, delivery } = await carryOut(
        { ...ended.request, requestId },
        { ...tools, cloud: desked.ncp.cloud, store: desked.desk.store, owner: requestId },
        [],
      );
      return { attention: report.attention.length, delivery: delivery.reason };
    };
    expect(await told('sweep-1')).toMatchObject({ attention: 1 });
    expect(await told('sweep-2')).toEqual({ attention: 0, delivery: expect.stringContaining('nothing new') });
    desked.ncp.simulator.person.setTag('1001', 'ttl', 'later');
    expect(await told('sweep-3')).toMatchObject({ attention: 1 });
  });
});

describe('limits', () => {
  const limits = { maxServers: 3, maxPercent: 100 };

  it('are counted over a day and all runs of the account', async () => {
    const desked = await start({ servers: devServers(6) });
    const first = await runPolicy(desked, { servers: ['1001', '1002'], limits, requestId: 'first' });
    expect(Object.values(outcomesOf(first))).toEqual(['terminated', 'terminated']);
    const second = await runPolicy(desked, { servers: ['1003', '1004'], limits, requestId: 'second' });
    expect(Object.values(outcomesOf(second))).toEqual(['refused', 'refused']);
    desked.ncp.simulator.advance(86_400);
    const third = await runPolicy(desked, { servers: ['1003', '1004'], limits, requestId: 'third' });
    expect(Object.values(outcomesOf(third))).toEqual(['terminated', 'terminated']);
  });

  it('of percent go by what the whole account holds', async () => {
    const elsewhere = devServers(8).map((one) => ({ ...one, serverInstanceNo: `9${String(one['serverInstanceNo'])}` }));
    const servers = [...devServers(2), ...elsewhere.map((one) => ({ ...one, region: 'JPN' }))];
    const desked = await start({ servers });
    const one = await runPolicy(desked, { servers: ['1001'], limits: { maxServers: 10, maxPercent: 10 } });
    expect(one.plan).toMatchObject({ regionHolds: 2, accountHolds: 10, refusal: null });
    const two = await runPolicy(desked, {
      servers: ['1002'],
      limits: { maxServers: 10, maxPercent: 10 },
      requestId: 'b',
    });
    expect(worded(two.plan.refusal)?.reason).toMatch(/2 of the 9 servers in the account/);
  });

  it('hold for ten runs at once', async () => {
    const desked = await start({ servers: devServers(10) });
    const runs = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        runPolicy(
          desked,
          { servers: [String(1001 + index)], limits, requestId: `run-${index}` },
          { owner: `o-${index}` },
        ),
      ),
    );
    const results = runs.flatMap((ended) => Object.values(outcomesOf(ended)));
    // The three share one clock, which each moves forward while it sleeps, so they may run out of time.
    expect(results.filter((result) => result === 'refused')).toHaveLength(7);
    expect(await desked.desk.store.countedToday('default')).toHaveLength(3);
    expect(taken(desked.ncp, 'terminate').length).toBeLessThanOrEqual(3);
  });
});

describe('the same request', () => {
  it('carried out by two executions at once is one termination and one count', async () => {
    const desked = await start({ servers: devServers(1) });
    const runs = await Promise.all([1, 2].map((n) => runPolicy(desked, {}, { owner: `execution-${n}` })));
    const outcomes = runs.map((ended) => outcomeOf(ended));
    expect(outcomes.map((one) => one.result).toSorted()).toEqual(['refused', 'terminated']);
    expect(outcomes.find((one) => one.result === 'refused')).toMatchObject({ guard: 'duplicate' });
    expect(taken(desked.ncp)).toEqual(['stop 1001', 'terminate 1001']);
    expect(await desked.desk.store.countedToday('default')).toEqual(['1001']);
  });

  it('is left to the run that is at the server already', async () => {
    const desked = await start({ servers: devServers(1) });
    let second: Run | undefined;
    const first = await runPolicy(
      desked,
      { stopForSeconds: 86_400, requestId: 'monday' },
      {
        afterStep: async (step) => {
          if (step === 'pass-5') second = await runPolicy(desked, { requestId: 'tuesday' }, { owner: 'execution-2' });
        },
      },
    );
    expect(second === undefined ? undefined : outcomeOf(second)).toMatchObject({
      result: 'refused',
      guard: 'other-run',
      reason: expect.stringMatching(/run monday has been working on it since/),
    });
    expect(outcomeOf(first).result).toBe('terminated');
    expect(taken(desked.ncp)).toEqual(['stop 1001', 'terminate 1001']);
  });
});

describe('a table', () => {
  it('that is throttled for a while delays the run and nothing is lost', async () => {
    const desked = await start({ servers: devServers(1) });
    const ended = await runPolicy(
      desked,
      {},
      {
        afterStep: (step) => {
          if (step === 'plan') desked.desk.table.failNext(6, 'ProvisionedThroughputExceededException');
        },
      },
    );
    expect(outcomeOf(ended)).toMatchObject({ result: 'terminated' });
    expect(
      ended.history.events.some((event) => event.kind === 'waiting' && /could not be/.test(worded(event).reason)),
    ).toBe(true);
  });

  it.each([
    ['missing', 'ResourceNotFoundException'],
    ['out of reach', 'cut'],
  ])('that is %s: nothing is done, and it is said why', async (_what, failure) => {
    const desked = await start({ servers: devServers(1) });
    desked.desk.table.failNext(100_000, failure);
    const ended = await runPolicy(desked, { deadlineMinutes: 5 });
    expect(outcomeOf(ended).result).toMatch(/unfinished|refused/);
    expect(outcomeOf(ended).reason).toMatch(/banap-test/);
    expect(taken(desked.ncp)).toEqual([]);
  });

  it('that goes away between stop and terminate ends in neither a termination nor a lost report', async () => {
    const desked = await start({ servers: devServers(1) });
    const ended = await runPolicy(
      desked,
      { deadlineMinutes: 10 },
      {
        afterStep: (step) => {
          if (step === 'pass-1') desked.desk.table.failNext(100_000, 'cut');
        },
      },
    );
    expect(outcomeOf(ended)).toMatchObject({
      result: 'unfinished',
      reason: expect.stringMatching(/holds could not be read/),
    });
    expect(taken(desked.ncp)).toEqual(['stop 1001']);
  });

  it('holds what was decided, refusals included, before anything is done', async () => {
    const desked = await start({
      servers: [devServer(), devServer({ serverInstanceNo: '1002', isProtectServerTermination: true })],
    });
    let before: string[] = [];
    const read = async (): Promise<string[]> => {
      const found = [];
      for await (const one of desked.desk.store.audit('default', {
        from: Date.parse('2026-02-28'),
        to: Date.parse('2026-12-31'),
      }))
        found.push(one);
      return found.map((one) => `${one.serverInstanceNo} ${one.what} ${one.guard}`.trim());
    };
    await runPolicy(
      desked,
      {},
      {
        afterStep: async (step) => {
          if (step === 'admit-1') before = await read();
        },
      },
    );
    expect(before).toEqual(['plan', '1001 plan: terminate', '1002 plan: refuse protected']);
  });
});

describe('a server that somebody else terminates while the run looks', () => {
  const disk = { blockStorage: [{ blockStorageName: 'gold', sizeGb: 10 }] };
  const all = { storage: 'delete', publicIp: 'release' } as const;

  it('keeps its volumes where the policy does not mean it: it is refused, although it was named', async () => {
    const desked = await start({ servers: [devServer({ serverInstanceNo: '1050', serverName: 'prod-pay', ...disk })] });
    const { person } = desked.ncp.simulator;
    person.setStatus('1050', 'NSTOP', 'TERMT', 60);
    const ended = await runPolicy(desked, { ...all, servers: ['1050'], names: [] });
    expect(ended.plan.items).toMatchObject([{ verdict: 'refuse', guard: 'policy', isMeant: false, steps: [] }]);
    expect(outcomeOf(ended, '1050')).toMatchObject({ result: 'refused', guard: 'policy' });
    expect(callsOf(desked, 'deleteStorage')).toBe(0);
  });

  it('keeps its volumes where the policy means it, too: this run had no hand in it', async () => {
    const desked = await start({ servers: [devServer(disk)] });
    const { person } = desked.ncp.simulator;
    person.setStatus('1001', 'NSTOP', 'TERMT', 600);
    const ended = await runPolicy(desked, all, {
      afterStep: (step) => {
        if (step === 'pass-2') person.remove('1001');
      },
    });
    expect(outcomeOf(ended)).toMatchObject({ result: 'terminated' });
    expect(callsOf(desked, 'deleteStorage')).toBe(0);
    expect(worded(ended.history.events)).toContainEqual(
      expect.objectContaining({
        kind: 'left',
        name: 'gold',
        reason: expect.stringContaining('somebody else terminated'),
      }),
    );
  });
});

describe('what a policy came to refuse after the server was gone', () => {
  it.each<[string, Partial<PolicyTerms> | 'removed']>([
    ['keeps volumes and addresses now', { storage: 'detach', publicIp: 'keep' }],
    ['was removed', 'removed'],
    ['only plans now', { mode: 'plan' }],
    ['selects other names now', { select: { names: ['test-*'] } }],
    ['excepts it now', { unless: [{ names: ['dev-1'] }] }],
  ])('frees nothing: it %s', async (_what, change) => {
    const desked = await start({
      servers: [devServer({ publicIp: '203.0.113.7', blockStorage: [{}], terminateSeconds: 60 })],
    });
    const ended = await runPolicy(
      desked,
      { storage: 'delete', publicIp: 'release' },
      {
        policyNow: () => {
          if (taken(desked.ncp, 'terminate').length === 0) return Promise.resolve({ kind: 'unpublished' });
          if (change === 'removed') return Promise.resolve({ kind: 'removed' });
          return Promise.resolve({ kind: 'published', approval: null, policyTerms: { ...OPEN, ...change } });
        },
      },
    );
    expect(outcomeOf(ended).result).toBe('terminated');
    expect([callsOf(desked, 'deleteStorage'), callsOf(desked, 'releasePublicIp')]).toEqual([0, 0]);
    const left = ended.history.events.filter((event) => event.kind === 'left');
    expect(worded(left).map((event) => event.reason)).toEqual([
      expect.stringMatching(/policy/),
      expect.stringMatching(/policy/),
    ]);
  });

  it('frees nothing outside the window, nor later what nobody could watch meanwhile', async () => {
    const desked = await start({
      startAt: new Date('2026-03-03T13:48:00Z'),
      servers: [devServer({ status: 'NSTOP', blockStorage: [{}], terminateSeconds: 800 })],
    });
    const ended = await runPolicy(desked, { storage: 'delete', policyTerms: { ...OPEN, window: NIGHTS } });
    expect(at(desked, 'terminateServerInstances')[0]).toMatch(/^2026-03-03T13:48/);
    expect(at(desked, 'deleteBlockStorageInstances')).toEqual([]);
    expect(outcomeOf(ended).result).toBe('terminated');
    expect(ended.history.events.filter((event) => event.kind === 'left')).toMatchObject([
      { asked: true, reason: { code: 'not-watched' } },
    ]);
  });
});

describe('an act that was decided', () => {
  it('is no longer sent once the window has closed', async () => {
    const desked = await start({
      startAt: new Date('2026-03-03T13:59:50Z'),
      servers: devServers(2, { status: 'NSTOP', publicIp: undefined }),
    });
    const { cloud, simulator } = desked.ncp;
    const slow = hiding(cloud, {
      act: (name, actions, mayGoOn) => {
        simulator.advance(20); // NCP takes its time before it is asked
        return cloud.act(name, actions, mayGoOn);
      },
    });
    // What was read is fresh long enough, so that nothing but the window can hold the act back.
    await runPolicy(desked, { policyTerms: { ...OPEN, window: NIGHTS } }, { cloud: slow, freshSeconds: 30 });
    for (const instant of at(desked, 'terminateServerInstances')) expect(instant).not.toMatch(/^2026-03-03T14/);
  });

  it('does not lift protection when the window is about to close', async () => {
    const desked = await start({
      startAt: new Date('2026-03-03T13:55:00Z'),
      servers: devServers(1, { status: 'NSTOP', isProtectServerTermination: true }),
    });
    const ended = await runPolicy(desked, { overrideProtection: true, policyTerms: { ...OPEN, window: NIGHTS } });
    expect(at(desked, 'setProtectServerTermination')[0]).toMatch(/^2026-03-04T12:/);
    expect(outcomeOf(ended).result).toBe('terminated');
  });
});

describe('while the window is closed', () => {
  it('a server that was stopped, and was started and stopped again, is left alone', async () => {
    const desked = await start({ servers: devServers(1, { status: 'NSTOP', uptime: '2026-01-01T00:03:00+0900' }) });
    const { simulator } = desked.ncp;
    const ended = await runPolicy(
      desked,
      { policyTerms: { ...OPEN, window: NIGHTS } },
      {
        afterStep: (step) => {
          if (step !== 'admit-1') return;
          simulator.person.start('1001');
          simulator.advance(60);
          simulator.person.setStatus('1001', 'NSTOP', 'NULL');
        },
      },
    );
    expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'restarted' });
  });

  it('the region is counted again before anything is done', async () => {
    const desked = await start({ servers: devServers(10) });
    const ended = await runPolicy(
      desked,
      {
        servers: ['1001', '1002'],
        limits: { maxServers: 10, maxPercent: 20 },
        policyTerms: { ...OPEN, window: NIGHTS },
      },
      {
        afterStep: (step) => {
          if (step !== 'admit-1') return;
          for (let no = 1003; no <= 1010; no += 1) desked.ncp.simulator.person.remove(String(no));
        },
      },
    );
    expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'limit' });
    expect(taken(desked.ncp)).toEqual([]);
  });

  it('a window that never opens refuses instead of waiting for ever', async () => {
    const desked = await start({ servers: devServers(1) });
    const never = { ...NIGHTS, days: [] };
    const ended = await runPolicy(desked, { policyTerms: { ...OPEN, window: never } });
    expect(outcomeOf(ended)).toMatchObject({
      result: 'refused',
      guard: 'policy',
      reason: expect.stringMatching(/never opens/),
    });
  });
});

function dieAtPass4(step: string): void {
  if (step === 'pass-4') throw new Error('kill -9');
}

describe('a run that dies silently', () => {
  it('holds its servers for some hours and no longer', async () => {
    const desked = await start({ servers: devServers(1) });
    const dying = runPolicy(
      desked,
      { stopForSeconds: 30 * 86_400 },
      {
        beforeRemembering: (step) => {
          if (step === 'pass-9') throw new Error('kill -9');
        },
      },
    );
    await expect(dying).rejects.toThrow('broke off');
    const soon = await runPolicy(desked, { requestId: 'soon' }, { owner: 'execution-2' });
    expect(outcomeOf(soon)).toMatchObject({ guard: 'other-run' });
    desked.ncp.simulator.advance(10 * 3_600);
    const later = await runPolicy(desked, { requestId: 'later' }, { owner: 'execution-3' });
    expect(outcomeOf(later).result).toBe('terminated');
  });

  it('and goes on after all leaves to another run what that one has got meanwhile', async () => {
    const desked = await start({ servers: devServers(2) });
    const ended = await runPolicy(
      desked,
      { stopForSeconds: 7 * 86_400 },
      {
        afterStep: async (step) => {
          if (step !== 'pass-20') return;
          desked.ncp.simulator.advance(10 * 3_600);
          const other = { requestId: 'other', servers: ['1001'], stopForSeconds: 30 * 86_400 };
          const dying = runPolicy(desked, other, { owner: 'execution-2', afterStep: dieAtPass4 });
          await expect(dying).rejects.toThrow('broke off');
        },
      },
    );
    expect(outcomeOf(ended, '1001')).toMatchObject({ result: 'refused', guard: 'other-run' });
    expect(outcomeOf(ended, '1002').result).toBe('terminated');
    expect(exists(desked.ncp, '1001')).toBe(true);
  });

  it('and goes on when its claim is no longer kept leaves alone what another run may have got', async () => {
    const desked = await start({ servers: devServers(2) });
    const ended = await runPolicy(
      desked,
      { stopForSeconds: 7 * 86_400 },
      {
        afterStep: async (step) => {
          if (step !== 'pass-20') return;
          desked.ncp.simulator.advance(40 * 3_600);
          const other = { requestId: 'other', servers: ['1001'], stopForSeconds: 30 * 86_400 };
          const dying = runPolicy(desked, other, { owner: 'execution-2', afterStep: dieAtPass4 });
          await expect(dying).rejects.toThrow('broke off');
        },
      },
    );
    for (const no of ['1001', '1002']) expect(outcomeOf(ended, no)).toMatchObject({ guard: 'other-run' });
    expect(taken(desked.ncp)).toEqual(['stop 1001', 'stop 1002']);
  });

  it.each([
    ['another run has its server', 10],
    ['its claim is no longer kept', 40],
  ])('and goes on when %s names what it had taken off', async (_when, hours) => {
    const desked = await start({
      servers: [devServer({ status: 'NSTOP', blockStorage: [{ blockStorageName: 'data' }] })],
    });
    let isSilent = false;
    const ended = await runPolicy(
      desked,
      { storage: 'delete' },
      {
        afterStep: async () => {
          if (isSilent || taken(desked.ncp, 'detach').length === 0) return;
          isSilent = true;
          desked.ncp.simulator.advance(hours * 3_600);
          const other = { requestId: 'other', stopForSeconds: 30 * 86_400 };
          const dying = runPolicy(desked, other, { owner: 'execution-2', afterStep: dieAtPass4 });
          await expect(dying).rejects.toThrow('broke off');
        },
      },
    );
    expect(outcomeOf(ended)).toMatchObject({ guard: 'other-run' });
    expect(ended.history.events.filter(({ kind }) => kind === 'left')).toMatchObject([
      { name: 'data', reason: { code: 'taken-off', isSure: true } },
    ]);
  });

  it('and goes on does nothing before it knows what another run has got meanwhile', async () => {
    const desked = await start({ servers: devServers(1) });
    let failures = 0;
    const renew: RunStore['renew'] = (claim) =>
      failures-- > 0 ? Promise.reject(new StoreError('throttled', { passing: true })) : desked.desk.store.renew(claim);
    const ended = await runPolicy(
      desked,
      { stopForSeconds: 86_400, deadlineMinutes: 600 },
      {
        store: storeWith(desked.desk.store, { renew }),
        afterStep: async (step) => {
          if (step !== 'pass-20') return;
          desked.ncp.simulator.advance(8 * 3_600);
          const other = { requestId: 'other', stopForSeconds: 30 * 86_400 };
          const dying = runPolicy(desked, other, { owner: 'execution-2', afterStep: dieAtPass4 });
          await expect(dying).rejects.toThrow('broke off');
          failures = 2;
        },
      },
    );
    expect(failures).toBeLessThan(0);
    expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'other-run' });
    expect(taken(desked.ncp)).toEqual(['stop 1001']);
  });

  it('holds them all the time while it lives', async () => {
    const desked = await start({ servers: devServers(1) });
    let other: Run | undefined;
    const ended = await runPolicy(
      desked,
      { stopForSeconds: 7 * 86_400 },
      {
        afterStep: async (step) => {
          if (step === 'pass-120') other = await runPolicy(desked, { requestId: 'other' }, { owner: 'execution-2' });
        },
      },
    );
    expect(other === undefined ? undefined : outcomeOf(other)).toMatchObject({ guard: 'other-run' });
    expect(outcomeOf(ended).result).toBe('terminated');
  });

  it('has written down what it did', async () => {
    const desked = await start({ servers: devServers(1) });
    const dying = runPolicy(
      desked,
      { stopForSeconds: 86_400 },
      {
        afterStep: (step) => {
          if (step === 'pass-3') throw new Error('kill -9');
        },
      },
    );
    await expect(dying).rejects.toThrow('broke off');
    const told: string[] = [];
    const span = { from: Date.parse('2026-02-28'), to: Date.parse('2026-03-03') };
    for await (const { what } of desked.desk.store.audit('default', span)) told.push(what);
    expect(told).toEqual(['plan', 'plan: terminate', 'stop']);
  });
});

it('a run that waits for days says so in a separate report, once, with the time', async () => {
  const desked = await start({ servers: devServers(1) });
  const receiver = await startReceiver({ secret: WEBHOOK_SECRET });
  onTestFinished(() => receiver.close());
  const planned = await runPolicy(desked, { mode: 'plan' });
  const request = { ...planned.request, mode: 'terminate', stopForSeconds: 7 * 86_400, requestId: 'told' } as const;
  const { simulator, cloud } = desked.ncp;
  const tools = { engine: virtualEngine(simulator), clock: virtualClock(simulator), cloud, store: desked.desk.store };
  await carryOut(request, { ...tools, owner: 'told' }, [
    () => Promise.resolve({ url: receiver.url, secret: WEBHOOK_SECRET, allowedHosts: ['127.0.0.1'] }),
  ]);
  const reports = receiver.received.map(({ body }) => reportSchema.parse(body));
  expect(reports.map((report) => report.status)).toEqual(['waiting', 'all-gone']);
  expect(reports[0]?.summary).toMatch(
    /1 waiting: stopped; starting it again cancels the termination, which may begin at 2026-03-08 09:0/,
  );
});

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

it('an act that NCP put off is not sent again once the window has closed', async () => {
  const desked = await start({
    startAt: new Date('2026-03-03T13:59:55Z'),
    servers: devServers(1, { status: 'NSTOP' }),
  });
  desked.ncp.simulator.setFaults('terminateServerInstances:429/410:4');
  const ended = await runPolicy(desked, { policyTerms: { ...OPEN, window: NIGHTS } });
  expect(at(desked, 'terminateServerInstances')[0]).toMatch(/^2026-03-04T12:/);
  expect(outcomeOf(ended).result).toBe('terminated');
});
