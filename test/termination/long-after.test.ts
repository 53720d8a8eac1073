/**
 * What somebody does hours after a call of ours is theirs, however that call ended: a pause, a closed window or an outage lies
 * between. The clock of the machine may stand still meanwhile.
 */

import { describe, expect, it } from 'vitest';
import type { PolicyNow } from '../../lib/termination/decision/constraints.ts';
import type { Server } from '../../lib/termination/model.ts';
import type { TerminationRequest } from '../../lib/termination/request.ts';
import { asked, devServer, devServers, exists, hiding, serverState, taken } from './harness.ts';
import { addressNo, endOf, leftIn, now, pausedWhen, reported, rules, STOPPED, volumeNo } from './paused.ts';
import {
  approval,
  DAY,
  HANA,
  type Happening,
  HOUR,
  POLICY_TERMS,
  type Stage,
  say,
  startStage,
  storeWith,
} from './people.ts';
import { virtualClock } from './virtual-engine.ts';

const THEIRS = ['203.0.113.7', 'data'];
const ANNOUNCED: Partial<TerminationRequest> = { ...rules, notifySeconds: [DAY / 1000] };
const APPROVED: Partial<TerminationRequest> = { ...rules, approval: approval() };
const LIFTING: Partial<TerminationRequest> = {
  ...rules,
  overrideProtection: true,
  policyTerms: { ...POLICY_TERMS, overrideProtection: true },
};

function returnIt({ ncp }: Stage): void {
  ncp.simulator.person.setStatus('1001', 'NSTOP', 'TERMT', 60);
}

describe('a terminate that never reached NCP', () => {
  const faults = 'terminateServerInstances:cut-before:1';

  it("does not count as banap's doing when somebody terminates the server in a pause an hour later", async () => {
    const stage = await startStage({ servers: [STOPPED], faults });
    const isAsked = (): boolean => asked(stage.ncp, 'terminate') > 0;
    const report = await reported(stage, pausedWhen(stage, isAsked, [{ hours: 1, does: () => returnIt(stage) }]));
    expect(exists(stage.ncp)).toBe(false);
    expect(taken(stage.ncp).filter((call) => /^(terminate|delete|release)/.test(call))).toEqual([]);
    expect(leftIn(report)).toEqual(THEIRS);
  });

  it('nor that somebody does while the window is closed', async () => {
    const window: typeof POLICY_TERMS.window = {
      timezone: 'Asia/Seoul',
      days: ['SUN', 'MON'],
      from: '08:00',
      to: '20:00',
      holidays: { calendar: 'none', dates: [] },
    };
    const stage = await startStage({ servers: [STOPPED], faults });
    const [evening, morning] = [Date.parse('2026-03-01T10:30:00Z'), Date.parse('2026-03-01T20:00:00Z')];
    stage.ncp.simulator.advance((evening - now(stage)) / 1000);
    let isReturned = false;
    const closesEarlier: PolicyNow = {
      kind: 'published',
      policyTerms: { ...POLICY_TERMS, window: { ...window, to: '19:30' } },
      approval: null,
    };
    const report = await reported(stage, {
      terms: { ...rules, policyTerms: { ...POLICY_TERMS, window } },
      tools: {
        policyNow: () => Promise.resolve(asked(stage.ncp, 'terminate') > 0 ? closesEarlier : { kind: 'unpublished' }),
      },
      whileAsleep: () => {
        if (isReturned || now(stage) < morning) return undefined;
        isReturned = true;
        returnIt(stage);
        return 5;
      },
    });
    expect(asked(stage.ncp, 'terminate')).toBe(1);
    expect(isReturned).toBe(true);
    expect(taken(stage.ncp).filter((call) => /^(terminate|delete|release)/.test(call))).toEqual([]);
    expect(leftIn(report)).toEqual(THEIRS);
  });
});

