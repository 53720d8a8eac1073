/** Whole runs that wait for people: virtual time, the simulator, and the store in the emulator of DynamoDB. */

import { afterAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../lib/termination/planning/plan.ts';
import { StoreError } from '../../lib/termination/ports/store.ts';
import type { Run } from '../../lib/termination/run-record.ts';
import { devServer, devServers, dyingAfterAct, exists, type NcpOptions, outcomeOf, taken } from './harness.ts';
import {
  ASKER,
  approval,
  BEGIN,
  carried,
  DAY,
  endings,
  firstAt,
  GUEST,
  HANA,
  type Happening,
  HOUR,
  hashNow,
  hold,
  lived,
  MINA,
  openStage,
  POLICY_TERMS,
  REQUEST_ID,
  type Stage,
  say,
  seenBefore,
  startStage,
  storeWith,
} from './people.ts';
import { Crash, type EngineMemory, isCrash } from './virtual-engine.ts';

const TWO = approval({ twoAboveServers: 0 });
const ALL: NcpOptions = { servers: devServers(2) };
const BOTH_GONE = { 1001: 'terminated', 1002: 'terminated' };

/** Said while the run sleeps for the first time; the run is woken a second later. */
function first(act: () => unknown): NonNullable<Happening['sleeping']> {
  return { 'approval-1.1': () => woken(act()) };
}

async function woken(said: unknown): Promise<number> {
  await said;
  return 1;
}

describe('a run whose policy asks for approval', () => {
  it('shows its plan, waits, and goes on when an approver agrees', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      sleeping: first(() => {
        expect(taken(stage.ncp)).toEqual([]);
        expect(stage.notifier.shown.at(-1)).toMatchObject({
          state: 'awaiting-approval',
          missingApprovals: 1,
          approvers: [HANA, MINA, ASKER],
          approvalUntil: new Date(BEGIN + DAY).toISOString(),
        });
        return say(stage, 'approve', HANA);
      }),
    });
    expect(endings(ended)).toEqual(BOTH_GONE);
    expect(ended.signals).toMatchObject([{ kind: 'approve', by: HANA }]);
    expect(firstAt(stage, 'stopServerInstances')).toBe(BEGIN + 1_000);
  });

  it('needs two different people where the policy says so', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      terms: { approval: TWO },
      sleeping: {
        ...first(() => say(stage, 'approve', HANA)),
        'approval-1.2': () => {
          expect(taken(stage.ncp)).toEqual([]);
          return woken(say(stage, 'approve', MINA));
        },
      },
    });
    expect(endings(ended)).toEqual(BOTH_GONE);
    expect(firstAt(stage, 'stopServerInstances')).toBe(BEGIN + 2_000);
  });

  it('counts two people who approve at once', async () => {
    const stage = await startStage(ALL);
    const both = (): Promise<unknown> => Promise.all([HANA, MINA].map((by) => say(stage, 'approve', by)));
    expect(endings(await lived(stage, { terms: { approval: TWO }, sleeping: first(both) }))).toEqual(BOTH_GONE);
  });

  it.each([
    ['asks nobody below its number', approval({ aboveServers: 2 }), false],
    ['asks above its number', approval({ aboveServers: 1 }), true],
  ])('%s', async (_what, terms, isAsked) => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, { terms: { approval: terms } });
    expect(stage.notifier.shown.some((view) => view.state === 'awaiting-approval')).toBe(isAsked);
    expect(endings(ended)['1001']).toBe(isAsked ? 'refused unapproved' : 'terminated');
  });

  it('asks nobody about a plan that does nothing', async () => {
    const stage = await startStage({ servers: [devServer({ isProtectServerTermination: true })] });
    const ended = await lived(stage);
    expect(endings(ended)).toEqual({ 1001: 'refused protected' });
    expect(stage.notifier.shown).toEqual([]);
  });
});

