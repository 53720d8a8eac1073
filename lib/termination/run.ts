/**
 * The main flow: a request becomes a plan, the plan becomes passes, the passes become outcomes. Read this first.
 * It is the same under Lambda, in this process and in virtual time; only the engine and the clock differ.
 */

import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { type Admitted, admit } from './consent/admission.ts';
import { agree } from './consent/approval.ts';
import { announce } from './consent/notices.ts';
import { signalsNow } from './consent/read-signals.ts';
import { rest } from './consent/wait-for-signals.ts';
import { DEFAULT_FRESH_SECONDS, DEFAULT_POLL_SECONDS, paceFor } from './decision/bounds.ts';
import type { Event } from './events.ts';
import { Journal, type Memories } from './journal.ts';
import type { Target } from './model.ts';
import { concludeCutShort } from './passes/conclude.ts';
import { renewLease, secondsBetweenLooks } from './passes/lease.ts';
import { pass } from './passes/pass.ts';
import { readConstraints, type Sources } from './passes/read-constraints.ts';
import { restoreProtection } from './passes/restore.ts';
import { ifAnothers, planned } from './planning/first-plan.ts';
import { firstEvents, willAct } from './planning/plan.ts';
import { StoreError } from './ports/store.ts';
import { sourcesOf, type Tools } from './ports/tools.ts';
import type { Reason } from './reasons.ts';
import type { TerminationRequest } from './request.ts';
import type { Rules } from './rules.ts';
import { begun, learn, openTargets, type Run, type StepResult, stepResult, withEvents } from './run-record.ts';
import { auditOfEvents } from './status/audit.ts';
import { actingTargets, isOver, publishRun } from './status/publish.ts';

/** A pass takes at most three durable operations, so this many stay under the 3,000 of an execution. */
const MOST_PASSES = 500;

/** What one step reports of this many servers stays well under the 256 KB of a checkpoint; they also fit one list call. */
const SERVERS_A_STEP = 100;

export async function run(request: TerminationRequest, given: Tools): Promise<Run> {
  const tools = { ...given, life: given.life ?? randomUUID() };
  const { plan, calls, owner } = await planned(request, tools);
  const record = begun(request, plan, calls);
  if (request.mode === 'plan') return record;

  learn(record, { events: [...firstEvents(plan), ...ifAnothers(plan, owner, tools)] });
  try {
    const goesOn = (await agree(record, tools)) && (await announce(record, tools));
    learn(record, { touches: actingTargets(record).length });
    if (goesOn) await awaitAdmission(record, tools);
    else mustBeOver(record, tools);
    await passUntilDone(record, tools);
  } catch (error) {
    throw new BrokenRun(record, error);
  }
  return record;
}

/** Without consent nothing may be left to act on; an interrupted run asks NCP for nothing more. */
function mustBeOver(record: Run, { signal }: Tools): void {
  if (!isOver(record) && signal?.aborted !== true) throw new Error('the run was not let go on, and servers are left');
}

/** Nothing is done before the window is open and the plan was counted. */
async function awaitAdmission(record: Run, tools: Tools): Promise<void> {
  // Time that people took to decide does not count against the run.
  learn(record, { begunAt: record.endedAt });
  for (let tries = 1; !isOver(record); tries += 1) {
    const admitted = await tools.engine.step(`admit-${tries}`, () => admission(record, tries, tools));
    const { waitSeconds, ...learnt } = admitted;
    learn(record, waitSeconds === 0 ? { ...learnt, begunAt: learnt.at } : learnt);
    if (waitSeconds === 0) return;
    if (waitSeconds >= LONG_WAIT_SECONDS) await tellOnce(record, tools);
    await rest(`before-${tries}`, waitSeconds, record, tools);
  }
}

/** People who want to start, keep or hold a server must hear of a wait this long before the run is over. */
const LONG_WAIT_SECONDS = 600;

async function tellOnce(record: Run, tools: Tools): Promise<void> {
  if (record.isTold) return;
  learn(record, { isTold: true });
  await tools.onLongWait?.(record);
}

