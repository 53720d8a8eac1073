/** Who asked for a policy, where that person may also have to agree to it. */

import { isNamedIn } from './person.ts';
import { RequestError } from './request.ts';

/** A policy, as far as it says who has to agree: each person with one id, or with all of theirs. */
export interface Approvable {
  approval?: { approvers: readonly (string | readonly string[])[]; selfApproval: boolean } | undefined;
}

/**
 * An approver who is named in any other way than by id would pass for a stranger, and could agree to their own request.
 * Throws {@link RequestError}.
 */
export function mustNameApproverById(
  { approval }: Approvable,
  { requestedBy, askedBy = '' }: { requestedBy: string; askedBy?: string },
): void {
  if (approval === undefined || approval.selfApproval) return;
  const people = approval.approvers.map((ids) => [ids].flat()).filter((ids) => !ids.includes(askedBy));
  const named = people.flat().filter((id) => isNamedIn(requestedBy, id));
  if (named.length === 0) return;
  const expected = 'expected the id of who asks and nothing else, or a name without any id';
  throw new RequestError([`requestedBy: names ${named.join(' and ')}, who may have to approve this; ${expected}`]);
}
