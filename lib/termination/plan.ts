import { createHash } from 'node:crypto';
import type { Elsewhere } from './cloud.ts';
import { type Event, refused } from './events.ts';
import { foresee } from './foresee.ts';
import type { ActionName, Guard, Server, Target } from './model.ts';
import { MOST_SERVERS, type TerminationRequest } from './request.ts';
import type { Selection } from './select.ts';

/** What a request would do: every server that it means, pinned, with the steps that lie ahead. */
export interface Plan {
  /** RFC 3339, UTC. */
  createdAt: string;
  /** Names this plan: targets with identity and attachments, and what may be done to them. */
  hash: string;
  /** How many servers the region holds; the percentage limit is counted against it. */
  regionHolds: number;
  items: PlanItem[];
  /** Why nothing of the plan is done; empty when it may be. */
  refusal: string;
  refusalGuard: Guard | '';
  notes: string[];
}

export interface PlanItem {
  target: Target;
  /** `serverInstanceStatusName` when the plan was made; `absent` when the region does not hold it. */
  statusName: string;
  steps: (ActionName | 'wait')[];
  verdict: 'terminate' | 'wait' | 'refuse' | 'already-gone';
  guard: Guard | '';
  reason: string;
}

/** What the plan was made from. */
export interface Survey {
  at: string;
  all: readonly Server[];
  selection: Selection;
  /** Where the missing numbers are instead. */
  elsewhere: Elsewhere;
}

export function makePlan(request: TerminationRequest, survey: Survey): Plan {
  const { at, all, selection, elsewhere } = survey;
  const items = [
    ...selection.chosen.map((server) => itemFor(server, request)),
    ...selection.missing.map((no) => itemForMissing(no, elsewhere)),
  ];
  const refusal = overLimits(request, items, all.length);
  return {
    createdAt: at,
    hash: hashOf(request, items),
    regionHolds: all.length,
    // Enough to see what was selected; a plan of so many is refused, and must fit a checkpoint all the same.
    items: items.slice(0, MOST_SERVERS),
    refusal,
    refusalGuard: refusal === '' ? '' : 'limit',
    notes: [
      ...request.notes,
      ...selection.unmatched.map(
        (name) => `no server of ${request.environment} ${request.region} has a name like ${name}`,
      ),
      ...elsewhere.closed.map((place) => `missing servers were not looked for in ${place}`),
      ...(items.length > MOST_SERVERS
        ? [`${items.length} servers were selected; the first ${MOST_SERVERS} are listed`]
        : []),
    ],
  };
}

/** Somebody agreed to a plan by its hash: any other is refused whole, whatever the difference is. */
export function agreedOnly(plan: Plan, agreedHash: string | undefined): Plan {
  if (agreedHash === undefined || agreedHash === plan.hash || plan.refusal !== '') return plan;
  return {
    ...plan,
    refusalGuard: 'drift',
    refusal: 'the servers have changed since the plan was agreed to; look again',
  };
}

/** Servers that the plan may touch. */
export function willAct(item: PlanItem): boolean {
  return item.verdict === 'terminate' || item.verdict === 'wait';
}

/** What is decided before the first pass: refusals stay refused, whatever happens to their reason meanwhile. */
export function firstEvents(plan: Plan): Event[] {
  return plan.items.flatMap((item) => {
    const body =
      item.verdict === 'refuse' && item.guard !== ''
        ? refused(item.guard, item.reason)
        : plan.refusalGuard !== '' && willAct(item)
          ? refused(plan.refusalGuard, plan.refusal)
          : undefined;
    const { serverInstanceNo } = item.target;
    return body === undefined ? [] : [{ at: plan.createdAt, serverInstanceNo, ...body }];
  });
}

