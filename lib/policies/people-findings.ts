/** Notices that reach nobody, invalid chats, callers without policies, and problems of approvers. */

import { nearest } from '../text/nearest.ts';
import { approvalFindings } from './approval-findings.ts';
import { type Finding, repeated } from './finding.ts';
import { fixedTime, fixedTimeFinding } from './fixed-time.ts';
import type { Policies, Policy } from './schema.ts';
import type { Sound } from './sound.ts';

type SoundPolicy = Sound<Policy>;

/** `path` is that of the policy. `isWhole`: nothing at that path, or below, is left out of what is given here. */
export function peopleFindings(
  policy: SoundPolicy,
  path: readonly PropertyKey[],
  isWhole: (path: readonly PropertyKey[]) => boolean,
): Finding[] {
  const { chat, grace } = policy;
  const isChatEmpty = chat !== undefined && Object.values(chat).every((one) => one === undefined);
  return [
    ...approvalFindings(policy, path, isWhole),
    ...(isChatEmpty && isWhole([...path, 'chat'])
      ? [{ path: [...path, 'chat'], message: 'empty; name a channel, for example chat: {slack: C0123456}' }]
      : []),
    ...(grace?.notify === undefined ? [] : notifyFindings(grace.notify, policy, [...path, 'grace', 'notify'])),
    ...(grace?.notify !== undefined && chat === undefined && isWhole([...path, 'chat'])
      ? [{ path: [...path, 'grace', 'notify'], message: NOBODY }]
      : []),
  ];
}

const NOBODY =
  'nobody would be told: the policy has no chat; name a channel, for example chat: {slack: C0123456}, or leave notify out';
const NOTICE = { from: 60, to: 30 * 86_400, inWords: '1m to 30d', example: '24h' };

function notifyFindings(notify: readonly string[], { mode }: SoundPolicy, path: readonly PropertyKey[]): Finding[] {
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
  ];
}

/** Who may call the webhook, and for which policies. */
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
  const twice = repeated(used).map((name) => ({ path, message: `${name} is listed twice; name each policy once` }));
  return [...unknown, ...twice];
}
