/** What is measured, row by row. */

import { type ColdAnswers, measureCold } from '../cold.ts';
import { CALLS_PER_SECOND, LATENCY_SECONDS } from './account.ts';
import { type TargetId } from './bounds.ts';
import { decode, type Format } from './decoder.ts';
import { type Figure, figure, median } from './figures.ts';
import type { FleetShape } from './fleets.ts';
import { growth, type Replayed, replay } from './replay.ts';
import { DEADLINE_MINUTES } from './runs.ts';
import { banap, byHand, type Crowd, crowd, floor, type Lost, oneOfRegion } from './scenarios.ts';

export interface Row {
  target: TargetId;
  what: string;
  unit: 'calls' | 'ratio' | 'share' | 'runs' | 'power';
  /** Absent: it could not be measured here, and the note says why. */
  today?: Figure;
  /** Of the plain client. */
  byHand?: number;
  /** Of anybody. */
  minimum?: number;
  note?: string;
}

/** A figure of one seed. */
interface Told extends Pick<Row, 'note'> {
  today: number;
  byHand?: number;
  minimum?: number;
}

interface Asked extends Pick<Row, 'target' | 'what' | 'unit'> {
  tell: (seed: number) => Promise<Told>;
}

export type Seeds = readonly number[];

const ONE = { count: 1, hasBoth: false };
const ONE_BOTH = { count: 1, hasBoth: true };
const MANY = { count: 200, hasBoth: false };
const MANY_BOTH = { count: 200, hasBoth: true };

const FLEETS: readonly Asked[] = [
  { target: 'calls-plain', what: 'API calls per server, 200 plain servers', unit: 'calls', tell: callsPer(MANY) },
  {
    target: 'calls-both',
    what: 'API calls per server, 200 servers with an address and a volume each',
    unit: 'calls',
    tell: callsPer(MANY_BOTH),
  },
  { target: 'wall-1-plain', what: 'wall ÷ critical path, one plain server', unit: 'ratio', tell: wall(ONE) },
  {
    target: 'wall-1-both',
    what: 'wall ÷ critical path, one server with an address and a volume',
    unit: 'ratio',
    tell: wall(ONE_BOTH),
  },
  { target: 'wall-200-plain', what: 'wall ÷ critical path, 200 plain servers', unit: 'ratio', tell: wall(MANY) },
  {
    target: 'wall-200-both',
    what: 'wall ÷ what the request limit allows, 200 servers with both',
    unit: 'ratio',
    tell: wall(MANY_BOTH, 'limitAllows'),
  },
];

const ONE_RUN = { servers: 200, runs: 1, callsPerSecond: CALLS_PER_SECOND, latencySeconds: 0.5 };
const AT_ONCE = [1, 2, 4, 8, 16];
const LIMITS = [CALLS_PER_SECOND, 2];
const CROWD_SERVERS = 96;

/** `onRow`: told of each row that needs NCP, as it is done. `clientFolder`: for the cold starts, where the runtime's client is kept. */
export async function fullRows(
  seeds: Seeds,
  { clientFolder, onRow }: { clientFolder: string | undefined; onRow: (what: string) => void },
): Promise<Row[]> {
  const crowds = LIMITS.map((callsPerSecond) =>
    AT_ONCE.map((runs) => ({ servers: CROWD_SERVERS, runs, callsPerSecond, latencySeconds: LATENCY_SECONDS })),
  );
  return [
    ...(await rowsOf(FLEETS, seeds, onRow)),
    // Of the other servers the seed changes nothing that counts here.
    ...(await rowsOf(region(10_000, ['region-calls', 'region-wall', 'region-lost']), seeds.slice(0, 1), onRow)),
    ...(await rowsOf(rate(ONE_RUN, ['rate-used', 'rate-429']), seeds, onRow)),
    ...(await rowsOf(
      crowds.flat().flatMap((one) => rate(one, ['crowd-used', 'crowd-429', 'crowd-lost'])),
      seeds,
      onRow,
    )),
    ...(await replayRows([50, 100, 200, 400], ['replay-work', 'replay-time'])),
    ...(await coldRows(clientFolder)),
    ...(await decoderRows()),
  ];
}

/** Smaller where the full form takes long; the rows of fleets are the same. */
export async function shortRows(): Promise<Row[]> {
  const seeds = [1];
  const several = { servers: 24, runs: 4, callsPerSecond: CALLS_PER_SECOND, latencySeconds: LATENCY_SECONDS };
  return [
    ...(await rowsOf(FLEETS, seeds)),
    ...(await rowsOf(region(1_000, ['small-region-calls', 'small-region-wall']), seeds)),
    ...(await rowsOf(rate({ ...ONE_RUN, servers: 48 }, ['short-rate-used', 'short-rate-429']), seeds)),
    ...(await rowsOf(rate(several, ['short-crowd-used', 'short-crowd-429', 'short-crowd-lost']), seeds)),
    ...(await replayRows([25, 50, 100], ['replay-work'])),
  ];
}

