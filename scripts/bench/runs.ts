/** Runs of banap in one account, as each process of it would carry them. */

import { chance } from '../../lib/chance.ts';
import { NcloudCloud } from '../../lib/ncloud/cloud.ts';
import { SqliteTable } from '../../lib/store/sqlite-table.ts';
import { TableStore } from '../../lib/store/store.ts';
import { parseRequest, type TerminationRequest } from '../../lib/termination/request.ts';
import { run } from '../../lib/termination/run.ts';
import { Account, type Conditions } from './account.ts';
import type { Sleep } from './virtual-time.ts';

/** What one run did. Times in milliseconds since the epoch. */
export interface Ran {
  servers: readonly string[];
  startedAt: number;
  /** When it had its plan. */
  plannedAt: number;
  endedAt: number;
  sleeps: readonly Sleep[];
  /** A server did not end as `terminated`, or NCP still has it or something that was on it. */
  isLost: boolean;
  /** What broke it off; empty if nothing did. */
  failure: string;
}

export interface Lived {
  account: Account;
  runs: readonly Ran[];
  /** From the first call until the last run is over. */
  seconds: number;
}

/** Longer than any run here needs, and a run that is lost is measured only until then. */
export const DEADLINE_MINUTES = 20;

/** One run for each list of servers, all begun at once. */
export async function live(conditions: Conditions, selections: readonly (readonly string[])[]): Promise<Lived> {
  const account = new Account(conditions);
  const { clock } = account.time;
  const table = new SqliteTable({ file: ':memory:', clock });
  const store = new TableStore({ table, clock, chance: chance(conditions.seed) });
  const startedAt = clock.now();
  try {
    const runs = await account.time.carry(() =>
      Promise.all(selections.map((servers, nth) => oneRun(account, store, servers, nth))),
    );
    return { account, runs, seconds: (clock.now() - startedAt) / 1_000 };
  } finally {
    store.disconnect();
  }
}

async function oneRun(account: Account, store: TableStore, servers: readonly string[], nth: number): Promise<Ran> {
  const { clock } = account.time;
  const startedAt = clock.now();
  const sleeps: Sleep[] = [];
  let plannedAt = startedAt;
  let terminated = 0;
  const carried = run(requestFor(servers, nth), {
    engine: account.time.engine((sleep) => void sleeps.push(sleep)),
    cloud: cloudOf(account, nth),
    clock,
    store,
    owner: `execution-${nth}`,
    life: `life-${nth}`,
    onPlan: () => {
      plannedAt = clock.now();
    },
    onEvents: (events) => {
      terminated += events.filter((event) => event.kind === 'outcome' && event.outcome.result === 'terminated').length;
    },
  });
  const failure = await carried.then(
    () => '',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const isLost = terminated < servers.length || account.hasLeft(new Set(servers));
  return { servers, startedAt, plannedAt, endedAt: clock.now(), sleeps, isLost, failure };
}

export function cloudOf(account: Account, nth: number): NcloudCloud {
  return new NcloudCloud(account.client(nth), { environment: 'vpc', region: 'KR' });
}

export function requestFor(servers: readonly string[], nth: number): TerminationRequest {
  return parseRequest(
    {
      environment: 'vpc',
      mode: 'terminate',
      servers: [...servers],
      storage: 'delete',
      publicIp: 'release',
      deadlineMinutes: DEADLINE_MINUTES,
      limits: { maxServers: 200, maxPercent: 100 },
    },
    { requestId: `bench-${nth}`, trigger: 'cli' },
  );
}
