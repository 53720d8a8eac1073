/**
 * Protection that the plan showed is put back on servers that are bare and still there at the end: consent was given for
 * the termination, not for leaving them so. A failed try is repeated a few times; if success is not certain, the
 * journal says so.
 */

import { within } from '../../clock.ts';
import { DEFAULT_FRESH_SECONDS } from '../decision/bounds.ts';
import { type Failure, refusedBy } from '../failure.ts';
import { holdOfRun } from '../holds.ts';
import { Journal, type Memories } from '../journal.ts';
import type { Server, Target } from '../model.ts';
import { willAct } from '../planning/plan.ts';
import { CloudError } from '../ports/cloud.ts';
import type { Retry } from '../ports/engine.ts';
import { StoreError } from '../ports/store.ts';
import type { Tools } from '../ports/tools.ts';
import { learn, type Run, type StepResult, stepResult } from '../run-record.ts';

const MOST_TRIES = 8;
const LONGEST_WAIT_SECONDS = 120;
const TOO_SLOW: Failure = { kind: 'too-slow', of: '', code: '', message: 'NCP answers too slowly' };

/** A minute: NCP is asked nothing meanwhile. */
const HOLD_RETRY: Retry = { attempts: 5, firstDelaySeconds: 2, maxDelaySeconds: 20 };

/**
 * Before anything is done, each server whose protection may be lifted is held in this run's name. Throws a
 * {@link StoreError} if that cannot be written down: then nothing is done.
 */
export async function holdWhatMayBeLifted(record: Run, { engine, store, clock }: Tools): Promise<void> {
  const { account, requestId } = record.request;
  const targets = mayBeLifted(record);
  if (targets.length === 0 || store === undefined) return;
  const at = new Date(clock.now()).toISOString();
  await engine.step(
    'hold-protected',
    async () => {
      for (const target of targets) await store.hold(account, holdOfRun(target, requestId, at));
      return true;
    },
    HOLD_RETRY,
  );
}

/** Only what is surely protected again, or gone, is let go. If that fails, a person can still release it. */
async function letGo(record: Run, { engine, store }: Tools): Promise<void> {
  const { account, requestId } = record.request;
  const perhapsBare = new Set(
    record.history.events
      .filter((event) => event.kind === 'unknown' && event.action === 'restoreProtection')
      .map((event) => event.serverInstanceNo),
  );
  const sure = mayBeLifted(record).filter(({ serverInstanceNo }) => !perhapsBare.has(serverInstanceNo));
  if (sure.length === 0 || store === undefined) return;
  await engine.step('let-go', async () => {
    try {
      for (const target of sure) await store.letGo(account, holdOfRun(target, requestId, ''));
      return true;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return false;
    }
  });
}

/** Consent was given to lift what the plan showed, and only of servers that it touches. */
function mayBeLifted({ request, plan }: Run): Target[] {
  if (!request.overrideProtection) return [];
  return plan.items.filter(willAct).flatMap(({ target }) => (target.wasProtected ? [target] : []));
}

export async function restoreProtection(record: Run, given: Tools): Promise<void> {
  const tools = { ...given, cloud: given.afterwards ?? given.cloud };
  if (!record.request.overrideProtection) return;
  await restoreAllOf(record, tools);
  await letGo(record, tools);
}

async function restoreAllOf(record: Run, tools: Tools): Promise<void> {
  const targets = record.plan.items.map((item) => item.target);
  for (let tries = 1; ; tries += 1) {
    if (maybeUnprotected(targets, record.history).length === 0) return;
    const name = tries === 1 ? 'restore-protection' : `restore-protection-${tries}`;
    const isLast = tries === MOST_TRIES || tools.signal?.aborted === true;
    const tried = await tools.engine.step(name, () => restored(targets, record, { tries, isLast }, tools));
    const { isLeft, ...learnt } = tried;
    learn(record, learnt);
    if (!isLeft || isLast) return;
    await tools.engine.sleep(`restore-later-${tries}`, Math.min(LONGEST_WAIT_SECONDS, 5 * 2 ** (tries - 1)));
  }
}

/** One list that misses a server does not prove that nothing is to be put back; this many do. */
const LOOKS_FOR_MISSING = 3;
const NOT_LISTED: Failure = { kind: 'not-listed', of: '', code: '', message: 'NCP does not list it' };

