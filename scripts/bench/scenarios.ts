/** What is lived through, each once: rows and the plot ask for the same ones. All of it is a function of the seed. */

import { type Account, CALLS_PER_SECOND, type Conditions, LATENCY_SECONDS } from './account.ts';
import { criticalPath, fewestCalls, limitAllows } from './critical-path.ts';
import { type FleetShape, fleetOf } from './fleets.ts';
import { liveByHand } from './plain-client.ts';
import { type RateUse, rateUse } from './rate-use.ts';
import { live, type Ran } from './runs.ts';

/** Of taking a whole fleet, or one server of a region. */
export interface Taken extends Lost {
  calls: number;
  seconds: number;
  /** From the plan on. */
  afterPlan: { calls: number; seconds: number };
}

export interface Lost {
  /** Runs that did not terminate all of their servers, or left something of theirs. */
  lostRuns: number;
  /** What broke the first of them off; empty if nothing did. */
  failure: string;
}

export interface Floor {
  criticalPath: number;
  /** Seconds that the request limit allows at least. */
  limitAllows: number;
  calls: ReturnType<typeof fewestCalls>;
}

const LIMIT = { callsPerSecond: CALLS_PER_SECOND };

/** One run takes the whole fleet. */
export const banap = remembered(async (shape: FleetShape, seed: number): Promise<Taken> => {
  const conditions = conditionsOf(shape, seed);
  return takenBy(await live(conditions, [numbersOf(conditions)]));
});

/** One run takes one server of a region that holds so many. */
export const oneOfRegion = remembered(async (count: number, seed: number): Promise<Taken> => {
  const conditions = conditionsOf({ count, hasBoth: false }, seed);
  return takenBy(await live(conditions, [numbersOf(conditions).slice(0, 1)]));
});

export const byHand = remembered(async (shape: FleetShape, seed: number) => {
  const conditions = conditionsOf(shape, seed);
  const { account, seconds } = await liveByHand(conditions);
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

export interface Crowd {
  /** Servers with a volume and an address each, in equal parts. */
  servers: number;
  runs: number;
  callsPerSecond: number;
  latencySeconds: number;
}

/** Several runs of one account at once, each in a process of its own that knows nothing of the others but the store. */
export const crowd = remembered(async (of: Crowd, seed: number): Promise<RateUse & Lost> => {
  const { servers, runs, callsPerSecond, latencySeconds } = of;
  const fleet = fleetOf({ count: servers, hasBoth: true }, seed);
  const conditions = { fleet, seed, latencySeconds, limit: { callsPerSecond } };
  const numbers = numbersOf(conditions);
  const each = servers / runs;
  const parts = Array.from({ length: runs }, (_, nth) => numbers.slice(nth * each, (nth + 1) * each));
  const lived = await live(conditions, parts);
  return { ...rateUse(lived, callsPerSecond), ...lostOf(lived.runs) };
});

function conditionsOf(shape: FleetShape, seed: number): Conditions {
  return { fleet: fleetOf(shape, seed), seed, latencySeconds: LATENCY_SECONDS, limit: LIMIT };
}

function numbersOf({ fleet }: Conditions): string[] {
  return fleet.servers.map((server) => server.serverInstanceNo);
}

function takenBy({ account, runs, seconds }: Awaited<ReturnType<typeof live>>): Taken {
  const calls = callsOf(account);
  const plannedAt = Math.max(...runs.map((ran) => ran.plannedAt));
  const endedAt = Math.max(...runs.map((ran) => ran.endedAt));
  const later = calls.filter(({ at }) => Date.parse(at) >= plannedAt).length;
  return {
    calls: calls.length,
    seconds,
    afterPlan: { calls: later, seconds: (endedAt - plannedAt) / 1_000 },
    ...lostOf(runs),
  };
}

function lostOf(runs: readonly Ran[]): Lost {
  const lost = runs.filter(({ isLost }) => isLost);
  return { lostRuns: lost.length, failure: lost.find(({ failure }) => failure !== '')?.failure ?? '' };
}

function callsOf(account: Account) {
  return account.journal().filter((entry) => entry.kind === 'call');
}

/** Each question is answered once. */
function remembered<Asked, Told>(
  find: (asked: Asked, seed: number) => Promise<Told>,
): (asked: Asked, seed: number) => Promise<Told> {
  const answers = new Map<string, Promise<Told>>();
  return (asked, seed) => {
    const key = JSON.stringify([asked, seed]);
    const answer = answers.get(key) ?? find(asked, seed);
    answers.set(key, answer);
    return answer;
  };
}
