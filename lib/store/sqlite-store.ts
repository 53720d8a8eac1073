import type { Clock } from '../clock.ts';
import { joined } from './joined-table.ts';
import { PAUSES } from './pauses.ts';
import { SqliteTable } from './sqlite-table.ts';
import { TableStore } from './store.ts';

/**
 * The store of an account in a SQLite file of this machine. `shared`: the file of what concerns every account. Throws
 * StoreError.
 */
export function sqliteStore({ file, shared, clock }: { file: string; shared: string; clock: Clock }): TableStore {
  const all = new SqliteTable({ file: shared, clock });
  try {
    return new TableStore({ table: joined(new SqliteTable({ file, clock }), all, isShared), clock });
  } catch (error) {
    all.close();
    throw error;
  }
}

/** The store of what concerns every account: only pauses are read and written there. */
export function sharedStore({ shared, clock }: { shared: string; clock: Clock }): TableStore {
  return new TableStore({ table: new SqliteTable({ file: shared, clock }), clock });
}

function isShared(pk: string): boolean {
  return pk === PAUSES;
}
