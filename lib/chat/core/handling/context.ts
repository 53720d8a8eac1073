import type { Clock } from '../../../clock.ts';
import type { Policies, Policy } from '../../../policies/schema.ts';
import type { Hold } from '../../../termination/holds.ts';
import type { Plan } from '../../../termination/planning/plan.ts';
import type { Store } from '../../../termination/ports/store.ts';
import type { TerminationRequest } from '../../../termination/request.ts';
import type { RunControl } from '../../../triggers/run-control.ts';
import type { Language } from '../../../wording/language.ts';
import type { CardDecision } from '../card-button.ts';
import type { Replies } from '../reply-sentences.ts';

/** What one person wants in a chat, and what answering takes. */

type Chat = 'slack' | 'naverWorks';

/** One thing that one person wants. */
export interface ChatRequest {
  chat: Chat;
  /** Where it was said; a policy is used from the channel that it names. */
  channel: string;
  /** `id` as policies name people, for example `slack:U012ABC`. */
  person: { id: string; name: string };
  /** The same for the same request, however often its chat delivers it. */
  deliveryId: string;
  /** When it was said, in milliseconds since the epoch; undefined where its chat does not tell. */
  at?: number;
  said: { kind: 'text'; text: string } | { kind: 'click'; decision: CardDecision };
  /** What stands before a command in this chat, for example `/terminate `; empty where nothing does. */
  prefix: string;
}

/** What attending takes. */
export interface Backend extends RunControl {
  store: RunControl['store'] & Pick<Store, 'views'> & { hold(account: string, hold: Hold): Promise<unknown> };
  policies: Policies;
  clock: Clock;
  /** Of what is said by clicks; words are answered in their own language. */
  language: Language;
  /** Reads NCP and plans; nothing is done. Throws CloudError, StoreError. */
  plan(request: TerminationRequest): Promise<Plan>;
}

/** All that is needed to answer. */
export interface ChatContext {
  chatRequest: ChatRequest;
  backend: Backend;
  say: Replies;
  language: Language;
  timezone: string;
  /** Policies that may be used from this channel, by name. */
  here: Readonly<Record<string, Policy>>;
}
