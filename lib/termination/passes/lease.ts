/**
 * A run claims its servers only for a while beyond its next look, and renews the claim at every look: if it dies, others
 * may have them soon.
 */

import { Unread } from '../decision/constraints.ts';
import { type RunStore, type Stored, StoreError, type Taken } from '../ports/store.ts';
import type { Tools } from '../ports/tools.ts';
import type { TerminationRequest } from '../request.ts';

/** Looks at a server in its time of grace, or before its window opens: somebody may have started or kept it. */
const LOOKS_WHILE_HELD = 250;

/** Whole seconds between two looks while nothing can be done. */
export function secondsBetweenLooks({ stopForSeconds }: Pick<TerminationRequest, 'stopForSeconds'>): number {
  return Math.ceil(Math.max(3_600, stopForSeconds / LOOKS_WHILE_HELD));
}

/** Milliseconds since the epoch: two looks may be missed, a third one not. */
export function leaseUntil(request: Pick<TerminationRequest, 'stopForSeconds' | 'policyTerms'>, now: number): number {
  return now + 3_000 * secondsBetweenLooks(request);
}

/** As {@link RunStore.renew}. Unread if the store cannot say: then nothing is done before the next look. */
export async function renewLease(
  request: TerminationRequest,
  { store, clock, owner = '' }: Stored<Pick<RunStore, 'renew'>> & Pick<Tools, 'clock' | 'owner'>,
): Promise<Taken[] | 'forgotten' | Unread> {
  const { account, requestId } = request;
  try {
    return (await store?.renew({ account, requestId, owner, claimedUntil: leaseUntil(request, clock.now()) })) ?? [];
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return new Unread({ code: 'unread', what: 'claims', failure: error.failure }, !error.passing);
  }
}
