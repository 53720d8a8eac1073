import { type Logger, LogLevel, WebClient, type WebClientOptions } from '@slack/web-api';
import { ChatError } from '../chat-error.ts';
import { ONE_CALL_A_CONNECTION, type Patience, patiently } from '../chat-http.ts';
import { slackError } from './client-error.ts';

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
    timeout: timeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    headers: { ...ONE_CALL_A_CONNECTION },
    fetch: fetchWithRetryAfter,
    logger: SILENT,
  });
}

/** A 429 that names no time becomes an error without a code in the library; so it gets one. */
const fetchWithRetryAfter: NonNullable<WebClientOptions['fetch']> = async (url, init) => {
  const answer = await fetch(url, init);
  if (answer.status !== 429 || /^\d+$/.test(answer.headers.get('retry-after') ?? '')) return answer;
  await answer.body?.cancel();
  return new Response(null, { status: 429, headers: { 'retry-after': '1' } });
};

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
