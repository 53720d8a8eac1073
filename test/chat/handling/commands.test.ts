import { describe, expect, it } from 'vitest';
import { handle } from '../../../lib/chat/core/handling/handle.ts';
import { requestFor } from '../../../lib/policies/resolve.ts';
import { orderFrom } from '../../../lib/triggers/order.ts';
import { ExecutionError } from '../../../lib/triggers/run-control.ts';
import { all } from '../../store/bench.ts';
import { holdOn } from '../../termination/desk.ts';
import { devServers } from '../../termination/harness.ts';
import { card, server } from '../cards.ts';
import { ask, chatRequest, DURI, GUEST, openCounter, POLICIES, told } from './backend.ts';

const ROOM = { chat: 'naverWorks', person: { id: 'naver-works:duri@example.com', name: '' } } as const;
const ELSEWHERE = { channel: 'C0ELSEWHERE' };

const ENGLISH: Parameters<typeof chatRequest>[] = [
  ['help'],
  ['help', ELSEWHERE],
  ['plan dev-1 dev-2'],
  ['plan dev-*'],
  ['plan 1001'],
  ['plan dev-safe'],
  ['dev-1 because the demo is over'],
  ['terminate dev-1', { person: GUEST }],
  ['terminate dev-1', ROOM],
  ['dev-1', ROOM],
  ['terminate lab-1'],
  ['terminate dev-lab-1'],
  ['terminate dev-lab-1 with lab'],
  ['terminate dev-1 with lab'],
  ['terminate dev-1 with prod'],
  ['terminate dev-1 with nonsense'],
  ['terminate prod-1'],
  ['terminate dev-1 lab-1'],
  ['terminate dev-9 prod-9 dev-1'],
  ['terminate 4711'],
  ['terminate look-1', { channel: 'C0LOOK' }],
  ['terminate dev-1', ELSEWHERE],
  ['statsu'],
  ['terminate'],
  ['keep dev-1 for 3d because of a load test'],
  ['keep dev-2 until 2026-03-31'],
  ['keep dev-2'],
  ['keep dev-2 until 2020-01-01 because of a load test'],
  ['keep prod-1 for 3d'],
  ['keep dev-safe because it is needed', { person: GUEST }],
  ['status'],
  ['status chat-7f3a'],
  ['status chat-7f3a', ROOM],
  ['status chat-lab', ROOM],
  ['status chat-7f3a', { channel: 'C0LOOK' }],
  ['status', { channel: 'C0LOOK' }],
  ['status nonsense'],
  ['cancel chat-7f3a because it is still needed', { person: GUEST }],
  ['cancel chat-7f3a', { channel: 'C0LOOK' }],
  ['cancel chat-over'],
  ['cancel nonsense'],
  ['cancel'],
];

const KOREAN: Parameters<typeof chatRequest>[] = [
  ['도움말'],
  ['도움말', ROOM],
  ['계획 dev-1 dev-2'],
  ['반납 dev-1 이유: 데모 종료'],
  ['dev-1 반납해 주세요', ROOM],
  ['반납 dev-lab-1'],
  ['반납 dev-lab-1 정책 lab'],
  ['반납 dev-1 정책 없음'],
  ['반납 prod-1'],
  ['반납 없는서버'],
  ['반납 dev-1', ELSEWHERE],
  ['유지 dev-1 3일 이유: 부하 시험'],
  ['유지 dev-2 2026-03-31까지'],
  ['유지 dev-2'],
  ['상태', ROOM],
  ['상태 chat-7f3a'],
  ['상태', { channel: 'C0LOOK' }],
  ['취소 chat-7f3a 이유: 아직 필요함'],
  ['취소 chat-over'],
  ['취소 없음'],
];

/** One that waits, one of another policy of Slack's channel, and one that has ended. */
async function counterWithRuns() {
  const counter = await openCounter();
  const { store } = counter.desk;
  await store.putView(card({ createdAt: '2026-02-28T03:00:00.000Z' }));
  await store.putView(card({ requestId: 'chat-lab', policy: 'lab', createdAt: '2026-02-28T02:00:00.000Z' }));
  await store.putView(card({ requestId: 'chat-prod', policy: 'prod', createdAt: '2026-02-28T01:00:00.000Z' }));
  const servers = [server({ verdict: 'terminated', statusName: 'gone' })];
  const ended = { state: 'ended', status: 'all-gone', servers } as const;
  await store.putView(card({ requestId: 'chat-over', createdAt: '2026-02-27T03:00:00.000Z', ...ended }));
  await store.putWake('chat-7f3a', 'wake-7f3a');
  return counter;
}

