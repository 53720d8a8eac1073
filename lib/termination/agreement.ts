/**
 * People agree to a plan before anything of it is done. Their word is about one plan, by its hash: what runs is that plan
 * and still eligible. A server that may not be taken any more drops out and is named; a plan that changed otherwise voids
 * what was said, and is asked about again.
 */

import { zonedAndUtc } from '../calendar/shown.ts';
import { CloudError } from './cloud.ts';
import { type EventBody, refused } from './events.ts';
import { type Wait, waitAndHear } from './hearing.ts';
import { Journal } from './journal.ts';
import type { Target } from './model.ts';
import { inPlaceOf, type Plan, type PlanItem, willAct } from './plan.ts';
import { actingTargets, isOver, showRun } from './presence.ts';
import { addTo, endOpen, openTargets, type Run, type StepResult, stepResult } from './run-record.ts';
import { survey } from './survey.ts';
import type { Tools } from './tools.ts';
import { type Approval, inWords, type Judgement, judgeWords, peopleNeeded, type Word } from './words.ts';

/** A plan that changes so often is no plan. */
const MOST_ROUNDS = 5;

/**
 * True where the run may go on: enough people agreed to this very plan, or nobody has to. Where it may not, every server is
 * refused, or the run was interrupted.
 */
export async function agree(record: Run, tools: Tools): Promise<boolean> {
  const { approval } = record.request;
  if (approval === null) return true;
  for (let round = 1; ; round += 1) {
    const needed = neededIn(round, record, approval);
    if (needed === 0) return true;
    if (isOver(record)) return false;
    const hopeless = whyHopeless(round, tools);
    if (hopeless !== '') {
      addTo(record, await tools.engine.step('not-asked', () => Promise.resolve(unapproved(record, hopeless, tools))));
      return false;
    }
    const { untilAt, isShown } = await tools.engine.step(`ask-${round}`, () => ask(record, approval, needed, tools));
    record.isShown = isShown;
    const isAgreed = await waitAndHear(record, consent(record, approval, { round, needed, untilAt }), tools);
    if (!isAgreed) return false;
    const { plan, isChanged } = await lookedAgain(record, round, tools);
    record.plan = plan;
    if (!isChanged) return true;
  }
}

/** Whoever was asked about a plan is asked about the one in its place, too, however few servers are left in it. */
function neededIn(round: number, record: Run, approval: Approval): number {
  return Math.max(peopleNeeded(approval, actingTargets(record).length), round > 1 ? 1 : 0);
}

/** Why nobody is asked, or asked again; the same on every replay. */
function whyHopeless(round: number, { board, ledger }: Tools): string {
  if (round > MOST_ROUNDS) return `the plan changed ${MOST_ROUNDS} times while people were asked about it`;
  if (board !== undefined && ledger !== undefined) return '';
  return 'people have to agree first, and from here nobody can be asked; ask for it in a chat of its policy, by the webhook or by an event';
}

function unapproved(record: Run, reason: string, tools: Tools): StepResult {
  const journal = new Journal(record.events, tools.clock);
  endOpen(record, refused('unapproved', reason), journal);
  tools.onEvents?.(journal.events);
  return stepResult(journal, tools);
}

/** All the asking of a run, however often its plan changes, takes at most this many times as long as one approval. */
const MOST_TIMES = 2;

async function ask(
  record: Run,
  approval: Approval,
  needed: number,
  tools: Tools,
): Promise<{ untilAt: number; isShown: boolean }> {
  const time = approval.expiresAfterSeconds * 1000;
  const untilAt = Math.min(tools.clock.now() + time, Date.parse(record.begunAt) + MOST_TIMES * time);
  const phase = { state: 'awaiting-approval', missingApprovals: needed, approvalUntil: untilAt } as const;
  return { untilAt, isShown: await showRun(record, phase, tools) };
}

