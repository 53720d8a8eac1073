import type { ChatContext } from './context.ts';

/** When the request was sent, however late or often it is carried out; never later than now. */
export function sentAt({ chatRequest, backend }: Pick<ChatContext, 'chatRequest' | 'backend'>): number {
  const now = backend.clock.now();
  return Math.min(chatRequest.at ?? now, now);
}
