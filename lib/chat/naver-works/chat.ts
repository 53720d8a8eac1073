/** NAVER WORKS: runs are messages in a room, people write to the bot, and approvers decide on a page. */

import { cardView } from '../core/card.ts';
import type { Chat, ChatTools, OpenChat } from '../core/chat.ts';
import { replies } from '../core/replies.ts';
import { linksToApprovers } from './approver-links.ts';
import { naverWorksClient } from './client.ts';
import { naverWorksRequestFrom } from './handed-over.ts';
import { naverWorksIdentity } from './identity.ts';
import { naverWorksIncoming } from './incoming.ts';
import { naverWorksNotifier } from './notifier.ts';
import { type NaverWorksSecret, naverWorksSecret } from './secret.ts';
import { cardText, naverWorksText } from './text.ts';

export const naverWorks: Chat<NaverWorksSecret> = {
  identity: naverWorksIdentity,
  secret: naverWorksSecret,
  urlSetting: 'BANAP_NAVER_WORKS_URL',
  incoming: naverWorksIncoming,
  open: openNaverWorks,
};

function openNaverWorks(tools: ChatTools<NaverWorksSecret>): OpenChat {
  const { secret, url, clock, language, store, decisionLink } = tools;
  const client = naverWorksClient({ clock, secret, ...(url === '' ? {} : { authUrl: url, apiUrl: url }) });
  return {
    notifierIn: (channel, timezone) =>
      naverWorksNotifier({
        client,
        channel,
        store,
        render: async (card) => cardText(cardView(card, language, { timezone, link: await tools.runLink(card) })),
        renderNotice: (card, { names, act }) =>
          naverWorksText(replies(language, timezone).notice({ names, act, prefix: '', ...card })),
      }),
    // Without links nobody is asked here, and a run that can ask nobody says so at once.
    notifierFor: ({ approvers }, timezone) =>
      decisionLink && linksToApprovers({ client, store, language, timezone, approvers, decisionLink }),
    received: (payload) => {
      const { request, replyTo } = naverWorksRequestFrom(payload);
      // Whoever is in the room sees it.
      return { request, answer: (text) => client.sendMessage(replyTo, naverWorksText(text)) };
    },
  };
}
