/**
 * The main flow: a request becomes a plan, the plan becomes passes, the passes become outcomes. Read this first.
 * It is the same under Lambda, in this process and in virtual time; only the engine and the clock differ.
 */

import type { Clock } from '../clock.ts';
import { type Admitted, admit } from './admission.ts';
import { agree } from './agreement.ts';
import { auditOfEvents } from './audit.ts';
import { DEFAULT_POLL_SECONDS, paceFor } from './bounds.ts';
import { concludeCutShort } from './conclude.ts';
import { type Event, recall } from './events.ts';
import { Journal } from './journal.ts';
import { renewLease, secondsBetweenLooks } from './lease.ts';
import { LedgerError } from './ledger.ts';
import type { Rules, Target } from './model.ts';
import { announce } from './notices.ts';
import { pass } from './pass.ts';
import { firstEvents, type Plan } from './plan.ts';
import { isOver, showRun } from './presence.ts';
import type { TerminationRequest } from './request.ts';
import { perhapsBare, restoreProtection } from './restore.ts';
import { addTo, openTargets, type Run, type StepResult } from './run-record.ts';
import { readStanding } from './standing.ts';
import { survey } from './survey.ts';
import { sourcesOf, type Tools } from './tools.ts';

/** At most three durable operations a pass: under the 3,000 of an execution. */
const MOST_PASSES = 500;

/** What one step tells of so many servers stays well under the 256 KB of a checkpoint; they also fit one list call. */
const SERVERS_A_STEP = 100;

export async function run(request: TerminationRequest, tools: Tools): Promise<Run> {
  const { engine } = tools;
  const { plan, calls } = await engine.step('plan', () => planned(request, tools));
  const { createdAt } = plan;
  const atFirst = { endedAt: createdAt, begunAt: createdAt, words: [], isTold: false };
  const ended: Run = { request, plan, events: [], passes: 0, calls, ...atFirst };
  if (request.mode === 'plan') return ended;

  addTo(ended, { events: firstEvents(plan), calls: {}, at: plan.createdAt });
  try {
    await agree(ended, tools);
    await announce(ended, tools);
    await awaitAdmission(ended, tools);
    await passUntilDone(ended, tools);
  } catch (error) {
    throw new BrokenRun(ended, error);
  }
  return ended;
}

/** Nothing is done before the window is open and the plan was counted. */
async function awaitAdmission(ended: Run, tools: Tools): Promise<void> {
  // People may have taken their time until here; that is not the run's.
  ended.begunAt = ended.endedAt;
  for (let tries = 1; openTargets(ended).length > 0; tries += 1) {
    const admitted = await tools.engine.step(`admit-${tries}`, () => admission(ended, tries, tools));
    addTo(ended, admitted);
    if (admitted.waitSeconds === 0) {
      ended.begunAt = admitted.at;
      return;
    }
    if (admitted.waitSeconds >= LONG_WAIT_SECONDS) await tellOnce(ended, tools);
    await tools.engine.wait(`before-${tries}`, admitted.waitSeconds);
  }
}

/** Whoever is to start, keep or hold a server in time must hear of it before the run is over. */
const LONG_WAIT_SECONDS = 600;

async function tellOnce(ended: Run, tools: Tools): Promise<void> {
  if (ended.isTold) return;
  ended.isTold = true;
  await tools.onLongWait?.(ended);
}

async function admission(ended: Run, tries: number, tools: Tools): Promise<Admitted> {
  const admitted = await admit(ended, tries, tools);
  if (admitted.events.length > 0) tools.onEvents?.(admitted.events);
  const soFar = { ...ended, events: [...ended.events, ...admitted.events] };
  if (!isOver(soFar)) await showRun(soFar, { state: 'working' }, tools);
  return admitted;
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
  while (openTargets(ended).length > 0) {
    const n = (ended.passes += 1);
    const before = ended.events.length;
    for (const [part, some] of shards(openTargets(ended)).entries()) {
      addTo(ended, await engine.step(`pass-${n}.${part + 1}`, () => onePass(some, ended, tools)));
    }
    if (openTargets(ended).length === 0) break;
    const seconds = pause(ended, ended.events.length > before, tools);
    if (seconds >= LONG_WAIT_SECONDS) await tellOnce(ended, tools);
    await engine.wait(`wait-${n}`, seconds);
  }
  const mayBeBare = ended.request.overrideProtection && perhapsBare(targets, ended.events).length > 0;
  if (mayBeBare) addTo(ended, await engine.step('restore-protection', () => restored(targets, ended, tools)));
}

