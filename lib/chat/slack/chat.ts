/** Slack: runs are messages with buttons in a channel, and people ask with a command. */

import { cardView } from '../core/card.ts';
import type { Chat, ChatTools, OpenChat } from '../core/chat.ts';
import { SLASH } from '../core/commands-words.ts';
import { replies } from '../core/replies.ts';
import { cardMessage, textMessage } from './blocks.ts';
import { type SlackClient, slackClient } from './client.ts';
import { type SlackReplyTo, slackRequestFrom } from './handed-over.ts';
import { slackIdentity } from './identity.ts';
import { slackIncoming } from './incoming.ts';
import { slackNotifier } from './notifier.ts';
import { unseal } from './sealed.ts';
import { type SlackSecret, slackSecret } from './secret.ts';

export const slack: Chat<SlackSecret> = {
  identity: slackIdentity,
  secret: slackSecret,
  urlSetting: 'BANAP_SLACK_URL',
  incoming: slackIncoming,
  open: openSlack,
};

function openSlack(tools: ChatTools<SlackSecret>): OpenChat {
  const { language, store } = tools;
  const client = clientOf(tools);
  return {
    notifierIn: (channel, timezone) =>
      slackNotifier({
        client,
        channel,
        store,
        render: async (card) => cardMessage(cardView(card, language, { timezone, link: await tools.runLink(card) })),
        renderNotice: (card, { names, act }) =>
          textMessage(replies(language, timezone).notice({ names, act, prefix: SLASH, ...card })),
      }),
    received: (payload) => {
      const { request, replyTo } = slackRequestFrom(payload);
      // Only who asked sees it.
      const answer = async (text: string): Promise<void> =>
        client.respond(await opened(replyTo, tools), { ...textMessage(text), visibleTo: 'person' });
      return { request, answer };
    },
  };
}

function clientOf({ url, secret, clock }: ChatTools<SlackSecret>): SlackClient {
  return slackClient({
    clock,
    botToken: async (asked) => (await secret(asked)).botToken,
    ...(url === '' ? {} : { apiUrl: `${url}/api/`, responseOrigin: url }),
  });
}

/** The secret may have been exchanged since it was read here. */
async function opened({ sealedUrl, about }: SlackReplyTo, { secret }: ChatTools<SlackSecret>): Promise<string> {
  for (const fresh of [false, true]) {
    const url = unseal(sealedUrl, about, (await secret({ fresh })).signingSecrets);
    if (url !== undefined) return url;
  }
  throw new Error('the response_url was not sealed with a signing secret of this deployment');
}
