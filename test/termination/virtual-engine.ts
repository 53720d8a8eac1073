import type { Timer } from '../../lib/clock.ts';
import type { SimulatedNcp } from '../../lib/simulator/simulator.ts';
import type { Engine } from '../../lib/termination/ports/engine.ts';
import { BrokenRun } from '../../lib/termination/run.ts';

/** The process died here. Nothing in lib/ catches it, as nothing catches a power cut. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** What a durable engine has written down: by step or wait, its answer as JSON. Outlives a {@link Crash}. */
export type EngineMemory = Map<string, string>;

export interface VirtualEngineOptions {
  /** Given again to a second engine, the run goes on where the first one crashed. */
  memory?: EngineMemory;
  /** The work is done, and its answer not yet remembered; throw here to have it done again. */
  beforeRemembering?: (step: string) => void;
  /** The answer is remembered; a person acts here, or the process dies. */
  afterStep?: (step: string) => void | Promise<void>;
  /** A wait or a sleep is over for the first time; the process that waited may end here. */
  afterWait?: (name: string) => void | Promise<void>;
  /** The run sleeps; people speak here, or the process dies. Returns after how many seconds it is woken, if it is. */
  whileAsleep?: (sleep: VirtualSleep) => number | void | Promise<number | void>;
}

interface VirtualSleep {
  name: string;
  seconds: number;
  /** The one that the run was to tell others. */
  wakeId: string;
}

/** The third engine: virtual time, which passes only in waits, and a memory that survives a crash. */
export function virtualEngine(simulator: SimulatedNcp, options: VirtualEngineOptions = {}): Engine {
  const { memory = new Map<string, string>(), beforeRemembering, afterStep, afterWait, whileAsleep } = options;
  const used = new Set<string>();
  const once = (name: string): void => {
    if (used.has(name)) throw new Error(`the name ${name} is used twice in one run`);
    used.add(name);
  };
  return {
    step: async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      once(name);
      const remembered = memory.get(name);
      const answer = remembered ?? JSON.stringify(await work());
      // Through JSON, like every answer of a durable step.
      const value: T = JSON.parse(answer);
      if (remembered !== undefined) return value;
      beforeRemembering?.(name);
      memory.set(name, answer);
      await afterStep?.(name);
      return value;
    },
    sleep: async (name, seconds) => {
      once(name);
      checkSeconds(name, seconds);
      if (memory.has(name)) return;
      simulator.advance(seconds);
      memory.set(name, 'null');
      await afterWait?.(name);
    },
    waitForSignal: async (name, seconds, asleep) => {
      once(name);
      checkSeconds(name, seconds);
      if (memory.has(name)) return;
      const wakeId = `wake-${name}`;
      const isTold = await told(asleep, wakeId);
      const woken = isTold ? await whileAsleep?.({ name, seconds, wakeId }) : undefined;
      simulator.advance(Math.min(seconds, woken ?? (isTold ? seconds : 60)));
      memory.set(name, 'null');
      await afterWait?.(name);
    },
  };
}

function checkSeconds(name: string, seconds: number): void {
  if (!Number.isInteger(seconds) || seconds < 1) throw new Error(`${name}: ${seconds} is no durable wait`);
}

/** Whether others could be told how to wake the run. */
async function told(asleep: (wakeId: string) => Promise<void>, wakeId: string): Promise<boolean> {
  try {
    await asleep(wakeId);
    return true;
  } catch (error) {
    if (isCrash(error)) throw error;
    return false;
  }
}

/** Follows the simulator; a sleep moves the simulator on. */
export function virtualClock(simulator: SimulatedNcp): Timer {
  return {
    now: () => simulator.now().getTime(),
    sleep: (ms) => {
      simulator.advance(ms / 1000);
      return Promise.resolve();
    },
    elapsed: () => simulator.now().getTime(),
    timeout: () => new AbortController().signal,
  };
}

/** Whether the process died: within a pass, the run wraps what broke it. */
export function isCrash(error: unknown): boolean {
  return error instanceof Crash || (error instanceof BrokenRun && error.cause instanceof Crash);
}
