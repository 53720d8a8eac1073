import type { Clock } from '../clock.ts';
import { type Hold, LedgerError } from '../termination/ledger.ts';
import { holdFrom, holdItem, holdsKey, isInForce, isNewer, outlasts, unchangedSince } from './ledger-hold-item.ts';
import type { LedgerTable } from './ledger-table.ts';

/** Every lost race has one winner, so this is enough for as many people at once. */
const MOST_RACES = 40;

/** Which servers people want left alone: one hold for each server, of whoever holds it longest. */
export class LedgerHolds {
  readonly #table: LedgerTable;
  readonly #clock: Clock;

  constructor(table: LedgerTable, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  async inForce(account: string): Promise<Hold[]> {
    const holds: Hold[] = [];
    for await (const item of this.#table.query(holdsKey(account))) holds.push(holdFrom(item));
    const now = this.#clock.now();
    return holds.filter((hold) => isInForce(hold, now));
  }

  /**
   * Returns the hold that was in force before. Read, decide, and write if nobody has held or released the server
   * meanwhile; otherwise begin again, because what came in between may last longer.
   */
  async put(account: string, hold: Hold): Promise<Hold | undefined> {
    const next = holdItem(account, hold);
    const what = `the hold on ${hold.serverInstanceNo}`;
    for (let tries = 1; tries <= MOST_RACES; tries += 1) {
      const item = await this.#table.get(next.pk, next.sk);
      const found = item === undefined ? undefined : holdFrom(item);
      const before = found !== undefined && isInForce(found, this.#clock.now()) ? found : undefined;
      if (before !== undefined && outlasts(before, hold)) return before;
      // Even one that is over: who said "an hour" after "for ever" meant the hour.
      if (found !== undefined && isNewer(found, hold)) return before;
      if (await this.#table.put(next, what, unchangedSince(item, next))) return before;
      await this.#table.pause(tries);
    }
    const who = `${MOST_RACES} times others who hold ${hold.serverInstanceNo} were faster`;
    throw new LedgerError(`table ${this.#table.name}: ${who}; try again later`, { passing: true });
  }

  async of(account: string, serverInstanceNo: string): Promise<Hold | undefined> {
    const item = await this.#table.get(holdsKey(account), serverInstanceNo);
    const hold = item === undefined ? undefined : holdFrom(item);
    return hold !== undefined && isInForce(hold, this.#clock.now()) ? hold : undefined;
  }

  remove(account: string, serverInstanceNo: string): Promise<void> {
    return this.#table.remove(holdsKey(account), serverInstanceNo);
  }
}
