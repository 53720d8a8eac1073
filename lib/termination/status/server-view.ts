/** One server of a run as others see it: what becomes of it and of what is attached to it. */

import { ofResource, type PinnedAttachment } from '../attachments.ts';
import type { Memory } from '../events.ts';
import { NOTHING_KNOWN } from '../model.ts';
import { type PlanItem, willAct } from '../planning/plan.ts';
import type { Rules } from '../rules.ts';
import type { Run } from '../run-record.ts';
import { whyStays } from '../staying.ts';
import type { ServerTimes, ServerView } from './run-view.ts';
import { isOpen } from './server-groups.ts';

export function serverViews({ request, plan, memories }: Pick<Run, 'request' | 'plan' | 'memories'>): ServerView[] {
  return plan.items.map((item) => {
    const { serverInstanceNo } = item.target;
    const memory = memories.of(serverInstanceNo);
    const server = serverNow(plannedServer(item, request), memory, item.target.attachments);
    const isTouched = Object.keys(memory.sent).length > 0;
    return item.isMeant || isTouched ? server : foreign(server);
  });
}

function serverNow(planned: ServerView, memory: Memory, pins: readonly PinnedAttachment[]): ServerView {
  const { missingSince, seen, outcome, waitingFor } = memory;
  const statusName = missingSince !== undefined ? 'gone' : (seen?.statusName ?? planned.statusName);
  const times = timesOf(memory);
  if (outcome === undefined) return { ...planned, statusName, times, reason: waitingFor ?? planned.reason };
  const guard = outcome.result === 'refused' ? outcome.guard : '';
  const after = { statusName, times, verdict: outcome.result, guard, reason: outcome.reason };
  return { ...planned, ...after, ...endedWith(memory, pins) };
}

function timesOf({ sent, missingSince }: Memory): ServerTimes {
  return { stop: instant(sent.stop?.lastAt), terminate: instant(sent.terminate?.lastAt), gone: instant(missingSince) };
}

function instant(at: number | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString();
}

/**
 * People who may use a policy learn nothing from it about servers that it does not apply to: neither name nor state, nor what else
 * keeps them. What the run did something to is its own, whatever the policy says now.
 */
function foreign(server: ServerView): ServerView {
  const { serverInstanceNo, verdict, reason } = server;
  const known = { serverName: '', createDate: '', about: NOTHING_KNOWN, statusName: '', times: NO_TIMES };
  const hidden = { serverInstanceNo, ...known, verdict, ...NOTHING };
  const isRefused = verdict === 'refuse' || verdict === 'refused';
  if (!isRefused) return { ...hidden, guard: '', reason: isOpen({ verdict }) ? { code: 'not-known-here' } : null };
  const isUnread = reason?.code === 'tags-unread' || (reason?.code === 'unread' && reason.what === 'tags');
  return isUnread
    ? { ...hidden, guard: server.guard, reason }
    : { ...hidden, guard: 'policy', reason: { code: 'not-meant-here' } };
}

/** As the plan has it, before anything was done. */
export function plannedServer(item: PlanItem, rules: Pick<Rules, 'storage' | 'publicIp'>): ServerView {
  const { target, statusName, about, verdict, guard, reason } = item;
  const { serverInstanceNo, serverName, createDate } = target;
  const told = { serverInstanceNo, serverName, createDate, about, statusName, verdict, guard, reason };
  return { ...told, times: NO_TIMES, ...(willAct(item) ? attached(item, rules) : NOTHING) };
}

type Attached = Pick<ServerView, 'deletes' | 'deletesBytes' | 'releases' | 'keeps'>;

const NO_TIMES: ServerTimes = { stop: '', terminate: '', gone: '' };

const NOTHING: Attached = { deletes: [], deletesBytes: 0, releases: [], keeps: [] };

function attached({ target: { attachments } }: PlanItem, rules: Pick<Rules, 'storage' | 'publicIp'>): Attached {
  const freed = attachments.filter((one) => whyStays(one, rules) === undefined);
  return {
    ...deleted(ofResource('blockStorage', freed)),
    releases: namesOf(ofResource('publicIp', freed)),
    keeps: namesOf(attachments.filter((one) => whyStays(one, rules) !== undefined)),
  };
}

function deleted(volumes: readonly PinnedAttachment[]): Pick<Attached, 'deletes' | 'deletesBytes'> {
  return { deletes: namesOf(volumes), deletesBytes: volumes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}

function namesOf(some: readonly { name: string }[]): string[] {
  return some.map(({ name }) => name);
}

/** By what was seen at the end, never by what was asked for. */
function endedWith({ freed, left }: Memory, pins: readonly PinnedAttachment[]): Attached {
  const deletedNos = new Set(ofResource('blockStorage', freed).map(({ no }) => no));
  return {
    ...deleted(ofResource('blockStorage', pins).filter(({ no }) => deletedNos.has(no))),
    releases: namesOf(ofResource('publicIp', freed)),
    keeps: namesOf(left),
  };
}
