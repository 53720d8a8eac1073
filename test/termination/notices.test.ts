import { describe, expect, it } from 'vitest';
import { notifierOf } from '../../lib/chat/core/notifiers.ts';
import type { Notice, Notifier, RunView } from '../../lib/termination/status/run-view.ts';
import { devServer, devServers, taken } from './harness.ts';
import {
  approval,
  BEGIN,
  carried,
  DAY,
  endings,
  firstAt,
  GUEST,
  HANA,
  HOUR,
  hold,
  lived,
  NIGHTS,
  POLICY_TERMS,
  type Stage,
  say,
  seenBefore,
  startStage,
} from './people.ts';
import { Crash, isCrash } from './virtual-engine.ts';

const ALL = { servers: devServers(2) };
const BOTH_GONE = { 1001: 'terminated', 1002: 'terminated' };

/** A day and an hour before; nobody has to agree. */
const NOTICES = { approval: null, notifySeconds: [86_400, 3_600] };

function toldAt({ notifier }: Stage): number[] {
  return notifier.notices.map(({ at }) => at - BEGIN);
}

describe('notices', () => {
  it('come once each, the longest first, and the act after the last one', async () => {
    const stage = await startStage(ALL);
    expect(endings(await lived(stage, { terms: NOTICES }))).toEqual(BOTH_GONE);
    expect(toldAt(stage)).toEqual([0, DAY - HOUR]);
    expect(firstAt(stage, 'stopServerInstances')).toBe(BEGIN + DAY);
  });

  it('name the servers and the real time', async () => {
    const stage = await startStage(ALL);
    await lived(stage, { terms: NOTICES });
    const what = { names: ['dev-1', 'dev-2'], act: 'terminate' };
    expect(stage.notifier.notices).toMatchObject([what, what]);
    expect(new Set(stage.notifier.notices.map(({ key }) => key)).size).toBe(2);
    expect(stage.notifier.notices[0]?.view).toMatchObject({
      state: 'announced',
      actsAt: new Date(BEGIN + DAY).toISOString(),
    });
  });

  it('say that servers are stopped first where a time of grace follows', async () => {
    const stage = await startStage(ALL);
    await lived(stage, { terms: { ...NOTICES, stopForSeconds: 3_600 } });
    expect(stage.notifier.notices[0]).toMatchObject({ act: 'stop', view: { actsAt: '2026-03-02T00:00:00.000Z' } });
    const between = firstAt(stage, 'terminateServerInstances') - firstAt(stage, 'stopServerInstances');
    expect(between).toBeGreaterThanOrEqual(HOUR);
  });

  it('are none without notices in the policy', async () => {
    const stage = await startStage(ALL);
    await lived(stage, { terms: { approval: null } });
    expect(stage.notifier.notices).toEqual([]);
    expect(firstAt(stage, 'stopServerInstances')).toBe(BEGIN);
  });

  it('are none where nothing is done', async () => {
    const stage = await startStage({ servers: [devServer({ isProtectServerTermination: true })] });
    await lived(stage, { terms: NOTICES });
    expect(stage.notifier).toMatchObject({ notices: [], shown: [] });
  });

  it('are none about servers that are gone already', async () => {
    const stage = await startStage({ servers: [devServer({ serverInstanceNo: '1050' })] });
    await seenBefore(stage, '1001');
    const ended = await lived(stage, { terms: { ...NOTICES, servers: ['1001'], names: [] } });
    expect(endings(ended)).toEqual({ 1001: 'already-gone' });
    expect(stage.notifier.notices).toEqual([]);
  });

  it('name the time at which the window opens, and count back from there', async () => {
    const stage = await startStage(ALL);
    await lived(stage, { terms: { ...NOTICES, policyTerms: { ...POLICY_TERMS, window: NIGHTS } } });
    // A day after the beginning is Monday, a holiday; the window opens on Tuesday at 21:00 in Korea.
    const opensAt = Date.parse('2026-03-03T12:00:00Z');
    expect(stage.notifier.notices.map(({ at, view }) => [at, Date.parse(view.actsAt)])).toEqual([
      [opensAt - DAY, opensAt],
      [opensAt - HOUR, opensAt],
    ]);
    expect(firstAt(stage, 'stopServerInstances')).toBe(opensAt);
  });

  it('name a time at which the window of the policy as it is now is open, too', async () => {
    const stage = await startStage(ALL);
    const early = { ...POLICY_TERMS, window: { ...NIGHTS, from: '22:00', to: '23:00' } };
    const policyNow = () => Promise.resolve({ kind: 'published' as const, approval: null, policyTerms: early });
    await lived(stage, {
      terms: { ...NOTICES, policyTerms: { ...POLICY_TERMS, window: NIGHTS } },
      tools: { policyNow },
    });
    const opensAt = Date.parse('2026-03-03T13:00:00Z');
    expect(stage.notifier.notices.map(({ view }) => Date.parse(view.actsAt))).toEqual([opensAt, opensAt]);
    expect(firstAt(stage, 'stopServerInstances')).toBe(opensAt);
  });

  it('name the next opening where the window would close before anything could be done', async () => {
    const stage = await startStage(ALL);
    // A day after the beginning, in Korea it is 09:00: two minutes before the end.
    const mornings = { ...NIGHTS, from: '08:00', to: '09:02', holidays: { calendar: 'none' as const, dates: [] } };
    await lived(stage, { terms: { ...NOTICES, policyTerms: { ...POLICY_TERMS, window: mornings } } });
    const opensAt = Date.parse('2026-03-02T23:00:00Z');
    expect(stage.notifier.notices.map(({ view }) => Date.parse(view.actsAt))).toEqual([opensAt, opensAt]);
    expect(firstAt(stage, 'stopServerInstances')).toBe(opensAt);
  });

  it('come after the approval, and count from there', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      terms: {
        ...NOTICES,
        approval: approval(),
        policyTerms: { ...POLICY_TERMS, window: NIGHTS },
        stopForSeconds: 2 * 86_400,
      },
      sleeping: { 'approval-1.1': () => say(stage, 'approve', HANA).then(() => 600) },
    });
    expect(endings(ended)).toEqual(BOTH_GONE);
    expect(stage.notifier.notices).toHaveLength(2);
    expect(stage.notifier.notices[0]?.at).toBeGreaterThan(BEGIN + 600_000 - 1);
    // Tuesday's window; two days of grace; Thursday's window.
    expect(firstAt(stage, 'stopServerInstances')).toBe(Date.parse('2026-03-03T12:00:00Z'));
    expect(new Date(firstAt(stage, 'terminateServerInstances')).toISOString()).toMatch(/^2026-03-05T12:/);
  });
});

