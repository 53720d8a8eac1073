/** What each language has to provide; the compiler names what is missing. */

import type { Closed } from '../calendar/window.ts';
import type { ActionName } from '../termination/actions.ts';
import type { OverLimit, Reason, ReasonCode, Reasons } from '../termination/reasons.ts';

/** What sentences are put together with. */
export interface Say {
  /** An instant, RFC 3339 in UTC. */
  time: (at: string) => string;
  /** A reason within another one. */
  reason: (reason: Reason) => string;
  closed: (why: Closed) => string;
}

export type Sentences = { readonly [Code in ReasonCode]: (args: Reasons[Code], say: Say) => string };

export interface Words {
  reasons: Sentences;
  actions: Record<ActionName, string>;
  /** Of several limits all of them. */
  overLimits: (limits: readonly OverLimit[]) => string;
  /** `1 person above 5 servers, 2 people above 20 servers`. */
  mustAgree: (approval: { aboveServers: number; twoAboveServers: number | null }) => string;
  closed: (why: Closed) => string;
}