describe('what does not count as consent', () => {
  it.each<[string, (stage: Stage) => Promise<unknown>]>([
    ['nobody says anything', () => Promise.resolve()],
    ['somebody who is no approver', (stage) => say(stage, 'approve', GUEST)],
    ['who asked', (stage) => say(stage, 'approve', ASKER)],
    ['a word about another plan', (stage) => say(stage, 'approve', HANA, { planHash: 'fedcba9876543210' })],
    ['a word about no plan', (stage) => say(stage, 'approve', HANA, { planHash: '' })],
    ['another run of the same plan', (stage) => say(stage, 'approve', HANA, {}, 'chat-2')],
  ])('%s', async (_what, speak) => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, { sleeping: first(() => speak(stage)) });
    expect(endings(ended)).toEqual({ 1001: 'refused unapproved', 1002: 'refused unapproved' });
    expect(outcomeOf(ended).reason).toBe(
      '0 of 1 required approvals were given by 2026-03-02 09:00 Asia/Seoul (2026-03-02 00:00Z)',
    );
    expect(taken(stage.ncp)).toEqual([]);
    expect(Date.parse(ended.endedAt)).toBe(BEGIN + DAY);
  });

  it.each<[string, (stage: Stage) => Promise<unknown>]>([
    ['one of two', (stage) => say(stage, 'approve', HANA)],
    ['the same one twice', (stage) => Promise.all([1, 2].map(() => say(stage, 'approve', HANA)))],
    ['one and who asked', (stage) => Promise.all([HANA, ASKER].map((by) => say(stage, 'approve', by)))],
  ])('where two are needed: %s', async (_what, speak) => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, { terms: { approval: TWO }, sleeping: first(() => speak(stage)) });
    expect(outcomeOf(ended)).toMatchObject({
      guard: 'unapproved',
      reason: expect.stringMatching(/^1 of 2 required approvals/),
    });
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('who asked may agree where the policy says so', async () => {
    const stage = await startStage(ALL);
    const terms = { approval: approval({ selfApproval: true }) };
    const ended = await lived(stage, { terms, sleeping: first(() => say(stage, 'approve', ASKER)) });
    expect(endings(ended)).toEqual(BOTH_GONE);
  });

  it('a signal after the approval has expired is reported and changes nothing', async () => {
    const stage = await startStage(ALL);
    const { report } = await carried(stage, { after: { audit: () => say(stage, 'approve', HANA) } });
    expect(report.outcomes.map((one) => one.guard)).toEqual(['unapproved', 'unapproved']);
    expect(report.signals).toMatchObject([{ by: HANA, at: new Date(BEGIN + DAY).toISOString() }]);
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('a signal that comes while the run is down, after its approval is over', async () => {
    const stage = await startStage(ALL);
    const ended = await livedTwice(stage, {
      whileAsleep: () => {
        throw new Crash('while people are asked');
      },
      between: () => {
        stage.ncp.simulator.advance(86_401);
        return say(stage, 'approve', HANA);
      },
    });
    expect(endings(ended)['1001']).toBe('refused unapproved');
    expect(taken(stage.ncp)).toEqual([]);
  });
});

describe('a rejection', () => {
  it.each<[string, (stage: Stage) => Promise<unknown>]>([
    ['ends the run at once', (stage) => say(stage, 'reject', MINA, { name: '미나', reason: 'demo' })],
    [
      'counts whoever agreed before',
      async (stage) => {
        await say(stage, 'approve', HANA);
        await say(stage, 'reject', MINA, { name: '미나', reason: 'demo' });
      },
    ],
  ])('%s', async (_what, speak) => {
    const stage = await startStage(ALL);
    const { report } = await carried(stage, { sleeping: first(() => speak(stage)) });
    expect(report.outcomes).toMatchObject([{ guard: 'rejected' }, { guard: 'rejected' }]);
    expect(report.outcomes[0]?.reason).toBe(`미나 (${MINA}) rejected it: demo`);
    expect(report.endedAt).toBe(new Date(BEGIN + 1_000).toISOString());
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('of somebody who is not an approver ends nothing', async () => {
    const stage = await startStage(ALL);
    const speak = async (): Promise<void> => {
      await say(stage, 'reject', GUEST);
      await say(stage, 'approve', HANA);
    };
    expect(endings(await lived(stage, { sleeping: first(speak) }))).toEqual(BOTH_GONE);
  });

  // The view says until the first pass that the run waits for approval, so people may click, and are told that nothing is done.
  it('counts after consent and before the first act', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      terms: { policyTerms: { ...POLICY_TERMS, window: NIGHTS } },
      sleeping: first(() => say(stage, 'approve', HANA)),
      after: { 'admit-1': () => say(stage, 'reject', MINA) },
    });
    expect(taken(stage.ncp)).toEqual([]);
    expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'rejected' });
  });
});

