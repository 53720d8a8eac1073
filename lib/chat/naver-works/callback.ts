/** What NAVER WORKS sends to a bot. */

import * as z from 'zod';
import { jsonFrom } from '../../text/json.ts';

interface NaverWorksMessage {
  userId: string;
  /** Empty in a room of two: answer to the user then. */
  channelId: string;
  domainId: number;
  /** Milliseconds since the epoch. */
  issuedAt: number;
  text: string;
}

export type NaverWorksCallback =
  | { kind: 'message'; message: NaverWorksMessage }
  /** Something else happened: a sticker, somebody joined. Nothing to do, and nothing wrong. */
  | { kind: 'other' }
  | { kind: 'wrong'; problem: string };

const eventSchema = z.object({ type: z.string().min(1).max(100) });

const messageSchema = z.object({
  source: z.object({
    userId: z.string().min(1).max(200),
    channelId: z.string().max(200).default(''),
    domainId: z.int(),
  }),
  issuedTime: z.iso.datetime({ offset: true }),
  content: z.object({ type: z.string().min(1).max(100), text: z.string().max(10_000).optional() }),
});

/** Of a raw body: https://developers.worksmobile.com/kr/docs/bot-callback-message. The problem never quotes it. */
export function parseNaverWorksCallback(body: string): NaverWorksCallback {
  const given = jsonFrom(body);
  const event = eventSchema.safeParse(given);
  if (!event.success) return { kind: 'wrong', problem: 'callback: expected an object with a type' };
  if (event.data.type !== 'message') return { kind: 'other' };
  const parsed = messageSchema.safeParse(given);
  if (!parsed.success) {
    const places = parsed.error.issues.slice(0, 10).map((issue) => issue.path.join('.'));
    return { kind: 'wrong', problem: `callback: not as NAVER WORKS sends it: ${places.join(', ')}` };
  }
  const { source, issuedTime, content } = parsed.data;
  if (content.type !== 'text') return { kind: 'other' };
  if (content.text === undefined) return { kind: 'wrong', problem: 'callback: content.text is missing' };
  return { kind: 'message', message: { ...source, issuedAt: Date.parse(issuedTime), text: content.text } };
}
