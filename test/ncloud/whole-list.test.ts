import { describe, expect, it } from 'vitest';
import { type Page, wholeList } from '../../lib/ncloud/whole-list.ts';

const action = 'getServerInstanceList';

/** A list in pages of ten whose calls are answered only when all that were made together are there. */
function pagesOf(rows: () => number[]) {
  const batches: number[][] = [];
  let waiting: { pageNo: number; answer: () => void }[] = [];
  const page = (pageNo: number): Promise<Page<number>> =>
    new Promise((resolve) => {
      const answer = (): void => {
        const now = rows();
        resolve({ rows: now.slice((pageNo - 1) * 10, pageNo * 10), totalRows: now.length });
      };
      waiting.push({ pageNo, answer });
      if (waiting.length > 1) return;
      setTimeout(() => {
        const together = waiting;
        waiting = [];
        batches.push(together.map((one) => one.pageNo));
        for (const one of together) one.answer();
      });
    });
  const read = (): Promise<number[]> => wholeList({ action, page, keyOf: String, pause: () => Promise.resolve() });
  return { batches, read };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

describe('the pages of a list', () => {
  it.each([
    [7, [[1]]],
    [10, [[1]]],
    [11, [[1], [2], [1]]],
    [45, [[1], [2, 3, 4], [5], [1, 2, 3, 4]]],
    [50, [[1], [2, 3, 4], [5], [1, 2, 3, 4]]],
  ])(
    'with %i rows are read at once, the last one after them, and the others once more after it',
    async (count, calls) => {
      const { batches, read } = pagesOf(() => upTo(count));
      expect(await read()).toEqual(upTo(count));
      expect(batches).toEqual(calls);
    },
  );

  it.each([
    ['a row that goes', (rows: number[]) => rows.slice(1)],
    ['a row that comes', (rows: number[]) => [0, ...rows]],
    ['one that goes and one that comes', (rows: number[]) => [0, ...rows.slice(0, -1)]],
    ['one that moves to the front', (rows: number[]) => [...rows.slice(-1), ...rows.slice(0, -1)]],
  ])('are read again for %s between any two of them', async (_what, change) => {
    for (let before = 1; before <= 3; before += 1) {
      const list = pagesOf(() => (list.batches.length > before ? change(upTo(45)) : upTo(45)));
      expect(await list.read()).toEqual(change(upTo(45)));
      expect(list.batches.length).toBeGreaterThan(4);
    }
  });

  it('are not begun where there would be too many of them', async () => {
    const read: number[] = [];
    const page = (pageNo: number): Promise<Page<number>> => {
      read.push(pageNo);
      return Promise.resolve({ rows: [pageNo], totalRows: 1_001 });
    };
    const reading = wholeList({ action, page, keyOf: String, pause: () => Promise.resolve() });
    await expect(reading).rejects.toThrow('has no end after 1000 pages');
    expect(read).toEqual([1]);
  });

  it('that fail end the others', async () => {
    const ended: number[] = [];
    const page = (pageNo: number, signal?: AbortSignal): Promise<Page<number>> => {
      if (pageNo === 1) return Promise.resolve({ rows: upTo(10), totalRows: 60 });
      if (pageNo === 3) return Promise.reject(new Error('NCP is closed'));
      return new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          ended.push(pageNo);
          reject(new Error('ended'));
        });
      });
    };
    const reading = wholeList({ action, page, keyOf: String, pause: () => Promise.resolve() });
    await expect(reading).rejects.toThrow('NCP is closed');
    expect(ended).toEqual([2, 4, 5]);
  });
});
