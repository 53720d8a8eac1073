import type { IncomingHttpHeaders } from 'node:http';
import { Agent, type Dispatcher, errors, request } from 'undici';
import { NEVER_CONNECTED } from '../net/never-connected.ts';
import type { CallIds } from '../termination/failure.ts';
import { NcloudError } from './errors.ts';
import { CONNECTIONS, DEFAULT_LIMITS, type TransportLimits } from './transport-limits.ts';

export interface Outgoing {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string | undefined;
}

export interface Answer {
  status: number;
  text: string;
  /** Milliseconds that `Retry-After` asks for. */
  retryAfterMs: number | undefined;
  /** NCP's clock, from the `Date` header, milliseconds since the epoch. */
  serverTime: number | undefined;
  /** What NCP calls this call. */
  ids?: CallIds | undefined;
}

/** HTTP to one endpoint: connections kept alive, limits on time and size, no redirects, nothing sent twice. */
export class Transport {
  readonly #dispatcher: Dispatcher;
  readonly #totalMs: number;

  /** `dispatcher`: carries the requests instead of the network, for tests. */
  constructor(limits: TransportLimits = DEFAULT_LIMITS, dispatcher: Dispatcher = agentFor(limits)) {
    this.#dispatcher = dispatcher;
    this.#totalMs = limits.totalMs;
  }

  /** One request, sent once. `action` names the call in errors; `signal` cuts it off. Throws NcloudError if no whole answer came. */
  async send(
    { url, method, headers, body }: Outgoing,
    { action, now, signal }: { action: string; now: number; signal?: AbortSignal | undefined },
  ): Promise<Answer> {
    // Real time and not the run's clock, because real sockets hang.
    const tooLong = AbortSignal.timeout(this.#totalMs);
    const ended = AbortSignal.any(signal === undefined ? [tooLong] : [tooLong, signal]);
    try {
      const answer = await request(url, {
        method,
        headers,
        dispatcher: this.#dispatcher,
        idempotent: false,
        ...(body !== undefined && { body }),
        signal: ended,
      });
      const text = await answer.body.text();
      const serverTime = Date.parse(String(answer.headers['date'] ?? ''));
      return {
        status: answer.statusCode,
        text,
        retryAfterMs: retryAfter(answer.headers['retry-after'], now),
        serverTime: Number.isNaN(serverTime) ? undefined : serverTime,
        ids: idsIn(answer.headers),
      };
    } catch (error) {
      const { origin } = new URL(url);
      if (!ended.aborted) throw failure(error, action, origin);
      const why = signal?.aborted === true ? 'was interrupted' : `took longer than ${this.#totalMs / 1000} s in all`;
      throw new NcloudError('cut', action, { returnMessage: `${origin} ${why}`, cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }
}

function agentFor(limits: TransportLimits): Agent {
  return new Agent({
    connect: { timeout: limits.connectMs },
    headersTimeout: limits.headersMs,
    bodyTimeout: limits.bodyMs,
    maxResponseSize: limits.replyBytes,
    keepAliveTimeout: 4_000,
    connections: CONNECTIONS,
    // One call a connection at a time: undici sends pipelined ones again by itself when a connection breaks.
    pipelining: 1,
  });
}

/** Both headers are the gateway's. Only what an id may hold is kept, because it goes into reports. */
function idsIn(headers: IncomingHttpHeaders): CallIds | undefined {
  const [requestId = '', traceId = ''] = ['x-ncp-apigw-request-id', 'x-ncp-trace-id'].map((name) =>
    String(headers[name] ?? '')
      .replaceAll(/[^\w.:-]/g, '')
      .slice(0, MOST_ID),
  );
  return requestId === '' && traceId === '' ? undefined : { requestId, traceId };
}

/** Twice as long as a UUID, because each of 200 servers may repeat it in one checkpoint. */
const MOST_ID = 72;

/** Seconds or a date; anything else is ignored. */
function retryAfter(value: string | string[] | undefined, now: number): number | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  if (/^\d{1,6}$/.test(value.trim())) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Before a connection exists nothing was done; after that the outcome is unknown. */
function failure(error: unknown, action: string, origin: string): NcloudError {
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return new NcloudError('unreadable', action, { returnMessage: 'the reply is larger than the limit', cause: error });
  }
  const code = codeOf(error);
  if (code === 'UND_ERR_INVALID_ARG') {
    return new NcloudError('rejected', action, {
      returnMessage: 'the request cannot be written as HTTP',
      cause: error,
    });
  }
  const kind = NEVER_CONNECTED.has(code) ? 'unreachable' : 'cut';
  return new NcloudError(kind, action, { returnMessage: `${origin} ${DESCRIPTIONS[code] ?? code}`, cause: error });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Several addresses were tried (IPv4 and IPv6): they fail alike.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error.name;
}

const DESCRIPTIONS: Record<string, string> = {
  ECONNREFUSED: 'refused the connection',
  ENOTFOUND: 'has no address (is the name right, and is there a network?)',
  EAI_AGAIN: 'has no address (is the name right, and is there a network?)',
  UND_ERR_CONNECT_TIMEOUT: 'did not accept a connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'stopped in the middle of its answer',
  UND_ERR_SOCKET: 'closed the connection',
  ECONNRESET: 'closed the connection',
};
