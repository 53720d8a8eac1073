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
    help: ({ prefix, person }) => `${help(prefix)}\nPolicies know you as ${clip(person, MOST_NAME)}.`,
    wrong: (command) =>
      `${PROBLEMS.en[command.problem](command.said, command.suggestion)} Nothing was done. For example: ${exampleOf(command)}`,
    accepted: ({ requestId, policy, mode, prefix }) =>
      `${mode === 'plan' ? 'Looking' : 'Accepted'}${policy === '' ? '' : ` under policy ${policy}`}: run ${requestId}. ` +
      `${mode === 'plan' ? 'Nothing is terminated.' : 'Its plan follows here.'} Ask for it with "${prefix}status ${requestId}".`,
    approved: ({ requestId, missing }) =>
      missing === 0
        ? `You approved run ${requestId}. It looks again and goes on.`
        : `You approved run ${requestId}. It waits for ${people(missing)} more.`,
    rejected: ({ requestId, isBegun }) =>
      `You rejected run ${requestId}. ${isBegun ? NOTHING_MORE : 'Nothing of it is done.'}`,
    expired: ({ requestId }) => `The approval of run ${requestId} is over. Nothing was terminated; ask for it again.`,
    notAsked: ({ requestId }) => `Run ${requestId} waits for nobody's approval. Nothing was changed.`,
    kept: ({ names, release, until: at, isBegun }) =>
      `Kept ${until(at)}: ${list(names)}.${at === '' ? ` To release: "${release}" on the command line.` : ''}${isBegun ? ` A run was at work on it already. ${NOTHING_MORE}` : ''}`,
    cancelled: ({ requestId }) => `Run ${requestId} is asked to stop. ${NOTHING_MORE}`,
    tooLateToCancel: ({ requestId, ending }) => `Too late to cancel run ${requestId}. ${ending}`,
    notApprover: ({ approvers }) =>
      `You are no approver of this run; nothing was changed. ${approvers.length === 0 ? '' : `Approvers: ${list(approvers)}.`}`.trim(),
    selfApprovalOff: () => 'You asked for this run, so somebody else must approve it.',
    alreadyDecided: ({ signal }) =>
      `This was decided before: ${who(signal)} ${DID[signal.kind]} it at ${time(signal.at)}.`,
    alreadyEnded: ({ requestId, ending }) => `Nothing was changed: run ${requestId} is over. ${ending}`,
    planChanged: ({ requestId }) =>
      `The plan of run ${requestId} has changed since that message, so your answer does not count. Look at the newest plan and answer there.`,
    unknownRun: ({ requestId, prefix }) =>
      `There is no run ${clip(requestId, MOST_NAME)} that this chat may see. "${prefix}status" lists those that there are.`,
    begun: ({ requestId }) => `Run ${requestId} was accepted; its plan is not there yet.`,
    nothingOpen: ({ requestId }) => `Run ${requestId} is done with all of its servers. Nothing was changed.`,
    noRuns: () => 'No run is under way here.',
    notMeant: ({ names }) =>
      `No server is called ${list(names)}, or no policy that may be used here means ${names.length === 1 ? 'it' : 'all of them'}. Nothing was done.${names.length === 1 ? '' : ' A reason goes after "because".'}`,
    unknownPolicy: ({ policy, policies }) =>
      `There is no policy ${clip(policy, MOST_NAME)} here; there ${policies.length === 1 ? 'is' : 'are'} ${list(policies)}.`,
    severalPolicies: ({ policies }) =>
      `Several policies may be used here: ${list(policies)}. Say which, for example "with ${policies[0] ?? 'nightly-dev'}".`,
    notHere: () => 'No policy may be used from this chat. Policies name their chats under "chat" in policies.yml.',
    runLine: ({ requestId, title, state }) => `${requestId}: ${text(title)} · ${text(state)}`,
    notice: ({ names, act, actsAt, requestId, planHash, prefix }) =>
      `${list(names)} will be ${act === 'stop' ? `stopped at ${time(actsAt)}, and terminated later,` : `terminated at ${time(actsAt)}`} unless ` +
      `somebody keeps ${names.length === 1 ? 'it' : 'them'} ("${prefix}keep ‹name› for 3d because …") or cancels the run ("${prefix}cancel ${requestId}"). ` +
      `Plan ${planHash}.`,
    failed: () => 'That could not be done just now, or not all of it. Please say it again; that does nothing twice.',
  };
}

const NOTHING_MORE = 'Nothing more is begun; the report says what was done before.';

function help(prefix: string): string {
  const { plan, terminate, status, cancel, keep } = EXAMPLES.en;
  return [
    'banap hands servers back: it terminates them under a policy, after it has looked.',
    `• "${prefix}${plan}" – looks only, and says what would be done`,
    `• "${behindPrefix(prefix, terminate)}" – terminates them (add "with ‹policy›" where several may be used)`,
    `• "${prefix}status" or "${prefix}${status}" – says where the runs are`,
    `• "${prefix}${cancel}" – stops a run; nothing more is begun`,
    `• "${prefix}${keep}" – leaves it alone (also "until 2026-12-31"; without either, until somebody releases it)`,
    'A name may have * and ? in it. A reason goes after "because" or a colon, everything before it is a name. Approve and reject by the buttons of the message, or by the link that is sent to you.',
    'Korean works too: 반납, 계획, 상태, 취소, 유지, 도움말.',
  ].join('\n');
}