async function admission(record: Run, tries: number, tools: Tools): Promise<Admitted> {
  const admitted = await admit(record, tries, tools);
  if (admitted.events.length > 0) tools.onEvents?.(admitted.events);
  const soFar = withEvents(record, admitted.events);
  if (!isOver(soFar)) await publishRun(soFar, { state: 'working' }, tools);
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

async function passUntilDone(record: Run, tools: Tools): Promise<void> {
  const { engine } = tools;
  while (openTargets(record).length > 0) {
    const n = record.passes + 1;
    learn(record, { passes: n });
    const before = record.history.events.length;
    let isThrottled = false;
    for (const [part, some] of shards(openTargets(record)).entries()) {
      const passed = await engine.step(`pass-${n}.${part + 1}`, () => onePass(some, record, tools));
      const { isThrottled: isRefused, ...learnt } = passed;
      learn(record, learnt);
      isThrottled ||= isRefused;
    }
    if (openTargets(record).length === 0) break;
    // What was written down is sent at once, after another look. Where NCP takes no calls it is written down anew after the
    // wait: somebody else may do the same meanwhile.
    if (isThrottled) learn(record, { passes: n + 1 });
    else if (record.history.events.slice(before).some(({ kind }) => kind === 'intended')) continue;
    const seconds = pause(record, record.history.events.length > before, tools);
    if (seconds < LONG_WAIT_SECONDS) {
      await engine.sleep(`wait-${n}`, seconds);
      continue;
    }
    await tellOnce(record, tools);
    // Signals until now wake nobody: the pass has read them.
    learn(record, { signals: await engine.step(`words-${n}`, () => signalsNow(record, tools)) });
    // A signal may end what holds a server back.
    await rest(`wait-${n}`, seconds, record, tools);
  }
  await restoreProtection(record, tools);
}

function shards(targets: readonly Target[]): Target[][] {
  const count = Math.ceil(targets.length / SERVERS_A_STEP);
  return Array.from({ length: count }, (_, part) => targets.slice(part * SERVERS_A_STEP, (part + 1) * SERVERS_A_STEP));
}

async function onePass(
  targets: readonly Target[],
  record: Run,
  tools: Tools,
): Promise<StepResult & { isThrottled: boolean }> {
  const { request, plan, passes, history } = record;
  const { cloud, clock, signal, onEvents } = tools;
  const { pollSeconds = DEFAULT_POLL_SECONDS, freshSeconds = DEFAULT_FRESH_SECONDS } = tools;
  const timeMs = request.deadlineMinutes * 60_000;
  const interruption: Reason | null =
    signal?.aborted === true ? { code: 'interrupted' } : passes > MOST_PASSES ? { code: 'too-many-looks' } : null;
  const { events, isThrottled } =
    interruption === null
      ? await pass(
          {
            targets,
            counted: new Set(plan.items.filter(willAct).map(({ target }) => target.serverInstanceNo)),
            known: history,
            rules: request,
            deadlineAt: Date.parse(record.begunAt) + timeMs,
            timeMs,
            pace: paceFor(pollSeconds),
            freshMs: freshSeconds * 1000,
            at: { pass: passes, life: tools.life ?? '' },
            constraintsOf: (asking) => readConstraints(asking, sourcesOf(request, tools, agreedIn(record))),
            signal,
          },
          cloud,
          clock,
        )
      : { events: cutShort(targets, history, interruption, request, clock), isThrottled: false };
  onEvents?.(events);
  await renewLease(request, tools);
  await writeDown(auditOfEvents({ request, plan }, events, history.events.length), tools);
  const soFar = withEvents(record, events);
  if (events.length > 0 && !isOver(soFar)) await publishRun(soFar, { state: 'working' }, tools);
  return { ...stepResult({ events }, tools), isThrottled };
}

function agreedIn({ plan, touches, request }: Run): Sources['agreed'] {
  return { planHash: plan.hash, servers: touches, requestedBy: request.askedBy };
}

/** The run is to end: report what is known, and ask NCP nothing more. */
function cutShort(targets: readonly Target[], known: Memories, why: Reason, rules: Rules, clock: Clock): Event[] {
  const journal = new Journal(known, clock);
  for (const target of targets.filter((one) => journal.isOpen(one.serverInstanceNo))) {
    const next = journal.of(target.serverInstanceNo).waitingFor ?? { code: 'nothing-asked' };
    concludeCutShort(target, { kind: 'unread', reason: why }, { why, next, rules }, journal);
  }
  return journal.events;
}

/** Written as it happens, because the run may never end; at the end all of it is written once more. */
async function writeDown(records: ReturnType<typeof auditOfEvents>, { store }: Tools): Promise<void> {
  if (records.length === 0) return;
  try {
    await store?.record(records);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

/** Short while things happen, longer while nothing does. At least a second, the shortest durable sleep. */
function pause(record: Run, something: boolean, { pollSeconds: first = DEFAULT_POLL_SECONDS }: Tools): number {
  const { request, passes } = record;
  const held = secondsHeldBack(record);
  if (held > 0) return held;
  // With a long deadline the run looks less often, so that the passes last until then.
  const most = Math.max(first * 6, (request.deadlineMinutes * 60) / (MOST_PASSES - 100));
  const seconds = something ? first : Math.min(most, first + passes / 2);
  return Math.max(1, Math.round(seconds));
}

/** For how many seconds every open server is held back, cut so that the run looks now and then; 0 if one is not. */
function secondsHeldBack(record: Run): number {
  const now = Date.parse(record.endedAt);
  const left = openTargets(record).map(({ serverInstanceNo: no }) => record.memories.of(no).waitsUntil - now);
  const shortest = Math.ceil(Math.min(...left) / 1000);
  if (!Number.isFinite(shortest) || shortest <= 0) return 0;
  return Math.min(shortest, secondsBetweenLooks(record.request));
}
