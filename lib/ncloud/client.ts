/**
 * Calls to NCP: signed, paced, counted, retried where that is safe, and decoded. What an action means is not known here.
 */

import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { errorIn, kindOfStatus, NcloudError } from './errors.ts';
import { encodeParameters, type Parameters } from './parameters.ts';
import { type Reply, readReply, UnreadableReply } from './reply.ts';
import { delayBeforeRetry, type Effect } from './retry.ts';
import { type Keys, signedHeaders } from './sign.ts';
import { type Answer, DEFAULT_LIMITS, Transport, type TransportLimits } from './transport.ts';

/** Where the keys come from. `fresh` goes to the source again, for keys that were rotated meanwhile. */
interface KeySource {
  current(): Promise<Keys>;
  fresh(): Promise<Keys>;
}

export interface ClientOptions {
  /** Scheme, host and port, for example `https://ncloud.apigw.ntruss.com`. */
  endpoint: string;
  keys: KeySource;
  /** What NCP is asked to answer in. XML is its default. */
  format: 'xml' | 'json';
  clock: Clock;
  chance: Chance;
  limits?: TransportLimits;
  /** NCP publishes no figure; five is a guess that has kept others out of trouble. */
  callsPerSecond?: number;
  /** Ends a wait before a retry; the call then fails with what it failed with. */
  signal?: AbortSignal;
  /** Told of every call: a long list takes many. */
  onCall?: (action: string) => void;
  /** Told of every retry: it may take half a minute. */
  onRetry?: (error: NcloudError, delayMs: number) => void;
}

export interface Call {
  /** `/server/v2` or `/vserver/v2`. */
  prefix: string;
  action: string;
  parameters: Parameters;
  effect: Effect;
}

export class NcloudClient {
  readonly #options: ClientOptions;
  readonly #transport: Transport;
  #calls: Record<string, number> = {};
  #nextSlotAt = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#transport = new Transport(options.limits ?? DEFAULT_LIMITS);
  }

  /** The body of a successful reply. Throws {@link NcloudError} for everything else. */
  async call(call: Call): Promise<Reply['body']> {
    const { clock, chance, signal, onRetry } = this.#options;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#authenticated(call);
      } catch (error) {
        if (!(error instanceof NcloudError)) throw error;
        const delay = delayBeforeRetry(call.effect, error, tries, chance);
        if (delay === undefined) throw error;
        onRetry?.(error, delay);
        await clock.sleep(delay, signal).catch(() => {
          throw error;
        });
      }
    }
  }

  /** Calls made since the last take, by action, retries included. */
  takeCalls(): Record<string, number> {
    const taken = this.#calls;
    this.#calls = {};
    return taken;
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  /** A call that was not authenticated did nothing, so it is sent once more if the keys have changed at their source. */
  async #authenticated(call: Call): Promise<Reply['body']> {
    const { keys } = this.#options;
    const used = await load(() => keys.current(), call.action);
    try {
      return await this.#once(call, used);
    } catch (error) {
      if (!(error instanceof NcloudError) || error.kind !== 'authentication') throw error;
      const fresh = await load(() => keys.fresh(), call.action);
      if (fresh.accessKey === used.accessKey && fresh.secretKey === used.secretKey) throw error;
      return await this.#once(call, fresh);
    }
  }

  async #once(call: Call, keys: Keys): Promise<Reply['body']> {
    const { endpoint, format, clock } = this.#options;
    await this.#slot();
    const wanted = format === 'json' ? { responseFormatType: 'json' } : {};
    const query = encodeParameters({ ...call.parameters, ...wanted });
    // Everything stands in the query because the query is signed and a form body is not.
    const target = `${call.prefix}/${call.action}${query === '' ? '' : `?${query}`}`;
    const sentAt = clock.now();
    this.#calls[call.action] = (this.#calls[call.action] ?? 0) + 1;
    this.#options.onCall?.(call.action);
    const headers = { ...signedHeaders('GET', target, sentAt, keys), accept: `application/${format}` };
    const answer = await this.#transport.get(endpoint + target, headers, {
      action: call.action,
      now: sentAt,
      // An act is never cut off: what became of it could then only be guessed.
      signal: call.effect === 'read' ? this.#options.signal : undefined,
    });
    return decode(call.action, answer, sentAt);
  }

  /** Wait for this call's turn, so that the calls of one client are spread evenly. */
  async #slot(): Promise<void> {
    const { clock, callsPerSecond = 5 } = this.#options;
    const now = clock.now();
    const at = Math.max(now, this.#nextSlotAt);
    this.#nextSlotAt = at + 1000 / callsPerSecond;
    if (at > now) await clock.sleep(at - now);
  }
}

async function load(keys: () => Promise<Keys>, action: string): Promise<Keys> {
  try {
    return await keys();
  } catch (error) {
    const returnMessage = error instanceof Error ? error.message : 'unknown reason';
    throw new NcloudError('keyless', action, { returnMessage, cause: error });
  }
}

function decode(action: string, answer: Answer, sentAt: number): Reply['body'] {
  const { status, text, retryAfterMs, serverTime } = answer;
  let reply: Reply;
  try {
    reply = readReply(text);
  } catch (error) {
    if (!(error instanceof UnreadableReply)) throw error;
    const hint = status === 401 ? clockHint(serverTime, sentAt) : '';
    throw new NcloudError(kindOfStatus(status), action, {
      status,
      returnMessage: `HTTP ${status}, ${error.message}`,
      retryAfterMs,
      hint,
    });
  }
  const error = errorIn(reply, action, status, retryAfterMs);
  if (error === undefined) return reply.body;
  if (error.kind !== 'authentication') throw error;
  const { returnCode, returnMessage } = error;
  throw new NcloudError('authentication', action, {
    status,
    returnCode,
    returnMessage,
    hint: clockHint(serverTime, sentAt),
  });
}

/** NCP refuses stamps that are five minutes off, in the same words as wrong keys. */
function clockHint(serverTime: number | undefined, sentAt: number): string {
  if (serverTime === undefined) return 'check the keys and the clock';
  const minutes = Math.round((sentAt - serverTime) / 60_000);
  if (Math.abs(minutes) < 4) return 'check the access key and the secret key';
  return `the clock here is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead of' : 'behind'} NCP's; at most 5 are accepted`;
}
