/** The adapter of one chat service: how runs are shown in it, and how requests of people come from it. */

import type { Clock } from '../../clock.ts';
import type { MessageStore, SentStore } from '../../termination/ports/store.ts';
import type { Approval } from '../../termination/signals.ts';
import type { RunView } from '../../termination/status/run-view.ts';
import type { Language } from '../../wording/language.ts';
import type { ChatRequest } from './chat-request.ts';
import type { ChatIdentity } from './identity.ts';
import type { Incoming } from './incoming.ts';
import type { ChatNotifier } from './notifiers.ts';
import type { ChatSecret, SecretSource } from './secret.ts';

export interface Chat<Secret = unknown> {
  identity: ChatIdentity;
  secret: ChatSecret<Secret>;
  /** The environment variable that says where the service is; only a local stand-in is not where it always is. */
  urlSetting: string;
  /** Undefined if the chat calls no function. */
  incoming?: Incoming<Secret>;
  open(tools: ChatTools<Secret>): OpenChat;
}

/** What a chat works with. */
export interface ChatTools<Secret> {
  secret: SecretSource<Secret>;
  /** Empty: where the service always is. */
  url: string;
  clock: Clock;
  store: MessageStore & SentStore;
  /** Of messages about runs. */
  language: Language;
  /** To the page that shows the whole of a run; empty where there are no pages. */
  runLink(card: RunView): Promise<string>;
  /** To the page on which this person decides; undefined where there are no pages. */
  decisionLink: ((card: RunView, by: string) => Promise<string>) | undefined;
}

/** A chat at work. Nothing is called before it is needed. */
export interface OpenChat {
  /** Where people see runs. */
  notifierIn(room: string, timezone: string): ChatNotifier;
  /** Also asks each approver personally; undefined if the chat does not. */
  notifierFor?: (approval: Approval, timezone: string) => ChatNotifier | undefined;
  /**
   * What its function handed over. Throws where it is nothing of the kind: nobody else may call. Left out where it calls
   * nobody.
   */
  received?: (payload: unknown) => Received;
}

export interface Received {
  request: ChatRequest;
  /** Answers the person who asked. */
  answer: (text: string) => Promise<void>;
}
