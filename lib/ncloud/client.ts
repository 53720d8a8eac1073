/**
 * Calls to NCP: signed, paced, counted, retried where that is safe, and decoded. This file does not know what an action means.
 */

import type { Dispatcher } from 'undici';
import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { NcloudErrorKind } from './codes.ts';
import { documentIn, type Received, replyIn } from './decode.ts';
import { NcloudError } from './errors.ts';
import { GUESSES, type Untagged } from './guesses.ts';
import { Limiter } from './limiter.ts';
import { encodeParameters, type Parameters } from './parameters.ts';
import type { Reply } from './reply.ts';
import { delayBeforeRetry, type Effect } from './retry.ts';
import { type Keys, signedHeaders } from './sign.ts';
import { type Answer, type Outgoing, Transport } from './transport.ts';
import { DEFAULT_LIMITS, type TransportLimits } from './transport-limits.ts';
import { USER_AGENT } from './user-agent.ts';

/** Where the keys come from. `fresh` reads the source again, for keys that may have been rotated. */
interface KeySource {
  current(): Promise<Keys>;
  fresh(): Promise<Keys>;
}

export interface ClientOptions {
  /** Scheme, host and port, for example `https://ncloud.apigw.ntruss.com`. */
  endpoint: string;
  /** The same of Resource Manager, which has a host of its own; absent: the endpoint. */
  resourceManager?: string;
  keys: KeySource;
  /** What NCP is asked to answer in. XML is its default. */
  format: 'xml' | 'json';
  clock: Clock;
  chance: Chance;
  limits?: TransportLimits;
  /** Carries the requests instead of the network, for tests. */
  dispatcher?: Dispatcher;
  /** Shared by all clients of an account in a process; absent: one of its own, for `callsPerSecond`. */
  limiter?: Limiter;
  callsPerSecond?: number | undefined;
  /** How Resource Manager shows "no tags"; absent: as NCP's pages let expect. */
  untagged?: readonly Untagged[];
  /** Ends every wait and every call in flight, including acts, whose outcome is then unknown. */
  signal?: AbortSignal;
  /** Called for every call; a long list takes many. */
  onCall?: (action: string) => void;
  /** Called for every retry, which may take half a minute. */
  onRetry?: (error: NcloudError, delayMs: number) => void;
  /** Called for every whole answer, before it is read. */
  onAnswer?: (exchange: Exchange) => void;
}

/** A call and the raw answer to it. It holds no keys. `sentAt` and `receivedAt` by our clock, in milliseconds since the epoch. */
export interface Exchange extends Pick<Outgoing, 'method' | 'body'> {
  action: string;
  origin: string;
  target: string;
  sentAt: number;
  receivedAt: number;
  answer: Answer;
}

export interface Call {
  /** `/server/v2` or `/vserver/v2`. */
  prefix: string;
  action: string;
  parameters: Parameters;
  effect: Effect;
  /** Asked just before the call is sent, because the decision may no longer hold. */
  mayGoOn?: (() => boolean) | undefined;
  /** Ends this call, as the client's own signal ends all. */
  signal?: AbortSignal | undefined;
}

/** A call to Resource Manager: JSON in and out. */
export interface Post {
  action: string;
  path: string;
  body: object;
  effect: Effect;
}

/** What is sent, whatever it is to be read as. */
interface Prepared extends Pick<Call, 'action' | 'effect' | 'mayGoOn' | 'signal'> {
  origin: string;
  /** Path and query: what is signed. */
  target: string;
  method: Outgoing['method'];
  headers: Record<string, string>;
  body?: string;
  read: (received: Received) => Reply['body'];
}

