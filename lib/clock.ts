/** The one source of time. Everything that needs "now" is given a clock, so that a run can be replayed. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolve after that many milliseconds, or reject with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A clock that can end what is under way. */
export interface Timer extends Clock {
  /** Milliseconds on a clock that nobody sets: how old something is. */
  elapsed(): number;
  /** A signal that is aborted after that many milliseconds. */
  timeout(ms: number): AbortSignal;
}

/**
 * Whether less than that many milliseconds have passed since now. By both clocks: the one that nobody sets stands still while
 * the machine sleeps, and the other one may be set back.
 */
export function within(clock: Timer, ms: number): () => boolean {
  const [elapsed, now] = [clock.elapsed(), clock.now()];
  return () => clock.elapsed() - elapsed < ms && clock.now() - now < ms;
}

/** A timer can be no longer, about 24 days. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export const systemClock: Timer = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  timeout: (ms) => AbortSignal.timeout(Math.min(Math.max(0, ms), LONGEST_TIMEOUT_MS)),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new Error('the sleep was ended', { cause: signal.reason }));
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(new Error('the sleep was ended', { cause: signal?.reason }));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};
