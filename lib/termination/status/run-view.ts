/** A run as others see it, and where they see it. */

import type { Failure } from '../failure.ts';
import type { About } from '../model.ts';
import type { Attention } from '../planning/select.ts';
import type { Reason } from '../reasons.ts';
import type { Signal } from '../signals.ts';

/**
 * A run as others see it: who asks for its status, chat, the confirm page. The run writes it in its own steps; it holds
 * no secret and fits into one item of the store.
 */
export interface RunView {
  requestId: string;
  account: string;
  policy: string;
  trigger: string;
  requestedBy: string;
  /** Channel and id of who asked, for example `slack:U012ABC`; may be empty. */
  askedBy: string;
  reason: string;
  /** Where the run is. `ended`: `status` and `failure` say how. */
  state: 'awaiting-approval' | 'announced' | 'working' | 'ended';
  /** Of the report; empty before it is there. */
  status: string;
  /** What made the run itself fail; null otherwise. */
  failure: Failure | null;
  /** Why nothing of the plan is done; null if it may be. */
  refusal: Reason | null;
  planHash: string;
  /** RFC 3339 in UTC. */
  createdAt: string;
  updatedAt: string;
  /** RFC 3339 in UTC; empty if it is not known. When an approval is over, and when the first act may happen. */
  approvalUntil: string;
  actsAt: string;
  /** How many people have yet to agree. */
  missingApprovals: number;
  approvers: string[];
  /** Those of them who may reject and not agree, because they asked for the run. */
  barred: string[];
  servers: ServerView[];
  attention: Attention[];
  /** What people said to it, oldest first. */
  signals: Signal[];
}

export interface ServerView {
  serverInstanceNo: string;
  /** Empty where its policy does not mean it, like what else is known of it. */
  serverName: string;
  /** RFC 3339; empty where it is not known. */
  createDate: string;
  about: About;
  /** `serverInstanceStatusName` at the last look. */
  statusName: string;
  /** `terminate`, `wait`, `refuse`, `already-gone` before; the result of the outcome after. */
  verdict: string;
  guard: string;
  reason: Reason | null;
  /** Names of volumes that are deleted with it, and addresses that are released. After: that were. */
  deletes: string[];
  /** How much those volumes hold together. */
  deletesBytes: number;
  releases: string[];
  /** Volumes and addresses that stay, and go on costing money. */
  keeps: string[];
  times: ServerTimes;
}

/** When each was last asked for, and when the server was first missing. RFC 3339 in UTC; empty: not yet, or never. */
export interface ServerTimes {
  stop: string;
  terminate: string;
  gone: string;
}

/** Where people see a run: one message in each chat, changed in place. Never throws. */
export interface Notifier {
  /** A chat that is down holds nothing up. False if some chat does not show it. */
  show(view: RunView): Promise<boolean>;
  /** A notice besides the message, once each. True if some chat has it. */
  notify(view: RunView, notice: Notice): Promise<boolean>;
}

/** What happens at `actsAt` of the view. */
export interface Notice {
  /** Tells it from the other notices of the run. */
  key: string;
  /** Of the servers that it is about. */
  names: string[];
  /** What is done first. */
  act: 'stop' | 'terminate';
}

/** Where the run is, and what is known only there. Times in milliseconds since the epoch. */
export type Phase =
  | { state: 'awaiting-approval'; missingApprovals: number; approvalUntil: number }
  | { state: 'announced'; actsAt: number }
  | { state: 'working' }
  | { state: 'ended'; status: string; failure: Failure | null };
