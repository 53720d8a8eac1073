import type { ChatContext } from './context.ts';

/** When it was said, however late it is carried out, or carried out once more; never later than now. */
export function sentAt({ chatRequest, backend }: Pick<ChatContext, 'chatRequest' | 'backend'>): number {
  const now = backend.clock.now();
  return Math.min(chatRequest.at ?? now, now);
}
