import { describe, expect, it } from 'vitest';
import type { TableStore } from '../../lib/store/store.ts';
import type { Item } from '../../lib/store/table.ts';
import { StoreError } from '../../lib/termination/ports/store.ts';
import type { Signal } from '../../lib/termination/signals.ts';
import type { RunView, ServerView } from '../../lib/termination/status/run-view.ts';
import { serverView } from '../termination/builders.ts';
import { saying } from '../wording/worded.ts';
import { DAY_MS, failureOf, HOUR_MS, inBoth, iso, NOON } from './bench.ts';

const LONG = '가'.repeat(2_000);

function serverOf(no: number, more: Partial<ServerView> = {}): ServerView {
  const reason = saying('selected by its name');
  return serverView({ serverInstanceNo: String(no), serverName: `dev-${no}`, reason, ...more });
}

function viewOf(requestId: string, more: Partial<RunView> = {}): RunView {
  return {
    requestId,
    account: 'default',
    policy: 'nightly-dev',
    trigger: 'schedule',
    requestedBy: '김하나',
    askedBy: 'slack:U777',
    reason: '',
    state: 'awaiting-approval',
    status: '',
    failure: null,
    refusal: null,
    planHash: 'abc123',
    createdAt: iso(NOON),
    updatedAt: iso(NOON),
    approvalUntil: iso(NOON + DAY_MS),
    actsAt: '',
    missingApprovals: 1,
    approvers: ['slack:U012ABC'],
    barred: [],
    servers: [serverOf(1001)],
    attention: [],
    signals: [],
    ...more,
  };
}

function signalOf(more: Partial<Signal> = {}): Signal {
  const who = { by: 'slack:U012ABC', name: '김하나' };
  return { kind: 'approve', planHash: 'abc123', at: iso(NOON), reason: '', ...who, ...more };
}

function runOf(n: number, policy: string): RunView {
  return viewOf(`r${n}`, { policy, createdAt: iso(NOON + n) });
}

