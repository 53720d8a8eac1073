import type { Attending } from './attending.ts';

/** When it was said, however late it is carried out, or carried out once more; never later than now. */
export function saidAt({ visit, office }: Pick<Attending, 'visit' | 'office'>): number {
  const now = office.clock.now();
  return Math.min(visit.at ?? now, now);
}