interface Restored extends StepResult {
  /** Some may still be bare, and another try may help. */
  isLeft: boolean;
}

async function restored(
  targets: readonly Target[],
  record: Run,
  { tries, isLast }: { tries: number; isLast: boolean },
  tools: Tools,
): Promise<Restored> {
  const journal = new Journal(record.history, tools.clock);
  const wereProtected = maybeUnprotected(targets, record.history);
  let left: Left[] = [];
  try {
    left = await restoreAll(wereProtected, { tries, journal }, tools);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    left = wereProtected.map((target) => ({ target, failure: error.failure, isFinal: error.fatal }));
  }
  const isLeft = left.some(({ isFinal }) => !isFinal) && !isLast;
  if (!isLeft) for (const { target, failure } of left) doubt(target, failure, journal);
  tools.onEvents?.(journal.events);
  return { ...stepResult(journal, tools), isLeft };
}

/** Those whose protection was to be lifted, whether or not the journal says so: the pass that did it may have been cut off. */
function maybeUnprotected(targets: readonly Target[], memories: Memories): Target[] {
  return targets.filter(({ serverInstanceNo: no, wasProtected }) => {
    const { intended, isGone, outcome } = memories.of(no);
    const isOver = isGone || outcome?.result === 'terminated' || outcome?.result === 'already-gone';
    return wasProtected && intended['liftProtection'] !== undefined && !isOver;
  });
}

/** A server that may still be bare. `isFinal`: asking again cannot help. */
interface Left {
  target: Target;
  failure: Failure;
  isFinal: boolean;
}

/** Each look allows acts for a few seconds only, like any other; what did not fit is looked at again. */
async function restoreAll(
  targets: readonly Target[],
  { tries, journal }: { tries: number; journal: Journal },
  tools: Tools,
): Promise<Left[]> {
  const { cloud, clock, freshSeconds = DEFAULT_FRESH_SECONDS } = tools;
  const left: Left[] = [];
  let waiting = [...targets];
  while (waiting.length > 0) {
    await cloud.ready();
    const isFresh = within(clock, freshSeconds * 1000);
    const { bare, missing } = await bareAmong(waiting, tools);
    if (tries < LOOKS_FOR_MISSING)
      left.push(...missing.map((target) => ({ target, failure: NOT_LISTED, isFinal: false })));
    waiting = [];
    for (const target of bare) {
      const action = { name: 'restoreProtection' as const, serverInstanceNo: target.serverInstanceNo, on: [] };
      const [answer] = await cloud.act('restoreProtection', [action], isFresh);
      if (answer === undefined) waiting.push(target);
      else if (answer.kind === 'accepted') {
        journal.add(target.serverInstanceNo, { kind: 'requested', action: action.name, on: [] });
      } else {
        const failure = answer.kind === 'unknown' ? answer.failure : refusedBy(answer);
        const isFinal = answer.kind === 'rejected' && (answer.remedy === 'fail' || answer.remedy === 'fatal');
        left.push({ target, failure, isFinal });
      }
    }
    // Nothing could be sent in time: looking takes longer than a look allows an act.
    if (waiting.length > 0 && waiting.length === bare.length) {
      return [...left, ...waiting.map((target) => ({ target, failure: TOO_SLOW, isFinal: false }))];
    }
  }
  return left;
}

/** Only the servers of the plan, even if they were renamed: another one under the same number was protected by nobody we know. */
async function bareAmong(targets: readonly Target[], { cloud }: Tools): Promise<{ bare: Target[]; missing: Target[] }> {
  const { servers } = await cloud.servers(targets.map((target) => target.serverInstanceNo));
  return {
    bare: targets.filter((target) => servers.some((server) => isSame(server, target) && isBare(server))),
    missing: targets.filter(({ serverInstanceNo: no }) => servers.every((server) => server.serverInstanceNo !== no)),
  };
}

function isBare(server: Server): boolean {
  return !server.isProtectServerTermination && server.operation !== 'TERMT';
}

function isSame(server: Server, { serverInstanceNo, createDate }: Target): boolean {
  return server.serverInstanceNo === serverInstanceNo && server.createDate === createDate;
}

function doubt({ serverInstanceNo: no }: Target, failure: Failure, journal: Journal): void {
  journal.add(no, { kind: 'unknown', action: 'restoreProtection', on: [], reason: { code: 'perhaps-bare', failure } });
}
