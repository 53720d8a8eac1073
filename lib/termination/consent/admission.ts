/**
 * Between the plan and its first act: wait for the window, then have the plan written down, its servers counted and
 * claimed. Counting comes last, so that a run that waits over a weekend counts on the day on which it acts.
 */

import type { Decision, Outcome } from '../decision/decision.ts';
import { heldBack } from '../decision/guards.ts';
import { refused } from '../events.ts';
import { Journal } from '../journal.ts';
import { endOpen } from '../passes/end-open.ts';
import { leaseUntil } from '../passes/lease.ts';
import { readConstraints } from '../passes/read-constraints.ts';
import { accountHolds, overLimits } from '../planning/limits.ts';
import { CloudError } from '../ports/cloud.ts';
import { type AuditLog, type RunStore, type Stored, StoreError } from '../ports/store.ts';
import { sourcesOf, type Tools } from '../ports/tools.ts';
import { isSameReason, type Reason } from '../reasons.ts';
import { openTargets, type Run, type StepResult, stepResult } from '../run-record.ts';
import type { Signal } from '../signals.ts';
import { auditOfPlan } from '../status/audit.ts';
import { actingTargets } from '../status/publish.ts';
import { readSignals } from './read-signals.ts';

export interface Admitted extends StepResult {
  /** Whole seconds until it is asked again; 0: the passes may begin. */
  waitSeconds: number;
  /** The signals until then. */
  signals: Signal[];
}

/** The longest wait at once: what was held back is looked at again at least twice a day. */
const LONGEST_WAIT_SECONDS = 12 * 3_600;

export async function admit(record: Run, tries: number, tools: Tools): Promise<Admitted> {
  const journal = new Journal(record.history, tools.clock);
  const { signals } = await readSignals(record, journal, tools);
  const isLeft = record.plan.items.some((item) => journal.isOpen(item.target.serverInstanceNo));
  const waitSeconds = !isLeft || tools.signal?.aborted === true ? 0 : await asked(record, tries, journal, tools);
  return { ...stepResult(journal, tools), waitSeconds, signals };
}

async function asked(record: Run, tries: number, journal: Journal, tools: Tools): Promise<number> {
  const held = await heldBackNow(record, tools);
  if (held?.kind === 'refuse') {
    endOpen(record, refused(held.guard, held.reason), journal);
    return 0;
  }
  if (held?.kind === 'wait') {
    const { reason, until } = held;
    if (until === undefined) return later(record, { reason, passing: true }, tries, journal);
    waitAll(record, reason, until, journal);
    return Math.max(1, Math.min(LONGEST_WAIT_SECONDS, Math.ceil((until - journal.now()) / 1000)));
  }
  try {
    if (tools.store !== undefined) await counted(record, journal, tools);
    return 0;
  } catch (error) {
    if (!(error instanceof StoreError || error instanceof CloudError)) throw error;
    const passing = error instanceof StoreError ? error.passing : !error.fatal;
    const reason: Reason = { code: 'unread', what: 'limits', failure: error.failure };
    return later(record, { reason, passing }, tries, journal);
  }
}

/** By a pause, or by the window of the policy then and now. Who may be touched at all, each pass asks. */
async function heldBackNow({ request }: Run, tools: Tools): Promise<Decision | undefined> {
  const constraints = (await readConstraints([], sourcesOf(request, tools)))('');
  return heldBack({ rules: request, constraints, now: tools.clock.now() });
}

type Counting = Stored<Pick<AuditLog & RunStore, 'record' | 'countedToday' | 'admit'>> &
  Pick<Tools, 'owner' | 'cloud' | 'clock'>;

async function counted(record: Run, journal: Journal, { store, owner = '', cloud, clock }: Counting): Promise<void> {
  const { request } = record;
  const { account, requestId } = request;
  const mine = actingTargets(record)
    .map((target) => target.serverInstanceNo)
    .filter((no) => journal.isOpen(no));
  if (store === undefined) return;
  // Written down before anything is done: what cannot be written down is not done.
  await store.record(auditOfPlan(record));
  const today = new Set([...mine, ...(await store.countedToday(account))]).size;
  const holds = await accountHolds(request, today, await regionNow(record, clock.now(), cloud), cloud);
  const admission = await store.admit({
    account,
    requestId,
    owner,
    servers: mine,
    claimedUntil: leaseUntil(request, clock.now()),
    refusal: (some, all) => overLimits(request, { mine: some.length, today: all.length, holds }),
  });
  switch (admission.kind) {
    case 'refused':
      return endOpen(record, refused('limit', admission.reason), journal);
    case 'duplicate': {
      const { owner: other, since } = admission;
      return endOpen(record, refused('duplicate', { code: 'duplicate', owner: other, since }), journal);
    }
    case 'admitted':
      for (const { serverInstanceNo, ...run } of admission.taken) {
        journal.add(serverInstanceNo, refused('other-run', { code: 'other-run', ...run }));
      }
  }
}

/** What was counted for the plan holds for a while; after a wait the region is counted again. */
const COUNT_MS = 10 * 60_000;

async function regionNow({ plan }: Run, now: number, cloud: Tools['cloud']): Promise<number> {
  if (now - Date.parse(plan.createdAt) < COUNT_MS) return plan.regionHolds;
  return (await cloud.allServers()).length;
}

/** Nothing is lost by waiting; when the time for the run is over, nothing was done. `passing`: waiting may help. */
function later(
  record: Run,
  { reason, passing }: { reason: Reason; passing: boolean },
  tries: number,
  journal: Journal,
): number {
  const { request } = record;
  const heldUntil = Math.max(...openTargets(record).map((target) => journal.of(target.serverInstanceNo).heldUntil));
  const deadlineAt = Math.max(Date.parse(record.begunAt), heldUntil) + request.deadlineMinutes * 60_000;
  if (!passing || journal.now() >= deadlineAt) {
    const outcome: Outcome = { result: 'unfinished', reason: { code: 'nothing-done', because: reason } };
    endOpen(record, { kind: 'outcome', outcome }, journal);
    return 0;
  }
  waitAll(record, reason, undefined, journal);
  return Math.min(600, 15 * 2 ** (tries - 1));
}

/** Said once to each, not at every look. */
function waitAll(record: Run, reason: Reason, until: number | undefined, journal: Journal): void {
  for (const { serverInstanceNo: no } of openTargets(record)) {
    if (isSameReason(journal.of(no).waitingFor, reason)) continue;
    const when = until === undefined ? {} : { until: new Date(until).toISOString() };
    journal.add(no, { kind: 'waiting', reason, ...when });
  }
}
