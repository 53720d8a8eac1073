import { DID, englishCard, list, people } from './card-words-english.ts';
import { clip, MOST_NAME } from './clip.ts';
import { behindPrefix, EXAMPLES } from './commands-words.ts';
import { exampleOf, text, who } from './replies-parts.ts';
import { PROBLEMS } from './replies-problems.ts';
import type { Replies, Times } from './reply-sentences.ts';

export function english(time: Times): Replies {
  const until = (at: string): string => (at === '' ? 'until somebody releases it' : `until ${time(at)}`);
  return {
    ...englishCard(time),
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
    kept: ({ names, release, until: at, isBegun }) =>
      `Kept ${until(at)}: ${list(names)}.${at === '' ? ` To release: "${release}" on the command line.` : ''}${isBegun ? ` A run was at work on it already. ${NOTHING_MORE}` : ''}`,
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
      `somebody keeps ${names.length === 1 ? 'it' : 'them'} ("${prefix}keep ‹name› for 3d because …") or cancels the run ("${prefix}cancel ${requestId}"). ` +
      `Plan ${planHash}.`,
    failed: () => 'That could not be done just now, or only in part. Please try again; nothing is done twice.',
  };
}

const NOTHING_MORE = 'Nothing more will be done; the report shows what was already done.';

function help(prefix: string): string {
  const { plan, terminate, status, cancel, keep } = EXAMPLES.en;
  return [
    'banap terminates servers under a policy, after it has checked them.',
    `• "${prefix}${plan}" – only shows what would be done`,
    `• "${behindPrefix(prefix, terminate)}" – terminates them (add "with ‹policy›" where several may be used)`,
    `• "${prefix}status" or "${prefix}${status}" – shows the progress of runs`,
    `• "${prefix}${cancel}" – stops a run; nothing more is done`,
    `• "${prefix}${keep}" – keeps it (also "until 2026-12-31"; without a time, until somebody releases it)`,
    'Names may contain * and ?. A reason goes after "because" or a colon; everything before it is a name. Approve and reject with the buttons of the message, or with the link that was sent to you.',
    'Korean works too: 반납, 계획, 상태, 취소, 유지, 도움말.',
  ].join('\n');
}
