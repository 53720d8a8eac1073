import type { Reason } from '../../termination/reasons.ts';
import type { ServerView } from '../../termination/status/run-view.ts';
import { sayIn, wordsIn } from '../../wording/say.ts';
import type { Say } from '../../wording/sentences.ts';
import type { CardWords, Freed } from './card-words.ts';
import { clip, clipList, MOST_NAME } from './clip.ts';
import type { Ending } from './ending.ts';
import { serverLine, text, who } from './replies-parts.ts';
import type { Times } from './reply-sentences.ts';

export function englishCard(time: Times): CardWords {
  const say = sayIn('en', time);
  return {
    title: ({ policy, account, servers, alone }) =>
      `${clip(policy || account, MOST_NAME)}: termination of ${count(servers)}${alone === 0 ? '' : `, ${alone} left alone`}`,
    awaitingApproval: ({ missing, approvers, until }) =>
      `Waits for the approval of ${people(missing)} (${list(approvers)}) until ${time(until)}. Nothing is done before approval.`,
    announced: ({ actsAt }) => `Begins at ${time(actsAt)}.`,
    working: ({ left, servers }) => `In progress: ${left} of ${count(servers)} left.`,
    ended: (ending) => ended(ending, say),
    frees,
    run: ({ requestId, policy, account, planHash }) =>
      [
        `run ${requestId}`,
        ...(policy === '' ? [] : [`policy ${policy}`]),
        `account ${account}`,
        ...(planHash === '' ? [] : [`plan ${clip(planHash, 16)}`]),
      ].join(' · '),
    askedBy: ({ requestedBy, trigger, reason }) =>
      `Asked for by ${clip(requestedBy, MOST_NAME) || trigger}${reason === '' ? '' : `: ${text(reason)}`}`,
    server: (server) => serverLine(server, { status: server.statusName, verdict: verdictOf(server, say) }),
    refusal: (reason) => text(say.reason(reason)),
    note: (note) => text(say.reason(note)),
    more: ({ count: left, link }) => `… and ${count(left)} more${link === '' ? '' : `: ${link}`}`,
    all: () => 'See all of it',
    attention: ({ serverName, serverInstanceNo, reason }) =>
      `${clip(serverName, MOST_NAME)} (${clip(serverInstanceNo, 20)}) needs attention: ${text(say.reason(reason))}`,
    said: (signal) =>
      `${time(signal.at)}: ${who(signal)} ${DID[signal.kind]} it${signal.reason === '' ? '' : `: ${text(signal.reason)}`}`,
    button: (action) => BUTTONS[action],
    confirm: ({ servers, ...freed }) => ({
      title: `Terminate ${count(servers)}?`,
      text: [
        'A terminated server and its base disk cannot be recovered.',
        frees(freed),
        'banap checks once more before it begins.',
      ]
        .filter((sentence) => sentence !== '')
        .join(' '),
      yes: 'Approve',
      no: 'Back',
    }),
    decideHere: ({ link }) => `Approve or reject here: ${link}`,
  };
}

/** `with volume data deleted, 203.0.113.7 released, 203.0.113.8 kept`. */
function attached({ deletes, releases, keeps }: ServerView): string {
  const parts = [
    ...(deletes.length === 0 ? [] : [`volume${deletes.length === 1 ? '' : 's'} ${few(deletes)} deleted`]),
    ...(releases.length === 0 ? [] : [`${few(releases)} released`]),
    ...(keeps.length === 0 ? [] : [`${few(keeps)} kept`]),
  ];
  return parts.length === 0 ? '' : `, with ${parts.join(', ')}`;
}

function verdictOf(server: ServerView, say: Say): string {
  const { verdict, guard, reason } = server;
  const because = reason === null ? '' : `: ${text(say.reason(reason))}`;
  const why = `${guard === '' ? '' : ` (${clip(guard, 30)})`}${attached(server)}${because}`;
  return `${VERDICTS[verdict] ?? clip(verdict, 30)}${why}`;
}

function ended({ how, counts, why, who: by, reason, failure }: Ending, say: Say): string {
  const { terminated, unfinished, failed, alone, gone, open } = counts;
  if (how === 'looked') return `Plan only: ${open} of ${count(open + alone + gone)} would be terminated.`;
  const all = [
    ...some(failed, 'failed'),
    ...some(unfinished + open, 'not finished'),
    ...some(terminated, 'terminated'),
    ...some(alone, 'left alone'),
    ...some(gone, 'gone already'),
  ].join(', ');
  const isDone = terminated + unfinished + failed + open > 0;
  if (how === 'broke-off') {
    const error = failure === null ? '' : `: ${text(say.reason({ code: 'broke-off', failure }))}`;
    return `It broke off${error}. ${isDone ? `${all}.` : NOTHING}`;
  }
  const because = BECAUSE[why]?.(clip(by, MOST_NAME), reason, say) ?? '';
  if (isDone) return `${because === '' ? '' : `${because} `}Ended: ${all}.`;
  if (because !== '') return `${because} ${NOTHING}`;
  if (alone > 0) return `Nothing was terminated: ${count(alone)} left alone${why === '' ? '' : ` (${clip(why, 30)})`}.`;
  return gone > 0 ? `Nothing was terminated: every server was already gone.` : `No server matched. ${NOTHING}`;
}

function some(servers: number, what: string): string[] {
  return servers === 0 ? [] : [`${servers} ${what}`];
}

const NOTHING = 'Nothing was terminated.';

/** What ended the run as a whole. */
const BECAUSE: Readonly<Record<string, (by: string, reason: Reason | null, say: Say) => string>> = {
  rejected: (by) => `Rejected${by === '' ? '' : ` by ${by}`}.`,
  cancelled: (by) => `Cancelled${by === '' ? '' : ` by ${by}`}.`,
  unapproved: (_, reason, say) =>
    reason === null || reason.code === 'too-few-approvals'
      ? 'Not approved in time.'
      : `Not approved: ${text(say.reason(reason))}.`,
  unannounced: () => 'No notice could be given.',
  limit: (_, reason) =>
    reason?.code === 'over-limits'
      ? `Over a limit: ${text(wordsIn('en').overLimits(reason.limits))}.`
      : 'Over a limit.',
};

function frees({ volumes, addresses }: Freed): string {
  const deleted = volumes === 1 ? '1 additional volume with its data' : `${volumes} additional volumes with their data`;
  const released = addresses === 1 ? '1 public IP address' : `${addresses} public IP addresses`;
  return [
    ...(volumes === 0 ? [] : [`Also deleted: ${deleted}.`]),
    ...(addresses === 0 ? [] : [`Also released: ${released}.`]),
  ].join(' ');
}

export const DID = { approve: 'approved', reject: 'rejected', cancel: 'cancelled' };

const BUTTONS = {
  approve: 'Approve',
  reject: 'Reject',
  'snooze-1d': 'Snooze 1 day',
  'snooze-3d': 'Snooze 3 days',
  'snooze-7d': 'Snooze 7 days',
  keep: 'Keep',
  cancel: 'Cancel',
};

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

export function list(names: readonly string[]): string {
  return clipList(names, (left) => `and ${left} more`);
}

/** What is attached to one server. */
function few(names: readonly string[]): string {
  return clipList(names, (left) => `and ${left} more`, 3);
}

function count(servers: number): string {
  return servers === 1 ? '1 server' : `${servers} servers`;
}

export function people(number: number): string {
  return number === 1 ? '1 person' : `${number} people`;
}