const NIGHTS: typeof POLICY_TERMS.window = {
  timezone: 'Asia/Seoul',
  days: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
  from: '21:00',
  to: '23:00',
  holidays: { calendar: 'none', dates: [] },
};

function cancel(stage: Stage): Promise<boolean> {
  return say(stage, 'cancel', GUEST, { name: '이둘', reason: 'demo' });
}

describe('a cancel', () => {
  it('while people are asked ends the run', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, { sleeping: first(() => cancel(stage)) });
    expect(outcomeOf(ended)).toMatchObject({ guard: 'cancelled', reason: `이둘 (${GUEST}) cancelled it: demo` });
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('sent together with consent wins', async () => {
    const stage = await startStage(ALL);
    const speak = (): Promise<unknown> => Promise.all([say(stage, 'approve', HANA), cancel(stage)]);
    expect(endings(await lived(stage, { sleeping: first(speak) }))['1001']).toBe('refused cancelled');
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('while it is announced ends the run', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      terms: { notifySeconds: [3_600] },
      sleeping: { ...first(() => say(stage, 'approve', HANA)), 'announced.1': () => woken(cancel(stage)) },
    });
    expect(endings(ended)['1001']).toBe('refused cancelled');
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('between consent and the first act ends the run', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      sleeping: first(() => say(stage, 'approve', HANA)),
      after: { 'look-again-1.1': () => cancel(stage) },
    });
    expect(endings(ended)['1001']).toBe('refused cancelled');
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('between stop and terminate leaves the server stopped', async () => {
    const stage = await startStage({ servers: [devServer({ stopSeconds: 60 })] });
    const { report } = await carried(stage, {
      sleeping: first(() => say(stage, 'approve', HANA)),
      after: { 'pass-1': () => cancel(stage) },
    });
    expect(report.outcomes).toMatchObject([{ result: 'refused', guard: 'cancelled' }]);
    expect(taken(stage.ncp)).toEqual(['stop 1001']);
    expect(stage.notifier.shown.at(-1)).toMatchObject({
      state: 'ended',
      servers: [{ verdict: 'refused', guard: 'cancelled' }],
    });
  });

  it('after NCP took the termination came too late, and the report shows both', async () => {
    const stage = await startStage({ servers: [devServer({ terminateSeconds: 60 })] });
    let isSaid = false;
    const { report } = await carried(stage, {
      sleeping: first(() => say(stage, 'approve', HANA)),
      afterStep: async () => {
        if (isSaid || taken(stage.ncp, 'terminate').length === 0) return;
        isSaid = true;
        await cancel(stage);
      },
    });
    expect(report.outcomes).toMatchObject([{ result: 'terminated' }]);
    const terminated = report.timeline.find((event) => event.kind === 'requested' && event['action'] === 'terminate');
    const said = report.signals.find((signal) => signal.kind === 'cancel');
    expect(said?.reason).toBe('demo');
    expect(Date.parse(said?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(terminated?.at ?? ''));
  });

  it('of some that are under way stops the others', async () => {
    const servers = [devServer({ status: 'NSTOP', terminateSeconds: 60 }), devServer({ serverInstanceNo: '1002' })];
    const stage = await startStage({ servers });
    const ended = await lived(stage, {
      sleeping: first(() => say(stage, 'approve', HANA)),
      after: { 'pass-2': () => cancel(stage) },
    });
    expect(endings(ended)).toEqual({ 1001: 'terminated', 1002: 'refused cancelled' });
    expect(taken(stage.ncp)).toEqual(['stop 1002', 'terminate 1001']);
  });

  it('reaches a run that waits for its window: it has a view by which people find it', async () => {
    const stage = await startStage(ALL);
    let found: unknown;
    await lived(stage, {
      terms: { approval: null, policyTerms: { ...POLICY_TERMS, window: NIGHTS } },
      after: { 'admit-1': async () => (found = await stage.desk.store.view(REQUEST_ID)) },
    });
    expect(found).toMatchObject({ requestId: REQUEST_ID });
  });
});

describe('a hold while people are asked', () => {
  it.each([
    ['a keep', ''],
    ['a snooze', '2026-03-02T00:00:00Z'],
    ['a snooze of a minute', '2026-03-01T00:01:00Z'],
  ])('%s takes its server out and lets the others go on', async (_what, until) => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      sleeping: {
        ...first(() => hold(stage, '1001', until)),
        'approval-1.2': async () => {
          await say(stage, 'approve', HANA);
          return 300;
        },
      },
    });
    expect(endings(ended)).toEqual({ 1001: 'refused held', 1002: 'terminated' });
    expect(outcomeOf(ended)).toMatchObject({ reason: expect.stringMatching(/김하나 holds it until/) });
  });

  it('on all of them ends the run', async () => {
    const stage = await startStage(ALL);
    const holdBoth = (): Promise<unknown> => Promise.all(['1001', '1002'].map((no) => hold(stage, no)));
    const ended = await lived(stage, { sleeping: first(holdBoth) });
    expect(endings(ended)).toEqual({ 1001: 'refused held', 1002: 'refused held' });
    expect(Date.parse(ended.endedAt)).toBe(BEGIN + 1_000);
  });
});

