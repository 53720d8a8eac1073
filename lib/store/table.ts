/** What the store needs of a database: items under two keys, and writes on a condition. DynamoDB and SQLite both offer it. */

import { StoreError } from '../termination/ports/store.ts';

/**
 * Strings `pk` and `sk`, and whatever else JSON can hold. `expiresAt`: seconds since the epoch; the table may drop the item
 * from then on, or keep it for days, so the logic above compares times itself.
 */
export type Item = Record<string, unknown> & { pk: string; sk: string };

/** About the item that is there now. It holds if any of its tests does. */
export type Condition = readonly Test[];

/** Values of different types are never equal, and neither is above the other. */
export type Test =
  | { is: 'absent' }
  | { is: 'equal' | 'different' | 'below' | 'at-most'; attribute: string; value: string | number };

/** Reads see every write that was answered before. Throws nothing but {@link StoreError}. */
export interface Table {
  /** As messages call it, for example `table banap-dev`. */
  readonly name: string;
  get(pk: string, sk: string): Promise<Item | undefined>;
  /** False if the condition does not hold; then nothing is written. `what` names the item if it is too large. */
  put(item: Item, what: string, condition?: Condition): Promise<boolean>;
  remove(pk: string, sk: string): Promise<void>;
  /** All items of one `pk` in the order of `sk`; with `between`, those from the first to the second `sk`, both included. */
  query(pk: string, between?: readonly [from: string, to: string]): AsyncGenerator<Item>;
  /** The last items of one `pk` in the order of `sk`, the last one first; perhaps fewer if they are large. */
  last(pk: string, limit: number): Promise<Item[]>;
  /** Write all items; of several with the same key the last. What was written may stay written when it fails halfway. */
  putAll(items: readonly Item[], what: string): Promise<void>;
  close(): void;
}

/** DynamoDB keeps 400 KB (409,600 bytes). JSON is a little longer than DynamoDB's own count, so this errs on the safe side. */
export const MOST_BYTES = 400_000;

/** Random pauses, so that two writers that collided do not collide again. */
export const BETWEEN_TRIES = { firstMs: 20, mostMs: 1_000 };

/** The same limit for every table, so that all of them accept the same items. */
export function checkSize(item: Item, what: string, table: string): void {
  const bytes = Buffer.byteLength(JSON.stringify(item));
  if (bytes <= MOST_BYTES) return;
  const size = `${Math.ceil(bytes / 1000)} kB in ${table}`;
  throw new StoreError(`${what} would take ${size}; one item may have at most 400 kB`, { passing: false });
}

/** For an item that is not as the store writes it. */
export function unreadable(what: string, { name }: Table): never {
  throw new StoreError(`${what} in ${name} cannot be read: somebody else has written it`, { passing: false });
}

/** Of several items with the same key the last. */
export function onePerKey(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify([item.pk, item.sk]), item])).values()];
}
