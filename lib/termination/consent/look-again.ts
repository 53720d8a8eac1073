/** After people agreed: the same servers as before, none added, each as it is now. */

import { isBootedSince } from '../decision/decide.ts';
import type { Outcome } from '../decision/decision.ts';
import { type EventBody, refused } from '../events.ts';
import { withIds } from '../failure.ts';
import { Journal } from '../journal.ts';
import type { Target } from '../model.ts';
import { endOpen } from '../passes/end-open.ts';
import { inPlaceOf, type Plan, type PlanItem, willAct } from '../planning/plan.ts';
import { survey } from '../planning/survey.ts';
import { CloudError } from '../ports/cloud.ts';
import type { Tools } from '../ports/tools.ts';
import type { Reason } from '../reasons.ts';
import { learn, openTargets, type Run, type StepResult, stepResult } from '../run-record.ts';
import { publishRun } from '../status/publish.ts';

/**
 * A server that may not be taken any more drops out and is named. True if the plan changed otherwise and has to be agreed to
 * anew.
 */
export async function hasChanged(record: Run, round: number, tools: Tools): Promise<boolean> {
  const startedAt = Date.parse(record.endedAt);
  const deadlineAt = startedAt + record.request.deadlineMinutes * 60_000;
  for (let tries = 1; ; tries += 1) {
    const name = `look-again-${round}.${tries}`;
    const again = await tools.engine.step(name, () => lookOrNot(record, deadlineAt, tools));
    const { isChanged, isUnread, ...learnt } = again;
    learn(record, learnt);
    if (!isUnread) return isChanged;
    await tools.engine.sleep(`look-later-${round}.${tries}`, Math.min(600, 15 * 2 ** (tries - 1)));
  }
}

/** NCP may be down just then: it is waited for like in every pass, and then nothing was done. */
async function lookOrNot(record: Run, deadlineAt: number, tools: Tools): Promise<Again> {
  try {
    return await lookAgain(record, tools);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    const { plan } = record;
    const isOver = error.fatal || tools.clock.now() >= deadlineAt || tools.signal?.aborted === true;
    if (!isOver) return { ...stepResult({ events: [] }, tools), plan, isChanged: false, isUnread: true };
    const journal = new Journal(record.history, tools.clock);
    const { message, returnCode, failure } = error;
    const reason: Reason = { code: 'ncp-error', failure };
    const outcome: Outcome = error.fatal
      ? { result: 'failed', reason, returnCode, returnMessage: message, ...withIds(failure.ids) }
      : { result: 'unfinished', reason: { code: 'nothing-done', because: reason } };
    endOpen(record, { kind: 'outcome', outcome }, journal);
    tools.onEvents?.(journal.events);
    return { ...stepResult(journal, tools), plan, isChanged: false, isUnread: false };
  }
}

interface Again extends StepResult {
  /** NCP could not be read; nothing else holds then. */
  isUnread: boolean;
  plan: Plan;
  /** It has to be agreed to anew; otherwise it is as it was, but for servers that dropped out. */
  isChanged: boolean;
}

async function lookAgain(record: Run, tools: Tools): Promise<Again> {
  const { request, plan: agreed } = record;
  const journal = new Journal(record.history, tools.clock);
  const targets = openTargets(record);
  const numbers = targets.map((target) => target.serverInstanceNo);
  const fresh = await survey({ ...request, servers: numbers, names: [] }, tools, targets);
  const items = new Map(fresh.items.map((item) => [item.target.serverInstanceNo, item]));
  let isChanged = false;
  for (const target of targets) {
    const no = target.serverInstanceNo;
    const item = items.get(no);
    const dropped = whyDropped(target, item);
    if (dropped !== undefined) journal.add(no, dropped);
    else if (item !== undefined && willAct(item)) isChanged ||= !hasSameAttachments(target, item.target);
  }
  if (journal.events.length > 0) tools.onEvents?.(journal.events);
  // Those that were refused before stay in the plan with their reason; only what is still open is looked at anew.
  const renewed = (item: PlanItem): PlanItem => {
    const no = item.target.serverInstanceNo;
    const now = journal.isOpen(no) ? items.get(no) : undefined;
    if (now === undefined) return item;
    // Somebody returned it meanwhile: nothing is done to it, and what it left is known by what was pinned to it.
    if (now.verdict === 'already-gone') return { ...now, target: item.target };
    return { ...(isChanged ? now : item), target: repinned(item.target, now.target) };
  };
  const looked = agreed.items.map(renewed);
  const plan = isChanged ? inPlaceOf(agreed, { ...fresh, items: looked }) : { ...agreed, items: looked };
  if (!isChanged && record.request.notifySeconds.length === 0) {
    await publishRun({ ...record, memories: journal }, { state: 'working' }, tools);
  }
  if (isChanged) tools.onPlan?.(plan);
  return { ...stepResult(journal, tools), plan, isChanged, isUnread: false };
}

/** What was seen then and is not to be seen now (a server that is just booting has no last boot) is not forgotten. */
function repinned(before: Target, now: Target): Target {
  return { ...now, uptime: before.uptime || now.uptime, seenAt: before.seenAt, wasStopped: before.wasStopped };
}

function whyDropped(target: Target, item: PlanItem | undefined): EventBody | undefined {
  if (item === undefined) return refused('identity', { code: 'not-found-again' });
  if (item.guard !== '' && item.reason !== null) return refused(item.guard, item.reason);
  if (!willAct(item)) return undefined;
  const { serverName, createDate, uptime, wasProtected } = item.target;
  if (serverName !== target.serverName || createDate !== target.createDate) {
    return refused('identity', { code: 'replaced', serverName, createDate, planned: target.serverName });
  }
  const isOtherBoot = uptime !== target.uptime && uptime !== '' && target.uptime !== '';
  if (isOtherBoot || isBootedSince(target, uptime)) {
    return refused('restarted', { code: 'started-after-plan', uptime, isStopped: false });
  }
  return wasProtected && !target.wasProtected ? refused('protected', { code: 'protected-after-plan' }) : undefined;
}

function hasSameAttachments(before: Target, now: Target | undefined): boolean {
  return JSON.stringify(before.attachments) === JSON.stringify(now?.attachments ?? []);
}
