import { SimulatorInputError } from '../errors.ts';

/** NCP publishes no figure. A call over the limit is a 429/410 of the gateway and does nothing. */
export interface RequestLimit {
  /** How many calls of the account are taken in any simulated second; a whole number. */
  callsPerSecond: number;
  /** Whether a refusal says in `Retry-After` when the next call would be taken. */
  retryAfter?: boolean;
}

export interface RequestMeter {
  /** Seconds until the next call would be taken; undefined: this one is, and counts. */
  take(now: number): number | undefined;
  readonly saysWhen: boolean;
}

const SECOND_MS = 1_000;

export function requestMeter({ callsPerSecond, retryAfter = false }: RequestLimit): RequestMeter {
  if (!Number.isInteger(callsPerSecond) || callsPerSecond < 1) {
    throw new SimulatorInputError(`The limit must be a whole number of calls per second, not ${callsPerSecond}.`);
  }
  /** When the last calls were taken, oldest first; no more of them than the limit. */
  const taken: number[] = [];
  return {
    saysWhen: retryAfter,
    take: (now) => {
      const [oldest] = taken;
      if (taken.length >= callsPerSecond && oldest !== undefined) {
        const leftMs = oldest + SECOND_MS - now;
        if (leftMs > 0) return leftMs / SECOND_MS;
        taken.shift();
      }
      taken.push(now);
      return undefined;
    },
  };
}
