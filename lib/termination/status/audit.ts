/** What the audit keeps of a run: what was decided before anything was done, every act, and how each server ended. */

import type { Event } from '../events.ts';
import { type Failure, withIds } from '../failure.ts';
import type { Plan, PlanItem } from '../planning/plan.ts';
import type { AuditRecord } from '../ports/store.ts';
import type { Reason } from '../reasons.ts';
import type { TerminationRequest } from '../request.ts';

/** The part of a run that the audit needs. */
interface Told {
  request: TerminationRequest;
  plan: Plan;
}

export function auditOfPlan({ request, plan }: Told): AuditRecord[] {
  const common = { ...whoAndWhy(request), at: plan.createdAt };
  const whole = { ...common, sequence: 0, ...NO_SERVER, what: 'plan', guard: plan.refusal?.guard ?? '' };
  const { hash, items, refusal } = plan;
  const reason = refusal?.reason ?? ({ code: 'planned', mode: request.mode, servers: items.length, hash } as const);
  return [{ ...whole, reason }, ...plan.items.map((item, index) => ({ ...common, ...ofItem(item, index) }))];
}

/** A run that failed before it had a plan. */
export function auditOfError(request: TerminationRequest, at: string, failure: Failure): AuditRecord[] {
  const why = { ...NO_SERVER, what: 'error', guard: '', reason: { code: 'broke-off', failure } } as const;
  return [{ ...whoAndWhy(request), at, sequence: 0, ...why }];
}

/** `from`: how many events of the run came before these. The same events give the same records: written twice they are one. */
export function auditOfEvents({ request, plan }: Told, events: readonly Event[], from = 0): AuditRecord[] {
  const names = new Map(plan.items.map(({ target }) => [target.serverInstanceNo, target.serverName]));
  const common = whoAndWhy(request);
  return events.flatMap((event, index) => {
    const what = whatOf(event);
    if (what === undefined) return [];
    const { at, serverInstanceNo } = event;
    const serverName = names.get(serverInstanceNo) ?? '';
    return [{ ...common, at, sequence: FIRST_EVENT + from + index, serverInstanceNo, serverName, ...what }];
  });
}

/** Above every number of a plan's records. */
const FIRST_EVENT = 1_000;

const NO_SERVER = { serverInstanceNo: '', serverName: '' };

function whoAndWhy({ account, requestId, policy, trigger, requestedBy }: TerminationRequest) {
  return { account, requestId, policy, trigger, requestedBy };
}

function ofItem({ target, verdict, guard, reason }: PlanItem, index: number) {
  const { serverInstanceNo, serverName } = target;
  return { sequence: index + 1, serverInstanceNo, serverName, what: `plan: ${verdict}`, guard, reason };
}

function whatOf(event: Event): Pick<AuditRecord, 'what' | 'guard' | 'reason'> | undefined {
  switch (event.kind) {
    case 'requested':
      return {
        what: event.action,
        guard: '',
        reason: event.on.length === 0 ? null : { code: 'on', numbers: event.on },
      };
    case 'unknown':
      return { what: `${event.action}: outcome unknown`, guard: '', reason: event.reason };
    case 'rejected':
      return { what: `${event.action}: refused by NCP`, guard: '', reason: ncpSaid(event) };
    case 'freed':
    case 'left':
      return { what: event.kind, guard: '', reason: { code: 'about', resource: event.resource, name: event.name } };
    case 'outcome': {
      const { outcome } = event;
      return { what: outcome.result, guard: outcome.result === 'refused' ? outcome.guard : '', reason: outcome.reason };
    }
    case 'intended':
    case 'seen':
    case 'busy':
    case 'unread':
    case 'waiting':
    case 'claimed':
    case 'put-back':
    case 'unlisted':
    case 'unwatched':
    case 'missing':
    case 'gone':
      return undefined;
  }
}

function ncpSaid({ returnCode, returnMessage, ids }: Extract<Event, { kind: 'rejected' }>): Reason {
  return { code: 'ncp-said', returnCode, returnMessage, ...withIds(ids) };
}
