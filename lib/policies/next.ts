import { parseSchedule } from '../calendar/schedule.ts';
import { type Closed, type Window, windowAt } from '../calendar/window.ts';
import { windowOf } from './resolve.ts';
import type { Policies, Policy } from './schema.ts';

/** Instants in milliseconds since the epoch. */
export type NextRun =
  /** `actsAt` differs from `at` if a window or holidays move it; undefined if no window opens within a year. */
  | { kind: 'at'; policy: string; timezone: string; at: number; actsAt: number | undefined; because: Closed | null }
  /** `rate(6 hours)` counts from the deployment, so its times are unknown. `every` for people, as in `6 hours`. */
  | { kind: 'every'; policy: string; timezone: string; every: string };

/** When each policy with a schedule runs within `from` (inclusive) and `to`, in the order of time. */
export function nextRuns(policies: Policies, { from, to }: { from: number; to: number }): NextRun[] {
  const runs = Object.entries(policies.policies).flatMap(([name, policy]) => runsOf(name, policy, from, to));
  return runs.toSorted((a, b) => startOf(a) - startOf(b));
}

function runsOf(name: string, policy: Policy, from: number, to: number): NextRun[] {
  if (policy.schedule === undefined) return [];
  const { timezone } = policy;
  const parsed = parseSchedule(policy.schedule, timezone);
  if (!parsed.ok) throw new Error(`policy ${name}: ${parsed.problem}`);
  if (parsed.schedule.kind === 'rate') {
    const every = /^rate\((.*)\)$/.exec(policy.schedule.trim())?.[1]?.trim() ?? policy.schedule;
    return [{ kind: 'every', policy: name, timezone, every }];
  }
  const window = windowOf(policy);
  return parsed.schedule
    .runs(from, to)
    .map((at) => ({ kind: 'at', policy: name, timezone, at, ...acting(window, at) }));
}

function acting(window: Window | null, at: number): { actsAt: number | undefined; because: Closed | null } {
  const state = window === null ? undefined : windowAt(window, at);
  if (state === undefined || state.open) return { actsAt: at, because: null };
  return { actsAt: state.opensAt, because: state.because };
}

/** Runs without an instant come first. */
function startOf(run: NextRun): number {
  return run.kind === 'at' ? run.at : -Infinity;
}
