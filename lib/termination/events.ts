/**
 * The journal of a run: what was seen, asked and answered, in order. It is all that a run remembers. Each pass returns
 * only its own events (so a checkpoint stays small); what is known of a target is the fold of its events.
 */

import type { ActionName, Resource } from './actions.ts';
import type { Outcome, Remedy, Whereabouts } from './decision/decision.ts';
import { type Failure, refusedBy, type SaidByNcp } from './failure.ts';
import type { Guard, Server } from './model.ts';
import type { Reason } from './reasons.ts';

export type Event = {
  /** RFC 3339 in UTC. */
  at: string;
  serverInstanceNo: string;
} & EventBody;

export type EventBody =
  | ({
      kind: 'seen';
      /** Numbers of the volumes and addresses on it; of those that the plan pinned to it, which another server has, and which none. */
      attached: string[];
      elsewhere?: string[];
      free?: string[];
      /** Those of `attached` to which something is being done. */
      moving?: string[];
    } & State)
  /** NCP is at work on it; what is attached was not looked at. */
  | ({ kind: 'busy' } & State)
  | { kind: 'unread'; reason: Reason }
  /** `until`: RFC 3339 in UTC, if it is known when the wait ends. */
  | { kind: 'waiting'; reason: Reason; until?: string }
  /**
   * Written down before it is sent, so that its author is known whenever this process dies. It is sent once it is kept,
   * or in the next pass, or not at all; `life` names the process.
   */
  | { kind: 'intended'; action: ActionName; on: string[]; pass: number; life: string }
  | { kind: 'requested'; action: ActionName; on: string[] }
  | { kind: 'unknown'; action: ActionName; on: string[]; reason: Reason }
  | ({ kind: 'rejected'; action: ActionName; remedy: Remedy; together: number } & SaidByNcp)
  /** Another server has these, which the plan pinned to this one; said where a look does not show this one itself. */
  | { kind: 'claimed'; on: string[] }
  /** On this one again after it was seen off; said where a look does not show the server. */
  | { kind: 'put-back'; on: string[] }
  /** Two different lists do not hold it; one look alone is no proof that it is gone. */
  | { kind: 'missing' }
  /** Still missing in a later look. */
  | { kind: 'gone' }
  /** The server is gone, and these of what the plan pinned to it are not listed, for the first time since others were not. */
  | { kind: 'unlisted'; on: string[] }
  /** No look showed it for long, `since` RFC 3339 in UTC: what was off it may have been used meanwhile. */
  | { kind: 'unwatched'; since: string }
  | { kind: 'freed'; resource: Resource; no: string; name: string }
  | { kind: 'left'; resource: Resource; no: string; name: string; reason: Reason; asked: boolean }
  | { kind: 'outcome'; outcome: Outcome };

export type State = {
  status: string;
  operation: string;
  statusName: string;
  uptime: string;
  isProtected: boolean;
};

/** In which pass, in which life of the process, and when something was about to be done. */
export interface Intention extends Pick<Extract<EventBody, { kind: 'intended' }>, 'pass' | 'life'> {
  /** Milliseconds since the epoch. */
  at: number;
}

export interface Now extends Intention {
  /** The last pass of which it is known what came of all that it wrote down. */
  answeredPass: number;
}

/**
 * Only time tells what a process that died may have sent from what a person did since: about as long as an answer
 * may take to be lost.
 */
const DOUBT_MS = 60_000;

/** The volumes and addresses that an action takes off, by number; any other action by its name. */
export function intendedKeys(action: ActionName, on: readonly string[]): readonly string[] {
  return on.length === 0 ? [action] : on;
}

/** Whether it may still be sent: in its pass or in the next one, unless it is known what came of it. */
export function isOpen({ pass }: Pick<Intention, 'pass'>, now: Pick<Now, 'pass' | 'answeredPass'>): boolean {
  return pass >= now.pass - 1 && pass > now.answeredPass;
}

/** Whether what was intended may have been sent without anybody knowing: only a process that died in the middle cannot say. */
export function mayHaveBeenSent(intention: Intention | undefined, now: Now): boolean {
  if (intention === undefined || !isOpen(intention, now)) return false;
  if (intention.pass === now.pass || intention.life === now.life) return false;
  return Math.abs(now.at - intention.at) <= DOUBT_MS;
}

