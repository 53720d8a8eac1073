/** The one source of simulated time. Milliseconds since the epoch; speed 0 stands still until advance(). */
export interface Clock {
  now(): number;
  advance(seconds: number): void;
}

export function createClock(options: { startAt: Date; speed: number }): Clock {
  // performance.now() never jumps, so an NTP step on the host does not end a simulated stop early.
  const realStart = performance.now();
  let advancedMs = 0;
  return {
    now: () => Math.floor(options.startAt.getTime() + (performance.now() - realStart) * options.speed + advancedMs),
    advance: (seconds) => {
      if (!Number.isFinite(seconds) || seconds < 0)
        throw new RangeError(`Time only moves forward, not by ${seconds} s.`);
      advancedMs += seconds * 1000;
    },
  };
}

/** Of what a fleet gives no date. */
export const SIMULATED_CREATION = '2026-01-01T00:00:00+0900';

const KST_OFFSET_MS = 9 * 60 * 60 * 1000;

/** NCP's own date form, Korean time without a colon in the offset: `2017-07-27T04:08:39+0900`. */
export function ncpDate(ms: number): string {
  return `${new Date(ms + KST_OFFSET_MS).toISOString().slice(0, 19)}+0900`;
}

/** ISO 8601 with milliseconds and offset, for the journal and the state. */
export function isoDate(ms: number): string {
  return `${new Date(ms + KST_OFFSET_MS).toISOString().slice(0, 23)}+09:00`;
}
