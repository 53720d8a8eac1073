/** The chats. Whoever waits for a function to start takes from a chat's folder what it needs, because these load every client. */

import type { Chat } from './core/chat.ts';
import type { ChatId } from './identities.ts';
import { naverWorks } from './naver-works/chat.ts';
import { slack } from './slack/chat.ts';

export const CHATS: Readonly<Record<ChatId, Chat>> = { slack, naverWorks };
