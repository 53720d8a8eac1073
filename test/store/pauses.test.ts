import { describe, expect, it } from 'vitest';
import type { Pause } from '../../lib/termination/holds.ts';
import { all, DAY_MS, HOUR_MS, inBoth, iso, NOON } from './bench.ts';

function pauseOf(changes: Partial<Pause> = {}): Pause {
  return { account: '', policy: '', by: 'mina', reason: 'migration', at: iso(NOON), until: '', ...changes };
}

inBoth((b) => {
  describe('a pause', () => {
    const everything = pauseOf();
    const lab = pauseOf({ account: 'lab' });
    const nightly = pauseOf({ policy: 'nightly' });

    it.each([
      [
        'everything',
        everything,
        ['default/', 'default/nightly', 'default/weekly', 'lab/', 'lab/nightly', 'lab/weekly'],
      ],
      ['an account', lab, ['lab/', 'lab/nightly', 'lab/weekly']],
      ['a policy', nightly, ['default/nightly', 'lab/nightly']],
    ])('of %s concerns exactly that', async (_what, pause, expected) => {
      await b.store.pause(pause);
      const concerned: string[] = [];
      for (const scope of ['default/', 'default/nightly', 'default/weekly', 'lab/', 'lab/nightly', 'lab/weekly']) {
        const [account = '', policy = ''] = scope.split('/');
        if ((await b.another().pauses(account, policy)).length > 0) concerned.push(scope);
      }
      expect(concerned).toEqual(expected);
    });

    it('of a policy for several places concerns it in each, and no policy that is only called alike', async () => {
      await b.store.pause(nightly);
      for (const name of ['nightly-vpc-kr', 'nightly-classic-usw']) {
        expect(await b.another().pauses('default', name)).toMatchObject([{ policy: 'nightly' }]);
      }
      for (const name of ['nightly-dev', 'nightly-vpc', 'nightly-vpc-kr-2', 'my-nightly-vpc-kr', 'nightlyx-vpc-kr']) {
        expect(await b.another().pauses('default', name)).toEqual([]);
      }
      await b.store.resume({ account: '', policy: 'nightly' }, 'sora');
      expect(await b.store.pauses('default', 'nightly-vpc-kr')).toEqual([]);
    });

    it('is over at its end', async () => {
      await b.store.pause(pauseOf({ until: iso(NOON + HOUR_MS) }));
      b.clock.time = NOON + HOUR_MS - 1;
      expect(await b.store.pauses('default', '')).toHaveLength(1);
      b.clock.time = NOON + HOUR_MS;
      expect(await b.store.pauses('default', '')).toEqual([]);
      expect(await b.store.allPauses()).toEqual([]);
    });

    it('of several people lasts until all of it is resumed, and only what is meant is', async () => {
      await b.store.pause(nightly);
      await b.store.pause(pauseOf({ policy: 'nightly', by: 'joon', until: iso(NOON + DAY_MS) }));
      await b.store.pause(pauseOf({ policy: 'nightly-2' }));
      await b.store.pause(lab);
      expect(await b.store.pauses('default', 'nightly')).toHaveLength(2);
      expect(await b.store.resume({ account: '', policy: 'nightly' }, 'sora')).toHaveLength(2);
      expect(await b.store.pauses('default', 'nightly')).toEqual([]);
      expect(await b.store.allPauses()).toHaveLength(2);
      expect(await b.store.resume({ account: '', policy: 'nightly' }, 'sora')).toEqual([]);
    });

    it('that cannot be read pauses everything', async () => {
      await b.put({ pk: 'PAUSE', sk: '/nightly#x', policy: 'nightly' });
      expect(await b.store.pauses('default', '')).toMatchObject([{ reason: 'a pause that cannot be read' }]);
    });

    it('that cannot be read ends with its scope, which says so, and no other resume ends it', async () => {
      await b.put({ pk: 'PAUSE', sk: '/nightly#x', policy: 'nightly' });
      expect(await b.store.resume({ account: '', policy: '' }, 'sora')).toEqual([]);
      expect(await b.store.allPauses()).toHaveLength(1);
      const ended = await b.store.resume({ account: '', policy: 'nightly' }, 'sora');
      expect(ended).toMatchObject([{ reason: 'a pause that cannot be read' }]);
      expect(await b.store.allPauses()).toEqual([]);
      const said = await all(b.store.audit('default', { from: NOON, to: NOON + 1 }));
      expect(said.map(({ what, policy }) => [what, policy])).toEqual([['resume', 'nightly']]);
    });

    it('that somebody sets while another one is resumed stays', async () => {
      const first = b.another();
      await first.pause(nightly);
      first.record = async () => b.store.pause(pauseOf({ policy: 'nightly', by: 'joon' }));
      expect(await first.resume({ account: '', policy: 'nightly' }, 'sora')).toMatchObject([{ by: 'mina' }]);
      expect(await b.store.pauses('default', 'nightly')).toMatchObject([{ by: 'joon' }]);
    });

    it('and its end are in the audit', async () => {
      await b.store.pause(lab);
      b.clock.time += 1_000;
      await b.store.resume({ account: 'lab', policy: '' }, 'sora');
      const records = await all(b.store.audit('lab', { from: NOON - DAY_MS, to: NOON + DAY_MS }));
      expect(records.map(({ what, requestedBy }) => [what, requestedBy])).toEqual([
        ['pause', 'mina'],
        ['resume', 'sora'],
      ]);
    });
  });
});
