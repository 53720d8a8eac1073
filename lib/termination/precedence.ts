/**
 * Who may say no, in the order in which they are heard: protection, holds, keep tags, the policy, pauses, its window, limits,
 * and at last whether the time has come at all. This is the only place that knows this order; SAFETY.md shows it, and
 * `test/termination/precedence.test.ts` tests it row by row.
 */

import { zonedAndUtc } from '../calendar/shown.ts';
import { windowAt } from '../calendar/window.ts';
import { isMeant, isStillMeant } from './criteria.ts';
import type { Case } from './decide.ts';
import { type Expiry, expiryOf, isDue } from './expiry.ts';
import type { Hold, Pause } from './ledger.ts';
import type { Decision, Fence, Guard, Rules, Tags, Target } from './model.ts';
import { oneLine } from './one-line.ts';
import { Unread } from './standing.ts';
import { inWords, MOST_WORDS, type Word } from './words.ts';

type Say = (one: Case) => Decision | undefined;

/** Consent covers the protection that the plan showed, once. Protection that somebody set since is a new refusal. */
const protection: Say = ({ target, server, memory, rules, standing }) => {
  if (!server.isProtectServerTermination) return undefined;
  if (!target.wasProtected) return refuse('protected', 'termination protection was turned on after the plan');
  if (!fencesOf(rules, standing).every((fence) => fence.overrideProtection) || !rules.overrideProtection)
    return refuse('protected', 'termination protection is on');
  if (!memory.mayBeLifted) return undefined;
  return refuse(
    'protected',
    'termination protection is on although it was to be lifted; somebody may have turned it on again',
  );
};

/** Everything from here on needs to be asked for. A busy server is only waited for, so nobody is asked about it. */
const asked: Say = ({ standing, server }) =>
  standing === undefined && server.operation === 'NULL' ? { kind: 'ask' } : undefined;

const held: Say = ({ standing, rules }) => {
  const hold = standing?.hold;
  if (hold === undefined) return undefined;
  if (hold instanceof Unread) return unread('held', hold);
  return refuse('held', holdInWords(hold, rules.timezone));
};

/** Whoever may speak to the run may end it: what it has not begun is left alone. */
const cancelled: Say = ({ standing }) => {
  const said = standing?.said;
  if (said instanceof Unread) return unread('cancelled', said);
  const [word] = said ?? [];
  return word === undefined ? undefined : { kind: 'refuse', ...refusalBy(word) };
};

/** Tags that could not be read mean keep. */
const kept: Say = (one) => {
  const tags = one.standing?.tags;
  if (tags === undefined) return undefined;
  if (tags instanceof Unread) return unread('kept', tags);
  const { keep } = expiry(one, tags);
  if (keep === undefined) return undefined;
  const until = keep.until === undefined ? '' : ` until ${moment(keep.until, one.rules)}`;
  const reason = keep.reason === '' ? '' : `: ${keep.reason}`;
  return refuse('kept', `its tag ${one.rules.tagKeys.keep} keeps it${until}${reason}`);
};

/** The policy that the run began with, and what it says today where it was changed since. */
const policy: Say = (one) => {
  const { rules, standing } = one;
  if (rules.fence === null || standing === undefined) return undefined;
  const { policyNow } = standing;
  if (policyNow instanceof Unread) return unread('policy', policyNow);
  if (policyNow.kind === 'removed') {
    return refuse('policy', `policy ${rules.fence.policy} was removed after this run began`);
  }
  const before = outside(rules.fence, one);
  if (before !== undefined) return refuse('policy', `policy ${rules.fence.policy} does not mean it: ${before}`);
  if (policyNow.kind === 'unpublished') return undefined;
  const changed = `policy ${rules.fence.policy}, as changed after this run began,`;
  const now = moved(rules.fence, policyNow.fence) ?? outside(policyNow.fence, one);
  if (now !== undefined) return refuse('policy', `${changed} does not mean it: ${now}`);
  return standing.lacking === '' ? undefined : refuse('policy', `${changed} asks for more: ${standing.lacking}`);
};