describe('between plan and approval', () => {
  it.each<[string, string, (stage: Stage) => unknown]>([
    ['protected', 'protected', ({ ncp }) => ncp.simulator.person.protect('1001', true)],
    ['held', 'held', (stage) => hold(stage, '1001')],
    ['tagged keep', 'kept', ({ ncp }) => ncp.simulator.person.setTag('1001', 'keep', 'demo')],
    ['renamed', 'policy', ({ ncp }) => ncp.simulator.person.rename('1001', 'precious')],
    ['renamed within its policy', 'identity', ({ ncp }) => ncp.simulator.person.rename('1001', 'dev-precious')],
    ['restarted', 'restarted', ({ ncp }) => restart(ncp)],
    [
      'made anew under the same name',
      'identity',
      ({ ncp }) => ncp.simulator.person.recreate('1001', { serverName: 'dev-1', createDate: ncp.simulator.now() }),
    ],
  ])('a server that was %s drops out and is named; the other goes on', async (_what, guard, act) => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      sleeping: first(async () => {
        await act(stage);
        await say(stage, 'approve', HANA);
      }),
    });
    expect(endings(ended)).toEqual({ 1001: `refused ${guard}`, 1002: 'terminated' });
    expect(outcomeOf(ended).reason).not.toBe('');
    expect(taken(stage.ncp)).toEqual(['stop 1002', 'terminate 1002']);
    expect(stage.notifier.shown.filter((view) => view.state === 'awaiting-approval')).toHaveLength(1);
  });

  it('a server that disappeared is found gone, and the other goes on', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      sleeping: first(() => {
        stage.ncp.simulator.person.remove('1001');
        return say(stage, 'approve', HANA);
      }),
    });
    expect(endings(ended)).toEqual({ 1001: 'already-gone', 1002: 'terminated' });
  });

  it('a server with an address that disappeared is no longer asked about', async () => {
    const stage = await startStage({ servers: [devServer({ publicIp: '203.0.113.7' })] });
    const ended = await lived(stage, {
      sleeping: first(() => {
        stage.ncp.simulator.person.remove('1001');
        return say(stage, 'approve', HANA);
      }),
    });
    expect(endings(ended)).toEqual({ 1001: 'already-gone' });
    expect(stage.notifier.shown.filter((view) => view.state === 'awaiting-approval')).toHaveLength(1);
  });

  it('servers that were gone already are not counted and not asked about', async () => {
    const stage = await startStage({ servers: [devServer({ serverInstanceNo: '1050' })] });
    await seenBefore(stage, '1001');
    const ended = await lived(stage, { terms: { servers: ['1001'], names: [] } });
    expect(endings(ended)).toEqual({ 1001: 'already-gone' });
    expect(stage.notifier.shown.filter((view) => view.state === 'awaiting-approval')).toEqual([]);
  });

  it('a server that was already gone is not reported as unknown, though the store cannot be read by then', async () => {
    const stage = await startStage(ALL);
    await seenBefore(stage, '1999');
    let isRead = true;
    const { store } = stage.desk;
    const known = (...asked: Parameters<typeof store.known>): Promise<string[]> =>
      isRead ? store.known(...asked) : Promise.reject(new StoreError('no answer', { passing: true }));
    const ended = await lived(stage, {
      terms: { servers: ['1001', '1999'], names: [] },
      tools: { store: storeWith(store, { known }) },
      sleeping: first(() => {
        isRead = false;
        return say(stage, 'approve', HANA);
      }),
    });
    expect(endings(ended)).toEqual({ 1001: 'terminated', 1999: 'already-gone' });
  });

  it('a server that somebody is stopping is not reported as started', async () => {
    const stage = await startStage({ servers: [devServer({ stopSeconds: 60 })] });
    const ended = await lived(stage, {
      sleeping: first(() => {
        stage.ncp.simulator.person.stop('1001');
        return say(stage, 'approve', HANA);
      }),
    });
    expect(endings(ended)).toEqual({ 1001: 'terminated' });
  });

  it('a server that appeared is never added', async () => {
    const stage = await startStage({
      servers: [devServer(), devServer({ serverInstanceNo: '1050', serverName: 'prod-1' })],
    });
    const ended = await lived(stage, {
      sleeping: first(() => {
        stage.ncp.simulator.person.rename('1050', 'dev-50');
        return say(stage, 'approve', HANA);
      }),
    });
    expect(endings(ended)).toEqual({ 1001: 'terminated' });
    expect(exists(stage.ncp, '1050')).toBe(true);
  });
});

