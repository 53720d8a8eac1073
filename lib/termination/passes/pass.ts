/**
 * One pass over all open targets: look at every one, decide for each, act in groups. It starts from nothing but the
 * plan and the journal, so it can be cut off anywhere and done again: the new look shows what the old one did.
 *
 * Every act is bound to what is true now: what a call names is read at most {@link PassInput.freshMs} before the call is
 * sent. What does not fit into that time is looked at again, in rounds, and decided afresh.
 */

import { type Timer, within } from '../../clock.ts';
import { ACTION_NAMES, ACTIONS, type Action, type ActionName } from '../actions.ts';
import { missingFrom, RESOURCES } from '../attachments.ts';
import { MISSING_MS, type Pace } from '../decision/bounds.ts';
import type { Constraints } from '../decision/constraints.ts';
import { decide } from '../decision/decide.ts';
import type { Decision, Observation } from '../decision/decision.ts';
import { windowClosesAt } from '../decision/guards.ts';
import {
  type Event,
  intendedKeys,
  isEnding,
  isInDoubt,
  isOpen,
  type Memory,
  mayHaveBeenSent,
  type Now,
  type State,
  sight,
  stateOf,
} from '../events.ts';
import { withIds } from '../failure.ts';
import { Journal, type Memories } from '../journal.ts';
import type { Target } from '../model.ts';
import type { Answer, Cloud } from '../ports/cloud.ts';
import { isSameReason, type Reason } from '../reasons.ts';
import type { Rules } from '../rules.ts';
import { concludeCutShort, concludeDecided, concludeFatal, concludeThere, outcomeOf } from './conclude.ts';
import { type Look, observe } from './observe.ts';

export interface PassInput {
  targets: readonly Target[];
  /** Those that were counted and claimed for this run; nothing is done to others. */
  counted: ReadonlySet<string>;
  known: Memories;
  rules: Rules;
  /** Milliseconds since the epoch; from then on nothing is done any more. What a server was held back for is added. */
  deadlineAt: number;
  /** How long the run may take, in milliseconds, once nothing holds it back. */
  timeMs: number;
  pace: Pace;
  /** For how long a reading allows an act, in milliseconds, counted from before the first call of the look. */
  freshMs: number;
  /** How many servers the region held at the plan. */
  regionHolds: number;
  /** When all targets were last seen; milliseconds since the epoch. */
  lookedAt: number;
  /** Which pass of the run it is, and in which life of the process. */
  at: Omit<Now, 'at'>;
  /** What people and policies say of these servers; read only when something is to be done. */
  constraintsOf: (targets: readonly Target[]) => Promise<(serverInstanceNo: string) => Constraints>;
  signal?: AbortSignal | undefined;
}

/** A pass begins no further round after this, and so stays well inside the 15 minutes of a Lambda invocation. */
const PASS_MS = 120_000;

/** Returns what happened in this pass, to be added to the journal of the run. */
export async function pass(input: PassInput, cloud: Cloud, clock: Timer): Promise<Passed & { send: Send | undefined }> {
  const journal = new Journal(input.known, clock);
  const startedAt = clock.now();
  const endsAt = startedAt + PASS_MS;
  let waiting = input.targets.filter((target) => journal.isOpen(target.serverInstanceNo));
  let size = waiting.length;
  let isThrottled = false;
  let written: Written | undefined;
  let isSeen = true;
  let rest = waiting;
  while (waiting.length > 0) {
    const some = waiting.slice(0, size);
    rest = waiting.slice(size);
    const { unsent, lookedMs, isOver, ...result } = await round(some, { input, cloud, clock, journal });
    isThrottled ||= result.isThrottled;
    isSeen &&= result.isSeen;
    ({ written } = result);
    waiting = [...unsent, ...rest];
    if (isOver || isThrottled || written !== undefined || clock.now() >= endsAt) break;
    // An act has to fit into what a slow look leaves of the time, so fewer servers are looked at together.
    if (lookedMs > input.freshMs / 2) size = Math.ceil(some.length / 2);
    if (some.length === 1 && unsent.length === 1 && lookedMs >= input.freshMs) {
      tellTooSlow(unsent, lookedMs, input, journal);
      waiting = waiting.slice(1);
      break;
    }
  }
  const seen = isSeen && rest.length === 0 ? { lookedAt: new Date(startedAt).toISOString() } : {};
  const passed = { events: journal.events, isThrottled, isLeft: waiting.length > 0, ...seen };
  if (written === undefined || isThrottled) return { ...passed, send: undefined };
  const { actions, bounds } = written;
  return { ...passed, send: () => sendWritten(actions, bounds, { input, cloud, clock, journal }) };
}

