/**
 * One pass over all open targets: look at every one, decide for each, act in groups. It starts from nothing but the
 * plan and the journal, so it can be cut off anywhere and done again: the new look shows what the old one did.
 */

import type { Clock } from '../clock.ts';
import type { Pace } from './bounds.ts';
import type { Answer, Cloud } from './cloud.ts';
import { concludeCutShort, concludeDecided, concludeFatal, outcomeOf } from './conclude.ts';
import { decide } from './decide.ts';
import { type Event, type Memory, refused, sight } from './events.ts';
import { Journal } from './journal.ts';
import type { Action, ActionName, Decision, Observation, Rules, Target } from './model.ts';
import { type Look, observe } from './observe.ts';

export interface PassInput {
  targets: readonly Target[];
  events: readonly Event[];
  rules: Rules;
  /** Milliseconds since the epoch; from then on nothing is done any more. */
  deadlineAt: number;
  pace: Pace;
  signal?: AbortSignal | undefined;
}

/**
 * So long a pass goes on sending what it decided from one look; the rest is looked at again. It also keeps a pass well
 * inside the 15 minutes of a Lambda invocation, however slowly NCP answers.
 */
const FRESH_MS = 120_000;

/** What prepares a server comes before what ends one. */
const ORDER: readonly ActionName[] = [
  'stop',
  'detach',
  'disassociate',
  'liftProtection',
  'terminate',
  'deleteStorage',
  'releasePublicIp',
];

/** Returns what happened in this pass, to be added to the journal of the run. */
export async function pass(input: PassInput, cloud: Cloud, clock: Clock): Promise<Event[]> {
  const journal = new Journal(input.events, clock);
  const open = input.targets.filter((target) => journal.isOpen(target.serverInstanceNo));
  const look = await observe(open, cloud);
  const actions = open.flatMap((target) => judge(target, look, input, journal));
  const staleAt = Math.min(journal.now() + FRESH_MS, input.deadlineAt);
  const mayGoOn = (): boolean => journal.now() < staleAt && input.signal?.aborted !== true;
  for (const name of ORDER) {
    for (const group of groups(name, actions, journal)) {
      for (const answer of await cloud.act(name, group, mayGoOn)) note(name, answer, input.pace, journal);
    }
  }
  return journal.events;
}

/** Write down what was seen and decided for one target; return its action, none after the deadline. */
function judge(target: Target, look: Look, input: PassInput, journal: Journal): Action[] {
  const no = target.serverInstanceNo;
  const seen = look.of(target);
  writeDown(no, seen, journal);
  if (look.fatal !== undefined) {
    concludeFatal(target, look.fatal, input.rules, journal);
    return [];
  }
  const { rules, pace } = input;
  const decision = decide(target, seen, { memory: journal.of(no), rules, now: journal.now(), pace });
  const outcome = outcomeOf(decision);
  if (outcome !== undefined) {
    concludeDecided(target, decision, outcome, journal);
  } else if (journal.now() >= input.deadlineAt) {
    const cut = { why: 'the time for this run is over', next: whatNext(decision), rules };
    concludeCutShort(target, seen, cut, journal);
  } else if (decision.kind === 'act') {
    return [decision.action];
  } else if (decision.kind === 'wait' && decision.reason !== journal.of(no).waitingFor) {
    journal.add(no, { kind: 'waiting', reason: decision.reason });
  }
  return [];
}

/** Only changes are written down: a server that is awaited for an hour does not fill the journal. */
function writeDown(no: string, seen: Observation, journal: Journal): void {
  const memory = journal.of(no);
  if (seen.kind === 'unread') {
    if (memory.waitingFor !== seen.reason) journal.add(no, { kind: 'unread', reason: seen.reason });
  } else if (seen.kind === 'absent') {
    if (!memory.isGone) journal.add(no, { kind: 'gone' });
  } else {
    const now = sight(seen.server);
    if (!isSame(now, memory.seen)) journal.add(no, now);
  }
}

function isSame(now: NonNullable<Memory['seen']>, before: Memory['seen']): boolean {
  if (before === undefined) return false;
  const { status, operation, statusName, uptime, isProtected, attached } = before;
  return (
    now.status === status &&
    now.operation === operation &&
    now.statusName === statusName &&
    now.uptime === uptime &&
    now.isProtected === isProtected &&
    now.attached.join() === attached.join()
  );
}

function whatNext(decision: Decision): string {
  return decision.kind === 'act' ? `${decision.action.name} would have come next` : decision.reason;
}

/** Equal actions go out in one call; targets of a group that one of them spoiled go alone from then on. */
function groups(name: ActionName, actions: readonly Action[], journal: Journal): Action[][] {
  const same = actions.filter((action) => action.name === name && journal.isOpen(action.serverInstanceNo));
  const together = same.filter((action) => !journal.of(action.serverInstanceNo).alone);
  const alone = same.filter((action) => journal.of(action.serverInstanceNo).alone);
  return [...(together.length === 0 ? [] : [together]), ...alone.map((action) => [action])];
}

function note(name: ActionName, answer: Answer, pace: Pace, journal: Journal): void {
  for (const { serverInstanceNo: no, on } of answer.actions) {
    switch (answer.kind) {
      case 'accepted':
        journal.add(no, { kind: 'requested', action: name, on });
        break;
      case 'unknown':
        journal.add(no, { kind: 'unknown', action: name, on, reason: answer.reason });
        break;
      case 'rejected':
        noteRejection(name, no, answer, pace, journal);
    }
  }
}

function noteRejection(
  name: ActionName,
  no: string,
  { actions, remedy, returnCode, returnMessage }: Extract<Answer, { kind: 'rejected' }>,
  pace: Pace,
  journal: Journal,
): void {
  const together = actions.length;
  const known = journal.of(no).lastRejection;
  const isNews = remedy !== 'later' && (remedy !== 'wait' || together > 1);
  // The same word to wait at every look would fill the journal, and tell nothing.
  if (!isNews && known?.action === name && known.returnCode === returnCode) return;
  journal.add(no, { kind: 'rejected', action: name, remedy, returnCode, returnMessage, together });
  // Of a group we cannot tell who spoiled it; and a server that is gone keeps its outcome, whatever resists freeing.
  if ((together > 1 && remedy !== 'fatal') || journal.of(no).isGone) return;
  if (remedy === 'protected') {
    journal.add(no, refused('protected', returnMessage));
  } else if (remedy === 'fail' || remedy === 'fatal' || (journal.of(no).sent[name]?.times ?? 0) >= pace.maxTries) {
    const reason = `NCP refused ${name}`;
    journal.add(no, { kind: 'outcome', outcome: { result: 'failed', reason, returnCode, returnMessage } });
  }
}
