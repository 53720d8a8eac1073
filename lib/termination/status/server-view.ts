/** One server of a run as others see it: what becomes of it and of what is attached to it. */

import { ofResource } from '../attachments.ts';
import type { Memory } from '../events.ts';
import { type PlanItem, willAct } from '../planning/plan.ts';
import type { Rules } from '../rules.ts';
import type { Run } from '../run-record.ts';
import { whyStays } from '../staying.ts';
import type { ServerView } from './run-view.ts';

export function serverViews({ request, plan, memories }: Pick<Run, 'request' | 'plan' | 'memories'>): ServerView[] {
  return plan.items.map((item) => {
    const { serverInstanceNo } = item.target;
    const memory = memories.of(serverInstanceNo);
    const server = serverNow(plannedServer(item, request), memory);
    const isTouched = Object.keys(memory.sent).length > 0;
    return item.isMeant || isTouched ? server : foreign(server);
  });
}

function serverNow(planned: ServerView, memory: Memory): ServerView {
  const { missingSince, seen, outcome, waitingFor } = memory;
  const statusName = missingSince !== undefined ? 'gone' : (seen?.statusName ?? planned.statusName);
  if (outcome === undefined) return { ...planned, statusName, reason: waitingFor ?? planned.reason };
  const guard = outcome.result === 'refused' ? outcome.guard : '';
  const after = { statusName, verdict: outcome.result, guard, reason: outcome.reason };
  return { ...planned, ...after, ...endedWith(memory) };
}

/**
 * People who may use a policy learn nothing from it about servers that it does not apply to: neither name nor state, nor what else
 * keeps them. What the run did something to is its own, whatever the policy says now.
 */
function foreign(server: ServerView): ServerView {
  const { serverInstanceNo, verdict, reason } = server;
  const hidden = { serverInstanceNo, serverName: '', statusName: '', verdict, ...NOTHING };
  const isRefused = verdict === 'refuse' || verdict === 'refused';
  if (!isRefused) return { ...hidden, guard: '', reason: isOpen({ verdict }) ? { code: 'not-known-here' } : null };
  const isUnread = reason?.code === 'tags-unread' || (reason?.code === 'unread' && reason.what === 'tags');
  return isUnread
    ? { ...hidden, guard: server.guard, reason }
    : { ...hidden, guard: 'policy', reason: { code: 'not-meant-here' } };
}

/** The run is not done with it. */
export function isOpen({ verdict }: { verdict: string }): boolean {
  return verdict === 'terminate' || verdict === 'wait';
}

/** As the plan has it, before anything was done. */
export function plannedServer(item: PlanItem, rules: Pick<Rules, 'storage' | 'publicIp'>): ServerView {
  const { target, statusName, verdict, guard, reason } = item;
  const { serverInstanceNo, serverName } = target;
  const told = { serverInstanceNo, serverName, statusName, verdict, guard, reason };
  return { ...told, ...(willAct(item) ? attached(item, rules) : NOTHING) };
}

type Attached = Pick<ServerView, 'deletes' | 'releases' | 'keeps'>;

const NOTHING: Attached = { deletes: [], releases: [], keeps: [] };

function attached({ target: { attachments } }: PlanItem, rules: Pick<Rules, 'storage' | 'publicIp'>): Attached {
  const freed = attachments.filter((one) => whyStays(one, rules) === undefined);
  return {
    deletes: namesOf(ofResource('blockStorage', freed)),
    releases: namesOf(ofResource('publicIp', freed)),
    keeps: namesOf(attachments.filter((one) => whyStays(one, rules) !== undefined)),
  };
}

function namesOf(some: readonly { name: string }[]): string[] {
  return some.map(({ name }) => name);
}

/** By what was seen at the end, never by what was asked for. */
function endedWith({ freed, left }: Memory): Attached {
  return {
    deletes: namesOf(ofResource('blockStorage', freed)),
    releases: namesOf(ofResource('publicIp', freed)),
    keeps: namesOf(left),
  };
}
