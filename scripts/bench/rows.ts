/** The rows of the benchmark. */

import { type ColdAnswers, measureCold } from '../cold.ts';
import { CALLS_PER_SECOND, LATENCY_SECONDS } from './account.ts';
import { type TargetId } from './bounds.ts';
import { decode, type Format } from './decoder.ts';
import { type Figure, figure, median } from './figures.ts';
import type { FleetShape } from './fleets.ts';
import { growth, type Replayed, replay } from './replay.ts';
import { DEADLINE_MINUTES } from './runs.ts';
import { banap, type ConcurrentRuns, concurrentRuns, floor, type Lost, oneOfRegion, plainClient } from './scenarios.ts';

export interface Row {
  target: TargetId;
  what: string;
  unit: 'calls' | 'ratio' | 'share' | 'runs' | 'power';
  /** Absent: it could not be measured here, and the note says why. */
  today?: Figure;
  /** The plain client's figure. */
  plainClient?: number;
  /** What no client can beat. */
  minimum?: number;
  note?: string;
}

/** A figure of one seed. */
interface SeedResult extends Pick<Row, 'note'> {
  today: number;
  plainClient?: number;
  minimum?: number;
}

interface RowSpec extends Pick<Row, 'target' | 'what' | 'unit'> {
  measure: (seed: number) => Promise<SeedResult>;
}

export type Seeds = readonly number[];

const ONE = { count: 1, hasBoth: false };
const ONE_BOTH = { count: 1, hasBoth: true };
const MANY = { count: 200, hasBoth: false };
const MANY_BOTH = { count: 200, hasBoth: true };

const FLEETS: readonly RowSpec[] = [
  { target: 'calls-plain', what: 'API calls per server, 200 plain servers', unit: 'calls', measure: callsPer(MANY) },
  {
    target: 'calls-both',
    what: 'API calls per server, 200 servers with an address and a volume each',
    unit: 'calls',
    measure: callsPer(MANY_BOTH),
  },
  { target: 'wall-1-plain', what: 'wall ÷ critical path, one plain server', unit: 'ratio', measure: wall(ONE) },
  {
    target: 'wall-1-both',
    what: 'wall ÷ critical path, one server with an address and a volume',
    unit: 'ratio',
    measure: wall(ONE_BOTH),
  },
  { target: 'wall-200-plain', what: 'wall ÷ critical path, 200 plain servers', unit: 'ratio', measure: wall(MANY) },
  {
    target: 'wall-200-both',
    what: 'wall ÷ what the request limit allows, 200 servers with both',
    unit: 'ratio',
    measure: wall(MANY_BOTH, 'limitAllows'),
  },
];

const ONE_RUN = { servers: 200, runs: 1, callsPerSecond: CALLS_PER_SECOND, latencySeconds: 0.5 };
const AT_ONCE = [1, 2, 4, 8, 16];
const LIMITS = [CALLS_PER_SECOND, 2];
const CONCURRENT_SERVERS = 96;

/** `onRow` is called after each row of a scenario. `clientFolder`: where the runtime's client for the cold starts is kept. */
export async function fullRows(
  seeds: Seeds,
  { clientFolder, onRow }: { clientFolder: string | undefined; onRow: (what: string) => void },
): Promise<Row[]> {
  const concurrent = LIMITS.map((callsPerSecond) =>
    AT_ONCE.map((runs) => ({ servers: CONCURRENT_SERVERS, runs, callsPerSecond, latencySeconds: LATENCY_SECONDS })),
  );
  return [
    ...(await rowsOf(FLEETS, seeds, onRow)),
    // Only the selected server's times depend on the seed, so one seed is enough.
    ...(await rowsOf(region(10_000, ['region-calls', 'region-wall', 'region-lost']), seeds.slice(0, 1), onRow)),
    ...(await rowsOf(rate(ONE_RUN, ['rate-used', 'rate-429']), seeds, onRow)),
    ...(await rowsOf(
      concurrent.flat().flatMap((one) => rate(one, ['concurrent-used', 'concurrent-429', 'concurrent-lost'])),
      seeds,
      onRow,
    )),
    ...(await replayRows([50, 100, 200, 400], ['replay-work', 'replay-time'])),
    ...(await coldRows(clientFolder)),
    ...(await decoderRows()),
  ];
}

