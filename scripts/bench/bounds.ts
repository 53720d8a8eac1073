/**
 * All goals and bounds. `most` and `least` say whether a figure may be at most or at least that. The short form fails if a
 * figure is beyond its bound. A bound is the present figure of seed 1 with a small margin: move it toward the goal when banap
 * gets better. No bound depends on the speed of the machine.
 */

export interface Target {
  side: 'most' | 'least';
  /** Absent: the figure is only reported. */
  goal?: number;
  bound?: number;
}

const most = (goal: number, bound?: number): Target => ({
  side: 'most',
  goal,
  ...(bound === undefined ? {} : { bound }),
});
const least = (goal: number, bound?: number): Target => ({
  side: 'least',
  goal,
  ...(bound === undefined ? {} : { bound }),
});

export const TARGETS = {
  'calls-plain': most(0.25, 0.36),
  'calls-both': most(2.3, 3.6),
  'wall-1-plain': most(1.05, 1.17),
  'wall-1-both': most(1.08, 1.4),
  'wall-200-plain': most(1.1, 1.21),
  'wall-200-both': most(1.05, 1.9),
  'region-calls': most(150),
  'region-wall': most(1.2),
  'region-lost': most(0),
  'small-region-calls': most(150, 30),
  'small-region-wall': most(1.2, 1.15),
  'rate-used': least(0.95),
  'rate-429': most(0.01),
  'short-rate-used': least(0.95, 0.36),
  'short-rate-429': most(0.01, 0.01),
  'concurrent-used': least(0.9),
  'concurrent-429': most(0.02),
  'concurrent-lost': most(0),
  'short-concurrent-used': least(0.9, 0.44),
  'short-concurrent-429': most(0.02, 0.15),
  'short-concurrent-lost': most(0, 0),
  'replay-work': most(1.05, 1.05),
  'replay-time': most(1.05),
  cold: most(2.5),
  decoder: { side: 'most' },
} as const satisfies Record<string, Target>;

export type TargetId = keyof typeof TARGETS;

export function isWithin({ side }: Target, value: number, limit: number): boolean {
  return side === 'most' ? value <= limit : value >= limit;
}
