/**
 * What would be done to a server, step by step, if nobody interfered. It asks `decide` itself and imagines each step's
 * effect, so that a plan can never promise what a pass would not do, and a refusal that would come late comes first.
 */

import { DEFAULT_PACE, decide } from './decide.ts';
import { NO_MEMORY } from './events.ts';
import type { ActionName, Decision, Observation, Rules, Server, Target } from './model.ts';

export interface Foresight {
  /** In order: an action, or `wait` for something that is under way. */
  steps: (ActionName | 'wait')[];
  /** Where it ends: refused, done, or waiting for something whose end cannot be foreseen. */
  end: Decision;
}

const MOST_STEPS = 12;

export function foresee(target: Target, server: Server, rules: Rules): Foresight {
  const steps: Foresight['steps'] = [];
  let seen: Observation = { kind: 'present', server };
  let end: Decision = { kind: 'wait', reason: 'too many steps' };
  while (steps.length < MOST_STEPS) {
    end = decide(target, seen, { memory: imaginedMemory(steps), rules, now: 0, pace: DEFAULT_PACE });
    if (end.kind !== 'act' && end.kind !== 'wait') break;
    const next: Observation | undefined =
      end.kind === 'act' ? afterAction(end.action.name, seen, target) : afterWait(seen);
    if (next === undefined) break;
    steps.push(end.kind === 'act' ? end.action.name : 'wait');
    seen = next;
  }
  return { steps, end };
}

/** An imagined action always works, so none is ever sent twice; only whether the server was touched matters. */
function imaginedMemory(steps: Foresight['steps']): typeof NO_MEMORY {
  return steps.includes('terminate') ? { ...NO_MEMORY, sawItTerminate: true } : NO_MEMORY;
}

function afterAction(name: ActionName, seen: Observation, target: Target): Observation | undefined {
  if (seen.kind === 'absent') {
    const { storages, publicIps } = seen.leftovers;
    return {
      kind: 'absent',
      leftovers: {
        unread: '',
        storages: name === 'deleteStorage' ? storages.filter((one) => one.isReturnProtection) : storages,
        publicIps: name === 'releasePublicIp' ? [] : publicIps,
      },
    };
  }
  if (seen.kind !== 'present') return undefined;
  const { server } = seen;
  switch (name) {
    case 'stop':
      return present({ ...server, status: 'NSTOP', statusName: 'stopped' });
    case 'detach':
      return present({ ...server, storages: [] });
    case 'disassociate':
      return present({ ...server, publicIps: [] });
    case 'liftProtection':
      return present({ ...server, isProtectServerTermination: false });
    case 'terminate':
      return { kind: 'absent', leftovers: imaginedLeftovers(target) };
    default:
      return undefined;
  }
}

/** What is under way is taken to succeed; what a wait leads to otherwise, nobody can foresee. */
function afterWait(seen: Observation): Observation | undefined {
  if (seen.kind !== 'present') return undefined;
  const { server } = seen;
  const idle = { ...server, operation: 'NULL' };
  if (server.operation === 'SHTDN' || server.operation === 'HSHTD') return present({ ...idle, status: 'NSTOP' });
  if (server.operation === 'SETUP' || server.operation === 'COPY' || server.operation === 'CHNG') return present(idle);
  if (server.operation === 'RESTA' || server.operation === 'HREST') return present(idle);
  return undefined;
}

function present(server: Server): Observation {
  return { kind: 'present', server };
}

function imaginedLeftovers(target: Target): Extract<Observation, { kind: 'absent' }>['leftovers'] {
  return {
    unread: '',
    storages: target.storages.map((one) => ({
      ...one,
      status: 'CREAT',
      operation: 'NULL',
      serverInstanceNo: '',
    })),
    publicIps: target.publicIps.map((one) => ({ ...one, status: 'CREAT', operation: 'NULL', serverInstanceNo: '' })),
  };
}
