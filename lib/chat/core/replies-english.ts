import type { Hold } from '../../termination/holds.ts';
import { isOpen } from '../../termination/status/server-groups.ts';
import { DID, englishCard, list, people } from './card-words-english.ts';
import { clip, MOST_NAME } from './clip.ts';
import { behindPrefix, EXAMPLES } from './commands-words.ts';
import { asTyped, exampleOf, text, who } from './replies-parts.ts';
import { PROBLEMS } from './replies-problems.ts';
import type { Replies, Times } from './reply-sentences.ts';

export function english(time: Times): Replies {
  const card = englishCard(time);
  const until = (at: string): string => (at === '' ? 'until somebody releases it' : `until ${time(at)}`);
  const held = ({ serverName, serverInstanceNo, by, until: at, reason }: Hold): string =>
    `${clip(serverName || serverInstanceNo, MOST_NAME)}, held by ${clip(by, MOST_NAME)} ${until(at)}${reason === '' ? '' : `: ${text(reason)}`}`;
  return {
    ...card,
    help: ({ prefix, person }) => `${help(prefix)}\nYour id in policies: ${clip(person, MOST_NAME)}.`,
    wrong: (command) =>
      `${PROBLEMS.en[command.problem](command.quoted, command.suggestion)} Nothing was done. For example: ${exampleOf(command)}`,
    accepted: ({ requestId, policy, mode, prefix }) =>
      `${mode === 'plan' ? 'Looking' : 'Accepted'}${policy === '' ? '' : ` under policy ${policy}`}: run ${requestId}. ` +
      `${mode === 'plan' ? 'Nothing is terminated.' : 'Its plan follows here.'} To check: "${prefix}status ${requestId}".`,
    approved: ({ requestId, missing }) =>
      missing === 0
        ? `You approved run ${requestId}. It checks again and goes on.`
        : `You approved run ${requestId}. It waits for ${people(missing)} more.`,
    rejected: ({ requestId, isBegun }) =>
      `You rejected run ${requestId}. ${isBegun ? NOTHING_MORE : 'Nothing of it is done.'}`,
    expired: ({ requestId }) =>
      `The approval of run ${requestId} has expired. Nothing was terminated; request it again.`,
    notAsked: ({ requestId }) => `Run ${requestId} is not waiting for approval. Nothing was changed.`,
    kept: ({ names, until: at, isBegun, prefix }) =>
      `Kept ${until(at)}: ${list(names)}. To undo: "${prefix}release ${names.slice(0, 5).map(asTyped).join(' ')}".${isBegun ? ` A run was at work on it already. ${NOTHING_MORE}` : ''}`,
    released: ({ names, others }) =>
      [
        names.length === 0 ? 'You hold none of these servers.' : `Released: ${list(names)}.`,
        ...others.map(
          (hold) => `Still held: ${held(hold)}. They, or "banap release" on the command line, can end that.`,
        ),
      ].join(' '),
    holdLine: (hold) => held(hold),
    noHolds: () => 'Nobody holds a server here.',
    why: (server, at) => {
      const parts = card.serverParts(server, at);
      const what = isOpen(server) ? 'would be terminated' : parts.rest;
      const rest = isOpen(server) ? [parts.facts, ...parts.loses, parts.rest] : [parts.facts];
      return `${clip(server.serverName || server.serverInstanceNo, MOST_NAME)}: ${[what, ...rest].filter((part) => part !== '').join(' · ')}`;
    },
    nextRun: ({ policy, at, every }) => `${clip(policy, MOST_NAME)}: ${at === '' ? `every ${every}` : time(at)}`,
    noNextRuns: ({ days }) => `No policy of this chat runs by itself in the next ${days} days.`,
    paused: ({ policy, until: at, prefix }) =>
      `Policy ${clip(policy, MOST_NAME)} is paused ${at === '' ? 'until somebody resumes it' : `until ${time(at)}`}: its runs wait before their next act. To go on: "${prefix}resume ${policy}".`,
    resumed: ({ policy }) => `Policy ${clip(policy, MOST_NAME)} goes on.`,
    notResumed: ({ policy, others }) =>
      others.length === 0
        ? `Policy ${clip(policy, MOST_NAME)} is not paused.`
        : `Nothing was changed: ${list(others)} paused it. They, or "banap resume" on the command line, can end that.`,
    cancelled: ({ requestId }) => `Run ${requestId} was asked to stop. ${NOTHING_MORE}`,
    tooLateToCancel: ({ requestId, ending }) => `Too late to cancel run ${requestId}. ${ending}`,
    notApprover: ({ approvers }) =>
      `You are not an approver of this run; nothing was changed. ${approvers.length === 0 ? '' : `Approvers: ${list(approvers)}.`}`.trim(),
    selfApprovalOff: () => 'You asked for this run, so somebody else must approve it.',
    alreadyDecided: ({ signal }) =>
      `This was already decided: ${who(signal)} ${DID[signal.kind]} it at ${time(signal.at)}.`,
    alreadyEnded: ({ requestId, ending }) => `Nothing was changed: run ${requestId} has ended. ${ending}`,
    planChanged: ({ requestId }) =>
      `The plan of run ${requestId} has changed since that message, so your answer does not count. Look at the newest plan and answer there.`,
    unknownRun: ({ requestId, prefix }) =>
      `There is no run ${clip(requestId, MOST_NAME)} in this chat. "${prefix}status" lists those that there are.`,
    begun: ({ requestId }) => `Run ${requestId} was accepted; it has no plan yet.`,
    nothingOpen: ({ requestId }) => `Run ${requestId} has finished all of its servers. Nothing was changed.`,
    noRuns: () => 'No run is in progress here.',
    notMeant: ({ names }) =>
      `No server is called ${list(names)}, or no policy that may be used here means ${names.length === 1 ? 'it' : 'all of them'}. Nothing was done.${names.length === 1 ? '' : ' A reason goes after "because".'}`,
    unknownPolicy: ({ policy, policies }) =>
      `There is no policy ${clip(policy, MOST_NAME)} here; there ${policies.length === 1 ? 'is' : 'are'} ${list(policies)}.`,
    severalPolicies: ({ policies }) =>
      `Several policies can be used here: ${list(policies)}. Say which, for example "with ${policies[0] ?? 'nightly-dev'}".`,
    notHere: () => 'No policy can be used from this chat. Policies name their chats under "chat" in policies.yml.',
    runLine: ({ requestId, title, state }) => `${requestId}: ${text(title)} · ${text(state)}`,
    notice: ({ names, act, actsAt, requestId, planHash, prefix }) =>
      `${list(names)} will be ${act === 'stop' ? `stopped at ${time(actsAt)}, and terminated later,` : `terminated at ${time(actsAt)}`} unless ` +
      `somebody keeps ${names.length === 1 ? 'it' : 'them'} ("${prefix}keep ${names.length === 1 ? asTyped(names[0] ?? '') : '‹name›'} for 3d") or cancels the run ("${prefix}cancel ${requestId}"). ` +
      `Plan ${planHash}.`,
    failed: () => 'That could not be done just now, or only in part. Please try again; nothing is done twice.',
  };
}

