import type { Clock } from '../clock.ts';
import { isAudit } from './audit-item.ts';
import { PAUSES } from './pauses.ts';
import { SqliteTable } from './sqlite-table.ts';
import { TableStore } from './store.ts';
import type { Item, Table } from './table.ts';

/**
 * The store of an account in a SQLite file of this machine. `shared`: the file for everything that concerns all accounts. Throws
 * StoreError.
 */
export function sqliteStore({ file, shared, clock }: { file: string; shared: string; clock: Clock }): TableStore {
  const all = new SqliteTable({ file: shared, clock });
  try {
    return new TableStore({ table: joined(new SqliteTable({ file, clock }), all), clock });
  } catch (error) {
    all.close();
    throw error;
  }
}

/** The store for everything that concerns all accounts: only pauses are read and written there. */
export function sharedStore({ shared, clock }: { shared: string; clock: Clock }): TableStore {
  return new TableStore({ table: new SqliteTable({ file: shared, clock }), clock });
}

/** Two tables as one: items of the whole machine are in one of them, and the rest in the other. */
function joined(own: Table, shared: Table): Table {
  const of = (pk: string): Table => (pk === PAUSES ? shared : own);
  // Pauses are written down where they are kept, which is without a key of NCP.
  async function* merged(pk: string, between?: readonly [from: string, to: string]): AsyncGenerator<Item> {
    const items: Item[] = [];
    for await (const item of own.query(unnamed(pk), between)) items.push(item);
    for await (const item of shared.query(pk, between)) items.push(item);
    yield* items.toSorted((a, b) => Buffer.compare(Buffer.from(a.sk), Buffer.from(b.sk)));
  }
  return {
    name: own.name,
    get: (pk, sk) => of(pk).get(unnamed(pk), sk),
    put: (item, what, condition) => of(item.pk).put({ ...item, pk: unnamed(item.pk) }, what, condition),
    remove: (pk, sk) => of(pk).remove(unnamed(pk), sk),
    query: (pk, between) => (isAudit(pk) ? merged(pk, between) : of(pk).query(unnamed(pk), between)),
    last: (pk, limit) => of(pk).last(unnamed(pk), limit),
    putAll: async (items, what) => {
      for (const table of [shared, own]) {
        const some = items.filter((item) => of(item.pk) === table);
        const kept = some.map((item) => ({ ...item, pk: unnamed(item.pk) }));
        if (kept.length > 0) await table.putAll(kept, what);
      }
    },
    close: () => {
      own.close();
      shared.close();
    },
  };
}

/** The file is of one account, which may have another name in another folder. Only names of accounts begin with a small letter. */
function unnamed(pk: string): string {
  return pk.replace(/^[a-z][a-z0-9-]*(?=#)/, 'account');
}
