import type { Clock } from '../clock.ts';
import type { Engine, Retry } from '../termination/ports/engine.ts';
import { StoreError } from '../termination/ports/store.ts';

const LONGEST_SLEEP_SECONDS = 5;
/** How often a waiting process records that it is alive. */
const LONGEST_WAIT_SECONDS = 60;

/** The answers of a run's steps, as JSON by step name: read once, and written as the run goes on. */
export interface EngineMemory {
  answers: ReadonlyMap<string, string>;
  remember(step: string, answer: string): Promise<void>;
  /** Throws where another process has taken the run over. */
  stayAlive(): Promise<void>;
}

/** How long the engine tries to write an answer down before the run ends: about half a minute. */
const WRITE_RETRY: Retry = { attempts: 6, firstDelaySeconds: 1, maxDelaySeconds: 10 };

/**
 * The engine in this process. With a memory, a later process resumes a killed run: steps with a remembered answer are not
 * repeated, and no step begins before all earlier answers are written down. Waits end early when the run is interrupted.
 */
export function processEngine(clock: Clock, signal?: AbortSignal, memory?: EngineMemory): Engine {
  const sleep = async (seconds: number): Promise<void> => {
    await clock.sleep(seconds * 1000, signal).catch((reason: unknown) => {
      if (signal?.aborted !== true) throw reason;
    });
  };
  const trying = async <T>(work: () => Promise<T>, retry: Retry | undefined): Promise<T> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        const isHopeless = error instanceof StoreError && !error.passing;
        if (retry === undefined || tries >= retry.attempts || isHopeless || signal?.aborted === true) throw error;
        await sleep(Math.min(retry.firstDelaySeconds * 2 ** (tries - 1), retry.maxDelaySeconds));
      }
    }
  };
  /** Remembered steps that the run has not replayed yet. */
  const ahead = new Set(memory?.answers.keys());
  let unwritten: (() => Promise<void>) | undefined;
  const writeDown = async (): Promise<void> => {
    if (unwritten === undefined) return;
    await trying(unwritten, WRITE_RETRY);
    unwritten = undefined;
  };
  const sleepFor = async (seconds: number): Promise<void> => {
    // A later step has an answer, so this sleep had ended when the process died.
    if (ahead.size > 0) return;
    await writeDown();
    for (let left = seconds; left > 0; left -= LONGEST_WAIT_SECONDS) {
      if (signal?.aborted === true) return;
      await sleep(Math.min(left, LONGEST_WAIT_SECONDS));
      if (left > LONGEST_WAIT_SECONDS) await memory?.stayAlive();
    }
  };
  return {
    step: async <T>(name: string, work: () => Promise<T>, retry?: Retry): Promise<T> => {
      const remembered = memory?.answers.get(name);
      if (remembered !== undefined) {
        ahead.delete(name);
        const value: T = JSON.parse(remembered);
        return value;
      }
      ahead.clear();
      await writeDown();
      await trying(async () => memory?.stayAlive(), WRITE_RETRY);
      const value = await trying(work, retry);
      // An answer that is nothing is JSON, too.
      unwritten = async () => memory?.remember(name, JSON.stringify(value ?? null));
      // The answer exists and must not be lost; the next step waits until it is written down.
      await unwritten().then(
        () => (unwritten = undefined),
        () => {},
      );
      return value;
    },
    sleep: (_name, seconds) => sleepFor(seconds),
    // Nobody can wake a process, so it looks often instead.
    waitForSignal: (_name, seconds) => sleepFor(Math.min(seconds, LONGEST_SLEEP_SECONDS)),
  };
}
