import { createHash } from 'node:crypto';
import type { ActionName } from '../actions.ts';
import { pinned } from '../attachments.ts';
import { DEFAULT_PACE } from '../decision/bounds.ts';
import { type Constraints, Unread } from '../decision/constraints.ts';
import { whyNotMeant } from '../decision/guards.ts';
import { mistypedKeys, tagsMeaning } from '../decision/tag-keys.ts';
import { type Event, NO_MEMORY, refused } from '../events.ts';
import { type About, type Guard, NOTHING_KNOWN, type Server, type Target } from '../model.ts';
import { oneLine } from '../one-line.ts';
import type { Elsewhere } from '../ports/cloud.ts';
import type { Reason } from '../reasons.ts';
import { MOST_SERVERS, type TerminationRequest } from '../request.ts';
import { type Foresight, foresee, type Outlook } from './foresee.ts';
import { overLimits } from './limits.ts';
import type { Attention, Selection, Spared } from './select.ts';

/** What a request would do: every server that it means, pinned, with the steps that lie ahead. */
export interface Plan {
  /** RFC 3339, UTC. */
  createdAt: string;
  /** Names this plan: targets with identity and attachments, and what may be done to them. */
  hash: string;
  /** How many servers the region holds. */
  regionHolds: number;
  /** How many servers the account holds; only the region's if that was enough. */
  accountHolds: number;
  /** Servers of the account in the last 24 hours, with those that this plan would touch. */
  today: number;
  items: PlanItem[];
  /** What tags say that cannot be understood; nothing is done about those servers. */
  attention: Attention[];
  /** Names that no server of the region has. */
  unmatched: string[];
  /** What the policy selects and its `unless` leaves alone: the first ones, and how many there are. */
  spared: { count: number; servers: Spared[] };
  /** Why nothing of the plan is done; null when it may be. */
  refusal: Refusal | null;
  notes: Reason[];
}

interface Refusal {
  guard: Guard;
  reason: Reason;
}

export interface PlanItem {
  target: Target;
  /** `serverInstanceStatusName` when the plan was made; `absent` when the region does not hold it. */
  statusName: string;
  about: About;
  steps: (ActionName | 'wait')[];
  verdict: 'terminate' | 'wait' | 'refuse' | 'already-gone';
  guard: Guard | '';
  /** Why it is refused or waited for, or goes later; null if it is to be terminated at once. */
  reason: Reason | null;
  /** The policy means it, whatever else keeps it; true without a policy. */
  isMeant: boolean;
  /** RFC 3339 in UTC; nothing is done before. Empty: at once. */
  startsAt: string;
  /** RFC 3339 in UTC; it is not terminated before. Empty: as soon as it is stopped and bare. */
  terminatesAt: string;
}

/** What the plan was made from. */
export interface Survey {
  at: string;
  all: readonly Server[];
  selection: Selection;
  /** Where the missing numbers are instead. */
  elsewhere: Elsewhere;
  /** Those of the missing numbers that were seen in this account before. */
  known: ReadonlySet<string>;
  constraintsOf: (serverInstanceNo: string) => Constraints;
  /** Servers of this account counted in the last 24 hours. */
  today: readonly string[];
  /** What the account holds, as far as it was counted. */
  holds: number;
}

/** Sentences about tags that a plan carries; it must fit a checkpoint. */
const MOST_ATTENTION = 100;
const MOST_SPARED = 100;

export function makePlan(request: TerminationRequest, survey: Survey): Plan {
  const { at, all, selection, holds } = survey;
  const count = countOf(request, survey);
  const over = overLimits(request, { ...count, holds });
  const items = itemsFor(request, survey, over);
  const attention = [...selection.attention, ...nearlyKept(request, survey)];
  // While the window is closed nothing is refused for its number: it is counted again when acts may begin.
  // More than fit one request are never cut down to those that do.
  const isRefused = items.some((item) => item.guard === 'limit') || items.filter(willAct).length > MOST_SERVERS;
  return {
    createdAt: at,
    hash: hashOf(request, items),
    regionHolds: all.length,
    accountHolds: holds,
    today: count.today,
    // Enough to see what was selected; a plan of this many is refused, and must fit a checkpoint all the same.
    items: items.slice(0, MOST_SERVERS),
    attention: attention.slice(0, MOST_ATTENTION),
    unmatched: selection.unmatched,
    spared: {
      count: selection.spared.length,
      servers: selection.spared
        .slice(0, MOST_SPARED)
        .map((one) => ({ ...one, serverName: oneLine(one.serverName, 30) })),
    },
    refusal: isRefused && over !== null ? { guard: 'limit', reason: over } : null,
    notes: [
      ...request.notes,
      ...notesOn(request, survey, { items: items.length, attention: attention.length }),
      ...(over !== null && !isRefused ? [{ code: 'when-window-opens' as const, because: over }] : []),
    ],
  };
}

