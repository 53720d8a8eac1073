import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { oneLine } from '../../termination/one-line.ts';
import { ChatError, type ChatErrorKind, kindOfStatus, networkError } from '../core/chat-error.ts';

/** What the library threw, as ours. Codes: https://docs.slack.dev/reference/methods/chat.postMessage#errors */
export function slackError(error: unknown, call: string): ChatError {
  if (error instanceof ChatError) return error;
  if (error instanceof WebAPIRateLimitedError) {
    const retryAfterMs = error.retryAfter * 1000;
    return new ChatError('throttled', call, { code: 'HTTP 429', retryAfterMs });
  }
  if (error instanceof WebAPIHTTPError) {
    return new ChatError(kindOfStatus(error.statusCode), call, { code: `HTTP ${error.statusCode}` });
  }
  if (error instanceof WebAPIPlatformError) return platformError(error.data, call);
  return networkError(error instanceof WebAPIRequestError ? error.original : error, call);
}

/** An answer that is no JSON comes as the code of an error, whole; a code is one word. */
function platformError(data: WebAPIPlatformError['data'], call: string): ChatError {
  const code: unknown = data.error;
  if (typeof code !== 'string' || !/^[a-z][a-z0-9_]{0,60}$/.test(code)) {
    return new ChatError('unreadable', call, { code: 'no_json' });
  }
  return new ChatError(KINDS[code] ?? 'refused', call, { code, detail: detailOf(data) });
}

/** Which block is wrong and how: Slack points at it and does not quote it. */
function detailOf({ response_metadata: metadata }: WebAPIPlatformError['data']): string {
  return oneLine((metadata?.messages ?? []).filter((each) => each.startsWith('[ERROR]')).join(' '), 300);
}

const KINDS: Readonly<Record<string, ChatErrorKind>> = {
  ratelimited: 'throttled',
  rate_limited: 'throttled',
  internal_error: 'unavailable',
  fatal_error: 'unavailable',
  request_timeout: 'unavailable',
  service_unavailable: 'unavailable',
  not_authed: 'authentication',
  invalid_auth: 'authentication',
  account_inactive: 'authentication',
  token_expired: 'authentication',
  token_revoked: 'authentication',
  no_permission: 'authentication',
  missing_scope: 'authentication',
  org_login_required: 'authentication',
  ekm_access_denied: 'authentication',
};
