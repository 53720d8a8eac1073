import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../lib/store/store.ts';
import type { Pause } from '../../lib/termination/ledger.ts';
import { all, type Bench, bench, DAY_MS, HOUR_MS, iso, KINDS, NOON } from './bench.ts';

function pauseOf(changes: Partial<Pause> = {}): Pause {
  return { account: '', policy: '', by: 'mina', reason: 'migration', at: iso(NOON), until: '', ...changes };
}

describe.each(KINDS)('a pause in %s', (which) => {
  let b: Bench;
  let store: Store;
  beforeAll(async () => {
    b = await bench(which);
  });
  beforeEach(async () => {
    store = await b.reset();
  });
  afterAll(() => b.close());

  const everything = pauseOf();
  const lab = pauseOf({ account: 'lab' });
  const nightly = pauseOf({ policy: 'nightly' });

  it.each([
    ['everything', everything, ['default/', 'default/nightly', 'default/weekly', 'lab/', 'lab/nightly', 'lab/weekly']],
    ['an account', lab, ['lab/', 'lab/nightly', 'lab/weekly']],
    ['a policy', nightly, ['default/nightly', 'lab/nightly']],
  ])('of %s concerns exactly that', async (_what, pause, expected) => {
    await store.pause(pause);
    const concerned: string[] = [];
    for (const scope of ['default/', 'default/nightly', 'default/weekly', 'lab/', 'lab/nightly', 'lab/weekly']) {
      const [account = '', policy = ''] = scope.split('/');
      if ((await b.another().pauses(account, policy)).length > 0) concerned.push(scope);
    }
    expect(concerned).toEqual(expected);
  });

  it('is over at its end', async () => {
    await store.pause(pauseOf({ until: iso(NOON + HOUR_MS) }));
    b.clock.time = NOON + HOUR_MS - 1;
    expect(await store.pauses('default', '')).toHaveLength(1);
    b.clock.time = NOON + HOUR_MS;
    expect(await store.pauses('default', '')).toEqual([]);
    expect(await store.allPauses()).toEqual([]);
  });

  it('of several people lasts until all of it is resumed, and only what is meant is', async () => {
    await store.pause(nightly);
    await store.pause(pauseOf({ policy: 'nightly', by: 'joon', until: iso(NOON + DAY_MS) }));
    await store.pause(pauseOf({ policy: 'nightly-2' }));
    await store.pause(lab);
    expect(await store.pauses('default', 'nightly')).toHaveLength(2);
    expect(await store.resume({ account: '', policy: 'nightly' }, 'sora')).toHaveLength(2);
    expect(await store.pauses('default', 'nightly')).toEqual([]);
    expect(await store.allPauses()).toHaveLength(2);
    expect(await store.resume({ account: '', policy: 'nightly' }, 'sora')).toEqual([]);
  });

  it('that cannot be read pauses everything', async () => {
    await b.put({ pk: 'PAUSE', sk: '/nightly#x', policy: 'nightly' });
    expect(await store.pauses('default', '')).toMatchObject([{ reason: 'a pause that cannot be read' }]);
  });

  it('and its end are in the audit', async () => {
    await store.pause(lab);
    b.clock.time += 1_000;
    await store.resume({ account: 'lab', policy: '' }, 'sora');
    const records = await all(store.audit('lab', { from: NOON - DAY_MS, to: NOON + DAY_MS }));
    expect(records.map(({ what, requestedBy }) => [what, requestedBy])).toEqual([
      ['pause', 'mina'],
      ['resume', 'sora'],
    ]);
  });
});
