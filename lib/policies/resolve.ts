/** A policy at the moment of its trigger: the request that a run is pinned to, with everything filled in. */

import type { Window } from '../calendar/window.ts';
import { mustNameApproverById } from '../termination/asker.ts';
import type { PolicyNow } from '../termination/decision/constraints.ts';
import { oneLine } from '../termination/one-line.ts';
import { StoreError } from '../termination/ports/store.ts';
import type { Reason } from '../termination/reasons.ts';
import { parseRequest, RequestError, type TerminationRequest, type Trigger } from '../termination/request.ts';
import type { PolicyTerms } from '../termination/rules.ts';
import type { Approval } from '../termination/signals.ts';
import { defaultRegion } from '../termination/sites.ts';
import { nearest } from '../text/nearest.ts';
import { withinCeilings } from './ceilings.ts';
import { fixedTime } from './fixed-time.ts';
import { PoliciesError, policyVersion } from './load.ts';
import { placesOf } from './places.ts';
import { type Policies, type Policy, policySchema, unlessEntries } from './schema.ts';
import { WEEKDAYS } from './times-schema.ts';

/** The request as a trigger passes it on. */
export interface Order {
  requestId: string;
  trigger: Trigger;
  ask: { kind: 'policy'; ask: PolicyAsk } | RequestAsk;
}

interface RequestAsk {
  kind: 'request';
  /** As somebody wrote it, unchecked. */
  input: unknown;
  /** Who asked, if that is known more reliably than from the text. */
  requestedBy?: string;
}

/** Narrow what a policy does; it can never widen it. */
interface PolicyAsk {
  policy: string;
  /** Only these of what the policy selects; empty: all of it. */
  servers: readonly string[];
  /** The same by name; `*` and `?` stand for anything. */
  names?: readonly string[];
  /** Undefined: as the policy says. */
  mode: 'plan' | 'terminate' | undefined;
  reason: string;
  requestedBy: string;
  /** Channel and id, for example `slack:U012ABC`; undefined where nobody asked. */
  askedBy?: string;
}

/** Throws {@link RequestError}. At the command line somebody with keys of their own has seen the plan. */
export function requestFor({ requestId, trigger, ask }: Order, policies: Policies): TerminationRequest {
  const origin = { requestId, trigger };
  if (ask.kind === 'policy') return requestFromPolicy(policies, ask.ask, origin);
  const { kind: _kind, input, ...who } = ask;
  const request = { ...parseRequest(inItsRegion(input, policies), origin, policies.tags), ...who };
  const isKnown =
    policies.accounts === undefined ? request.account === 'default' : Object.hasOwn(policies.accounts, request.account);
  if (isKnown) return trigger === 'cli' ? request : withinCeilings(request, input, policies);
  const known = Object.keys(policies.accounts ?? { default: '' }).join(', ');
  throw new RequestError([`account: there is no account ${request.account}; expected one of ${known}`]);
}

/** What says no region means the default one of its account's site. */
function inItsRegion(input: unknown, { accounts }: Pick<Policies, 'accounts'>): unknown {
  if (typeof input !== 'object' || input === null || 'region' in input) return input;
  return { region: regionOf(accounts, 'account' in input ? input.account : undefined), ...input };
}

/** The region of an account that is meant where none is named. */
export function regionOf(accounts: Policies['accounts'], account: unknown = 'default'): string {
  const name = String(account);
  const known = accounts !== undefined && Object.hasOwn(accounts, name) ? accounts[name] : undefined;
  return defaultRegion(known?.site ?? 'public');
}

/**
 * Secrets Manager name of an account's keys. `deployment`: the deployment's own, for the account `default` where the file
 * names no accounts. Throws {@link PoliciesError}: the keys of one account must not look for the servers of another.
 */
export function secretOf({ accounts }: Pick<Policies, 'accounts'>, account: string, deployment: string): string {
  if (accounts === undefined && account === 'default') return deployment;
  const found = accounts !== undefined && Object.hasOwn(accounts, account) ? accounts[account] : undefined;
  if (found !== undefined) return found.secret;
  throw new PoliciesError(`there is no account ${oneLine(account, 60)} in accounts of the policies`);
}

function requestFromPolicy(
  { policies, tags }: Pick<Policies, 'policies' | 'tags'>,
  ask: PolicyAsk,
  origin: { requestId: string; trigger: Trigger },
): TerminationRequest {
  const policy = policyNamed(policies, ask.policy);
  const { select, storage, publicIp, limits, deadlineMinutes, expiry, timezone, protection } = policy;
  const { account, environment, region } = select;
  const mode = modeFor(policy, ask, origin.trigger);
  mustNameApproverById(policy, ask);
  return {
    ...origin,
    account,
    environment,
    region,
    policy: ask.policy,
    policyVersion: policyVersion(policy),
    report: [...(policy.report ?? [])],
    approval: approvalOf(policy),
    notifySeconds: notifySecondsOf(policy),
    askedBy: ask.askedBy ?? '',
    servers: [...ask.servers],
    names: [...(ask.names ?? [])],
    mode,
    storage,
    publicIp,
    overrideProtection: protection === 'override',
    stopForSeconds: stopForSeconds(policy),
    expiry,
    tagKeys: { ...tags },
    timezone,
    policyTerms: policyTermsOf(ask.policy, policy),
    limits: { ...limits },
    deadlineMinutes,
    // The description of a policy is not a person's reason.
    reason: ask.reason || (ask.askedBy ? '' : policy.description),
    requestedBy: ask.requestedBy,
    notes: notesOn(policy, ask, { mode, trigger: origin.trigger }),
  };
}

