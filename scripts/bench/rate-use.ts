/**
 * How much of the calls that NCP takes is used while there is something to ask for.
 *
 * There is work while NCP would take the next act for some server of a run, by what the simulator's journal shows and not
 * by what the run knows of it. A sleep that a run began when it had no work is not counted, even if work came up before
 * it woke: how soon a run sees that is measured as time. A sleep that it began with work left is.
 */

import type { JournalChange, JournalEntry } from '../../lib/simulator/journal.ts';
import type { Lived, Ran } from './runs.ts';

export interface RateUse {
  /** Calls that NCP took while there was work ÷ those that it would have taken. */
  used: number;
  /** Of all calls, those that were answered 429. */
  throttled: number;
}

/** From and to, in milliseconds since the epoch. */
type Interval = readonly [from: number, to: number];

export function rateUse({ account, runs }: Lived, callsPerSecond: number): RateUse {
  const journal = account.journal();
  const work = united(runs.flatMap((ran) => workOf(ran, account.attached, journal)));
  const calls = journal.filter((entry) => entry.kind === 'call');
  const taken = calls.filter(({ status }) => status !== 429).map(({ at }) => Date.parse(at));
  const inWork = taken.filter((at) => work.some(([from, to]) => from <= at && at < to)).length;
  const workSeconds = work.reduce((sum, [from, to]) => sum + (to - from), 0) / 1_000;
  return {
    used: inWork / (callsPerSecond * workSeconds),
    throttled: (calls.length - taken.length) / calls.length,
  };
}

function workOf(ran: Ran, attached: ReadonlyMap<string, string>, journal: readonly JournalEntry[]): Interval[] {
  const work = readyBetween(ran, attached, journal);
  const idle = ran.sleeps.filter(({ from }) => !work.some(([begin, end]) => begin <= from && from < end));
  return idle.reduce<Interval[]>((left, { from, to }) => left.flatMap((one) => without(one, [from, to])), work);
}

/** When NCP would take an act for some server of the run. */
function readyBetween(ran: Ran, attached: ReadonlyMap<string, string>, journal: readonly JournalEntry[]): Interval[] {
  const groups = new Map(ran.servers.map((no) => [no, new Belongings(no)]));
  const groupOf = new Map<string, Belongings>();
  for (const [no, group] of groups) groupOf.set(no, group);
  for (const [no, server] of attached) {
    const group = groups.get(server);
    if (group === undefined) continue;
    group.attach(no);
    groupOf.set(no, group);
  }
  const ready = new Set(groups.values());
  const found: Interval[] = [];
  let since: number | undefined = ran.startedAt;
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
  return since === undefined ? found : [...found, [since, ran.endedAt]];
}

/** A server and what was on it at first, as NCP has them. */
class Belongings {
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

function united(intervals: readonly Interval[]): Interval[] {
  const found: Interval[] = [];
  for (const [from, to] of intervals.toSorted(([one], [other]) => one - other)) {
    const last = found.at(-1);
    if (last === undefined || last[1] < from) found.push([from, to]);
    else found[found.length - 1] = [last[0], Math.max(last[1], to)];
  }
  return found;
}
