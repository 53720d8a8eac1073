/**
 * What to do once the server is gone: free the volumes and addresses that the plan pinned to it, where the request asks
 * for it, and say what stays. Only what the plan pinned, only while nobody else holds it.
 */

import { mayBeSent } from './bounds.ts';
import type { Case } from './decide.ts';
import type { Memory } from './events.ts';
import type { ActionName, Decision, Left, Leftovers, PublicIp, Storage, Target } from './model.ts';
import { mayFree, refusalBy } from './precedence.ts';
import { Unread } from './standing.ts';

type Look = Pick<Case, 'memory' | 'rules' | 'now' | 'pace' | 'standing'>;

export function decideLeftovers(target: Target, leftovers: Leftovers, look: Look): Decision {
  const { memory, rules } = look;
  const result = goneResult(memory);
  if (leftovers.unread !== '')
    return { kind: 'wait', reason: `gone; what it leaves could not be read: ${leftovers.unread}` };

  const { hold, said, policyNow } = look.standing ?? {};
  const unread = [hold, said, policyNow].find((one) => one instanceof Unread && (one !== policyNow || !one.lasting));
  if (unread instanceof Unread) return { kind: 'wait', reason: `gone; ${unread.reason}` };
  const free = mayFree(target, look);
  const common = whyNot(look);
  const volumes = leftovers.storages.map((storage) =>
    judgeVolume(storage, target, {
      asked: rules.storage === 'delete',
      mayNot: common || (free.storage ? '' : free.why),
    }),
  );
  const addresses = leftovers.publicIps.map((address) =>
    judgeAddress(address, target, {
      asked: rules.publicIp === 'release',
      mayNot: common || (free.publicIp ? '' : free.why),
    }),
  );
  // One look that misses a server proves nothing, unless NCP was seen to end it and there is nothing to free.
  const isToBeFreed = [...volumes, ...addresses].some(({ next: what }) => what !== 'leave');
  const isProof = memory.isGone || (isOurDoing(memory) && !isToBeFreed);
  if (!isProof && target.createDate !== '') return { kind: 'wait', reason: 'NCP does not list it; looking once more' };

  // A volume that is busy does not hold back an address, nor the other way round.
  const next = [
    freeThem('deleteStorage', volumes, target, look),
    freeThem('releasePublicIp', addresses, target, look),
    busy([...volumes, ...addresses]),
  ].filter((decision) => decision !== undefined);
  const left = [...volumes, ...addresses].map((judged) => judged.left);
  const done: Decision = { kind: 'done', result, reason: reasonFor(result, target), left };
  return next.find((decision) => decision.kind === 'act') ?? next[0] ?? done;
}

/**
 * Volumes and addresses are freed only where this run ended the server: NCP took its terminate, or the server was seen
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
  return one === undefined ? undefined : { kind: 'wait', reason: `gone; ${one.left.name} is ${one.left.reason}` };
}

interface Wish {
  /** The request asks for it to be freed. */
  asked: boolean;
  /** Why it may not be freed all the same; empty where it may. */
  mayNot: string;
}

/** Why nothing of what a server leaves may be freed, or empty. */
function whyNot({ memory, standing }: Look): string {
  if (!isOurDoing(memory)) return memory.endUnknown || memory.endIntended !== undefined ? NOT_SURE : NOT_OURS;
  const { hold, said = [] } = standing ?? {};
  if (hold !== undefined && !(hold instanceof Unread)) return `${hold.by} holds its server`;
  const [word] = said instanceof Unread ? [] : said;
  return word === undefined ? '' : refusalBy(word).reason;
}

const NOT_OURS = 'somebody else returned the server, and may have kept this on purpose';
const NOT_SURE = 'NCP never confirmed that this run ended the server, so somebody else may have';

interface Judged {
  next: 'free' | 'wait' | 'leave';
  left: Left;
}

function judgeVolume(storage: Storage, target: Target, { asked, mayNot }: Wish): Judged {
  const { blockStorageInstanceNo: no, blockStorageName: name, operation, serverInstanceNo: holder } = storage;
  const pinned = target.storages.find((one) => one.blockStorageInstanceNo === no);
  const left = (next: Judged['next'], reason: string): Judged => ({
    next,
    left: { resource: 'blockStorage', no, name, reason, asked },
  });
  if (holder !== '' && holder !== target.serverInstanceNo) return left('leave', `attached to server ${holder} now`);
  if (!asked) return left('leave', 'detached and kept, as asked; billed until it is deleted');
  if (mayNot !== '') return left('leave', `not freed: ${mayNot}`);
  if (pinned === undefined || pinned.createDate !== storage.createDate)
    return left('leave', 'not the volume of the plan');
  if (storage.isReturnProtection) return left('leave', 'its own return protection is on');
  if (holder !== '' || operation !== 'NULL') return left('wait', `still busy (${operation})`);
  return left('free', 'to be deleted');
}

function judgeAddress(address: PublicIp, target: Target, { asked, mayNot }: Wish): Judged {
  const { publicIpInstanceNo: no, publicIp: name, operation, serverInstanceNo: holder } = address;
  const pinned = target.publicIps.find((one) => one.publicIpInstanceNo === no);
  const left = (next: Judged['next'], reason: string): Judged => ({
    next,
    left: { resource: 'publicIp', no, name, reason, asked },
  });
  if (holder !== '' && holder !== target.serverInstanceNo) return left('leave', `associated with server ${holder} now`);
  if (!asked) return left('leave', 'kept, as asked; billed until it is released');
  if (mayNot !== '') return left('leave', `not freed: ${mayNot}`);
  if (pinned?.publicIp !== name) return left('leave', 'not the address of the plan');
  if (holder !== '' || operation !== 'NULL') return left('wait', `still busy (${operation})`);
  return left('free', 'to be released');
}

/** Freeing is tried within the same bounds as any action; what resists is left and said, it never spoils the outcome. */
function freeThem(name: ActionName, judged: Judged[], target: Target, look: Look): Decision | undefined {
  const free = judged.filter((one) => one.next === 'free');
  if (free.length === 0) return undefined;

  const may = mayBeSent(name, look);
  if (may === 'not yet') return { kind: 'wait', reason: `gone; ${name} was asked for` };
  if (may === 'no more') {
    const why = look.memory.lastRejection?.returnMessage ?? 'no effect was seen';
    for (const one of free) one.left.reason = `not freed in ${look.memory.sent[name]?.times} tries: ${why}`;
    return undefined;
  }
  return {
    kind: 'act',
    action: { name, serverInstanceNo: target.serverInstanceNo, on: free.map((one) => one.left.no) },
  };
}

function reasonFor(result: 'terminated' | 'already-gone', target: Target): string {
  if (result === 'terminated') return 'NCP lists it no more';
  return target.createDate !== ''
    ? 'it vanished: returned by somebody else, or by this run just before it was cut off'
    : 'it was there before, and NCP lists it no longer';
}