function restart(ncp: Stage['ncp']): void {
  ncp.simulator.person.stop('1001');
  ncp.simulator.advance(60);
  ncp.simulator.person.start('1001');
  ncp.simulator.advance(60);
}

async function attachThenApprove(stage: Stage): Promise<void> {
  stage.ncp.simulator.person.attachStorage('1001');
  await say(stage, 'approve', HANA);
}

describe('a plan that changed', () => {
  const terms = { storage: 'detach' } as const;

  it.each<[string, (stage: Stage) => unknown]>([
    ['a volume', ({ ncp }) => ncp.simulator.person.attachStorage('1001')],
    ['an address', ({ ncp }) => ncp.simulator.person.associatePublicIp('1001', '203.0.113.8')],
  ])('by %s is asked about again; what was said before counts no more', async (_what, attach) => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      terms,
      sleeping: first(async () => {
        await attach(stage);
        await say(stage, 'approve', HANA);
      }),
    });
    expect(endings(ended)).toEqual({ 1001: 'refused unapproved', 1002: 'refused unapproved' });
    expect(taken(stage.ncp)).toEqual([]);
    const [before, after, ...more] = stage.notifier.shown.filter((view) => view.state === 'awaiting-approval');
    expect(more).toEqual([]);
    expect(after?.planHash).not.toBe(before?.planHash);
    expect(Date.parse(after?.approvalUntil ?? '')).toBe(BEGIN + 1_000 + DAY);
  });

  it('goes on when people agree to it as it is now', async () => {
    const stage = await startStage(ALL);
    const hashes: string[] = [];
    const ended = await lived(stage, {
      terms,
      sleeping: {
        ...first(() => {
          hashes.push(hashNow(stage));
          return attachThenApprove(stage);
        }),
        'approval-2.1': () => {
          hashes.push(hashNow(stage));
          return woken(say(stage, 'approve', HANA));
        },
      },
    });
    expect(endings(ended)).toEqual(BOTH_GONE);
    expect(new Set(hashes).size).toBe(2);
    expect(ended.plan.hash).toBe(hashes[1]);
  });

  it('is not done if an approver rejected the plan before it, because the answer was that nothing is done', async () => {
    const stage = await startStage(ALL);
    const old = { planHash: '' };
    const ended = await lived(stage, {
      terms,
      sleeping: {
        ...first(() => {
          old.planHash = hashNow(stage);
          return attachThenApprove(stage);
        }),
        'approval-2.1': async () => {
          await say(stage, 'reject', MINA, old);
          return woken(say(stage, 'approve', HANA));
        },
      },
    });
    expect(endings(ended)).toEqual({ 1001: 'refused rejected', 1002: 'refused rejected' });
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('and changes back is asked about again: earlier approvals are void', async () => {
    const stage = await startStage(ALL);
    const { person } = stage.ncp.simulator;
    const hashes: string[] = [];
    let addressNo = '';
    const ended = await lived(stage, {
      terms,
      sleeping: {
        ...first(async () => {
          hashes.push(hashNow(stage));
          addressNo = person.associatePublicIp('1001', '203.0.113.8');
          return say(stage, 'approve', HANA);
        }),
        'approval-2.1': async () => {
          hashes.push(hashNow(stage));
          person.disassociatePublicIp(addressNo);
          stage.ncp.simulator.advance(60);
          return woken(say(stage, 'approve', HANA));
        },
        'approval-3.1': () => void hashes.push(hashNow(stage)),
      },
    });
    expect(new Set(hashes).size).toBe(3);
    expect(endings(ended)).toEqual({ 1001: 'refused unapproved', 1002: 'refused unapproved' });
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('is asked about again even if so few servers are left that nobody would have been asked', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      terms: { ...terms, approval: approval({ aboveServers: 1 }) },
      sleeping: first(async () => {
        stage.ncp.simulator.person.protect('1002', true);
        await attachThenApprove(stage);
      }),
    });
    expect(endings(ended)).toEqual({ 1001: 'refused unapproved', 1002: 'refused protected' });
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('is one run in the list of runs', async () => {
    const stage = await startStage(ALL);
    await lived(stage, { terms, sleeping: first(() => attachThenApprove(stage)) });
    const views = await stage.desk.store.views('default', { limit: 10 });
    expect(views.map((view) => view.requestId)).toEqual([REQUEST_ID]);
  });

  it('keeps the reasons of those that had dropped out', async () => {
    const stage = await startStage({ servers: devServers(3) });
    const ended = await lived(stage, {
      terms,
      sleeping: {
        ...first(async () => {
          stage.ncp.simulator.person.protect('1002', true);
          await attachThenApprove(stage);
        }),
        'approval-2.1': () => woken(say(stage, 'approve', HANA)),
      },
    });
    expect(endings(ended)).toEqual({ 1001: 'terminated', 1002: 'refused protected', 1003: 'terminated' });
  });

  it('again and again is given up', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      terms,
      whileAsleep: async ({ name }) => {
        if (name.endsWith('.1')) await attachThenApprove(stage);
        return 1;
      },
    });
    expect(outcomeOf(ended)).toMatchObject({
      guard: 'unapproved',
      reason: expect.stringMatching(/the plan changed 5 times/),
    });
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('only in what it leaves alone needs nobody to agree again', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      terms,
      sleeping: first(async () => {
        await hold(stage, '1001');
        await attachThenApprove(stage);
      }),
    });
    expect(endings(ended)).toEqual({ 1001: 'refused held', 1002: 'terminated' });
    expect(stage.notifier.shown.filter((view) => view.state === 'awaiting-approval')).toHaveLength(1);
  });
});