describe('while it is announced', () => {
  it('a cancel ends the run, and no further notice is sent', async () => {
    const stage = await startStage(ALL);
    const cancel = (): Promise<number> => say(stage, 'cancel', GUEST).then(() => 1);
    const ended = await lived(stage, { terms: NOTICES, sleeping: { 'notice-3600.1': cancel } });
    expect(endings(ended)['1001']).toBe('refused cancelled');
    expect(toldAt(stage)).toEqual([0]);
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('a hold takes its server out, and the next notice names the others', async () => {
    const stage = await startStage(ALL);
    const held = (): Promise<number> => hold(stage, '1001').then(() => 1);
    const ended = await lived(stage, { terms: NOTICES, sleeping: { 'notice-3600.1': held } });
    expect(endings(ended)).toEqual({ 1001: 'refused held', 1002: 'terminated' });
    expect(stage.notifier.notices.map(({ names }) => names)).toEqual([['dev-1', 'dev-2'], ['dev-2']]);
  });

  it('a wake-up moves nothing', async () => {
    const stage = await startStage(ALL);
    let wakes = 0;
    const whileAsleep = (): number | undefined => ((wakes += 1) < 20 ? 7 : undefined);
    await lived(stage, { terms: NOTICES, whileAsleep });
    expect(wakes).toBeGreaterThan(20);
    expect(toldAt(stage)).toEqual([0, DAY - HOUR]);
    expect(firstAt(stage, 'stopServerInstances')).toBe(BEGIN + DAY);
  });

  it('a crash during a sleep sends no notice twice', async () => {
    const stage = await startStage(ALL);
    const memory = new Map<string, string>();
    const died = await lived(stage, {
      terms: NOTICES,
      memory,
      sleeping: {
        'announced.1': () => {
          throw new Crash('asleep');
        },
      },
    }).catch((error: unknown) => error);
    expect(isCrash(died)).toBe(true);
    expect(endings(await lived(stage, { terms: NOTICES, memory }))).toEqual(BOTH_GONE);
    expect(toldAt(stage)).toEqual([0, DAY - HOUR]);
  });

  it('what somebody did to a server is seen before anything is done to it', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, {
      terms: NOTICES,
      sleeping: { 'announced.1': () => stage.ncp.simulator.person.protect('1001', true) },
    });
    expect(endings(ended)).toEqual({ 1001: 'refused protected', 1002: 'terminated' });
  });
});

