/** What was seen of a server, what is decided for it, and how it ends. */

import type { Action, Resource } from '../actions.ts';
import type { Attachment } from '../attachments.ts';
import type { SaidByNcp } from '../failure.ts';
import type { Guard, Server } from '../model.ts';
import type { Reason } from '../reasons.ts';

/** Where a look showed what the plan pinned to a target, by number. What it did not show at all is in neither. */
export interface Whereabouts {
  /** On another server. */
  elsewhere?: readonly string[];
  /** On no server. */
  free?: readonly string[];
  /** On the target itself, where the look does not show that one. */
  own?: readonly string[];
}

/** What was seen of one target in one look. */
export type Observation = Whereabouts &
  (
    | { kind: 'unread'; reason: Reason }
    | { kind: 'absent'; leftovers: Leftovers }
    /** NCP is at work on it, so that nothing can be done, and what is attached to it was not read. */
    | { kind: 'busy'; server: Server }
    | { kind: 'present'; server: Server }
  );

/** What is left of what the plan pinned to a server, once it is gone. */
export interface Leftovers {
  attachments: Attachment[];
  /** Why they could not be read; then nothing is known of them and nothing is freed. Null if they were. */
  unread: Reason | null;
}

export type Decision =
  | { kind: 'act'; action: Action }
  /** What people and policies say of it must be read first. */
  | { kind: 'ask' }
  /** `until`, in milliseconds since the epoch, if it is known when it ends; time until then does not count against the run. */
  | { kind: 'wait'; reason: Reason; until?: number }
  | { kind: 'refuse'; guard: Guard; reason: Reason }
  | ({ kind: 'fail'; reason: Reason } & SaidByNcp)
  | { kind: 'done'; result: 'terminated' | 'already-gone'; reason: Reason; left: Left[] };

/** A volume or an address that is still there, and may go on costing money. */
export interface Left {
  resource: Resource;
  no: string;
  name: string;
  reason: Reason;
  /** The request wanted it freed, and it was not. */
  asked: boolean;
}

/** How one target ended. Taken from the last observation, never from what was asked. */
export type Outcome =
  | { result: 'terminated' | 'already-gone'; reason: Reason }
  | { result: 'refused'; guard: Guard; reason: Reason }
  | { result: 'unfinished'; reason: Reason }
  | ({ result: 'failed'; reason: Reason } & SaidByNcp);

/**
 * What a refusal of NCP calls for.
 * - `wait`: something else is under way; ask again later, until the deadline
 * - `later`: the call as a whole was not taken (throttled, no connection, rotated keys); look again, then decide afresh
 * - `look`: our picture was wrong; look again and decide afresh, a bounded number of times
 * - `protected`: NCP says that the server is protected; leave it
 * - `gone`: NCP does not know the number; look whether it is absent
 * - `done`: what we asked for is so already
 * - `fail`: asking again cannot help
 * - `fatal`: it concerns the keys or the account, not the server; every further call would fail the same way
 */
export type Remedy = 'wait' | 'later' | 'look' | 'protected' | 'gone' | 'done' | 'fail' | 'fatal';

export function wait(reason: Reason): Decision {
  return { kind: 'wait', reason };
}

export function refuse(guard: Guard, reason: Reason): Decision {
  return { kind: 'refuse', guard, reason };
}
