/**
 * What to do next for one server: a value computed from what was seen, nothing else. The first rule that has an answer
 * wins, so the order of `RULES` is the order of trust: who is it, may it be touched, is it busy, what comes next.
 * To change a rule, change it here; `test/termination/decide.test.ts` enumerates every combination.
 */

import { ACTION_NAMES, type ActionName } from '../actions.ts';
import { missingFrom, ofResource, RESOURCE_NAMES, RESOURCES } from '../attachments.ts';
import { isEnding } from '../events.ts';
import { withIds } from '../failure.ts';
import type { Server, Target } from '../model.ts';
import { isSameReason, type Reason } from '../reasons.ts';
import { mayBeSent } from './bounds.ts';
import type { Case } from './case.ts';
import { type Decision, type Observation, refuse, wait } from './decision.ts';
import { GUARDS, heldBack, refusesStorage, windowClosesAt } from './guards.ts';
import { decideLeftovers } from './leftovers.ts';

export function decide(target: Target, seen: Observation, look: Omit<Case, 'target' | 'server'>): Decision {
  if (seen.kind === 'unread') return wait(seen.reason);
  if (seen.kind === 'absent') {
    const decision = decideLeftovers(target, seen.leftovers, look);
    if (decision.kind !== 'act') return decision;
    return look.constraints === undefined ? { kind: 'ask' } : (heldBack(look) ?? decision);
  }
  const { server, elsewhere = [], free = [] } = seen;
  const one: Case = { ...look, target, server, elsewhere, free };
  const decision =
    firstOf(seen.kind === 'busy' ? RULES_WHILE_BUSY : RULES, one) ??
    refuse('unknown-state', { code: 'unknown-state', ...state(server) });
  switch (decision.kind) {
    case 'refuse':
      return unlessUnderWay(decision, one);
    case 'act':
      return withinBounds(decision, one);
    default:
      return decision;
  }
}

function firstOf(rules: readonly Rule[], one: Case): Decision | undefined {
  for (const rule of rules) {
    const decision = rule(one);
    if (decision !== undefined) return decision;
  }
  return undefined;
}

type Rule = (one: Case) => Decision | undefined;

/** The number must still mean the server that the plan meant. A renamed server is somebody's sign of life. */
const identity: Rule = ({ target, server }) => {
  if (server.serverName !== target.serverName) {
    return refuse('identity', { code: 'renamed', serverName: server.serverName, planned: target.serverName });
  }
  if (server.createDate !== target.createDate) {
    return refuse('identity', { code: 'created-anew', createDate: server.createDate, planned: target.createDate });
  }
  return undefined;
};

const terminating: Rule = ({ server }) => (isEnding(server) ? wait({ code: 'terminating' }) : undefined);

/** Attached since the plan, or again after NCP took it off for us, now or at an earlier look: somebody is using the server. */
const drift: Rule = ({ target, server, memory, elsewhere = [] }) => {
  const again =
    target.attachments.find(({ no }) => memory.putBack.includes(no)) ??
    server.attachments.find(
      ({ no, operation }) =>
        (memory.claimed.includes(no) && !elsewhere.includes(no)) ||
        (memory.confirmedOff.includes(no) && operation === 'NULL'),
    );
  if (again !== undefined) return refuse('drift', { code: 'attached-again', name: again.name });
  const [added] = missingFrom(target.attachments, server.attachments);
  if (added === undefined) return undefined;
  return refuse('drift', { code: 'attached-after-plan', resource: added.resource, name: added.name });
};

/**
 * Taken off since the plan, and not by banap: somebody wants to keep it, and it must not be freed. What is on another server
 * was taken by somebody, unless NCP took it off for us, or it was seen free in between.
 */
const takenAway: Rule = ({ target, server, memory, elsewhere = [] }) => {
  const isOurs = (no: string): boolean =>
    memory.confirmedOff.includes(no) ||
    memory.seenOff.includes(no) ||
    (!elsewhere.includes(no) && memory.takenOff.includes(no));
  const missing = missingFrom(server.attachments, target.attachments).find(({ no }) => !isOurs(no));
  if (missing === undefined) return undefined;
  const { name } = missing;
  // The server may have gone, with what was on it, between the list of servers and that of its volumes.
  const doubt: Reason = { code: 'perhaps-taken-off', name };
  return isSameReason(memory.waitingFor, doubt) ? refuse('drift', { code: 'taken-off-after-plan', name }) : wait(doubt);
};