function notesOn(
  { environment, region }: TerminationRequest,
  { selection, elsewhere }: Survey,
  counts: { items: number; attention: number },
): Reason[] {
  return [
    ...selection.unmatched.map((name) => ({ code: 'no-such-name' as const, environment, region, name })),
    ...elsewhere.closed.map((place) => ({ code: 'not-looked-in' as const, place })),
    ...(counts.items > MOST_SERVERS
      ? [{ code: 'first-servers' as const, count: counts.items, listed: MOST_SERVERS }]
      : []),
    ...(counts.attention > MOST_ATTENTION
      ? [{ code: 'first-attention' as const, count: counts.attention, listed: MOST_ATTENTION }]
      : []),
  ];
}

/** Tags that end nothing may still keep: a key that is nearly `keep` is worth a note before the server goes. */
function nearlyKept({ expiry, tagKeys }: TerminationRequest, { selection, constraintsOf }: Survey): Attention[] {
  if (expiry === 'tags') return [];
  return selection.chosen.flatMap(({ serverInstanceNo, serverName }) => {
    const { tags } = constraintsOf(serverInstanceNo);
    if (tags instanceof Unread) return [];
    return mistypedKeys(tags, tagKeys, [tagKeys.keep]).map((reason) => ({ serverInstanceNo, serverName, reason }));
  });
}

/** How many servers the plan would touch, and how many that makes in 24 hours. */
export function countOf(request: TerminationRequest, survey: Omit<Survey, 'holds'>): { mine: number; today: number } {
  const mine = itemsFor(request, survey, null)
    .filter(willAct)
    .map((item) => item.target.serverInstanceNo);
  return { mine: mine.length, today: new Set([...mine, ...survey.today]).size };
}

function itemsFor(request: TerminationRequest, survey: Omit<Survey, 'holds'>, over: Reason | null): PlanItem[] {
  const { selection, elsewhere, known, constraintsOf, at } = survey;
  return [
    ...selection.chosen.map((server) => {
      const constraints = constraintsOf(server.serverInstanceNo);
      const outlook = { rules: request, constraints, overLimits: over, now: Date.parse(at) };
      return itemFor(server, outlook, waitsForPeople(request));
    }),
    ...selection.missing.map((no) => itemForMissing(no, elsewhere, known)),
  ];
}

/** Somebody agreed to a plan by its hash: any other is refused whole, whatever the difference is. */
export function agreedOnly(plan: Plan, agreedHash: string | undefined): Plan {
  if (agreedHash === undefined || agreedHash === plan.hash || plan.refusal !== null) return plan;
  return { ...plan, refusal: { guard: 'drift', reason: { code: 'plan-changed' } } };
}

/**
 * The same plan, asked about in place of `before`. It is never named as a plan that was asked about earlier, even if it
 * has become that one again: the signals about that one are void.
 */
export function inPlaceOf(before: Plan, plan: Plan): Plan {
  return { ...plan, hash: shortHash([before.hash, plan.hash]) };
}

/** Servers that the plan may touch. */
export function willAct(item: PlanItem): boolean {
  return item.verdict === 'terminate' || item.verdict === 'wait';
}

/** What is decided before the first pass: refusals stay refused, whatever happens to their reason meanwhile. */
export function firstEvents(plan: Plan): Event[] {
  return plan.items.flatMap((item) => {
    const body =
      item.verdict === 'refuse' && item.guard !== '' && item.reason !== null
        ? refused(item.guard, item.reason)
        : plan.refusal !== null && willAct(item)
          ? refused(plan.refusal.guard, plan.refusal.reason)
          : undefined;
    const { serverInstanceNo } = item.target;
    return body === undefined ? [] : [{ at: plan.createdAt, serverInstanceNo, ...body }];
  });
}

/** Nobody knows when they agree; notices are counted from there. */
function waitsForPeople({ approval, notifySeconds }: TerminationRequest): boolean {
  return approval !== null || notifySeconds.length > 0;
}