describe('the message of a run', () => {
  it('follows it from the question to the end', async () => {
    const stage = await startStage(ALL);
    await carried(stage, {
      terms: { ...NOTICES, approval: approval() },
      sleeping: { 'approval-1.1': () => say(stage, 'approve', HANA).then(() => 1) },
    });
    const states = stage.notifier.shown.map((view) => view.state);
    expect([...new Set(states)]).toEqual(['awaiting-approval', 'announced', 'working', 'ended']);
    expect(states.filter((state) => state === 'ended')).toHaveLength(1);
    const [last] = stage.notifier.shown.slice(-1);
    expect(last).toMatchObject({ status: 'all-gone', failure: null, signals: [{ by: HANA }] });
    expect(last?.servers.map(({ verdict, statusName }) => [verdict, statusName])).toEqual([
      ['terminated', 'gone'],
      ['terminated', 'gone'],
    ]);
  });

  it.each([
    ['rejected', 'reject' as const, HANA, 'rejected'],
    ['cancelled', 'cancel' as const, GUEST, 'cancelled'],
    ['not agreed to', 'approve' as const, GUEST, 'unapproved'],
  ])('says at the end that it was %s', async (_what, kind, by, guard) => {
    const stage = await startStage(ALL);
    const speak = (): Promise<number> => say(stage, kind, by).then(() => 1);
    await carried(stage, { terms: { approval: approval() }, sleeping: { 'approval-1.1': speak } });
    expect([...new Set(stage.notifier.shown.map((view) => view.state))]).toEqual(['awaiting-approval', 'ended']);
    expect(stage.notifier.shown.at(-1)).toMatchObject({
      status: 'some-refused',
      servers: [
        { verdict: 'refused', guard },
        { verdict: 'refused', guard },
      ],
      signals: [{ kind, by }],
    });
  });

  it('is what the store keeps', async () => {
    const stage = await startStage(ALL);
    await carried(stage, { terms: NOTICES });
    const view = await stage.desk.store.view('chat-1');
    expect(view).toEqual(stage.notifier.shown.at(-1));
  });

  it('is there for a run that nobody has to agree to', async () => {
    const stage = await startStage(ALL);
    await carried(stage, { terms: { approval: null } });
    expect([...new Set(stage.notifier.shown.map((view) => view.state))]).toEqual(['working', 'ended']);
  });

  it('is not there for a run that only looks', async () => {
    const stage = await startStage(ALL);
    await carried(stage, { terms: { mode: 'plan' } });
    expect(stage.notifier.shown).toEqual([]);
  });

  it('shows who has agreed while it waits for the second one', async () => {
    const stage = await startStage(ALL);
    await lived(stage, {
      terms: { approval: approval({ twoAboveServers: 0 }) },
      sleeping: { 'approval-1.1': () => say(stage, 'approve', HANA).then(() => 1) },
    });
    expect(stage.notifier.shown.at(-1)).toMatchObject({ signals: [{ by: HANA }], missingApprovals: 1 });
  });
});