/** What happened in a pass, to be added to the history of the run. */
export interface Passed {
  events: readonly Event[];
  /** NCP took no calls just then, and is to be left alone for a while. */
  isThrottled: boolean;
  /** Some were not looked at, or not asked for because the look had become too old. */
  isLeft: boolean;
  /** If every target was seen, since when; RFC 3339 in UTC. */
  lookedAt?: string;
}

/**
 * Sends what the pass has written down, once that is kept, while the look still allows it. It lives in this process only:
 * where that has died, the next pass looks again.
 */
export type Send = () => Promise<Passed>;

async function sendWritten(actions: readonly Action[], bounds: Bounds, scene: Scene): Promise<Passed> {
  const journal = new Journal(scene.journal, scene.clock);
  const { answered, isThrottled } = await sendAll(actions, bounds, { ...scene, journal });
  return { events: journal.events, isThrottled, isLeft: actions.flatMap(numbersIn).some((no) => !answered.has(no)) };
}

/** What a round works with. */
interface Scene {
  input: PassInput;
  cloud: Cloud;
  clock: Timer;
  journal: Journal;
}

interface Round {
  /** Servers with an action that was decided and not sent, because the look had become too old for it. */
  unsent: Target[];
  /** How long looking took, in milliseconds. */
  lookedMs: number;
  /** Nothing more is sent in this pass. */
  isOver: boolean;
  isThrottled: boolean;
  /** Every target of the round could be read. */
  isSeen: boolean;
  written: Written | undefined;
}

/** What is sent as soon as it is kept that it was written down. */
interface Written {
  actions: readonly Action[];
  bounds: Bounds;
}

/** Look, decide, and send what can be sent while the look is fresh. */
async function round(targets: readonly Target[], scene: Scene): Promise<Round> {
  const { input, cloud, clock, journal } = scene;
  await cloud.ready();
  const readAt = clock.elapsed();
  const isFresh = within(clock, input.freshMs);
  const look = await observe(targets, cloud, {
    isSure: (no) => journal.of(no).isGone,
    needsAttachments: (no) => needsAttachments(journal.of(no), input, journal.now()),
    regionHolds: input.regionHolds,
  });
  for (const target of targets) {
    noteDoubts(target, look.of(target), { ...input.at, at: clock.now() }, journal);
    noteGap(target, look.of(target), input, journal);
    writeDown(target, look.of(target), journal);
  }
  if (look.fatal !== undefined) {
    for (const target of targets) concludeFatal(target, look.fatal, input.rules, journal);
    return { unsent: [], lookedMs: 0, isOver: true, isThrottled: false, isSeen: false, written: undefined };
  }
  const judged = await judgeAll(targets, look, input, journal);
  const lookedMs = clock.elapsed() - readAt;
  const decided = judged.flatMap((one) => settle(one, look, input, journal));
  const { now: actions = [], later = [] } = Object.groupBy(decided, (action) =>
    isWrittenDown(action, input.at, journal) ? 'now' : 'later',
  );
  const bounds = boundsOf(judged, isFresh, scene);
  const { answered, isThrottled } = await sendAll(actions, bounds, scene);
  const isUnsent = (action: Action): boolean => numbersIn(action).some((no) => !answered.has(no));
  const unsent = new Set(actions.filter(isUnsent).map((action) => action.serverInstanceNo));
  return {
    unsent: targets.filter((target) => unsent.has(target.serverInstanceNo)),
    lookedMs,
    isOver: input.signal?.aborted === true,
    isThrottled,
    isSeen: targets.every((target) => isRead(look.of(target))),
    written: later.length === 0 ? undefined : { actions: later, bounds },
  };
}

/** Until when what was decided may be sent. Milliseconds since the epoch. */
interface Bounds {
  isFresh: () => boolean;
  sendUntil: number;
  /** A call in flight is ended then. */
  deadlineAt: number;
}

/** Actions hold while the look is fresh, until the first deadline, and while the windows are open. */
function boundsOf(judged: readonly Judged[], isFresh: Bounds['isFresh'], { input, clock, journal }: Scene): Bounds {
  const acting = judged.filter(({ decision }) => decision.kind === 'act');
  const deadlines = acting.map((one) => deadlineOf(one.target.serverInstanceNo, one.decision, input, journal));
  const closing = acting.flatMap(({ constraints }) => windowClosesAt(input.rules, constraints, clock.now()) ?? []);
  const deadlineAt = Math.min(...deadlines);
  return { isFresh, sendUntil: Math.min(deadlineAt, ...closing), deadlineAt };
}