async function planned(request: TerminationRequest, tools: Tools): Promise<{ plan: Plan; calls: Run['calls'] }> {
  const plan = await survey(request, tools);
  tools.onPlan?.(plan);
  return { plan, calls: tools.cloud.takeCalls() };
}

function shards(targets: readonly Target[]): Target[][] {
  const count = Math.ceil(targets.length / SERVERS_A_STEP);
  return Array.from({ length: count }, (_, part) => targets.slice(part * SERVERS_A_STEP, (part + 1) * SERVERS_A_STEP));
}

async function onePass(targets: readonly Target[], ended: Run, tools: Tools): Promise<StepResult> {
  const { request, passes, events: past } = ended;
  const { cloud, clock, signal, pollSeconds = DEFAULT_POLL_SECONDS, onEvents } = tools;
  const timeMs = request.deadlineMinutes * 60_000;
  const interruption =
    signal?.aborted === true ? 'the run was interrupted' : passes > MOST_PASSES ? 'too many looks' : '';
  const events =
    interruption === ''
      ? await pass(
          {
            targets,
            events: past,
            rules: request,
            deadlineAt: Date.parse(ended.begunAt) + timeMs,
            timeMs,
            pace: paceFor(pollSeconds),
            standingOf: (asking) => readStanding(asking, sourcesOf(request, tools, ended.plan.hash)),
            signal,
          },
          cloud,
          clock,
        )
      : cutShort(targets, past, interruption, request, clock);
  onEvents?.(events);
  await renewLease(request, tools);
  await writeDown({ request, plan: ended.plan, events: [...past, ...events] }, past.length, tools);
  if (events.length > 0) await showRun({ ...ended, events: [...past, ...events] }, { state: 'working' }, tools);
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

/** As it happens, so that it is known although the run may never end; at the end all of it is written once more. */
async function writeDown(told: Parameters<typeof auditOfEvents>[0], from: number, { ledger }: Tools): Promise<void> {
  const records = auditOfEvents(told, from);
  if (records.length === 0) return;
  try {
    await ledger?.record(records);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
  }
}

async function restored(targets: readonly Target[], ended: Run, tools: Tools): Promise<StepResult> {
  const events = await restoreProtection(targets, ended.events, tools.cloud, tools.clock);
  tools.onEvents?.(events);
  return { events, calls: tools.cloud.takeCalls(), at: new Date(tools.clock.now()).toISOString() };
}

/** Short while things happen, longer while nothing does. At least a second: a durable wait knows no less. */
function pause(ended: Run, something: boolean, { pollSeconds: first = DEFAULT_POLL_SECONDS }: Tools): number {
  const { request, passes } = ended;
  const held = secondsHeldBack(ended);
  if (held > 0) return held;
  // A long deadline is looked at less often, so that it is reached before the looks run out.
  const most = Math.max(first * 6, (request.deadlineMinutes * 60) / (MOST_PASSES - 100));
  const seconds = something ? first : Math.min(most, first + passes / 2);
  return Math.max(1, Math.round(seconds));
}

/** Seconds in which every open server is held back, cut so that it is looked at now and then; 0 where one is not. */
function secondsHeldBack(ended: Run): number {
  const memories = recall(ended.events);
  const now = Date.parse(ended.endedAt);
  const left = openTargets(ended).map(({ serverInstanceNo: no }) => (memories.get(no)?.heldUntil ?? 0) - now);
  const shortest = Math.ceil(Math.min(...left) / 1000);
  if (!Number.isFinite(shortest) || shortest <= 0) return 0;
  return Math.min(shortest, secondsBetweenLooks(ended.request));
}
