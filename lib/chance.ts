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