/** Send actions in their order. If NCP takes no calls just now, the rest is left, and the next look decides afresh. */
async function sendAll(
  actions: readonly Action[],
  { isFresh, sendUntil, deadlineAt }: Bounds,
  { input: { signal, pace, targets }, cloud, clock, journal }: Scene,
): Promise<{ answered: Set<string>; isThrottled: boolean }> {
  const answered = new Set<string>();
  if (actions.length === 0) return { answered, isThrottled: false };
  const mayGoOn = (): boolean => isFresh() && clock.now() < sendUntil && signal?.aborted !== true;
  const deadline = clock.timeout(deadlineAt - clock.now());
  const end = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  for (const name of ACTION_NAMES) {
    for (const group of groups(name, actions, journal)) {
      if (!mayGoOn()) return { answered, isThrottled: false };
      const answers = await cloud.act(name, group, mayGoOn, end);
      for (const answer of answers) {
        note(name, answer, { pace, targets }, journal);
        for (const no of answer.actions.flatMap(numbersIn)) answered.add(no);
      }
      const isThrottled = answers.some((answer) => answer.kind === 'rejected' && answer.remedy === 'later');
      if (isThrottled) return { answered, isThrottled };
    }
  }
  return { answered, isThrottled: false };
}

/** What an action is about: its server, and each volume or address on it. */
function numbersIn({ serverInstanceNo, on }: Action): readonly string[] {
  return on.length === 0 ? [serverInstanceNo] : on.map((no) => `${serverInstanceNo} ${no}`);
}

function tellTooSlow(targets: readonly Target[], lookedMs: number, { freshMs }: PassInput, journal: Journal): void {
  const reason: Reason = { code: 'answers-too-slow', seconds: Math.ceil(lookedMs / 1000), most: freshMs / 1000 };
  for (const { serverInstanceNo: no } of targets) {
    if (!isSameReason(journal.of(no).waitingFor, reason)) journal.add(no, { kind: 'waiting', reason });
  }
}

/** What is written down in this pass is sent once that is kept, or in the next pass after another look, or not at all. */
function isWrittenDown({ name, serverInstanceNo: no, on }: Action, at: PassInput['at'], journal: Journal): boolean {
  const { intended } = journal.of(no);
  const isKnown = intendedKeys(name, on)
    .map((key) => intended[key])
    .every((one) => one !== undefined && isOpen(one, at));
  if (isKnown || !ACTIONS[name].isRecordedFirst) return true;
  const { pass: inPass, life } = at;
  journal.add(no, { kind: 'intended', action: name, on, pass: inPass, life });
  return false;
}

/**
 * What the last pass was about to do and is done now, though a process that died could not say whether it had asked for
 * that: it may be ours, like anything whose answer was lost.
 */
function noteDoubts(target: Target, seen: Observation, at: Now, journal: Journal): void {
  if (seen.kind !== 'present' && seen.kind !== 'busy') return;
  const { server, free = [] } = seen;
  const no = target.serverInstanceNo;
  const { intended, takenOff, endAccepted, endUnknown } = journal.of(no);
  const doubt = (action: ActionName, on: string[]): void =>
    journal.add(no, { kind: 'unknown', action, on, reason: { code: 'process-died' } });
  if (isEnding(server) && !endAccepted && !endUnknown && mayHaveBeenSent(intended['terminate'], at))
    doubt('terminate', []);
  const isMoving = new Set(server.attachments.filter((one) => one.operation !== 'NULL').map((one) => one.no));
  const resourceOf = new Map(target.attachments.map((one) => [one.no, one.resource]));
  for (const [one, intention] of Object.entries(intended)) {
    const isOnItsWay = free.includes(one) || isMoving.has(one);
    const resource = resourceOf.get(one);
    if (resource === undefined || !isOnItsWay || takenOff.includes(one) || !mayHaveBeenSent(intention, at)) continue;
    doubt(RESOURCES[resource].takenOffBy, [one]);
  }
}

/** For how long a volume or an address may be off its server without a look, and still count as untouched. */
const GAP_MS = 15 * 60_000;

function noteGap({ serverInstanceNo: no }: Target, seen: Observation, { lookedAt }: PassInput, journal: Journal): void {
  const { takenOff, unwatched } = journal.of(no);
  if (!isRead(seen) || journal.now() - lookedAt <= GAP_MS || takenOff.every((one) => unwatched.includes(one))) return;
  journal.add(no, { kind: 'unwatched', since: new Date(lookedAt).toISOString() });
}

