/**
 * Why something is so, as data: a code and its arguments. `lib/wording` turns them into sentences; nothing here is for
 * people. Instants are RFC 3339 in UTC, empty if there is none.
 */

import type { DurationProblem } from '../calendar/duration.ts';
import type { WhenProblem } from '../calendar/instant.ts';
import type { Closed } from '../calendar/window.ts';
import type { ActionName, Resource } from './actions.ts';
import type { Failure, SaidByNcp, UnreadPlace } from './failure.ts';
import type { Environment, WhyUnknownTags } from './model.ts';
import type { Approval } from './signals.ts';

/** By code: its arguments. A new one is a line here, and the compiler names the sentences that it lacks. */
export interface Reasons {
  // Which server it is.
  renamed: { serverName: string; planned: string };
  'created-anew': { createDate: string; planned: string };
  /** Another one was found when the plan was looked at again. */
  replaced: { serverName: string; createDate: string; planned: string };
  'not-found-again': None;
  /** Listed again after it was gone, and so counted and claimed by no run. */
  'came-back': None;
  /** It is in another place of the account. */
  elsewhere: { environment: Environment; region: string; serverName: string };
  /** It may be in one of these places, which could not be read. */
  'perhaps-elsewhere': { places: UnreadPlace[] };
  'no-such-number': None;
  'gone-before': None;

  // Protection.
  protected: None;
  'protected-after-plan': None;
  'protected-again': None;
  /** NCP refused an act because of it. */
  'protected-says-ncp': { returnMessage: string };

  // What people said.
  held: { by: string; until: string; reason: string };
  'server-held': { by: string };
  /** A run that may have lifted its protection holds it. */
  'perhaps-lifted': { requestId: string };
  cancelled: Said;
  rejected: Said;
  paused: { by: string; account: string; policy: string; until: string; reason: string };
  'too-few-approvals': { agreed: number; needed: number; until: string };
  'changed-too-often': { times: number };
  'nobody-to-ask': None;
  /** No notice could be given. */
  unannounced: { why: 'nobody-to-tell' | 'too-late' | 'not-taken' };

  // Tags.
  kept: { key: string; until: string; reason: string };
  /** `by`: the tag that says so. */
  'ends-later': { by: string; at: string };
  'no-end': None;
  'tags-unclear': { problems: Reason[] };
  /** `why` is null where nothing is known of it. */
  'tags-unread': { why: WhyUnknownTags | null };
  'tag-unreadable': { key: string; problem: TimeProblem };
  'no-creation-date': { key: string };
  /** It says a time before the server was created. */
  'before-creation': { key: string; value: string };
  'tag-misspelled': { tag: WrittenTag; key: string };
  'tags-differ': { tags: WrittenTag[]; key: string };
  /** A key that is nearly one of ours. */
  'tag-mistyped': { name: string; key: string };
  'kept-for-ever': { key: string; value: string; why: 'a-no' | 'several-dates' | 'unclear-words' | WhenProblem };

  // The policy, and how many servers may go.
  'policy-removed': { policy: string };
  /** `isChanged`: as it was changed after the run began. */
  'not-meant': { policy: string; isChanged: boolean; why: NotMeant };
  /** Which policy and why is not for the reader. */
  'not-meant-here': None;
  'not-known-here': None;
  'more-approvals': { policy: string; agreed: number; needed: number };
  'window-closed': { policy: string; opensAt: string; because: Closed };
  'window-never-opens': { policy: string; because: Closed };
  'window-too-short': None;
  'over-limits': { limits: OverLimit[] };
  'plan-changed': None;
  later: { startsAt: string; terminatesAt: string; mayBecomeLater: boolean };

  // Other runs.
  'other-run': { requestId: string; since: string; until: string };
  'claim-forgotten': None;
  duplicate: { owner: string; since: string };

  // What is attached.
  attached: { names: string[] };
  'attached-again': { name: string };
  'attached-after-plan': { resource: Resource; name: string };
  'taken-off-after-plan': { name: string };
  /** Or gone with its server. */
  'perhaps-taken-off': { name: string };

  // Its state.
  'started-after-plan': { uptime: string; isStopped: boolean };
  /** Started and stopped again. */
  restarted: { uptime: string; since: 'plan' | 'stop' };
  'started-again': None;
  'failed-state': State;
  'unknown-state': State;
  busy: { statusName: string; operation: string };
  'not-ready': { statusName: string };
  terminating: None;
  'stopped-until': { until: string };
  'resource-busy': { resource: Resource; name: string; operation: string };

  // Acts.
  asked: { action: ActionName };
  'no-effect': { action: ActionName; times: number };
  'ncp-refused': { action: ActionName };
  'answer-lost': { failure: Failure };
  'process-died': None;
  'perhaps-bare': { failure: Failure };
  'answers-too-slow': { seconds: number; most: number };
  'ncp-error': { failure: Failure };

