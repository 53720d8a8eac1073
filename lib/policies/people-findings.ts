/** Approvals that nobody could give or that are never asked for, notices that reach nobody, callers of nothing. */

import { nearest } from '../nearest.ts';
import type { Finding } from './finding.ts';
import { fixedTime, fixedTimeFinding } from './fixed-time.ts';
import { CHATS } from './people-schema.ts';
import type { Policies, Policy } from './schema.ts';
import type { Sound } from './sound.ts';

type SoundPolicy = Sound<Policy>;
type SoundApproval = NonNullable<SoundPolicy['approval']>;

/** `path` is that of the policy. `isWhole`: nothing at that path, or below, is left out of what is given here. */
export function peopleFindings(
  policy: SoundPolicy,
  path: readonly PropertyKey[],
  isWhole: (path: readonly PropertyKey[]) => boolean,
): Finding[] {
  const { approval, chat, grace, mode } = policy;
  const at = [...path, 'approval'];
  const isChatEmpty = chat !== undefined && Object.values(chat).every((one) => one === undefined);
  return [
    ...(approval === undefined ? [] : approvalFindings(approval, at)),
    ...(approval !== undefined && isWhole(at) ? askingFindings(approval, policy, at) : []),
    ...(approval !== undefined && isWhole(at) && isWhole([...path, 'chat']) ? chatFindings(approval, policy, at) : []),
    ...(isChatEmpty && isWhole([...path, 'chat'])
      ? [{ path: [...path, 'chat'], message: 'empty; name a channel, for example chat: {slack: C0123456}' }]
      : []),
    ...(grace?.notify === undefined ? [] : notifyFindings(grace.notify, policy, [...path, 'grace', 'notify'])),
    ...(approval !== undefined && mode === 'plan'
      ? [{ path: at, message: 'is never asked for: a policy with mode: plan only looks', isWarning: true }]
      : []),
  ];
}

const EXPIRY = { from: 5 * 60, to: 14 * 86_400, inWords: '5m to 14d', example: '24h' };
const NOTICE = { from: 60, to: 30 * 86_400, inWords: '1m to 30d', example: '24h' };

/** What is wrong with an approval by itself. */
function approvalFindings(approval: SoundApproval, path: readonly PropertyKey[]): Finding[] {
  const { when, aboveServers, twoAboveServers, approvers, expiresAfter } = approval;
  const findings: Finding[] = [];
  if (approvers?.length === 0) {
    const message = 'nobody could ever approve; name who may, for example approvers: [slack:U012ABC]';
    findings.push({ path: [...path, 'approvers'], message });
  }
  for (const twice of repeated(approvers ?? [])) {
    findings.push({ path: [...path, 'approvers'], message: `${twice} stands there twice; name each person once` });
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
  const { when, aboveServers, twoAboveServers, approvers = [], selfApproval } = approval;
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
  const people = new Set(approvers).size;
  const isTwo = twoAboveServers !== undefined && twoAboveServers < most;
  if (twoAboveServers !== undefined && !isTwo) {
    const message = `two are never needed: limits.maxServers (${most}) lets no plan touch more than ${twoAboveServers} servers`;
    findings.push({ path: [...path, 'twoAboveServers'], message, isWarning: true });
  }
  if (isTwo && people === 1) {
    const message = `two people must agree above ${twoAboveServers} servers, but only ${approvers[0]} may; name another`;
    findings.push({ path: [...path, 'approvers'], message });
  } else if (people > 0 && people === (isTwo ? 2 : 1) && selfApproval === false) {
    const message = `what ${approvers.join(' or ')} asks for can not be approved: nobody else is left; name another, or write selfApproval: true`;
    findings.push({ path: [...path, 'approvers'], message, isWarning: true });
  }
  return findings;
}

/** They are asked in the chats of the policy, and nowhere else. */
function chatFindings(
  { approvers = [] }: SoundApproval,
  { chat }: SoundPolicy,
  path: readonly PropertyKey[],
): Finding[] {
  return Object.entries(CHATS).flatMap(([prefix, key]) => {
    const people = approvers.filter((one) => one.startsWith(`${prefix}:`));
    if (people.length === 0 || chat?.[key] !== undefined) return [];
    const message = `${people.join(', ')} would never be asked: the policy has no chat.${key}; add it, or take them out`;
    return [{ path: [...path, 'approvers'], message }];
  });
}

function notifyFindings(
  notify: readonly string[],
  { chat, mode }: SoundPolicy,
  path: readonly PropertyKey[],
): Finding[] {
  const wrong = notify.flatMap((text, index) => {
    const message = fixedTimeFinding(text, NOTICE);
    return message === undefined ? [] : [{ path: [...path, index], message }];
  });
  const twice = wrong.length > 0 ? [] : repeated(notify.map(fixedTime));
  return [
    ...wrong,
    ...twice.map((seconds) => ({
      path,
      message: `${notify.filter((one) => fixedTime(one) === seconds).join(' and ')} are the same time; name each once`,
    })),
    ...(mode === 'plan'
      ? [{ path, message: 'nobody is notified: a policy with mode: plan only looks', isWarning: true }]
      : []),
    ...(chat === undefined ? [{ path, message: 'nobody is notified: the policy has no chat', isWarning: true }] : []),
  ];
}

/** Who may call from outside, and for what. */
export function callerFindings({ callers, policies = {} }: Sound<Policies>, isWhole: boolean): Finding[] {
  if (callers === undefined) return [];
  const all = Object.entries(callers);
  if (all.length === 0 && isWhole) {
    const message =
      'empty; name a caller, for example ci: {secret: banap/dev/caller-ci, policies: [nightly-dev]}, or leave it out';
    return [{ path: ['callers'], message }];
  }
  return all.flatMap(([name, caller], index) => {
    const path = ['callers', name];
    const same = all.slice(0, index).find(([, one]) => one?.secret !== undefined && one.secret === caller?.secret);
    return [
      ...(same === undefined
        ? []
        : [
            {
              path: [...path, 'secret'],
              message: `is that of ${same[0]} already; give each caller a secret of its own`,
            },
          ]),
      ...usedFindings(caller?.policies ?? [], Object.keys(policies), [...path, 'policies']),
    ];
  });
}

function usedFindings(used: readonly string[], known: readonly string[], path: readonly PropertyKey[]): Finding[] {
  const unknown = used.flatMap((name, index) => {
    if (known.length === 0 || known.includes(name)) return [];
    const meant = nearest(name, known);
    const hint = meant === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${meant}?`;
    return [{ path: [...path, index], message: `there is no policy ${name}; ${hint}` }];
  });
  const twice = repeated(used).map((name) => ({ path, message: `${name} stands there twice; name each policy once` }));
  return [...unknown, ...twice];
}

function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