async function rowsOf(asked: readonly Asked[], seeds: Seeds, onRow?: (what: string) => void): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { tell, ...row } of asked) {
    const told: Told[] = [];
    for (const seed of seeds) told.push(await tell(seed));
    onRow?.(row.what);
    const [{ note } = {}] = told;
    const [hand, minimum] = [medianOf(told, 'byHand'), medianOf(told, 'minimum')];
    rows.push({
      ...row,
      today: figure(told.map((one) => one.today)),
      ...(hand === undefined ? {} : { byHand: hand }),
      ...(minimum === undefined ? {} : { minimum }),
      ...(note === undefined ? {} : { note }),
    });
  }
  return rows;
}

function medianOf(told: readonly Told[], key: 'byHand' | 'minimum'): number | undefined {
  const values = told.flatMap((one) => one[key] ?? []);
  return values.length === 0 ? undefined : median(values);
}

function callsPer(shape: FleetShape): Asked['tell'] {
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
      byHand: (await byHand(shape, seed)).calls / shape.count,
      minimum: (lists + stops + later) / shape.count,
      ...note,
    };
  };
}

function wall(shape: FleetShape, by: 'criticalPath' | 'limitAllows' = 'criticalPath'): Asked['tell'] {
  return async (seed) => {
    const least = floor(shape, seed);
    const { seconds, lostRuns, failure } = await banap(shape, seed);
    if (lostRuns > 0) throw new Error(`the run of ${shape.count} servers was lost: ${failure}`);
    return {
      today: seconds / least[by],
      byHand: (await byHand(shape, seed)).seconds / least[by],
      minimum: least.limitAllows / least[by],
      note: `such as ${seconds.toFixed(1)} s ÷ ${least[by].toFixed(1)} s`,
    };
  };
}

function region(count: number, [calls, ratio, lost]: readonly [TargetId, TargetId, TargetId?]): Asked[] {
  const what = `region of ${count.toLocaleString('en')}, one selected`;
  const rows: Asked[] = [
    {
      target: calls,
      what: `${what}: calls after the plan's listing`,
      unit: 'calls',
      tell: async (seed) => {
        const { afterPlan, ...ended } = await oneOfRegion(count, seed);
        const { stops, later } = floor(ONE, seed).calls;
        const hand = (await byHand(ONE, seed)).calls;
        return { today: afterPlan.calls, byHand: hand, minimum: stops + later, ...lostNote(ended) };
      },
    },
    {
      target: ratio,
      what: `${what}: wall after the plan ÷ critical path`,
      unit: 'ratio',
      tell: async (seed) => {
        const { afterPlan, ...ended } = await oneOfRegion(count, seed);
        const least = floor(ONE, seed).criticalPath;
        const hand = (await byHand(ONE, seed)).seconds / least;
        return { today: afterPlan.seconds / least, byHand: hand, minimum: 1, ...lostNote(ended) };
      },
    },
  ];
  if (lost === undefined) return rows;
  const tell: Asked['tell'] = async (seed) => ({ today: (await oneOfRegion(count, seed)).lostRuns });
  return [...rows, { target: lost, what: `${what}: runs lost`, unit: 'runs', tell }];
}

function lostNote({ lostRuns, failure }: Lost): Pick<Told, 'note'> {
  if (lostRuns === 0) return {};
  return { note: failure === '' ? `not terminated in ${DEADLINE_MINUTES} minutes` : `broke off: ${failure}` };
}

function rate(of: Crowd, [used, throttled, lost]: readonly [TargetId, TargetId, TargetId?]): Asked[] {
  const { runs, servers, callsPerSecond, latencySeconds } = of;
  const many = runs === 1 ? 'one run' : `${runs} runs at once`;
  const what = `${many}, ${servers} servers with both, ${callsPerSecond} calls/s, ${latencySeconds} s a call`;
  return [
    {
      target: used,
      what: `${what}: rate used while there is work`,
      unit: 'share',
      tell: async (seed) => ({ today: (await crowd(of, seed)).used, minimum: 1 }),
    },
    {
      target: throttled,
      what: `${what}: calls answered 429`,
      unit: 'share',
      tell: async (seed) => ({ today: (await crowd(of, seed)).throttled, minimum: 0 }),
    },
    ...(lost === undefined
      ? []
      : [
          {
            target: lost,
            what: `${what}: runs lost`,
            unit: 'runs' as const,
            tell: async (seed: number): Promise<Told> => {
              const lived = await crowd(of, seed);
              return { today: lived.lostRuns, minimum: 0, ...lostNote(lived) };
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
    { name, told }: { name: string; told: (of: Replayed) => string },
  ): Row => ({
    target,
    what: `${what}: ${name} grows with the power`,
    unit: 'power',
    today: figure([growth(replays, of)]),
    minimum: 1,
    note: replays.map(told).join(', '),
  });
  const events = { name: 'events folded or copied', told: ({ walked }: Replayed) => walked.toLocaleString('en') };
  const [first] = replays;
  const ratios = { name: 'time', told: ({ ms }: Replayed) => `×${(ms / (first?.ms ?? ms)).toFixed(1)}` };
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

/** Each start ÷ the empty one of its round. */
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
