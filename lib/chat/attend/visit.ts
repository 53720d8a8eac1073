import * as z from 'zod';
import { CARD_ACTIONS } from '../core/card-button.ts';
import { SLASH } from '../core/commands-words.ts';
import type { ChatRequest } from '../core/handling/context.ts';

/** What the functions that chats call hand over: verified, and in each chat's own words. */
const handedOverSchema = z.discriminatedUnion('kind', [
  z.object({
    chat: z.literal('slack'),
    kind: z.literal('command'),
    /** When Slack signed it, in milliseconds since the epoch. */
    at: z.number().optional(),
    command: z.object({
      channelId: z.string(),
      userId: z.string(),
      userName: z.string(),
      command: z.string(),
      text: z.string(),
      sealedUrl: z.string(),
      triggerId: z.string(),
    }),
  }),
  z.object({
    chat: z.literal('slack'),
    kind: z.literal('click'),
    click: z.object({
      channelId: z.string(),
      userId: z.string(),
      userName: z.string(),
      messageTs: z.string(),
      actionTs: z.string(),
      decision: z.object({ action: z.enum(CARD_ACTIONS), requestId: z.string(), planHash: z.string() }),
      sealedUrl: z.string(),
      triggerId: z.string(),
    }),
  }),
  z.object({
    chat: z.literal('naverWorks'),
    kind: z.literal('message'),
    message: z.object({ userId: z.string(), channelId: z.string(), issuedAt: z.number(), text: z.string() }),
  }),
]);

/** Where an answer goes. */
export type AnswerTo =
  /** `sealedUrl` opens with what it is about: see `slack/sealed.ts`. */
  | { chat: 'slack'; sealedUrl: string; about: string }
  | { chat: 'naverWorks'; to: { userId: string } | { channelId: string } };

interface Attended {
  chatRequest: ChatRequest;
  answerTo: AnswerTo;
}

/** Throws where it is nothing that was handed over: nobody else may call the function. */
export function chatRequestFrom(event: unknown): Attended {
  const handed = handedOverSchema.parse(event);
  switch (handed.kind) {
    case 'command': {
      const { channelId: channel, userId, userName: name, command, text, sealedUrl, triggerId } = handed.command;
      const person = { id: `slack:${userId}`, name };
      const chatRequest: ChatRequest = {
        chat: 'slack',
        channel,
        person,
        deliveryId: triggerId,
        ...(handed.at !== undefined && { at: handed.at }),
        said: { kind: 'text', text },
        prefix: `${command} `,
      };
      return { chatRequest, answerTo: { chat: 'slack', sealedUrl, about: triggerId } };
    }
    case 'click': {
      const {
        channelId: channel,
        userId,
        userName: name,
        messageTs,
        actionTs,
        decision,
        sealedUrl,
        triggerId,
      } = handed.click;
      const person = { id: `slack:${userId}`, name };
      const deliveryId = `${messageTs}/${actionTs}/${userId}`;
      const chatRequest: ChatRequest = {
        chat: 'slack',
        channel,
        person,
        deliveryId,
        ...timeIn(actionTs),
        said: { kind: 'click', decision },
        prefix: SLASH,
      };
      return { chatRequest, answerTo: { chat: 'slack', sealedUrl, about: triggerId } };
    }
    case 'message': {
      const { userId, channelId, issuedAt, text } = handed.message;
      const channel = channelId === '' ? userId : channelId;
      const person = { id: `naver-works:${userId}`, name: '' };
      // Messages have no id: who said what where and when is one.
      const deliveryId = `${channel}/${userId}/${issuedAt}/${text}`;
      const said = { kind: 'text', text } as const;
      const chatRequest: ChatRequest = { chat: 'naverWorks', channel, person, deliveryId, at: issuedAt, said, prefix: '' };
      return { chatRequest, answerTo: { chat: 'naverWorks', to: channelId === '' ? { userId } : { channelId } } };
    }
  }
}

/** Slack counts in seconds, with a fraction that tells two events of one second apart. */
function timeIn(ts: string): { at?: number } {
  return /^\d{1,12}\.\d+$/.test(ts) ? { at: Math.floor(Number(ts) * 1000) } : {};
}
