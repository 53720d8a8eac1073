import { type Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { SqliteTable } from './sqlite-table.ts';
import { Store } from './store.ts';

/** The store in a SQLite file of this machine; `:memory:` lasts as long as the process. Throws LedgerError. */
export function sqliteStore(options: { file: string; clock: Clock; chance?: Chance }): Store {
  const { file, clock, chance } = options;
  return new Store({ table: new SqliteTable({ file, clock }), clock, ...(chance !== undefined && { chance }) });
}
