import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Admission, AdmissionRequest } from '../../lib/termination/ports/store.ts';
import { saying } from '../wording/worded.ts';
import { asking, atMost, DAY_MS, failureOf, HOUR_MS, inBoth, NOON } from './bench.ts';

const ADMITTED = { kind: 'admitted', taken: [] };

const since = new Date(NOON).toISOString();
const until = new Date(NOON + HOUR_MS).toISOString();

const kinds = (admissions: Admission[]): string[] => admissions.map(({ kind }) => kind);

function told(taken: [no: string, by: string, since: number][]): Admission {
  const all = taken.map(([serverInstanceNo, requestId, at]) => {
    return { serverInstanceNo, requestId, since: new Date(at).toISOString(), until: expect.any(String) };
  });
  return { kind: 'admitted', taken: all };
}

inBoth((b, which) => {
  const entries = async (): Promise<unknown> => (await b.item('default#RUNS', 'today'))?.['entries'];

  describe('a run that may begin', () => {
    it('is counted and claims its servers, in its account only', async () => {
      expect(await b.store.admit(asking('r1', ['1001', '1002', '1001']))).toEqual(ADMITTED);
      expect(await b.another().countedToday('default')).toEqual(['1001', '1002']);
      expect(await b.store.countedToday('lab')).toEqual([]);
      expect(await b.store.admit(asking('r2', ['1001'], { account: 'lab' }))).toEqual(ADMITTED);
    });

    it('is asked about the servers it would get, and about all of the day, each once', async () => {
      await b.store.admit(asking('r1', ['1001', '1002']));
      await b.store.close('default', 'r1', 'of-r1');
      await b.store.admit(asking('r2', ['1003']));
      const asked: string[][] = [];
      const refusal = (mine: readonly string[], today: readonly string[]): null => {
        asked.push([...mine], [...today]);
        return null;
      };
      await b.store.admit(asking('r3', ['1002', '1003', '1004', '1004'], { refusal }));
      expect(asked).toEqual([
        ['1002', '1004'],
        ['1001', '1002', '1003', '1004'],
      ]);
    });

    it('gets the same answer when it asks again, and is counted once', async () => {
      await b.store.admit(asking('r1', ['1001']));
      const first = await b.store.admit(asking('r2', ['1001', '1002']));
      expect(first).toEqual({ kind: 'admitted', taken: [{ serverInstanceNo: '1001', requestId: 'r1', since, until }] });
      await b.store.close('default', 'r1', 'of-r1');
      b.clock.time += HOUR_MS / 2;
      expect(await b.another().admit(asking('r2', ['1001', '1002'], { refusal: () => saying('not now') }))).toEqual(
        first,
      );
      expect(await b.store.countedToday('default')).toEqual(['1001', '1002']);
    });

    it.runIf(which === 'DynamoDB')(
      'is admitted once though the answer was lost and the client asked again',
      async () => {
        await b.store.admit(asking('r1', ['1001']));
        const admission = cutAfterFirstPut(() => b.store.admit(asking('r2', ['1002', '1001'])));
        expect(await admission).toEqual({
          kind: 'admitted',
          taken: [{ serverInstanceNo: '1001', requestId: 'r1', since, until }],
        });
        expect(await b.store.countedToday('default')).toEqual(['1001', '1002']);
        expect(await entries()).toHaveLength(2);
      },
    );
  });

  /** The read goes through, the write is done and its answer is lost. */
  async function cutAfterFirstPut<T>(work: () => Promise<T>): Promise<T> {
    b.database.failNext(1, 'none');
    b.database.failNext(1, 'cut-after');
    return work();
  }

  describe('a run that may not begin', () => {
    it('leaves nothing behind when it is refused', async () => {
      const before = b.meter.calls('put');
      const refused = await b.store.admit(asking('r1', ['1001'], { refusal: () => saying('over the limit') }));
      expect(refused).toEqual({ kind: 'refused', reason: saying('over the limit') });
      expect(b.meter.calls('put')).toBe(before);
      expect(await b.store.countedToday('default')).toEqual([]);
      expect(await b.store.admit(asking('r1', ['1001'], { owner: 'another' }))).toEqual(ADMITTED);
    });

    it('is a duplicate of one with another owner: open, closed, and until a day is over', async () => {
      await b.store.admit(asking('r1', ['1001']));
      const twin = asking('r1', ['1001'], { owner: 'twin' });
      const duplicate = { kind: 'duplicate', owner: 'of-r1', since };
      expect(await b.store.admit(twin)).toEqual(duplicate);
      await b.store.close('default', 'r1', 'of-r1');
      b.clock.time = NOON + DAY_MS - 1;
      expect(await b.store.admit(twin)).toEqual(duplicate);
      expect(await entries()).toHaveLength(1);
      b.clock.time = NOON + DAY_MS;
      expect(await b.store.admit(twin)).toEqual(ADMITTED);
    });

    it('goes to the second of two owners that ask at once', async () => {
      const owners = Array.from({ length: 12 }, (_, n) => asking('r1', ['1001'], { owner: `owner-${n}` }));
      const answers = kinds(await Promise.all(owners.map((one) => b.another().admit(one))));
      expect(answers.filter((kind) => kind === 'admitted')).toHaveLength(1);
      expect(answers.filter((kind) => kind === 'duplicate')).toHaveLength(11);
    });
  });

  describe('a claim', () => {
    const second = asking('r2', ['1001', '1002']);
    const taken = [{ serverInstanceNo: '1001', requestId: 'r1', since, until }];

    it('keeps a server from another run, which neither counts nor claims it', async () => {
      await b.store.admit(asking('r1', ['1001']));
      const mine: string[] = [];
      const refusal = (servers: readonly string[]): null => (mine.push(...servers), null);
      expect(await b.store.admit({ ...second, refusal })).toEqual({ kind: 'admitted', taken });
      expect(mine).toEqual(['1002']);
      await b.store.close('default', 'r1', 'of-r1');
      expect(await b.store.admit(asking('r3', ['1001']))).toEqual(ADMITTED);
    });

    it('is over when the run is closed by its owner, not by another', async () => {
      await b.store.admit(asking('r1', ['1001']));
      await b.store.close('default', 'r1', 'another');
      expect(await b.store.admit(second)).toMatchObject({ taken });
      await b.store.close('default', 'r1', 'of-r1');
      expect(await b.store.admit(asking('r3', ['1001']))).toEqual(ADMITTED);
      expect(await b.store.countedToday('default')).toEqual(['1001', '1002']);
    });

    it('is over when its time is over, and its servers still count', async () => {
      await b.store.admit(asking('r1', ['1001']));
      b.clock.time = NOON + HOUR_MS - 1;
      expect(await b.store.admit(second)).toMatchObject({ taken });
      b.clock.time = NOON + HOUR_MS;
      expect(await b.store.admit(asking('r3', ['1001']))).toEqual(ADMITTED);
      expect(await b.store.countedToday('default')).toEqual(['1001', '1002']);
    });

    it('that another run got meanwhile does not come back when its first run goes on', async () => {
      const first = asking('r1', ['1001', '1003']);
      const renewing = { account: 'default', requestId: 'r1', owner: 'of-r1', claimedUntil: NOON + 9 * HOUR_MS };
      await b.store.admit(first);
      b.clock.time = NOON + 2 * HOUR_MS;
      const later = { claimedUntil: b.clock.time + HOUR_MS };
      expect(await b.store.admit(asking('r2', ['1001', '1002'], later))).toEqual(ADMITTED);
      await b.another().renew(renewing);
      expect(await b.store.admit(first)).toEqual(told([['1001', 'r2', b.clock.time]]));
      await b.store.close('default', 'r2', 'of-r2');
      expect(await b.store.admit(asking('r3', ['1001', '1003'], later))).toMatchObject({
        taken: [{ serverInstanceNo: '1003', requestId: 'r1' }],
      });
      expect(await b.store.countedToday('default')).toEqual(['1001', '1003', '1002']);
    });

    it('of a run that takes days lasts as long as the run, though it is no longer counted', async () => {
      await b.store.admit(asking('r1', ['1001'], { claimedUntil: NOON + 8 * DAY_MS }));
      b.clock.time = NOON + 7 * DAY_MS;
      expect(await b.store.countedToday('default')).toEqual([]);
      expect(await b.store.admit(second)).toMatchObject({
        taken: [{ serverInstanceNo: '1001', requestId: 'r1', since }],
      });
      await b.store.close('default', 'r1', 'of-r1');
      expect(await b.store.admit(asking('r3', ['1001']))).toEqual(ADMITTED);
    });

    it('of one server goes to one of many runs at once', async () => {
      const runs = Array.from({ length: 12 }, (_, n) => asking(`r${n}`, ['1001', `20${n}`]));
      const answers = await Promise.all(runs.map((run) => b.another().admit(run)));
      const free = answers.filter((one) => one.kind === 'admitted' && one.taken.length === 0);
      expect(free).toHaveLength(1);
      expect(await b.store.countedToday('default')).toHaveLength(13);
    });
  });

  describe('closing', () => {
    it.each([
      ['a run that never began', 'r9', 'of-r9'],
      ['a run of another owner', 'r1', 'of-r9'],
    ])('%s writes nothing and is no error', async (_title, requestId, owner) => {
      await b.store.admit(asking('r1', ['1001']));
      const before = b.meter.calls('put');
      await b.store.close('default', requestId, owner);
      await b.store.close('nobody', requestId, owner);
      expect(b.meter.calls('put')).toBe(before);
    });

    it('twice writes once', async () => {
      await b.store.admit(asking('r1', ['1001']));
      const before = b.meter.calls('put');
      await b.store.close('default', 'r1', 'of-r1');
      await b.store.close('default', 'r1', 'of-r1');
      expect(b.meter.calls('put')).toBe(before + 1);
    });

    it('many at once closes all of them', async () => {
      const runs = Array.from({ length: 10 }, (_, n) => asking(`r${n}`, [`10${n}`]));
      await Promise.all(runs.map((run) => b.store.admit(run)));
      await Promise.all(runs.map(({ requestId, owner }) => b.another().close('default', requestId, owner)));
      expect(
        await b.store.admit(
          asking(
            'next',
            runs.flatMap(({ servers }) => servers),
          ),
        ),
      ).toEqual(ADMITTED);
    });
  });

  describe('the rolling day', () => {
    it('counts a server for 24 hours and no millisecond longer', async () => {
      await b.store.admit(asking('r1', ['1001']));
      const next = asking('r2', ['1002'], { refusal: atMost(1) });
      b.clock.time = NOON + DAY_MS - 1;
      expect(await b.store.countedToday('default')).toEqual(['1001']);
      expect(await b.store.admit(next)).toEqual({
        kind: 'refused',
        reason: saying('2 servers today; expected at most 1'),
      });
      b.clock.time = NOON + DAY_MS;
      expect(await b.store.countedToday('default')).toEqual([]);
      expect(await b.store.admit(next)).toEqual(ADMITTED);
    });

    it('does not begin again at midnight', async () => {
      b.clock.time = Date.parse('2026-11-23T14:59:59Z'); // a second before midnight in Seoul
      await b.store.admit(asking('r1', ['1001']));
      b.clock.time += 2_000;
      expect(await b.store.admit(asking('r2', ['1002'], { refusal: atMost(1) }))).toMatchObject({ kind: 'refused' });
    });

    it('counts a server that a faster clock has put into the future', async () => {
      await b.store.admit(asking('r1', ['1001']));
      b.clock.time = NOON - HOUR_MS;
      expect(await b.store.countedToday('default')).toEqual(['1001']);
    });

    it('forgets what is over, so that the item does not grow for ever', async () => {
      for (let day = 0; day < 5; day += 1) {
        b.clock.time = NOON + day * (DAY_MS + HOUR_MS);
        await b.store.admit(asking(`r${day}`, [`100${day}`], { claimedUntil: b.clock.time + HOUR_MS }));
      }
      expect(await entries()).toHaveLength(1);
    });
  });

  describe('many runs at once', () => {
    it.each([
      [10, 1],
      [10, 3],
      [24, 10],
      [40, 40],
    ])('%i of them pass a limit of %i servers a day exactly as far as it goes', async (runs, limit) => {
      const asked = Array.from({ length: runs }, (_, n) =>
        asking(`r${n}`, [`${1000 + n}`], { refusal: atMost(limit) }),
      );
      const answers = kinds(await Promise.all(asked.map((one) => b.another().admit(one))));
      expect(answers.filter((kind) => kind === 'admitted')).toHaveLength(Math.min(runs, limit));
      expect(answers.filter((kind) => kind === 'refused')).toHaveLength(Math.max(0, runs - limit));
      expect(await b.store.countedToday('default')).toHaveLength(Math.min(runs, limit));
    });

    it('never count more than the limit, whatever they ask for, in whatever order, asked twice and closed in between', async () => {
      const server = fc.integer({ min: 1001, max: 1012 }).map(String);
      const run = fc.record({
        requestId: fc.integer({ min: 1, max: 6 }).map((n) => `r${n}`),
        owner: fc.constantFrom('one', 'two'),
        servers: fc.uniqueArray(server, { minLength: 1, maxLength: 4 }),
        closes: fc.boolean(),
      });
      const stories = fc.tuple(fc.array(run, { minLength: 2, maxLength: 12 }), fc.integer({ min: 1, max: 8 }));
      await fc.assert(
        fc.asyncProperty(stories, async ([runs, limit]) => {
          await b.reset();
          const begun: string[] = [];
          await Promise.all(
            runs.map(async ({ requestId, owner, servers, closes }) => {
              const mine = b.another();
              const answer = await mine.admit(asking(requestId, servers, { owner, refusal: atMost(limit) }));
              if (answer.kind === 'admitted') begun.push(`${requestId} ${owner}`);
              if (closes) await mine.close('default', requestId, owner);
            }),
          );
          const counted = await b.another().countedToday('default');
          expect(counted.length).toBeLessThanOrEqual(limit);
          const owners = new Set(begun);
          expect(new Set([...owners].map((one) => one.split(' ')[0])).size).toBe(owners.size); // one owner a request
        }),
        { numRuns: 40 },
      );
    });

    it('give up after 40 lost races, and that passes', async () => {
      for (let race = 0; race < 40; race += 1) {
        b.meter.failNext(1, 'none');
        b.meter.failNext(1, 'lost');
      }
      const error = await failureOf(b.store.admit(asking('r1', ['1001'])));
      expect(error).toMatchObject({ name: 'StoreError', passing: true });
      expect(error.message).toMatch(/account default were faster; try again later$/);
      expect(b.clock.slept).toHaveLength(40);
      expect(Math.max(...b.clock.slept)).toBeLessThanOrEqual(1_000);
    });
  });

  describe('what a run was told', () => {
    it('is told to it again: who was at a server then, not who was before or is since', async () => {
      await b.store.admit(asking('early', ['1001', '1002']));
      await b.store.close('default', 'early', 'of-early');
      b.clock.time += 1_000;
      await b.store.admit(asking('at-it', ['1001']));
      const late = asking('late', ['1001', '1002', '1003']);
      const first = await b.store.admit(late);
      expect(first).toEqual(told([['1001', 'at-it', NOON + 1_000]]));
      for (const id of ['at-it', 'late']) await b.store.close('default', id, `of-${id}`);
      await b.store.admit(asking('since', ['1001', '1002', '1003']));
      expect(await b.another().admit(late)).toEqual(first);
    });

    it('is told to it again after the run that was at it is over and no longer counted', async () => {
      await b.store.admit(asking('days', ['1001'], { claimedUntil: NOON + 3 * DAY_MS + HOUR_MS }));
      b.clock.time = NOON + 3 * DAY_MS;
      const late = asking('late', ['1001'], { claimedUntil: b.clock.time + HOUR_MS });
      const first = await b.store.admit(late);
      expect(first).toEqual(told([['1001', 'days', NOON]]));
      await b.store.close('default', 'days', 'of-days');
      await b.store.admit(asking('since', ['1001'], { claimedUntil: b.clock.time + HOUR_MS }));
      b.clock.time += DAY_MS - 1;
      await b.store.admit(asking('tidies', ['1002'], { claimedUntil: b.clock.time + HOUR_MS }));
      expect(await b.store.admit(late)).toEqual(first);
    });

    it('never makes a server its own that it did not ask for at first', async () => {
      await b.store.admit(asking('r1', ['1001']));
      expect(await b.store.admit(asking('r1', ['1001', '1002']))).toEqual(told([['1002', 'unknown', NOON]]));
      expect(await b.store.countedToday('default')).toEqual(['1001']);
    });
  });

  describe('the item of an account', () => {
    it('holds a hundred sweeps over 200 servers that another run is at, and what each of them was told', async () => {
      const fleet = Array.from({ length: 200 }, (_, n) => `${1_088_000 + n}`);
      const owner = 'nightly-dev-2026-11-23T12-00Z/0f8fad5b-d9cb-469f-a165-70867728950e';
      const sweep = (id: string): AdmissionRequest => asking(id, fleet, { owner });
      await b.store.admit(sweep('nightly-dev'));
      const sweeps = Array.from({ length: 100 }, (_, n) =>
        sweep(`nightly-dev-2026-11-23T12-${n}Z-sweep-of-every-minute`),
      );
      const answers: Admission[] = [];
      for (const one of sweeps) answers.push(await b.store.admit(one));
      expect(answers.every((answer) => answer.kind === 'admitted' && answer.taken.length === 200)).toBe(true);
      expect(await b.store.countedToday('default')).toEqual(fleet);
      const bytes = Buffer.byteLength(JSON.stringify(await b.item('default#RUNS', 'today')));
      expect(bytes).toBeLessThan(40_000);
      await b.store.close('default', 'nightly-dev', owner);
      expect(await Promise.all(sweeps.map((one) => b.another().admit(one)))).toEqual(answers);
    });

    it('may have been written by another version, and what is more in it stays', async () => {
      const entry = { requestId: 'r1', owner: 'of-r1', since: NOON, servers: ['1001'], claimedUntil: NOON + HOUR_MS };
      await b.put({ pk: 'default#RUNS', sk: 'today', version: 3, entries: [{ ...entry, open: true, taken: [] }] });
      expect(await b.store.admit(asking('r2', ['1001', '1002']))).toMatchObject({ taken: [{ requestId: 'r1' }] });
      expect(await entries()).toMatchObject([{ requestId: 'r1', taken: [] }, { requestId: 'r2' }]);
    });

    it('that cannot be read lets nothing begin', async () => {
      await b.put({ pk: 'default#RUNS', sk: 'today', version: 3, entries: [{ requestId: 'r1' }] });
      for (const asked of [b.store.admit(asking('r2', ['1002'])), b.store.countedToday('default')]) {
        await expect(asked).rejects.toMatchObject({ name: 'StoreError', passing: false });
      }
    });

    it('that would be too large lets nothing begin, and says so', async () => {
      const many = Array.from({ length: 19_000 }, (_, n) => `${10 ** 18 + n * 1_000}`);
      const error = await failureOf(b.store.admit(asking('r1', many)));
      expect(error).toMatchObject({ passing: false });
      expect(error.message).toBe(
        `the runs of the last 24 hours in account default would take 419 kB in ${b.name()}; one item may have at most 400 kB`,
      );
      expect(await b.store.countedToday('default')).toEqual([]);
    });

    it('holds the largest that is let through', async () => {
      const many = Array.from({ length: 18_000 }, (_, n) => `${10 ** 18 + n * 1_000}`);
      expect(await b.store.admit(asking('r1', many))).toEqual(ADMITTED);
    });
  });
});
