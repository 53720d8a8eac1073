/** Approvals that nobody can give or that are never needed. */

import { type PEOPLE, peopleOf } from '../chat/identities.ts';
import { type Finding, repeated } from './finding.ts';
import { fixedTimeFinding } from './fixed-time.ts';
import type { Policy } from './schema.ts';
import type { Sound } from './sound.ts';

type SoundPolicy = Sound<Policy>;
type SoundApproval = NonNullable<SoundPolicy['approval']>;

/** `path` is that of the policy. `isWhole`: nothing at that path, or below, is left out of what is given here. */
export function approvalFindings(
  policy: SoundPolicy,
  path: readonly PropertyKey[],
  isWhole: (path: readonly PropertyKey[]) => boolean,
): Finding[] {
  const { approval, mode } = policy;
  if (approval === undefined) return [];
  const at = [...path, 'approval'];
  return [
    ...ownFindings(approval, at),
    ...(isWhole(at) ? askingFindings(approval, policy, at) : []),
    ...(isWhole(at) && isWhole([...path, 'chat']) ? chatFindings(approval, policy, at) : []),
    ...(mode === 'plan'
      ? [{ path: at, message: 'is never asked for: a policy with mode: plan only looks', isWarning: true }]
      : []),
  ];
}

const EXPIRY = { from: 5 * 60, to: 14 * 86_400, inWords: '5m to 14d', example: '24h' };

/** What is wrong with an approval by itself. */
function ownFindings(approval: SoundApproval, path: readonly PropertyKey[]): Finding[] {
  const { when, aboveServers, twoAboveServers, approvers, expiresAfter } = approval;
  const findings: Finding[] = [];
  if (approvers?.length === 0) {
    const message = 'nobody could ever approve; name the approvers, for example approvers: [slack:U012ABC]';
    findings.push({ path: [...path, 'approvers'], message });
  }
  const persons = personsOf(approvers);
  for (const twice of repeated(persons.flat())) {
    const message = `${twice} is listed twice; name each person once, with all of their ids in one list`;
    findings.push({ path: [...path, 'approvers'], message });
  }
  for (const [index, ids] of persons.entries()) {
    if (ids.length > 0) continue;
    const message = 'empty; name the ids of one person, or take it out';
    findings.push({ path: [...path, 'approvers', index], message });
  }
  if (when === 'always' && aboveServers !== undefined) {
    const message = 'means nothing with when: always; write when: above, or leave it out';
    findings.push({ path: [...path, 'aboveServers'], message });
  }
  if (when === 'above' && aboveServers !== undefined && (twoAboveServers ?? aboveServers) < aboveServers) {
    const message = `${twoAboveServers} is below aboveServers (${aboveServers}), where nobody is asked at all; expected at least ${aboveServers}`;
    findings.push({ path: [...path, 'twoAboveServers'], message });
  }
  const expiry = expiresAfter === undefined ? undefined : fixedTimeFinding(expiresAfter, EXPIRY);
  if (expiry !== undefined) findings.push({ path: [...path, 'expiresAfter'], message: expiry });
  return findings;
}

/** Whether the approval is ever needed, and whether there are enough approvers. For an approval without problems of its own. */
function askingFindings(approval: SoundApproval, { limits }: SoundPolicy, path: readonly PropertyKey[]): Finding[] {
  const { when, aboveServers, twoAboveServers, approvers, selfApproval } = approval;
  const persons = personsOf(approvers);
  const findings: Finding[] = [];
  if (when === 'above' && aboveServers === undefined) {
    findings.push({
      path: [...path, 'aboveServers'],
      message: 'missing with when: above; expected for example aboveServers: 3',
    });
  }
  const most = limits?.maxServers ?? Infinity;
  if (when === 'above' && (aboveServers ?? 0) >= most) {
    const message = `is never asked for: limits.maxServers (${most}) lets no plan touch more than ${aboveServers} servers`;
    findings.push({ path: [...path, 'aboveServers'], message, isWarning: true });
  }
  const isTwo = twoAboveServers !== undefined && twoAboveServers < most;
  if (twoAboveServers !== undefined && !isTwo) {
    const message = `two are never needed: limits.maxServers (${most}) lets no plan touch more than ${twoAboveServers} servers`;
    findings.push({ path: [...path, 'twoAboveServers'], message, isWarning: true });
  }
  if (isTwo && persons.length === 1) {
    const message = `two people must agree above ${twoAboveServers} servers, but only ${persons.map(named).join()} may; name another`;
    findings.push({ path: [...path, 'approvers'], message });
  } else if (persons.length === (isTwo ? 2 : 1) && selfApproval === false) {
    const message = `what ${persons.map(named).join(' or ')} requests cannot be approved, because nobody else may approve; name another approver, or write selfApproval: true`;
    findings.push({ path: [...path, 'approvers'], message, isWarning: true });
  }
  return findings;
}

/**
 * Where approvers are asked. A chat with buttons asks only in the policy's room. A chat without buttons sends each approver a
 * personal link, whatever rooms the policy has, if the deployment has that chat, which is not known here. Of several ids of a
 * person, one has to be reachable.
 */
function chatFindings({ approvers }: SoundApproval, { chat }: SoundPolicy, path: readonly PropertyKey[]): Finding[] {
  const peoples = personsOf(approvers).map((ids) => ({ ids, chats: ids.flatMap((id) => peopleOf(id) ?? []) }));
  const unseen = peoples.filter(({ ids, chats }) => ids.length > 0 && !chats.some((one) => chat?.[one.chat]));
  const byLink = unseen.filter(({ chats }) => chats.some(({ isAskedByLink }) => isAskedByLink));
  const never = unseen.filter((one) => !byLink.includes(one));
  const at = [...path, 'approvers'];
  const findings: Finding[] = [];
  if (never.length > 0) {
    const rooms = roomsOf(never, ({ isAskedByLink }) => !isAskedByLink);
    const message = `${never.map(({ ids }) => named(ids)).join(', ')} would never be asked: the policy has no ${inKeys(rooms, 'chat.')}; add it, or take them out`;
    findings.push({ path: at, message });
  }
  if (byLink.length > 0) {
    const rooms = roomsOf(byLink, ({ isAskedByLink }) => isAskedByLink);
    const needed = [...rooms, 'confirm'].map((room) => `${room}SecretId`).join(' and ');
    const message = `${byLink.map(({ ids }) => named(ids)).join(', ')} would be asked by a personal link alone, and only in a deployment with ${needed}: the policy has no ${inKeys(rooms, 'chat.')}`;
    findings.push({ path: at, message, isWarning: true });
  }
  return findings;
}

type Chats = { chats: readonly (typeof PEOPLE)[number][] };

function roomsOf(all: readonly Chats[], has: (one: (typeof PEOPLE)[number]) => boolean): string[] {
  return [...new Set(all.flatMap(({ chats }) => chats.filter(has).map(({ chat }) => chat)))];
}

function inKeys(rooms: readonly string[], prefix: string): string {
  return rooms.map((room) => `${prefix}${room}`).join(' and no ');
}

/** The ids of each. */
function personsOf(approvers: SoundApproval['approvers']): (readonly string[])[] {
  return (approvers ?? []).map((one) => (typeof one === 'string' ? [one] : one));
}

function named([id = '', ...others]: readonly string[]): string {
  return others.length === 0 ? id : `${id} (also ${others.join(', ')})`;
}
