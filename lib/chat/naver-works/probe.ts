import { DEFAULT_PATIENCE } from '../core/chat-http.ts';
import type { ChatProbe } from '../core/probe.ts';
import type { NaverWorksSecret } from './secret.ts';
import { AccessTokens, NAVER_WORKS_AUTH_URL } from './token.ts';

/** A token is given out for the scope that banap needs, or not at all. Whether the bot is in a room shows only by a message. */
export const naverWorksProbe: ChatProbe<NaverWorksSecret> = {
  async probe({ secret, url, clock }) {
    const authUrl = url === '' ? NAVER_WORKS_AUTH_URL : url;
    await new AccessTokens(secret, authUrl, { ...DEFAULT_PATIENCE, clock }).get();
    return { as: (await secret({ fresh: false })).serviceAccount, missing: [] };
  },
};
