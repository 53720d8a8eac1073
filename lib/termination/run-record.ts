import { type Event, recall } from './events.ts';
import type { Target } from './model.ts';
import type { Plan } from './plan.ts';
import type { TerminationRequest } from './request.ts';
import type { Word } from './words.ts';

/** Everything that is known at the end; `lib/reports/report.ts` makes the report of it. */
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
  /** What people said to the run, as far as it was heard. */
  words: Word[];
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

export function addTo(ended: Run, { events, calls, at }: StepResult): void {
  ended.events.push(...events);
  for (const [action, count] of Object.entries(calls)) ended.calls[action] = (ended.calls[action] ?? 0) + count;
  ended.endedAt = at;
}
