import type { Clock } from '../../../clock.ts';
import type { Policies, Policy } from '../../../policies/schema.ts';
import type { Plan } from '../../../termination/planning/plan.ts';
import type { HoldStore, OriginStore, PauseKeeper, SignalStore, ViewStore } from '../../../termination/ports/store.ts';
import type { TerminationRequest } from '../../../termination/request.ts';
import type { RunControl } from '../../../triggers/run-control.ts';
import type { Language } from '../../../wording/language.ts';
import type { ChatRequest } from '../chat-request.ts';
import type { Replies } from '../reply-sentences.ts';

type Ports = Pick<HoldStore & SignalStore & ViewStore, 'hold' | 'holds' | 'letGo' | 'signals' | 'view' | 'views'> &
  PauseKeeper &
  OriginStore;

/** What handling a chat request takes. */
export interface Backend extends RunControl<Ports> {
  policies: Policies;
  clock: Clock;
  /** For answers to clicks; text is answered in its own language. */
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

/** When the request was sent, however late or often it is carried out; never later than now. */
export function sentAt({ chatRequest, backend }: Pick<ChatContext, 'chatRequest' | 'backend'>): number {
  const now = backend.clock.now();
  return Math.min(chatRequest.at ?? now, now);
}
