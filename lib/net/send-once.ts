import { Agent, request } from 'undici';

/** Longer than any answer of these services; a receiver must not be able to fill the memory. */
export const MOST_REPLY_BYTES = 1024 * 1024;

/**
 * Passed with each request, so that no proxy of the environment (`NODE_USE_ENV_PROXY`) is used. Without pipelining
 * each request has its own connection: Lambda freezes the process between two invocations, and the outcome of the first
 * call on a connection that died meanwhile is unknown, so that people would see their message twice.
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

/** One POST, sent once. A redirect is an error. The `code` or name of an error says what happened. */
export async function sendOnce(url: string, { headers, body, signal }: Sending): Promise<Reply> {
  const answer = await request(url, { method: 'POST', headers, body, signal, dispatcher: agent });
  const text = await answer.body.text();
  const { statusCode: status } = answer;
  if (status >= 300 && status < 400) throw redirected(status);
  return { status, text, headers: headersFrom(answer.headers) };
}

/** The message leaves out the target, because addresses may be secrets. */
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