/** What the events of one target add up to. */
export interface Memory {
  /** Last state seen; undefined before the first look and while the server is missing. */
  seen: Extract<EventBody, { kind: 'seen' }> | undefined;
  wasPresent: boolean;
  /** Stopped, or on its way there, at some look after we asked for it: running now means that somebody started it. */
  sawItStop: boolean;
  sawItTerminate: boolean;
  /** NCP was asked to lift its protection, or it was seen without: protection seen later may be somebody's new decision. */
  mayBeLifted: boolean;
  /** When a look first missed it, milliseconds since the epoch; undefined while it is listed. */
  missingSince: number | undefined;
  /** Missing from two looks, far enough apart. */
  isGone: boolean;
  /** Last boot, from the first look at which nothing was being done to the server. */
  uptime: string;
  /** Numbers of volumes and addresses that we took off the server, or may have. */
  takenOff: string[];
  /** What we were about to do, by {@link intendedKeys}. */
  intended: Readonly<Record<string, Intention>>;
  /** We asked NCP to terminate it, the answer was lost, and no look has shown since that NCP did not take it. */
  endUnknown: boolean;
  /** When it was lost, milliseconds since the epoch. */
  endLostAt: number;
  /** NCP took our terminate. */
  endAccepted: boolean;
  /** Those of `takenOff` that NCP accepted to take off. */
  confirmedOff: string[];
  /** Those of `takenOff` that were seen to be off: on the server again: somebody put them there. */
  seenOff: string[];
  /** Those of `takenOff` whose answer was lost, and when: milliseconds since the epoch. A look soon after it settles what it came to. */
  unsure: Readonly<Record<string, number>>;
  /** Those that NCP took our call to delete or release for. */
  freeing: string[];
  /** What its gone server left, as far as it is not listed, and since when: milliseconds since the epoch. */
  unlisted: Readonly<Record<string, number>>;
  /** Somebody put these where they are, or had them on another server: banap never frees them. */
  claimed: string[];
  /** Those that somebody put back on the server at some look after they were off: the server is in use. */
  putBack: string[];
  /** Those of `takenOff` that were off while nobody looked for long: banap does not free them either. */
  unwatched: string[];
  /** By action: how often NCP took it or refused it for good, and when it was last sent. */
  sent: Partial<Record<ActionName, { times: number; lastAt: number }>>;
  /** A call for many servers was refused because of one of them: from now on this one is asked for alone. */
  alone: boolean;
  lastRejection: { action: ActionName; returnCode: string; returnMessage: string; failure: Failure | null } | undefined;
  /** What the run is waiting for, or cannot read. */
  waitingFor: Reason | null;
  /** The last moment until which it was to be left alone, milliseconds since the epoch: the deadline counts from there. */
  heldUntil: number;
  /** Until when it is left alone as things are; 0 if that is not known. */
  waitsUntil: number;
  /** First seen stopped with nothing under way, milliseconds since the epoch, and the last boot that NCP gave then. */
  stopped: { at: number; uptime: string } | undefined;
  /** What was freed of what it left, and what stays, as events say at its end. */
  freed: Extract<EventBody, { kind: 'freed' }>[];
  left: Extract<EventBody, { kind: 'left' }>[];
  outcome: Outcome | undefined;
}

export const NO_MEMORY: Memory = {
  seen: undefined,
  wasPresent: false,
  sawItStop: false,
  sawItTerminate: false,
  mayBeLifted: false,
  missingSince: undefined,
  isGone: false,
  uptime: '',
  takenOff: [],
  intended: {},
  endUnknown: false,
  endLostAt: 0,
  endAccepted: false,
  confirmedOff: [],
  seenOff: [],
  unsure: {},
  freeing: [],
  unlisted: {},
  claimed: [],
  putBack: [],
  unwatched: [],
  sent: {},
  alone: false,
  lastRejection: undefined,
  waitingFor: null,
  heldUntil: 0,
  waitsUntil: 0,
  stopped: undefined,
  freed: [],
  left: [],
  outcome: undefined,
};

export function remember(memory: Memory, event: Event): Memory {
  switch (event.kind) {
    case 'seen':
      return { ...rememberState(memory, event), seen: event, ...settleLostAnswers(memory, event) };
    case 'busy': {
      const { kind: _kind, ...state } = event;
      return { ...rememberState(memory, event), seen: { ...(memory.seen ?? NOTHING_ON_IT), ...state } };
    }
    case 'unread':
      return { ...memory, waitingFor: event.reason, waitsUntil: 0 };
    case 'waiting': {
      const until = event.until === undefined ? 0 : Date.parse(event.until);
      return { ...memory, waitingFor: event.reason, waitsUntil: until, heldUntil: Math.max(memory.heldUntil, until) };
    }
    case 'intended': {
      const { action, on, life, pass } = event;
      const intention = { life, pass, at: Date.parse(event.at) };
      const keys = intendedKeys(action, on);
      return {
        ...memory,
        intended: { ...memory.intended, ...Object.fromEntries(keys.map((key) => [key, intention])) },
      };
    }
    case 'requested':
      return {
        ...broughtAbout(memory, event),
        sent: sentOnceMore(memory, event.action, event.at),
        endAccepted: memory.endAccepted || event.action === 'terminate',
        alone: false,
      };
    case 'unknown':
      return rememberDoubt(memory, event);
    case 'rejected':
      return rememberRejection(memory, event);
    case 'missing':
      return { ...memory, missingSince: Date.parse(event.at), seen: undefined, waitsUntil: 0 };
    case 'gone':
      return { ...memory, isGone: true };
    case 'claimed':
      return { ...memory, claimed: union(memory.claimed, event.on) };
    case 'put-back':
      return { ...memory, putBack: union(memory.putBack, event.on) };
    case 'unlisted': {
      const at = Date.parse(event.at);
      return { ...memory, unlisted: Object.fromEntries(event.on.map((no) => [no, memory.unlisted[no] ?? at])) };
    }
    case 'unwatched':
      return { ...memory, unwatched: union(memory.unwatched, memory.takenOff) };
    case 'freed':
      return { ...memory, freed: [...memory.freed, event] };
    case 'left':
      return { ...memory, left: [...memory.left, event] };
    case 'outcome':
      return { ...memory, outcome: event.outcome };
  }
}

