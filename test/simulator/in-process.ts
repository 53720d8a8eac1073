/** Carries a client's requests to a simulator in this process: the bytes are those of a socket, the time is virtual. */

import { Dispatcher, errors } from 'undici';
import { DEFAULT_LIMITS } from '../../lib/ncloud/transport-limits.ts';
import { type Exchange, MAX_BODY_BYTES, type Reply } from '../../lib/simulator/http/exchange.ts';
import type { SimulatedNcp } from '../../lib/simulator/simulator.ts';

/** A call as a hook sees it. */
export interface WireCall {
  method: string;
  /** Path and query. */
  target: string;
}

export interface WireOptions {
  /** Simulated seconds that each call takes, half of them before it arrives. 0 unless said otherwise. */
  latencySeconds?: number;
  /** Lets simulated time pass while a call is on its way; by default the simulator's clock is advanced at once. */
  pass?: (seconds: number) => Promise<void>;
  /** Runs before a call is sent, counted from 1; a person acts here. */
  beforeCall?: (n: number, call: WireCall) => unknown;
  /** Runs when its answer is here, before the client sees it. */
  afterCall?: (n: number, call: WireCall) => unknown;
}

type Handler = Required<Dispatcher.DispatchHandler>;

/** A dispatcher for `NcloudClient` in place of the network. */
export function inProcess(simulator: SimulatedNcp, options: WireOptions = {}): Dispatcher {
  // `compose` gives `dispatch` handlers of one kind, whatever the caller of undici hands in.
  return new Wire(simulator, options).compose((dispatch) => dispatch);
}

class Wire extends Dispatcher {
  readonly #simulator: SimulatedNcp;
  readonly #options: WireOptions;
  #calls = 0;

  constructor(simulator: SimulatedNcp, options: WireOptions) {
    super();
    this.#simulator = simulator;
    this.#options = options;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    void this.#carry(options, handler as Handler);
    return true;
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  override destroy(): Promise<void> {
    return Promise.resolve();
  }

  async #carry({ method, path: target, headers, body }: Dispatcher.DispatchOptions, handler: Handler): Promise<void> {
    const control = new Control();
    try {
      handler.onRequestStart(control, {});
      const n = (this.#calls += 1);
      const call = { method, target };
      await this.#options.beforeCall?.(n, call);
      control.throwIfAborted();
      await this.#pass(this.#latency() / 2);
      const sent = { method, target, headers: received(headers), body: bytes(body) };
      const reply = await this.#replyTo(this.#simulator.exchange(sent));
      await this.#options.afterCall?.(n, call);
      control.throwIfAborted();
      if (reply === undefined) throw new errors.SocketError('other side closed');
      give(reply, control, handler);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error('the wire broke', { cause: error });
      handler.onResponseError(control, failure);
      // A failed hook is a mistake in the test, which the client must not take for a broken connection.
      if (failure !== control.reason && !(failure instanceof errors.UndiciError)) throw failure;
    }
  }

  /** Waits until the reply is due, for as long as the client's own agent would. */
  async #replyTo({ delaySeconds, reply }: Exchange): Promise<Reply | undefined> {
    const patience = DEFAULT_LIMITS.headersMs / 1000;
    await this.#pass(Math.min(delaySeconds, patience));
    if (delaySeconds > patience) throw new errors.HeadersTimeoutError();
    await this.#pass(this.#latency() / 2);
    return reply();
  }

  #latency(): number {
    return this.#options.latencySeconds ?? 0;
  }

  async #pass(seconds: number): Promise<void> {
    if (seconds <= 0) return;
    if (this.#options.pass === undefined) this.#simulator.advance(seconds);
    else await this.#options.pass(seconds);
  }
}

class Control implements Dispatcher.DispatchController {
  aborted = false;
  paused = false;
  reason: Error | null = null;

  abort(reason: Error): void {
    this.aborted = true;
    this.reason ??= reason;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  throwIfAborted(): void {
    if (this.reason !== null) throw this.reason;
  }
}

function give({ status, headers, body }: Reply, control: Control, handler: Handler): void {
  handler.onResponseStart(control, status, headers);
  if (body.length > 0) handler.onResponseData(control, body);
  handler.onResponseEnd(control, {});
}

/** As Node's HTTP server shows them to the simulator. */
function received(headers: Dispatcher.DispatchOptions['headers']): Record<string, string> {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers) || Symbol.iterator in headers) {
    throw new TypeError('the wire takes headers as an object');
  }
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), String(value)]],
    ),
  );
}

function bytes(body: Dispatcher.DispatchOptions['body']): Buffer | undefined {
  if (body !== undefined && body !== null && typeof body !== 'string') throw new TypeError('the wire takes text');
  const all = Buffer.from(body ?? '', 'utf8');
  return all.length > MAX_BODY_BYTES ? undefined : all;
}