/** `mayBecomeLater`: it is not known when people agree. */
function itemFor(server: Server, outlook: Outlook, mayBecomeLater: boolean): PlanItem {
  const target = pin(server, new Date(outlook.now).toISOString());
  const { steps, end, startsAt, terminatesAt } = foreseen(target, server, outlook);
  const stranger = whyNotMeant({ ...outlook, target, server, memory: NO_MEMORY, pace: DEFAULT_PACE });
  const about = aboutOf(server, outlook.constraints);
  const item = {
    target,
    statusName: server.statusName,
    about,
    steps,
    guard: '' as const,
    isMeant: stranger === undefined,
  };
  const times = {
    startsAt: later(startsAt, outlook),
    terminatesAt: later(terminatesAt, outlook),
  };
  switch (end.kind) {
    case 'refuse':
      // Nothing is done to a server that would be refused in the end: it would be stopped for nothing.
      return { ...item, ...AT_ONCE, steps: [], verdict: 'refuse', guard: end.guard, reason: end.reason };
    case 'done':
      return { ...item, ...times, verdict: 'terminate', reason: laterReason(times, mayBecomeLater) };
    case 'wait':
    case 'act':
    case 'ask':
    case 'fail':
      // A server that is busy is waited for before the policy is asked; one that the policy does not mean is nobody's here.
      if (stranger !== undefined && !(outlook.constraints.tags instanceof Unread)) {
        const policy = outlook.rules.policyTerms?.policy ?? '';
        const reason: Reason = { code: 'not-meant', policy, isChanged: false, why: stranger };
        return { ...item, ...AT_ONCE, steps: [], verdict: 'refuse', guard: 'policy', reason };
      }
      return { ...item, ...times, verdict: 'wait', reason: 'reason' in end ? end.reason : null };
  }
}

/** A limit refuses what would be touched; a server that stays for a reason of its own keeps that one. */
function foreseen(target: Target, server: Server, outlook: Outlook): Foresight {
  const own = foresee(target, server, { ...outlook, overLimits: null });
  return outlook.overLimits === null || own.end.kind === 'refuse' ? own : foresee(target, server, outlook);
}

const OWNER_TAG = 'owner';

function aboutOf({ zoneCode, size }: Server, { tags }: Constraints): About {
  const owners = tags instanceof Unread ? [] : tagsMeaning(OWNER_TAG, tags);
  return { zoneCode, size, owner: oneLine(owners[0]?.value ?? '', 60) };
}

const AT_ONCE = { startsAt: '', terminatesAt: '' };

function later(at: number, { now }: Outlook): string {
  return at > now ? new Date(at).toISOString() : '';
}

function laterReason(
  { startsAt, terminatesAt }: Pick<PlanItem, 'startsAt' | 'terminatesAt'>,
  mayBecomeLater: boolean,
): Reason | null {
  if (startsAt === '' && terminatesAt === '') return null;
  // It is stopped at once then, too.
  const ends = terminatesAt === startsAt ? '' : terminatesAt;
  return { code: 'later', startsAt, terminatesAt: ends, mayBecomeLater };
}

function itemForMissing(no: string, { found, unread }: Elsewhere, known: ReadonlySet<string>): PlanItem {
  const target: Target = { ...NO_PINS, serverInstanceNo: no };
  const seen = found.find((one) => one.serverInstanceNo === no);
  const item = { ...AT_ONCE, target, statusName: 'absent', about: NOTHING_KNOWN, steps: [], isMeant: true };
  if (seen === undefined && unread.length > 0) {
    return { ...item, verdict: 'refuse', guard: 'elsewhere', reason: { code: 'perhaps-elsewhere', places: unread } };
  }
  if (seen === undefined && known.has(no)) {
    return { ...item, verdict: 'already-gone', guard: '', reason: { code: 'gone-before' } };
  }
  if (seen === undefined) {
    return { ...item, verdict: 'refuse', guard: 'not-found', reason: { code: 'no-such-number' } };
  }
  const reason: Reason = { code: 'elsewhere', ...seen.scope, serverName: seen.serverName };
  return { ...item, verdict: 'refuse', guard: 'elsewhere', reason };
}

const NO_PINS = {
  serverName: '',
  createDate: '',
  uptime: '',
  seenAt: '',
  wasProtected: false,
  wasStopped: false,
  attachments: [],
};

function pin(server: Server, seenAt: string): Target {
  return {
    serverInstanceNo: server.serverInstanceNo,
    serverName: server.serverName,
    createDate: server.createDate,
    uptime: server.operation === 'NULL' ? server.uptime : '',
    seenAt,
    wasProtected: server.isProtectServerTermination,
    wasStopped: server.status === 'NSTOP' && server.operation === 'NULL',
    attachments: pinned(server.attachments),
  };
}

function hashOf(request: TerminationRequest, items: readonly PlanItem[]): string {
  const { account, policy, policyVersion, environment, region, storage, publicIp, overrideProtection } = request;
  const targets = items
    .filter(willAct)
    // The same servers, whenever they are looked at.
    .map(({ target: { seenAt: _seenAt, ...target } }) => target)
    .toSorted((a, b) => a.serverInstanceNo.localeCompare(b.serverInstanceNo, 'en', { numeric: true }));
  const terms = [account, policy, policyVersion, environment, region, storage, publicIp, overrideProtection];
  return shortHash([...terms, targets]);
}

function shortHash(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}
