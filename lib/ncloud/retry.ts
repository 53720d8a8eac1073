/** When to ask again. Decided by what the action does and what came back, never by the HTTP verb. */

import { backOff, type Chance } from '../chance.ts';
import type { NcloudError } from './errors.ts';

/**
 * `read` changes nothing and may be repeated. `write` is sent once: by the time of a second try the look that allowed it
 * is old, so even where nothing was done the answer goes back to the pass, which decides afresh.
 */
export type Effect = 'read' | 'write';

export const MOST_TRIES = 5;
const DELAYS = { firstMs: 1_000, mostMs: 30_000 };

/** Milliseconds until the next try, or undefined where asking again is wrong or useless. `tries` were made so far. */
export function delayBeforeRetry(
  effect: Effect,
  error: NcloudError,
  tries: number,
  chance: Chance,
): number | undefined {
  if (tries >= MOST_TRIES || !mayRepeat(effect, error)) return undefined;
  const { retryAfterMs } = error;
  // Asked to stay away for longer than we are ready to sleep: give up now, a later look comes anyway.
  if (retryAfterMs !== undefined) return retryAfterMs <= DELAYS.mostMs ? retryAfterMs : undefined;
  // The limiter has slowed down by now, and its next turn is soon enough; more than one refusal is no accident.
  if (error.kind === 'throttled' && tries === 1) return 0;
  return backOff(tries, DELAYS, chance);
}

function mayRepeat(effect: Effect, error: NcloudError): boolean {
  if (effect === 'write') return false;
  if (error.kind === 'refused') return error.remedy === 'unknown';
  return ['throttled', 'unavailable', 'unreachable', 'cut', 'unreadable'].includes(error.kind);
}