/** Nothing is done while a pause lasts or the window is closed: the run waits. */
const paused: Say = (one) => pausedBy(one);
const window: Say = (one) => closedWindow(one);

/** What would have to be refused as a whole is refused once, for every server that it would have touched. */
const limits: Say = ({ overLimits }) => (overLimits === '' ? undefined : refuse('limit', overLimits));

/** Where tags decide, they are read again at every look: an owner may have given it more time. */
const due: Say = (one) => {
  const { rules, standing } = one;
  const tags = standing?.tags;
  const byTags = rules.expiry === 'tags' || fencesOf(rules, standing).some((fence) => fence.expiry === 'tags');
  if (!byTags || tags === undefined || tags instanceof Unread) return undefined;
  const said = expiry(one, tags);
  if (isDue(said, one.now)) return undefined;
  if (said.attention.length > 0) return refuse('not-due', said.attention.join('; '));
  if (said.dueAt === undefined) return refuse('not-due', 'no tag says when it is to end');
  return refuse('not-due', `${said.dueBy} ends it at ${moment(said.dueAt, one.rules)}`);
};

export const PRECEDENCE: readonly Say[] = [
  protection,
  asked,
  held,
  cancelled,
  kept,
  policy,
  paused,
  window,
  limits,
  due,
];

/** Additional storage is refused where the policy, then or now, says so. */
export function refusesStorage(rules: Rules, standing: Case['standing']): boolean {
  return rules.storage === 'refuse' || fencesOf(rules, standing).some((fence) => fence.storage === 'refuse');
}

/** What may be freed of what a server leaves: what the run was asked for, and its policy still wants. */
export function mayFree(
  target: Target,
  { rules, standing, now: at }: Pick<Case, 'rules' | 'standing' | 'now'>,
): { storage: boolean; publicIp: boolean; why: string } {
  const now = standing?.policyNow;
  const fences = fencesOf(rules, standing);
  const [before, after] = fences;
  const isOff = now !== undefined && !(now instanceof Unread) && now.kind === 'removed';
  const isChanged =
    before !== undefined &&
    after !== undefined &&
    (moved(before, after) !== undefined || !isStillMeant(before, after, target, { now: at, timezone: rules.timezone }));
  if (isOff || isChanged || now instanceof Unread) {
    const why = now instanceof Unread ? now.reason : `policy ${before?.policy ?? ''} was removed or changed since`;
    return { storage: false, publicIp: false, why };
  }
  return {
    storage: rules.storage === 'delete' && fences.every((fence) => fence.storage === 'delete'),
    publicIp: rules.publicIp === 'release' && fences.every((fence) => fence.publicIp === 'release'),
    why: after === undefined ? 'its policy does not want it' : 'the policy was changed since',
  };
}

/** Waits while a pause lasts or a window is closed. Freeing what a server leaves is an act like any other. */
export function heldBack(one: Pick<Case, 'rules' | 'standing' | 'now'>): Decision | undefined {
  return pausedBy(one) ?? closedWindow(one);
}

function pausedBy({ standing, rules }: Pick<Case, 'rules' | 'standing'>): Decision | undefined {
  const pause = standing?.pause;
  if (pause === undefined) return undefined;
  if (pause instanceof Unread) return unread('held', pause);
  const reason = pauseInWords(pause, rules.timezone);
  return pause.until === '' ? { kind: 'wait', reason } : { kind: 'wait', reason, until: Date.parse(pause.until) };
}

function closedWindow({ rules, standing, now }: Pick<Case, 'rules' | 'standing' | 'now'>): Decision | undefined {
  for (const fence of fencesOf(rules, standing)) {
    const state = fence.window === null ? undefined : windowAt(fence.window, now);
    if (fence.window === null || state === undefined || state.open) continue;
    const { opensAt, because } = state;
    if (opensAt === undefined) return refuse('policy', `the window of policy ${fence.policy} never opens: ${because}`);
    const opens = zonedAndUtc(opensAt, fence.window.timezone);
    const reason = `outside the window of policy ${fence.policy} (${because}); nothing is done before ${opens}`;
    return { kind: 'wait', reason, until: opensAt };
  }
  return undefined;
}

