/** What is known of a run, and the one place where it is learnt. `lib/reports/report.ts` makes the report of it. */

import type { Clock } from '../clock.ts';
import type { Event } from './events.ts';
import { History, type Memories } from './journal.ts';
import type { Target } from './model.ts';
import type { Plan } from './planning/plan.ts';
import type { Cloud } from './ports/cloud.ts';
import type { TerminationRequest } from './request.ts';
import type { Signal } from './signals.ts';

/** Each phase reads it and returns what it learnt; only {@link learn} writes. */
export interface Run {
  readonly request: TerminationRequest;
  readonly plan: Plan;
  readonly history: History;
  /** What the history adds up to, and within a step what the step has added. */
  readonly memories: Memories;
  readonly passes: number;
  /** The last pass of which it is known what came of all that it wrote down. */
  readonly answeredPass: number;
  /** Calls to NCP by action name. */
  readonly calls: Readonly<Record<string, number>>;
  readonly endedAt: string;
  /** When acts could begin, RFC 3339 in UTC: the deadline counts from there. */
  readonly begunAt: string;
  /** When all open servers were last seen, RFC 3339 in UTC. */
  readonly lookedAt: string;
  /** How many servers it was to touch when it was let go on: people agreed to this number. */
  readonly touches: number;
  /** The signals that the run has read. */
  readonly signals: Signal[];
  /** How often it waited for signals. */
  readonly sleeps: number;
  /** Every chat that should shows the run; until then it is shown again while it waits for people. */
  readonly isShown: boolean;
  /** The report of a long wait was sent. */
  readonly isTold: boolean;
}

/** What a step tells of the servers. */
export interface StepResult {
  events: readonly Event[];
  calls: Readonly<Record<string, number>>;
  at: string;
}

/** What a phase may find out; what is not in it stays as it was. */
type Learnt = Partial<StepResult> & Partial<Omit<Run, 'request' | 'history' | 'memories' | 'calls' | 'endedAt'>>;

export function begun(request: TerminationRequest, plan: Plan, calls: Run['calls']): Run {
  const { createdAt } = plan;
  const history = new History();
  const nothing = { passes: 0, answeredPass: 0, touches: 0, signals: [], sleeps: 0, isShown: true, isTold: false };
  return {
    request,
    plan,
    calls,
    endedAt: createdAt,
    begunAt: createdAt,
    lookedAt: createdAt,
    history,
    memories: history,
    ...nothing,
  };
}

/** Remembers it in place, so that what is known is there whatever breaks the run. */
export function learn(run: Run, { events = [], calls = {}, at = run.endedAt, ...known }: Learnt): void {
  for (const event of events) run.history.take(event);
  Object.assign(run, known, { calls: sumOf(run.calls, calls), endedAt: at });
}

/** The run as it will be known once a step that found these out has ended. */
export function withEvents(run: Run, events: readonly Event[]): Run {
  const memories = new History(run.memories);
  for (const event of events) memories.take(event);
  return { ...run, memories };
}

/** Both by NCP's action name. */
export function sumOf(some: Run['calls'], more: Run['calls']): Record<string, number> {
  const sum = { ...some };
  for (const [action, count] of Object.entries(more)) sum[action] = (sum[action] ?? 0) + count;
  return sum;
}

/** The servers of the plan that have no outcome yet. */
export function openTargets({ plan, memories }: Pick<Run, 'plan' | 'memories'>): Target[] {
  return plan.items
    .map((item) => item.target)
    .filter((target) => memories.of(target.serverInstanceNo).outcome === undefined);
}

/** What a step of these events, and of the calls since the last one, tells. */
export function stepResult(
  { events }: { events: readonly Event[] },
  { cloud, clock }: { cloud: Pick<Cloud, 'takeCalls'>; clock: Clock },
): StepResult {
  return { events, calls: cloud.takeCalls(), at: new Date(clock.now()).toISOString() };
}