describe.each([
  {
    what: 'a volume',
    called: 'detachBlockStorageInstances',
    action: 'detach',
    take: (stage: Stage) => stage.ncp.simulator.person.detachStorage(volumeNo(stage)),
    putBack: (stage: Stage) => stage.ncp.simulator.person.moveStorage(volumeNo(stage), '1001'),
    borrow: (stage: Stage) => stage.ncp.simulator.person.moveStorage(volumeNo(stage), '2000'),
    freed: 'deleteStorage',
    name: 'data',
  },
  {
    what: 'an address',
    called: 'disassociatePublicIpFromServerInstance',
    action: 'disassociate',
    take: (stage: Stage) => stage.ncp.simulator.person.disassociatePublicIp(addressNo(stage)),
    putBack: (stage: Stage) => stage.ncp.simulator.person.movePublicIp(addressNo(stage), '1001'),
    borrow: (stage: Stage) => stage.ncp.simulator.person.movePublicIp(addressNo(stage), '2000'),
    freed: 'releasePublicIp',
    name: '203.0.113.7',
  },
])('$what', ({ called, action, take, putBack, borrow, freed, name }) => {
  it('that somebody takes off an hour after a call that never reached NCP is theirs, and so is its server', async () => {
    const stage = await startStage({ servers: [STOPPED], faults: `${called}:cut-before:1` });
    const isAsked = (): boolean => asked(stage.ncp, action) > 0;
    const anHourLater = (): void => {
      stage.ncp.simulator.advance(HOUR / 1000);
      take(stage);
    };
    const report = await reported(stage, pausedWhen(stage, isAsked, [{ hours: 0, does: anHourLater }]));
    expect(endOf(report)).toBe('refused drift');
    expect(taken(stage.ncp, action)).toEqual([]);
    expect(taken(stage.ncp).filter((call) => /^(terminate|delete|release)/.test(call))).toEqual([]);
    expect(leftIn(report)).toContain(name);
  });

  it('that somebody put back while NCP could not be read is not taken off again', async () => {
    const stage = await startStage({ servers: [STOPPED], faults: `${called}:cut-after:1` });
    const { simulator } = stage.ncp;
    let isBack = false;
    const report = await reported(stage, {
      afterStep: () => {
        if (isBack || asked(stage.ncp, action) === 0) return;
        isBack = true;
        simulator.setFaults('*:429/410:30');
        simulator.advance(60);
        putBack(stage);
        simulator.advance(60);
      },
    });
    expect(endOf(report)).toBe('refused drift');
    expect(taken(stage.ncp, action)).toHaveLength(1);
    expect(taken(stage.ncp).filter((call) => /^(terminate|delete|release)/.test(call))).toEqual([]);
  });

  it.each([action, 'terminate'])('that somebody borrowed after our %s and gave back free is theirs', async (after) => {
    const stage = await startStage({ servers: [STOPPED, { serverInstanceNo: '2000', serverName: 'prod-1' }] });
    const isTaken = (): boolean => taken(stage.ncp, after).length > 0;
    const report = await reported(
      stage,
      pausedWhen(stage, isTaken, [
        { hours: 1, does: () => borrow(stage) },
        { hours: 2.5, does: () => take(stage) },
      ]),
    );
    expect(taken(stage.ncp, freed)).toEqual([]);
    expect(leftIn(report)).toContain(name);
    expect(endOf(report)).toBe('terminated');
  });
});

it('a volume that is renamed or enlarged once its server is gone is left', async () => {
  for (const change of [{ name: 'archive' }, { sizeBytes: 2 ** 40 }]) {
    const stage = await startStage({ servers: [STOPPED] });
    const { cloud } = stage.ncp;
    const changed = hiding(cloud, {
      attachments: async (resource, numbers) => {
        const all = await cloud.attachments(resource, numbers);
        return resource === 'blockStorage' ? all.map((one) => ({ ...one, ...change })) : all;
      },
    });
    const report = await reported(stage, { cloud: changed });
    expect(endOf(report)).toBe('terminated');
    expect(taken(stage.ncp, 'deleteStorage')).toEqual([]);
    expect(leftIn(report)).toEqual([change.name ?? 'data']);
  }
});

it('protection that was lifted is put back on a server that is renamed then', async () => {
  const stage = await startStage({ servers: [devServer({ status: 'NSTOP', isProtectServerTermination: true })] });
  let isRenamed = false;
  const report = await reported(stage, {
    terms: LIFTING,
    afterStep: () => {
      if (isRenamed || taken(stage.ncp, 'protection').length === 0) return;
      isRenamed = true;
      stage.ncp.simulator.person.rename('1001', 'prod-9');
      stage.ncp.simulator.advance(10);
    },
  });
  expect(endOf(report)).toBe('refused identity');
  expect(serverState(stage.ncp).isProtectServerTermination).toBe(true);
});

