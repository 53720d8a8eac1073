import { Agent, request } from 'undici';

/** More than any of these services says in one answer; a receiver must not be able to fill the memory. */
export const MOST_REPLY_BYTES = 1024 * 1024;

/**
 * Given with each request, so that no proxy of the environment (`NODE_USE_ENV_PROXY`) comes between. Without pipelining
 * each request has a connection of its own: Lambda freezes the process between two invocations, and the first call on a
 * connection that died meanwhile ends as "unknown whether it was done", so that people would see their message twice.
 */
const agent = new Agent({ pipelining: 0, maxResponseSize: MOST_REPLY_BYTES });

export interface Sending {
  headers: Record<string, string>;
  body: string;
  /** Ends the call, answer and all. */
  signal: AbortSignal;
}

export interface Reply {
  status: number;
  text: string;
  headers: Headers;
}

/** One POST, sent once. A redirect is not followed but thrown. What is thrown says in its `code` or name what happened. */
export async function sendOnce(url: string, { headers, body, signal }: Sending): Promise<Reply> {
  const answer = await request(url, { method: 'POST', headers, body, signal, dispatcher: agent });
  const text = await answer.body.text();
  const { statusCode: status } = answer;
  if (status >= 300 && status < 400) throw redirected(status);
  return { status, text, headers: headersFrom(answer.headers) };
}

/** Where it leads is not said: addresses may be secrets. */
function redirected(status: number): Error {
  return Object.assign(new Error(`answered ${status}, which leads elsewhere`), { code: 'redirected' });
}

function headersFrom(given: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(given)) {
    for (const value of [values].flat()) headers.append(name, value);
  }
  return headers;
}
