import { type Logger, LogLevel, WebClient, type WebClientOptions } from '@slack/web-api';
import { sendOnce } from '../../net/send-once.ts';
import { ChatError } from '../core/chat-error.ts';
import { type Patience, patiently } from '../core/chat-http.ts';
import { slackError } from './client-error.ts';

export const SLACK_API_URL = 'https://slack.com/api/';

export interface SlackCallsOptions extends Patience {
  /** Asked for at each call, and again with `fresh` when Slack did not accept it: tokens are rotated. */
  botToken: (options: { fresh: boolean }) => Promise<string>;
  apiUrl: string;
}

/** Calls of Slack's Web API through the kept library, with patience and errors of our own. */
export class SlackCalls {
  readonly #options: SlackCallsOptions;
  #token = '';
  #web: WebClient | undefined;

  constructor(options: SlackCallsOptions) {
    this.#options = options;
  }

  /** `method` names the call in errors. Once more with a fresh token where the one from memory was not accepted. */
  async call<T>(
    method: string,
    act: (web: WebClient) => Promise<T>,
    mayRepeat?: (error: ChatError) => boolean,
  ): Promise<T> {
    const token = await this.#options.botToken({ fresh: false });
    try {
      return await this.#call(method, token, act, mayRepeat);
    } catch (error) {
      if (!(error instanceof ChatError) || error.kind !== 'authentication') throw error;
      const fresh = await this.#options.botToken({ fresh: true });
      if (fresh === token) throw error;
      return this.#call(method, fresh, act, mayRepeat);
    }
  }

  #call<T>(
    method: string,
    token: string,
    act: (web: WebClient) => Promise<T>,
    mayRepeat?: (error: ChatError) => boolean,
  ): Promise<T> {
    const web = this.#webFor(token);
    const attempt = (): Promise<T> =>
      act(web).catch((error: unknown) => {
        throw slackError(error, `Slack ${method}`);
      });
    return patiently(attempt, this.#options, mayRepeat);
  }

  #webFor(token: string): WebClient {
    if (this.#web === undefined || token !== this.#token) this.#web = webClient(token, this.#options);
    this.#token = token;
    return this.#web;
  }
}

/**
 * Without the library's own retries (ten within half an hour, which posts messages twice) and its own lines on standard
 * output (they are no part of our log).
 */
function webClient(token: string, { apiUrl, timeoutMs }: SlackCallsOptions): WebClient {
  return new WebClient(token, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    fetch: overUndici(timeoutMs),
    logger: SILENT,
  });
}

/** Our calls are forms. A 429 that names no time becomes an error without a code in the library; so it gets one. */
function overUndici(timeoutMs: number): NonNullable<WebClientOptions['fetch']> {
  return async (url, { headers: given = {}, body } = {}) => {
    if (typeof body !== 'string') throw new TypeError('expected a form');
    const signal = AbortSignal.timeout(timeoutMs);
    const { status, headers, text } = await sendOnce(String(url), { headers: given, body, signal });
    if (status === 429 && !/^\d+$/.test(headers.get('retry-after') ?? '')) headers.set('retry-after', '1');
    return new Response(text || null, { status, headers });
  };
}

const nothing = (): void => {};
const SILENT: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => LogLevel.ERROR,
};
