import { clip, clipList, MOST_NAME } from './clip.ts';
import { behindPrefix, EXAMPLES } from './commands-words.ts';
import type { Replies, Times } from './replies.ts';
import { exampleOf, serverLine, text, who } from './replies-parts.ts';
import { PROBLEMS } from './replies-problems.ts';

export function english(time: Times): Replies {
  const until = (at: string): string => (at === '' ? 'until somebody releases it' : `until ${time(at)}`);
  return {
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
    kept: ({ names, until: at, isBegun }) =>
      `Kept ${until(at)}: ${list(names)}.${isBegun ? ` A run was at work on it already. ${NOTHING_MORE}` : ''}`,
    cancelled: ({ requestId }) => `Run ${requestId} is asked to stop. ${NOTHING_MORE}`,
    tooLateToCancel: ({ requestId, summary }) => `Too late to cancel run ${requestId}: ${text(summary)}.`,
    notApprover: ({ approvers }) =>
      `You are no approver of this run; nothing was changed. ${approvers.length === 0 ? '' : `Approvers: ${list(approvers)}.`}`.trim(),
    selfApprovalOff: () => 'You asked for this run, so somebody else must approve it.',
    alreadyDecided: ({ word }) => `This was decided before: ${who(word)} ${DID[word.kind]} it at ${time(word.at)}.`,
    alreadyEnded: ({ requestId, summary }) => `Run ${requestId} has ended: ${text(summary)}. Nothing was changed.`,
    planChanged: ({ requestId }) =>
      `The plan of run ${requestId} has changed since that message, so your answer does not count. Look at the newest plan and answer there.`,
    unknownRun: ({ requestId, prefix }) =>
      `There is no run ${clip(requestId, MOST_NAME)} that this chat may see. "${prefix}status" lists those that there are.`,
    begun: ({ requestId }) => `Run ${requestId} was accepted; its plan is not there yet.`,
    nothingOpen: ({ requestId }) => `Run ${requestId} is done with all of its servers. Nothing was changed.`,
    noRuns: () => 'No run is under way here.',
    unknownNames: ({ names }) =>
      `No server is called ${list(names)}. Nothing was done; the reason goes after "because".`,
    noPolicy: ({ names }) => `No policy that may be used here allows this for ${list(names)}. Nothing was done.`,
    unknownPolicy: ({ policy, policies }) =>
      `There is no policy ${clip(policy, MOST_NAME)} here; there ${policies.length === 1 ? 'is' : 'are'} ${list(policies)}.`,
    severalPolicies: ({ policies }) =>
      `Several policies may be used here: ${list(policies)}. Say which, for example "with ${policies[0] ?? 'nightly-dev'}".`,
    notHere: () => 'No policy may be used from this chat. Policies name their chats under "chat" in policies.yml.',
    runLine: ({ requestId, title, state }) => `${requestId}: ${text(title)} · ${text(state)}`,
    notice: ({ names, act, actsAt, requestId, prefix }) =>
      `${list(names)} will be ${act === 'stop' ? 'stopped, and later terminated,' : 'terminated'} at ${time(actsAt)} unless ` +
      `somebody keeps ${names.length === 1 ? 'it' : 'them'} ("${prefix}keep NAME for 3d because …") or cancels the run ("${prefix}cancel ${requestId}").`,
    failed: () => 'That could not be done just now, or not all of it. Please say it again; that does nothing twice.',

    title: ({ policy, account, servers }) => `${clip(policy || account, MOST_NAME)}: termination of ${count(servers)}`,
    awaitingApproval: ({ missing, approvers, until: at }) =>
      `Waits for the approval of ${people(missing)} (${list(approvers)}) until ${time(at)}. Nothing is done before that.`,
    announced: ({ actsAt }) => `Begins at ${time(actsAt)}.`,
    working: ({ summary }) => `At work: ${text(summary)}`,
    ended: ({ status, summary }) => `Ended, ${STATUS[status] ?? status}: ${text(summary)}`,
    run: ({ requestId, policy, account, planHash }) =>
      [
        `run ${requestId}`,
        ...(policy === '' ? [] : [`policy ${policy}`]),
        `account ${account}`,
        ...(planHash === '' ? [] : [`plan ${clip(planHash, 16)}`]),
      ].join(' · '),
    askedBy: ({ requestedBy, trigger, reason }) =>
      `Asked for by ${clip(requestedBy, MOST_NAME) || trigger}${reason === '' ? '' : `: ${text(reason)}`}`,
    server: (server) => serverLine(server, VERDICTS),
    more: ({ count: left, link }) => `… and ${count(left)} more${link === '' ? '' : `: ${link}`}`,
    all: () => 'See all of it',
    attention: ({ serverName, serverInstanceNo, reason }) =>
      `${clip(serverName, MOST_NAME)} (${clip(serverInstanceNo, 20)}) needs attention: ${text(reason)}`,
    said: (word) =>
      `${time(word.at)}: ${who(word)} ${DID[word.kind]} it${word.reason === '' ? '' : `: ${text(word.reason)}`}`,
    button: (action) => BUTTONS[action],
    confirm: ({ servers }) => ({
      title: `Terminate ${count(servers)}?`,
      text: 'A terminated server and its base disk do not come back. banap looks once more before it begins.',
      yes: 'Approve',
      no: 'Back',
    }),
    decideHere: ({ link }) => `Approve or reject here: ${link}`,
  };
}

const NOTHING_MORE = 'Nothing more is begun; the report says what was done before.';

const BUTTONS = {
  approve: 'Approve',
  reject: 'Reject',
  'snooze-1d': 'Snooze 1 day',
  'snooze-3d': 'Snooze 3 days',
  'snooze-7d': 'Snooze 7 days',
  keep: 'Keep',
  cancel: 'Cancel',
};

const DID = { approve: 'approved', reject: 'rejected', cancel: 'cancelled' };

const VERDICTS: Readonly<Record<string, string>> = {
  terminate: 'to be terminated',
  wait: 'waits, then terminated',
  refuse: 'left alone',
  refused: 'left alone',
  'already-gone': 'was gone already',
  terminated: 'terminated',
  unfinished: 'not finished',
  failed: 'failed',
};

const STATUS: Readonly<Record<string, string>> = {
  'all-gone': 'all of it gone',
  'some-refused': 'some left alone',
  unfinished: 'not finished',
  failed: 'failed',
  planned: 'nothing done',
  error: 'it broke off',
};

function help(prefix: string): string {
  const { plan, terminate, status, cancel, keep } = EXAMPLES.en;
  return [
    'banap hands servers back: it terminates them under a policy, after it has looked.',
    `• ${prefix}${plan}: look only, and say what would be done`,
    `• ${behindPrefix(prefix, terminate)}: terminate (add "with POLICY" where several may be used)`,
    `• ${prefix}status, ${prefix}${status}: where the runs are`,
    `• ${prefix}${cancel}: stop a run; nothing more is begun`,
    `• ${prefix}${keep}: leave it alone (also "until 2026-12-31"; for ever without either)`,
    'A name may have * and ? in it, and stand in quotation marks. Everything before "because" (or a colon) is a name. Korean works too: 반납, 계획, 상태, 취소, 유지, 도움말.',
  ].join('\n');
}

function list(names: readonly string[]): string {
  return clipList(names, (left) => `and ${left} more`);
}

function count(servers: number): string {
  return servers === 1 ? '1 server' : `${servers} servers`;
}

function people(some: number): string {
  return some === 1 ? '1 person' : `${some} people`;
}
