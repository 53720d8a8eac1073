import * as z from 'zod';
import type { ChatRequest } from '../core/chat-request.ts';
import type { NaverWorksAddress } from './client.ts';
import { NAVER_WORKS_PEOPLE } from './identity.ts';

/** What the function that NAVER WORKS calls hands over: verified. */
const handedOverSchema = z.object({
  kind: z.literal('message'),
  message: z.object({ userId: z.string(), channelId: z.string(), issuedAt: z.number(), text: z.string() }),
});

/** Throws where it is nothing that was handed over: nobody else may call the function. */
export function naverWorksRequestFrom(payload: unknown): { request: ChatRequest; replyTo: NaverWorksAddress } {
  const { userId, channelId, issuedAt, text } = handedOverSchema.parse(payload).message;
  const channel = channelId === '' ? userId : channelId;
  return {
    request: {
      chat: 'naverWorks',
      channel,
      person: { id: `${NAVER_WORKS_PEOPLE}${userId}`, name: '' },
      // Messages have no id: who said what where and when is one.
      deliveryId: `${channel}/${userId}/${issuedAt}/${text}`,
      at: issuedAt,
      content: { kind: 'text', text },
      prefix: '',
    },
    replyTo: channelId === '' ? { userId } : { channelId },
  };
}
