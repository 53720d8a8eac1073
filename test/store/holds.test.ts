import { NumberValue } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Hold } from '../../lib/termination/holds.ts';
import { all, DAY_MS, HOUR_MS, holdOn, inBoth, iso, NOON } from './bench.ts';

const forEver = holdOn('1001', { by: 'mina' });

function oneDay(by: string, more: Partial<Hold> = {}): Hold {
  return holdOn('1001', { by, kind: 'snooze', until: iso(NOON + DAY_MS), ...more });
}

function stored(): Record<string, unknown> {
  const { serverInstanceNo: _, ...rest } = holdOn('1001');
  return rest;
}

inBoth((b, which) => {
  describe('a hold', () => {
    it('is read as it was written, and only in its account', async () => {
      const kept = holdOn('1001', { serverName: '개발-웹 🚀', until: iso(NOON + DAY_MS), kind: 'snooze' });
      expect(await b.store.hold('default', kept)).toEqual([kept]);
      await b.store.hold('lab', holdOn('2001'));
      expect(await b.another().holds('default')).toEqual([kept]);
      expect(await b.store.holds('nobody')).toEqual([]);
    });

    it('is in force until its end and not from then on, though the item is still there', async () => {
      await b.store.hold('default', holdOn('1001', { until: iso(NOON + HOUR_MS) }));
      b.clock.time = NOON + HOUR_MS - 1;
      expect(await b.store.holds('default')).toHaveLength(1);
      b.clock.time = NOON + HOUR_MS;
      expect(await b.store.holds('default')).toEqual([]);
      expect(await b.store.hold('default', holdOn('1001', { at: iso(b.clock.time) }))).toHaveLength(1);
    });

    it('replaces the one that the same person said before, and no other', async () => {
      const week = iso(NOON + 7 * DAY_MS);
      b.clock.time = NOON + 1_000;
      await b.store.hold('default', holdOn('1001', { by: 'mina' }));
      await b.store.hold('default', holdOn('1001', { by: 'joon', until: week }));
      await b.store.hold('default', holdOn('10011', { by: 'joon' }));
      const day = holdOn('1001', { by: 'joon', until: iso(NOON + DAY_MS), at: iso(NOON + 1) });
      expect(await b.store.hold('default', day)).toEqual([holdOn('1001', { by: 'mina' }), day]);
      expect(await b.store.holds('default')).toHaveLength(3);
      expect(await b.store.release('default', '1001', 'joon')).toHaveLength(2);
      expect(await b.store.holds('default')).toEqual([holdOn('10011', { by: 'joon' })]);
    });

    it('is gone once released, and both are in the audit', async () => {
      await b.store.hold('default', holdOn('1001'));
      b.clock.time += 1_000;
      expect(await b.store.release('default', '1001', 'joon')).toEqual([holdOn('1001')]);
      expect(await b.store.release('default', '1001', 'joon')).toEqual([]);
      expect(await b.store.holds('default')).toEqual([]);
      const said = await all(b.store.audit('default', { from: NOON, to: NOON + HOUR_MS }));
      expect(said.map(({ what, requestedBy, serverInstanceNo }) => [what, requestedBy, serverInstanceNo])).toEqual([
        ['hold', 'mina', '1001'],
        ['release', 'joon', '1001'],
      ]);
    });

    it('that somebody sets while others are released stays', async () => {
      const first = b.another();
      await first.hold('default', holdOn('1001'));
      first.record = async () => void (await b.store.hold('default', holdOn('1001', { by: 'joon' })));
      expect(await first.release('default', '1001', 'sora')).toMatchObject([{ by: 'mina' }]);
      expect(await b.store.holds('default')).toMatchObject([{ by: 'joon' }]);
    });

    it('stays when its release cannot be written down', async () => {
      await b.store.hold('default', holdOn('1001'));
      const release = b.store.release('default', '1001', 'joon\u0000'.repeat(200_000));
      await expect(release).rejects.toThrow('the audit would take');
      expect(await b.store.holds('default')).toHaveLength(1);
    });

    const unreadable: [title: string, attributes: Record<string, unknown>][] = [
      ['nothing but keys', {}],
      ['an unknown kind', { ...stored(), kind: 'pause' }],
      ['an unknown key', { ...stored(), scope: 'all' }],
      ['an end that is no time', { ...stored(), until: 'tomorrow' }],
      ['an end that is a number, and over', { ...stored(), until: NOON - DAY_MS }],
      ['no end at all', { ...stored(), until: undefined }],
      ['a set', { ...stored(), by: new Set(['mina']) }],
      ['a time to live that is over', { kind: 'keep', expiresAt: NOON / 1000 - 1 }],
    ];
    it.each(unreadable)('that cannot be read holds its server: %s', async (_title, attributes) => {
      const item = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
      await b.put({ pk: 'default#HOLD', sk: '1001', ...item });
      await b.store.hold('default', holdOn('1002'));
      const [first, second] = await b.store.holds('default');
      expect(first).toMatchObject({
        serverInstanceNo: '1001',
        kind: 'keep',
        reason: 'a hold that cannot be read',
        until: '',
      });
      expect(second).toEqual(holdOn('1002'));
      expect(await b.store.release('default', '1001', 'joon')).toMatchObject([
        { reason: 'a hold that cannot be read' },
      ]);
    });

    it('that cannot be read does not keep others from being read, even with a number too large for JavaScript', async () => {
      await b.put({ pk: 'default#HOLD', sk: '1001', until: NumberValue.from('12345678901234567890.5') });
      await b.store.hold('default', holdOn('1002'));
      expect((await b.store.holds('default')).map(({ serverInstanceNo }) => serverInstanceNo)).toEqual([
        '1001',
        '1002',
      ]);
    });

    it.runIf(which === 'DynamoDB')('is found among more than a page of them', async () => {
      const reason = 'x'.repeat(300_000);
      for (const no of ['1001', '1002', '1003', '1004', '1005', '1006', '1007', '1008']) {
        await b.put({ pk: 'default#HOLD', sk: no, ...stored(), reason });
      }
      const before = b.database.calls('Query');
      expect((await b.store.holds('default')).map(({ serverInstanceNo }) => serverInstanceNo)).toHaveLength(8);
      expect(b.database.calls('Query') - before).toBeGreaterThan(1);
    });
  });

  describe('a hold among others', () => {
    it('for ever is never lost to those who snooze the server at the same moment', async () => {
      for (let round = 0; round < 5; round += 1) {
        await b.reset();
        const others = Array.from({ length: 12 }, (_, n) =>
          oneDay(`person-${n}`, { until: iso(NOON + HOUR_MS * (n + 1)) }),
        );
        const said = others.toSpliced(round * 3, 0, forEver);
        await Promise.all(said.map((hold) => b.another().hold('default', hold)));
        const [longest] = await b.store.holds('default');
        expect(longest).toEqual(forEver);
      }
    });

    it('of many people at once: the longest of them comes first', async () => {
      const people = Array.from({ length: 16 }, (_, n) =>
        oneDay(`person-${n}`, { until: iso(NOON + HOUR_MS * (1 + ((n * 7) % 16))) }),
      );
      await Promise.all(people.map((hold) => b.another().hold('default', hold)));
      const [held] = await b.store.holds('default');
      expect(held?.until).toBe(iso(NOON + HOUR_MS * 16));
    });

    it('of the same person that is carried out once more does not undo what was said since', async () => {
      const keep = oneDay('mina', { kind: 'keep', until: '' });
      const since = oneDay('mina', { at: iso(NOON + 1) });
      b.clock.time = NOON + 1_000;
      await b.store.hold('default', keep);
      await b.store.hold('default', since);
      expect(await b.store.hold('default', keep)).toEqual([since]);
      b.clock.time = NOON + DAY_MS;
      expect(await b.store.hold('default', keep)).toEqual([]);
      expect(await b.store.holds('default')).toEqual([]);
    });

    it('is dated now at the latest, in UTC, so that a clock that was ahead cannot outdate what comes later', async () => {
      await b.store.hold('default', oneDay('mina', { at: iso(NOON + DAY_MS) }));
      b.clock.time = NOON + 1_000;
      const keep = holdOn('1001', { by: 'mina', at: '2026-11-24T21:00:01+09:00' });
      const [held] = await b.store.hold('default', keep);
      expect(held).toMatchObject({ kind: 'keep', until: '' });
    });

    it('of the same person is the one said last, in whatever order both come in', async () => {
      b.clock.time = NOON + 1_000;
      const said = Array.from({ length: 12 }, (_, n) =>
        oneDay('mina', { at: iso(NOON + n), until: iso(NOON + DAY_MS - n) }),
      );
      await Promise.all(said.toReversed().map((hold) => b.another().hold('default', hold)));
      expect(await b.store.holds('default')).toEqual([said[11]]);
    });

    it.runIf(which === 'DynamoDB')('is the first although the answer was lost and the client asked again', async () => {
      b.database.failNext(1, 'none');
      b.database.failNext(1, 'cut-after');
      expect(await b.store.hold('default', forEver)).toEqual([forEver]);
    });
  });
});
