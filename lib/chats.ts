/** The chats of this deployment: who is told of a run, and how somebody who asked is answered. */

import { linkSecretSchema, naverWorksSecretSchema, slackSecretSchema } from './aws/secret-schemas.ts';
import type { SecretStore } from './aws/secrets.ts';
import { allOf, type MessageStore, steadyBoard } from './chat/boards.ts';
import { cardView } from './chat/card.ts';
import type { Language } from './chat/language.ts';
import { naverWorksBoard } from './chat/naver-works/board.ts';
import { type NaverWorksClient, naverWorksClient } from './chat/naver-works/client.ts';
import { cardText, naverWorksText } from './chat/naver-works/text.ts';
import { cardMessage, textMessage } from './chat/slack/blocks.ts';
import { slackBoard } from './chat/slack/board.ts';
import { type SlackClient, slackClient } from './chat/slack/client.ts';
import type { Clock } from './clock.ts';
import { ConfigError, type Environment } from './ncloud/config.ts';
import type { Policy } from './policies/schema.ts';
import type { Ledger } from './termination/ledger.ts';
import { DEFAULT_TIMEZONE } from './termination/model.ts';
import type { Board, RunCard } from './termination/run-card.ts';
import { signLink } from './webhook/link.ts';

/** From the environment; a chat whose secret is not named is not there. */
export interface ChatSettings {
  slackSecretId: string;
  naverWorksSecretId: string;
  /** Keys of confirm links; without them there are none. */
  linkSecretId: string;
  /** Where confirm pages are, without a slash at the end; empty: there are none. */
  publicUrl: string;
  language: Language;
  /** Where the services are; empty: where they always are. Only a local stand-in is elsewhere. */
  slackUrl: string;
  naverWorksUrl: string;
}

export function chatSettings(env: Environment): ChatSettings {
  return {
    slackSecretId: env['SLACK_SECRET_ID'] ?? '',
    naverWorksSecretId: env['NAVER_WORKS_SECRET_ID'] ?? '',
    linkSecretId: env['CONFIRM_SECRET_ID'] ?? '',
    publicUrl: (env['BANAP_PUBLIC_URL'] ?? '').replace(/\/+$/, ''),
    language: languageFrom(env['BANAP_LANGUAGE'] || 'en'),
    slackUrl: env['BANAP_SLACK_URL'] ?? '',
    naverWorksUrl: env['BANAP_NAVER_WORKS_URL'] ?? '',
  };
}

function languageFrom(given: string): Language {
  if (given === 'en' || given === 'ko') return given;
  throw new ConfigError(`BANAP_LANGUAGE is ${JSON.stringify(given)}; expected en or ko`);
}

/** What the chats work with. */
export interface ChatTools {
  secrets: SecretStore;
  clock: Clock;
  store: MessageStore;
  /** A chat that fails holds nothing up. */
  onFailure: (error: unknown) => void;
}

/** The ledger as the place where boards keep which message shows which run. */
export function storeIn(ledger: Pick<Ledger, 'messageOf' | 'rememberMessage'>): MessageStore {
  return {
    messageOf: (requestId, place) => ledger.messageOf(requestId, place),
    remember: (requestId, place, message) => ledger.rememberMessage(requestId, place, message),
  };
}

/** Where people see runs of this policy; undefined where nowhere. */
export function boardOf(policy: Policy | undefined, settings: ChatSettings, tools: ChatTools): Board | undefined {
  const { chat, timezone = DEFAULT_TIMEZONE } = policy ?? {};
  const { language } = settings;
  const { store, onFailure } = tools;
  const boards: Board[] = [];
  if (chat?.slack !== undefined && settings.slackSecretId !== '') {
    const render = (card: RunCard) => cardMessage(cardView(card, language, { timezone }));
    boards.push(slackBoard({ client: slackOf(settings, tools), channel: chat.slack, store, render, onFailure }));
  }
  if (settings.naverWorksSecretId !== '') {
    const client = naverWorksOf(settings, tools);
    const render = (card: RunCard) => ({ text: cardText(cardView(card, language, { timezone })) });
    if (chat?.naverWorks !== undefined) {
      boards.push(naverWorksBoard({ client, channel: chat.naverWorks, store, render, onFailure }));
    }
    if (policy?.approval !== undefined) boards.push(linksToApprovers(client, policy, settings, tools));
  }
  return boards.length === 0 ? undefined : allOf(boards);
}

const APPROVER = 'naver-works:';

/** Where a chat has no buttons, each approver is written to, with a link of their own to the page on which they decide. */
function linksToApprovers(client: NaverWorksClient, policy: Policy, settings: ChatSettings, tools: ChatTools): Board {
  const { language, publicUrl, linkSecretId } = settings;
  const { store, secrets } = tools;
  const approvers = (policy.approval?.approvers ?? []).flat().filter((by) => by.startsWith(APPROVER));
  return steadyBoard(
    {
      show: async (card) => {
        if (card.state !== 'awaiting-approval' || publicUrl === '' || linkSecretId === '') return;
        const { keys } = await secrets.read(linkSecretId, linkSecretSchema);
        for (const by of approvers) {
          const place = `${by}#${card.planHash}`;
          if ((await store.messageOf(card.requestId, place)) !== undefined) continue;
          const { requestId, planHash } = card;
          const link = { requestId, planHash, by, name: '', expiresAt: Date.parse(card.approvalUntil) };
          const confirmLink = `${publicUrl}/confirm/${signLink(link, keys)}`;
          const text = cardText(cardView(card, language, { timezone: policy.timezone }), { confirmLink });
          await client.sendMessage({ userId: by.slice(APPROVER.length) }, text);
          await store.remember(requestId, place, card.updatedAt);
        }
      },
      notify: () => Promise.resolve(),
    },
    tools.onFailure,
  );
}

/** Where an answer goes. */
export type AnswerTo =
  | { chat: 'slack'; responseUrl: string }
  | { chat: 'naverWorks'; to: { userId: string } | { channelId: string } };

/** Only who asked sees an answer in Slack; in NAVER WORKS whoever is in the room. */
export async function answer(to: AnswerTo, text: string, settings: ChatSettings, tools: ChatTools): Promise<void> {
  if (to.chat === 'slack') {
    await slackOf(settings, tools).respond(to.responseUrl, { ...textMessage(text), visibleTo: 'person' });
    return;
  }
  await naverWorksOf(settings, tools).sendMessage(to.to, naverWorksText(text));
}

function slackOf({ slackSecretId, slackUrl }: ChatSettings, { secrets, clock }: ChatTools): SlackClient {
  return slackClient({
    clock,
    botToken: async ({ fresh }) => {
      const secret = await (fresh
        ? secrets.readFresh(slackSecretId, slackSecretSchema)
        : secrets.read(slackSecretId, slackSecretSchema));
      return secret.botToken;
    },
    ...(slackUrl === '' ? {} : { apiUrl: `${slackUrl}/api/`, responseOrigin: slackUrl }),
  });
}

function naverWorksOf(settings: ChatSettings, { secrets, clock }: ChatTools): NaverWorksClient {
  const { naverWorksSecretId: id, naverWorksUrl: url } = settings;
  return naverWorksClient({
    clock,
    secret: ({ fresh }) =>
      fresh ? secrets.readFresh(id, naverWorksSecretSchema) : secrets.read(id, naverWorksSecretSchema),
    ...(url === '' ? {} : { authUrl: url, apiUrl: url }),
  });
}