/** Tells somebody at a terminal that others have to approve; in a chat the approvers see it themselves. */
function notesOn(
  policy: Policy,
  ask: PolicyAsk,
  { mode, trigger }: { mode: 'plan' | 'terminate'; trigger: Trigger },
): Reason[] {
  const approval = approvalOf(policy);
  return [
    ...(mode === 'plan' && ask.mode === 'terminate' ? [{ code: 'only-plans' as const, policy: ask.policy }] : []),
    ...(mode === 'plan' && trigger === 'cli' && approval !== null
      ? [
          {
            code: 'must-agree' as const,
            aboveServers: approval.aboveServers,
            twoAboveServers: approval.twoAboveServers ?? null,
          },
        ]
      : []),
  ];
}

/** A policy as it was last published, as `lib/store/store.ts` finds it. */
type Published = { kind: 'unpublished' } | { kind: 'removed' } | { kind: 'published'; policy: unknown };

/** Throws {@link StoreError} if it cannot be read: nothing is done under a policy that banap cannot read. */
export function policyNowOf(name: string, published: Published): PolicyNow {
  if (published.kind !== 'published') return published;
  const parsed = policySchema.safeParse(published.policy);
  if (parsed.success)
    return { kind: 'published', policyTerms: policyTermsOf(name, parsed.data), approval: approvalOf(parsed.data) };
  throw new StoreError(`policy ${name}, as published now, is not one that this run can read`, {
    passing: false,
    kind: 'unreadable-policy',
    of: name,
  });
}

export function policyNamed(policies: Readonly<Record<string, Policy>>, name: string): Policy {
  const policy = Object.hasOwn(policies, name) ? policies[name] : undefined;
  if (policy !== undefined) return policy;
  const places = placesOf(name, policies);
  const known = places.length > 0 ? places : Object.keys(policies);
  const meant = places.length > 0 ? undefined : nearest(name, known);
  const expected =
    known.length === 0
      ? 'no policies were found; expected them in policies.yml'
      : `${meant === undefined ? '' : `did you mean ${meant}? `}expected one of ${known.join(', ')}`;
  throw new RequestError([`there is no policy ${oneLine(name, 60)}; ${expected}`]);
}

function policyTermsOf(name: string, policy: Policy): PolicyTerms {
  const { account, environment, region, ...select } = policy.select;
  return {
    policy: name,
    mode: policy.mode,
    account,
    environment,
    region,
    storage: policy.storage,
    publicIp: policy.publicIp,
    expiry: policy.expiry,
    overrideProtection: policy.protection === 'override',
    select,
    unless: unlessEntries(policy.unless).map(({ account: _a, environment: _e, region: _r, ...entry }) => entry),
    window: windowOf(policy),
  };
}

/** A schedule and an event do what the policy says, or less. At the command line a person has seen the plan and agreed. */
function modeFor(policy: Policy, ask: PolicyAsk, trigger: Trigger): 'plan' | 'terminate' {
  if (trigger === 'cli') return ask.mode ?? 'plan';
  return policy.mode === 'terminate' && ask.mode !== 'plan' ? 'terminate' : 'plan';
}

/** When this policy allows acts; null if at any time. Holidays alone make a window of whole days. */
export function windowOf(policy: Pick<Policy, 'window' | 'holidays' | 'timezone'>): Window | null {
  const { window, holidays, timezone } = policy;
  if (window === undefined && holidays === undefined) return null;
  const hours = window ?? { days: [...WEEKDAYS], from: '00:00', to: '24:00' };
  return { timezone, ...hours, holidays: holidays ?? { calendar: 'none', dates: [] } };
}

/** The approval that a policy needs; null: none. */
export function approvalOf({ approval }: Pick<Policy, 'approval'>): Approval | null {
  if (approval === undefined) return null;
  const { when, aboveServers, twoAboveServers, approvers, selfApproval, expiresAfter } = approval;
  return {
    aboveServers: when === 'above' ? (aboveServers ?? 0) : 0,
    twoAboveServers,
    approvers: approvers.flat(),
    persons: approvers.flatMap((one) => (typeof one === 'string' || one.length < 2 ? [] : [[...one]])),
    selfApproval,
    expiresAfterSeconds: secondsOf(expiresAfter, 'approval.expiresAfter'),
  };
}

/** Seconds before the first act at which people are told, the longest first. */
export function notifySecondsOf({ grace }: Pick<Policy, 'grace'>): number[] {
  const seconds = (grace?.notify ?? []).map((text) => secondsOf(text, 'grace.notify'));
  return [...new Set(seconds)].toSorted((a, b) => b - a);
}

function stopForSeconds({ grace }: Policy): number {
  return grace?.stopFor === undefined ? 0 : secondsOf(grace.stopFor, 'grace.stopFor');
}

function secondsOf(text: string, path: string): number {
  const seconds = fixedTime(text);
  if (seconds === undefined) throw new PoliciesError(`${path}: ${text} is no fixed time`);
  return seconds;
}
