/** A list that comes in pages, read whole or not at all, because a missing row would count as gone. */

import { together } from '../together.ts';
import { MOST_PAGES } from './reading.ts';
import { ShapeError } from './shapes.ts';

/** One page, and how many rows all pages hold together. */
export interface Page<T> {
  rows: T[];
  totalRows: number;
}

export interface ListToRead<T> {
  action: string;
  page: (pageNo: number, signal?: AbortSignal) => Promise<Page<T>>;
  /** What tells one row from the others. */
  keyOf: (row: T) => string;
  pause: (ms: number) => Promise<void>;
  /** Ends the calls. */
  signal?: AbortSignal | undefined;
}

/** The list changed between two pages, and a row may have moved to a page that was read already. */
export class MovedList extends ShapeError {}

const MOST_READS = 3;
/** NCP takes seconds to create and terminate, so after one change the list is most likely stable by then. */
const READ_AGAIN_MS = 500;

/** Reads again from the start while the list changes, and gives up if it does not stop changing. */
export async function untilStill<T>(read: () => Promise<T>, pause: (ms: number) => Promise<void>): Promise<T> {
  for (let reads = 1; ; reads += 1) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof MovedList) || reads >= MOST_READS) throw error;
      await pause(READ_AGAIN_MS);
    }
  }
}

/**
 * All rows. Throws a {@link ShapeError} unless every page gives the same total, the pages hold exactly that many rows, and those
 * before the last one are the same once it was read: if one row goes and another one comes, the total stays the same.
 */
export function wholeList<T>(list: ListToRead<T>): Promise<T[]> {
  return untilStill(() => readOnce(list), list.pause);
}

async function readOnce<T>({ action, page, keyOf, signal }: ListToRead<T>): Promise<T[]> {
  const found = new DistinctRows<T>(action, keyOf);
  const first = await page(1, signal);
  const promised = first.totalRows;
  const pages: string[] = [];
  const isWhole = (): boolean => found.rows.length === promised;
  const add = ({ rows, totalRows }: Page<T>): void => {
    if (rows.length > totalRows) throw new ShapeError(`${action} counts ${totalRows} and shows ${rows.length}`);
    found.add(rows);
    if (totalRows !== promised || found.rows.length > promised) throw moved(action);
    // Pages may be smaller than asked for, so only an empty one is the end.
    if (rows.length === 0 && !isWhole()) {
      throw new MovedList(`${action} is incomplete: ${found.rows.length} of ${promised}`);
    }
  };
  add(first);
  if (isWhole()) return found.rows;
  pages.push(keysOf(first.rows, keyOf));
  let pageNo = Math.ceil(promised / first.rows.length);
  if (pageNo > MOST_PAGES) throw new ShapeError(`${action} has no end after ${MOST_PAGES} pages`);
  const middle = Array.from({ length: pageNo - 2 }, (_, n) => n + 2);
  for (const one of await together(
    middle.map((no) => (ending: AbortSignal) => page(no, ending)),
    signal,
  )) {
    add(one);
    pages.push(keysOf(one.rows, keyOf));
  }
  // The last one is read when all the others are here, and they once more when it is: so all were there at that moment.
  for (; !isWhole(); pageNo += 1) {
    if (pageNo > MOST_PAGES) throw new ShapeError(`${action} has no end after ${MOST_PAGES} pages`);
    const next = await page(pageNo, signal);
    add(next);
    if (!isWhole()) pages.push(keysOf(next.rows, keyOf));
  }
  await mustStandStill(pages, { action, page, keyOf, signal });
  return found.rows;
}

async function mustStandStill<T>(
  pages: readonly string[],
  { action, page, keyOf, signal }: Pick<ListToRead<T>, 'action' | 'page' | 'keyOf' | 'signal'>,
): Promise<void> {
  await together(
    pages.map((before, index) => async (ending: AbortSignal) => {
      const { rows } = await page(index + 1, ending);
      if (keysOf(rows, keyOf) !== before) throw moved(action);
    }),
    signal,
  );
}

function keysOf<T>(rows: readonly T[], keyOf: (row: T) => string): string {
  return JSON.stringify(rows.map(keyOf));
}

/**
 * Rows, none of which may come twice. Twice on one page makes the list invalid even if both are equal: the total counts both,
 * so it would hide a missing row. Twice on two pages means that the row has moved.
 */
export class DistinctRows<T> {
  readonly rows: T[] = [];
  readonly #seen = new Set<string>();
  readonly #action: string;
  readonly #keyOf: (row: T) => string;

  constructor(action: string, keyOf: (row: T) => string) {
    this.#action = action;
    this.#keyOf = keyOf;
  }

  add(page: readonly T[]): void {
    const here = new Set<string>();
    for (const row of page) {
      const key = this.#keyOf(row);
      if (here.has(key)) throw new ShapeError(`${this.#action} shows ${key} twice`);
      here.add(key);
      this.rows.push(row);
    }
    for (const key of here) {
      if (this.#seen.has(key)) throw moved(this.#action);
      this.#seen.add(key);
    }
  }
}

export function moved(action: string): MovedList {
  return new MovedList(`${action} changed while it was read`);
}
