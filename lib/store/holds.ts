import type { Clock } from '../clock.ts';
import type { Hold } from '../termination/holds.ts';
import { holdFrom, holdItem, holdsKeys, holdsOn, isInForce, unlessNewer } from './hold-item.ts';
import type { Item, Table } from './table.ts';

/** Which servers people want left alone: one hold for each server and person, so that nobody changes anybody else's. */
export class Holds {
  readonly #table: Table;
  readonly #clock: Clock;

  constructor(table: Table, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /** Of one server, the longest hold comes first. */
  async inForce(account: string): Promise<Hold[]> {
    return this.#inForce(await this.#items(account));
  }

  /** False if a newer hold of the same person stays: this one is an old one that is replayed. */
  async put(account: string, hold: Hold): Promise<boolean> {
    // Times have one format, so that they compare as text, and none lies in the future.
    const said = Math.min(Date.parse(hold.at), this.#clock.now());
    const dated = { ...hold, at: new Date(said).toISOString() };
    return this.#table.put(holdItem(account, dated), `the hold on ${hold.serverInstanceNo}`, unlessNewer(dated));
  }

  /** On one server, also those that are over. */
  async of(account: string, serverInstanceNo: string): Promise<{ items: Item[]; inForce: Hold[] }> {
    const items = await this.#items(account, holdsOn(serverInstanceNo));
    return { items, inForce: this.#inForce(items) };
  }

  async #items(account: string, between?: readonly [from: string, to: string]): Promise<Item[]> {
    const items: Item[] = [];
    for (const key of holdsKeys(account)) {
      for await (const item of this.#table.query(key, between)) items.push(item);
    }
    return items;
  }

  #inForce(items: readonly Item[]): Hold[] {
    const now = this.#clock.now();
    return items
      .map(holdFrom)
      .filter((hold) => isInForce(hold, now))
      .toSorted(order);
  }
}

function order(a: Hold, b: Hold): number {
  return a.serverInstanceNo.localeCompare(b.serverInstanceNo, 'en', { numeric: true }) || lasts(b) - lasts(a);
}

/** Milliseconds since the epoch; later than any time if it has no end. */
function lasts({ until }: Hold): number {
  return until === '' ? Number.MAX_SAFE_INTEGER : Date.parse(until);
}