/** The same rows for fleets, and smaller scenarios where the full ones take long. */
export async function shortRows(): Promise<Row[]> {
  const seeds = [1];
  const several = { servers: 24, runs: 4, callsPerSecond: CALLS_PER_SECOND, latencySeconds: LATENCY_SECONDS };
  return [
    ...(await rowsOf(FLEETS, seeds)),
    ...(await rowsOf(region(1_000, ['small-region-calls', 'small-region-wall']), seeds)),
    ...(await rowsOf(rate({ ...ONE_RUN, servers: 48 }, ['short-rate-used', 'short-rate-429']), seeds)),
    ...(await rowsOf(rate(several, ['short-concurrent-used', 'short-concurrent-429', 'short-concurrent-lost']), seeds)),
    ...(await replayRows([25, 50, 100], ['replay-work'])),
  ];
}

async function rowsOf(specs: readonly RowSpec[], seeds: Seeds, onRow?: (what: string) => void): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { measure, ...row } of specs) {
    const results: SeedResult[] = [];
    for (const seed of seeds) results.push(await measure(seed));
    onRow?.(row.what);
    const [{ note } = {}] = results;
    const [hand, minimum] = [medianOf(results, 'plainClient'), medianOf(results, 'minimum')];
    rows.push({
      ...row,
      today: figure(results.map((one) => one.today)),
      ...(hand === undefined ? {} : { plainClient: hand }),
      ...(minimum === undefined ? {} : { minimum }),
      ...(note === undefined ? {} : { note }),
    });
  }
  return rows;
}

function medianOf(results: readonly SeedResult[], key: 'plainClient' | 'minimum'): number | undefined {
  const values = results.flatMap((one) => one[key] ?? []);
  return values.length === 0 ? undefined : median(values);
}

function callsPer(shape: FleetShape): RowSpec['measure'] {
  return async (seed) => {
    const { lists, stops, later, oneByOne } = floor(shape, seed).calls;
    const note =
      oneByOne === 0
        ? {}
        : {
            note: `NCP takes an address alone: ${oneByOne} of the ${lists + stops + later} calls that it takes at least`,
          };
    return {
      today: (await banap(shape, seed)).calls / shape.count,
      plainClient: (await plainClient(shape, seed)).calls / shape.count,
      minimum: (lists + stops + later) / shape.count,
      ...note,
    };
  };
}

function wall(shape: FleetShape, by: 'criticalPath' | 'limitAllows' = 'criticalPath'): RowSpec['measure'] {
  return async (seed) => {
    const least = floor(shape, seed);
    const { seconds, lostRuns, failure } = await banap(shape, seed);
    if (lostRuns > 0) throw new Error(`the run of ${shape.count} servers was lost: ${failure}`);
    return {
      today: seconds / least[by],
      plainClient: (await plainClient(shape, seed)).seconds / least[by],
      minimum: least.limitAllows / least[by],
      note: `such as ${seconds.toFixed(1)} s ÷ ${least[by].toFixed(1)} s`,
    };
  };
}

function region(count: number, [calls, ratio, lost]: readonly [TargetId, TargetId, TargetId?]): RowSpec[] {
  const what = `region of ${count.toLocaleString('en')}, one selected`;
  const rows: RowSpec[] = [
    {
      target: calls,
      what: `${what}: calls after the plan's listing`,
      unit: 'calls',
      measure: async (seed) => {
        const { afterPlan, ...ended } = await oneOfRegion(count, seed);
        const { stops, later } = floor(ONE, seed).calls;
        const hand = (await plainClient(ONE, seed)).calls;
        return { today: afterPlan.calls, plainClient: hand, minimum: stops + later, ...noteOnLoss(ended) };
      },
    },
    {
      target: ratio,
      what: `${what}: wall after the plan ÷ critical path`,
      unit: 'ratio',
      measure: async (seed) => {
        const { afterPlan, ...ended } = await oneOfRegion(count, seed);
        const least = floor(ONE, seed).criticalPath;
        const hand = (await plainClient(ONE, seed)).seconds / least;
        return { today: afterPlan.seconds / least, plainClient: hand, minimum: 1, ...noteOnLoss(ended) };
      },
    },
  ];
  if (lost === undefined) return rows;
  const measure: RowSpec['measure'] = async (seed) => ({ today: (await oneOfRegion(count, seed)).lostRuns });
  return [...rows, { target: lost, what: `${what}: runs lost`, unit: 'runs', measure }];
}