describe('a chat that is down', () => {
  const terms = { approval: approval() };

  function agreeing(stage: Stage, notifier: Notifier) {
    const speak = async (): Promise<number> => {
      const view = await stage.desk.store.view('chat-1');
      await say(stage, 'approve', HANA, { planHash: view?.planHash ?? '' });
      return 1;
    };
    return carried(stage, { terms, tools: { notifier }, sleeping: { 'approval-1.1': speak } });
  }

  it('holds nothing up where it fails at everything', async () => {
    const stage = await startStage(ALL);
    const failures: unknown[] = [];
    const { report } = await agreeing(
      stage,
      notifierOf([{ show: down, notify: down }], (error) => failures.push(error)),
    );
    expect(report.status).toBe('all-gone');
    expect(failures.length).toBeGreaterThan(4);
  });

  it('holds nothing up where it fails at once instead of later', async () => {
    const stage = await startStage(ALL);
    const { report } = await agreeing(stage, notifierOf([{ show: broken, notify: broken }], broken));
    expect(report.status).toBe('all-gone');
  });

  it('holds nothing up where it never answers', async () => {
    const stage = await startStage(ALL);
    const never = agreeing(
      stage,
      notifierOf([{ show: hang, notify: hang }], () => {}, 20),
    );
    const soon = new Promise<string>((resolve) => setTimeout(() => resolve('it hangs'), 1_500));
    expect(await Promise.race([never.then(({ report }) => report.status), soon])).toBe('all-gone');
  });

  it('that comes back is shown the run as it is then', async () => {
    const stage = await startStage(ALL);
    const shown: RunView[] = [];
    let calls = 0;
    const show = (view: RunView): Promise<void> => {
      calls += 1;
      if (calls < 3) return Promise.reject(new Error('the chat is down'));
      return Promise.resolve(void shown.push(view));
    };
    await agreeing(
      stage,
      notifierOf([{ show, notify: () => Promise.resolve() }], () => {}),
    );
    expect(shown[0]?.state).toBe('working');
    expect(shown.at(-1)?.state).toBe('ended');
  });
});

describe('a notice that no chat takes', () => {
  it('is given again, and the run goes on', async () => {
    const stage = await startStage(ALL);
    const notifier = failing(2);
    expect(endings(await lived(stage, { terms: NOTICES, tools: { notifier } }))).toEqual(BOTH_GONE);
    expect(notifier.notified).toHaveLength(2);
    expect(firstAt(stage, 'stopServerInstances')).toBe(BEGIN + DAY);
  });

  it('is made up for by the next one', async () => {
    const stage = await startStage(ALL);
    const up = failing(0);
    const isDown = (): boolean => stage.ncp.simulator.now().getTime() < BEGIN + DAY - HOUR;
    const notifier: typeof up = {
      ...up,
      notify: (view, notice) => (isDown() ? Promise.resolve(false) : up.notify(view, notice)),
    };
    expect(endings(await lived(stage, { terms: NOTICES, tools: { notifier } }))).toEqual(BOTH_GONE);
    expect(notifier.notified).toHaveLength(1);
  });

  it.each([
    ['at all', { notifier: failing(1_000) }],
    ['because there is none', { notifier: undefined }],
  ])('%s ends no server', async (_what, tools) => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, { terms: NOTICES, tools });
    expect(endings(ended)).toEqual({ 1001: 'refused unannounced', 1002: 'refused unannounced' });
    expect(taken(stage.ncp)).toEqual([]);
  });

  it('because the process was down when it was due moves the act, so that people have their time', async () => {
    const stage = await startStage(ALL);
    let wasDown = false;
    const ended = await lived(stage, {
      terms: NOTICES,
      afterStep: (step) => {
        if (step !== 'announce' || wasDown) return;
        wasDown = true;
        stage.ncp.simulator.advance(3 * 86_400);
      },
    });
    expect(endings(ended)).toEqual(BOTH_GONE);
    expect(stage.notifier.notices.map(({ at, view }) => Date.parse(view.actsAt) - at)).toEqual([DAY, HOUR]);
    expect(firstAt(stage, 'stopServerInstances')).toBe(BEGIN + 4 * DAY);
  });

  it('for good is known at once where there is no chat', async () => {
    const stage = await startStage(ALL);
    const ended = await lived(stage, { terms: NOTICES, tools: { notifier: undefined } });
    expect(Date.parse(ended.endedAt)).toBe(BEGIN);
  });
});

/** Notices fail this often. */
function failing(times: number): Notifier & { notified: Notice[] } {
  let left = times;
  const notified: Notice[] = [];
  return {
    notified,
    show: () => Promise.resolve(true),
    notify: (_card, notice) => {
      left -= 1;
      if (left < 0) notified.push(notice);
      return Promise.resolve(left < 0);
    },
  };
}

function down(): Promise<never> {
  return Promise.reject(new Error('the chat is down'));
}

function broken(): never {
  throw new Error('the chat is down');
}

function hang(): Promise<never> {
  return new Promise(() => {});
}
