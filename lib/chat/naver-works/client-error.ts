import * as z from 'zod';
import { ChatError, kindOfStatus } from '../core/chat-error.ts';
import { secondsOf } from '../core/chat-http.ts';

/**
 * An answer that is no success: `{code, description}` of the API, `{error}` of the token endpoint. Only the code is
 * taken over, since descriptions may quote. https://developers.worksmobile.com/kr/docs/error-codes
 */
export function naverWorksError(
  call: string,
  { status, text, headers }: { status: number; text: string; headers: Headers },
  authenticationCodes: readonly string[] = [],
): ChatError {
  const code = codeIn(text);
  const kind = authenticationCodes.includes(code) ? 'authentication' : kindOfStatus(status);
  return new ChatError(kind, call, {
    code: `HTTP ${status}`,
    detail: code,
    // The API names the seconds until the minute's count begins anew.
    retryAfterMs: secondsOf(headers.get('retry-after') ?? (status === 429 ? headers.get('ratelimit-reset') : null)),
  });
}

const word = z.string().regex(/^[A-Za-z][A-Za-z_]{0,60}$/);
const bodySchema = z.union([
  z.object({ code: word }).transform(({ code }) => code),
  z.object({ error: word }).transform(({ error }) => error),
]);

function codeIn(text: string): string {
  try {
    return bodySchema.safeParse(JSON.parse(text)).data ?? '';
  } catch {
    return '';
  }
}
