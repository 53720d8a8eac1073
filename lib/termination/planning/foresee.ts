/**
 * What would be done to a server, step by step, if nobody interfered. It asks `decide` itself and imagines each step's
 * effect, so that a plan can never promise what a pass would not do, and a refusal that would come late comes first.
 */

import type { Action, ActionName, Resource } from '../actions.ts';
import { DEFAULT_PACE } from '../decision/bounds.ts';
import type { Constraints } from '../decision/constraints.ts';
import { decide } from '../decision/decide.ts';
import type { Decision, Leftovers, Observation } from '../decision/decision.ts';
import { type Memory, NO_MEMORY } from '../events.ts';
import type { Server, Target } from '../model.ts';
import type { Reason } from '../reasons.ts';
import type { Rules } from '../rules.ts';

export interface Foresight {
  /** In order: an action, or `wait` for something that is under way. */
  steps: (ActionName | 'wait')[];
  /** Where it ends: refused, done, or waiting for something whose end cannot be foreseen. */
  end: Decision;
  /** Milliseconds since the epoch: nothing is done before `startsAt`, and it is not terminated before `terminatesAt`. */
  startsAt: number;
  terminatesAt: number;
}

/** What a server is foreseen by. `now` in milliseconds since the epoch. */
export interface Outlook {
  rules: Rules;
  constraints: Constraints;
  overLimits: Reason | null;
  now: number;
}

const MOST_STEPS = 14;

/** Where the imagined server is in its imagined future. */
interface Imagined {
  seen: Observation;
  memory: Memory;
  now: number;
}

export function foresee(target: Target, server: Server, outlook: Outlook): Foresight {
  const { rules, constraints, overLimits } = outlook;
  const steps: Foresight['steps'] = [];
  let one: Imagined = { seen: present(server), memory: NO_MEMORY, now: outlook.now };
  if (isStopped(server)) one.memory = stoppedAt(one);
  let end: Decision = { kind: 'wait', reason: { code: 'too-many-steps' } };
  let startsAt = outlook.now;
  let terminatesAt = outlook.now;
  while (steps.length < MOST_STEPS) {
    const { memory, now } = one;
    end = decide(target, one.seen, { memory, rules, constraints, overLimits, now, pace: DEFAULT_PACE });
    const next = end.kind === 'act' ? afterAction(end.action, one, target) : afterWait(end, one);
    if (next === undefined) break;
    if (steps.every((step) => step === 'wait')) startsAt = next.now;
    if (end.kind === 'act' && end.action.name === 'terminate') terminatesAt = now;
    steps.push(end.kind === 'act' ? end.action.name : 'wait');
    one = next;
  }
  return { steps, end, startsAt, terminatesAt: Math.max(startsAt, terminatesAt) };
}

/** An imagined action always works, so none is ever sent twice; only whether the server was touched matters. */
function afterAction({ name, on }: Action, one: Imagined, target: Target): Imagined | undefined {
  const seen = seenAfter({ name, on }, one.seen, target);
  if (seen === undefined) return undefined;
  const sent = { [name]: { times: 0, lastAt: Number.NEGATIVE_INFINITY } };
  const { takenOff, freeing } = one.memory;
  const touched = { ...one.memory, sent, takenOff: [...takenOff, ...on], freeing: [...freeing, ...on] };
  const ended = { endAccepted: true, sawItTerminate: true, isGone: true };
  const memory = name === 'terminate' ? { ...touched, ...ended } : touched;
  return { ...one, seen, memory: name === 'stop' ? stoppedAt({ ...one, seen, memory }) : memory };
}

function seenAfter(
  { name, on }: Pick<Action, 'name' | 'on'>,
  seen: Observation,
  target: Target,
): Observation | undefined {
  return seen.kind === 'unread' || seen.kind === 'busy' ? undefined : EFFECTS[name](seen, target, on);
}

type Sight = Extract<Observation, { kind: 'present' | 'absent' }>;

/** What each action comes to; undefined if there is nothing that it could change. */
const EFFECTS: Record<ActionName, (seen: Sight, target: Target, on: readonly string[]) => Observation | undefined> = {
  stop: changing((server) => ({ ...server, status: 'NSTOP', statusName: 'stopped' })),
  detach: without('blockStorage'),
  disassociate: without('publicIp'),
  liftProtection: changing((server) => ({ ...server, isProtectServerTermination: false })),
  terminate: (seen, target) => (seen.kind === 'present' ? { kind: 'absent', leftovers: leftBy(target) } : undefined),
  deleteStorage: freed,
  releasePublicIp: freed,
  restoreProtection: changing((server) => ({ ...server, isProtectServerTermination: true })),
};

function changing(change: (server: Server) => Server) {
  return (seen: Sight): Observation | undefined => (seen.kind === 'present' ? present(change(seen.server)) : undefined);
}

function without(resource: Resource) {
  return changing((server) => ({
    ...server,
    attachments: server.attachments.filter((one) => one.resource !== resource),
  }));
}

function freed(seen: Sight, _target: Target, on: readonly string[]): Observation | undefined {
  if (seen.kind !== 'absent') return undefined;
  const { leftovers } = seen;
  return {
    ...seen,
    leftovers: { ...leftovers, attachments: leftovers.attachments.filter(({ no }) => !on.includes(no)) },
  };
}

/** What is under way is taken to succeed, and time to pass; what a wait leads to otherwise, nobody can foresee. */
function afterWait(end: Decision, one: Imagined): Imagined | undefined {
  if (end.kind !== 'wait' || one.seen.kind !== 'present') return undefined;
  if (end.until !== undefined) return { ...one, now: end.until };
  const { server } = one.seen;
  const idle = { ...server, operation: 'NULL' };
  if (server.operation === 'SHTDN' || server.operation === 'HSHTD') {
    const seen = present({ ...idle, status: 'NSTOP' });
    return { ...one, seen, memory: stoppedAt({ ...one, seen }) };
  }
  const passes = ['SETUP', 'COPY', 'CHNG', 'RESTA', 'HREST'].includes(server.operation);
  if (!passes) return undefined;
  return { ...one, seen: present(idle), memory: isStopped(idle) ? stoppedAt(one) : one.memory };
}

function isStopped({ status, operation }: Server): boolean {
  return status === 'NSTOP' && operation === 'NULL';
}

function stoppedAt({ memory, now, seen }: Imagined): Memory {
  return { ...memory, stopped: { at: now, uptime: seen.kind === 'present' ? seen.server.uptime : '' } };
}

function present(server: Server): Observation {
  return { kind: 'present', server };
}

function leftBy({ attachments }: Target): Leftovers {
  const free = { status: 'CREAT', operation: 'NULL', serverInstanceNo: '' };
  return { unread: null, attachments: attachments.map((one) => ({ ...one, ...free })) };
}
