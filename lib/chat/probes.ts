/** How each chat is tried without a message. Apart from the registry, so that no function carries it. */

import type { ChatProbe } from './core/probe.ts';
import type { ChatId } from './identities.ts';
import { naverWorksProbe } from './naver-works/probe.ts';
import { slackProbe } from './slack/probe.ts';

export const PROBES: Readonly<Record<ChatId, ChatProbe>> = { slack: slackProbe, naverWorks: naverWorksProbe };
