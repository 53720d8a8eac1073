import type { Hold } from '../../termination/holds.ts';
import type { Signal } from '../../termination/signals.ts';
import type { ServerView } from '../../termination/status/run-view.ts';
import type { CardWords } from './card-words.ts';
import type { WrongCommand } from './command.ts';

/** The outcome of a command or a click. */
export interface Replies extends CardWords {
  /** `prefix` stands before a command in this chat: `/terminate `, or empty. `person`: the id of who asks, as policies name them. */
  help(of: { prefix: string; person: string }): string;
  wrong(of: WrongCommand & { prefix: string }): string;
  /** `mode: 'plan'`: it only looks. */
  accepted(of: { requestId: string; policy: string; mode: 'plan' | 'terminate'; prefix: string }): string;
  /** `missing`: how many more people must agree; 0: the run goes on. */
  approved(of: { requestId: string; missing: number }): string;
  /** `isBegun`: something of it may be done already. */
  rejected(of: { requestId: string; isBegun: boolean }): string;
  /** The approval is over: a click came too late, or nobody came. */
  expired(of: { requestId: string }): string;
  /** Nobody has to agree to this run, or not any more. */
  notAsked(of: { requestId: string }): string;
  /** `until` empty: until it is released. `isBegun`: a run that means them is at work. */
  kept(of: { names: readonly string[]; until: string; isBegun: boolean; prefix: string }): string;
  /** `names`: what this person held. `others`: what others hold on the same servers. */
  released(of: { names: readonly string[]; others: readonly Hold[] }): string;
  holdLine(of: Hold): string;
  noHolds(): string;
  /** What would become of one server, and why. */
  why(of: ServerView, at: string): string;
  /** `at` empty: `every` so often. */
  nextRun(of: { policy: string; at: string; every: string }): string;
  noNextRuns(of: { days: number }): string;
  paused(of: { policy: string; until: string; prefix: string }): string;
  resumed(of: { policy: string }): string;
  /** `others`: who paused it; empty: it was not paused. */
  notResumed(of: { policy: string; others: readonly string[] }): string;
  cancelled(of: { requestId: string }): string;
  /** `ending`: how it ended, in sentences. */
  tooLateToCancel(of: { requestId: string; ending: string }): string;
  notApprover(of: { approvers: readonly string[] }): string;
  selfApprovalOff(): string;
  /** The person has decided before, or the run needs no more signals. */
  alreadyDecided(of: { signal: Signal }): string;
  alreadyEnded(of: { requestId: string; ending: string }): string;
  planChanged(of: { requestId: string }): string;
  unknownRun(of: { requestId: string; prefix: string }): string;
  noRuns(): string;
  /**
   * There are no such servers, or no policy that may be used from this chat means them: which of both, only those learn who
   * may use such a policy. Nothing was done for the other names either.
   */
  notMeant(of: { names: readonly string[] }): string;
  /** The run was asked for here, and has no plan yet. */
  begun(of: { requestId: string }): string;
  /** The run is done with every server that it was about. */
  nothingOpen(of: { requestId: string }): string;
  unknownPolicy(of: { policy: string; policies: readonly string[] }): string;
  severalPolicies(of: { policies: readonly string[] }): string;
  /** No policy can be used from this chat at all. */
  notHere(): string;
  /** One line of `status` for one run among several. */
  runLine(of: { requestId: string; title: string; state: string }): string;
  notice(of: Notice): string;
  /** Something that is not the person's fault; a part of it may be done. Repeating a request does nothing twice. */
  failed(): string;
}

interface Notice {
  names: readonly string[];
  /** What is done first. */
  act: 'stop' | 'terminate';
  actsAt: string;
  requestId: string;
  /** The plan that is carried out then, and that people agreed to where they had to. */
  planHash: string;
  prefix: string;
}

export type Times = (at: string) => string;
