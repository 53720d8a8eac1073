import { createLogUpdate } from 'log-update';
import sliceAnsi from 'slice-ansi';
import type { Clock } from '../clock.ts';
import { clockTime, eventInWords } from '../reports/words.ts';
import type { Event } from '../termination/events.ts';
import { oneLine } from '../termination/one-line.ts';
import { type Plan, willAct } from '../termination/planning/plan.ts';
import { countsOf, hasEnded, type Progressing, phaseAfter } from './run-phases.ts';

/** The progress of a run on standard error. */
export interface Progress {
  plan(plan: Plan): void;
  events(events: readonly Event[]): void;
  end(): void;
}

interface Options {
  stream: NodeJS.WriteStream;
  clock: Pick<Clock, 'now'>;
  /** The policy, or what is terminated. */
  title: string;
}

/** A live display on a terminal, plain lines elsewhere: one where a phase has changed, and one for each trouble. */
export function progress(options: Options): Progress {
  return options.stream.isTTY ? liveDisplay(options) : plainLines(options);
}

export const SILENT: Progress = { plan: () => {}, events: () => {}, end: () => {} };

/** What is known of the servers that the run is to terminate. */
class Servers {
  readonly all = new Map<string, Progressing>();
  readonly #names = new Map<string, string>();
  readonly #waits = new Map<string, string>();

  plan({ items, createdAt }: Plan): void {
    const since = Date.parse(createdAt);
    for (const item of items) {
      const { serverInstanceNo, serverName } = item.target;
      this.#names.set(serverInstanceNo, serverName);
      if (willAct(item))
        this.all.set(serverInstanceNo, { phase: 'not begun', since, beganAt: undefined, trouble: undefined });
    }
  }

  /** Those of the events that are troubles, of servers that the run is about. */
  take(events: readonly Event[]): Event[] {
    return events.filter((event) => {
      const before = this.all.get(event.serverInstanceNo);
      if (before === undefined) return false;
      const after = phaseAfter(before, event);
      this.all.set(event.serverInstanceNo, after);
      if (event.kind === 'waiting' && event.until !== undefined) {
        this.#waits.set(event.serverInstanceNo, eventInWords(event));
      } else if (event.kind !== 'seen') this.#waits.delete(event.serverInstanceNo);
      return after.trouble === event;
    });
  }

  label(no: string): string {
    const name = this.#names.get(no);
    return oneLine(name ? `${no} ${name}` : no);
  }

  /** What servers wait for that is not over at the next look: each reason once, with how many wait for it. */
  waits(): string[] {
    const reasons = Map.groupBy([...this.#waits.values()], (text) => text);
    return [...reasons].map(([text, some]) => (some.length === 1 ? text : `${text} (${some.length} servers)`));
  }

  counts(): string {
    return countsOf(this.all.values())
      .map(([phase, count]) => `${phase} ${count}`)
      .join(' · ');
  }

  ended(): Progressing[] {
    return [...this.all.values()].filter(hasEnded);
  }
}

function plainLines({ stream, clock }: Options): Progress {
  const servers = new Servers();
  let last: string[] = [];
  const say = (line: string): void => void stream.write(`${clockTime(new Date(clock.now()).toISOString())} ${line}\n`);
  return {
    plan: (plan) => servers.plan(plan),
    events: (events) => {
      for (const event of servers.take(events)) say(`${servers.label(event.serverInstanceNo)}: ${eventInWords(event)}`);
      const now = [...servers.waits(), servers.counts()].filter((line) => line !== '');
      for (const line of now) if (!last.includes(line)) say(line);
      last = now;
    },
    end: () => {},
  };
}

/** Lines below the bar: what is in trouble, then what is slowest. */
const MOST_LINES = 8;
const BAR = 18;
/** A phase that takes longer is named with its server. */
const SLOW_MS = 30_000;

function liveDisplay({ stream, clock, title }: Options): Progress {
  const servers = new Servers();
  const display = createLogUpdate(stream);
  const begun = clock.now();
  const draw = (): void => {
    if (servers.all.size === 0) return;
    const now = clock.now();
    const columns = (stream.columns ?? 80) - 1;
    const room = Math.max(1, Math.min(MOST_LINES, (stream.rows ?? 24) - 5));
    const waits = servers.waits().map((line) => `  ${line}`);
    const lines = [headline(title, servers, { now, begun }), ...waits, ...namedLines(servers, now, room)];
    display(lines.map((line) => sliceAnsi(line, 0, columns)).join('\n'));
  };
  const ticking = setInterval(draw, 1_000);
  return {
    plan: (plan) => servers.plan(plan),
    events: (events) => {
      servers.take(events);
      draw();
    },
    end: () => {
      clearInterval(ticking);
      display.clear();
    },
  };
}

function headline(title: string, servers: Servers, { now, begun }: { now: number; begun: number }): string {
  const [ended, all] = [servers.ended().length, servers.all.size];
  const full = Math.round((ended / all) * BAR);
  const bar = `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`;
  return `${oneLine(title, 20)}  ${bar}  ${ended}/${all}  ${minutes(now - begun)}${expected(servers)}\n  ${servers.counts()}`;
}

/** What a server took, from the first act to its end, once some have ended. */
function expected(servers: Servers): string {
  const took = servers
    .ended()
    .flatMap(({ since, beganAt }) => (beganAt === undefined ? [] : [since - beganAt]))
    .toSorted((a, b) => a - b);
  const middle = took[Math.floor(took.length / 2)];
  return middle === undefined ? '' : ` (a server took about ${minutes(middle)})`;
}

function namedLines(servers: Servers, now: number, room: number): string[] {
  const all = [...servers.all];
  const troubled = all.filter(([, one]) => one.trouble !== undefined);
  const slow = all
    .filter(([, one]) => one.trouble === undefined && !hasEnded(one) && one.phase !== 'not begun')
    .filter(([, { since }]) => now - since >= SLOW_MS || all.length <= room)
    .toSorted(([, a], [, b]) => a.since - b.since);
  const lines = [
    ...troubled.map(
      ([no, { trouble }]) => `  ${servers.label(no)}: ${trouble === undefined ? '' : eventInWords(trouble)}`,
    ),
    ...slow.map(
      ([no, { phase, since }]) => `  ${servers.label(no)}: ${phase} (${Math.floor((now - since) / 1_000)} s)`,
    ),
  ];
  return lines.length <= room ? lines : [...lines.slice(0, room - 1), `  … and ${lines.length - room + 1} more`];
}

/** `00:48`, `61:05`. */
function minutes(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