function itemFor(server: Server, request: TerminationRequest): PlanItem {
  const target = pin(server);
  const { steps, end } = foresee(target, server, request);
  const item = { target, statusName: server.statusName, steps, guard: '' as const };
  switch (end.kind) {
    case 'refuse':
      // Nothing is done to a server that would be refused in the end: it would be stopped for nothing.
      return { ...item, steps: [], verdict: 'refuse', guard: end.guard, reason: end.reason };
    case 'done':
      return {
        ...item,
        verdict: 'terminate',
        reason: end.left.map((left) => `${left.name}: ${left.reason}`).join('; '),
      };
    case 'wait':
    case 'act':
    case 'fail':
      return { ...item, verdict: 'wait', reason: 'reason' in end ? end.reason : '' };
  }
}

function itemForMissing(no: string, { found, unread }: Elsewhere): PlanItem {
  const target: Target = { ...NO_PINS, serverInstanceNo: no };
  const seen = found.find((one) => one.serverInstanceNo === no);
  const item = { target, statusName: 'absent', steps: [] };
  if (seen === undefined && unread.length > 0) {
    const reason = `it is not here, and could not be looked for in ${unread.join('; ')}`;
    return { ...item, verdict: 'refuse', guard: 'elsewhere', reason };
  }
  if (seen === undefined) {
    return {
      ...item,
      verdict: 'already-gone',
      guard: '',
      reason: 'NCP knows no such server here: returned already, or never there',
    };
  }
  const { environment, region } = seen.scope;
  const reason = `it is not here but in ${environment} ${region}, called ${seen.serverName}; name that environment and region`;
  return { ...item, verdict: 'refuse', guard: 'elsewhere', reason };
}

const NO_PINS = { serverName: '', createDate: '', uptime: '', wasProtected: false, storages: [], publicIps: [] };

function pin(server: Server): Target {
  return {
    serverInstanceNo: server.serverInstanceNo,
    serverName: server.serverName,
    createDate: server.createDate,
    uptime: server.operation === 'NULL' ? server.uptime : '',
    wasProtected: server.isProtectServerTermination,
    storages: server.storages.map(
      ({ blockStorageInstanceNo, blockStorageName, createDate, sizeBytes, isReturnProtection }) => ({
        blockStorageInstanceNo,
        blockStorageName,
        createDate,
        sizeBytes,
        isReturnProtection,
      }),
    ),
    publicIps: server.publicIps.map(({ publicIpInstanceNo, publicIp }) => ({ publicIpInstanceNo, publicIp })),
  };
}

/** Never "the first N": what is over a limit was asked for by mistake, and nobody knows which part of it was meant. */
function overLimits(request: TerminationRequest, items: readonly PlanItem[], regionHolds: number): string {
  const { maxServers, maxPercent } = request.limits;
  const count = items.filter(willAct).length;
  const percent = regionHolds === 0 ? 0 : (count / regionHolds) * 100;
  const problems: string[] = [];
  if (items.length > MOST_SERVERS) {
    problems.push(`${items.length} servers were selected, at most ${MOST_SERVERS} fit one request`);
  }
  if (count > maxServers) problems.push(`${count} servers are more than the limit of ${maxServers} (maxServers)`);
  if (percent > maxPercent) {
    const share = `${count} of the ${regionHolds} servers of ${request.environment} ${request.region}`;
    problems.push(
      `${share} are ${Math.ceil(percent * 10) / 10} %, more than the limit of ${maxPercent} % (maxPercent)`,
    );
  }
  return problems.length === 0 ? '' : `the whole plan is refused: ${problems.join('; ')}`;
}

function hashOf(request: TerminationRequest, items: readonly PlanItem[]): string {
  const { environment, region, storage, publicIp, overrideProtection } = request;
  const targets = items
    .filter(willAct)
    .map((item) => item.target)
    .toSorted((a, b) => a.serverInstanceNo.localeCompare(b.serverInstanceNo, 'en', { numeric: true }));
  const text = JSON.stringify([environment, region, storage, publicIp, overrideProtection, targets]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
