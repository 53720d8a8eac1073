/**
 * The main flow: a request becomes a plan, the plan becomes passes, the passes become outcomes. Read this first.
 * It is the same under Lambda, in this process and in virtual time; only the engine and the clock differ.
 */

import type { Clock } from '../clock.ts';
import { DEFAULT_POLL_SECONDS, paceFor } from './bounds.ts';
import type { Cloud } from './cloud.ts';
import { concludeCutShort } from './conclude.ts';
import type { Engine } from './engine.ts';
import { type Event, recall } from './events.ts';
import { Journal } from './journal.ts';
import type { Rules, Target } from './model.ts';
import { pass } from './pass.ts';
import { agreedOnly, firstEvents, makePlan, type Plan } from './plan.ts';
import type { TerminationRequest } from './request.ts';
import { perhapsBare, restoreProtection } from './restore.ts';
import { select } from './select.ts';

/** What a run works with. */
export interface Tools {
  engine: Engine;
  cloud: Cloud;
  clock: Clock;
  /** Seconds between the first looks; while nothing happens they become up to six times as long. */
  pollSeconds?: number;
  /** Hash of the plan that somebody agreed to. Any other plan is refused whole. */
  agreedHash?: string;
  /** Told of everything as it happens; told nothing twice when a crashed run goes on. */
  onPlan?: (plan: Plan) => void;
  onEvents?: (events: readonly Event[]) => void;
  /** Aborted when somebody wants the run to end: the pass under way is finished, nothing further is asked of NCP. */
  signal?: AbortSignal;
}

/** Everything that is known at the end; `lib/reports/report.ts` makes the report of it. */
export interface Run {
  request: TerminationRequest;
  plan: Plan;
  events: Event[];
  passes: number;
  /** Calls to NCP by action name. */
  calls: Record<string, number>;
  endedAt: string;
}

/** At most three durable operations a pass: under the 3,000 of an execution. */
const MOST_PASSES = 900;

/** What one step tells of so many servers stays well under the 256 KB of a checkpoint; they also fit one list call. */
const SERVERS_A_STEP = 100;

export async function run(request: TerminationRequest, tools: Tools): Promise<Run> {
  const { engine } = tools;
  const planned = await engine.step('plan', () => survey(request, tools));
  const { plan } = planned;
  const ended: Run = { request, plan, events: [], passes: 0, calls: planned.calls, endedAt: plan.createdAt };
  if (request.mode === 'plan') return ended;

  add(ended, { events: firstEvents(plan), calls: {}, at: plan.createdAt });
  try {
    await passUntilDone(ended, tools);
  } catch (error) {
    throw new BrokenRun(ended, error);
  }
  return ended;
}

/** The run itself failed after the plan. What it had done and seen until then must not be lost. */
export class BrokenRun extends Error {
  readonly run: Run;

  constructor(broken: Run, cause: unknown) {
    super('the run broke off', { cause });
    this.name = 'BrokenRun';
    this.run = broken;
  }
}

async function passUntilDone(ended: Run, tools: Tools): Promise<void> {
  const { engine } = tools;
  const targets = ended.plan.items.map((item) => item.target);
  while (open(targets, ended).length > 0) {
    const n = (ended.passes += 1);
    const before = ended.events.length;
    for (const [part, some] of shards(open(targets, ended)).entries()) {
      add(ended, await engine.step(`pass-${n}.${part + 1}`, () => onePass(some, ended, tools)));
    }
    if (open(targets, ended).length === 0) break;
    await engine.wait(`wait-${n}`, pause(ended, ended.events.length > before, tools));
  }
  const mayBeBare = ended.request.overrideProtection && perhapsBare(targets, ended.events).length > 0;
  if (mayBeBare) add(ended, await engine.step('restore-protection', () => restored(targets, ended, tools)));
}

interface StepResult {
  events: Event[];
  calls: Record<string, number>;
  at: string;
}

async function survey(
  request: TerminationRequest,
  tools: Tools,
): Promise<{ plan: Plan; calls: Record<string, number> }> {
  const { cloud, clock, onPlan } = tools;
  const all = await cloud.allServers();
  const selection = select(request, all);
  const elsewhere =
    selection.missing.length === 0 ? { found: [], unread: [], closed: [] } : await cloud.elsewhere(selection.missing);
  const at = new Date(clock.now()).toISOString();
  const plan = agreedOnly(makePlan(request, { at, all, selection, elsewhere }), tools.agreedHash);
  onPlan?.(plan);
  return { plan, calls: cloud.takeCalls() };
}

function shards(targets: readonly Target[]): Target[][] {
  const count = Math.ceil(targets.length / SERVERS_A_STEP);
  return Array.from({ length: count }, (_, part) => targets.slice(part * SERVERS_A_STEP, (part + 1) * SERVERS_A_STEP));
}

async function onePass(
  targets: readonly Target[],
  { request, plan, passes, events: past }: Run,
  { cloud, clock, signal, pollSeconds = DEFAULT_POLL_SECONDS, onEvents }: Tools,
): Promise<StepResult> {
  const deadlineAt = Date.parse(plan.createdAt) + request.deadlineMinutes * 60_000;
  const interruption =
    signal?.aborted === true ? 'the run was interrupted' : passes > MOST_PASSES ? 'too many looks' : '';
  const events =
    interruption === ''
      ? await pass(
          { targets, events: past, rules: request, deadlineAt, pace: paceFor(pollSeconds), signal },
          cloud,
          clock,
        )
      : cutShort(targets, past, interruption, request, clock);
  onEvents?.(events);
  return { events, calls: cloud.takeCalls(), at: new Date(clock.now()).toISOString() };
}

/** Somebody wants the run to end: say what is known, ask NCP nothing more. */
function cutShort(
  targets: readonly Target[],
  past: readonly Event[],
  why: string,
  rules: Rules,
  clock: Clock,
): Event[] {
  const journal = new Journal(past, clock);
  for (const target of targets.filter((one) => journal.isOpen(one.serverInstanceNo))) {
    const next = journal.of(target.serverInstanceNo).waitingFor || 'nothing more was asked of NCP';
    concludeCutShort(target, { kind: 'unread', reason: '' }, { why, next, rules }, journal);
  }
  return journal.events;
}

async function restored(targets: readonly Target[], ended: Run, tools: Tools): Promise<StepResult> {
  const events = await restoreProtection(targets, ended.events, tools.cloud, tools.clock);
  tools.onEvents?.(events);
  return { events, calls: tools.cloud.takeCalls(), at: new Date(tools.clock.now()).toISOString() };
}

function add(ended: Run, { events, calls, at }: StepResult): void {
  ended.events.push(...events);
  for (const [action, count] of Object.entries(calls)) ended.calls[action] = (ended.calls[action] ?? 0) + count;
  ended.endedAt = at;
}

function open(targets: readonly Target[], { events }: Run): Target[] {
  const memories = recall(events);
  return targets.filter((target) => memories.get(target.serverInstanceNo)?.outcome === undefined);
}

/** Short while things happen, longer while nothing does. At least a second: a durable wait knows no less. */
function pause(
  { request, passes }: Run,
  something: boolean,
  { pollSeconds: first = DEFAULT_POLL_SECONDS }: Tools,
): number {
  // A long deadline is looked at less often, so that it is reached before the looks run out.
  const most = Math.max(first * 6, (request.deadlineMinutes * 60) / (MOST_PASSES - 100));
  const seconds = something ? first : Math.min(most, first + passes / 2);
  return Math.max(1, Math.round(seconds));
}
