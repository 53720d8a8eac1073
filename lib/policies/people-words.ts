/** The approval and the notices of a policy, in words. */

import type { Approval } from '../termination/signals.ts';
import { wordsIn } from '../wording/say.ts';

/** `1 person above 3 servers, 2 people above 5 servers`. */
export function whoMustAgree({ aboveServers, twoAboveServers }: Approval): string {
  return wordsIn('en').mustAgree({ aboveServers, twoAboveServers: twoAboveServers ?? null });
}

/** `asks 1 person`, `gives notice 24h and 1h before`; empty where a policy does neither. */
export function beforeActing(approval: Approval | null, notify: readonly string[]): string[] {
  return [
    ...(approval === null ? [] : [`asks ${whoMustAgree(approval)}`]),
    ...(notify.length === 0 ? [] : [`gives notice ${notify.join(' and ')} before`]),
  ];
}
