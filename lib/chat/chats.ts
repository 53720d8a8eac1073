/** The chats of this deployment: where a run is shown, and how requests are answered. */

import * as z from 'zod';
import { logFailure } from '../aws/log.ts';
import type { SecretStore } from '../aws/secrets.ts';
import { type Clock, systemClock } from '../clock.ts';
import { ConfigError, type Environment } from '../ncloud/config.ts';
import { approvalOf } from '../policies/resolve.ts';
import type { Policy } from '../policies/schema.ts';
import { namedStore } from '../store/named-store.ts';
import type { MessageStore, SentStore } from '../termination/ports/store.ts';
import type { Notifier } from '../termination/status/run-view.ts';
import type { Language } from '../wording/language.ts';
import type { OpenChat, Received } from './core/chat.ts';
import { type LinkSettings, linksIn } from './core/links.ts';
import { notifierOf } from './core/notifiers.ts';
import { CHAT_IDS, type ChatId, forEachChat } from './identities.ts';
import { CHATS } from './registry.ts';

/** From the environment; a chat without a secret is off. */
export interface ChatSettings extends LinkSettings {
  secretIds: Readonly<Record<ChatId, string>>;
  /** URLs of the services; empty: the usual ones. */
  urls: Readonly<Record<ChatId, string>>;
  language: Language;
}

export function chatSettings(env: Environment): ChatSettings {
  return {
    secretIds: forEachChat((id) => env[CHATS[id].secret.setting] ?? ''),
    urls: forEachChat((id) => env[CHATS[id].urlSetting] ?? ''),
    linkSecretId: env['CONFIRM_SECRET_ID'] ?? '',
    publicUrl: (env['BANAP_PUBLIC_URL'] ?? '').replace(/\/+$/, ''),
    language: languageFrom(env['BANAP_LANGUAGE'] || 'en'),
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
    const store = namedStore({ table, clock: systemClock });
    kept = { key, chats: openChats(settings, { secrets, clock: systemClock, store, onFailure: logFailure }) };
  }
  return kept.chats;
}

let kept: { key: string; chats: Chats } | undefined;

interface Tools {
  secrets: Pick<SecretStore, 'read' | 'readFresh'>;
  clock: Clock;
  store: MessageStore & SentStore;
  /** A chat that fails holds nothing up. */
  onFailure: (error: unknown) => void;
}

export interface Chats {
  /** Where people see runs of this policy; undefined where nowhere. */
  notifierFor(policy: Policy | undefined): Notifier | undefined;
  /** Parses what the function that a chat calls has passed on. Throws if it is anything else. */
  received: (event: unknown) => Received;
}

/** Clients are made when they are needed and kept: one access token serves many messages. */
export function openChats(settings: ChatSettings, tools: Tools): Chats {
  const opened = new Map<ChatId, OpenChat>();
  const open = (id: ChatId): OpenChat => {
    const chat = opened.get(id) ?? openChat(id, settings, tools);
    opened.set(id, chat);
    return chat;
  };
  return {
    notifierFor: (policy) => {
      if (policy === undefined) return undefined;
      const { timezone } = policy;
      const approval = approvalOf(policy);
      const there = CHAT_IDS.filter((id) => settings.secretIds[id] !== '');
      const rooms = there.flatMap((id) => {
        const room = policy.chat?.[id];
        return room === undefined ? [] : [open(id).notifierIn(room, timezone)];
      });
      const people = there.flatMap((id) =>
        approval === null ? [] : (open(id).notifierFor?.(approval, timezone) ?? []),
      );
      const all = [...rooms, ...people];
      return all.length === 0 ? undefined : notifierOf(all, tools.onFailure);
    },
    received: (event) => {
      const { chat } = handedOverSchema.parse(event);
      const received = open(chat).received?.(event);
      if (received === undefined) throw new Error(`${CHATS[chat].identity.name} hands nothing over`);
      return received;
    },
  };
}

const handedOverSchema = z.looseObject({ chat: z.enum(CHAT_IDS) });

function openChat(id: ChatId, settings: ChatSettings, { secrets, clock, store }: Tools): OpenChat {
  const chat = CHATS[id];
  const { schema } = chat.secret;
  const secretId = settings.secretIds[id];
  return chat.open({
    secret: ({ fresh }) => (fresh ? secrets.readFresh(secretId, schema) : secrets.read(secretId, schema)),
    url: settings.urls[id],
    clock,
    store,
    language: settings.language,
    ...linksIn(settings, secrets),
  });
}
