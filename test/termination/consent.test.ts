/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */

/** What people say and do between their consent and the act, and at its edge: virtual time, simulator, store. */

import { describe, expect, it } from 'vitest';
import { policyNowOf } from '../../lib/policies/resolve.ts';
import type { PolicyNow } from '../../lib/termination/decision/constraints.ts';
import type { Failure } from '../../lib/termination/failure.ts';
import type { Cloud } from '../../lib/termination/ports/cloud.ts';
import { StoreError } from '../../lib/termination/ports/store.ts';
import { worded } from '../wording/worded.ts';
import { devServer, devServers, exists, hiding, outcomeOf, taken } from './harness.ts';
import {
  approval,
  BEGIN,
  carried,
  DAY,
  endings,
  GUEST,
  HANA,
  type Happening,
  HOUR,
  hold,
  lived,
  MINA,
  NIGHTS,
  POLICY_TERMS,
  type Stage,
  say,
  startStage,
  storeWith,
} from './people.ts';
import { Crash, isCrash } from './virtual-engine.ts';

async function woken(said: unknown): Promise<number> {
  await said;
  return 1;
}

/** Hana agrees to the first plan. */
function agreeing(stage: Stage): NonNullable<Happening['sleeping']> {
  return { 'approval-1.1': () => woken(say(stage, 'approve', HANA)) };
}

function throttled(): Promise<never> {
  return Promise.reject(new StoreError('throttled', { passing: true }));
}

const CUT: Failure = { kind: 'no-answer', of: '', code: '', message: 'the connection was cut' };

