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
import { windowClosesAt } from './precedence.ts';
import type { Standing } from './standing.ts';

export interface PassInput {
  targets: readonly Target[];
  events: readonly Event[];
  rules: Rules;
  /** Milliseconds since the epoch; from then on nothing is done any more. What a server was held back for is added. */
  deadlineAt: number;
  /** How long the run may take, in milliseconds, once nothing holds it back. */
  timeMs: number;
  pace: Pace;
  /** What people and policies say of these servers; read only when something is to be done. */
  standingOf: (targets: readonly Target[]) => Promise<(serverInstanceNo: string) => Standing>;
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
  for (const target of open) writeDown(target.serverInstanceNo, look.of(target), journal);
  if (look.fatal !== undefined) {
    for (const target of open) concludeFatal(target, look.fatal, input.rules, journal);
    return journal.events;
  }
  const judged = await judgeAll(open, look, input, journal);
  const decided = judged.flatMap((one) => settle(one, look, input, journal));
  const actions = decided.filter((action) => isWrittenDown(action, journal));
  const mayGoOn = mayActUntil(staleAt(judged, input, journal), input, journal);
  for (const name of ORDER) {
    for (const group of groups(name, actions, journal)) {
      for (const answer of await cloud.act(name, group, mayGoOn)) note(name, answer, input.pace, journal);
    }
  }
  return journal.events;
}

/** Whose doing they are must be known afterwards: what was taken off by somebody else is not ours to free. */
const WRITTEN_DOWN: ReadonlySet<ActionName> = new Set(['detach', 'disassociate', 'terminate']);

/** What is written down in this pass is sent in the next one, after another look. */
function isWrittenDown({ name, serverInstanceNo: no, on }: Action, journal: Journal): boolean {
  const { intended, meantToEnd } = journal.of(no);
  const isKnown = name === 'terminate' ? meantToEnd : on.every((one) => intended.includes(one));
  if (isKnown || !WRITTEN_DOWN.has(name)) return true;
  journal.add(no, { kind: 'intended', action: name, on });
  return false;
}

interface Judged {
  target: Target;
  standing: Standing | undefined;
  decision: Decision;
}

/** Decide for each; those that depend on what people and policies say are decided again once that was read. */
async function judgeAll(open: readonly Target[], look: Look, input: PassInput, journal: Journal): Promise<Judged[]> {
  const judge = (target: Target, standing: Standing | undefined): Judged => {
    const { rules, pace } = input;
    const memory = journal.of(target.serverInstanceNo);
    const known = { memory, rules, standing, overLimits: '', now: journal.now(), pace };
    return { target, standing, decision: decide(target, look.of(target), known) };
  };
  const first = open.map((target) => judge(target, undefined));
  const asking = first.filter(({ decision }) => decision.kind === 'ask').map(({ target }) => target);
  if (asking.length === 0) return first;
  const standingOf = await input.standingOf(asking);
  return first.map((one) =>
    one.decision.kind === 'ask' ? judge(one.target, standingOf(one.target.serverInstanceNo)) : one,
  );
}

/** Write down what a decision means for one target; return its action, none after the deadline. */
function settle({ target, decision }: Judged, look: Look, input: PassInput, journal: Journal): Action[] {
  const no = target.serverInstanceNo;
  const outcome = outcomeOf(decision);
  const isOver = journal.now() >= deadlineOf(no, decision, input, journal);
  if (outcome !== undefined) {
    concludeDecided(target, decision, outcome, journal);
  } else if (isOver) {
    const cut = { why: 'the time for this run is over', next: whatNext(decision), rules: input.rules };
    concludeCutShort(target, look.of(target), cut, journal);
  } else if (decision.kind === 'act') {
    return [decision.action];
  } else if (decision.kind === 'wait' && decision.reason !== journal.of(no).waitingFor) {
    const when = decision.until === undefined ? {} : { until: new Date(decision.until).toISOString() };
    journal.add(no, { kind: 'waiting', reason: decision.reason, ...when });
  }
  return [];
}

/** Time in which a window or a grace holds a server back is not its run's; but no run goes on for ever. */
const LONGEST_RUN_MS = 45 * 24 * 3_600_000;

function deadlineOf(no: string, decision: Decision, input: PassInput, journal: Journal): number {
  const { deadlineAt, timeMs } = input;
  const heldNow = decision.kind === 'wait' ? (decision.until ?? 0) : 0;
  const heldUntil = Math.max(journal.of(no).heldUntil, heldNow);
  return Math.min(Math.max(deadlineAt, heldUntil + timeMs), deadlineAt + LONGEST_RUN_MS);
}

/** What was decided holds for two minutes, until the first deadline, and while the windows are open. */
function staleAt(judged: readonly Judged[], input: PassInput, journal: Journal): number {
  const now = journal.now();
  const acting = judged.filter(({ decision }) => decision.kind === 'act');
  const ends = acting.flatMap(({ target, standing, decision }) => [
    deadlineOf(target.serverInstanceNo, decision, input, journal),
    windowClosesAt(input.rules, standing, now) ?? Number.POSITIVE_INFINITY,
  ]);
  return Math.min(now + FRESH_MS, ...ends);
}

function mayActUntil(at: number, { signal }: PassInput, journal: Journal): () => boolean {
  return () => journal.now() < at && signal?.aborted !== true;
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
  if (decision.kind === 'act') return `${decision.action.name} would have come next`;
  return 'reason' in decision ? decision.reason : '';
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
