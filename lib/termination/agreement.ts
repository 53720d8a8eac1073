/**
 * People agree to a plan before anything of it is done. Their word is about one plan, by its hash: what runs is that plan
 * and still eligible. A server that may not be taken any more drops out and is named; a plan that changed otherwise voids
 * what was said, and is asked about again.
 */

import { zonedAndUtc } from '../calendar/instant.ts';
import { CloudError } from './cloud.ts';
import { type EventBody, refused } from './events.ts';
import { refuseAll, waitAndHear } from './hearing.ts';
import { Journal } from './journal.ts';
import type { Target } from './model.ts';
import { inPlaceOf, type Plan, type PlanItem, willAct } from './plan.ts';
import { actingTargets, isOver, showRun } from './presence.ts';
import { addTo, openTargets, type Run, type StepResult } from './run-record.ts';
import { survey } from './survey.ts';
import type { Tools } from './tools.ts';
import { type Approval, inWords, judgeWords, peopleNeeded, type Word } from './words.ts';

/** A plan that changes so often is no plan. */
const MOST_ROUNDS = 5;

/** Where it ends without consent, every server of the plan is refused. */
export async function agree(ended: Run, tools: Tools): Promise<void> {
  const { approval } = ended.request;
  if (approval === null) return;
  for (let round = 1; ; round += 1) {
    const needed = neededIn(round, ended, approval);
    if (needed === 0 || isOver(ended)) return;
    if (round > MOST_ROUNDS) {
      addTo(ended, await tools.engine.step('too-many-rounds', () => Promise.resolve(giveUp(ended, tools))));
      return;
    }
    const { untilAt } = await tools.engine.step(`ask-${round}`, () => ask(ended, needed, tools));
    await waitForConsent(ended, { round, needed, untilAt }, tools);
    if (isOver(ended)) return;
    const again = await lookedAgain(ended, round, tools);
    if (again.plan === null) return;
    ended.plan = again.plan;
  }
}

/** Whoever was asked about a plan is asked about the one in its place, too, however few servers are left in it. */
function neededIn(round: number, ended: Run, approval: Approval): number {
  return Math.max(peopleNeeded(approval, actingTargets(ended).length), round > 1 ? 1 : 0);
}

async function ask(ended: Run, needed: number, tools: Tools): Promise<{ untilAt: number }> {
  const untilAt = tools.clock.now() + (ended.request.approval?.expiresAfterSeconds ?? 0) * 1000;
  await showRun(ended, { state: 'awaiting-approval', missingApprovals: needed, approvalUntil: untilAt }, tools);
  return { untilAt };
}

function waitForConsent(
  ended: Run,
  { round, needed, untilAt }: { round: number; needed: number; untilAt: number },
  tools: Tools,
): Promise<void> {
  const { approval, askedBy, timezone } = ended.request;
  return waitAndHear(
    ended,
    {
      name: `approval-${round}`,
      until: untilAt,
      phase: (words) => ({
        state: 'awaiting-approval',
        missingApprovals: missingNow(ended, needed, words),
        approvalUntil: untilAt,
      }),
      judge: (words, journal) => {
        if (approval === null) return true;
        const about = { planHash: ended.plan.hash, requestedBy: askedBy, needed };
        // What is said afterwards came too late, whenever it is heard.
        const inTime = words.filter((word) => Date.parse(word.at) < untilAt);
        const judgement = judgeWords(approval, about, inTime);
        if (judgement.kind === 'approved') return true;
        if (judgement.kind === 'rejected') {
          refuseAll(ended, journal, refused('rejected', inWords(judgement.by, 'rejected it')));
        } else if (journal.now() >= untilAt) {
          const agreed = needed - judgement.missing;
          const reason = `${agreed} of ${needed} people agreed until ${zonedAndUtc(untilAt, timezone)}`;
          refuseAll(ended, journal, refused('unapproved', reason));
        } else {
          return false;
        }
        return true;
      },
    },
    tools,
  );
}

