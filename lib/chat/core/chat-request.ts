import type { ChatId } from '../identities.ts';
import type { CardDecision } from './card-button.ts';

/** One request of one person in a chat. */
export interface ChatRequest {
  chat: ChatId;
  /** The channel of the request; a policy can be used from the channel that it names. */
  channel: string;
  /** `id` as policies name people, for example `slack:U012ABC`. */
  person: { id: string; name: string };
  /** The same for the same request, however often its chat delivers it. */
  deliveryId: string;
  /** When it was sent, in milliseconds since the epoch; undefined if the chat does not say. */
  at?: number;
  content: { kind: 'text'; text: string } | { kind: 'click'; decision: CardDecision };
  /** The prefix of commands in this chat, for example `/terminate `; may be empty. */
  prefix: string;
}