inBoth((b, which) => {
  describe('the view of a run', () => {
    it('is what the run last wrote, and there is none of a run that wrote none', async () => {
      expect(await b.store.view('r1')).toBeUndefined();
      await b.store.putView(viewOf('r1'));
      const ended = viewOf('r1', { state: 'ended', status: 'all-gone', signals: [signalOf({ reason: '🌙' })] });
      await b.store.putView(ended);
      await b.store.putView(ended);
      expect(await b.another().view('r1')).toEqual(ended);
      expect(await b.store.view('r2')).toBeUndefined();
    });

    it.each([[{}], [{ view: 5 }], [{ view: { ...viewOf('r1'), state: 'lost' } }], [{ view: { requestId: 'r1' } }]])(
      'that cannot be read is an error: %j',
      async (attributes) => {
        await b.put({ pk: 'RUN#r1', sk: 'CARD', ...attributes });
        expect(await failureOf(b.store.view('r1'))).toMatchObject({ name: 'StoreError', passing: false });
      },
    );

    it.each([[{}], [{ error: 'no answer' }], [{ failure: 'no answer' }]])(
      'of a run that failed may have been written by another version: %j',
      async (said) => {
        const { failure: _, ...view } = viewOf('r1', { status: 'error' });
        await b.put({ pk: 'RUN#r1', sk: 'CARD', view: { ...view, ...said } });
        expect(await b.store.view('r1')).toEqual(viewOf('r1', { status: 'error' }));
      },
    );

    it('may have been written by a newer version, whose keys are left out at every depth', async () => {
      const view = viewOf('r1', {
        signals: [signalOf()],
        attention: [{ serverInstanceNo: '1', serverName: '', reason: saying('?') }],
      });
      const more = { colour: 'red' };
      const [servers, attention, signals] = [view.servers, view.attention, view.signals].map((some) =>
        some.map((one) => ({ ...one, ...more })),
      );
      await b.put({ pk: 'RUN#r1', sk: 'CARD', view: { ...view, ...more, servers, attention, signals } });
      expect(await b.store.view('r1')).toEqual(view);
    });

    it('of 200 servers with a lot to say fits, and every server is on it', async () => {
      const servers = Array.from({ length: 200 }, (_, n) =>
        serverOf(n, { serverName: '가'.repeat(30), reason: saying(LONG) }),
      );
      const attention = Array.from({ length: 2_000 }, (_, n) => ({ ...serverOf(n), reason: saying(LONG) }));
      const signals = Array.from({ length: 300 }, (_, n) => signalOf({ by: `slack:U${n}`, reason: LONG }));
      await b.store.putView(viewOf('r1', { servers, attention, signals }));
      const view = await b.store.view('r1');
      expect(view?.servers.map(({ serverInstanceNo }) => serverInstanceNo)).toHaveLength(200);
      expect(view?.servers[199]).toEqual({ ...servers[199], reason: null });
      expect(view?.signals.at(-1)).toMatchObject({ by: 'slack:U299' });
    });

    it('is cut only where it must be', async () => {
      const servers = Array.from({ length: 60 }, (_, n) => serverOf(n, { reason: saying(LONG) }));
      const view = viewOf('r1', { servers });
      await b.store.putView(view);
      expect(await b.store.view('r1')).toEqual(view);
    });

    it('lives for 60 days from its last change', async () => {
      b.clock.time = NOON + HOUR_MS;
      await b.store.putView(viewOf('r1'));
      const expiresAt = (NOON + HOUR_MS + 60 * DAY_MS) / 1000;
      expect(await b.item('RUN#r1', 'CARD')).toMatchObject({ expiresAt });
      expect(await b.item('default#CARDS', `${iso(NOON)}#r1`)).toMatchObject({ expiresAt, requestId: 'r1' });
    });
  });

  describe('the views of an account', () => {
    it('are those of the runs that began last, the last one first, whenever they were changed', async () => {
      for (const n of [3, 1, 4, 2, 5]) await b.store.putView(viewOf(`r${n}`, { createdAt: iso(NOON + n) }));
      await b.store.putView(viewOf('r2', { createdAt: iso(NOON + 2), state: 'ended' }));
      await b.store.putView(viewOf('other', { account: 'lab', createdAt: iso(NOON + 9) }));
      const newest = await b.another().views('default', { limit: 4 });
      expect(newest.map(({ requestId, state }) => [requestId, state])).toEqual([
        ['r5', 'awaiting-approval'],
        ['r4', 'awaiting-approval'],
        ['r3', 'awaiting-approval'],
        ['r2', 'ended'],
      ]);
      expect(await b.store.views('nobody', { limit: 4 })).toEqual([]);
    });

    it('are found by one query, and one that cannot be read hides no other', async () => {
      for (const n of [1, 2, 3]) await b.store.putView(viewOf(`r${n}`, { createdAt: iso(NOON + n) }));
      await b.put({ pk: 'RUN#r2', sk: 'CARD', view: 'odd' });
      const before = b.meter.calls('last');
      expect((await b.store.views('default', { limit: 10 })).map(({ requestId }) => requestId)).toEqual(['r3', 'r1']);
      expect(b.meter.calls('last') - before).toBe(1);
    });
  });

  /** In the index only, as if there were a view. */
  function indexed(n: number): Promise<void> {
    return b.put({ pk: 'default#CARDS', sk: `${iso(NOON + n)}#x${n}`, requestId: `x${n}`, policy: 'lab' });
  }

  async function runsUnder(policies: string[], limit = 10): Promise<string[]> {
    const views = await b.another().views('default', { limit, policies });
    return views.map(({ requestId }) => requestId);
  }

  describe('the views of some policies of an account', () => {
    it('are found however many runs of others began since, and no view of those is read', async () => {
      for (const n of [1, 2, 3]) await b.store.putView(runOf(n, n === 2 ? 'weekly' : 'nightly-dev'));
      for (let n = 100; n < 140; n += 1) await indexed(n);
      const before = b.meter.calls('get');
      expect(await runsUnder(['nightly-dev'])).toEqual(['r3', 'r1']);
      expect(await runsUnder(['weekly', 'nightly-dev'], 2)).toEqual(['r3', 'r2']);
      expect(b.meter.calls('get') - before).toBe(4);
      expect(await runsUnder(['nightly'])).toEqual([]);
      expect(await runsUnder([])).toEqual([]);
    });

    it('are looked for among the last 500 runs', async () => {
      await b.store.putView(runOf(1, 'nightly-dev'));
      const numbers = Array.from({ length: 499 }, (_, n) => 1_000 + n);
      await Promise.all(numbers.map((n) => indexed(n)));
      expect(await runsUnder(['nightly-dev'])).toEqual(['r1']);
      await indexed(5_000);
      expect(await runsUnder(['nightly-dev'])).toEqual([]);
    });

    it('are known by their views where an older version has indexed them', async () => {
      for (const n of [1, 2]) {
        await b.store.putView(runOf(n, n === 1 ? 'nightly-dev' : 'lab'));
        await b.put({ pk: 'default#CARDS', sk: `${iso(NOON + n)}#r${n}`, requestId: `r${n}` });
      }
      expect(await runsUnder(['nightly-dev'])).toEqual(['r1']);
    });

    it('are as many as were asked for though a plan was made anew, and indexed once more', async () => {
      for (const n of [1, 2]) await b.store.putView(runOf(n, 'nightly-dev'));
      for (const n of [3, 4]) await b.store.putView({ ...runOf(2, 'nightly-dev'), createdAt: iso(NOON + n) });
      expect(await runsUnder(['nightly-dev'], 2)).toEqual(['r2', 'r1']);
    });
  });

  describe('a word', () => {
    it('is read as it was sent, the oldest first', async () => {
      const reject = signalOf({ kind: 'reject', at: iso(NOON + 1), reason: '아직 씁니다 🌙' });
      const cancel = signalOf({ kind: 'cancel', planHash: '', at: iso(NOON + 2), by: 'webhook:ci', name: '' });
      for (const signal of [cancel, signalOf(), reject]) expect(await b.store.say('r1', signal)).toBe(true);
      expect(await b.another().signals('r1')).toEqual([signalOf(), reject, cancel]);
      expect(await b.store.signals('r2')).toEqual([]);
    });

    it('at the same moment as another comes first if it stops the run', async () => {
      for (const kind of ['approve', 'reject', 'cancel'] as const) await b.store.say('r1', signalOf({ kind }));
      expect((await b.store.signals('r1')).map(({ kind }) => kind)).toEqual(['cancel', 'reject', 'approve']);
    });

    it('said twice is one, the first', async () => {
      expect(await b.store.say('r1', signalOf())).toBe(true);
      expect(await b.store.say('r1', signalOf({ at: iso(NOON + 5), reason: 'again' }))).toBe(false);
      expect(await b.store.signals('r1')).toEqual([signalOf()]);
    });

    it.each<[string, Partial<Signal>]>([
      ['of another kind', { kind: 'reject' }],
      ['about another plan', { planHash: 'def456' }],
      ['of another person', { by: 'slack:U999' }],
      ['of a person with a very long id', { by: `slack:${LONG}` }],
    ])('%s is another signal', async (_title, more) => {
      await b.store.say('r1', signalOf());
      expect(await b.store.say('r1', signalOf(more))).toBe(true);
      expect(await b.store.signals('r1')).toHaveLength(2);
    });

    it('said many times at once is new once', async () => {
      const said = await Promise.all(Array.from({ length: 12 }, () => b.another().say('r1', signalOf())));
      expect(said.filter(Boolean)).toHaveLength(1);
    });

    it('of many people at once is read from each', async () => {
      const people = Array.from({ length: 12 }, (_, n) => `slack:U0${n}`);
      await Promise.all(people.map((by) => b.another().say('r1', signalOf({ by }))));
      expect((await b.store.signals('r1')).map(({ by }) => by).toSorted()).toEqual(people.toSorted());
    });

    it.runIf(which === 'DynamoDB')('is new though the first answer was lost and the client asked again', async () => {
      b.database.failNext(1, 'cut-after');
      expect(await b.store.say('r1', signalOf())).toBe(true);
      expect(await b.store.signals('r1')).toHaveLength(1);
    });

    it.each<[string, object]>([
      ['nothing but keys', {}],
      ['an unknown kind', { ...signalOf(), kind: 'maybe' }],
      ['no time', { ...signalOf(), at: 'now' }],
      ['a name that is a number', { ...signalOf(), name: 5 }],
    ])('that cannot be read makes reading fail, because it may be a rejection: %s', async (_title, attributes) => {
      await b.store.say('r1', signalOf());
      await b.put({ pk: 'RUN#r1', sk: 'SIGNAL#odd', ...attributes });
      expect(await failureOf(b.store.signals('r1'))).toMatchObject({ name: 'StoreError', passing: false });
      expect(await b.store.signals('r2')).toEqual([]);
    });

    it('may have been written by a newer version, whose keys are left out', async () => {
      await b.put({ pk: 'RUN#r1', sk: 'SIGNAL#new', ...signalOf(), colour: 'red' });
      expect(await b.store.signals('r1')).toEqual([signalOf()]);
    });

    it.each<[string, Partial<Signal>]>([
      ['without a time', { at: '' }],
      ['of nobody', { by: '' }],
    ])('%s is not taken, because nobody could read it', async (_title, more) => {
      expect(await failureOf(b.store.say('r1', signalOf(more)))).toBeInstanceOf(StoreError);
      expect(await b.store.signals('r1')).toEqual([]);
    });

    it('is found among more than a page of others, and lives for 60 days', async () => {
      const reason = 'x'.repeat(300_000);
      for (const n of [1, 2, 3, 4, 5]) await b.store.say('r1', signalOf({ by: `slack:U${n}`, reason }));
      expect(await b.store.signals('r1')).toHaveLength(5);
      const expiresAt = (NOON + 60 * DAY_MS) / 1000;
      expect(await b.item('RUN#r1', 'SIGNAL#approve#abc123#slack:U1')).toMatchObject({ expiresAt });
    });

    it('is not mistaken for anything else that is kept of the run', async () => {
      await b.store.putView(viewOf('r1'));
      await b.store.putWake('r1', 'w1');
      await b.store.rememberMessage('r1', 'slack:C01', '1.2');
      await b.store.rememberOwner('r1', 'one');
      await b.store.rememberOrigin('r1', 'webhook:ci');
      expect(await b.store.signals('r1')).toEqual([]);
    });
  });

  describe('how to wake a run', () => {
    it('is what it said last', async () => {
      expect(await b.store.wakeIdOf('r1')).toBeUndefined();
      await b.store.putWake('r1', 'one');
      await b.store.putWake('r1', 'two');
      expect(await b.another().wakeIdOf('r1')).toBe('two');
      expect(await b.store.wakeIdOf('r2')).toBeUndefined();
    });
  });

  describe('a delivery', () => {
    const one = { channel: 'webhook:ci', id: 'msg_1', content: '{"policy":"nightly-dev"}', ttlSeconds: 3_600 };

    it('is new, then there again, and another under the same id is told apart', async () => {
      expect(await b.store.seen(one)).toBe('new');
      expect(await b.another().seen(one)).toBe('again');
      expect(await b.store.seen({ ...one, content: '{}' })).toBe('other');
      expect(await b.store.seen(one)).toBe('again');
      expect(await b.store.seen({ ...one, id: 'msg_2' })).toBe('new');
      expect(await b.store.seen({ ...one, channel: 'webhook:alerts' })).toBe('new');
    });

    it('that comes many times at once is new once', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => b.another().seen(one)));
      expect(answers.toSorted()).toEqual([...Array<string>(19).fill('again'), 'new']);
    });

    it('of two that say different things at once is the one or the other', async () => {
      const answers = await Promise.all(['a', 'b'].map((content) => b.another().seen({ ...one, content })));
      expect(answers.toSorted()).toEqual(['new', 'other']);
    });

    it('is new again when its time is over, whether the item is deleted by then or not', async () => {
      await b.store.seen(one);
      b.clock.time = NOON + HOUR_MS - 1_000;
      expect(await b.store.seen(one)).toBe('again');
      b.clock.time = NOON + HOUR_MS;
      const many = await Promise.all(Array.from({ length: 8 }, () => b.another().seen({ ...one, content: 'else' })));
      expect(many.filter((answer) => answer === 'new')).toHaveLength(1);
    });

    it.runIf(which === 'DynamoDB')('is new though the first answer was lost and the client asked again', async () => {
      b.database.failNext(1, 'cut-after');
      expect(await b.store.seen(one)).toBe('new');
    });

    it('may have an id longer than a key, and what it says is not kept', async () => {
      expect(await b.store.seen({ ...one, id: LONG })).toBe('new');
      expect(await b.store.seen({ ...one, id: LONG })).toBe('again');
      expect(await b.store.seen({ ...one, id: `${LONG}나` })).toBe('new');
      await b.store.seen(one);
      expect(JSON.stringify(await b.item('SEEN#webhook:ci', 'msg_1'))).not.toContain('nightly-dev');
    });
  });

  describe('the message of a run', () => {
    it('is the first that a chat was given, for each chat', async () => {
      expect(await b.store.messageOf('r1', 'slack:C01')).toBeUndefined();
      expect(await b.store.rememberMessage('r1', 'slack:C01', '1.1')).toBe('1.1');
      expect(await b.another().rememberMessage('r1', 'slack:C01', '2.2')).toBe('1.1');
      expect(await b.store.rememberMessage('r1', 'naver-works:abc', 'm1')).toBe('m1');
      expect(await b.store.messageOf('r1', 'slack:C01')).toBe('1.1');
      expect(await b.store.messageOf('r2', 'slack:C01')).toBeUndefined();
    });

    it('is the same for all who remember one at the same time', async () => {
      const ids = Array.from({ length: 12 }, (_, n) => `${n}`);
      const kept = await Promise.all(ids.map((id) => b.another().rememberMessage('r1', 'slack:C01', id)));
      expect(new Set(kept).size).toBe(1);
    });
  });

  describe('the owner and the origin of a run', () => {
    it('are the first that were said, each by itself', async () => {
      expect([await b.store.ownerOf('r1'), await b.store.originOf('r1')]).toEqual([undefined, undefined]);
      expect(await b.store.rememberOwner('r1', 'one')).toBe('one');
      expect(await b.another().rememberOwner('r1', 'two')).toBe('one');
      await b.store.rememberOrigin('r1', 'webhook:ci');
      await b.another().rememberOrigin('r1', 'slack:C01');
      expect([await b.store.ownerOf('r1'), await b.store.originOf('r1')]).toEqual(['one', 'webhook:ci']);
      expect([await b.store.ownerOf('r2'), await b.store.originOf('r2')]).toEqual([undefined, undefined]);
    });

    it('live for 60 days', async () => {
      await b.store.rememberOwner('r1', 'one');
      await b.store.rememberOrigin('r1', 'webhook:ci');
      const expiresAt = (NOON + 60 * DAY_MS) / 1000;
      for (const sk of ['OWNER', 'ORIGIN']) expect(await b.item('RUN#r1', sk)).toMatchObject({ expiresAt });
    });
  });

  describe('what a chat was sent', () => {
    it('is told apart by what it is about and what it was', async () => {
      const sent = { about: 'r1', what: 'slack:C01#notice 1' };
      expect(await b.store.wasSent(sent)).toBe(false);
      await b.store.rememberSent(sent);
      await b.another().rememberSent(sent);
      expect(await b.another().wasSent(sent)).toBe(true);
      expect(await b.store.wasSent({ ...sent, about: 'r2' })).toBe(false);
      expect(await b.store.wasSent({ ...sent, what: 'slack:C01#notice 2' })).toBe(false);
    });

    it('may be longer than a key', async () => {
      await b.store.rememberSent({ about: LONG, what: LONG });
      expect(await b.store.wasSent({ about: LONG, what: LONG })).toBe(true);
      expect(await b.store.wasSent({ about: LONG, what: `${LONG}나` })).toBe(false);
    });
  });

  it.each<[string, Item, (store: TableStore) => Promise<unknown>]>([
    ['how to wake run r1', { pk: 'RUN#r1', sk: 'WAKE', wakeId: 5 }, (store) => store.wakeIdOf('r1')],
    ['the owner of run r1', { pk: 'RUN#r1', sk: 'OWNER', owner: 5 }, (store) => store.ownerOf('r1')],
    ['the owner of run r1', { pk: 'RUN#r1', sk: 'OWNER' }, (store) => store.rememberOwner('r1', 'one')],
    ['the origin of run r1', { pk: 'RUN#r1', sk: 'ORIGIN' }, (store) => store.originOf('r1')],
    [
      'the message of run r1',
      { pk: 'RUN#r1', sk: 'MESSAGE#slack:C01', message: null },
      (store) => store.messageOf('r1', 'slack:C01'),
    ],
    ['what was sent about r1', { pk: 'SENT#r1', sk: 'x' }, (store) => store.wasSent({ about: 'r1', what: 'x' })],
    [
      'delivery 1 of slack',
      { pk: 'SEEN#slack', sk: '1', said: 5, expiresAt: NOON / 1000 + 9 },
      (store) => store.seen({ channel: 'slack', id: '1', content: '', ttlSeconds: 1 }),
    ],
  ])('%s is an error where it cannot be read', async (called, item, read) => {
    await b.put(item);
    const { passing, message } = await failureOf(read(b.store));
    expect([passing, message]).toEqual([false, expect.stringMatching(`^${called} in .* cannot be read`)]);
  });

  describe.runIf(which === 'DynamoDB')('without a table', () => {
    it.each<[string, (broken: TableStore) => Promise<unknown>]>([
      ['putView', (broken) => broken.putView(viewOf('r1'))],
      ['view', (broken) => broken.view('r1')],
      ['views', (broken) => broken.views('default', { limit: 1 })],
      ['say', (broken) => broken.say('r1', signalOf())],
      ['signals', (broken) => broken.signals('r1')],
      ['putWake', (broken) => broken.putWake('r1', 'w')],
      ['wakeIdOf', (broken) => broken.wakeIdOf('r1')],
      ['seen', (broken) => broken.seen({ channel: 'slack', id: '1', content: '', ttlSeconds: 1 })],
      ['ownerOf', (broken) => broken.ownerOf('r1')],
      ['rememberOwner', (broken) => broken.rememberOwner('r1', 'one')],
      ['originOf', (broken) => broken.originOf('r1')],
      ['rememberOrigin', (broken) => broken.rememberOrigin('r1', 'slack:C01')],
      ['wasSent', (broken) => broken.wasSent({ about: 'r1', what: 'x' })],
      ['rememberSent', (broken) => broken.rememberSent({ about: 'r1', what: 'x' })],
      ['messageOf', (broken) => broken.messageOf('r1', 'slack')],
      ['rememberMessage', (broken) => broken.rememberMessage('r1', 'slack', 'm')],
    ])('%s says in one sentence that there is no table', async (_name, ask) => {
      await b.database.dropTable(b.table());
      const { passing, message } = await failureOf(ask(b.store));
      expect([passing, message]).toEqual([false, expect.stringContaining('does not exist; create it by deploying')]);
    });
  });
});
