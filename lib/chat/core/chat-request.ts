import type { ChatId } from '../identities.ts';
import type { CardDecision } from './card-button.ts';

/** One thing that one person wants, in a chat. */
export interface ChatRequest {
  chat: ChatId;
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
