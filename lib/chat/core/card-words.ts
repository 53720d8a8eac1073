/** The sentences in the message of a run, in any language. */

import type { Attention } from '../../termination/planning/select.ts';
import type { Reason } from '../../termination/reasons.ts';
import type { Signal } from '../../termination/signals.ts';
import type { ServerView } from '../../termination/status/run-view.ts';
import type { CardAction } from './card-button.ts';
import type { Ending } from './ending.ts';

export interface CardWords {
  /** Of the servers that it is about `alone` are left alone already; of a run that has ended, its state says how many. */
  title(of: { policy: string; account: string; servers: number; alone: number }): string;
  awaitingApproval(of: { missing: number; approvers: readonly string[]; until: string }): string;
  announced(of: { actsAt: string }): string;
  /** `left` of `servers` are still to be terminated. */
  working(of: { left: number; servers: number }): string;
  ended(of: Ending): string;
  /** What is lost besides the servers; empty if nothing is. */
  frees(of: Freed): string;
  run(of: { requestId: string; policy: string; account: string; planHash: string }): string;
  askedBy(of: { requestedBy: string; trigger: string; reason: string }): string;
  server(of: ServerView): string;
  /** Why a plan is refused as a whole. */
  refusal(of: Reason): string;
  /** A note on the plan. */
  note(of: Reason): string;
  /** `link` may be empty. */
  more(of: { count: number; link: string }): string;
  /** The text of a link to the rest. */
  all(): string;
  attention(of: Attention): string;
  said(signal: Signal): string;
  button(action: CardAction): string;
  /** Of the dialog before an approval. At most 100, 300, 30 and 30 characters. */
  confirm(of: { servers: number } & Freed): { title: string; text: string; yes: string; no: string };
  /** Before the link to the confirm page. */
  decideHere(of: { link: string }): string;
}

/** How many volumes are deleted, and how many addresses released. */
export interface Freed {
  volumes: number;
  addresses: number;
}
