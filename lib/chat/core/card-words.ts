/** The sentences in the message of a run, in any language. */

import type { Attention } from '../../termination/planning/select.ts';
import type { Reason } from '../../termination/reasons.ts';
import type { Signal } from '../../termination/signals.ts';
import type { ServerView } from '../../termination/status/run-view.ts';
import type { CardAction } from './card-button.ts';
import type { Ending } from './ending.ts';

export interface CardWords {
  /** `servers`: how many are to go, or have gone. */
  title(of: { policy: string; account: string; servers: number }): string;
  awaitingApproval(of: { missing: number; until: string }): string;
  announced(of: { actsAt: string }): string;
  /** `left` of `servers` are still to be terminated. */
  working(of: { left: number; servers: number }): string;
  ended(of: Ending): string;
  /** What is lost besides the servers; empty if nothing is. */
  frees(of: Freed): string;
  run(of: { requestId: string; policy: string; account: string; planHash: string }): string;
  askedBy(of: { requestedBy: string; trigger: string; reason: string }): string;
  /** `at`: when it was seen like this, RFC 3339 in UTC; its age is of then. */
  server(of: ServerView, at: string): string;
  serverParts(of: ServerView, at: string): ServerParts;
  /** Why a plan is refused as a whole. */
  refusal(of: Reason): string;
  /** A note on the plan. */
  note(of: Reason): string;
  /** `link` may be empty. */
  more(of: { count: number; link: string }): string;
  /** The text of a link to the rest. */
  all(): string;
  attention(of: Attention): string;
  signal(signal: Signal): string;
  button(action: CardAction): string;
  /** One server for one length of time. */
  choice(of: { name: string; action: CardAction }): string;
  /** What stands in the menu before one is chosen. */
  keepOne(): string;
  /** Of the dialog before an approval. At most 100, 300, 30 and 30 characters. */
  confirm(of: { servers: number } & Freed): { title: string; text: string; yes: string; no: string };
  /** Before the link to the confirm page. */
  decideHere(of: { link: string }): string;
}

/** What there is to say of one server, each in a few words or empty. */
export interface ServerParts {
  /** Its state, age, size and owner. */
  facts: string;
  /** What is lost with it for good. */
  loses: string[];
  /** What becomes of it, where the title does not say so, what stays of it, and why. */
  rest: string;
}

/** How many volumes are deleted, and how many addresses released. */
export interface Freed {
  volumes: number;
  addresses: number;
}
