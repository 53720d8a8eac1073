import type { Clock } from '../../clock.ts';
import { type Reply, sendOnce } from '../../net/send-once.ts';
import { ChatError, networkError } from './chat-error.ts';

export interface Patience {
  clock: Clock;
  /** Milliseconds for one answer, body and all. */
  timeoutMs: number;
  /** Milliseconds that all tries of one call may take together; a longer `Retry-After` is not waited for. */
  patienceMs: number;
}

export interface PatienceOptions {
  clock: Clock;
  timeoutMs?: number;
  patienceMs?: number;
}

export const DEFAULT_PATIENCE = { timeoutMs: 5_000, patienceMs: 15_000 };

/** One POST, sent once, redirects not followed. `call` names it in errors. Throws ChatError where no whole answer came. */
export async function post(
  call: string,
  { url, headers, body, timeoutMs }: { url: string; headers: Record<string, string>; body: string; timeoutMs: number },
): Promise<Reply> {
  try {
    return await sendOnce(url, { headers, body, signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    throw networkError(error, call);
  }
}

/**
 * Tries again while `mayRepeat` allows it, the service's own waiting time is kept and patience lasts. By
 * default it repeats only calls that were certainly not done, because a message must not appear twice.
 */
export async function patiently<T>(
  attempt: () => Promise<T>,
  { clock, patienceMs }: Patience,
  mayRepeat: (error: ChatError) => boolean = (error) => error.isUndone,
): Promise<T> {
  const until = clock.now() + patienceMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ChatError) || !mayRepeat(error)) throw error;
      const pauseMs = error.retryAfterMs ?? 500 * 2 ** (tries - 1);
      if (tries >= MAX_TRIES || clock.now() + pauseMs > until) throw error;
      await clock.sleep(pauseMs);
    }
  }
}

const MAX_TRIES = 4;

/** A whole number of seconds, as both services write it, in milliseconds. */
export function secondsOf(value: string | null): number | undefined {
  return value !== null && /^\d{1,6}$/.test(value.trim()) ? Number(value) * 1000 : undefined;
}
