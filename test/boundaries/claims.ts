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
  /** After such a call, if it was sent in good faith, nobody can see any more that somebody claims this. */
  lostAfter: readonly Changing[];
  /** Such a call at about the same time, if its answer was lost, cannot be told from what somebody did. */
  doubtedBy: readonly Changing[];
  /** Whether a plan shows the change; people who agreed to that plan agreed to the change. */
  isInPlan: (targets: readonly Target[]) => boolean;
  /** Which of these things, free in the end, the report is to name: those that banap took off, none or all of them. */
  naming: 'ours' | 'none' | 'all';
}
