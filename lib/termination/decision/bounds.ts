import type { ActionName } from '../actions.ts';
import type { Memory } from '../events.ts';

/** How patient a run is. */
export interface Pace {
  /** An action that NCP took is not sent again before this has passed and its effect is still not seen. */
  settleMs: number;
  /** An action is sent at most this often; being told to wait does not count. */
  maxTries: number;
}

/** Seconds after which nothing that was read allows an act any more: the default, and the most that can be set. */
export const DEFAULT_FRESH_SECONDS = 5;
export const MOST_FRESH_SECONDS = 30;

/** A missing server is gone for sure once it is still missing this many milliseconds later. */
export const MISSING_MS = 10_000;

/** Seconds between the first looks, by default. */
export const DEFAULT_POLL_SECONDS = 5;

/** Four looks are enough for an effect to show. */
export function paceFor(pollSeconds: number): Pace {
  return { settleMs: pollSeconds * 4_000, maxTries: 5 };
}

/** Whether an action may be sent now: an action is given time to show, and its tries are counted. */
export function mayBeSent(
  name: ActionName,
  { memory, now, pace }: { memory: Memory; now: number; pace: Pace },
): 'yes' | 'not yet' | 'no more' {
  const sent = memory.sent[name];
  if (sent === undefined) return 'yes';
  if (now - sent.lastAt < pace.settleMs) return 'not yet';
  return sent.times < pace.maxTries ? 'yes' : 'no more';
}

export const DEFAULT_PACE: Pace = paceFor(DEFAULT_POLL_SECONDS);
