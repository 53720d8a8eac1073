import { describe, expect, it } from 'vitest';
import { CARD_ACTIONS, type CardAction } from '../../../lib/chat/core/card-button.ts';
import { handle } from '../../../lib/chat/core/handling/handle.ts';
import { policyNamed } from '../../../lib/policies/resolve.ts';
import { survey } from '../../../lib/termination/planning/survey.ts';
import type { RunView } from '../../../lib/termination/status/run-view.ts';
import { devServers } from '../../termination/harness.ts';
import { approval, carried, endings, lived, REQUEST_ID, type Stage, startStage } from '../../termination/people.ts';
import { virtualClock } from '../../termination/virtual-engine.ts';
import { card } from '../cards.ts';
import { ask, type Counter, chatRequest, DURI, GUEST, HANA, MINA, openCounter, POLICIES, told } from './backend.ts';

const APPROVERS = [HANA.id, MINA.id, DURI.id];
const RUN = 'chat-7f3a';
const PLAN = card().planHash;

const GONE = card().servers.map((one) => ({ ...one, verdict: 'terminated', guard: '', statusName: 'gone' }));

const STATES: Record<string, Partial<RunView>> = {
  'awaiting-approval': { approvalUntil: '2026-03-02T00:00:00.000Z' },
  announced: { state: 'announced', approvalUntil: '', actsAt: '2026-03-01T12:00:00.000Z', missingApprovals: 0 },
  working: { state: 'working', approvalUntil: '', missingApprovals: 0 },
  ended: { state: 'ended', approvalUntil: '', status: 'all-gone', servers: GONE },
};

async function counterWith(state: Partial<RunView>): Promise<Counter> {
  const counter = await openCounter();
  await counter.desk.store.putView(card({ askedBy: DURI.id, approvers: APPROVERS, ...state }));
  await counter.desk.store.putWake(RUN, 'wake-7f3a');
  return counter;
}

function click(action: CardAction, planHash = PLAN, requestId = RUN) {
  return { action, requestId, planHash };
}

function said({ desk }: Counter): Promise<string[]> {
  return desk.store.signals(RUN).then((signals) => signals.map(({ kind, by }) => `${kind} ${by}`));
}

