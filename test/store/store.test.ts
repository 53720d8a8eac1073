import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { saying } from '../wording/worded.ts';
import { all, DAY_MS, entryOf, inBoth, iso, NOON, recordOf } from './bench.ts';

inBoth((b, which) => {
  describe('news', () => {
    const one = { subject: '1001', content: 'ttl "3 apples" is no duration', requestId: 'r1' };

    it('are what was not said of a subject before', async () => {
      expect(await b.store.isNews('default', one)).toBe(true);
      expect(await b.another().isNews('default', { ...one, requestId: 'r2' })).toBe(false);
      expect(await b.store.isNews('default', { ...one, subject: '1002', requestId: 'r2' })).toBe(true);
      expect(await b.store.isNews('lab', { ...one, requestId: 'r2' })).toBe(true);
    });

    it('stay news for the request that said them first, so that it may ask again after a crash', async () => {
      for (const expected of [true, true]) expect(await b.store.isNews('default', one)).toBe(expected);
      expect(await b.store.isNews('default', { ...one, requestId: 'r2' })).toBe(false);
    });

    it('are said again after something else was said', async () => {
      for (const [n, content] of ['one', 'two', 'one'].entries()) {
        expect(await b.store.isNews('default', { subject: '1001', content, requestId: `r${n}` })).toBe(true);
      }
    });

    it('are said again after 90 days, whether the item is deleted by then or not', async () => {
      await b.store.isNews('default', one);
      b.clock.time = NOON + 90 * DAY_MS - 1_000;
      expect(await b.store.isNews('default', { ...one, requestId: 'r2' })).toBe(false);
      b.clock.time = NOON + 90 * DAY_MS;
      expect(await b.store.isNews('default', { ...one, requestId: 'r3' })).toBe(true);
    });

    it('are told to one of many who say them at once', async () => {
      const many = Array.from({ length: 20 }, (_, n) => b.another().isNews('default', { ...one, requestId: `r${n}` }));
      expect((await Promise.all(many)).filter(Boolean)).toHaveLength(1);
    });

    it.runIf(which === 'DynamoDB')('are news though the first answer was lost and the client asked again', async () => {
      const before = b.database.calls('PutItem');
      b.database.failNext(1, 'cut-after');
      expect(await b.store.isNews('default', one)).toBe(true);
      expect(b.database.calls('PutItem') - before).toBe(2);
    });

    it('may be of a subject longer than a key', async () => {
      const long = '가'.repeat(1_000);
      expect(await b.store.isNews('default', { ...one, subject: long })).toBe(true);
      expect(await b.store.isNews('default', { ...one, subject: long, requestId: 'r2' })).toBe(false);
      expect(await b.store.isNews('default', { ...one, subject: `${long}나`, requestId: 'r2' })).toBe(true);
    });
  });

  describe('policies', () => {
    it('are unpublished, then published, then removed', async () => {
      expect(await b.store.policyNow('nightly-dev')).toEqual({ kind: 'unpublished' });
      const policy = { mode: 'plan', select: { names: ['dev-*'] }, limits: { maxPercent: 0.5 } };
      expect(await b.store.publish({ 'nightly-dev': policy }, 1)).toBe(true);
      expect(await b.another().policyNow('nightly-dev')).toEqual({ kind: 'published', policy });
      expect(await b.store.publish({ other: policy }, 2)).toBe(true);
      expect(await b.store.policyNow('nightly-dev')).toEqual({ kind: 'removed' });
      expect(await b.store.policyNow('constructor')).toEqual({ kind: 'removed' });
    });

    it('are not replaced by as old or older ones, unless forced', async () => {
      await b.store.publish({ now: {} }, 5);
      expect(await b.store.publish({ old: {} }, 4)).toBe(false);
      expect(await b.store.publish({ old: {} }, 5)).toBe(false);
      expect(await b.store.policyNow('old')).toEqual({ kind: 'removed' });
      expect(await b.store.publish({ old: {} }, 4, { force: true })).toBe(true);
      expect(await b.store.policyNow('old')).toEqual({ kind: 'published', policy: {} });
    });

    it.runIf(which === 'DynamoDB')('are published though the first answer was lost', async () => {
      b.database.failNext(1, 'cut-after');
      expect(await b.store.publish({ now: {} }, 5)).toBe(true);
    });

    it.each([[{ policies: 5 }], [{ policies: '{' }], [{ policies: '[1]' }], [{}]])(
      'that cannot be read are an error and no answer: %j',
      async (attributes) => {
        await b.put({ pk: 'POLICIES', sk: 'current', builtAt: 1, ...attributes });
        await expect(b.store.policyNow('now')).rejects.toMatchObject({ name: 'StoreError', passing: false });
      },
    );

    it.each([[[]], ['text'], [undefined], [{ one: undefined }]])(
      'are published by name and as JSON, not %j',
      async (wrong) => {
        await expect(b.store.publish(wrong, 1)).rejects.toMatchObject({ name: 'StoreError', passing: false });
      },
    );
  });

  describe('the audit', () => {
    const span = { from: NOON - DAY_MS, to: NOON + DAY_MS };

    const sixty = Array.from({ length: 60 }, (_, n) =>
      recordOf(n, { at: iso(NOON + n), reason: saying(`${n} `.repeat(9_000)) }),
    );

    it('gives back what was recorded, oldest first', async () => {
      await b.store.record(sixty.toReversed());
      expect(await all(b.another().audit('default', span))).toEqual(sixty.map(entryOf));
    });

    it.runIf(which === 'DynamoDB')('is written in batches and read in pages', async () => {
      await b.store.record(sixty);
      expect(b.database.calls('BatchWriteItem')).toBeGreaterThanOrEqual(3);
      const before = b.database.calls('Query');
      await all(b.store.audit('default', span));
      expect(b.database.calls('Query') - before).toBeGreaterThan(3); // three days, and more than a megabyte
    });

    it('holds the same record once, whether it comes in one call or in two', async () => {
      await b.store.record([recordOf(1), recordOf(1), recordOf(2)]);
      await b.store.record([recordOf(2), recordOf(10)]);
      expect((await all(b.store.audit('default', span))).map(({ sequence }) => sequence)).toEqual([1, 2, 10]);
    });

    it('makes the servers known that it names, in their account, and no number that never had a name', async () => {
      await b.store.record([
        recordOf(1),
        recordOf(2, { serverInstanceNo: '1002', serverName: '' }),
        recordOf(3, { serverInstanceNo: '1003', account: 'lab' }),
      ]);
      const numbers = ['1001', '1002', '1003', '1004'];
      expect(await b.another().known('default', numbers)).toEqual(['1001']);
      expect(await b.another().known('lab', numbers)).toEqual(['1003']);
    });

    it('is asked for by time, to the millisecond, by account and by server', async () => {
      const records = [-2, -1, 0, 1].map((ms, n) =>
        recordOf(n, { at: iso(NOON + ms), serverInstanceNo: `${1000 + n}` }),
      );
      await b.store.record([...records, recordOf(9, { account: 'lab' })]);
      const within = { from: NOON - 1, to: NOON + 1 };
      expect(await all(b.store.audit('default', within))).toEqual(records.slice(1, 3).map(entryOf));
      expect(await all(b.store.audit('default', { ...within, serverInstanceNo: '1002' }))).toEqual(
        records.slice(2, 3).map(entryOf),
      );
      expect(await all(b.store.audit('default', { ...within, serverInstanceNo: '1003' }))).toEqual([]);
      expect(await all(b.store.audit('lab', span))).toHaveLength(1);
    });

    it('finds a time that was written without milliseconds or with another zone, and shows it in UTC', async () => {
      await b.store.record([
        recordOf(1, { at: '2026-11-23T12:00:00Z' }),
        recordOf(2, { at: '2026-11-23T21:00:00+09:00' }),
      ]);
      const found = await all(b.store.audit('default', { from: NOON, to: NOON + 1 }));
      expect(found.map(({ at }) => at)).toEqual([iso(NOON), iso(NOON)]);
    });

    it('crosses midnight, the year and 29 February', async () => {
      const times = [
        '2027-12-31T23:59:59.999Z',
        '2028-01-01T00:00:00.000Z',
        '2028-02-29T12:00:00.000Z',
        '2028-03-01T00:00:00.000Z',
      ];
      await b.store.record(times.map((at, n) => recordOf(n, { at })));
      const found = await all(
        b.store.audit('default', { from: Date.parse('2027-12-31'), to: Date.parse('2028-03-02') }),
      );
      expect(found.map(({ at }) => at)).toEqual(times);
    });

    it.runIf(which === 'DynamoDB')('tries again what was not taken', async () => {
      b.database.failNext(2, 'unprocessed');
      await b.store.record([recordOf(1), recordOf(2)]);
      expect(b.clock.slept).toHaveLength(2);
      expect(await all(b.store.audit('default', span))).toHaveLength(2);
    });

    it.runIf(which === 'DynamoDB')('gives up after a while, and that passes', async () => {
      b.database.failNext(10, 'unprocessed');
      await expect(b.store.record([recordOf(1)])).rejects.toMatchObject({ passing: true });
      expect(b.clock.slept).toHaveLength(9);
    });

    it('refuses a record without a time', async () => {
      await expect(b.store.record([recordOf(1, { at: 'soon' })])).rejects.toMatchObject({
        name: 'StoreError',
        passing: false,
      });
    });

    it('shows what somebody else wrote as far as it can be read', async () => {
      await b.put({ pk: 'default#AUDIT#2026-11-23', sk: `${iso(NOON)}#x`, at: 5, reason: 'odd' });
      expect(await all(b.store.audit('default', span))).toMatchObject([{ at: '', what: '', reason: 'odd' }]);
    });

    it('keeps any text as it is', async () => {
      const text = fc.string({ unit: 'binary', maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(text, fc.nat(999_999), async (reason, sequence) => {
          const record = recordOf(sequence, { reason: saying(reason.toWellFormed()), requestId: `r-${sequence}` });
          await b.store.record([record]);
          expect(await all(b.store.audit('default', { from: NOON, to: NOON + 1 }))).toContainEqual(entryOf(record));
        }),
        { numRuns: 20 },
      );
    });

    it('lives for 400 days', async () => {
      await b.store.record([recordOf(1)]);
      expect(await b.item('default#AUDIT#2026-11-23', `${iso(NOON)}#run-1#000001`)).toMatchObject({
        expiresAt: NOON / 1000 + 400 * 24 * 60 * 60,
      });
    });
  });
});
