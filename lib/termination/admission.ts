/**
 * Between the plan and its first act: wait for the window, then have the plan written down, its servers counted and
 * claimed. Counting comes last, so that a run that waits over a weekend counts on the day on which it acts.
 */

import { auditOfPlan } from './audit.ts';
import { refused } from './events.ts';
import { Journal } from './journal.ts';
import { leaseUntil } from './lease.ts';
import { LedgerError } from './ledger.ts';
import { accountHolds, overLimits } from './limits.ts';
import type { Decision } from './model.ts';
import { willAct } from './plan.ts';
import { closedWindow } from './precedence.ts';
import { openTargets, type Run, type StepResult } from './run-record.ts';
import { readStanding } from './standing.ts';
import { sourcesOf, type Tools } from './tools.ts';

export interface Admitted extends StepResult {
  /** Whole seconds until it is asked again; 0: the passes may begin. */
  waitSeconds: number;
}

/** The longest wait at once: what was held back is looked at again at least twice a day. */
const LONGEST_WAIT_SECONDS = 12 * 3_600;

export async function admit(ended: Run, tries: number, tools: Tools): Promise<Admitted> {
  const { clock, signal, cloud } = tools;
  const journal = new Journal(ended.events, clock);
  const waitSeconds = signal?.aborted === true ? 0 : await asked(ended, tries, journal, tools);
  return { events: journal.events, calls: cloud.takeCalls(), at: new Date(clock.now()).toISOString(), waitSeconds };
}

async function asked(ended: Run, tries: number, journal: Journal, tools: Tools): Promise<number> {
  const closed = await windowOf(ended, tools);
  if (closed?.kind === 'refuse') {
    refuseAll(ended, refused(closed.guard, closed.reason), journal);
    return 0;
  }
  if (closed?.kind === 'wait') {
    const until = closed.until ?? journal.now();
    waitAll(ended, closed.reason, until, journal);
    return Math.max(1, Math.min(LONGEST_WAIT_SECONDS, Math.ceil((until - journal.now()) / 1000)));
  }
  if (tools.ledger === undefined) return 0;
  try {
    await counted(ended, journal, tools);
    return 0;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return afterFailure(ended, error, tries, journal);
  }
}

/** Of the policy the run began with, and of the policy as it is now. Who may be touched at all, each pass asks. */
async function windowOf({ request }: Run, tools: Tools): Promise<Decision | undefined> {
  if (request.fence === null) return undefined;
  const standing = (await readStanding([], { ...sourcesOf(request, tools), ledger: undefined }))('');
  return closedWindow({ rules: request, standing, now: tools.clock.now() });
}

async function counted(ended: Run, journal: Journal, { ledger, owner = '', cloud, clock }: Tools): Promise<void> {
  const { request, plan } = ended;
  const { account, requestId } = request;
  const acting = new Set(plan.items.filter(willAct).map((item) => item.target.serverInstanceNo));
  const mine = openTargets(ended)
    .map((target) => target.serverInstanceNo)
    .filter((no) => acting.has(no));
  if (ledger === undefined) return;
  // Written down before anything is done: what cannot be written down is not done.
  await ledger.record(auditOfPlan(ended));
  const today = new Set([...mine, ...(await ledger.countedToday(account))]).size;
  const holds = await accountHolds(request, today, await regionNow(ended, clock.now(), cloud), cloud);
  const admission = await ledger.admit({
    account,
    requestId,
    owner,
    servers: mine,
    claimedUntil: leaseUntil(request, clock.now()),
    refusal: (some, all) => overLimits(request, { mine: some.length, today: all.length, holds }),
  });
  switch (admission.kind) {
    case 'refused':
      return refuseAll(ended, refused('limit', admission.reason), journal);
    case 'duplicate': {
      const reason = `this request is carried out already, since ${admission.since}, by ${admission.owner}`;
      return refuseAll(ended, refused('duplicate', reason), journal);
    }
    case 'admitted':
      for (const { serverInstanceNo: no, requestId: other, since } of admission.taken) {
        journal.add(no, refused('other-run', `run ${other} has been at it since ${since}`));
      }
  }
}

/** What was counted for the plan holds for a while; after a wait the region is counted again. */
const COUNT_MS = 10 * 60_000;

async function regionNow({ plan }: Run, now: number, cloud: Tools['cloud']): Promise<number> {
  if (now - Date.parse(plan.createdAt) < COUNT_MS) return plan.regionHolds;
  return (await cloud.allServers()).length;
}

/** Nothing is lost by waiting; when the time for the run is over, nothing was done. */
function afterFailure(ended: Run, error: LedgerError, tries: number, journal: Journal): number {
  const { request } = ended;
  const reason = `limits could not be counted: ${error.message}`;
  const heldUntil = Math.max(...openTargets(ended).map((target) => journal.of(target.serverInstanceNo).heldUntil));
  const deadlineAt = Math.max(Date.parse(ended.begunAt), heldUntil) + request.deadlineMinutes * 60_000;
  if (!error.passing || journal.now() >= deadlineAt) {
    const body = { kind: 'outcome', outcome: { result: 'unfinished', reason: `nothing was done: ${reason}` } } as const;
    refuseAll(ended, body, journal);
    return 0;
  }
  waitAll(ended, reason, undefined, journal);
  return Math.min(600, 15 * 2 ** (tries - 1));
}

function refuseAll(ended: Run, body: ReturnType<typeof refused>, journal: Journal): void {
  for (const { serverInstanceNo: no } of openTargets(ended)) journal.add(no, body);
}

/** Said once to each, not at every look. */
function waitAll(ended: Run, reason: string, until: number | undefined, journal: Journal): void {
  for (const { serverInstanceNo: no } of openTargets(ended)) {
    if (journal.of(no).waitingFor === reason) continue;
    const when = until === undefined ? {} : { until: new Date(until).toISOString() };
    journal.add(no, { kind: 'waiting', reason, ...when });
  }
}
