/** Servers by name, as people write them in chat, under one of the channel's policies. */

import { createHash } from 'node:crypto';
import { requestFor } from '../../../policies/resolve.ts';
import { matcher } from '../../../termination/decision/glob.ts';
import type { Target } from '../../../termination/model.ts';
import { type Plan, willAct } from '../../../termination/planning/plan.ts';
import { MOST_SERVERS, type TerminationRequest } from '../../../termination/request.ts';
import { personInWords } from '../../../termination/signals.ts';
import { inGroups } from '../../../termination/status/server-groups.ts';
import { plannedServer } from '../../../termination/status/server-view.ts';
import { ExecutionError } from '../../../triggers/run-control.ts';
import type { ChatContext } from './context.ts';
import { holdServers, release } from './holds.ts';
import { findRun, rememberRun } from './runs.ts';

interface Named {
  names: string[];
  /** Empty: the one that means these servers. */
  policy: string;
  reason: string;
}

/** Shows what would be done; nothing is. */
export async function planServers(named: Named, context: ChatContext): Promise<string> {
  const found = await planFor(named, context);
  if (typeof found === 'string') return found;
  return inWords(found, context);
}

function inWords({ plan, policy, account, request }: Found, { say }: ChatContext): string {
  const servers = inGroups(plan.items.map((item) => plannedServer(item, request)));
  return [
    say.title({ policy, account, servers: plan.items.filter(willAct).length }),
    ...servers.flatMap((some) => some.servers.map((server) => say.server(server, plan.createdAt))),
    ...(plan.refusal === null ? [] : [say.refusal(plan.refusal.reason)]),
    ...plan.notes.map((note) => say.note(note)),
  ].join('\n');
}

/**
 * Starts a run under the policy. What it does, and who has to agree first, is the policy's. A chat request that comes again is
 * answered as the first time, though its servers may be gone by then.
 */
export async function terminateServers(named: Named, context: ChatContext): Promise<string> {
  const { backend, chatRequest } = context;
  const requestId = runIdFor(chatRequest.deliveryId, chatRequest.chat);
  const before = await findRun(requestId, context);
  if (before !== undefined && before !== 'begun') return accepted(requestId, before.policy, context);
  const found = await planFor(named, context);
  if (typeof found === 'string') return found;
  const { policy, plan } = found;
  // Never "the first N": a request over a limit starts nothing.
  if (plan.refusal !== null) return inWords(found, context);
  const servers = plan.items.map((item) => item.target.serverInstanceNo);
  const { id: askedBy, name } = chatRequest.person;
  const requestedBy = personInWords(askedBy, name);
  await rememberRun(requestId, context);
  const request = { policy, servers, reason: named.reason };
  const payload = { requestId, trigger: 'chat', askedBy, requestedBy, request };
  await backend.start({ name: requestId, payload }).catch((error: unknown) => {
    // The same chat request started it already, and a server was created or renamed since.
    const isBegun = before === 'begun' && error instanceof ExecutionError && error.kind === 'conflict';
    if (!isBegun) throw error;
  });
  return accepted(requestId, policy, context);
}

function accepted(requestId: string, policy: string, { say, chatRequest, here }: ChatContext): string {
  return say.accepted({ requestId, policy, mode: here[policy]?.mode ?? 'plan', prefix: chatRequest.prefix });
}

export async function keepServers(named: Named & { until: string }, context: ChatContext): Promise<string> {
  const found = await planFor(named, context);
  if (typeof found === 'string') return found;
  const { until, reason } = named;
  const servers = found.plan.items.map(({ target }) => target);
  const why = reason || `asked for in ${context.chatRequest.chat}`;
  return holdServers({ account: found.account, servers, until, reason: why }, context);
}

/** What would become of them, and why, one line each. */
export async function whyServers(named: Named, context: ChatContext): Promise<string> {
  const found = await planFor(named, context);
  if (typeof found === 'string') return found;
  const { plan, request } = found;
  return plan.items.map((item) => context.say.why(plannedServer(item, request), plan.createdAt)).join('\n');
}

/** Ends what this person holds; what others hold stays, and is named. */
export async function releaseServers(named: Named, context: ChatContext): Promise<string> {
  const found = await planFor(named, context);
  if (typeof found === 'string') return found;
  return release({ account: found.account, servers: found.plan.items.map(({ target }) => target) }, context);
}