/** NCP may be down just then: people have waited longer than that. */
const MOST_LOOKS = 12;

async function lookedAgain(ended: Run, round: number, tools: Tools): Promise<Again> {
  for (let tries = 1; ; tries += 1) {
    const again = await tools.engine.step(`look-again-${round}.${tries}`, () => lookOrNot(ended, tries, tools));
    addTo(ended, again);
    if (!again.isUnread) return again;
    await tools.engine.wait(`look-later-${round}.${tries}`, Math.min(600, 15 * 2 ** (tries - 1)));
  }
}

async function lookOrNot(ended: Run, tries: number, tools: Tools): Promise<Again> {
  try {
    return await lookAgain(ended, tools);
  } catch (error) {
    if (!(error instanceof CloudError) || error.fatal || tries >= MOST_LOOKS) throw error;
    const at = new Date(tools.clock.now()).toISOString();
    return { events: [], calls: tools.cloud.takeCalls(), at, plan: null, isUnread: true };
  }
}

/** How many have yet to agree. */
function missingNow({ request, plan }: Run, needed: number, words: readonly Word[]): number {
  const { approval, askedBy } = request;
  if (approval === null) return 0;
  const judgement = judgeWords(approval, { planHash: plan.hash, requestedBy: askedBy, needed }, words);
  return judgement.kind === 'waiting' ? judgement.missing : 0;
}

interface Again extends StepResult {
  /** NCP could not be read; nothing else holds then. */
  isUnread: boolean;
  /** What has to be agreed to anew; null: the plan is as it was, but for servers that dropped out. */
  plan: Plan | null;
}

/** The same servers as before, none added. */
async function lookAgain(ended: Run, tools: Tools): Promise<Again> {
  const { request, plan: agreed } = ended;
  const journal = new Journal(ended.events, tools.clock);
  const targets = openTargets(ended);
  const numbers = targets.map((target) => target.serverInstanceNo);
  const fresh = await survey({ ...request, servers: numbers, names: [] }, tools);
  const items = new Map(fresh.items.map((item) => [item.target.serverInstanceNo, item]));
  let changed = false;
  for (const target of targets) {
    const no = target.serverInstanceNo;
    const item = items.get(no);
    const dropped = whyDropped(target, item);
    if (dropped !== undefined) journal.add(no, dropped);
    else if (item !== undefined && willAct(item)) changed ||= !hasSameAttachments(target, item.target);
  }
  if (journal.events.length > 0) tools.onEvents?.(journal.events);
  const at = new Date(tools.clock.now()).toISOString();
  const result = { events: journal.events, calls: tools.cloud.takeCalls(), at };
  // Those that were refused before stay in the plan with their reason; only what is still open is looked at anew.
  const renewedItems = agreed.items.map((item) => renewed(item, items, journal));
  const plan = changed ? inPlaceOf(agreed, { ...fresh, items: renewedItems }) : null;
  if (plan === null && ended.request.notifySeconds.length === 0) {
    await showRun({ ...ended, events: [...ended.events, ...journal.events] }, { state: 'working' }, tools);
  }
  if (plan !== null) tools.onPlan?.(plan);
  return { ...result, plan, isUnread: false };
}

function renewed(item: PlanItem, fresh: ReadonlyMap<string, PlanItem>, journal: Journal): PlanItem {
  const no = item.target.serverInstanceNo;
  return journal.isOpen(no) ? (fresh.get(no) ?? item) : item;
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

function giveUp(ended: Run, tools: Tools): StepResult {
  const journal = new Journal(ended.events, tools.clock);
  const reason = `the plan changed ${MOST_ROUNDS} times while people were asked about it`;
  refuseAll(ended, journal, refused('unapproved', reason));
  return { events: journal.events, calls: {}, at: new Date(tools.clock.now()).toISOString() };
}
