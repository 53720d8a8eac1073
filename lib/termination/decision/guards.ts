/**
 * The rules that may say no, in the order in which they are asked: protection, holds, cancels and rejections, keep tags, the policy,
 * pauses, its window, limits, and at last whether the time has come at all. Only this file knows the order; SAFETY.md shows it,
 * and `test/termination/guards.test.ts` tests it row by row.
 */

import { windowAt } from '../../calendar/window.ts';
import type { Resource } from '../actions.ts';
import { RESOURCES } from '../attachments.ts';
import { type Hold, type Pause, runOf } from '../holds.ts';
import type { Guard, Tags, Target } from '../model.ts';
import { oneLine } from '../one-line.ts';
import type { NotMeant, Reason } from '../reasons.ts';
import type { PolicyTerms, Rules } from '../rules.ts';
import { MOST_TEXT, type Signal } from '../signals.ts';
import type { Case } from './case.ts';
import { Unread } from './constraints.ts';
import { isMeant, isStillMeant } from './criteria.ts';
import { type Decision, refuse, wait } from './decision.ts';
import { type Expiry, expiryOf, isDue } from './expiry.ts';

type Say = (one: Case) => Decision | undefined;

/** Consent covers the protection that the plan showed, once. Protection that somebody set since is a new refusal. */
const protection: Say = ({ target, server, memory, rules, constraints }) => {
  if (!server.isProtectServerTermination) return undefined;
  if (!target.wasProtected) return refuse('protected', { code: 'protected-after-plan' });
  if (!termsOf(rules, constraints).every((policyTerms) => policyTerms.overrideProtection) || !rules.overrideProtection)
    return refuse('protected', { code: 'protected' });
  return memory.mayBeLifted ? refuse('protected', { code: 'protected-again' }) : undefined;
};

/** The guards after this one need constraints. A busy server is only waited for, so none are read for it. */
const asked: Say = ({ constraints, server }) =>
  constraints === undefined && server.operation === 'NULL' ? { kind: 'ask' } : undefined;

const held: Say = ({ constraints }) => {
  const hold = constraints?.hold;
  if (hold === undefined) return undefined;
  if (hold instanceof Unread) return unread('held', hold);
  return refuse('held', heldBy(hold));
};

/** Everybody who may signal the run may end it: what it has not begun is left alone. */
const cancelled: Say = ({ constraints }) => {
  const signals = constraints?.signals;
  if (signals instanceof Unread) return unread('cancelled', signals);
  const [signal] = signals ?? [];
  return signal === undefined ? undefined : { kind: 'refuse', ...refusalBy(signal) };
};

/** Tags that could not be read mean keep. */
const kept: Say = (one) => {
  const tags = one.constraints?.tags;
  if (tags === undefined) return undefined;
  if (tags instanceof Unread) return unread('kept', tags);
  const { keep } = expiry(one, tags);
  if (keep === undefined) return undefined;
  const { until, reason } = keep;
  const { keep: key } = one.rules.tagKeys;
  return refuse('kept', { code: 'kept', key, until: until === undefined ? '' : instant(until), reason });
};

/** The policy that the run began with, and what it says today if it has changed since. */
const policy: Say = (one) => {
  const { rules, constraints } = one;
  if (rules.policyTerms === null || constraints === undefined) return undefined;
  const { policyNow, lacking } = constraints;
  const { policy: name } = rules.policyTerms;
  if (policyNow instanceof Unread) return unread('policy', policyNow);
  if (policyNow.kind === 'removed') {
    return refuse('policy', { code: 'policy-removed', policy: name });
  }
  const before = outside(rules.policyTerms, one);
  if (before !== undefined) {
    return refuse('policy', { code: 'not-meant', policy: name, isChanged: false, why: before });
  }
  if (policyNow.kind === 'unpublished') return undefined;
  const now = moved(rules.policyTerms, policyNow.policyTerms) ?? outside(policyNow.policyTerms, one);
  if (now !== undefined) return refuse('policy', { code: 'not-meant', policy: name, isChanged: true, why: now });
  return lacking === undefined ? undefined : refuse('policy', { code: 'more-approvals', policy: name, ...lacking });
};

