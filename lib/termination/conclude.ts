/** How a target ends: the outcome that its last observation supports, and what it leaves behind. */

import type { CloudError } from './cloud.ts';
import type { EventBody, FreeableKind, Memory } from './events.ts';
import type { Journal } from './journal.ts';
import { goneResult, isOurDoing } from './leftovers.ts';
import type { Decision, Leftovers, Observation, Outcome, Rules, Target } from './model.ts';

/** The outcome that a decision is, or undefined where the target goes on. */
export function outcomeOf(decision: Decision): Outcome | undefined {
  switch (decision.kind) {
    case 'refuse':
      return { result: 'refused', guard: decision.guard, reason: decision.reason };
    case 'fail': {
      const { reason, returnCode, returnMessage } = decision;
      return { result: 'failed', reason, returnCode, returnMessage };
    }
    case 'done':
      return { result: decision.result, reason: decision.reason };
    case 'act':
    case 'ask':
    case 'wait':
      return undefined;
  }
}

/** End a target by its decision. What the plan pinned and is there no more was freed; the rest is named. */
export function concludeDecided(target: Target, decision: Decision, outcome: Outcome, journal: Journal): void {
  const no = target.serverInstanceNo;
  if (decision.kind === 'done') {
    const stays = new Set(decision.left.map((left) => `${left.resource} ${left.no}`));
    for (const one of pinned(target)) {
      if (!stays.has(`${one.resource} ${one.no}`)) journal.add(no, { kind: 'freed', ...one });
    }
    for (const left of decision.left) journal.add(no, { kind: 'left', ...left });
  } else {
    tellTakenOff(target, journal);
  }
  journal.add(no, { kind: 'outcome', outcome });
}

/** End a target because nothing more can be done: `why` says what stopped the run. */
export function concludeCutShort(
  target: Target,
  seen: Observation,
  { why, next, rules }: { why: string; next: string; rules: Rules },
  journal: Journal,
): void {
  const no = target.serverInstanceNo;
  const memory = journal.of(no);
  if (isKnownGone(memory)) {
    const leftovers = seen.kind === 'absent' ? seen.leftovers : { ...NOTHING_READ, unread: why };
    for (const body of remaining(target, leftovers, why, rules)) journal.add(no, body);
    journal.add(no, {
      kind: 'outcome',
      outcome: { result: goneResult(memory), reason: `NCP lists it no more; ${why}` },
    });
    return;
  }
  tellTakenOff(target, journal);
  const state = stateOf(memory);
  const { lastRejection } = memory;
  const said =
    lastRejection === undefined ? '' : `; NCP said ${lastRejection.returnCode} ${lastRejection.returnMessage}`;
  const reason = `${why}; ${state}; ${next}${said}`;
  journal.add(no, { kind: 'outcome', outcome: { result: 'unfinished', reason } });
}

/** Missing after NCP ended it for us, or from two looks; otherwise one look that misses a server proves nothing. */
function isKnownGone(memory: Memory): boolean {
  return memory.isGone || (memory.missingSince !== undefined && isOurDoing(memory));
}

function stateOf({ seen, missingSince }: Memory): string {
  if (missingSince !== undefined) return 'not listed by NCP when it was last looked at';
  return seen === undefined ? 'not seen yet' : `last seen ${seen.statusName}`;
}

/** End a target because NCP will take no more calls of ours. */
export function concludeFatal(target: Target, error: CloudError, rules: Rules, journal: Journal): void {
  const no = target.serverInstanceNo;
  if (isKnownGone(journal.of(no))) {
    concludeCutShort(target, { kind: 'unread', reason: '' }, { why: error.message, next: '', rules }, journal);
    return;
  }
  const { message: reason, returnCode } = error;
  journal.add(no, { kind: 'outcome', outcome: { result: 'failed', reason, returnCode, returnMessage: reason } });
}

/** The server stays, without what this run took off it: that goes on costing money, and somebody may miss it. */
function tellTakenOff(target: Target, journal: Journal): void {
  const no = target.serverInstanceNo;
  const { takenOff } = journal.of(no);
  for (const one of pinned(target).filter((each) => takenOff.includes(each.no))) {
    journal.add(no, { kind: 'left', ...one, asked: false, reason: 'taken off by banap; the server is still there' });
  }
}

const NOTHING_READ: Leftovers = { storages: [], publicIps: [], unread: '' };

function remaining(target: Target, leftovers: Leftovers, why: string, rules: Rules): EventBody[] {
  const there = new Set([
    ...leftovers.storages.map((one) => `blockStorage ${one.blockStorageInstanceNo}`),
    ...leftovers.publicIps.map((one) => `publicIp ${one.publicIpInstanceNo}`),
  ]);
  return pinned(target).map((one) => {
    const asked = one.resource === 'publicIp' ? rules.publicIp === 'release' : rules.storage === 'delete';
    if (leftovers.unread !== '') {
      return {
        kind: 'left',
        ...one,
        asked,
        reason: `it could not be read whether it is still there: ${leftovers.unread}`,
      };
    }
    if (!there.has(`${one.resource} ${one.no}`)) return { kind: 'freed', ...one };
    return { kind: 'left', ...one, asked, reason: asked ? why : 'kept, as asked; billed while it exists' };
  });
}

function pinned(target: Target): { resource: FreeableKind; no: string; name: string }[] {
  return [
    ...target.storages.map(({ blockStorageInstanceNo: no, blockStorageName: name }) => ({
      resource: 'blockStorage' as const,
      no,
      name,
    })),
    ...target.publicIps.map(({ publicIpInstanceNo: no, publicIp: name }) => ({
      resource: 'publicIp' as const,
      no,
      name,
    })),
  ];
}
