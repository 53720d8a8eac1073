/**
 * What to do once the server is gone: free the volumes and addresses that the plan pinned to it, if the request asks
 * for it, and say what stays. Only what the plan pinned, only while nobody else holds it.
 */

import type { Resource } from '../actions.ts';
import { type Attachment, missingFrom, RESOURCE_NAMES, RESOURCES } from '../attachments.ts';
import type { Memory } from '../events.ts';
import type { Target } from '../model.ts';
import type { Reason } from '../reasons.ts';
import { whyStays } from '../staying.ts';
import { MISSING_MS, mayBeSent } from './bounds.ts';
import type { Case } from './case.ts';
import { Unread } from './constraints.ts';
import type { Decision, Left, Leftovers } from './decision.ts';
import { mayFree, refusalBy } from './guards.ts';

type Look = Pick<Case, 'memory' | 'rules' | 'now' | 'pace' | 'constraints'>;

export function decideLeftovers(target: Target, leftovers: Leftovers, look: Look): Decision {
  const { memory, rules } = look;
  const result = goneResult(memory);
  if (leftovers.unread !== null) return goneAndWaits(leftovers.unread);

  const { hold, signals, policyNow } = look.constraints ?? {};
  const unread = [hold, signals, policyNow].find((one) => one instanceof Unread && (one !== policyNow || !one.lasting));
  if (unread instanceof Unread) return goneAndWaits(unread.reason);
  const free = mayFree(target, look);
  const common = whyNot(look);
  const judged = leftovers.attachments.map((one) => {
    const asked = RESOURCES[one.resource].isToBeFreed(rules);
    const mayNot = common ?? (free.may(one.resource) ? null : free.why);
    return judge(one, target, {
      asked,
      stays: whyStays(one, rules),
      mayNot,
      isClaimed: memory.claimed.includes(one.no) || memory.putBack.length > 0,
      isUnwatched: memory.unwatched.includes(one.no),
    });
  });
  // One look that misses a server proves nothing, unless NCP was seen to end it and there is nothing to free.
  const isToBeFreed = judged.some(({ next: what }) => what !== 'leave');
  const isProof = memory.isGone || (isOurDoing(memory) && !isToBeFreed);
  if (!isProof && target.createDate !== '') return { kind: 'wait', reason: { code: 'not-listed' } };

  // A volume that is busy does not hold back an address, nor the other way round.
  const next = [
    ...RESOURCE_NAMES.map((resource) => freeThem(resource, judged, target, look)),
    busy(judged),
    unlisted(target, leftovers, look),
  ].filter((decision) => decision !== undefined);
  const left = judged.map((one) => one.left);
  const done: Decision = { kind: 'done', result, reason: reasonFor(result, target), left };
  return next.find((decision) => decision.kind === 'act') ?? next[0] ?? done;
}

/**
 * Volumes and addresses are freed only if this run ended the server: NCP took its terminate, or the server was seen
 * terminating after the answer was lost. A person who ends the server meanwhile may want to keep what was on it.
 */
function isOurDoing({ endAccepted, endUnknown, sawItTerminate }: Memory): boolean {
  return endAccepted || (sawItTerminate && endUnknown);
}

/** Only what this run asked for, or saw happening, is called terminated. */
export function goneResult(memory: Memory): 'terminated' | 'already-gone' {
  return memory.sent.terminate !== undefined || memory.sawItTerminate ? 'terminated' : 'already-gone';
}

function busy(judged: readonly Judged[]): Decision | undefined {
  const one = judged.find((each) => each.next === 'wait');
  if (one === undefined) return undefined;
  const { resource, name } = one.left;
  return goneAndWaits({ code: 'resource-busy', resource, name, operation: one.operation });
}

/** One list that misses a volume or an address proves as little as one that misses a server. */
function unlisted(target: Target, { attachments }: Leftovers, { memory, now }: Look): Decision | undefined {
  const missing = missingFrom(attachments, target.attachments).find(({ no }) => !isSurelyFreed(no, memory, now));
  return missing === undefined ? undefined : goneAndWaits({ code: 'resource-not-listed', name: missing.name });
}