/** Nothing is done while a pause lasts or the window is closed: the run waits. */
const paused: Say = (one) => pausedBy(one);
const window: Say = (one) => closedWindow(one);

/** What would have to be refused as a whole is refused once, for every server that it would have touched. */
const limits: Say = ({ overLimits }) => (overLimits === null ? undefined : refuse('limit', overLimits));

/** If tags decide, they are read again at every look: an owner may have given it more time. */
const due: Say = (one) => {
  const { rules, constraints } = one;
  const tags = constraints?.tags;
  const byTags =
    rules.expiry === 'tags' || termsOf(rules, constraints).some((policyTerms) => policyTerms.expiry === 'tags');
  if (!byTags || tags === undefined || tags instanceof Unread) return undefined;
  const said = expiry(one, tags);
  if (isDue(said, one.now)) return undefined;
  if (said.attention.length > 0) return refuse('not-due', { code: 'tags-unclear', problems: said.attention });
  if (said.dueAt === undefined) return refuse('not-due', { code: 'no-end' });
  return refuse('not-due', { code: 'ends-later', by: said.dueBy, at: instant(said.dueAt) });
};

export const GUARDS: readonly Say[] = [protection, asked, held, cancelled, kept, policy, paused, window, limits, due];

/** Additional storage is refused if the policy, then or now, says so. */
export function refusesStorage(rules: Rules, constraints: Case['constraints']): boolean {
  return (
    rules.storage === 'refuse' || termsOf(rules, constraints).some((policyTerms) => policyTerms.storage === 'refuse')
  );
}

/** What may be freed of what a server leaves: what the run was asked for, and its policy still wants. */
export function mayFree(
  target: Target,
  { rules, constraints, now: at }: Pick<Case, 'rules' | 'constraints' | 'now'>,
): { may: (resource: Resource) => boolean; why: Reason } {
  const now = constraints?.policyNow;
  const allTerms = termsOf(rules, constraints);
  const [before, after] = allTerms;
  const policyKeeps = (why: 'unwanted' | 'changed' | 'removed-or-changed'): Reason => {
    return { code: 'policy-keeps', policy: before?.policy ?? '', why };
  };
  const isOff = now !== undefined && !(now instanceof Unread) && now.kind === 'removed';
  const isChanged =
    before !== undefined &&
    after !== undefined &&
    (moved(before, after) !== undefined || !isStillMeant(before, after, target, { now: at, timezone: rules.timezone }));
  if (isOff || isChanged || now instanceof Unread) {
    const why = now instanceof Unread ? now.reason : policyKeeps('removed-or-changed');
    return { may: () => false, why };
  }
  return {
    may: (resource) => [rules, ...allTerms].every((terms) => RESOURCES[resource].isToBeFreed(terms)),
    why: policyKeeps(after === undefined ? 'unwanted' : 'changed'),
  };
}

/** Waits while a pause lasts or a window is closed. Freeing what a server leaves is an act like any other. */
export function heldBack(one: Pick<Case, 'rules' | 'constraints' | 'now'>): Decision | undefined {
  return pausedBy(one) ?? closedWindow(one);
}

function pausedBy({ constraints }: Pick<Case, 'constraints'>): Decision | undefined {
  const pause = constraints?.pause;
  if (pause === undefined) return undefined;
  if (pause instanceof Unread) return unread('held', pause);
  const reason: Reason = { code: 'paused', ...pauseFor(pause) };
  return pause.until === '' ? { kind: 'wait', reason } : { kind: 'wait', reason, until: Date.parse(pause.until) };
}