/** Once, when the run sleeps for the first time. */
function whenAsleep(stage: Stage, does: () => void): NonNullable<Happening['whileAsleep']> {
  let isDone = false;
  return async ({ name }) => {
    if (isDone) return undefined;
    isDone = true;
    does();
    if (!name.includes('approval')) return undefined;
    await say(stage, 'approve', HANA);
    return 1;
  };
}

const bootless = (server: Server): Server => (server.status === 'NSTOP' ? { ...server, uptime: '' } : server);

describe('a server of which the plan knew no last boot', () => {
  const mondays: typeof POLICY_TERMS.window = {
    timezone: 'Asia/Seoul',
    days: ['MON'],
    from: '00:00',
    to: '23:59',
    holidays: { calendar: 'none', dates: [] },
  };

  it.each([
    { how: 'announced', terms: ANNOUNCED },
    { how: 'approved', terms: APPROVED },
    { how: 'held back by its window', terms: { ...rules, policyTerms: { ...POLICY_TERMS, window: mondays } } },
  ])('because it was busy, and that somebody restarts while it is $how, runs on', async ({ terms }) => {
    const stage = await startStage({ servers: [devServer({ operation: 'CHNG', operationSeconds: 60 })] });
    const { simulator } = stage.ncp;
    const restart = (): void => {
      simulator.advance(3_600);
      simulator.person.restart('1001');
      simulator.advance(600);
    };
    const report = await reported(stage, { terms, whileAsleep: whenAsleep(stage, restart) });
    expect(endOf(report)).toBe('refused restarted');
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('nor has one when it is looked at again, is not taken for one that had been booting before', async () => {
    const stage = await startStage({ servers: [devServer({ operation: 'CHNG', operationSeconds: 60 })] });
    const { simulator } = stage.ncp;
    const restart = (): void => {
      simulator.advance(3_600);
      simulator.person.restart('1001');
      simulator.person.setStatus('1001', 'RUN', 'CHNG', 60);
    };
    const report = await reported(stage, { terms: APPROVED, whileAsleep: whenAsleep(stage, restart) });
    expect(endOf(report)).toBe('refused restarted');
    expect(taken(stage.ncp)).toEqual([]);
  });

  it.each([
    { how: 'announced', terms: ANNOUNCED },
    { how: 'approved', terms: APPROVED },
  ])('because it was stopped, and that somebody starts while it is $how, runs on', async ({ terms }) => {
    const stage = await startStage({ servers: [devServer({ status: 'NSTOP' })] });
    const { cloud, simulator } = stage.ncp;
    const blind = hiding(cloud, {
      allServers: async () => (await cloud.allServers()).map(bootless),
      servers: async (numbers) => {
        const found = await cloud.servers(numbers);
        return { ...found, servers: found.servers.map(bootless) };
      },
    });
    const start = (): void => {
      simulator.person.restart('1001');
      simulator.advance(60);
    };
    const report = await reported(stage, { terms, cloud: blind, whileAsleep: whenAsleep(stage, start) });
    expect(endOf(report)).toBe('refused restarted');
    expect(taken(stage.ncp)).toEqual([]);
  });
});

it.each(['stop', 'terminate'])('%s is not sent on a look from before the machine slept', async (name) => {
  const stage = await startStage({ servers: [devServer(name === 'terminate' ? { status: 'NSTOP' } : {})] });
  const { cloud, simulator } = stage.ncp;
  const clock = virtualClock(simulator);
  let sleptMs = 0;
  const sleepy = hiding(cloud, {
    act: (action, actions, mayGoOn, signal) => {
      if (action === name && sleptMs === 0) {
        sleptMs = HOUR / 2;
        simulator.person.rename('1001', 'prod-1');
        simulator.advance(sleptMs / 1000);
      }
      return cloud.act(action, actions, mayGoOn, signal);
    },
  });
  const report = await reported(stage, {
    cloud: sleepy,
    tools: { clock: { ...clock, elapsed: () => clock.elapsed() - sleptMs } },
  });
  expect(sleptMs).toBeGreaterThan(0);
  expect(endOf(report)).toBe('refused identity');
  expect(taken(stage.ncp)).toEqual([]);
});

it('another run is not admitted to servers of one that a pause holds back, in the middle of its sleep', async () => {
  const stage = await startStage({ servers: [STOPPED] });
  const answers: (number | string)[] = [];
  const isTaken = (): boolean => taken(stage.ncp).length > 0;
  const paused = pausedWhen(stage, isTaken, []);
  await reported(stage, {
    ...paused,
    whileAsleep: async ({ name, seconds }) => {
      if (!name.startsWith('sleep-wait-')) return undefined;
      const [early, late] = [Math.floor(seconds * 0.9), Math.ceil(seconds * 0.1)];
      stage.ncp.simulator.advance(early);
      const entry = { account: 'default', owner: 'other', servers: ['1001'], refusal: () => null };
      const requestId = `other-${now(stage)}`;
      const other = await stage.desk.store.admit({ ...entry, requestId, claimedUntil: now(stage) + 1000 });
      answers.push(other.kind === 'admitted' ? other.taken.length : other.kind);
      return late;
    },
  });
  expect(new Set(answers)).toEqual(new Set([1]));
  expect(exists(stage.ncp)).toBe(false);
});

it('a server that was gone when people were asked, and is listed again, was not counted, and is left alone', async () => {
  const stage = await startStage({
    servers: [devServer({ status: 'NSTOP' }), devServer({ serverInstanceNo: '1002' })],
  });
  const { cloud } = stage.ncp;
  let isHidden = false;
  const isListed = ({ serverInstanceNo: no }: Server): boolean => !isHidden || no !== '1001';
  const lagging = hiding(cloud, {
    allServers: async () => (await cloud.allServers()).filter(isListed),
    servers: async (numbers) => {
      const found = await cloud.servers(numbers);
      return { ...found, servers: found.servers.filter(isListed) };
    },
  });
  const counted: string[][] = [];
  const { store } = stage.desk;
  const counting = storeWith(store, {
    admit: (entry: Parameters<typeof store.admit>[0]) => {
      counted.push([...entry.servers]);
      return store.admit(entry);
    },
  });
  const report = await reported(stage, {
    cloud: lagging,
    terms: APPROVED,
    tools: { store: counting },
    sleeping: {
      'approval-1.1': async () => {
        await say(stage, 'approve', HANA);
        isHidden = true;
        return 1;
      },
    },
    afterStep: (step) => {
      if (step.startsWith('admit')) isHidden = false;
    },
  });
  expect(counted).toEqual([['1002']]);
  expect(endOf(report)).toBe('refused identity');
  expect(endOf(report, '1002')).toBe('terminated');
  expect(exists(stage.ncp)).toBe(true);
  expect(taken(stage.ncp).filter((call) => call.endsWith('1001'))).toEqual([]);
});

describe('more servers than one request may have', () => {
  it.each([
    { count: 201, maxPercent: 100 },
    { count: 250, maxPercent: 90 },
  ])('are not cut down to what it may have ($count), though nothing else refused the plan', async (limits) => {
    const stage = await startStage({ servers: devServers(limits.count, { status: 'NSTOP' }) });
    const pause = { account: '', policy: 'nightly', by: 'mina', reason: 'demo', until: '' };
    await stage.desk.store.pause({ ...pause, at: new Date(now(stage)).toISOString() });
    let isResumed = false;
    const report = await reported(stage, {
      terms: { ...rules, limits: { maxServers: 200, maxPercent: limits.maxPercent } },
      afterStep: async () => {
        if (isResumed || now(stage) < Date.parse('2026-03-01T01:00:00Z')) return;
        isResumed = true;
        await stage.desk.store.resume({ account: '', policy: 'nightly' }, 'mina');
      },
    });
    expect(report.plan?.refusal).not.toBeNull();
    expect(new Set(report.outcomes.map(({ result, guard }) => `${result} ${guard}`))).toEqual(
      new Set(['refused limit']),
    );
    expect(taken(stage.ncp)).toEqual([]);
    expect(stage.ncp.simulator.state().servers).toHaveLength(limits.count);
  });
});
