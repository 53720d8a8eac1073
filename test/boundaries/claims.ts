import type { Target } from '../../lib/termination/model.ts';

/** A call that changes something in one of these ways, for this server, volume or address. */
export interface Changing {
  changes: readonly string[];
  no: string;
}

/** Somebody wants these things left alone, or has them. */
export interface Claim {
  why: string;
  /** Numbers of servers, volumes and addresses; no two of them share one. */
  things: readonly string[];
  /** Milliseconds since the epoch. */
  from: number;
  /** Infinity, unless it ends by itself or somebody takes it back. */
  until: number;
  /** After such a call, if it was sent in good faith, nothing shows any longer that somebody claims this. */
  lostAfter: readonly Changing[];
  /** If the answer of such a call at about the same time was lost, it cannot be told apart from what somebody did. */
  doubtedBy: readonly Changing[];
  /** Whether a plan shows the change; people who agreed to that plan agreed to the change. */
  isInPlan: (targets: readonly Target[]) => boolean;
  /** Which of these things the report has to name if they are free at the end: those that banap took off, none, or all. */
  naming: 'ours' | 'none' | 'all';
}