function closedWindow({ rules, constraints, now }: Pick<Case, 'rules' | 'constraints' | 'now'>): Decision | undefined {
  for (const policyTerms of termsOf(rules, constraints)) {
    const state = policyTerms.window === null ? undefined : windowAt(policyTerms.window, now);
    if (policyTerms.window === null || state === undefined || state.open) continue;
    const { opensAt, because } = state;
    const { policy: name } = policyTerms;
    if (opensAt === undefined) return refuse('policy', { code: 'window-never-opens', policy: name, because });
    const reason: Reason = { code: 'window-closed', policy: name, opensAt: instant(opensAt), because };
    return { kind: 'wait', reason, until: opensAt };
  }
  return undefined;
}

/** When the first window that is open now closes, in milliseconds since the epoch. */
export function windowClosesAt(rules: Rules, constraints: Case['constraints'], now: number): number | undefined {
  const ends = termsOf(rules, constraints).flatMap(({ window: hours }) => {
    const state = hours === null ? undefined : windowAt(hours, now);
    return state?.open === true && state.closesAt !== undefined ? [state.closesAt] : [];
  });
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function termsOf({ policyTerms }: Rules, constraints: Case['constraints']): PolicyTerms[] {
  if (policyTerms === null) return [];
  const now = constraints?.policyNow;
  return now === undefined || now instanceof Unread || now.kind !== 'published'
    ? [policyTerms]
    : [policyTerms, now.policyTerms];
}

/** Why the policy of the run does not mean this server, whatever else may keep it; undefined if it does. */
export function whyNotMeant(one: Case): NotMeant | undefined {
  return one.rules.policyTerms === null ? undefined : outside(one.rules.policyTerms, one);
}

/** Why the terms of a policy leave this server out, or undefined. */
function outside(policyTerms: PolicyTerms, { server, constraints, now, rules, memory }: Case): NotMeant | undefined {
  const tags = constraints?.tags;
  if (tags === undefined || tags instanceof Unread) return { kind: 'tags-unknown' };
  const candidate = { server, tags, now, timezone: rules.timezone };
  const isTouched = Object.keys(memory.sent).length > 0;
  return isMeant(policyTerms, candidate, isTouched).why;
}

/** What of a policy cannot change under a run without ending it. */
function moved(before: PolicyTerms, now: PolicyTerms): NotMeant | undefined {
  if (now.mode === 'plan' && before.mode === 'terminate') return { kind: 'only-plans' };
  const { account, environment, region } = now;
  const isSame = account === before.account && environment === before.environment && region === before.region;
  return isSame ? undefined : { kind: 'elsewhere', account, environment, region };
}

function expiry({ server, rules, now }: Case, tags: Tags): Expiry {
  return expiryOf(server, tags, rules, now);
}

/** What may be read later is waited for; what never can be is a refusal. */
function unread(guard: Guard, { reason, lasting }: Unread): Decision {
  return lasting ? refuse(guard, reason) : wait(reason);
}

/** The refusal that a signal that ends a run comes to. */
export function refusalBy({ kind, by, name, reason }: Signal): { guard: Guard; reason: Reason } {
  const guard = kind === 'cancel' ? 'cancelled' : 'rejected';
  return { guard, reason: { code: guard, by: short(by), name: short(name), reason: short(reason) } };
}

export function heldBy(hold: Hold): Reason {
  const { by, until, reason } = hold;
  const requestId = runOf(hold);
  if (requestId !== '') return { code: 'perhaps-lifted', requestId: short(requestId) };
  return { code: 'held', by: short(by), until, reason: short(reason) };
}

function pauseFor({ account, policy: name, by, until, reason }: Pause) {
  return { account, policy: name, by: short(by), until, reason: short(reason) };
}

/** Each of 200 servers repeats it, and the answer of a step holds 256 KB; the store keeps all of it. */
function short(said: string): string {
  return oneLine(said, MOST_TEXT);
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
