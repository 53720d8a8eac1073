import type { Failure } from '../failure.ts';
import type { TerminationRequest } from '../request.ts';
import type { Run } from '../run-record.ts';
import { isSamePerson } from '../signals.ts';
import type { Phase, RunView } from './run-view.ts';
import { serverViews } from './server-view.ts';

export function viewOf(record: Run, phase: Phase, at: string): RunView {
  const { request, plan, signals } = record;
  const servers = serverViews(record);
  const nameless = new Set(servers.filter((one) => one.serverName === '').map((one) => one.serverInstanceNo));
  return {
    ...whoseView(request),
    state: phase.state,
    status: phase.state === 'ended' ? phase.status : '',
    failure: phase.state === 'ended' ? phase.failure : null,
    refusal: plan.refusal?.reason ?? null,
    planHash: plan.hash,
    createdAt: plan.createdAt,
    updatedAt: at,
    approvalUntil: phase.state === 'awaiting-approval' ? instant(phase.approvalUntil) : '',
    actsAt: phase.state === 'announced' ? instant(phase.actsAt) : '',
    missingApprovals: phase.state === 'awaiting-approval' ? phase.missingApprovals : 0,
    servers,
    attention: plan.attention.filter((one) => !nameless.has(one.serverInstanceNo)),
    signals,
  };
}

/** Of a run that failed before it had a plan: the person who asked for it must find it all the same. */
export function viewWithoutPlan(
  request: TerminationRequest,
  { status, failure, at }: { status: string; failure: Failure | null; at: string },
): RunView {
  const nothing = { planHash: '', approvalUntil: '', actsAt: '', missingApprovals: 0 };
  const times = { createdAt: at, updatedAt: at };
  return {
    ...whoseView(request),
    ...nothing,
    ...times,
    state: 'ended',
    status,
    failure,
    refusal: null,
    servers: [],
    attention: [],
    signals: [],
  };
}

function whoseView(request: TerminationRequest) {
  const { requestId, account, policy, trigger, requestedBy, askedBy, reason, approval } = request;
  const approvers = approval?.approvers ?? [];
  const barred = approvers.filter((by) => approval?.selfApproval === false && isSamePerson(approval, by, askedBy));
  return { requestId, account, policy, trigger, requestedBy, askedBy, reason, approvers, barred };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