/** How long what is attached to a busy server may go unread. */
const UNREAD_MS = 5 * 60_000;

/** Where an answer was lost, or may have been with a process, a look has to settle soon what came of the call. */
function needsAttachments(memory: Memory, { at, lookedAt }: PassInput, now: number): boolean {
  const isRecent = Object.values(memory.intended).some(({ pass: before }) => before >= at.pass - 1);
  return isInDoubt(memory) || isRecent || now - lookedAt > UNREAD_MS;
}

function isRead(seen: Observation): boolean {
  return seen.kind === 'present' || (seen.kind === 'absent' && seen.leftovers.unread === null);
}

interface Judged {
  target: Target;
  constraints: Constraints | undefined;
  decision: Decision;
}

/** Decide for each; those that depend on what people and policies say are decided again once that was read. */
async function judgeAll(open: readonly Target[], look: Look, input: PassInput, journal: Journal): Promise<Judged[]> {
  const judge = (target: Target, constraints: Constraints | undefined): Judged => {
    const { rules, pace } = input;
    const memory = journal.of(target.serverInstanceNo);
    const known = { memory, rules, constraints, overLimits: null, now: journal.now(), pace };
    return { target, constraints, decision: decide(target, look.of(target), known) };
  };
  const first = open.map((target) => judge(target, undefined));
  const asking = first.filter(({ decision }) => decision.kind === 'ask').map(({ target }) => target);
  if (asking.length === 0) return first;
  // The tags of a server that is gone keep nothing of what it leaves.
  const constraintsOf = await input.constraintsOf(asking.filter((target) => look.of(target).kind === 'present'));
  return first.map((one) =>
    one.decision.kind === 'ask' ? judge(one.target, constraintsOf(one.target.serverInstanceNo)) : one,
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
    const cut = { why: { code: 'time-is-over' } as const, next: whatNext(decision), rules: input.rules };
    concludeCutShort(target, look.of(target), cut, journal);
  } else if (decision.kind === 'act' && !input.counted.has(no) && look.of(target).kind === 'present') {
    concludeThere(target, { result: 'refused', guard: 'identity', reason: { code: 'came-back' } }, journal);
  } else if (decision.kind === 'act') {
    return [decision.action];
  } else if (decision.kind === 'wait' && !isSameReason(decision.reason, journal.of(no).waitingFor)) {
    const when = decision.until === undefined ? {} : { until: new Date(decision.until).toISOString() };
    journal.add(no, { kind: 'waiting', reason: decision.reason, ...when });
  }
  return [];
}

/** Time in which a window or a grace holds a server back is not its run's; but no run goes on forever. */
const LONGEST_RUN_MS = 45 * 24 * 3_600_000;

function deadlineOf(no: string, decision: Decision, input: PassInput, journal: Journal): number {
  const { deadlineAt, timeMs } = input;
  const heldNow = decision.kind === 'wait' ? (decision.until ?? 0) : 0;
  const known = Math.max(deadlineAt, journal.of(no).heldUntil + timeMs);
  // A run that is gone on with long after its time is over does not begin anew because something holds it back now.
  const isOver = journal.now() >= known;
  const held = isOver ? known : Math.max(known, heldNow + timeMs);
  return Math.min(held, deadlineAt + LONGEST_RUN_MS);
}

/** Only changes are written down: a server that is awaited for an hour does not fill the journal. */
function writeDown(target: Target, seen: Observation, journal: Journal): void {
  const { serverInstanceNo: no } = target;
  const memory = journal.of(no);
  const on = (seen.elsewhere ?? []).filter((one) => !memory.claimed.includes(one));
  if (seen.kind !== 'present' && on.length > 0) journal.add(no, { kind: 'claimed', on: [...new Set(on)] });
  const back = (seen.own ?? []).filter((one) => memory.seenOff.includes(one) && !memory.putBack.includes(one));
  if (back.length > 0) journal.add(no, { kind: 'put-back', on: [...new Set(back)] });
  if (seen.kind === 'unread') {
    if (!isSameReason(memory.waitingFor, seen.reason)) journal.add(no, { kind: 'unread', reason: seen.reason });
  } else if (seen.kind === 'busy') {
    const now = stateOf(seen.server);
    if (memory.missingSince !== undefined || !isSameState(now, memory.seen)) journal.add(no, { kind: 'busy', ...now });
  } else if (seen.kind === 'absent') {
    writeDownUnlisted(target, seen, journal);
    if (memory.missingSince === undefined) journal.add(no, { kind: 'missing' });
    else if (!memory.isGone && journal.now() - memory.missingSince >= MISSING_MS) journal.add(no, { kind: 'gone' });
  } else {
    const now = sight(seen.server, seen);
    if (!isSame(now, memory.seen) || isInDoubt(memory)) journal.add(no, now);
  }
}

