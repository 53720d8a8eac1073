/** What a decision is made from. */

import type { Memory } from '../events.ts';
import type { Server, Target } from '../model.ts';
import type { Reason } from '../reasons.ts';
import type { Rules } from '../rules.ts';
import type { Pace } from './bounds.ts';
import type { Constraints } from './constraints.ts';
import type { Whereabouts } from './decision.ts';

/** One look at one target, with everything that may influence the decision. */
export interface Case extends Whereabouts {
  target: Target;
  server: Server;
  memory: Memory;
  rules: Rules;
  /** What people and policies say of it just now; undefined: not asked for yet, and then nothing is done. */
  constraints: Constraints | undefined;
  /** Why the whole plan is refused, or null. */
  overLimits: Reason | null;
  /** Milliseconds since the epoch. */
  now: number;
  pace: Pace;
}
