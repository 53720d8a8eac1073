import * as z from 'zod';
import { CARD_ACTIONS } from '../core/card-button.ts';
import type { ChatRequest } from '../core/chat-request.ts';
import { SLASH } from '../core/commands-words.ts';
import { SLACK_PEOPLE } from './identity.ts';

const sent = {
  channelId: z.string(),
  userId: z.string(),
  userName: z.string(),
  sealedUrl: z.string(),
  triggerId: z.string(),
};

/** What Slack's function hands over: verified, and in Slack's words. */
const handedOverSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('command'),
    /** When Slack signed it, in milliseconds since the epoch. */
    at: z.number().optional(),
    command: z.object({ ...sent, command: z.string(), text: z.string() }),
  }),
  z.object({
    kind: z.literal('click'),
    click: z.object({
      ...sent,
      messageTs: z.string(),
      actionTs: z.string(),
      decision: z.object({
        action: z.enum(CARD_ACTIONS),
        requestId: z.string(),
        planHash: z.string(),
        server: z.string().exactOptional(),
      }),
    }),
  }),
]);

/** Where an answer goes. `sealedUrl` opens with what it is about: see `sealed.ts`. */
export interface SlackReplyTo {
  sealedUrl: string;
  about: string;
}

/** Throws where it is nothing that was handed over: nobody else may call the function. */
export function slackRequestFrom(payload: unknown): { request: ChatRequest; replyTo: SlackReplyTo } {
  const handed = handedOverSchema.parse(payload);
  if (handed.kind === 'command') {
    const { command, text, triggerId, ...given } = handed.command;
    return {
      request: {
        ...from(given),
        deliveryId: triggerId,
        ...(handed.at !== undefined && { at: handed.at }),
        content: { kind: 'text', text },
        prefix: `${command} `,
      },
      replyTo: { sealedUrl: given.sealedUrl, about: triggerId },
    };
  }
  const { messageTs, actionTs, decision, triggerId, ...given } = handed.click;
  return {
    request: {
      ...from(given),
      deliveryId: `${messageTs}/${actionTs}/${given.userId}`,
      ...timeIn(actionTs),
      content: { kind: 'click', decision },
      prefix: SLASH,
    },
    replyTo: { sealedUrl: given.sealedUrl, about: triggerId },
  };
}

function from({ channelId, userId, userName }: { channelId: string; userId: string; userName: string }) {
  return { chat: 'slack', channel: channelId, person: { id: `${SLACK_PEOPLE}${userId}`, name: userName } } as const;
}

/** Slack counts in seconds, with a fraction that tells two events of one second apart. */
function timeIn(ts: string): { at?: number } {
  return /^\d{1,12}\.\d+$/.test(ts) ? { at: Math.floor(Number(ts) * 1000) } : {};
}