interface Dying extends Happening {
  between?: () => unknown;
}

/** Until it dies, then again with the same memory and no deaths. */
async function livedTwice(stage: Stage, { between, beforeRemembering, whileAsleep, ...rest }: Dying) {
  const memory: EngineMemory = new Map();
  try {
    return await lived(stage, {
      ...rest,
      memory,
      ...(beforeRemembering && { beforeRemembering }),
      ...(whileAsleep && { whileAsleep }),
    });
  } catch (error) {
    if (!isCrash(error)) throw error;
    await between?.();
    const { afterStep: _, ...calm } = rest;
    return await lived(stage, { ...calm, memory });
  }
}

/** Two people agree, each while the run sleeps. */
function twoAgree(stage: Stage): Happening {
  return {
    terms: { approval: TWO, notifySeconds: [3_600] },
    sleeping: {
      'approval-1.1': () => woken(say(stage, 'approve', HANA)),
      'approval-1.2': () => woken(say(stage, 'approve', MINA)),
    },
  };
}

function expectEndedOnce(stage: Stage, ended: Run): void {
  expect(endings(ended)).toEqual(BOTH_GONE);
  expect(taken(stage.ncp).toSorted()).toEqual(['stop 1001', 'stop 1002', 'terminate 1001', 'terminate 1002']);
}

/** What an undisturbed run does. */
const calmSteps: string[] = [];
const calmStage = await openStage(ALL);
afterAll(() => calmStage.close());
const calmRun = await lived(calmStage, { ...twoAgree(calmStage), afterStep: (step) => void calmSteps.push(step) });