/** Of what is not listed: it was asked for, or another look did not show it either. */
export function isSurelyFreed(no: string, { freeing, unlisted: since }: Memory, now: number): boolean {
  return freeing.includes(no) || now - (since[no] ?? now) >= MISSING_MS;
}

function goneAndWaits(because: Reason): Decision {
  return { kind: 'wait', reason: { code: 'gone-waits', because } };
}

interface Wish {
  /** The request asks for it to be freed. */
  asked: boolean;
  /** Why it stays whatever is asked now, by the one rule for that. */
  stays: Reason | undefined;
  /** Why it may not be freed all the same; null if it may. */
  mayNot: Reason | null;
  /** Somebody else had it since, or uses the server. */
  isClaimed: boolean;
  /** Somebody else may have had it while nobody looked. */
  isUnwatched: boolean;
}

/** Why nothing of what a server leaves may be freed, or null. */
function whyNot({ memory, constraints }: Look): Reason | null {
  if (!isOurDoing(memory)) {
    return { code: memory.endUnknown || memory.intended['terminate'] !== undefined ? 'not-sure' : 'not-ours' };
  }
  const { hold, signals = [] } = constraints ?? {};
  if (hold !== undefined && !(hold instanceof Unread)) return { code: 'server-held', by: hold.by };
  const [signal] = signals instanceof Unread ? [] : signals;
  return signal === undefined ? null : refusalBy(signal).reason;
}

interface Judged {
  next: 'free' | 'wait' | 'leave';
  left: Left;
  /** NCP's operation code. */
  operation: string;
}

function judge(one: Attachment, target: Target, { asked, stays, mayNot, isClaimed, isUnwatched }: Wish): Judged {
  const { resource, no, name, operation, serverInstanceNo: holder } = one;
  const pin = target.attachments.find((each) => each.resource === resource && each.no === no);
  const left = (next: Judged['next'], reason: Reason): Judged => ({
    next,
    left: { resource, no, name, reason, asked },
    operation,
  });
  if (holder !== '' && holder !== target.serverInstanceNo) {
    return left('leave', { code: 'attached-elsewhere', resource, serverInstanceNo: holder });
  }
  if (isClaimed) return left('leave', { code: 'was-used', resource });
  if (stays !== undefined) return left('leave', stays);
  if (isUnwatched) return left('leave', { code: 'not-watched', resource });
  if (mayNot !== null) return left('leave', { code: 'not-freed', because: mayNot });
  if (pin === undefined || !RESOURCES[resource].isSame(one, pin))
    return left('leave', { code: 'not-of-plan', resource });
  if (holder !== '' || operation !== 'NULL') return left('wait', { code: 'still-busy', operation });
  return left('free', { code: 'to-be-freed', resource });
}

/** Freeing is tried within the same bounds as any action; what resists is left and named, and never spoils the outcome. */
function freeThem(resource: Resource, judged: Judged[], target: Target, look: Look): Decision | undefined {
  const free = judged.filter((one) => one.next === 'free' && one.left.resource === resource);
  const name = RESOURCES[resource].freedBy;
  if (free.length === 0) return undefined;

  const may = mayBeSent(name, look);
  if (may === 'not yet') return goneAndWaits({ code: 'asked', action: name });
  if (may === 'no more') {
    const times = look.memory.sent[name]?.times ?? 0;
    const last = look.memory.lastRejection?.failure ?? null;
    for (const one of free) one.left.reason = { code: 'no-free-try-left', times, last };
    return undefined;
  }
  return {
    kind: 'act',
    action: { name, serverInstanceNo: target.serverInstanceNo, on: free.map((one) => one.left.no) },
  };
}

function reasonFor(result: 'terminated' | 'already-gone', target: Target): Reason {
  if (result === 'terminated') return { code: 'gone' };
  return { code: target.createDate === '' ? 'gone-before' : 'vanished' };
}