describe('clicks', () => {
  it.each(Object.entries(STATES))('are answered in state %s, and what comes of them is this', async (name, state) => {
    const lines: string[] = [];
    for (const action of CARD_ACTIONS) {
      // Anybody may hold or cancel.
      for (const person of /^(approve|reject)$/.test(action) ? [HANA, DURI, GUEST] : [GUEST]) {
        const counter = await counterWith(state);
        lines.push(await told(counter, click(action), { person }));
        for (const signal of await said(counter)) lines.push(`  → said: ${signal}`);
      }
    }
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`./snapshots/clicks.${name}.txt`);
  });

  it.each(CARD_ACTIONS)('%s from a channel that the policy does not name does nothing', async (action) => {
    const counter = await counterWith(STATES['awaiting-approval'] ?? {});
    expect(await ask(counter, click(action), { channel: 'C0LOOK' })).toMatch(/no run chat-7f3a in this chat/);
    expect([await said(counter), counter.woken, await counter.desk.store.holds('default')]).toEqual([[], [], []]);
  });

  it.each(CARD_ACTIONS)('%s of a run that nobody knows does nothing', async (action) => {
    const counter = await counterWith({});
    expect(await ask(counter, click(action, PLAN, 'chat-none'))).toMatch(/no run chat-none/);
    expect(await said(counter)).toEqual([]);
  });

  it.each(['approve', 'reject'] as const)('%s of a plan that is not shown any more does nothing', async (action) => {
    const counter = await counterWith(STATES['awaiting-approval'] ?? {});
    expect(await ask(counter, click(action, 'fedcba9876543210'))).toMatch(/has changed/);
    expect([await said(counter), counter.woken]).toEqual([[], []]);
  });

  it('an approval whose time is over does nothing', async () => {
    const counter = await counterWith({ approvalUntil: '2026-03-01T00:00:00.000Z' });
    expect(await ask(counter, click('approve'))).toMatch(/has expired/);
    expect(await said(counter)).toEqual([]);
  });

  it('an approval given twice is one, and wakes the run again', async () => {
    const counter = await counterWith(STATES['awaiting-approval'] ?? {});
    await ask(counter, click('approve'));
    expect(await ask(counter, click('approve'))).toMatch(/already decided: hana/);
    expect([await said(counter), counter.woken]).toEqual([[`approve ${HANA.id}`], ['wake-7f3a', 'wake-7f3a']]);
  });

  it('two approve at once: each sees how many are missing, and both count', async () => {
    const counter = await counterWith({ ...STATES['awaiting-approval'], missingApprovals: 2 });
    expect(await ask(counter, click('approve'))).toMatch(/waits for 1 person more/);
    expect(await ask(counter, click('approve'), { person: MINA })).toMatch(/checks again and goes on/);
    expect(await said(counter)).toEqual([`approve ${HANA.id}`, `approve ${MINA.id}`]);
  });

  it('who agreed may still reject', async () => {
    const counter = await counterWith(STATES['awaiting-approval'] ?? {});
    await ask(counter, click('approve'));
    counter.ncp.simulator.advance(1);
    expect(await ask(counter, click('reject'))).toMatch(/You rejected/);
    expect(await said(counter)).toEqual([`approve ${HANA.id}`, `reject ${HANA.id}`]);
  });

  it('the person who rejected is told so, and not that it goes on', async () => {
    const counter = await counterWith(STATES['awaiting-approval'] ?? {});
    await ask(counter, click('reject'));
    expect(await ask(counter, click('approve'))).not.toMatch(/goes on/);
  });

  it.each(['announced', 'working'])(
    'who comes too late is not told that nothing was terminated (%s)',
    async (state) => {
      const counter = await counterWith(STATES[state] ?? {});
      const signal = { kind: 'approve', planHash: PLAN, by: MINA.id, name: 'mina', reason: '' } as const;
      await counter.desk.store.say(RUN, { ...signal, at: '2026-02-28T03:00:00.000Z' });
      const answer = await ask(counter, click('reject'));
      expect(answer).not.toMatch(/Nothing was terminated/);
    },
  );

  it('a hold is on the servers that would be touched, and on no other', async () => {
    const counter = await counterWith(STATES['announced'] ?? {});
    await ask(counter, click('snooze-3d'), { person: GUEST });
    const holds = await counter.desk.store.holds('default');
    expect(holds.map(({ serverInstanceNo, until }) => [serverInstanceNo, until])).toEqual([
      ['1001', '2026-03-04T00:00:00.000Z'],
      ['1002', '2026-03-04T00:00:00.000Z'],
    ]);
    expect(counter.woken).toEqual(['wake-7f3a']);
  });

  it('a choice of one server holds that one, and no other', async () => {
    const counter = await counterWith(STATES['announced'] ?? {});
    const answer = await ask(counter, { ...click('snooze-7d'), server: '1002' }, { person: GUEST });
    expect(answer).toMatch(/To undo: "release 개발-2"/);
    expect((await counter.desk.store.holds('default')).map(({ serverInstanceNo }) => serverInstanceNo)).toEqual([
      '1002',
    ]);
    const none = await ask(counter, { ...click('snooze-7d'), server: '4711' }, { person: GUEST });
    expect(none).toContain('Nothing was changed');
    expect(await counter.desk.store.holds('default')).toHaveLength(1);
  });

  it('a snooze does not shorten a keep that is there', async () => {
    const counter = await counterWith(STATES['announced'] ?? {});
    await ask(counter, click('keep'));
    await ask(counter, click('snooze-1d'), { person: MINA });
    const holds = await counter.desk.store.holds('default');
    const lasting = holds.filter(({ until }) => until === '');
    expect(lasting.map(({ serverInstanceNo, by }) => [serverInstanceNo, by])).toEqual([
      ['1001', 'hana (slack:U0HANA)'],
      ['1002', 'hana (slack:U0HANA)'],
    ]);
  });
});