const NOTHING_MORE = 'Nothing more will be done; the report shows what was already done.';

function help(prefix: string): string {
  const { plan, terminate, status, cancel, keep, pause } = EXAMPLES.en;
  return [
    'banap terminates servers under a policy, after it has checked them.',
    `• "${prefix}${plan}" – only shows what would be done`,
    `• "${behindPrefix(prefix, terminate)}" – terminates them (add "with ‹policy›" where several may be used)`,
    `• "${prefix}status" or "${prefix}${status}" – shows the progress of runs`,
    `• "${prefix}${cancel}" – stops a run; nothing more is done`,
    `• "${prefix}${keep}" – keeps it (also "until 2026-12-31" or "for ever"; without a time, for 7 days); "${prefix}release dev-1" undoes it`,
    `• "${prefix}why dev-1", "${prefix}holds", "${prefix}next" – why a server goes or stays, what is held, when policies run`,
    `• "${prefix}${pause}", "${prefix}resume nightly-dev" – makes runs of a policy wait`,
    'Names may contain * and ?. A reason goes after "because" or a colon; everything before it is a name. Approve and reject with the buttons of the message, or with the link that was sent to you.',
    'Korean works too: 반납, 계획, 상태, 취소, 유지, 해제, 왜, 유지목록, 일정, 일시중지, 재개, 도움말.',
  ].join('\n');
}