describe('commands', () => {
  it.each([
    ['en', ENGLISH],
    ['ko', KOREAN],
  ])('are answered, and what comes of them is this (%s)', async (language, requests) => {
    const counter = await counterWithRuns();
    const lines: string[] = [];
    for (const one of requests) lines.push(await told(counter, ...one));
    await expect(`${lines.join('\n\n')}\n`).toMatchFileSnapshot(`./snapshots/commands.${language}.txt`);
  });
});

it('a keep of two servers holds both, and no other', async () => {
  const counter = await openCounter();
  const answer = await ask(counter, 'keep dev-1 dev-2 for 3d because of a load test');
  const holds = await counter.desk.store.holds('default');
  expect(holds.map(({ serverInstanceNo, kind }) => `${kind} ${serverInstanceNo}`).toSorted()).toEqual([
    'snooze 1001',
    'snooze 1002',
  ]);
  for (const name of ['dev-1', 'dev-2']) expect(answer).toContain(name);
});

describe('a run that is asked for', () => {
  it('is an order that the durable function takes, for the servers that were named', async () => {
    const counter = await openCounter();
    await ask(counter, 'terminate dev-1 1002 because the demo is over', { person: DURI });
    const [run] = counter.started;
    const order = orderFrom(run?.payload, 'fallback');
    const request = requestFor(order, POLICIES);
    expect(order.requestId).toBe(run?.name);
    expect(run?.name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(request).toMatchObject({
      policy: 'nightly-dev',
      servers: ['1001', '1002'],
      mode: 'terminate',
      askedBy: DURI.id,
      requestedBy: 'duri (slack:U0DURI)',
      reason: 'the demo is over',
    });
    expect(request.approval?.approvers).toContain(DURI.id);
  });

  it('is the same run where the same request comes again', async () => {
    const counter = await openCounter();
    const one = chatRequest('terminate dev-1');
    const answers = [await handle(one, counter.backend), await handle(one, counter.backend)];
    expect(answers[0]).toBe(answers[1]);
    expect(counter.started[0]).toEqual(counter.started[1]);
    expect(counter.started).toHaveLength(2);
  });

  it('is answered as the first time where the request comes again and its server is gone', async () => {
    const counter = await openCounter();
    const one = chatRequest('terminate dev-1');
    const answer = await handle(one, counter.backend);
    const requestId = counter.started[0]?.name ?? '';
    await counter.desk.store.putView(card({ requestId, state: 'ended', status: 'all-gone' }));
    counter.backend.plan = () => Promise.reject(new Error('nothing needs to be planned'));
    expect(await handle(one, counter.backend)).toBe(answer);
    expect(counter.started).toHaveLength(1);
  });

  it('is begun once more if only the intention to begin it is known', async () => {
    const counter = await openCounter();
    const one = chatRequest('terminate dev-1');
    const cutOff = { ...counter.backend, start: () => Promise.reject(new Error('cut off')) };
    await expect(handle(one, cutOff)).rejects.toThrow('cut off');
    expect(await handle(one, counter.backend)).toContain('Accepted');
    expect(counter.started).toHaveLength(1);
  });

  it('is the run of the first time where a server has come since', async () => {
    const counter = await openCounter();
    const one = chatRequest('terminate dev-1');
    const answer = await handle(one, counter.backend);
    counter.backend.start = () => Promise.reject(new ExecutionError('conflict', 'begun with another payload'));
    expect(await handle(one, counter.backend)).toBe(answer);
    await expect(ask(counter, 'terminate dev-1')).rejects.toThrow('another payload');
  });

  it('is another run where another request says the same', async () => {
    const counter = await openCounter();
    await ask(counter, 'terminate dev-1');
    await ask(counter, 'terminate dev-1');
    expect(new Set(counter.started.map((run) => run.name)).size).toBe(2);
  });

  it('only looks under a policy that only plans', async () => {
    const counter = await openCounter();
    await ask(counter, 'terminate look-1', { channel: 'C0LOOK' });
    expect(requestFor(orderFrom(counter.started[0]?.payload, ''), POLICIES).mode).toBe('plan');
  });

  it('starts nothing by what is only looked at', async () => {
    const counter = await openCounter();
    await ask(counter, 'plan dev-1');
    expect(counter.started).toEqual([]);
  });

  // Never only the first ones of those that were meant.
  it('starts nothing where more servers match than fit one request', async () => {
    const counter = await openCounter(devServers(201));
    await ask(counter, 'terminate dev-*');
    expect(counter.started).toEqual([]);
  });

  it('starts nothing where one of several names is unknown', async () => {
    const counter = await openCounter();
    expect(await ask(counter, 'terminate dev-1 dev-9')).toMatch(/dev-9/);
    expect(counter.started).toEqual([]);
  });

  it('needs no policy where only one means the server, though somebody holds it', async () => {
    const counter = await openCounter();
    await counter.desk.store.hold('default', holdOn('1001'));
    expect(await ask(counter, 'plan dev-1')).not.toMatch(/Several policies/);
  });

  it('needs no policy where only one means the server, though it is protected', async () => {
    const counter = await openCounter();
    expect(await ask(counter, 'plan dev-safe')).not.toMatch(/Several policies/);
  });
});

it('a server that no policy here means is answered as one that does not exist', async () => {
  const counter = await openCounter();
  const answers = await Promise.all(['1050', '1051'].map((no) => ask(counter, `terminate ${no}`)));
  expect(new Set(answers.map((answer) => answer.replaceAll(/105\d/g, 'X'))).size).toBe(1);
  const named = await Promise.all(['prod-1', 'prod-9', 'prod-*'].map((name) => ask(counter, `terminate ${name}`)));
  expect(new Set(named.map((answer) => answer.replaceAll(/prod-[19*]/g, 'X'))).size).toBe(1);
});

describe('a hold', () => {
  it('is as old as its request: an older one that comes again replaces nothing newer', async () => {
    const counter = await openCounter();
    const now = counter.backend.clock.now();
    const older = chatRequest('keep dev-1 for 7d', { at: now - 60_000 });
    await handle(older, counter.backend);
    await ask(counter, 'keep dev-1 for 1d', { at: now - 30_000 });
    const before = await counter.desk.store.holds('default');
    await handle(older, counter.backend);
    expect(await counter.desk.store.holds('default')).toEqual(before);
    expect(before).toMatchObject([{ at: new Date(now - 30_000).toISOString(), until: '2026-03-01T23:59:30.000Z' }]);
  });

  it('that comes after a newer one of the same person is answered with the end in force, and is not in the audit', async () => {
    const counter = await openCounter();
    const now = counter.backend.clock.now();
    await ask(counter, 'keep dev-1 for 1d', { at: now - 30_000 });
    const answer = await ask(counter, 'keep dev-* because of the demo', { at: now - 60_000 });
    expect(answer).toContain('Kept until 2026-03-02 08:59');
    const records = await all(counter.desk.store.audit('default', { from: now - 60_000, to: now + 60_000 }));
    const held = records.filter(({ serverInstanceNo }) => serverInstanceNo === '1001');
    expect(held.map(({ what, reason }) => [what, reason])).toEqual([['hold', expect.stringContaining('asked for in')]]);
  });

  it('is never from the future', async () => {
    const counter = await openCounter();
    const now = counter.backend.clock.now();
    await ask(counter, 'keep dev-1 for 1d', { at: now + 60_000 });
    expect(await counter.desk.store.holds('default')).toMatchObject([{ at: new Date(now).toISOString() }]);
  });
});

describe('what cannot be read', () => {
  it('NCP that is down starts nothing and is thrown', async () => {
    const counter = await openCounter();
    counter.ncp.simulator.setFaults('getServerInstanceList:503/500:100%');
    await expect(ask(counter, 'terminate dev-1')).rejects.toThrow('getServerInstanceList');
    expect(counter.started).toEqual([]);
  });

  it('a table that is down holds nothing and is thrown', async () => {
    const counter = await openCounter();
    counter.desk.table.failNext(100, 'cut');
    await expect(ask(counter, 'cancel chat-7f3a')).rejects.toThrow('banap-test');
  });
});