/** Clicks on the message of a real run, in virtual time. */
function clickOn(stage: Stage, action: CardAction, person = HANA): Promise<string> {
  return sayTo(stage, click(action, stage.notifier.shown.at(-1)?.planHash ?? '', REQUEST_ID), person);
}

function sayTo(stage: Stage, what: Parameters<typeof chatRequest>[0], person = HANA): Promise<string> {
  const { store } = stage.desk;
  const clock = virtualClock(stage.ncp.simulator);
  const backend = {
    policies: { ...POLICIES, policies: { nightly: policyNamed(POLICIES.policies, 'nightly-dev') } },
    clock,
    language: 'en' as const,
    store,
    start: () => Promise.resolve(),
    wake: (wakeId: string) => Promise.resolve(void stage.woken.push(wakeId)),
    plan: (...[request]: Parameters<Counter['backend']['plan']>) =>
      survey(request, { cloud: stage.ncp.cloud, store, clock }),
  };
  return handle(chatRequest(what, { person }), backend);
}

describe('a run that is clicked on', () => {
  const terms = { approval: approval({ approvers: APPROVERS }), askedBy: DURI.id };

  it.each<[CardAction, string, string]>([
    ['approve', 'terminated', 'goes on'],
    ['reject', 'refused rejected', 'Nothing of it is done'],
    ['snooze-1d', 'refused held', 'Kept until 2026-03-02'],
    ['keep', 'refused held', 'Kept until somebody releases it'],
    ['cancel', 'refused cancelled', 'asked to stop'],
  ])('%s: it ends as %s', async (action, ending, answer) => {
    const stage = await startStage({ servers: devServers(2) });
    const answers: string[] = [];
    const ended = await lived(stage, {
      terms,
      sleeping: {
        'approval-1.1': async () => {
          answers.push(await clickOn(stage, action));
          return stage.woken.includes('wake-sleep-approval-1.1') ? 1 : undefined;
        },
      },
    });
    expect(endings(ended)).toEqual({ 1001: ending, 1002: ending });
    expect(answers[0]).toContain(answer);
    expect(Date.parse(ended.endedAt) - Date.parse(ended.plan.createdAt)).toBeLessThan(600_000);
  });

  it('a keep in words wakes it, as a click does, and takes out the server that it names', async () => {
    const stage = await startStage({ servers: devServers(2) });
    const ended = await lived(stage, {
      terms,
      sleeping: {
        'approval-1.1': async () => {
          await sayTo(stage, 'keep dev-1 for 3d because of a load test', GUEST);
          expect(stage.woken).toEqual(['wake-sleep-approval-1.1']);
          return 1;
        },
        'approval-1.2': async () => {
          expect(stage.notifier.shown.at(-1)?.servers.map((server) => server.guard)).toEqual(['held', '']);
          await clickOn(stage, 'approve');
          return 1;
        },
      },
    });
    expect(endings(ended)).toEqual({ 1001: 'refused held', 1002: 'terminated' });
  });

  it('a keep of a server that is not, or is no longer, in it does not wake it', async () => {
    const stage = await startStage({ servers: devServers(3) });
    await carried(stage, {
      terms: { ...terms, names: ['dev-1', 'dev-2'] },
      sleeping: { 'approval-1.1': () => sayTo(stage, 'keep dev-3 because it is needed') },
    });
    await sayTo(stage, 'keep dev-1 because it is needed');
    expect(stage.woken).toEqual([]);
  });

  it('the asker cannot approve, and is told so', async () => {
    const stage = await startStage({ servers: devServers(1) });
    let answer = '';
    const ended = await lived(stage, {
      terms,
      sleeping: { 'approval-1.1': async () => void (answer = await clickOn(stage, 'approve', DURI)) },
    });
    expect(answer).toMatch(/somebody else must approve/);
    expect(endings(ended)).toEqual({ 1001: 'refused unapproved' });
  });
});
