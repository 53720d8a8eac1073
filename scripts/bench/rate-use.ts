/**
 * How much of the allowed request rate is used while there is work.
 *
 * There is work while NCP would accept the next act for at least one server of a run. The simulator's journal decides that,
 * not what the run knows. If a run had no work when it began to sleep, the whole sleep does not count as work, even if a
 * server becomes ready meanwhile: the rows of wall time measure how soon a run notices. If it had work, the sleep counts.
 */

import type { JournalChange, JournalEntry } from '../../lib/simulator/journal.ts';
import type { RunResult, RunResults } from './runs.ts';

export interface RateUse {
  /** Calls accepted while there was work ÷ calls allowed in that time. */
  used: number;
  /** Calls answered 429 ÷ all calls. */
  throttled: number;
}

/** From and to, in milliseconds since the epoch. */
type Interval = readonly [from: number, to: number];

export function rateUse({ account, runs }: RunResults, callsPerSecond: number): RateUse {
  const journal = account.journal();
  const work = merged(runs.flatMap((result) => workOf(result, account.attached, journal)));
  const calls = journal.filter((entry) => entry.kind === 'call');
  const taken = calls.filter(({ status }) => status !== 429).map(({ at }) => Date.parse(at));
  const inWork = taken.filter((at) => work.some(([from, to]) => from <= at && at < to)).length;
  const workSeconds = work.reduce((sum, [from, to]) => sum + (to - from), 0) / 1_000;
  return {
    used: inWork / (callsPerSecond * workSeconds),
    throttled: (calls.length - taken.length) / calls.length,
  };
}

function workOf(
  result: RunResult,
  attached: ReadonlyMap<string, string>,
  journal: readonly JournalEntry[],
): Interval[] {
  const work = readyBetween(result, attached, journal);
  const idle = result.sleeps.filter(({ from }) => !work.some(([begin, end]) => begin <= from && from < end));
  return idle.reduce<Interval[]>((left, { from, to }) => left.flatMap((one) => without(one, [from, to])), work);
}

/** When NCP would accept an act for at least one server of the run. */
function readyBetween(
  result: RunResult,
  attached: ReadonlyMap<string, string>,
  journal: readonly JournalEntry[],
): Interval[] {
  const groups = new Map(result.servers.map((no) => [no, new ServerGroup(no)]));
  const groupOf = new Map<string, ServerGroup>();
  for (const [no, group] of groups) groupOf.set(no, group);
  for (const [no, server] of attached) {
    const group = groups.get(server);
    if (group === undefined) continue;
    group.attach(no);
    groupOf.set(no, group);
  }
  const ready = new Set(groups.values());
  const found: Interval[] = [];
  let since: number | undefined = result.startedAt;
  for (const entry of journal) {
    const group = entry.kind === 'change' ? groupOf.get(entry.no) : undefined;
    if (entry.kind !== 'change' || group === undefined) continue;
    group.change(entry);
    if (group.isReady()) ready.add(group);
    else ready.delete(group);
    const at = Date.parse(entry.at);
    if (ready.size > 0) since ??= at;
    else if (since !== undefined) {
      found.push([since, at]);
      since = undefined;
    }
  }
  const open: Interval[] = since === undefined ? [] : [[since, result.endedAt]];
  return [...found, ...open].flatMap((one) => without(one, [result.endedAt, Number.POSITIVE_INFINITY]));
}

/** A server and what was attached to it at the start, in the state that NCP has them. */
class ServerGroup {
  readonly #server: Thing;
  readonly #attached = new Map<string, Thing>();

  constructor(no: string) {
    this.#server = { status: 'RUN', operation: 'NULL', serverInstanceNo: no };
  }

  attach(no: string): void {
    this.#attached.set(no, { status: '', operation: 'NULL', serverInstanceNo: this.#server.serverInstanceNo });
  }

  change({ resource, no, field, to }: JournalChange): void {
    const thing = resource === 'server' ? this.#server : this.#attached.get(no);
    if (thing === undefined) return;
    if (field === 'existence') thing.status = 'gone';
    else if (field === 'status' || field === 'operation' || field === 'serverInstanceNo') thing[field] = to;
  }

  isReady(): boolean {
    const { status, operation } = this.#server;
    const things = [...this.#attached.values()].filter((one) => one.status !== 'gone');
    if (status === 'gone') return things.some((one) => one.operation === 'NULL');
    if (status === 'RUN') return operation === 'NULL';
    const attached = things.filter((one) => one.serverInstanceNo !== '');
    return attached.length === 0 ? operation === 'NULL' : attached.some((one) => one.operation === 'NULL');
  }
}

interface Thing {
  status: string;
  operation: string;
  serverInstanceNo: string;
}

function without([from, to]: Interval, [begin, end]: Interval): Interval[] {
  const parts: Interval[] = [
    [from, Math.min(to, begin)],
    [Math.max(from, end), to],
  ];
  return parts.filter(([one, other]) => one < other);
}

function merged(intervals: readonly Interval[]): Interval[] {
  const found: Interval[] = [];
  for (const [from, to] of intervals.toSorted(([one], [other]) => one - other)) {
    const last = found.at(-1);
    if (last === undefined || last[1] < from) found.push([from, to]);
    else found[found.length - 1] = [last[0], Math.max(last[1], to)];
  }
  return found;
}
