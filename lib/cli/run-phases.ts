/** Where each server of a run is, folded from its events as they come. */

import type { ActionName } from '../termination/actions.ts';
import type { Event } from '../termination/events.ts';

/** In the order in which a server goes through them; the last three are ends. */
const PHASES = [
  'not begun',
  'waiting',
  'stopping',
  'detaching',
  'terminating',
  'freeing',
  'gone',
  'kept',
  'failed',
] as const;

export type RunPhase = (typeof PHASES)[number];

const OF_ACTION: Partial<Record<ActionName, RunPhase>> = {
  stop: 'stopping',
  detach: 'detaching',
  disassociate: 'detaching',
  liftProtection: 'detaching',
  terminate: 'terminating',
  deleteStorage: 'freeing',
  releasePublicIp: 'freeing',
};

export interface Progressing {
  phase: RunPhase;
  /** Milliseconds since the epoch: when this phase began, and when anything was first done. */
  since: number;
  beganAt: number | undefined;
  /** The event that people should read; undefined while nothing is remarkable. */
  trouble: Event | undefined;
}

const END: Record<Extract<Event, { kind: 'outcome' }>['outcome']['result'], RunPhase> = {
  terminated: 'gone',
  'already-gone': 'gone',
  refused: 'kept',
  unfinished: 'failed',
  failed: 'failed',
};

export function hasEnded({ phase }: Pick<Progressing, 'phase'>): boolean {
  return PHASES.indexOf(phase) >= PHASES.indexOf('gone');
}

export function phaseAfter(before: Progressing | undefined, event: Event): Progressing {
  const at = Date.parse(event.at);
  const was = before ?? { phase: 'not begun', since: at, beganAt: undefined, trouble: undefined };
  const phase = phaseOf(was.phase, event);
  return {
    phase,
    since: phase === was.phase ? was.since : at,
    beganAt: was.beganAt ?? (OF_ACTION_PHASES.has(phase) ? at : undefined),
    trouble: troubleAfter(was.trouble, event, phase !== was.phase),
  };
}

const OF_ACTION_PHASES: ReadonlySet<RunPhase> = new Set(Object.values(OF_ACTION));

function phaseOf(before: RunPhase, event: Event): RunPhase {
  switch (event.kind) {
    case 'requested':
    case 'unknown':
      return OF_ACTION[event.action] ?? before;
    case 'waiting':
      return before === 'not begun' ? 'waiting' : before;
    case 'outcome':
      return END[event.outcome.result];
    default:
      return before;
  }
}

/** What NCP refused, what nobody knows, what failed; forgotten when the server goes on. */
function troubleAfter(before: Event | undefined, event: Event, goesOn: boolean): Event | undefined {
  if (event.kind === 'outcome') return END[event.outcome.result] === 'gone' ? undefined : event;
  if (event.kind === 'rejected' || event.kind === 'unknown' || event.kind === 'unread') return event;
  return goesOn ? undefined : before;
}

/** How many servers are in each phase; those in none are left out. */
export function countsOf(servers: Iterable<Pick<Progressing, 'phase'>>): [phase: RunPhase, count: number][] {
  const counts = Map.groupBy(servers, ({ phase }) => phase);
  return PHASES.flatMap((phase) => {
    const some = counts.get(phase);
    return some === undefined ? [] : [[phase, some.length] as [RunPhase, number]];
  });
}