/** The holds on servers that a policy of this channel means. */
export async function listHolds(context: ChatContext): Promise<string> {
  const { backend, here, say } = context;
  const lines: string[] = [];
  for (const account of new Set(Object.values(here).map((policy) => policy.select.account))) {
    const holds = await backend.store.holds(account);
    const numbers = [...new Set(holds.map(({ serverInstanceNo }) => serverInstanceNo))].slice(0, MOST_SERVERS);
    const meant = numbers.length === 0 ? new Set<string>() : await meantAmong(numbers, account, context);
    lines.push(
      ...holds.filter(({ serverInstanceNo }) => meant.has(serverInstanceNo)).map((hold) => say.holdLine(hold)),
    );
  }
  return lines.length === 0 ? say.noHolds() : lines.join('\n');
}

async function meantAmong(numbers: readonly string[], account: string, context: ChatContext): Promise<Set<string>> {
  const policies = Object.entries(context.here).filter(([, policy]) => policy.select.account === account);
  const plans = await Promise.all(policies.map(([name]) => planUnder(name, numbers, context)));
  return new Set(numbers.filter((no) => plans.some(({ notMeant }) => !notMeant.includes(no))));
}

interface Found {
  policy: string;
  account: string;
  request: TerminationRequest;
  plan: Plan;
}

/** The one policy of this channel that means all of these servers, with their plan; or the answer why there is none. */
async function planFor({ names, policy }: Named, context: ChatContext): Promise<Found | string> {
  const { say, here } = context;
  if (policy !== '' && !Object.hasOwn(here, policy)) return say.unknownPolicy({ policy, policies: Object.keys(here) });
  const candidates = policy === '' ? Object.keys(here) : [policy];
  const plans = await Promise.all(candidates.map((name) => planUnder(name, names, context)));
  const fitting = plans.filter((each) => each.notMeant.length === 0);
  const [only, another] = fitting;
  if (only === undefined) {
    const nowhere = names.filter((name) => plans.every((each) => each.notMeant.includes(name)));
    return say.notMeant({ names: nowhere.length === 0 ? names : nowhere });
  }
  if (another !== undefined) return say.severalPolicies({ policies: fitting.map((each) => each.policy) });
  return only;
}

async function planUnder(
  policy: string,
  names: readonly string[],
  { backend, here, chatRequest }: ChatContext,
): Promise<Found & { notMeant: string[] }> {
  const servers = names.filter(isNumber);
  const globs = names.filter((name) => !isNumber(name));
  const { id: askedBy } = chatRequest.person;
  const ask = { policy, servers, names: globs, mode: 'plan' as const, reason: '', requestedBy: askedBy, askedBy };
  const order = { requestId: runIdFor(chatRequest.deliveryId, chatRequest.chat), trigger: 'chat' as const };
  const request = requestFor({ ...order, ask: { kind: 'policy', ask } }, backend.policies);
  const plan = await backend.plan(request);
  const account = here[policy]?.select.account ?? '';
  return { policy, account, request, plan, notMeant: names.filter((name) => !isMeant(name, plan)) };
}

/**
 * Whether there is such a server, and the policy means all that the name stands for. The answer does not say which of the two it
 * is, because a server that the policy does not select may belong to another policy.
 */
function isMeant(name: string, { items }: Plan): boolean {
  const isNamed = isNumber(name) ? (target: Target) => target.serverInstanceNo === name : byName(name);
  const named = items.filter(({ target }) => isNamed(target));
  return named.length > 0 && named.every((item) => item.isMeant && item.statusName !== 'absent');
}

function byName(name: string): (target: Target) => boolean {
  const matches = matcher(name);
  return ({ serverName }) => matches(serverName);
}

function isNumber(name: string): boolean {
  return /^[1-9][0-9]{0,18}$/.test(name);
}

/** A name of an execution: 1 to 64 letters, digits, `-` and `_`. The same chat request gives the same run. */
function runIdFor(deliveryId: string, chat: string): string {
  return `${chat.toLowerCase()}-${createHash('sha256').update(deliveryId).digest('hex').slice(0, 16)}`;
}