export function stateOf({ status, operation, statusName, uptime, isProtectServerTermination }: Server): State {
  return { status, operation, statusName, uptime, isProtected: isProtectServerTermination };
}

/** What a look shows of a server as an event; used to tell whether anything changed since the last look. */
export function sight(
  server: Server,
  { elsewhere = [], free = [] }: Whereabouts = {},
): Extract<EventBody, { kind: 'seen' }> {
  const attached = server.attachments.map(({ no }) => no);
  const moving = server.attachments.filter(({ operation: busy }) => busy !== 'NULL').map(({ no }) => no);
  const others = {
    ...(elsewhere.length === 0 ? {} : { elsewhere: [...elsewhere] }),
    ...(free.length === 0 ? {} : { free: [...free] }),
    ...(moving.length === 0 ? {} : { moving }),
  };
  return { kind: 'seen', ...stateOf(server), attached, ...others };
}

export function refused(guard: Guard, reason: Reason): EventBody {
  return { kind: 'outcome', outcome: { result: 'refused', guard, reason } };
}

const NOTHING_ON_IT = { kind: 'seen', attached: [] as string[] } as const;

function rememberState(memory: Memory, seen: Extract<Event, { kind: 'seen' | 'busy' }>): Memory {
  const weAskedToStop = memory.sent.stop !== undefined;
  return {
    ...memory,
    wasPresent: true,
    missingSince: undefined,
    isGone: false,
    sawItStop: memory.sawItStop || (weAskedToStop && (seen.status === 'NSTOP' || seen.operation === 'SHTDN')),
    sawItTerminate: memory.sawItTerminate || isEnding(seen),
    mayBeLifted: memory.mayBeLifted || !seen.isProtected,
    stopped: memory.stopped ?? (isStopped(seen) ? { at: Date.parse(seen.at), uptime: seen.uptime } : undefined),
    uptime: memory.uptime === '' && seen.operation === 'NULL' ? seen.uptime : memory.uptime,
  };
}

/** How long an effect may take to show: a look before that proves nothing. */
const SHOWS_MS = 20_000;

/** What a look settles of calls whose answers were lost, and who has what was on the server. */
function settleLostAnswers(
  memory: Memory,
  seen: Extract<Event, { kind: 'seen' }>,
): Pick<Memory, 'takenOff' | 'unsure' | 'seenOff' | 'claimed' | 'putBack' | 'endUnknown'> {
  const { attached, elsewhere = [], free = [], moving = [] } = seen;
  const at = Date.parse(seen.at);
  const open = Object.entries(memory.unsure).map(([no, lostAt]) => ({ no, age: at - lostAt }));
  const isIdle = (no: string): boolean => attached.includes(no) && !moving.includes(no);
  const takenAt = Math.max(memory.sent.detach?.lastAt ?? 0, memory.sent.disassociate?.lastAt ?? 0);
  const isPutBack = (no: string): boolean =>
    memory.seenOff.includes(no) || (memory.confirmedOff.includes(no) && isIdle(no) && at - takenAt >= SHOWS_MS);
  // Soon after the call, what is on the server was not taken off it. Later, it may have been put back.
  const notTaken = open.filter(({ no, age }) => isIdle(no) && age >= SHOWS_MS && age <= DOUBT_MS);
  const putBack = open.filter(({ no, age }) => isIdle(no) && age > DOUBT_MS);
  const off = open.filter(({ no }) => isOff(no, seen));
  const theirs = new Set([...notTaken, ...putBack, ...off.filter(({ age }) => age > DOUBT_MS)].map(({ no }) => no));
  const isSettled = new Set([...theirs, ...off.map(({ no }) => no)]);
  const takenOff = memory.takenOff.filter((no) => !theirs.has(no) || memory.confirmedOff.includes(no));
  // Off, though banap did not take it off.
  const theirDoing = free.filter((no) => !takenOff.includes(no));
  return {
    takenOff,
    unsure: Object.fromEntries(Object.entries(memory.unsure).filter(([no]) => !isSettled.has(no))),
    seenOff: union(
      memory.seenOff,
      takenOff.filter((no) => isOff(no, seen)),
    ),
    claimed: union(memory.claimed, [...elsewhere, ...theirDoing, ...putBack.map(({ no }) => no)]),
    putBack: union(memory.putBack, attached.filter(isPutBack)),
    endUnknown: memory.endUnknown && !isEndDisproved(memory, seen),
  };
}

