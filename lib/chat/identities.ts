/** Every chat by its key in policies, as far as policies and requests know it. The chats themselves: `registry.ts`. */

import type { ChatIdentity, ChatPeople } from './core/identity.ts';
import { naverWorksIdentity } from './naver-works/identity.ts';
import { slackIdentity } from './slack/identity.ts';

export const IDENTITIES = {
  slack: slackIdentity,
  naverWorks: naverWorksIdentity,
} as const satisfies Readonly<Record<string, ChatIdentity>>;

export type ChatId = keyof typeof IDENTITIES;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant
export const CHAT_IDS = Object.keys(IDENTITIES) as ChatId[];

/** Something for every chat. */
export function forEachChat<T>(make: (id: ChatId) => T): Record<ChatId, T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every one of the ids
  return Object.fromEntries(CHAT_IDS.map((id) => [id, make(id)])) as Record<ChatId, T>;
}

/** Of each chat whose people have ids. */
export const PEOPLE: readonly (ChatPeople & { chat: ChatId })[] = CHAT_IDS.flatMap((chat) => {
  const { people } = IDENTITIES[chat];
  return people === undefined ? [] : [{ ...people, chat }];
});

/** The chat of a person's id. */
export function peopleOf(id: string): (typeof PEOPLE)[number] | undefined {
  return PEOPLE.find(({ prefix }) => id.startsWith(prefix));
}
