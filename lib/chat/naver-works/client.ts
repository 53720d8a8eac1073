import { ChatError } from '../core/chat-error.ts';
import { DEFAULT_PATIENCE, type PatienceOptions, patiently, post } from '../core/chat-http.ts';
import type { SecretSource } from '../core/secret.ts';
import { naverWorksError } from './client-error.ts';
import type { NaverWorksSecret } from './secret.ts';
import { AccessTokens, NAVER_WORKS_AUTH_URL } from './token.ts';

export type NaverWorksAddress = { userId: string } | { channelId: string };

/** Calls to a bot of NAVER WORKS. There is none that changes a message, and a message has no id. */
export interface NaverWorksClient {
  /** At most 2,000 characters. Sent again only where it certainly was not sent. Throws ChatError, or what `secret` throws. */
  sendMessage(to: NaverWorksAddress, text: string): Promise<void>;
}

export interface NaverWorksOptions extends PatienceOptions {
  secret: SecretSource<NaverWorksSecret>;
  /** Origins, without a slash at the end. */
  authUrl?: string;
  apiUrl?: string;
}

const CALL = 'NAVER WORKS message';

/** https://developers.worksmobile.com/kr/docs/bot-user-message-send and bot-channel-message-send */
export function naverWorksClient(options: NaverWorksOptions): NaverWorksClient {
  const { secret, authUrl = NAVER_WORKS_AUTH_URL, apiUrl = 'https://www.worksapis.com' } = options;
  const patience = { ...DEFAULT_PATIENCE, ...options };
  const tokens = new AccessTokens(secret, authUrl, patience);

  async function send(to: NaverWorksAddress, text: string, token: string): Promise<void> {
    const { botId } = await secret({ fresh: false });
    const answer = await post(CALL, {
      url: `${apiUrl}/v1.0/bots/${botId}/${pathOf(to)}/messages`,
      headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${token}` },
      body: JSON.stringify({ content: { type: 'text', text } }),
      timeoutMs: patience.timeoutMs,
    });
    if (answer.status < 200 || answer.status >= 300) throw naverWorksError(CALL, answer);
  }

  return {
    async sendMessage(to, text) {
      const token = await tokens.get();
      try {
        await patiently(() => send(to, text, token), patience);
      } catch (error) {
        // Tokens are also ended before their time: when the app's settings are changed, for example.
        if (!(error instanceof ChatError) || error.code !== 'HTTP 401') throw error;
        const renewed = await tokens.get(token);
        await patiently(() => send(to, text, renewed), patience);
      }
    },
  };
}

function pathOf(to: NaverWorksAddress): string {
  return 'userId' in to ? `users/${encodeURIComponent(to.userId)}` : `channels/${encodeURIComponent(to.channelId)}`;
}