function consent(
  { plan, request }: Run,
  approval: Approval,
  { round, needed, untilAt }: { round: number; needed: number; untilAt: number },
): Wait {
  const judgement = (words: readonly Word[]): Judgement =>
    // What is said afterwards came too late, whenever it is heard.
    judgeWords(
      approval,
      { planHash: plan.hash, requestedBy: request.askedBy, needed },
      words.filter((word) => Date.parse(word.at) < untilAt),
    );
  return {
    name: `approval-${round}`,
    until: untilAt,
    phase: (words) => {
      const said = judgement(words);
      const missingApprovals = said.kind === 'waiting' ? said.missing : 0;
      return { state: 'awaiting-approval', missingApprovals, approvalUntil: untilAt };
    },
    judge: (words, now) => {
      const said = judgement(words);
      if (said.kind === 'approved') return { kind: 'go' };
      if (said.kind === 'rejected') {
        return { kind: 'stop', refusal: refused('rejected', inWords(said.by, 'rejected it')) };
      }
      if (now < untilAt) return { kind: 'wait' };
      const until = zonedAndUtc(untilAt, request.timezone);
      const reason = `${needed - said.missing} of ${needed} people agreed until ${until}`;
      return { kind: 'stop', refusal: refused('unapproved', reason) };
    },
  };
}

/** NCP may be down just then: people have waited longer than that. */
const MOST_LOOKS = 12;

async function lookedAgain(record: Run, round: number, tools: Tools): Promise<Again> {
  for (let tries = 1; ; tries += 1) {
    const again = await tools.engine.step(`look-again-${round}.${tries}`, () => lookOrNot(record, tries, tools));
    addTo(record, again);
    if (!again.isUnread) return again;
    await tools.engine.wait(`look-later-${round}.${tries}`, Math.min(600, 15 * 2 ** (tries - 1)));
  }
}

async function lookOrNot(record: Run, tries: number, tools: Tools): Promise<Again> {
  try {
    return await lookAgain(record, tools);
  } catch (error) {
    if (!(error instanceof CloudError) || error.fatal || tries >= MOST_LOOKS) throw error;
    return { ...stepResult({ events: [] }, tools), plan: record.plan, isChanged: false, isUnread: true };
  }
}

interface Again extends StepResult {
  /** NCP could not be read; nothing else holds then. */
  isUnread: boolean;
  plan: Plan;
  /** It has to be agreed to anew; otherwise it is as it was, but for servers that dropped out. */
  isChanged: boolean;
}

/** The same servers as before, none added. */
async function lookAgain(record: Run, tools: Tools): Promise<Again> {
  const { request, plan: agreed } = record;
  const journal = new Journal(record.events, tools.clock);
  const targets = openTargets(record);
  const numbers = targets.map((target) => target.serverInstanceNo);
  const fresh = await survey({ ...request, servers: numbers, names: [] }, tools);
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
    return now === undefined ? item : { ...(isChanged ? now : item), target: repinned(item.target, now.target) };
  };
  const looked = agreed.items.map(renewed);
  const plan = isChanged ? inPlaceOf(agreed, { ...fresh, items: looked }) : { ...agreed, items: looked };
  if (!isChanged && record.request.notifySeconds.length === 0) {
    await showRun({ ...record, events: [...record.events, ...journal.events] }, { state: 'working' }, tools);
  }
  if (isChanged) tools.onPlan?.(plan);
  return { ...stepResult(journal, tools), plan, isChanged, isUnread: false };
}

/** What was seen then and is not to be seen now (a server that is just booting has no last boot) is not forgotten. */
function repinned(before: Target, now: Target): Target {
  return { ...now, uptime: before.uptime || now.uptime };
}

function whyDropped(target: Target, item: PlanItem | undefined): EventBody | undefined {
  if (item === undefined) return refused('identity', 'it was not found again after the plan was agreed to');
  if (item.guard !== '') return refused(item.guard, item.reason);
  if (!willAct(item)) return undefined;
  const { serverName, createDate, uptime, wasProtected } = item.target;
  if (serverName !== target.serverName || createDate !== target.createDate) {
    return refused(
      'identity',
      `it is called ${serverName}, created ${createDate}; the plan meant ${target.serverName}`,
    );
  }
  if (uptime !== target.uptime && uptime !== '' && target.uptime !== '') {
    return refused('restarted', `it was started after the plan (${uptime})`);
  }
  return wasProtected && !target.wasProtected
    ? refused('protected', 'termination protection was turned on after the plan')
    : undefined;
}

function hasSameAttachments(before: Target, now: Target | undefined): boolean {
  const { storages = [], publicIps = [] } = now ?? {};
  return JSON.stringify([before.storages, before.publicIps]) === JSON.stringify([storages, publicIps]);
}