export class NcloudClient {
  readonly #options: ClientOptions;
  readonly #transport: Transport;
  readonly #limiter: Limiter;
  #calls: Record<string, number> = {};

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#limiter = options.limiter ?? new Limiter(options);
    this.#transport = new Transport(options.limits ?? DEFAULT_LIMITS, options.dispatcher);
  }

  /** The body of a successful reply. Throws {@link NcloudError} for everything else. */
  async call({ prefix, action, parameters, ...how }: Call): Promise<Reply['body']> {
    const { endpoint, format } = this.#options;
    const wanted = format === 'json' ? { responseFormatType: 'json' } : {};
    const query = encodeParameters({ ...parameters, ...wanted });
    // Everything is in the query, because the query is signed and a form body is not.
    const target = `${prefix}/${action}${query === '' ? '' : `?${query}`}`;
    const headers = { accept: `application/${format}` };
    return this.#send({ action, ...how, origin: endpoint, target, method: 'GET', headers, read: replyIn });
  }

  /** The JSON object that Resource Manager answers. Throws {@link NcloudError} for everything but a success. */
  async post({ action, path, body, effect }: Post): Promise<Reply['body']> {
    const { endpoint, resourceManager: origin = endpoint } = this.#options;
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const text = JSON.stringify(body);
    return this.#send({ action, effect, origin, target: path, method: 'POST', headers, body: text, read: documentIn });
  }

  /** What of Resource Manager's answers means "no tags". */
  get untagged(): readonly Untagged[] {
    return this.#options.untagged ?? GUESSES.untagged;
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

  /** Resolves when the calls of one look can follow each other closely, and a call that it leads to. */
  ready(): Promise<void> {
    return this.#limiter.ready(this.#options.signal);
  }

  /** Waits with the client's clock; a wait that is interrupted ends early, and the next call says why. */
  async pause(ms: number): Promise<void> {
    await this.#options.clock.sleep(ms, this.#options.signal).catch(() => {});
  }

  async #send(prepared: Prepared): Promise<Reply['body']> {
    const { clock, chance, onRetry } = this.#options;
    const signal = either(this.#options.signal, prepared.signal);
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#authenticated(prepared);
      } catch (error) {
        if (!(error instanceof NcloudError) || signal?.aborted === true) throw error;
        const delay = delayBeforeRetry(prepared.effect, error, tries, chance);
        if (delay === undefined) throw error;
        if (delay === 0) continue;
        onRetry?.(error, delay);
        await clock.sleep(delay, signal).catch(() => {
          throw error;
        });
      }
    }
  }

  /**
   * A call that was not authenticated did nothing. If the keys have changed at their source, a read is sent once more.
   * A write is not, because the state that it was decided on may have changed as well.
   */
  async #authenticated(prepared: Prepared): Promise<Reply['body']> {
    const { keys } = this.#options;
    const { action, effect } = prepared;
    const used = await load(() => keys.current(), action);
    try {
      return await this.#once(prepared, used);
    } catch (error) {
      if (!(error instanceof NcloudError) || error.kind !== 'authentication') throw error;
      const fresh = await load(() => keys.fresh(), action);
      if (fresh.accessKey === used.accessKey && fresh.secretKey === used.secretKey) throw error;
      if (effect === 'read') return await this.#once(prepared, fresh);
      const { status, returnCode, returnMessage, ids } = error;
      throw new NcloudError('rotated', action, { status, returnCode, returnMessage, ids, cause: error });
    }
  }

  async #once(prepared: Prepared, keys: Keys): Promise<Reply['body']> {
    const { action, effect, mayGoOn } = prepared;
    const signal = either(this.#options.signal, prepared.signal);
    const turn = await this.#limiter.turn(effect, signal);
    if (turn === undefined) throw unsent(action, 'it was interrupted');
    try {
      if (mayGoOn?.() === false) throw unsent(action, 'what it was decided from is too old by now');
      const body = await this.#exchange(prepared, keys, signal);
      turn.taken();
      return body;
    } catch (error) {
      if (error instanceof NcloudError && isAnswer(error)) {
        if (TOO_MANY.has(error.kind)) turn.refused(error.retryAfterMs);
        else turn.taken();
      }
      throw error;
    } finally {
      turn.end();
    }
  }

  async #exchange(prepared: Prepared, keys: Keys, signal: AbortSignal | undefined): Promise<Reply['body']> {
    const { action, origin, target, method, headers, body, read } = prepared;
    const sentAt = this.#options.clock.now();
    this.#calls[action] = (this.#calls[action] ?? 0) + 1;
    this.#options.onCall?.(action);
    const signed = { ...signedHeaders(method, target, sentAt, keys), ...headers, 'user-agent': USER_AGENT };
    const answer = await this.#transport.send(
      { url: origin + target, method, headers: signed, body },
      { action, now: sentAt, signal },
    );
    const receivedAt = this.#options.clock.now();
    this.#options.onAnswer?.({ action, origin, target, method, body, sentAt, receivedAt, answer });
    return read({ action, answer, sentAt });
  }
}

/** Failures by which NCP says that an account calls too often. */
const TOO_MANY: ReadonlySet<NcloudErrorKind> = new Set(['throttled', 'quota']);

/** Whether NCP's gateway let the call through or refused it; a call that never got there says nothing of the rate. */
function isAnswer({ status }: NcloudError): boolean {
  return status > 0;
}

function either(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  return one === undefined || other === undefined ? (one ?? other) : AbortSignal.any([one, other]);
}

function unsent(action: string, returnMessage: string): NcloudError {
  return new NcloudError('unsent', action, { returnMessage });
}

async function load(keys: () => Promise<Keys>, action: string): Promise<Keys> {
  try {
    return await keys();
  } catch (error) {
    const returnMessage = error instanceof Error ? error.message : 'unknown reason';
    const isLasting = error instanceof Error && 'passing' in error && error.passing === false;
    throw new NcloudError(isLasting ? 'without-keys' : 'keyless', action, { returnMessage, cause: error });
  }
}
