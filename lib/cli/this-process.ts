/** Which process this is, and whether another one is still alive. */

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { ProcessId, ProcessRun } from '../store/process-runs.ts';

/** How long a process on another machine may be silent before it counts as dead. */
const SILENT_MS = 15 * 60_000;

export function thisProcess(): ProcessId {
  const { pid } = process;
  return { place: place(), user: userInfo().username, pid, startedAt: startOf(pid)?.startedAt ?? '' };
}

/** Whether the process that carries a run out is dead, at `now` in milliseconds since the epoch. */
export function isDead({ process: { place: where, pid, startedAt }, aliveAt }: ProcessRun, now: number): boolean {
  const isSilent = now - aliveAt > SILENT_MS;
  if (where !== place()) return isSilent;
  if (!isThere(pid)) return true;
  const found = startOf(pid);
  // Process numbers are reused. If the machine does not say when a process started, silence decides.
  if (found === undefined || startedAt === '') return isSilent;
  return found.isZombie || found.startedAt !== startedAt;
}

/** Containers on one machine have their own process numbers, and the numbers start over when a machine boots. */
function place(): string {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid'));
  return [hostname(), boot, namespace].filter(Boolean).join(' ');
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Anything but "no such process" means that there is one, for example of another user.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** From Linux's `/proc`, in clock ticks since the machine was started; undefined where there is none. */
function startOf(pid: number): { startedAt: string; isZombie: boolean } | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The name of the program is in parentheses, and may hold any character.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startedAt] = [fields?.[0], fields?.[19]];
  return startedAt === undefined ? undefined : { startedAt, isZombie: state === 'Z' };
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
