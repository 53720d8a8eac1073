import type { Reason } from './reasons.ts';
import type { TerminationRequest } from './request.ts';
import { cardServers } from './run-card-server.ts';
import type { Run } from './run-record.ts';
import type { Attention } from './select.ts';
import { isSamePerson, type Word } from './words.ts';

/**
 * A run as others see it: who asks for its status, chat, the confirm page. The run writes it in its own steps; it holds
 * no secret and fits into one item of the ledger.
 */
export interface RunCard {
  requestId: string;
  account: string;
  policy: string;
  trigger: string;
  requestedBy: string;
  /** Channel and id of who asked, for example `slack:U012ABC`; may be empty. */
  askedBy: string;
  reason: string;
  /** Where the run is. `ended`: `status` and `error` say how. */
  state: 'awaiting-approval' | 'announced' | 'working' | 'ended';
  /** Of the report; empty before it is there. */
  status: string;
  /** What made the run itself fail; empty otherwise. */
  error: string;
  /** Why nothing of the plan is done; null where it may be. */
  refusal: Reason | null;
  planHash: string;
  /** RFC 3339 in UTC. */
  createdAt: string;
  updatedAt: string;
  /** RFC 3339 in UTC; empty where it is not known. When an approval is over, and when the first act may happen. */
  approvalUntil: string;
  actsAt: string;
  /** How many people have yet to agree. */
  missingApprovals: number;
  approvers: string[];
  /** Those of them who may reject and not agree, because they asked for the run. */
  barred: string[];
  servers: CardServer[];
  attention: Attention[];
  /** What people said to it, oldest first. */
  words: Word[];
}

export interface CardServer {
  serverInstanceNo: string;
  /** Empty where its policy does not mean it, like what else is known of it. */
  serverName: string;
  /** `serverInstanceStatusName` at the last look. */
  statusName: string;
  /** `terminate`, `wait`, `refuse`, `already-gone` before; the result of the outcome after. */
  verdict: string;
  guard: string;
  reason: Reason | null;
  /** Names of volumes that are deleted with it, and addresses that are released. After: that were. */
  deletes: string[];
  releases: string[];
  /** Volumes and addresses that stay, and go on costing money. */
  keeps: string[];
}

/** Where people see a run: one message in each chat, changed in place. Never throws. */
export interface Board {
  /** A chat that is down holds nothing up. False where some chat does not show it. */
  show(card: RunCard): Promise<boolean>;
  /** A notice besides the message, once each. True where some chat has it. */
  notify(card: RunCard, notice: Notice): Promise<boolean>;
}

/** What happens at `actsAt` of the card. */
export interface Notice {
  /** Tells it from the other notices of the run. */
  key: string;
  /** Of the servers that it is about. */
  names: string[];
  /** What is done first. */
  act: 'stop' | 'terminate';
}

/** Where the run is, and what is known only there. Times in milliseconds since the epoch. */
export type Phase =
  | { state: 'awaiting-approval'; missingApprovals: number; approvalUntil: number }
  | { state: 'announced'; actsAt: number }
  | { state: 'working' }
  | { state: 'ended'; status: string; error: string };

export function cardOf(record: Run, phase: Phase, at: string): RunCard {
  const { request, plan, words } = record;
  const servers = cardServers(record);
  const nameless = new Set(servers.filter((one) => one.serverName === '').map((one) => one.serverInstanceNo));
  return {
    ...whoseCard(request),
    state: phase.state,
    status: phase.state === 'ended' ? phase.status : '',
    error: phase.state === 'ended' ? phase.error : '',
    refusal: plan.refusal?.reason ?? null,
    planHash: plan.hash,
    createdAt: plan.createdAt,
    updatedAt: at,
    approvalUntil: phase.state === 'awaiting-approval' ? instant(phase.approvalUntil) : '',
    actsAt: phase.state === 'announced' ? instant(phase.actsAt) : '',
    missingApprovals: phase.state === 'awaiting-approval' ? phase.missingApprovals : 0,
    servers,
    attention: plan.attention.filter((one) => !nameless.has(one.serverInstanceNo)),
    words,
  };
}

/** Of a run that failed before it had a plan: whoever asked for it must find it all the same. */
export function cardWithoutPlan(
  request: TerminationRequest,
  { status, error, at }: { status: string; error: string; at: string },
): RunCard {
  const nothing = { planHash: '', approvalUntil: '', actsAt: '', missingApprovals: 0 };
  const times = { createdAt: at, updatedAt: at };
  return {
    ...whoseCard(request),
    ...nothing,
    ...times,
    state: 'ended',
    status,
    error,
    refusal: null,
    servers: [],
    attention: [],
    words: [],
  };
}

function whoseCard(request: TerminationRequest) {
  const { requestId, account, policy, trigger, requestedBy, askedBy, reason, approval } = request;
  const approvers = approval?.approvers ?? [];
  const barred = approvers.filter((by) => approval?.selfApproval === false && isSamePerson(approval, by, askedBy));
  return { requestId, account, policy, trigger, requestedBy, askedBy, reason, approvers, barred };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
