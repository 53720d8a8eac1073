import type { Hold, Pause } from '../holds.ts';
import type { Tags } from '../model.ts';
import type { Reason } from '../reasons.ts';
import type { PolicyTerms } from '../rules.ts';
import { type Approval, mayDecide, type Signal } from '../signals.ts';

/** What people and policies say about one server at one look. */
export interface Constraints {
  hold: Hold | undefined | Unread;
  /** Of several pauses the one that ends last. */
  pause: Pause | undefined | Unread;
  tags: Tags | Unread;
  policyNow: PolicyNow | Unread;
  /** The signals that end the run. */
  signals: readonly Signal[] | Unread;
  /** How many people agreed and how many must, if that is not enough for the policy as it is now. */
  lacking: { agreed: number; needed: number } | undefined;
}

/** It could not be read. `lasting`: it would fail the same way again (no permission, no table). */
export class Unread {
  readonly reason: Reason;
  readonly lasting: boolean;

  constructor(reason: Reason, lasting: boolean) {
    this.reason = reason;
    this.lasting = lasting;
  }
}

/** The policy that the run began with, as it was last published. */
export type PolicyNow =
  | { kind: 'unpublished' }
  | { kind: 'removed' }
  | { kind: 'published'; policyTerms: PolicyTerms; approval: Approval | null };

/**
 * Anybody's cancel, and an approver's rejection: also of a plan that has changed since, because that person was told
 * that nothing more is done.
 */
export function endsRun({ kind, by }: Signal, approval: Approval | null): boolean {
  return kind === 'cancel' || (kind === 'reject' && approval !== null && mayDecide(approval, by));
}
