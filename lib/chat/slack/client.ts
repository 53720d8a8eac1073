import type { KnownBlock } from '@slack/types';
import { ChatError, kindOfStatus } from '../core/chat-error.ts';
import {
  DEFAULT_PATIENCE,
  type Patience,
  type PatienceOptions,
  patiently,
  post,
  secondsOf,
} from '../core/chat-http.ts';
import { SLACK_API_URL, SlackCalls, type SlackCallsOptions } from './client-calls.ts';

/** What a message shows. `text` is for notifications and screen readers, and alone where there are no blocks. */
export interface SlackMessage {
  blocks?: readonly KnownBlock[];
  text: string;
}

/** An answer to a command or a click. Without `replaceOriginal` it is a message of its own. */
interface SlackResponse extends SlackMessage {
  visibleTo: 'person' | 'channel';
  replaceOriginal?: boolean;
}

/** Calls to Slack. They throw ChatError, or what `botToken` throws. */
export interface SlackClient {
  /** Returns the message's `ts`. Sent again only where it certainly was not posted. */
  postMessage(channel: string, message: SlackMessage, threadTs?: string): Promise<string>;
  updateMessage(channel: string, ts: string, message: SlackMessage): Promise<void>;
  deleteMessage(channel: string, ts: string): Promise<void>;
  /** To the `response_url` of a verified request: five times within thirty minutes. */
  respond(responseUrl: string, response: SlackResponse): Promise<void>;
}

export interface SlackOptions extends PatienceOptions {
  botToken: SlackCallsOptions['botToken'];
  /** Where Slack's Web API is, with `/api/` at its end. */
  apiUrl?: string;
  /** Nothing is sent to a response URL of another origin, whoever signed the request that brought it. */
  responseOrigin?: string;
}

export function slackClient(options: SlackOptions): SlackClient {
  const patience = { ...DEFAULT_PATIENCE, ...options };
  const origin = options.responseOrigin ?? 'https://hooks.slack.com';
  const calls = new SlackCalls({ ...patience, apiUrl: options.apiUrl ?? SLACK_API_URL });
  return {
    postMessage: (channel, message, threadTs) => postMessage(calls, channel, message, threadTs),
    async updateMessage(channel, ts, { text, blocks = [] }) {
      await calls.call(
        'chat.update',
        (web) => web.chat.update({ channel, ts, text, blocks: [...blocks] }),
        isRetryable,
      );
    },
    async deleteMessage(channel, ts) {
      await calls.call('chat.delete', (web) => web.chat.delete({ channel, ts }), isRetryable);
    },
    respond: (responseUrl, response) => patiently(() => respond(responseUrl, response, origin, patience), patience),
  };
}

/** For what may be done twice. */
const isRetryable = (error: ChatError): boolean => error.retryable;

async function postMessage(
  calls: SlackCalls,
  channel: string,
  { text, blocks = [] }: SlackMessage,
  threadTs: string | undefined,
): Promise<string> {
  // Previews would be fetched from the links, and a confirm page is one of them.
  const message = { channel, text, blocks: [...blocks], unfurl_links: false, unfurl_media: false };
  // A reply goes to the channel as well: nobody follows the thread of a message that they have not yet read.
  const args = threadTs === undefined ? message : { ...message, thread_ts: threadTs, reply_broadcast: true as const };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- Slack's, not a window's
  const { ts } = await calls.call('chat.postMessage', (web) => web.chat.postMessage(args));
  if (ts === undefined) throw new ChatError('unreadable', 'Slack chat.postMessage', { code: 'no_ts' });
  return ts;
}

async function respond(
  responseUrl: string,
  { text, blocks, visibleTo, replaceOriginal = false }: SlackResponse,
  origin: string,
  { timeoutMs }: Patience,
): Promise<void> {
  const call = 'Slack response_url';
  const url = URL.parse(responseUrl);
  if (url?.origin !== origin) throw new ChatError('refused', call, { code: 'foreign_origin', detail: `not ${origin}` });
  const answer = await post(call, {
    url: url.href,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({
      response_type: visibleTo === 'channel' ? 'in_channel' : 'ephemeral',
      replace_original: replaceOriginal,
      text,
      ...(blocks && { blocks }),
    }),
    timeoutMs,
  });
  if (answer.status >= 200 && answer.status < 300) return;
  throw new ChatError(kindOfStatus(answer.status), call, {
    code: `HTTP ${answer.status}`,
    retryAfterMs: secondsOf(answer.headers.get('retry-after')),
  });
}