  // Looking.
  unread: { what: Source; failure: Failure };
  contradiction: None;
  'not-listed': None;
  'too-many-steps': None;

  // How it ended.
  gone: None;
  /** Nobody saw who ended it. */
  vanished: None;
  'gone-and-cut-short': { why: Reason };
  /** `statusName`: at the last look; empty before the first one. `last`: what NCP last refused, or did not answer. */
  'cut-short': { why: Reason; statusName: string; isListed: boolean; next: Reason; last: Failure | null };
  'time-is-over': None;
  interrupted: None;
  'too-many-looks': None;
  'comes-next': { action: ActionName };
  'nothing-asked': None;
  'nothing-done': { because: Reason };
  'not-reached': None;

  // What is left.
  'gone-waits': { because: Reason };
  'attached-elsewhere': { resource: Resource; serverInstanceNo: string };
  /** Another server had it since. */
  'resource-not-listed': { name: string };
  'was-used': { resource: Resource };
  'not-watched': { resource: Resource };
  'kept-as-asked': { resource: Resource; isDetached: boolean };
  'not-of-plan': { resource: Resource };
  'return-protected': None;
  'still-busy': { operation: string };
  'to-be-freed': { resource: Resource };
  'not-freed': { because: Reason };
  'no-free-try-left': { times: number; last: Failure | null };
  'left-unread': { because: Reason };
  'left-cut-short': { why: Reason };
  'taken-off': { isSure: boolean };
  'not-ours': None;
  'not-sure': None;
  'policy-keeps': { policy: string; why: 'unwanted' | 'changed' | 'removed-or-changed' };
  'still-there': { statusName: string; isListed: boolean; stop: 'no' | 'asked' | 'seen'; isPerhapsBare: boolean };

  // What the audit says beside.
  planned: { mode: 'plan' | 'terminate'; servers: number; hash: string };
  'broke-off': { failure: Failure };
  /** The volumes or addresses that an act was about. */
  on: { numbers: string[] };
  about: { resource: Resource; name: string };
  'ncp-said': SaidByNcp;
  /** As a person put it. */
  said: { reason: string };

  // Notes on a plan.
  'given-twice': { serverInstanceNo: string };
  'no-such-name': { environment: Environment; region: string; name: string };
  'not-looked-in': { place: UnreadPlace };
  'first-servers': { count: number; listed: number };
  'first-attention': { count: number; listed: number };
  'when-window-opens': { because: Reason };
  'not-counted': { failure: Failure };
  'only-plans': { policy: string };
  'must-agree': Pick<Approval, 'aboveServers'> & { twoAboveServers: number | null };
}

type None = object;

export type ReasonCode = keyof Reasons;

/** Plain data: it goes through checkpoints, the store and reports. */
export type Reason<Code extends ReasonCode = ReasonCode> = { [C in Code]: { code: C } & Reasons[C] }[Code];

/** Said by a person; what they called themselves may be empty. */
interface Said {
  by: string;
  name: string;
  reason: string;
}

/** What is wrong with a text that has to be a time. */
export type TimeProblem = DurationProblem | WhenProblem;

interface State {
  status: string;
  operation: string;
  statusName: string;
}

/** Cut for show. */
interface WrittenTag {
  name: string;
  value: string;
}

/** What could not be read. */
export type Source = 'server' | 'tags' | 'holds' | 'pauses' | 'policy' | 'signals' | 'limits' | 'claims' | 'leftovers';

/** What a server is selected by. */
export interface Criterion {
  by: 'zone' | 'vpc' | 'name' | 'status' | 'tag' | 'createDate';
  /** Of a tag its key; empty if NCP did not say. */
  value: string;
}

/** Why a policy does not mean a server. */
export type NotMeant =
  | { kind: 'tags-unknown' }
  | ({ kind: 'not-selected' } & Criterion)
  /** `unless`: the entry, as in `names dev-db-*`. */
  | { kind: 'excepted'; unless: string }
  | ({ kind: 'perhaps-excepted'; unless: string } & Criterion)
  | { kind: 'only-plans' }
  | { kind: 'elsewhere'; account: string; environment: Environment; region: string };

export type OverLimit =
  | { limit: 'request'; servers: number; most: number }
  /** `now`: how many of them this plan has, where others were counted in the last 24 hours. */
  | { limit: 'maxServers'; servers: number; most: number; now: number | null }
  | { limit: 'maxPercent'; servers: number; most: number; now: number | null; holds: number; percent: number };

export function isSameReason(one: Reason | null, other: Reason | null): boolean {
  return withoutIds(one) === withoutIds(other);
}

/** Each call has ids of its own, and they change nothing. */
function withoutIds(reason: Reason | null): string {
  return JSON.stringify(reason, (key, value: unknown) => (key === 'ids' ? undefined : value));
}
