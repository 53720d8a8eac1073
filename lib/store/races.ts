import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';

/** Wait before another try; `tries` were made. Half of it by chance, so that those who met once do not meet again. */
export function pauseAfter(tries: number, clock: Clock, chance: Chance): Promise<void> {
  const most = Math.min(1_000, 20 * 2 ** (tries - 1));
  return clock.sleep(most / 2 + chance() * (most / 2));
}
