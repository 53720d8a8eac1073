/** Who has to agree under a policy, and who is told before, as people read it. */

import type { Approval } from '../termination/words.ts';

/** `1 person above 3 servers, 2 people above 5 servers`. */
export function whoMustAgree({ aboveServers, twoAboveServers: two }: Approval): string {
  if (two !== undefined && two <= aboveServers) return `2 people${above(aboveServers)}`;
  return `1 person${above(aboveServers)}${two === undefined ? '' : `, 2 people${above(two)}`}`;
}

function above(count: number): string {
  return count === 0 ? '' : ` above ${count} ${count === 1 ? 'server' : 'servers'}`;
}

/** `asks 1 person`, `gives notice 24h and 1h before`; empty where a policy does neither. */
export function beforeActing(approval: Approval | null, notify: readonly string[]): string[] {
  return [
    ...(approval === null ? [] : [`asks ${whoMustAgree(approval)}`]),
    ...(notify.length === 0 ? [] : [`gives notice ${notify.join(' and ')} before`]),
  ];
}
