/**
 * How many servers may go. Never "the first N": what is over a limit was asked for by mistake, and nobody knows which
 * part of it was meant, so the whole plan is refused.
 */

import type { Cloud } from '../ports/cloud.ts';
import type { OverLimit, Reason } from '../reasons.ts';
import { MOST_SERVERS, type TerminationRequest } from '../request.ts';

/** What is counted. */
export interface Count {
  /** Servers that this plan would touch. */
  mine: number;
  /** Servers of this account counted in the last 24 hours, this plan's included, each once. */
  today: number;
  /** What the account holds, as far as it was counted. */
  holds: number;
}

/** Why the plan as a whole is refused, or null. */
export function overLimits(
  { limits }: Pick<TerminationRequest, 'limits'>,
  { mine, today, holds }: Count,
): Reason | null {
  if (mine === 0) return null;
  const { maxServers, maxPercent } = limits;
  const count = Math.max(mine, today);
  const now = today > mine ? mine : null;
  const over: OverLimit[] = [];
  if (mine > MOST_SERVERS) over.push({ limit: 'request', servers: mine, most: MOST_SERVERS });
  if (count > maxServers) over.push({ limit: 'maxServers', servers: count, most: maxServers, now });
  const share = percentOf(count, holds);
  if (share > maxPercent) {
    const percent = Math.ceil(share * 10) / 10;
    over.push({ limit: 'maxPercent', servers: count, most: maxPercent, now, holds, percent });
  }
  return over.length === 0 ? null : { code: 'over-limits', limits: over };
}

/**
 * What the account holds. The rest of the account is counted only if the region alone would be too few: a share of the
 * region is never smaller than the same servers' share of the account, so most plans need no further call.
 */
export async function accountHolds(
  { limits }: Pick<TerminationRequest, 'limits'>,
  count: number,
  regionHolds: number,
  cloud: Pick<Cloud, 'countElsewhere'>,
): Promise<number> {
  if (percentOf(count, regionHolds) <= limits.maxPercent) return regionHolds;
  return regionHolds + (await cloud.countElsewhere());
}

export function percentOf(count: number, holds: number): number {
  return holds === 0 ? (count === 0 ? 0 : 100) : (count / holds) * 100;
}
