/** The scenarios. Each runs once per seed, because rows and plot need the same results. */

import { type Account, CALLS_PER_SECOND, type Conditions, LATENCY_SECONDS } from './account.ts';
import { criticalPath, fewestCalls, limitAllows } from './critical-path.ts';
import { type FleetShape, fleetOf } from './fleets.ts';
import { runPlainClient } from './plain-client.ts';
import { type RateUse, rateUse } from './rate-use.ts';
import { type RunResult, runAll } from './runs.ts';

/** Of terminating a whole fleet, or one server of a region. */
export interface FleetResult extends Lost {
  calls: number;
  seconds: number;
  /** From the plan on. */
  afterPlan: { calls: number; seconds: number };
}

export interface Lost {
  /** Runs that did not terminate all of their servers, or left something of theirs. */
  lostRuns: number;
  /** The error that ended the first of them; empty if there was none. */
  failure: string;
}

export interface Floor {
  criticalPath: number;
  /** Seconds that the request limit allows at least. */
  limitAllows: number;
  calls: ReturnType<typeof fewestCalls>;
}

const LIMIT = { callsPerSecond: CALLS_PER_SECOND };

/** One run terminates the whole fleet. */
export const banap = memoized(async (shape: FleetShape, seed: number): Promise<FleetResult> => {
  const conditions = conditionsOf(shape, seed);
  return fleetResultOf(await runAll(conditions, [numbersOf(conditions)]));
});

/** One run terminates one server of a region of `count` servers. */
export const oneOfRegion = memoized(async (count: number, seed: number): Promise<FleetResult> => {
  const conditions = conditionsOf({ count, hasBoth: false }, seed);
  return fleetResultOf(await runAll(conditions, [numbersOf(conditions).slice(0, 1)]));
});

export const plainClient = memoized(async (shape: FleetShape, seed: number) => {
  const conditions = conditionsOf(shape, seed);
  const { account, seconds } = await runPlainClient(conditions);
  if (account.hasLeft(new Set(numbersOf(conditions)))) throw new Error('the plain client left something');
  return { calls: callsOf(account).length, seconds };
});

export function floor(shape: FleetShape, seed: number): Floor {
  const { servers } = fleetOf(shape, seed);
  return {
    criticalPath: criticalPath(servers, LATENCY_SECONDS),
    limitAllows: limitAllows(servers, { latencySeconds: LATENCY_SECONDS, ...LIMIT }),
    calls: fewestCalls(servers),
  };
}

export interface ConcurrentRuns {
  /** Servers with a volume and an address each, in equal parts. */
  servers: number;
  runs: number;
  callsPerSecond: number;
  latencySeconds: number;
}

/** Several runs of one account at once. Each has a client of its own; they share only the store. */
export const concurrentRuns = memoized(async (of: ConcurrentRuns, seed: number): Promise<RateUse & Lost> => {
  const { servers, runs, callsPerSecond, latencySeconds } = of;
  const fleet = fleetOf({ count: servers, hasBoth: true }, seed);
  const conditions = { fleet, seed, latencySeconds, limit: { callsPerSecond } };
  const numbers = numbersOf(conditions);
  const each = servers / runs;
  const parts = Array.from({ length: runs }, (_, nth) => numbers.slice(nth * each, (nth + 1) * each));
  const results = await runAll(conditions, parts);
  return { ...rateUse(results, callsPerSecond), ...lostOf(results.runs) };
});

function conditionsOf(shape: FleetShape, seed: number): Conditions {
  return { fleet: fleetOf(shape, seed), seed, latencySeconds: LATENCY_SECONDS, limit: LIMIT };
}

function numbersOf({ fleet }: Conditions): string[] {
  return fleet.servers.map((server) => server.serverInstanceNo);
}

function fleetResultOf({ account, runs, seconds }: Awaited<ReturnType<typeof runAll>>): FleetResult {
  const calls = callsOf(account);
  const plannedAt = Math.max(...runs.map((result) => result.plannedAt));
  const endedAt = Math.max(...runs.map((result) => result.endedAt));
  const later = calls.filter(({ at }) => Date.parse(at) >= plannedAt).length;
  return {
    calls: calls.length,
    seconds,
    afterPlan: { calls: later, seconds: (endedAt - plannedAt) / 1_000 },
    ...lostOf(runs),
  };
}

function lostOf(runs: readonly RunResult[]): Lost {
  const lost = runs.filter(({ isLost }) => isLost);
  return { lostRuns: lost.length, failure: lost.find(({ failure }) => failure !== '')?.failure ?? '' };
}

function callsOf(account: Account) {
  return account.journal().filter((entry) => entry.kind === 'call');
}

/** Computes each result once. */
function memoized<Input, Output>(
  compute: (input: Input, seed: number) => Promise<Output>,
): (input: Input, seed: number) => Promise<Output> {
  const answers = new Map<string, Promise<Output>>();
  return (input, seed) => {
    const key = JSON.stringify([input, seed]);
    const answer = answers.get(key) ?? compute(input, seed);
    answers.set(key, answer);
    return answer;
  };
}