describe('a run that dies while people are asked', () => {
  it('ends everything once where it does not die, in enough steps', () => {
    expectEndedOnce(calmStage, calmRun);
    expect(calmSteps.length).toBeGreaterThan(12);
  });

  describe.each(['beforeRemembering', 'afterStep'] as const)('goes on after dying, %s', (when) => {
    it.each(calmSteps)('%s', async (last) => {
      const stage = await startStage(ALL);
      const deaths: string[] = [];
      const die = (step: string): void => {
        if (step !== last || deaths.length > 0) return;
        deaths.push(step);
        throw new Crash(`${when} ${step}`);
      };
      const ended = await livedTwice(stage, { ...twoAgree(stage), [when]: die });
      expect(deaths).toEqual([last]);
      expectEndedOnce(stage, ended);
    });
  });

  it('reads the signals that came while it was down', async () => {
    const stage = await startStage(ALL);
    const ended = await livedTwice(stage, {
      whileAsleep: () => {
        throw new Crash('asleep');
      },
      between: () => say(stage, 'approve', HANA),
    });
    expect(endings(ended)).toEqual(BOTH_GONE);
  });

  it('does not forget that it was cancelled while it was down', async () => {
    const stage = await startStage(ALL);
    const memory: EngineMemory = new Map();
    const sleeping = first(() => say(stage, 'approve', HANA));
    await expect(lived(stage, { memory, sleeping, cloud: dyingAfterAct(stage.ncp.cloud, 1) })).rejects.toThrow(
      'broke off',
    );
    await say(stage, 'cancel', GUEST);
    expect(endings(await lived(stage, { memory }))['1001']).toBe('refused cancelled');
    expect(taken(stage.ncp)).toEqual(['stop 1001', 'stop 1002']);
    expect(taken(stage.ncp, 'terminate')).toEqual([]);
  });
});

describe('a wake-up that is lost', () => {
  it('delays a signal until the run looks the next time', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      sleeping: { 'approval-1.1': async () => void (await say(stage, 'approve', HANA)) },
    });
    expect(endings(ended)).toEqual(BOTH_GONE);
    const heardAt = firstAt(stage, 'stopServerInstances') - BEGIN;
    expect(heardAt).toBeGreaterThan(0);
    expect(heardAt).toBeLessThanOrEqual(HOUR);
  });

  it('is made up for if a signal came while the run fell asleep', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      after: { 'hear-approval-1.1': () => say(stage, 'approve', HANA) },
      whileAsleep: ({ wakeId }) => (stage.woken.includes(wakeId) ? 0 : undefined),
    });
    expect(stage.woken).toEqual(['wake-sleep-approval-1.1']);
    expect(firstAt(stage, 'stopServerInstances')).toBe(BEGIN);
    expect(endings(ended)).toEqual(BOTH_GONE);
  });

  it('leaves the run where everybody can find it', async () => {
    const stage = await startStage(ALL);
    let wakeId: unknown;
    await lived(stage, { sleeping: first(async () => (wakeId = await stage.desk.store.wakeIdOf(REQUEST_ID))) });
    expect(wakeId).toBe('wake-sleep-approval-1.1');
  });

  it.each([
    ['5 minutes', 300],
    ['24 hours', 86_400],
    ['14 days', 14 * 86_400],
  ])('of %s is listened for some thirty times at most', async (_what, expiresAfterSeconds) => {
    const stage = await startStage({ servers: devServers(1) });
    let sleeps = 0;
    const ended = await lived(stage, {
      terms: { approval: approval({ expiresAfterSeconds }) },
      whileAsleep: () => void (sleeps += 1),
    });
    expect(sleeps).toBeLessThanOrEqual(31);
    expect(Date.parse(ended.endedAt)).toBe(BEGIN + expiresAfterSeconds * 1000);
  });
});

