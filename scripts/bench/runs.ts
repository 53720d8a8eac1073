/** Runs of banap in one account. */

import { chance } from '../../lib/chance.ts';
import { NcloudCloud } from '../../lib/ncloud/cloud.ts';
import { SqliteTable } from '../../lib/store/sqlite-table.ts';
import { TableStore } from '../../lib/store/store.ts';
import { parseRequest, type TerminationRequest } from '../../lib/termination/request.ts';
import { run } from '../../lib/termination/run.ts';
import { Account, type Conditions } from './account.ts';
import type { Sleep } from './virtual-time.ts';

/** What one run did. Times in milliseconds since the epoch. */
export interface RunResult {
  servers: readonly string[];
  startedAt: number;
  /** When its plan was made. */
  plannedAt: number;
  endedAt: number;
  sleeps: readonly Sleep[];
  /** A server did not end as `terminated`, or NCP still has it or something that was on it. */
  isLost: boolean;
  /** The error that ended it; empty if there was none. */
  failure: string;
}

export interface RunResults {
  account: Account;
  runs: readonly RunResult[];
  /** From the start until the last run has ended. */
  seconds: number;
}

/** More than any run here needs; a run that is not done by then is lost. */
export const DEADLINE_MINUTES = 20;

/** Starts one run for each list of servers, all at once. */
export async function runAll(conditions: Conditions, selections: readonly (readonly string[])[]): Promise<RunResults> {
  const account = new Account(conditions);
  const { clock } = account.time;
  const table = new SqliteTable({ file: ':memory:', clock });
  const store = new TableStore({ table, clock, chance: chance(conditions.seed) });
  const startedAt = clock.now();
  try {
    const runs = await account.time.runToEnd(() =>
      Promise.all(selections.map((servers, nth) => oneRun(account, store, servers, nth))),
    );
    return { account, runs, seconds: (clock.now() - startedAt) / 1_000 };
  } finally {
    store.disconnect();
  }
}

async function oneRun(
  account: Account,
  store: TableStore,
  servers: readonly string[],
  nth: number,
): Promise<RunResult> {
  const { clock } = account.time;
  const startedAt = clock.now();
  const sleeps: Sleep[] = [];
  let plannedAt = startedAt;
  let terminated = 0;
  const running = run(requestFor(servers, nth), {
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
  const failure = await running.then(
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
