/** When a run looks again. */

import { ACTION_NAMES, ACTIONS } from '../actions.ts';
import { DEFAULT_POLL_SECONDS, MISSING_MS } from '../decision/bounds.ts';
import type { Event, Memory } from '../events.ts';
import type { Tools } from '../ports/tools.ts';
import { openTargets, type Run } from '../run-record.ts';
import { secondsBetweenLooks } from './lease.ts';

/** A pass takes at most three durable operations, so this many stay under the 3,000 of an execution. */
export const MOST_PASSES = 500;

/** Of the time since the last act, after which the next look comes: what NCP takes is so exceeded by half of that on average. */
const SHARE = 1 / 8;

/** The longest wait while something is to be done. */
const MOST_SECONDS = 60;

/** Whole seconds until the next look, given what the last pass found; 0: at once. */
export function secondsToNextLook(
  record: Run,
  news: readonly Event[],
  { isThrottled, pollSeconds = DEFAULT_POLL_SECONDS }: Pick<Tools, 'pollSeconds'> & { isThrottled: boolean },
): number {
  const { request, passes, endedAt } = record;
  const now = Date.parse(endedAt);
  const memories = openTargets(record).map(({ serverInstanceNo: no }) => record.memories.of(no));
  const heldBack = Math.min(...memories.map(({ waitsUntil }) => waitsUntil - now)) / 1000;
  if (heldBack > 0) return Math.min(Math.ceil(heldBack), secondsBetweenLooks(request));
  if (news.some(isSeenAtOnce) && !isThrottled) return 0;
  const due = Math.min(...memories.map((memory) => dueAt(memory, now, record, pollSeconds)));
  // With a long deadline the run looks less often, so that the passes last until then.
  const least = passes < 100 ? 1 : (request.deadlineMinutes * 60) / (MOST_PASSES - 100);
  return Math.max(isThrottled ? pollSeconds : 1, Math.ceil(least), Math.round((due - now) / 1000));
}

function isSeenAtOnce(event: Event): boolean {
  return event.kind === 'requested' && ACTIONS[event.action].showsAfterSeconds === 0;
}

/** In milliseconds since the epoch. */
function dueAt(
  { sent, missingSince, isGone, unlisted, lastRejection }: Memory,
  now: number,
  { begunAt }: Run,
  pollSeconds: number,
): number {
  // Absent is only what is still missing after that.
  const missing = [...(missingSince === undefined || isGone ? [] : [missingSince]), ...Object.values(unlisted)];
  const confirmed = Math.max(...missing) + MISSING_MS;
  if (now < confirmed) return confirmed;
  const acts = ACTION_NAMES.flatMap((name) => {
    const lastAt = sent[name]?.lastAt;
    return lastAt === undefined
      ? []
      : [{ lastAt, shows: lastAt + 1000 * Math.min(ACTIONS[name].showsAfterSeconds, 2 * pollSeconds) }];
  });
  const last = acts.reduce((latest, one) => (one.lastAt >= latest.lastAt ? one : latest), {
    lastAt: Date.parse(begunAt),
    shows: 0,
  });
  // What NCP puts off, or nobody has begun, is not asked about every second.
  const least = acts.length === 0 || lastRejection !== undefined ? pollSeconds : 1;
  const gap = Math.max(1_000 * least, Math.min(1_000 * MOST_SECONDS, (now - last.lastAt) * SHARE));
  return Math.max(now + gap, last.shows);
}
