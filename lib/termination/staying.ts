/** Which volumes and addresses stay once their server is gone, and why: the one rule that plan, act, view and report ask. */

import { type PinnedAttachment, RESOURCES, type Terms } from './attachments.ts';
import type { Reason } from './reasons.ts';

/** Why it stays under these terms; undefined if it is to be freed. Whether it may be freed just now, `leftovers.ts` decides. */
export function whyStays({ resource, isReturnProtection }: PinnedAttachment, terms: Terms): Reason | undefined {
  if (!RESOURCES[resource].isToBeFreed(terms)) return { code: 'kept-as-asked', resource, isDetached: true };
  return isReturnProtection ? { code: 'return-protected' } : undefined;
}
