/** How a target ends: the outcome that its last observation supports, and what it leaves behind. */

import { type PinnedAttachment, RESOURCES } from '../attachments.ts';
import type { Decision, Leftovers, Observation, Outcome } from '../decision/decision.ts';
import { goneResult, isSurelyFreed } from '../decision/leftovers.ts';
import type { EventBody, Memory } from '../events.ts';
import { withIds } from '../failure.ts';
import type { Journal } from '../journal.ts';
import type { Target } from '../model.ts';
import type { CloudError } from '../ports/cloud.ts';
import type { Reason } from '../reasons.ts';
import type { Rules } from '../rules.ts';

/** The outcome that a decision is, or undefined if the target goes on. */
export function outcomeOf(decision: Decision): Outcome | undefined {
  switch (decision.kind) {
    case 'refuse':
      return { result: 'refused', guard: decision.guard, reason: decision.reason };
    case 'fail': {
      const { reason, returnCode, returnMessage, ids } = decision;
      return { result: 'failed', reason, returnCode, returnMessage, ...withIds(ids) };
    }
    case 'done':
      return { result: decision.result, reason: decision.reason };
    case 'act':
    case 'ask':
    case 'wait':
      return undefined;
  }
}

/** End a target by its decision. What the plan pinned and is no longer there was freed; the rest is named. */
export function concludeDecided(target: Target, decision: Decision, outcome: Outcome, journal: Journal): void {
  const no = target.serverInstanceNo;
  if (decision.kind === 'done') {
    const stays = new Set(decision.left.map((left) => `${left.resource} ${left.no}`));
    for (const one of named(target)) {
      if (!stays.has(`${one.resource} ${one.no}`)) journal.add(no, { kind: 'freed', ...one });
    }
    for (const left of decision.left) journal.add(no, { kind: 'left', ...left });
    journal.add(no, { kind: 'outcome', outcome });
  } else {
    concludeThere(target, outcome, journal);
  }
}

/** End a target because nothing more can be done: `why` says what stopped the run. */
export function concludeCutShort(
  target: Target,
  seen: Observation,
  { why, next, rules }: { why: Reason; next: Reason; rules: Rules },
  journal: Journal,
): void {
  const no = target.serverInstanceNo;
  const memory = journal.of(no);
  if (isKnownGone(memory)) {
    const leftovers = seen.kind === 'absent' ? seen.leftovers : { ...NOTHING_READ, unread: why };
    const isFreed = (one: string): boolean => isSurelyFreed(one, memory, journal.now());
    for (const body of remaining(target, leftovers, { why, rules, isFreed })) journal.add(no, body);
    journal.add(no, {
      kind: 'outcome',
      outcome: { result: goneResult(memory), reason: { code: 'gone-and-cut-short', why } },
    });
    return;
  }
  const { lastRejection, seen: lastSeen, missingSince } = memory;
  const last = lastRejection?.failure ?? null;
  const state = { statusName: lastSeen?.statusName ?? '', isListed: missingSince === undefined };
  concludeThere(target, { result: 'unfinished', reason: { code: 'cut-short', why, ...state, next, last } }, journal);
}

/** Missing after NCP ended it for us, or from two looks; otherwise one look that misses a server proves nothing. */
function isKnownGone({ isGone, missingSince, endAccepted, sawItTerminate }: Memory): boolean {
  return isGone || (missingSince !== undefined && (endAccepted || sawItTerminate));
}

/** End a target because NCP takes no further calls from banap. */
export function concludeFatal(target: Target, error: CloudError, rules: Rules, journal: Journal): void {
  const { message, returnCode, failure } = error;
  const reason: Reason = { code: 'ncp-error', failure };
  if (isKnownGone(journal.of(target.serverInstanceNo))) {
    concludeCutShort(target, { kind: 'unread', reason }, { why: reason, next: reason, rules }, journal);
    return;
  }
  const said = { returnCode, returnMessage: message, ...withIds(failure.ids) };
  concludeThere(target, { result: 'failed', reason, ...said }, journal);
}

/** End a target that another run has got, or may have got. */
export function concludeTaken(target: Target, reason: Reason, rules: Rules, journal: Journal): void {
  if (isKnownGone(journal.of(target.serverInstanceNo))) {
    concludeCutShort(target, { kind: 'unread', reason }, { why: reason, next: reason, rules }, journal);
    return;
  }
  concludeThere(target, { result: 'refused', guard: 'other-run', reason }, journal);
}

/** End a target whose server is still there. What the run took off it is named. */
export function concludeThere(target: Target, outcome: Outcome, journal: Journal): void {
  noteTakenOff(target, journal);
  journal.add(target.serverInstanceNo, { kind: 'outcome', outcome });
}

/** The server stays, without what this run took off it: that goes on costing money, and somebody may miss it. */
function noteTakenOff(target: Target, journal: Journal): void {
  const no = target.serverInstanceNo;
  const { takenOff, intended, seen } = journal.of(no);
  // A process that died may have taken off what it had only written down.
  const missing = Object.keys(intended).filter((one) => seen !== undefined && !seen.attached.includes(one));
  const off = new Set([...takenOff, ...missing].filter((one) => seen?.elsewhere?.includes(one) !== true));
  for (const one of named(target).filter((each) => off.has(each.no))) {
    const reason: Reason = { code: 'taken-off', isSure: takenOff.includes(one.no) };
    journal.add(no, { kind: 'left', ...one, asked: false, reason });
  }
}

const NOTHING_READ = { attachments: [] };

function remaining(
  target: Target,
  leftovers: Leftovers,
  { why, rules, isFreed }: { why: Reason; rules: Rules; isFreed: (no: string) => boolean },
): EventBody[] {
  const there = new Set(leftovers.attachments.map(({ resource, no }) => `${resource} ${no}`));
  return named(target).map((one) => {
    const asked = RESOURCES[one.resource].isToBeFreed(rules);
    if (leftovers.unread !== null) {
      return { kind: 'left', ...one, asked, reason: { code: 'left-unread', because: leftovers.unread } };
    }
    if (!there.has(`${one.resource} ${one.no}`)) {
      if (isFreed(one.no)) return { kind: 'freed', ...one };
      return {
        kind: 'left',
        ...one,
        asked,
        reason: { code: 'left-unread', because: { code: 'resource-not-listed', name: one.name } },
      };
    }
    const reason: Reason = asked
      ? { code: 'left-cut-short', why }
      : { code: 'kept-as-asked', resource: one.resource, isDetached: false };
    return { kind: 'left', ...one, asked, reason };
  });
}

function named({ attachments }: Target): Pick<PinnedAttachment, 'resource' | 'no' | 'name'>[] {
  return attachments.map(({ resource, no, name }) => ({ resource, no, name }));
}
