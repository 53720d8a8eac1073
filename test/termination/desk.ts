import { onTestFinished } from 'vitest';
import { chance } from '../../lib/chance.ts';
import type { Clock } from '../../lib/clock.ts';
import { SqliteTable } from '../../lib/store/sqlite-table.ts';
import { TableStore } from '../../lib/store/store.ts';
import type { Hold } from '../../lib/termination/holds.ts';
import { faulty, type Meter, newMeter } from '../store/faulty-table.ts';

export interface Desk {
  /** Lets calls to the table fail. */
  table: Pick<Meter, 'failNext'>;
  store: TableStore;
  close(): Promise<void>;
}

/** A table in memory and a store on it that lives by this clock; closed when the test is over. */
export async function startDesk(clock: Clock): Promise<Desk> {
  const desk = await openDesk(clock);
  onTestFinished(() => desk.close());
  return desk;
}

/** As {@link startDesk}, for callers that start many in one test, or one outside of tests, and close them themselves. */
export function openDesk(clock: Clock): Promise<Desk> {
  const meter = newMeter();
  const table = faulty(new SqliteTable({ file: ':memory:', clock }), meter);
  const store = new TableStore({ table, clock, chance: chance(1) });
  return Promise.resolve({ table: meter, store, close: () => Promise.resolve(store.disconnect()) });
}

/** Somebody keeps 1001, for ever unless said otherwise. */
export function holdOn(serverInstanceNo: string, changes: Partial<Hold> = {}): Hold {
  return {
    serverInstanceNo,
    serverName: '',
    kind: 'keep',
    by: '김하나',
    reason: 'demo',
    at: '2026-03-01T00:00:00Z',
    until: '',
    ...changes,
  };
}
