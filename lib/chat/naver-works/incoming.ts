import type { Incoming } from '../core/incoming.ts';
import { parseNaverWorksCallback } from './callback.ts';
import { naverWorksIdentity } from './identity.ts';
import { type NaverWorksSecret, naverWorksSecret } from './secret.ts';
import { verifyNaverWorks } from './signature.ts';

/** There is no time in the signature, so a callback that was recorded would verify for ever: it must be a young one. */
const TOLERANCE_MS = 10 * 60_000;

/** What people write to the bot. */
export const naverWorksIncoming: Incoming<NaverWorksSecret> = {
  chat: 'naverWorks',
  identity: naverWorksIdentity,
  secret: naverWorksSecret,
  paths: ['/naver-works'],
  contentType: 'application/json',

  verify: ({ headers, body }, { botSecret }) =>
    verifyNaverWorks({ body, signature: headers['x-works-signature'], secrets: [botSecret] }),

  parse: (_request, text, { now }) => {
    const callback = parseNaverWorksCallback(text);
    if (callback.kind === 'wrong') return callback;
    if (callback.kind === 'other') return { kind: 'nothing' };
    const { message } = callback;
    if (Math.abs(now - message.issuedAt) > TOLERANCE_MS) return { kind: 'stale' };
    return { kind: 'hand-over', payload: { kind: 'message', message } };
  },
};
