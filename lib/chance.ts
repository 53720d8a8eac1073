import { randomInt } from 'node:crypto';

/** The one source of chance: a number in [0, 1). */
export type Chance = () => number;

/** The same numbers for the same seed (mulberry32). Without a seed, a fresh one is drawn. */
export function chance(seed: number = randomInt(2 ** 31)): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Milliseconds before another try; `tries` were made. Half of it by chance: never at once, and never all together. */
export function backOff(tries: number, { firstMs, mostMs }: { firstMs: number; mostMs: number }, dice: Chance): number {
  const most = Math.min(mostMs, firstMs * 2 ** (tries - 1));
  return most / 2 + dice() * (most / 2);
}