/** When the first window that is open now closes, in milliseconds since the epoch. */
export function windowClosesAt(rules: Rules, standing: Case['standing'], now: number): number | undefined {
  const ends = fencesOf(rules, standing).flatMap(({ window: hours }) => {
    const state = hours === null ? undefined : windowAt(hours, now);
    return state?.open === true && state.closesAt !== undefined ? [state.closesAt] : [];
  });
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function fencesOf({ fence }: Rules, standing: Case['standing']): Fence[] {
  if (fence === null) return [];
  const now = standing?.policyNow;
  return now === undefined || now instanceof Unread || now.kind !== 'published' ? [fence] : [fence, now.fence];
}

/** Why the policy of the run does not mean this server, whatever else may keep it; empty where it does. */
export function whyNotMeant(one: Case): string {
  return (one.rules.fence === null ? undefined : outside(one.rules.fence, one)) ?? '';
}

/** Why a fence does not hold this server in, or undefined. */
function outside(fence: Fence, { server, standing, now, rules, memory }: Case): string | undefined {
  const tags = standing?.tags;
  if (tags === undefined || tags instanceof Unread) return 'its tags are not known';
  const candidate = { server, tags, now, timezone: rules.timezone };
  const isTouched = Object.keys(memory.sent).length > 0;
  const { meant, why } = isMeant(fence, candidate, isTouched);
  return meant ? undefined : why;
}

/** What of a policy cannot change under a run without ending it. */
function moved(before: Fence, now: Fence): string | undefined {
  if (now.mode === 'plan' && before.mode === 'terminate') return 'it only plans';
  return placeOf(now) === placeOf(before) ? undefined : `it is about ${placeOf(now)}`;
}

function placeOf({ account, environment, region }: Fence): string {
  return `${environment} ${region} of account ${account}`;
}

function expiry({ server, rules, now }: Case, tags: Tags): Expiry {
  return expiryOf(server, tags, rules, now);
}

/** What may be read later is waited for; what never can be is a refusal. */
function unread(guard: Guard, { reason, lasting }: Unread): Decision {
  return lasting ? refuse(guard, reason) : { kind: 'wait', reason };
}

function refuse(guard: Guard, reason: string): Decision {
  return { kind: 'refuse', guard, reason };
}

/** What a word that ends a run comes to. */
export function refusalBy(word: Word): { guard: Guard; reason: string } {
  return word.kind === 'cancel'
    ? { guard: 'cancelled', reason: inWords(word, 'cancelled it') }
    : { guard: 'rejected', reason: inWords(word, 'rejected it') };
}

/** `김하나 holds it until 2026-12-31 …: demo`. */
export function holdInWords({ by, until, reason }: Hold, timezone: string): string {
  const when = until === '' ? 'until it is released' : `until ${zonedAndUtc(Date.parse(until), timezone)}`;
  return oneLine(`${by} holds it ${when}: ${reason}`, MOST_WORDS);
}

/** `김하나 paused policy nightly until 2026-12-31 …: migration`. */
function pauseInWords({ by, until, reason, ...scope }: Pause, timezone: string): string {
  const account = scope.account === '' ? 'everything' : `account ${scope.account}`;
  const what = scope.policy === '' ? account : `policy ${scope.policy}`;
  const when = until === '' ? 'until somebody resumes it' : `until ${zonedAndUtc(Date.parse(until), timezone)}`;
  return oneLine(`${by} paused ${what} ${when}: ${reason}`, MOST_WORDS);
}

function moment(at: number, { timezone }: Rules): string {
  return zonedAndUtc(at, timezone);
}
