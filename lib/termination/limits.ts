/**
 * How many servers may go. Never "the first N": what is over a limit was asked for by mistake, and nobody knows which
 * part of it was meant, so the whole plan is refused.
 */

import type { Cloud } from './cloud.ts';
import { MOST_SERVERS, type TerminationRequest } from './request.ts';

/** What is counted. */
export interface Count {
  /** Servers that this plan would touch. */
  mine: number;
  /** Servers of this account counted in the last 24 hours, this plan's included, each once. */
  today: number;
  /** What the account holds, as far as it was counted. */
  holds: number;
}

/** Why the plan as a whole is refused, or empty. */
export function overLimits({ limits }: Pick<TerminationRequest, 'limits'>, { mine, today, holds }: Count): string {
  if (mine === 0) return '';
  const { maxServers, maxPercent } = limits;
  const count = Math.max(mine, today);
  const within = today > mine ? ` in 24 hours (${mine} of them now)` : '';
  const problems: string[] = [];
  if (mine > MOST_SERVERS) problems.push(`${mine} servers were selected, at most ${MOST_SERVERS} fit one request`);
  if (count > maxServers) {
    problems.push(`${count} servers${within} are more than the limit of ${maxServers} (maxServers)`);
  }
  const percent = percentOf(count, holds);
  if (percent > maxPercent) {
    const share = `${count} of the ${holds} servers that the account holds${within}`;
    problems.push(
      `${share} are ${Math.ceil(percent * 10) / 10} %, more than the limit of ${maxPercent} % (maxPercent)`,
    );
  }
  return problems.length === 0 ? '' : `the whole plan is refused: ${problems.join('; ')}`;
}

/**
 * What the account holds. The rest of the account is counted only where the region alone would be too few: a share of the
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

function percentOf(count: number, holds: number): number {
  return holds === 0 ? (count === 0 ? 0 : 100) : (count / holds) * 100;
}
