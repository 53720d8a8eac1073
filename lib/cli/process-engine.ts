import type { Clock } from '../clock.ts';
import type { Engine, Retry } from '../termination/engine.ts';

const LONGEST_SLEEP_SECONDS = 5;

/**
 * The engine in this process: nothing is remembered beyond it. A run that is killed is simply started again; NCP itself
 * holds what was done. Waits end early when the run is asked to end.
 */
export function processEngine(clock: Clock, signal?: AbortSignal): Engine {
  const sleep = async (seconds: number): Promise<void> => {
    await clock.sleep(seconds * 1000, signal).catch((reason: unknown) => {
      if (signal?.aborted !== true) throw reason;
    });
  };
  return {
    step: async <T>(_name: string, work: () => Promise<T>, retry?: Retry): Promise<T> => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await work();
        } catch (error) {
          if (retry === undefined || tries >= retry.attempts || signal?.aborted === true) throw error;
          await sleep(Math.min(retry.firstDelaySeconds * 2 ** (tries - 1), retry.maxDelaySeconds));
        }
      }
    },
    wait: (_name, seconds) => sleep(seconds),
    // Nobody can wake a process. It looks often instead.
    sleep: (_name, seconds) => sleep(Math.min(seconds, LONGEST_SLEEP_SECONDS)),
  };
}