function noteOnLoss({ lostRuns, failure }: Lost): Pick<SeedResult, 'note'> {
  if (lostRuns === 0) return {};
  return { note: failure === '' ? `not terminated in ${DEADLINE_MINUTES} minutes` : `broke off: ${failure}` };
}

function rate(of: ConcurrentRuns, [used, throttled, lost]: readonly [TargetId, TargetId, TargetId?]): RowSpec[] {
  const { runs, servers, callsPerSecond, latencySeconds } = of;
  const many = runs === 1 ? 'one run' : `${runs} runs at once`;
  const what = `${many}, ${servers} servers with both, ${callsPerSecond} calls/s, ${latencySeconds} s a call`;
  return [
    {
      target: used,
      what: `${what}: rate used while there is work`,
      unit: 'share',
      measure: async (seed) => ({ today: (await concurrentRuns(of, seed)).used, minimum: 1 }),
    },
    {
      target: throttled,
      what: `${what}: calls answered 429`,
      unit: 'share',
      measure: async (seed) => ({ today: (await concurrentRuns(of, seed)).throttled, minimum: 0 }),
    },
    ...(lost === undefined
      ? []
      : [
          {
            target: lost,
            what: `${what}: runs lost`,
            unit: 'runs' as const,
            measure: async (seed: number): Promise<SeedResult> => {
              const results = await concurrentRuns(of, seed);
              return { today: results.lostRuns, minimum: 0, ...noteOnLoss(results) };
            },
          },
        ]),
  ];
}

async function replayRows(looks: readonly number[], [work, time]: readonly [TargetId, TargetId?]): Promise<Row[]> {
  const replays: Replayed[] = [];
  for (const count of looks) replays.push(await replay(count));
  const what = `replay, 200 servers, news at each of ${looks.join('/')} looks`;
  const one = (
    target: TargetId,
    of: 'walked' | 'ms',
    { name, write }: { name: string; write: (of: Replayed) => string },
  ): Row => ({
    target,
    what: `${what}: ${name} grows with the power`,
    unit: 'power',
    today: figure([growth(replays, of)]),
    minimum: 1,
    note: replays.map(write).join(', '),
  });
  const events = { name: 'events folded or copied', write: ({ walked }: Replayed) => walked.toLocaleString('en') };
  const [first] = replays;
  const ratios = { name: 'time', write: ({ ms }: Replayed) => `×${(ms / (first?.ms ?? ms)).toFixed(1)}` };
  return [one(work, 'walked', events), ...(time === undefined ? [] : [one(time, 'ms', ratios)])];
}

async function coldRows(clientFolder: string | undefined): Promise<Row[]> {
  try {
    const { empty, slack, webhook } = await measureCold(clientFolder);
    return [
      { ...coldStart('Slack function'), ...coldFigure(slack, empty) },
      { ...coldStart('webhook function'), ...coldFigure(webhook, empty) },
    ];
  } catch (error) {
    const note = `not measured: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]}`;
    return [{ ...coldStart('Slack and webhook functions'), note }];
  }
}

function coldStart(name: string): Row {
  return { target: 'cold', what: `cold start, ${name} ÷ empty handler`, unit: 'ratio' };
}

/** The time of each start ÷ that of the empty handler in the same round. */
function coldFigure(answers: ColdAnswers['slack'], empty: ColdAnswers['empty']): Pick<Row, 'today' | 'minimum'> {
  return {
    today: figure(answers.map(({ answeredMs }, at) => answeredMs / (empty[at]?.answeredMs ?? Number.NaN))),
    minimum: 1,
  };
}

async function decoderRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const format of ['xml', 'json'] as const satisfies Format[]) {
    const { bytes, speed, ratio } = await decode(format);
    rows.push({
      target: 'decoder',
      what: `list decoder, 1,000 rows of ${format.toUpperCase()} ÷ bare parser`,
      unit: 'ratio',
      today: figure([ratio]),
      minimum: 1,
      note: `${(speed / 1e6).toFixed(0)} MB/s, ${(bytes / 1e6).toFixed(1)} MB`,
    });
  }
  return rows;
}
