import type { SimulatedNcp } from '../../lib/simulator/simulator.ts';
import type { Engine } from '../../lib/termination/ports/engine.ts';
import type { EngineMemory } from './virtual-engine.ts';

/**
 * Several runs in one virtual time: one step at a time, and whose turn it is chance decides. Time passes only when all of
 * them wait.
 */
export class Turns {
  readonly #simulator: SimulatedNcp;
  readonly #chance: () => number;
  #waiting: { at: number; go: () => void }[] = [];
  #living: number;

  constructor(simulator: SimulatedNcp, living: number, chance: () => number) {
    this.#simulator = simulator;
    this.#living = living;
    this.#chance = chance;
  }

  /** Resolves at `at` (milliseconds since the epoch) or later, when nobody else is at work. */
  take(at: number): Promise<void> {
    return new Promise((go) => {
      this.#waiting.push({ at, go });
      this.#next();
    });
  }

  leave(): void {
    this.#living -= 1;
    this.#next();
  }

  #next(): void {
    if (this.#living === 0 || this.#waiting.length < this.#living) return;
    const now = this.#simulator.now().getTime();
    const soonest = Math.max(now, Math.min(...this.#waiting.map(({ at }) => at)));
    if (soonest > now) this.#simulator.advance((soonest - now) / 1000);
    const ready = this.#waiting.filter(({ at }) => at <= soonest);
    const chosen = ready[Math.floor(this.#chance() * ready.length)];
    this.#waiting = this.#waiting.filter((one) => one !== chosen);
    chosen?.go();
  }
}

/** As `virtualEngine`, among others. */
/** Where a step is; `answer` as JSON, once there is one. */
export interface Stepping {
  when: 'begun' | 'done' | 'remembered';
  name: string;
  answer?: string;
}

export function engineAmong(
  turns: Turns,
  simulator: SimulatedNcp,
  told: { memory: EngineMemory; onStep: (stepping: Stepping) => void | Promise<void> },
): Engine {
  const { memory, onStep } = told;
  const now = (): number => simulator.now().getTime();
  const pause = async (name: string, seconds: number): Promise<void> => {
    if (!Number.isInteger(seconds) || seconds < 1) throw new Error(`${name}: ${seconds} is no durable wait`);
    if (!memory.has(name)) await turns.take(now() + seconds * 1000);
    memory.set(name, 'null');
  };
  return {
    step: async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      const remembered = memory.get(name);
      if (remembered !== undefined) return JSON.parse(remembered) as T;
      await turns.take(now());
      await onStep({ when: 'begun', name });
      const answer = JSON.stringify(await work());
      await onStep({ when: 'done', name, answer });
      memory.set(name, answer);
      await onStep({ when: 'remembered', name, answer });
      return JSON.parse(answer) as T;
    },
    // Nobody is asked in these stories, so nobody wakes a run.
    sleep: pause,
    waitForSignal: pause,
  };
}
