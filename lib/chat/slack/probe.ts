import { DEFAULT_PATIENCE } from '../core/chat-http.ts';
import type { ChatProbe } from '../core/probe.ts';
import { SLACK_API_URL, SlackCalls } from './client-calls.ts';
import type { SlackSecret } from './secret.ts';

/** Posting and changing messages, and the slash command. */
const SCOPES = ['chat:write', 'commands'];

/** https://docs.slack.dev/reference/methods/auth.test; the scopes are in a header of every answer. */
export const slackProbe: ChatProbe<SlackSecret> = {
  async probe({ secret, url, clock }) {
    const calls = new SlackCalls({
      ...DEFAULT_PATIENCE,
      clock,
      apiUrl: url === '' ? SLACK_API_URL : `${url}/api/`,
      botToken: async (asked) => (await secret(asked)).botToken,
    });
    const {
      user = '',
      team = '',
      response_metadata: metadata,
    } = await calls.call(
      'auth.test',
      (web) => web.auth.test(),
      (error) => error.retryable,
    );
    const scopes = metadata?.scopes;
    return {
      as: user === '' ? team : `${user} in ${team}`,
      missing: scopes === undefined ? undefined : SCOPES.filter((scope) => !scopes.includes(scope)),
    };
  },
};
