/**
 * A virtual clock that several runs and calls share. It advances only when all of them wait: to the end of the wait that ends
 * first, on the simulator's clock.
 */

import type { Timer } from '../../lib/clock.ts';
import type { SimulatedNcp } from '../../lib/simulator/simulator.ts';
import type { Engine } from '../../lib/termination/ports/engine.ts';

interface Wait {
  /** Milliseconds since the epoch. */
  dueAt: number;
  end: () => void;
}

/** A sleep of a run, from and to in milliseconds since the epoch. */
export interface Sleep {
  from: number;
  to: number;
}

/** Everything here runs in memory, so after this many turns of the event loop all that is left is waits. */
const QUIET_TURNS = 3;
/** After this many turns without a wait, the work is stuck. */
const MOST_IDLE_TURNS = 100_000;

export class VirtualTime {
  /** For the client and the run. */
  readonly clock: Timer;
  readonly #simulator: SimulatedNcp;
  readonly #waits: Wait[] = [];

  constructor(simulator: SimulatedNcp) {
    this.#simulator = simulator;
    const now = (): number => simulator.now().getTime();
    this.clock = {
      now,
      elapsed: now,
      sleep: (ms, signal) => this.sleep(ms, signal),
      timeout: (ms) => {
        const timeout = new AbortController();
        void this.sleep(ms).then(() => timeout.abort());
        return timeout.signal;
      },
    };
  }

  /** Rejects with the signal's reason, as the system's clock does. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(new Error('the sleep was ended', { cause: signal.reason }));
      const wait = { dueAt: this.clock.now() + Math.ceil(Math.max(0, ms)), end: () => end(resolve) };
      const onAbort = (): void => {
        this.#waits.splice(this.#waits.indexOf(wait), 1);
        end(() => reject(new Error('the sleep was ended', { cause: signal?.reason })));
      };
      const end = (how: () => void): void => {
        signal?.removeEventListener('abort', onAbort);
        how();
      };
      this.#waits.push(wait);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** The engine of one run. `onSleep` is called when a sleep begins. */
  engine(onSleep: (sleep: Sleep) => void): Engine {
    const sleep = (seconds: number): Promise<void> => {
      const from = this.clock.now();
      onSleep({ from, to: from + seconds * 1_000 });
      return this.sleep(seconds * 1_000);
    };
    return {
      // Through JSON, as every answer of a durable step goes.
      step: async (_name, work) => JSON.parse(JSON.stringify(await work())),
      sleep: (_name, seconds) => sleep(seconds),
      waitForSignal: (_name, seconds) => sleep(Math.min(seconds, 60)),
    };
  }

  /** Advances time until the work is done. Throws if the work waits for something else than time. */
  async runToEnd<T>(work: () => Promise<T>): Promise<T> {
    let isOver = false;
    const result = work().finally(() => {
      isOver = true;
    });
    result.catch(() => undefined);
    for (let idle = 0; idle < MOST_IDLE_TURNS; idle += 1) {
      for (let turn = 0; turn < QUIET_TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      if (isOver) return result;
      const first = this.#takeFirst();
      if (first === undefined) continue;
      idle = 0;
      this.#simulator.advance(Math.max(0, first.dueAt - this.clock.now()) / 1_000);
      first.end();
    }
    throw new Error('nobody waits for a time, and the work is not done');
  }

  /** The wait that ends first; if several do, the one that began first. */
  #takeFirst(): Wait | undefined {
    let at = 0;
    for (const [index, { dueAt }] of this.#waits.entries()) if (dueAt < (this.#waits[at]?.dueAt ?? 0)) at = index;
    return this.#waits.splice(at, 1)[0];
  }
}
