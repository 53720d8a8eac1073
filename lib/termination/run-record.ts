import { type Event, recall } from './events.ts';
import type { Target } from './model.ts';
import type { Plan } from './plan.ts';
import type { TerminationRequest } from './request.ts';

/** Everything that is known at the end; `lib/reports/report.ts` makes the report of it. */
export interface Run {
  request: TerminationRequest;
  plan: Plan;
  events: Event[];
  passes: number;
  /** Calls to NCP by action name. */
  calls: Record<string, number>;
  endedAt: string;
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