describe('a table that is down while people are asked', () => {
  it('delays the run and nothing is lost', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      sleeping: first(async () => {
        await say(stage, 'approve', HANA);
        stage.desk.table.failNext(8, 'InternalServerError');
      }),
    });
    expect(endings(ended)).toEqual(BOTH_GONE);
    expect(firstAt(stage, 'stopServerInstances')).toBeGreaterThan(BEGIN + 60_000);
  });

  it('for all of the time ends in no termination', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      terms: { approval: approval({ expiresAfterSeconds: 1_800 }) },
      sleeping: first(async () => {
        await say(stage, 'approve', HANA);
        stage.desk.table.failNext(100_000, 'cut');
      }),
    });
    expect(endings(ended)['1001']).toBe('refused unapproved');
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('loses no rejection', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      sleeping: first(async () => {
        await say(stage, 'approve', HANA);
        await say(stage, 'reject', MINA);
        stage.desk.table.failNext(5, 'InternalServerError');
      }),
    });
    expect(endings(ended)['1001']).toBe('refused rejected');
  });

  it('at the moment of asking does not hide the run: people find it when the store is back', async () => {
    const stage = await startStage(ALL);
    let view: unknown;
    await lived(stage, {
      after: { plan: () => stage.desk.table.failNext(1, 'InternalServerError') },
      sleeping: { 'approval-1.2': async () => void (view = await stage.desk.store.view(REQUEST_ID)) },
    });
    expect(view).toMatchObject({ state: 'awaiting-approval' });
  });

  it('for a moment after hours of waiting is waited for', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      terms: { deadlineMinutes: 30 },
      sleeping: {
        'approval-1.1': async () => {
          await say(stage, 'approve', HANA);
          return 3 * 3_600;
        },
      },
      after: { 'look-again-1.1': () => stage.desk.table.failNext(2, 'ProvisionedThroughputExceededException') },
    });
    expect(endings(ended)).toEqual(BOTH_GONE);
  });

  it('NCP that is down for a minute after hours of waiting is waited for', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      sleeping: first(async () => {
        await say(stage, 'approve', HANA);
        stage.ncp.simulator.setFaults('getServerInstanceList:503/500:20');
      }),
      whileAsleep: ({ name }) => (name.startsWith('sleep-approval') ? undefined : stage.ncp.simulator.setFaults('')),
    });
    expect(endings(ended)).toEqual(BOTH_GONE);
  });
});

describe('the time of the run', () => {
  it('begins when acts may begin, however long people were asked', async () => {
    const stage = await startStage({ servers: [devServer({ stopSeconds: 600 })] });
    const ended = await lived(stage, {
      terms: { deadlineMinutes: 30 },
      whileAsleep: async () => {
        if (stage.ncp.simulator.now().getTime() >= BEGIN + 20 * HOUR) await say(stage, 'approve', HANA);
      },
    });
    expect(endings(ended)).toEqual({ 1001: 'terminated' });
    expect(Date.parse(ended.begunAt)).toBeGreaterThan(BEGIN + 20 * HOUR);
  });

  it('ends what is not done by then', async () => {
    const stage = await startStage({ servers: [devServer({ stopSeconds: 6_000 })] });
    const terms = { deadlineMinutes: 30 };
    const ended = await lived(stage, { terms, sleeping: first(() => say(stage, 'approve', HANA)) });
    expect(endings(ended)).toEqual({ 1001: 'unfinished' });
  });
});

/** Another run counts 1003. */
async function countAnother({ desk }: Stage): Promise<void> {
  await desk.store.admit({
    account: 'default',
    requestId: 'another',
    owner: 'execution-2',
    servers: ['1003'],
    claimedUntil: 0,
    refusal: () => null,
  });
}

describe('limits', () => {
  const limits = { maxServers: 2, maxPercent: 100 };
  it('are counted when acts begin, not when people are asked', async () => {
    const stage = await startStage({ servers: devServers(3) });
    const ended = await lived(stage, {
      terms: { limits, servers: ['1001', '1002'], names: [] },
      sleeping: first(async () => {
        expect(await stage.desk.store.countedToday('default')).toEqual([]);
        await countAnother(stage);
        await say(stage, 'approve', HANA);
      }),
    });
    expect(endings(ended)).toEqual({ 1001: 'refused limit', 1002: 'refused limit' });
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('are free again when the day is over', async () => {
    const stage = await startStage({ servers: devServers(3) });
    let plan: Plan | undefined;
    const ended = await lived(stage, {
      terms: { limits, servers: ['1001', '1002'], names: [], approval: approval({ expiresAfterSeconds: 3 * 86_400 }) },
      tools: { onPlan: (made) => (plan = made) },
      sleeping: first(() => countAnother(stage)),
      whileAsleep: async () => {
        if (stage.ncp.simulator.now().getTime() > BEGIN + DAY) await say(stage, 'approve', HANA);
      },
    });
    expect(plan?.refusal).toBeNull();
    expect(endings(ended)).toEqual(BOTH_GONE);
  });
});