function writeDownUnlisted(
  { serverInstanceNo: no, attachments }: Target,
  { leftovers }: Extract<Observation, { kind: 'absent' }>,
  journal: Journal,
): void {
  if (leftovers.unread !== null) return;
  const { freeing, unlisted } = journal.of(no);
  const on = missingFrom(leftovers.attachments, attachments).flatMap((one) =>
    freeing.includes(one.no) ? [] : [one.no],
  );
  if (on.join() !== Object.keys(unlisted).join()) journal.add(no, { kind: 'unlisted', on });
}

function isSameState(now: State, before: State | undefined): boolean {
  return (
    now.status === before?.status &&
    now.operation === before.operation &&
    now.statusName === before.statusName &&
    now.uptime === before.uptime &&
    now.isProtected === before.isProtected
  );
}

function isSame(now: NonNullable<Memory['seen']>, before: Memory['seen']): boolean {
  return (
    before !== undefined &&
    isSameState(now, before) &&
    now.attached.join() === before.attached.join() &&
    now.elsewhere?.join() === before.elsewhere?.join() &&
    now.free?.join() === before.free?.join() &&
    now.moving?.join() === before.moving?.join()
  );
}

function whatNext(decision: Decision): Reason {
  if (decision.kind === 'act') return { code: 'comes-next', action: decision.action.name };
  return 'reason' in decision ? decision.reason : { code: 'nothing-asked' };
}

/** Equal actions go out in one call; targets of a group that one of them spoiled go alone from then on. */
function groups(name: ActionName, actions: readonly Action[], journal: Journal): Action[][] {
  const same = actions.filter((action) => action.name === name && journal.isOpen(action.serverInstanceNo));
  const together = same.filter((action) => !journal.of(action.serverInstanceNo).alone);
  const alone = same.filter((action) => journal.of(action.serverInstanceNo).alone);
  return [...(together.length === 0 ? [] : [together]), ...alone.map((action) => [action])];
}

function note(name: ActionName, answer: Answer, of: Pick<PassInput, 'pace' | 'targets'>, journal: Journal): void {
  for (const { serverInstanceNo: no, on } of answer.actions) {
    switch (answer.kind) {
      case 'accepted':
        journal.add(no, { kind: 'requested', action: name, on });
        break;
      case 'unknown':
        journal.add(no, {
          kind: 'unknown',
          action: name,
          on,
          reason: { code: 'answer-lost', failure: answer.failure },
        });
        break;
      case 'rejected':
        noteRejection(name, no, answer, of, journal);
    }
  }
}

function noteRejection(
  name: ActionName,
  no: string,
  { actions, remedy, returnCode, returnMessage, ids }: Extract<Answer, { kind: 'rejected' }>,
  { pace, targets }: Pick<PassInput, 'pace' | 'targets'>,
  journal: Journal,
): void {
  const together = actions.length;
  const known = journal.of(no).lastRejection;
  const isNews = remedy !== 'later' && (remedy !== 'wait' || together > 1);
  // The same request to wait at every look would fill the journal and add nothing.
  if (!isNews && known?.action === name && known.returnCode === returnCode) return;
  const said = { returnCode, returnMessage, ...withIds(ids) };
  journal.add(no, { kind: 'rejected', action: name, remedy, ...said, together });
  // Of a group we cannot tell who spoiled it; and a server that is gone keeps its outcome, whatever resists freeing.
  if ((together > 1 && remedy !== 'fatal') || journal.of(no).isGone) return;
  const target = targets.find((one) => one.serverInstanceNo === no);
  if (target === undefined) return;
  if (remedy === 'protected') {
    concludeThere(
      target,
      { result: 'refused', guard: 'protected', reason: { code: 'protected-says-ncp', returnMessage } },
      journal,
    );
  } else if (remedy === 'fail' || remedy === 'fatal' || (journal.of(no).sent[name]?.times ?? 0) >= pace.maxTries) {
    const reason = { code: 'ncp-refused', action: name } as const;
    concludeThere(target, { result: 'failed', reason, ...said }, journal);
  }
}
