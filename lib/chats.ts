/** The chats of this deployment: who is told of a run, and how somebody who asked is answered. */

import type { ZodType } from 'zod';
import { logFailure } from './aws/log.ts';
import { linkSecretSchema, naverWorksSecretSchema, slackSecretSchema } from './aws/secret-schemas.ts';
import type { SecretStore } from './aws/secrets.ts';
import type { AnswerTo } from './chat/attend/visit.ts';
import { boardIn, type MessageStore, type Place, sayOnce } from './chat/core/notifiers.ts';
import { type CardView, cardView } from './chat/core/card.ts';
import { SLASH } from './chat/core/commands-words.ts';
import { type NaverWorksClient, naverWorksClient } from './chat/naver-works/client.ts';
import { naverWorksBoard } from './chat/naver-works/notifier.ts';
import { cardText, naverWorksText } from './chat/naver-works/text.ts';
import { replies } from './chat/core/replies.ts';
import { cardMessage, textMessage } from './chat/slack/blocks.ts';
import { type SlackClient, slackClient } from './chat/slack/client.ts';
import { slackBoard } from './chat/slack/notifier.ts';
import { unseal } from './chat/slack/sealed.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Link, signLink } from './confirm/link.ts';
import { ConfigError, type Environment } from './ncloud/config.ts';
import { approvalOf } from './policies/resolve.ts';
import type { Policy } from './policies/schema.ts';
import { namedStore } from './store/named-store.ts';
import type { Store } from './termination/ports/store.ts';
import type { Notice, Notifier, RunView } from './termination/status/run-view.ts';
import type { Language } from './wording/language.ts';

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

/** The chats of a function, kept between invocations while its settings are the same. What fails in them is logged. */
export function chatsOf(settings: ChatSettings, table: string, secrets: SecretStore): Chats {
  const key = JSON.stringify([settings, table]);
  if (kept?.key !== key) {
    const store = storeIn(namedStore({ table, clock: systemClock }));
    kept = { key, chats: openChats(settings, { secrets, clock: systemClock, store, onFailure: logFailure }) };
  }
  return kept.chats;
}

let kept: { key: string; chats: Chats } | undefined;

/** The store as the place where notifiers keep which message shows which run. */
export function storeIn(store: Pick<Store, 'messageOf' | 'rememberMessage'>): MessageStore {
  return {
    messageOf: (requestId, place) => store.messageOf(requestId, place),
    remember: (requestId, place, message) => store.rememberMessage(requestId, place, message),
  };
}

/** What the chats work with. */
interface ChatTools {
  secrets: Pick<SecretStore, 'read' | 'readFresh'>;
  clock: Clock;
  store: MessageStore;
  /** A chat that fails holds nothing up. */
  onFailure: (error: unknown) => void;
}

export interface Chats {
  /** Where people see runs of this policy; undefined where nowhere. */
  boardOf(policy: Policy | undefined): Notifier | undefined;
  /** Only who asked sees an answer in Slack; in NAVER WORKS whoever is in the room. */
  answer(to: AnswerTo, text: string): Promise<void>;
}

/** Clients are made when they are needed and kept: one access token serves many messages. */
export function openChats(settings: ChatSettings, tools: ChatTools): Chats {
  const slack = once(() => slackOf(settings, tools));
  const naverWorks = once(() => naverWorksOf(settings, tools));
  return {
    boardOf: (policy) => {
      if (policy === undefined) return undefined;
      const { chat, approval } = policy;
      const isThere = { slack: settings.slackSecretId !== '', naverWorks: settings.naverWorksSecretId !== '' };
      const words = wordsOf(policy, settings, tools);
      const { store } = tools;
      const places: Place[] = [];
      if (chat?.slack !== undefined && isThere.slack) {
        places.push(slackBoard({ client: slack(), channel: chat.slack, store, ...words.slack }));
      }
      if (chat?.naverWorks !== undefined && isThere.naverWorks) {
        places.push(naverWorksBoard({ client: naverWorks(), channel: chat.naverWorks, store, ...words.naverWorks }));
      }
      // Without links nobody is asked there, and a run that can ask nobody says so at once.
      if (approval !== undefined && isThere.naverWorks && hasPages(settings)) {
        places.push(linksToApprovers(naverWorks(), policy, settings, tools));
      }
      return places.length === 0 ? undefined : boardIn(places, tools.onFailure);
    },
    answer: async (to, text) => {
      if (to.chat === 'slack') {
        const url = await opened(to, settings, tools);
        await slack().respond(url, { ...textMessage(text), visibleTo: 'person' });
      } else await naverWorks().sendMessage(to.to, naverWorksText(text));
    },
  };
}