/** Refused before the server is stopped: a server that will not be terminated is not to be stopped either. */
const storagePolicy: Rule = ({ server, rules, constraints }) => {
  const storages = ofResource('blockStorage', server.attachments);
  if (storages.length === 0 || !refusesStorage(rules, constraints)) return undefined;
  return refuse('storage', { code: 'attached', names: storages.map(({ name }) => name) });
};

const failedState: Rule = ({ server }) =>
  FAILED_STATES.has(server.status) ? refuse('failed-state', { code: 'failed-state', ...state(server) }) : undefined;

const FAILED_STATES = new Set(['FSTOP', 'SD_FL', 'RS_FL', 'ST_FL']);

const otherOperation: Rule = ({ server }) =>
  server.operation === 'NULL'
    ? undefined
    : wait({ code: 'busy', statusName: server.statusName, operation: server.operation });

/** How long an operation that was under way when the plan was made may take. */
const UNDER_WAY_MS = 15 * 60_000;

/** If the plan knew no last boot, because something was being done to the server, the time of the boot tells. */
export function isBootedSince({ uptime, seenAt }: Target, boot: string): boolean {
  return uptime === '' && Date.parse(boot) > Date.parse(seenAt) + UNDER_WAY_MS;
}

/** Never stopped twice: a server that runs again after the plan, or after our stop, runs because somebody needs it. */
const restarted: Rule = ({ target, server, memory }) => {
  if (server.status === 'NSTOP' && memory.stopped !== undefined && server.uptime !== memory.stopped.uptime) {
    return refuse('restarted', { code: 'restarted', uptime: server.uptime, since: 'stop' });
  }
  if (server.status === 'NSTOP' && target.wasStopped && target.uptime !== '' && server.uptime !== target.uptime) {
    return refuse('restarted', { code: 'restarted', uptime: server.uptime, since: 'plan' });
  }
  const bootOfThePlan = target.uptime || memory.uptime;
  const isLater = (bootOfThePlan !== '' && server.uptime !== bootOfThePlan) || isBootedSince(target, server.uptime);
  if (server.status === 'NSTOP' && isLater && server.uptime !== '') {
    return refuse('restarted', { code: 'started-after-plan', uptime: server.uptime, isStopped: true });
  }
  if (server.status !== 'RUN') return undefined;
  if (target.wasStopped || isLater) {
    return refuse('restarted', { code: 'started-after-plan', uptime: server.uptime, isStopped: false });
  }
  return memory.sawItStop ? refuse('restarted', { code: 'started-again' }) : undefined;
};

const created: Rule = ({ server }) =>
  server.status === 'INIT' || server.status === 'CREAT'
    ? wait({ code: 'not-ready', statusName: server.statusName })
    : undefined;

const running: Rule = ({ server }) => (server.status === 'RUN' ? act('stop', server) : undefined);

/**
 * While people hold the run back, what would refuse the server refuses it: nobody may remember it later. Nor does the server
 * stay as bare as the run made it.
 */
const guards: Rule = (one) => {
  const decision = firstOf(GUARDS, one);
  if (decision?.kind !== 'wait') return decision;
  const otherwise = firstOf(STATE, one);
  if (otherwise?.kind === 'refuse') return otherwise;
  return isBareByUs(one) ? unlessUnderWay(act('restoreProtection', one.server), one) : decision;
};

function isBareByUs({ target, server, memory }: Case): boolean {
  const isIdle = server.status === 'NSTOP' && server.operation === 'NULL';
  return (
    target.wasProtected &&
    memory.intended['liftProtection'] !== undefined &&
    isIdle &&
    !server.isProtectServerTermination
  );
}

