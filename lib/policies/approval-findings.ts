/** Approvals that nobody could give or that are never asked for. */

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
    const message = 'nobody could ever approve; name who may, for example approvers: [slack:U012ABC]';
    findings.push({ path: [...path, 'approvers'], message });
  }
  const persons = personsOf(approvers);
  for (const twice of repeated(persons.flat())) {
    const message = `${twice} stands there twice; name each person once, with all of their ids in one list`;
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

/** Whether it is ever asked for, and whether those who may agree are enough. Of an approval that is known as a whole. */
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
    const message = `what ${persons.map(named).join(' or ')} asks for can not be approved: nobody else is left; name another, or write selfApproval: true`;
    findings.push({ path: [...path, 'approvers'], message, isWarning: true });
  }
  return findings;
}

/**
 * Where they are asked: in Slack only in the policy's channel; in NAVER WORKS each by a link of their own, whatever rooms the
 * policy has, if the deployment has NAVER WORKS at all, which is not known here. Who has several ids needs one that is asked.
 */
function chatFindings({ approvers }: SoundApproval, { chat }: SoundPolicy, path: readonly PropertyKey[]): Finding[] {
  const isSeen = (id: string): boolean => chat?.[chatOf(id)] !== undefined;
  const unseen = personsOf(approvers).filter((ids) => ids.length > 0 && !ids.some(isSeen));
  const byLink = unseen.filter((ids) => ids.some((id) => chatOf(id) === 'naverWorks'));
  const never = unseen.filter((ids) => !byLink.includes(ids));
  const at = [...path, 'approvers'];
  const findings: Finding[] = [];
  if (never.length > 0) {
    const message = `${never.map(named).join(', ')} would never be asked: the policy has no chat.slack; add it, or take them out`;
    findings.push({ path: at, message });
  }
  if (byLink.length > 0) {
    const message = `${byLink.map(named).join(', ')} would be asked by a personal link alone, and only in a deployment with naverWorksSecretId and confirmSecretId: the policy has no chat.naverWorks`;
    findings.push({ path: at, message, isWarning: true });
  }
  return findings;
}

function chatOf(id: string): 'slack' | 'naverWorks' {
  return id.startsWith('naver-works:') ? 'naverWorks' : 'slack';
}

/** The ids of each. */
function personsOf(approvers: SoundApproval['approvers']): (readonly string[])[] {
  return (approvers ?? []).map((one) => (typeof one === 'string' ? [one] : one));
}

function named([id = '', ...others]: readonly string[]): string {
  return others.length === 0 ? id : `${id} (also ${others.join(', ')})`;
}