/** The secret may have been exchanged since it was read here. */
async function opened(
  { sealedUrl, about }: Extract<AnswerTo, { chat: 'slack' }>,
  { slackSecretId }: ChatSettings,
  { secrets }: ChatTools,
): Promise<string> {
  const secret = secretIn(secrets, slackSecretId, slackSecretSchema);
  for (const fresh of [false, true]) {
    const url = unseal(sealedUrl, about, (await secret({ fresh })).signingSecrets);
    if (url !== undefined) return url;
  }
  throw new Error('the response_url was not sealed with a signing secret of this deployment');
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** How the message of a run, and a notice of it, are put in each chat. */
function wordsOf({ timezone }: Policy, settings: ChatSettings, tools: ChatTools) {
  const { language } = settings;
  const say = replies(language, timezone);
  const view = async (card: RunView): Promise<CardView> =>
    cardView(card, language, { timezone, link: await runLink(card, settings, tools) });
  const notice = (card: RunView, { names, act }: Notice, prefix: string): string =>
    say.notice({ names, act, prefix, ...card });
  return {
    slack: {
      render: async (card: RunView) => cardMessage(await view(card)),
      renderNotice: (card: RunView, one: Notice) => textMessage(notice(card, one, SLASH)),
    },
    naverWorks: {
      render: async (card: RunView) => cardText(await view(card)),
      renderNotice: (card: RunView, one: Notice) => naverWorksText(notice(card, one, '')),
    },
  };
}

const APPROVER = 'naver-works:';

/** Where a chat has no buttons, each approver is written to, with a link of their own to the page on which they decide. */
function linksToApprovers(client: NaverWorksClient, policy: Policy, settings: ChatSettings, tools: ChatTools): Place {
  const { language } = settings;
  const { timezone } = policy;
  const approval = approvalOf(policy);
  const approvers = (approval?.approvers ?? []).filter((by) => by.startsWith(APPROVER));
  const write = async (by: string, card: RunView): Promise<void> => {
    const { requestId, planHash, approvalUntil } = card;
    const link = { requestId, planHash, by, expiresAt: Date.parse(approvalUntil) };
    const confirmLink = await linkTo(link, settings, tools);
    const text = cardText(cardView(card, language, { timezone }), { confirmLink });
    await sayOnce(tools.store, { requestId, place: `${by}#${planHash}` }, () =>
      client.sendMessage({ userId: by.slice(APPROVER.length) }, text),
    );
  };
  return {
    show: async (card) => {
      if (card.state !== 'awaiting-approval') return;
      const others = approvers.filter((by) => !card.barred.includes(by));
      const sent = await Promise.allSettled(others.map((by) => write(by, card)));
      // One who cannot be written to does not keep the link from the others.
      const [failure] = sent.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      if (failure !== undefined) throw failure;
    },
  };
}

/** As long as the store keeps a run. */
const RUN_LINK_MS = 60 * 86_400_000;

/** To the page that shows the whole of a run; nobody decides there. Empty where there are no pages. */
function runLink({ requestId, createdAt }: RunView, settings: ChatSettings, tools: ChatTools): Promise<string> {
  const expiresAt = Date.parse(createdAt) + RUN_LINK_MS;
  return linkTo({ requestId, planHash: '', by: '', expiresAt }, settings, tools);
}

function hasPages({ publicUrl, linkSecretId }: ChatSettings): boolean {
  return publicUrl !== '' && linkSecretId !== '';
}

async function linkTo(link: Link, settings: ChatSettings, { secrets }: ChatTools): Promise<string> {
  const { publicUrl, linkSecretId } = settings;
  if (!hasPages(settings)) return '';
  const { keys } = await secrets.read(linkSecretId, linkSecretSchema);
  return `${publicUrl}/confirm/${signLink(link, keys)}`;
}

function slackOf({ slackSecretId, slackUrl }: ChatSettings, { secrets, clock }: ChatTools): SlackClient {
  const secret = secretIn(secrets, slackSecretId, slackSecretSchema);
  return slackClient({
    clock,
    botToken: async (asked) => (await secret(asked)).botToken,
    ...(slackUrl === '' ? {} : { apiUrl: `${slackUrl}/api/`, responseOrigin: slackUrl }),
  });
}

function naverWorksOf(settings: ChatSettings, { secrets, clock }: ChatTools): NaverWorksClient {
  const { naverWorksSecretId: id, naverWorksUrl: url } = settings;
  return naverWorksClient({
    clock,
    secret: secretIn(secrets, id, naverWorksSecretSchema),
    ...(url === '' ? {} : { authUrl: url, apiUrl: url }),
  });
}

/** A secret as clients ask for it; `fresh`: not from memory, because a service refused what was there. */
function secretIn<T>(secrets: ChatTools['secrets'], id: string, schema: ZodType<T>) {
  return ({ fresh }: { fresh: boolean }): Promise<T> =>
    fresh ? secrets.readFresh(id, schema) : secrets.read(id, schema);
}