/** What is stopped can be started again; nothing beyond that is done before the time of grace is over. */
const grace: Rule = (one) => {
  const until = graceUntil(one);
  if (until === undefined || one.now >= until) return undefined;
  return { kind: 'wait', until, reason: { code: 'stopped-until', until: new Date(until).toISOString() } };
};

/** Milliseconds since the epoch; undefined if there is no time of grace. */
function graceUntil({ server, memory, rules, now }: Case): number | undefined {
  if (server.status !== 'NSTOP' || rules.stopForSeconds === 0) return undefined;
  return (memory.stopped?.at ?? now) + rules.stopForSeconds * 1000;
}

/** Late, after everything that may still refuse: an address that is given up may not come back. */
const attachments: Rule = (one) => {
  const { server } = one;
  if (server.status !== 'NSTOP') return undefined;
  const some = RESOURCE_NAMES.map((resource) => ofResource(resource, server.attachments)).find((of) => of.length > 0);
  const [first] = some ?? [];
  if (some === undefined || first === undefined) return undefined;
  const moving = some.find(({ operation }) => operation !== 'NULL');
  if (moving !== undefined) {
    const { resource, name, operation } = moving;
    return wait({ code: 'resource-busy', resource, name, operation });
  }
  const { takenOffBy } = RESOURCES[first.resource];
  if (closesSoon(one)) return wait({ code: 'window-too-short' });
  return act(
    takenOffBy,
    server,
    some.map(({ no }) => no),
  );
};

/** The last thing before the act. `protection` above has made sure that it was asked for. */
const lift: Rule = (one) => {
  const { server } = one;
  if (server.status !== 'NSTOP' || !server.isProtectServerTermination) return undefined;
  return closesSoon(one) ? wait({ code: 'window-too-short' }) : act('liftProtection', server);
};

/** The longest time from the first of what cannot be taken back to the request to terminate. */
const HALFWAY_MS = 10 * 60_000;

/** A server must not stay unprotected, nor without its volumes and addresses, until the window opens again. */
function closesSoon({ rules, constraints, now }: Case): boolean {
  const closesAt = windowClosesAt(rules, constraints, now);
  return closesAt !== undefined && closesAt - now < HALFWAY_MS;
}

const stopped: Rule = ({ server }) => (server.status === 'NSTOP' ? act('terminate', server) : undefined);

/** What the server itself says. */
const STATE: readonly Rule[] = [drift, takenAway, storagePolicy, failedState, otherOperation, restarted, created];

const RULES: readonly Rule[] = [identity, terminating, guards, ...STATE, running, grace, attachments, lift, stopped];

/** Those that ask for nothing that is attached, and end in a wait. */
const RULES_WHILE_BUSY: readonly Rule[] = [identity, terminating, guards, failedState, otherOperation];

/** What is decided after an act was sent may come too late. banap first looks what came of the act. */
function unlessUnderWay(decision: Decision, { memory, now, pace }: Case): Decision {
  const sent = ACTION_NAMES.find(
    (name) => now - (memory.sent[name]?.lastAt ?? Number.NEGATIVE_INFINITY) < pace.settleMs,
  );
  return sent === undefined ? decision : wait({ code: 'asked', action: sent });
}

function withinBounds(decision: Extract<Decision, { kind: 'act' }>, one: Case): Decision {
  const { name } = decision.action;
  switch (mayBeSent(name, one)) {
    case 'yes':
      return decision;
    case 'not yet':
      return wait({ code: 'asked', action: name });
    case 'no more':
      return {
        kind: 'fail',
        reason: { code: 'no-effect', action: name, times: one.memory.sent[name]?.times ?? 0 },
        returnCode: one.memory.lastRejection?.returnCode ?? '',
        returnMessage: one.memory.lastRejection?.returnMessage ?? '',
        ...withIds(one.memory.lastRejection?.failure?.ids),
      };
  }
}

function act(name: ActionName, server: Server, on: string[] = []): Decision {
  return { kind: 'act', action: { name, serverInstanceNo: server.serverInstanceNo, on } };
}

function state({ status, operation, statusName }: Server) {
  return { status, operation, statusName };
}