describe('who refuses after consent', () => {
  it('while it is announced ends the run at once: no more notices, and nothing is counted', async () => {
    const stage = await startStage({ servers: devServers(2) });
    let rejectedAt = 0;
    const ended = await lived(stage, {
      terms: { notifySeconds: [86_400, 3_600] },
      sleeping: {
        ...agreeing(stage),
        'notice-3600.1': () => {
          rejectedAt = stage.ncp.simulator.now().getTime();
          return woken(say(stage, 'reject', MINA));
        },
      },
    });
    expect(endings(ended)).toEqual({ 1001: 'refused rejected', 1002: 'refused rejected' });
    expect(stage.notifier.notices.filter(({ at }) => at > rejectedAt)).toEqual([]);
    expect(Date.parse(ended.endedAt) - rejectedAt).toBeLessThan(HOUR);
    expect(await stage.desk.store.countedToday('default')).toEqual([]);
  });

  it.each(['cancel', 'reject'] as const)(
    'while it waits for its window wakes and ends it (%s), and nothing is counted',
    async (kind) => {
      const stage = await startStage({ servers: devServers(2) });
      let saidAt = 0;
      const ended = await lived(stage, {
        terms: { policyTerms: { ...POLICY_TERMS, window: NIGHTS } },
        sleeping: {
          ...agreeing(stage),
          'before-1': () => {
            saidAt = stage.ncp.simulator.now().getTime();
            return woken(say(stage, kind, kind === 'cancel' ? GUEST : MINA));
          },
        },
      });
      expect(new Set(Object.values(endings(ended)))).toEqual(
        new Set([kind === 'cancel' ? 'refused cancelled' : 'refused rejected']),
      );
      expect(Date.parse(ended.endedAt) - saidAt).toBeLessThan(60_000);
      expect(await stage.desk.store.countedToday('default')).toEqual([]);
    },
  );

  it('in the time of grace ends the run when it is woken, and leaves the server stopped', async () => {
    const stage = await startStage({ servers: devServers(1) });
    let saidAt = 0;
    const ended = await lived(stage, {
      terms: { stopForSeconds: 7 * 86_400 },
      sleeping: agreeing(stage),
      whileAsleep: ({ name }) => {
        if (!name.startsWith('sleep-wait-') || saidAt > 0) return undefined;
        saidAt = stage.ncp.simulator.now().getTime();
        return woken(say(stage, 'cancel', GUEST));
      },
    });
    expect(endings(ended)).toEqual({ 1001: 'refused cancelled' });
    expect(saidAt).toBeGreaterThan(0);
    expect(Date.parse(ended.endedAt) - saidAt).toBeLessThan(60_000);
    expect(exists(stage.ncp)).toBe(true);
  });

  it('counts while the run looks again, whatever the plan became', async () => {
    const stage = await startStage({ servers: devServers(1) });
    const ended = await lived(stage, {
      sleeping: { ...agreeing(stage), 'approval-2.1': () => woken(say(stage, 'approve', HANA)) },
      after: {
        'hear-approval-1.2': async () => {
          await say(stage, 'reject', MINA);
          stage.ncp.simulator.person.associatePublicIp('1001', '203.0.113.9');
        },
      },
    });
    expect(endings(ended)).toEqual({ 1001: 'refused rejected' });
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('by a hold between listening and falling asleep wakes the run', async () => {
    const stage = await startStage({ servers: devServers(1) });
    const ended = await lived(stage, {
      terms: { approval: approval({ expiresAfterSeconds: 14 * 86_400 }) },
      after: { 'hear-approval-1.1': () => hold(stage, '1001') },
      whileAsleep: ({ wakeId }) => (stage.woken.includes(wakeId) ? 1 : undefined),
    });
    expect(endings(ended)).toEqual({ 1001: 'refused held' });
    expect(Date.parse(ended.endedAt) - BEGIN).toBeLessThan(HOUR);
  });
});

describe('who refuses while NCP works on the termination', () => {
  /** NCP took the termination, or may have, and at the next look still shows the server as it was. */
  function lagging(
    stage: Stage,
    { isUnknown, meanwhile }: { isUnknown: boolean; meanwhile: () => Promise<unknown> },
  ): Cloud {
    const { cloud } = stage.ncp;
    let before: Awaited<ReturnType<Cloud['servers']>> | undefined;
    return hiding(cloud, {
      act: async (name, actions, may) => {
        if (name !== 'terminate') return cloud.act(name, actions, may);
        before = await cloud.servers(['1001']);
        const answers = await cloud.act(name, actions, may);
        await meanwhile();
        return isUnknown ? [{ kind: 'unknown', actions: [...actions], failure: CUT }] : answers;
      },
      servers: (numbers) => {
        const shown = before;
        before = undefined;
        return shown === undefined ? cloud.servers(numbers) : Promise.resolve(shown);
      },
    });
  }

  it.each([
    ['was taken, and somebody cancels', false, (stage: Stage) => say(stage, 'cancel', GUEST)],
    ['is unknown, and somebody holds it', true, (stage: Stage) => hold(stage, '1001')],
  ])('comes too late where it %s, and the report says so', async (_what, isUnknown, act) => {
    const stage = await startStage({ servers: [devServer({ terminateSeconds: 60 })] });
    const cloud = lagging(stage, { isUnknown, meanwhile: () => act(stage) });
    const { report } = await carried(stage, { cloud, sleeping: agreeing(stage) });
    expect(report.outcomes).toMatchObject([{ result: 'terminated' }]);
    expect(exists(stage.ncp)).toBe(false);
  });
});

describe('what somebody takes off a server after the plan', () => {
  const rules = { storage: 'delete' as const, publicIp: 'release' as const, notifySeconds: [86_400] };

  function diskOf({ ncp }: Stage): string {
    return (
      ncp.simulator.state().blockStorages.find((one) => one.blockStorageName === 'data')?.blockStorageInstanceNo ?? ''
    );
  }

  async function detach(stage: Stage): Promise<void> {
    const action = { name: 'detach' as const, serverInstanceNo: '1001', on: [diskOf(stage)] };
    expect(await stage.ncp.cloud.act('detach', [action], () => true)).toMatchObject([{ kind: 'accepted' }]);
    stage.ncp.simulator.advance(60);
  }

  function disassociate({ ncp }: Stage): void {
    ncp.simulator.person.disassociatePublicIp(ncp.simulator.state().publicIps[0]?.publicIpInstanceNo ?? '');
    ncp.simulator.advance(60);
  }

  const data = { blockStorage: [{ blockStorageName: 'data', sizeGb: 100 }] };

  it.each([
    ['a volume', { status: 'NSTOP', ...data }, detach],
    ['an address', { publicIp: '203.0.113.7' }, disassociate],
  ])('is not freed: the server with %s less is left alone', async (_what, server, takeOff) => {
    const stage = await startStage({ servers: [devServer(server)] });
    const ended = await lived(stage, {
      terms: rules,
      sleeping: { ...agreeing(stage), 'announced.1': () => takeOff(stage) },
    });
    expect(outcomeOf(ended)).toMatchObject({
      guard: 'drift',
      reason: expect.stringMatching(/was taken off it after the plan/),
    });
    expect([taken(stage.ncp, 'deleteStorage'), taken(stage.ncp, 'releasePublicIp')]).toEqual([[], []]);
    expect(exists(stage.ncp)).toBe(true);
  });

  it('in the time of grace is not freed either', async () => {
    const stage = await startStage({ servers: [devServer(data)] });
    let isOff = false;
    const ended = await lived(stage, {
      terms: { ...rules, approval: null, notifySeconds: [], stopForSeconds: 7 * 86_400 },
      whileAsleep: async ({ name }) => {
        if (!name.startsWith('sleep-wait-') || isOff) return;
        isOff = true;
        await detach(stage);
      },
    });
    expect(outcomeOf(ended)).toMatchObject({ guard: 'drift' });
    expect(taken(stage.ncp, 'deleteStorage')).toEqual([]);
  });

  async function detachedJustBeforeItDied(downForSeconds: number) {
    const stage = await startStage({ servers: [devServer({ status: 'NSTOP', ...data })] });
    const memory = new Map<string, string>();
    const { cloud } = stage.ncp;
    let deaths = 0;
    const dying = hiding(cloud, {
      act: async (name, actions, may) => {
        const answers = await cloud.act(name, actions, may);
        if (name === 'detach' && (deaths += 1) === 1) throw new Crash('after it was detached');
        return answers;
      },
    });
    const terms = { ...rules, approval: null, notifySeconds: [] };
    await expect(lived(stage, { terms, memory, cloud: dying })).rejects.toSatisfy(isCrash);
    stage.ncp.simulator.advance(downForSeconds);
    return { stage, ended: await lived(stage, { terms, memory }) };
  }

  it('by banap itself, just before it died, is freed with the server', async () => {
    const { stage, ended } = await detachedJustBeforeItDied(30);
    expect(endings(ended)).toEqual({ 1001: 'terminated' });
    expect(taken(stage.ncp, 'deleteStorage')).not.toEqual([]);
  });

  it('by banap itself, long before it came back, is named and left: a person may have done it since', async () => {
    const { stage, ended } = await detachedJustBeforeItDied(300);
    expect(endings(ended)).toEqual({ 1001: 'refused drift' });
    expect(taken(stage.ncp, 'deleteStorage')).toEqual([]);
    expect(worded(ended.history.events.filter(({ kind }) => kind === 'left'))).toMatchObject([
      { name: 'data', reason: expect.stringMatching(/banap probably took it off/) },
    ]);
  });
});

describe('what was seen before is not forgotten when the run looks again', () => {
  it('a restart still under way, in one look with a change, drops the server out', async () => {
    const stage = await startStage({ servers: [devServer({ startSeconds: 300 })] });
    const { simulator } = stage.ncp;
    const ended = await lived(stage, {
      sleeping: {
        'approval-1.1': () => {
          simulator.person.stop('1001');
          simulator.advance(120);
          simulator.person.start('1001');
          simulator.person.associatePublicIp('1001', '203.0.113.9');
          return woken(say(stage, 'approve', HANA));
        },
        'approval-2.1': () => {
          simulator.advance(600);
          return woken(say(stage, 'approve', MINA));
        },
      },
    });
    expect(endings(ended)).toEqual({ 1001: 'refused restarted' });
  });

  it.each<[what: string, happens: (stage: Stage) => void, guard: string]>([
    ['renamed', ({ ncp }) => ncp.simulator.person.rename('1001', 'dev-precious'), 'identity'],
    [
      'restarted',
      ({ ncp: { simulator } }) => {
        simulator.person.stop('1001');
        simulator.advance(600);
        simulator.person.start('1001');
        simulator.advance(600);
      },
      'restarted',
    ],
    ['protected', ({ ncp }) => ncp.simulator.person.protect('1001', true), 'protected'],
  ])(
    'a server that was %s drops out although another one changed too: the question is anew, and without it',
    async (_what, happens, guard) => {
      const stage = await startStage({ servers: devServers(2) });
      const asked: unknown[] = [];
      const ended = await lived(stage, {
        // Or what is protected is refused for that alone.
        terms: { overrideProtection: true, storage: 'delete' },
        sleeping: {
          'approval-1.1': () => {
            happens(stage);
            stage.ncp.simulator.person.attachStorage('1002');
            stage.ncp.simulator.advance(60);
            return woken(say(stage, 'approve', HANA));
          },
          'approval-2.1': () => {
            asked.push(
              stage.notifier.shown.at(-1)?.servers.map((one) => `${one.serverInstanceNo} ${one.verdict} ${one.guard}`),
            );
            return woken(say(stage, 'approve', MINA));
          },
        },
      });
      expect(asked).toEqual([[`1001 refused ${guard}`, expect.stringMatching(/^1002 (?!refuse)/)]]);
      expect(endings(ended)[1001]).toBe(`refused ${guard}`);
      expect(taken(stage.ncp).filter((one) => one.endsWith(' 1001'))).toEqual([]);
    },
  );

  it('protection that was off and is on again is a new wish', async () => {
    const stage = await startStage({ servers: [devServer({ isProtectServerTermination: true })] });
    const { person } = stage.ncp.simulator;
    const ended = await lived(stage, {
      terms: { overrideProtection: true, notifySeconds: [3_600] },
      sleeping: {
        'approval-1.1': () => {
          person.protect('1001', false);
          return woken(say(stage, 'approve', HANA));
        },
        'announced.1': () => person.protect('1001', true),
      },
    });
    expect(endings(ended)).toEqual({ 1001: 'refused protected' });
  });
});

describe('a policy that was changed while the run waited', () => {
  function nowWith(more: object): () => Promise<PolicyNow> {
    const select = { environment: 'vpc', names: ['dev-*'] };
    const limits = { maxServers: 200, maxPercent: 100 };
    const policy = { mode: 'terminate', select, limits, chat: { slack: 'C0OPS' }, ...more };
    return () => Promise.resolve(policyNowOf('nightly', { kind: 'published', policy }));
  }

  const OTHERS = ['slack:U0NEW', 'slack:U0NEWER'];

  it.each([
    [
      'does not name who agreed any more',
      { approvers: OTHERS },
      /nobody of those who may agree now did, of 1 who must/,
    ],
    [
      'wants two now',
      { approvers: [HANA, ...OTHERS], twoAboveServers: 0 },
      /only 1 of those who may agree now did, of 2/,
    ],
  ])('and %s is heeded', async (_what, asks, reason) => {
    const stage = await startStage({ servers: devServers(1) });
    const policyNow = nowWith({ approval: asks });
    const ended = await lived(stage, { tools: { policyNow }, sleeping: agreeing(stage) });
    expect(outcomeOf(ended)).toMatchObject({ guard: 'policy', reason });
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('counts when it asks for approval only now', async () => {
    const stage = await startStage({ servers: devServers(1) });
    const ended = await lived(stage, {
      terms: { approval: null },
      tools: { policyNow: nowWith({ approval: { approvers: [HANA] } }) },
    });
    expect(outcomeOf(ended)).toMatchObject({
      guard: 'policy',
      reason: expect.stringMatching(/requires 1 approval from its current approvers; the run has 0/),
    });
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('in nothing that matters lets the run go on', async () => {
    const stage = await startStage({ servers: devServers(1) });
    const policyNow = nowWith({ approval: { approvers: [HANA, ...OTHERS] } });
    expect(endings(await lived(stage, { tools: { policyNow }, sleeping: agreeing(stage) }))).toEqual({
      1001: 'terminated',
    });
  });
});

describe('the edge of an approval', () => {
  it('a clock that moves while the run looks lets nothing happen without consent', async () => {
    const stage = await startStage({ servers: devServers(1) });
    const { simulator } = stage.ncp;
    let ticks = 0;
    // Each reading of the clock is a millisecond later, and the last look begins just before the time is over.
    const clock = {
      now: () => simulator.now().getTime() + (ticks += 1),
      sleep: () => Promise.resolve(),
      elapsed: () => 0,
      timeout: () => new AbortController().signal,
    };
    for (const before of [1, 2, 3, 4, 5]) {
      ticks = -before;
      const ended = await lived(stage, { tools: { clock }, afterStep: () => void (ticks = -before) });
      expect(taken(stage.ncp)).toEqual([]);
      expect(outcomeOf(ended)).toMatchObject({ guard: 'unapproved' });
    }
  });

  it('agreement in time counts, although it could not be read in the second of the expiry', async () => {
    const stage = await startStage({ servers: devServers(1) });
    const { store } = stage.desk;
    const now = (): number => stage.ncp.simulator.now().getTime();
    const signals = (id: string): unknown =>
      now() >= BEGIN + DAY && now() < BEGIN + DAY + 5_000 ? throttled() : store.signals(id);
    const ended = await lived(stage, {
      tools: { store: storeWith(store, { signals }) },
      whileAsleep: async () => {
        if (now() >= BEGIN + DAY - HOUR && now() < BEGIN + DAY) await say(stage, 'approve', HANA);
      },
    });
    expect(endings(ended)).toEqual({ 1001: 'terminated' });
  });

  it('all the asking together takes twice the time of one approval, however often the plan changes', async () => {
    const stage = await startStage({ servers: devServers(1) });
    let rounds = 0;
    const ended = await lived(stage, {
      terms: { storage: 'detach' },
      whileAsleep: async ({ name }) => {
        const isNearEnd = stage.notifier.shown.at(-1)?.approvalUntil ?? '';
        if (Date.parse(isNearEnd) - stage.ncp.simulator.now().getTime() > 2 * HOUR || !name.includes('approval'))
          return;
        rounds += 1;
        stage.ncp.simulator.person.attachStorage('1001');
        await say(stage, 'approve', HANA);
        return 1;
      },
    });
    expect(rounds).toBeGreaterThan(1);
    expect(outcomeOf(ended)).toMatchObject({ guard: 'unapproved' });
    expect(Date.parse(ended.endedAt) - BEGIN).toBeLessThanOrEqual(2 * DAY + HOUR);
  });
});

describe('where nobody can be asked', () => {
  it.each([
    ['without a chat', { notifier: undefined }],
    ['without a store', { store: undefined }],
  ])('%s the run says so at once, and nothing is done', async (_what, tools) => {
    const stage = await startStage({ servers: devServers(2) });
    const ended = await lived(stage, { tools });
    expect(outcomeOf(ended)).toMatchObject({
      guard: 'unapproved',
      reason: expect.stringMatching(/nobody can be asked from here/),
    });
    expect(Date.parse(ended.endedAt)).toBe(BEGIN);
    expect(taken(stage.ncp)).toEqual([]);
  });
});

describe('a question that could not be shown', () => {
  it('is shown again soon, and is answered then', async () => {
    const stage = await startStage({ servers: devServers(1) });
    let failures = 3;
    const notifier = {
      ...stage.notifier,
      show: (...of: Parameters<typeof stage.notifier.show>) =>
        (failures -= 1) >= 0 ? Promise.resolve(false) : stage.notifier.show(...of),
    };
    const ended = await lived(stage, {
      tools: { notifier },
      whileAsleep: async () => {
        if (stage.notifier.shown.length > 0) await say(stage, 'approve', HANA);
      },
    });
    expect(endings(ended)).toEqual({ 1001: 'terminated' });
    expect(Date.parse(stage.notifier.shown[0]?.updatedAt ?? '') - BEGIN).toBeLessThanOrEqual(5 * 60_000);
  });
});

describe('a run that is interrupted while it waits for people', () => {
  it.each([
    ['an approval', {}],
    ['a notice', { approval: null, notifySeconds: [86_400] }],
  ])('(for %s) ends at once, unfinished', async (_what, terms) => {
    const stage = await startStage({ servers: devServers(2) });
    const interrupt = new AbortController();
    const ended = await lived(stage, {
      terms,
      tools: { signal: interrupt.signal },
      whileAsleep: () => {
        interrupt.abort();
        return 1;
      },
    });
    expect(endings(ended)).toEqual({ 1001: 'unfinished', 1002: 'unfinished' });
    expect(taken(stage.ncp)).toEqual([]);
    expect(Date.parse(ended.endedAt) - BEGIN).toBeLessThan(HOUR);
  });
});

describe('what a run may cost', () => {
  /** Of a durable execution: a sleep is a context, a callback, its step and perhaps a wait. */
  function operationsIn(memory: ReadonlyMap<string, string>): number {
    return [...memory.keys()].reduce((sum, name) => sum + (name.startsWith('sleep-') ? 4 : 1), 0);
  }

  it('waking it every second does not kill it: it stops listening, and ends within 3,000 operations', async () => {
    const stage = await startStage({ servers: devServers(1) });
    const memory = new Map<string, string>();
    const ended = await lived(stage, {
      memory,
      terms: { approval: approval({ expiresAfterSeconds: 14 * 86_400 }), notifySeconds: [] },
      whileAsleep: () => 1,
    });
    expect(endings(ended)).toEqual({ 1001: 'refused unapproved' });
    expect(operationsIn(memory)).toBeLessThan(1_000);
  });

  it('nor does a table in which the run cannot write how to wake it', async () => {
    const stage = await startStage({ servers: devServers(1) });
    const memory = new Map<string, string>();
    const store = storeWith(stage.desk.store, { putWake: throttled });
    await lived(stage, { memory, tools: { store } });
    expect(operationsIn(memory)).toBeLessThan(1_000);
  });

  it.each<[string, (stage: Stage) => Promise<unknown>]>([
    ['cancelled', (stage) => say(stage, 'cancel', GUEST, { reason: '데'.repeat(500) })],
    [
      'held',
      async ({ desk }) => {
        for (let no = 1001; no <= 1200; no += 1) {
          const who = { by: '김하나', reason: '데'.repeat(500), at: new Date(BEGIN).toISOString() };
          await desk.store.hold('default', {
            serverInstanceNo: String(no),
            serverName: '',
            kind: 'keep',
            until: '',
            ...who,
          });
        }
      },
    ],
  ])('200 servers that are %s with a long reason fit into a checkpoint', async (guard, act) => {
    const stage = await startStage({ servers: devServers(200) });
    const memory = new Map<string, string>();
    const ended = await lived(stage, { memory, sleeping: { 'approval-1.1': () => woken(act(stage)) } });
    expect(new Set(Object.values(endings(ended)))).toEqual(new Set([`refused ${guard}`]));
    expect(Math.max(...[...memory.values()].map((answer) => Buffer.byteLength(answer)))).toBeLessThan(256 * 1024);
  });
});
