import { type Event, type EventBody, recall } from './events.ts';
import { Journal } from './journal.ts';
import type { Target } from './model.ts';
import type { Plan } from './plan.ts';
import type { TerminationRequest } from './request.ts';
import type { Tools } from './tools.ts';
import type { Word } from './words.ts';

/** All that is known of a run so far, and at its end; `lib/reports/report.ts` makes the report of it. */
export interface Run {
  request: TerminationRequest;
  plan: Plan;
  events: Event[];
  passes: number;
  /** Calls to NCP by action name. */
  calls: Record<string, number>;
  endedAt: string;
  /** When acts could begin, RFC 3339 in UTC: the deadline counts from there. */
  begunAt: string;
  /** The servers that it was to touch when it was let go on: so many were agreed to. */
  touches: number;
  /** What people said to the run, as far as it was heard. */
  words: Word[];
  /** How often it fell asleep while it waited for people. */
  sleeps: number;
  /** Everybody who should sees where it is; while it waits for people, it is shown again otherwise. */
  isShown: boolean;
  /** That it waits was told. */
  isTold: boolean;
}

/** What a step tells of the servers. */
export interface StepResult {
  events: Event[];
  calls: Record<string, number>;
  at: string;
}

/** The servers of the plan that have no outcome yet. */
export function openTargets({ plan, events }: Run): Target[] {
  const memories = recall(events);
  return plan.items
    .map((item) => item.target)
    .filter((target) => memories.get(target.serverInstanceNo)?.outcome === undefined);
}

export function addTo(record: Run, { events, calls, at }: StepResult): void {
  record.events.push(...events);
  addCalls(record.calls, calls);
  record.endedAt = at;
}

/** Both by NCP's action name. */
export function addCalls(to: Record<string, number>, more: Record<string, number>): void {
  for (const [action, count] of Object.entries(more)) to[action] = (to[action] ?? 0) + count;
}

/** What a step of these events, and of the calls since the last one, tells. */
export function stepResult(
  { events }: { events: Event[] },
  { cloud, clock }: Pick<Tools, 'cloud' | 'clock'>,
): StepResult {
  return { events, calls: cloud.takeCalls(), at: new Date(clock.now()).toISOString() };
}

/** End every server that has no outcome yet, or those of them that are named. */
export function endOpen(record: Run, body: EventBody, journal: Journal, only?: readonly string[]): void {
  for (const { serverInstanceNo: no } of openTargets(record)) {
    if (journal.isOpen(no) && (only === undefined || only.includes(no))) journal.add(no, body);
  }
}

/** In a step of its own, refuse every server that has no outcome yet. */
export async function refuseOpen(record: Run, step: string, refusal: EventBody, tools: Tools): Promise<void> {
  const ended = await tools.engine.step(step, () => {
    const journal = new Journal(record.events, tools.clock);
    endOpen(record, refusal, journal);
    tools.onEvents?.(journal.events);
    return Promise.resolve(stepResult(journal, tools));
  });
  addTo(record, ended);
}
