import type { Target } from '../../lib/termination/model.ts';

/** Somebody wants these things left alone, or has them. */
export interface Claim {
  why: string;
  /** Numbers of servers, volumes and addresses; no two of them share one. */
  things: readonly string[];
  /** Milliseconds since the epoch. */
  from: number;
  /** Infinity, unless it ends by itself or somebody takes it back. */
  until: number;
  /** Nobody can know of it any more once the server itself is gone. */
  goesWithServer: boolean;
  /** Whether a plan shows the change; people who agreed to that plan agreed to the change. */
  isInPlan: (targets: readonly Target[]) => boolean;
}
