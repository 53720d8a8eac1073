import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../clock.ts';
import { StoreError } from '../termination/ports/store.ts';
import { holds } from './condition.ts';
import { sqliteErrorFrom } from './sqlite-error.ts';
import { openSqlite } from './sqlite-file.ts';
import { type Condition, checkSize, type Item, onePerKey, type Table } from './table.ts';

/** How long one process waits while another one writes, which takes milliseconds. */
const BUSY_MS = 5_000;

const DROPPED_AFTER_SECONDS = 60 * 86_400;

/** A SQLite file that several processes may use at once. Text is ordered by its UTF-8 bytes, as in DynamoDB. */
export class SqliteTable implements Table {
  readonly name: string;
  readonly #database: DatabaseSync;

  /** `:memory:` is a file, too. Items that expired long ago are dropped now. Throws {@link StoreError}. */
  constructor(options: { file: string; clock: Clock; busyMs?: number }) {
    const { file, clock, busyMs = BUSY_MS } = options;
    this.name = file === ':memory:' ? 'memory' : `file ${file}`;
    this.#database = openSqlite({ file, name: this.name, busyMs });
    this.#change(() => {
      // A hold must not be lost because one command ran under a clock that was ahead.
      const longAgo = Math.floor(clock.now() / 1000) - DROPPED_AFTER_SECONDS;
      this.#database.prepare('DELETE FROM item WHERE expires_at <= ?').run(longAgo);
    });
  }

  async get(pk: string, sk: string): Promise<Item | undefined> {
    return this.#withStoreErrors(() => this.#item(pk, sk));
  }

  async put(item: Item, what: string, condition?: Condition): Promise<boolean> {
    checkSize(item, what, this.name);
    return this.#change(() => {
      if (condition !== undefined && !holds(condition, this.#item(item.pk, item.sk))) return false;
      this.#write(item);
      return true;
    });
  }

  async remove(pk: string, sk: string): Promise<void> {
    this.#change(() => this.#database.prepare('DELETE FROM item WHERE pk = ? AND sk = ?').run(pk, sk));
  }

  async *query(pk: string, between?: readonly [from: string, to: string]): AsyncGenerator<Item> {
    yield* this.#withStoreErrors(() => {
      const rows =
        between === undefined
          ? this.#database.prepare('SELECT pk, sk, item FROM item WHERE pk = ? ORDER BY sk').all(pk)
          : this.#database
              .prepare('SELECT pk, sk, item FROM item WHERE pk = ? AND sk BETWEEN ? AND ? ORDER BY sk')
              .all(pk, ...between);
      return rows.map((row) => this.#itemIn(row));
    });
  }

  async last(pk: string, limit: number): Promise<Item[]> {
    const statement = 'SELECT pk, sk, item FROM item WHERE pk = ? ORDER BY sk DESC LIMIT ?';
    return this.#withStoreErrors(() =>
      this.#database
        .prepare(statement)
        .all(pk, limit)
        .map((row) => this.#itemIn(row)),
    );
  }

  /** All or none. */
  async putAll(items: readonly Item[], what: string): Promise<void> {
    const some = onePerKey(items);
    for (const item of some) checkSize(item, what, this.name);
    this.#change(() => {
      for (const item of some) this.#write(item);
    });
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #item(pk: string, sk: string): Item | undefined {
    const row = this.#database.prepare('SELECT pk, sk, item FROM item WHERE pk = ? AND sk = ?').get(pk, sk);
    return row === undefined ? undefined : this.#itemIn(row);
  }

  #write(item: Item): void {
    const { pk, sk, expiresAt } = item;
    const statement = 'INSERT OR REPLACE INTO item (pk, sk, item, expires_at) VALUES (?, ?, ?, ?)';
    const expires = typeof expiresAt === 'number' ? Math.floor(expiresAt) : null;
    this.#database.prepare(statement).run(pk, sk, JSON.stringify(item), expires);
  }

  #itemIn({ pk, sk, item }: Record<string, unknown>): Item {
    try {
      const attributes: Record<string, unknown> = JSON.parse(String(item));
      return { ...attributes, pk: String(pk), sk: String(sk) };
    } catch (error) {
      const what = `item ${String(pk)} ${String(sk)} in ${this.name} is not JSON: somebody else has written it`;
      throw new StoreError(what, { passing: false, cause: error });
    }
  }

  /** Nobody else writes between what is read in `work` and what it writes. */
  #change<T>(work: () => T): T {
    return this.#withStoreErrors(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const answer = work();
        this.#database.exec('COMMIT');
        return answer;
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #withStoreErrors<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw sqliteErrorFrom(error, this.name);
    }
  }
}