/** NCP would have begun by then, or somebody else has begun since. */
function isEndDisproved({ endLostAt, sawItTerminate }: Memory, seen: Extract<Event, { kind: 'seen' }>): boolean {
  const age = Date.parse(seen.at) - endLostAt;
  if (isEnding(seen)) return !sawItTerminate && age > DOUBT_MS;
  return seen.operation === 'NULL' && age >= SHOWS_MS;
}

export function isEnding({ operation, status }: { operation: string; status: string }): boolean {
  return operation === 'TERMT' || status === 'TERMT';
}

/** Something is open that the next look may settle. */
export function isInDoubt({ unsure, endUnknown, sawItTerminate }: Memory): boolean {
  return Object.keys(unsure).length > 0 || (endUnknown && !sawItTerminate);
}

function union(some: readonly string[], more: readonly string[]): string[] {
  return [...new Set([...some, ...more])];
}

/** Seen on no server. If another server has it, somebody may have taken it off ours; what is not shown may be anywhere. */
function isOff(no: string, { free = [] }: Extract<EventBody, { kind: 'seen' }>): boolean {
  return free.includes(no);
}

function isStopped({ status, operation }: State): boolean {
  return status === 'NSTOP' && operation === 'NULL';
}

/** A call whose outcome is unknown may have been taken. It is no failed try: an outage ends with the deadline. */
function rememberDoubt(memory: Memory, event: Extract<Event, { kind: 'unknown' }>): Memory {
  const { action, reason, at } = event;
  const failure = 'failure' in reason ? reason.failure : null;
  const { returnCode, returnMessage } =
    failure?.kind === 'refused' ? failure : { returnCode: '', returnMessage: failure?.message ?? '' };
  const times = memory.sent[action]?.times ?? 0;
  return {
    ...broughtAbout(memory, event),
    sent: { ...memory.sent, [action]: { times, lastAt: Date.parse(at) } },
    lastRejection: { action, returnCode, returnMessage, failure },
    alone: false,
  };
}

function broughtAbout(
  memory: Memory,
  { kind, action, on, at }: Extract<Event, { kind: 'requested' | 'unknown' }>,
): Memory {
  if (action === 'terminate' && kind === 'unknown') return { ...memory, endUnknown: true, endLostAt: Date.parse(at) };
  // Protection that is on after that may be somebody's new decision, though no look saw it off.
  if (action === 'liftProtection') return { ...memory, mayBeLifted: true };
  // What NCP put back for us is the protection that the plan showed, which consent covers.
  if (action === 'restoreProtection' && kind === 'requested') return { ...memory, mayBeLifted: false };
  if (kind === 'requested' && (action === 'deleteStorage' || action === 'releasePublicIp')) {
    return { ...memory, freeing: union(memory.freeing, on) };
  }
  if (action !== 'detach' && action !== 'disassociate') return memory;
  const takenOff = union(memory.takenOff, on);
  if (kind === 'requested') return { ...memory, takenOff, confirmedOff: union(memory.confirmedOff, on) };
  const lost = Object.fromEntries(on.map((no) => [no, Date.parse(at)]));
  return { ...memory, takenOff, unsure: { ...memory.unsure, ...lost } };
}

function rememberRejection(memory: Memory, event: Extract<Event, { kind: 'rejected' }>): Memory {
  const { action, returnCode, returnMessage } = event;
  // A group that NCP refused says that one of them spoiled it, unless the call as a whole came too early.
  const together = event.together > 1 && event.remedy !== 'later';
  const countsAsTry = event.together === 1 && event.remedy !== 'wait' && event.remedy !== 'later';
  return {
    ...memory,
    alone: together || memory.alone,
    lastRejection: { action, returnCode, returnMessage, failure: refusedBy(event) },
    // A refused group says nothing about this server, and being told to wait is not a failed try.
    sent: countsAsTry ? sentOnceMore(memory, action, event.at) : memory.sent,
  };
}

function sentOnceMore(memory: Memory, action: ActionName, at: string): Memory['sent'] {
  const times = (memory.sent[action]?.times ?? 0) + 1;
  return { ...memory.sent, [action]: { times, lastAt: Date.parse(at) } };
}
