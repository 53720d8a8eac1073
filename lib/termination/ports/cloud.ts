/** What a termination needs of NCP. `lib/ncloud/cloud.ts` implements it; nothing here knows of HTTP. */

import type { Action, ActionName, Resource } from '../actions.ts';
import type { Attachment } from '../attachments.ts';
import type { Remedy } from '../decision/decision.ts';
import type { Failure, SaidByNcp, UnreadPlace } from '../failure.ts';
import type { Scope, Server, Tags, UnknownTags } from '../model.ts';

export interface Cloud {
  readonly scope: Scope;

  /** Every server of the region. Complete, or it throws a {@link CloudError}. */
  allServers(): Promise<Server[]>;

  /** The numbers of all servers of the region. Complete, or it throws a {@link CloudError}. */
  allNumbers(): Promise<ReadonlySet<string>>;

  /** Those of the servers with these numbers that are in the region. An absent one is simply not in the answer. */
  servers(serverInstanceNos: readonly string[], how?: HowToLook): Promise<Sight>;

  /** Those with these numbers that exist, whatever server they are on now. */
  attachments(
    resource: Resource,
    numbers: readonly string[],
    how?: Pick<HowToLook, 'regionHolds'>,
  ): Promise<Attachment[]>;

  /** The tags of each of these servers, or why they are not known, by number. Throws a {@link CloudError}. */
  tags(
    serverInstanceNos: readonly string[],
    how?: Pick<HowToLook, 'regionHolds'>,
  ): Promise<ReadonlyMap<string, Tags | UnknownTags>>;

  /** How many servers the account holds outside of this scope; what could not be read is not counted. */
  countElsewhere(): Promise<number>;

  /** Where else these numbers are: the account's other regions and the other environment. */
  elsewhere(serverInstanceNos: readonly string[]): Promise<Elsewhere>;

  /**
   * Do one action to many servers in as few calls as NCP allows. Never throws: what happened is the answer.
   * Just before each call is sent it asks `mayGoOn`, and it stops if NCP takes no calls for now: an action without an
   * answer was not sent, and the next look decides on it afresh. Nothing is ever sent twice. `signal` ends the call in
   * flight, whose outcome is then unknown, and sends nothing further.
   */
  act(name: ActionName, actions: readonly Action[], mayGoOn: () => boolean, signal?: AbortSignal): Promise<Answer[]>;

  /**
   * Resolves when a look and an act that it leads to can be sent within seconds. NCP takes few calls where many runs share an
   * account, and a look that waits between its calls is too old when it ends: it waits before them.
   */
  ready(): Promise<void>;

  /** Calls since the last take, by NCP action name, retries included. */
  takeCalls(): Record<string, number>;
}

/** NCP for those who only look: what plans is unable to act. */
export type Sights = Omit<Cloud, 'act'>;

export interface HowToLook {
  /** What is attached is read if one of the servers needs it; absent: always. */
  needsAttachments?: (server: Server) => boolean;
  /** About how many servers the region holds, which tells the cheapest way; absent: unknown. */
  regionHolds?: number;
  /** What the plan pinned to these servers, and has to be shown wherever it is now. */
  pinned?: readonly Pick<Attachment, 'resource' | 'no'>[];
}

/** Some servers of a region at one moment. */
export interface Sight {
  /** Without their attachments where `holders` is undefined. */
  servers: Server[];
  /** Undefined: not read. Which server each volume and address is on, at least of those that were pinned; empty: on none. */
  holders: ReadonlyMap<string, string> | undefined;
}

export interface Elsewhere {
  found: Sighting[];
  /** Places that could not be looked at just now: the numbers may be there. */
  unread: UnreadPlace[];
  /** Places that these keys may not see at all. */
  closed: UnreadPlace[];
}

export interface Sighting {
  serverInstanceNo: string;
  serverName: string;
  scope: Scope;
}

/** What NCP answered to one call, and for which of the actions it speaks. */
export type Answer = { actions: readonly Action[] } & (
  | { kind: 'accepted' }
  /** Refused by NCP: nothing was done. */
  | ({ kind: 'rejected'; remedy: Remedy } & SaidByNcp)
  /** A timeout, a cut connection, a 5xx: it may have been done. Never sent again without looking first. */
  | { kind: 'unknown'; failure: Failure }
);

/** A look that failed. `fatal` when every further call would fail the same way (keys, permission, quota). */
export class CloudError extends Error {
  readonly fatal: boolean;
  readonly returnCode: string;
  readonly failure: Failure;

  constructor(message: string, options: { fatal: boolean; returnCode: string; failure?: Failure; cause?: unknown }) {
    super(message, { cause: options.cause });
    const { fatal, returnCode } = options;
    this.name = 'CloudError';
    this.fatal = fatal;
    this.returnCode = returnCode;
    this.failure = options.failure ?? { kind: fatal ? 'unusable' : 'not-now', of: '', code: returnCode, message };
  }
}
