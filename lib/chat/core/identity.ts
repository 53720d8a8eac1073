import type * as z from 'zod';

/**
 * What policies and requests know of a chat. It is pure data, separate from the adapter, because much code reads it that
 * never calls a chat.
 */
export interface ChatIdentity {
  /** As people call the service. */
  name: string;
  /** Where runs of a policy are shown: the value of the chat's key under `chat` in a policy. */
  room: z.ZodType<string, string>;
  /** Undefined if the chat has no ids of people: nobody asks or approves from there. */
  people: ChatPeople | undefined;
}

export interface ChatPeople {
  /** The name of the chat and a colon. */
  prefix: string;
  /** The source of a regular expression for the text after the prefix, exactly as the chat writes it. */
  id: string;
  /** What follows the prefix: `the member id`. */
  whatId: string;
  /** How to find it. */
  hint: string;
  /** What is expected where something else stands behind the prefix. */
  expected: string;
  /** With the prefix. */
  example: string;
  /** Whether each approver is written to with a link of their own, because there are no buttons. */
  isAskedByLink: boolean;
  /** The source of a regular expression of the chat's name, as text that looks like it is drawn. */
  lookalike: string;
  /** Whether it looks like an id of this chat without the chat's name. `letters`: as they look; `plain`: as written. */
  looksLikeId(letters: string, plain: string): boolean;
}
