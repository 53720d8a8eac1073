import type { Reason } from '../../termination/reasons.ts';
import type { ServerView } from '../../termination/status/run-view.ts';
import { isOpen } from '../../termination/status/server-groups.ts';
import { ageIn, bytesInWords, sizeInWords } from '../../wording/facts.ts';
import { sayIn, wordsIn } from '../../wording/say.ts';
import type { Say } from '../../wording/sentences.ts';
import type { CardWords, Freed, ServerParts } from './card-words.ts';
import { clip, clipList, MOST_NAME } from './clip.ts';
import type { Ending } from './ending.ts';
import { factsOf, isGone, restOf, serverLine, text, who } from './replies-parts.ts';
import type { Times } from './reply-sentences.ts';

export function englishCard(time: Times): CardWords {
  const say = sayIn('en', time);
  return {
    title: ({ policy, account, servers }) =>
      `${clip(policy || account, MOST_NAME)}: ${servers === 0 ? 'nothing to terminate' : `terminate ${count(servers)}`}`,
    awaitingApproval: ({ missing, until }) =>
      `Needs ${missing === 1 ? '1 approval' : `${missing} approvals`} by ${time(until)}. Nothing is done before that.`,
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
    server: (server, at) => serverLine(server, partsOf(server, at, say)),
    serverParts: (server, at) => partsOf(server, at, say),
    refusal: (reason) => text(say.reason(reason)),
    note: (note) => text(say.reason(note)),
    more: ({ count: left, link }) => `… and ${count(left)} more${link === '' ? '' : `: ${link}`}`,
    all: () => 'See all of it',
    attention: ({ serverName, serverInstanceNo, reason }) =>
      `${clip(serverName, MOST_NAME)} (${clip(serverInstanceNo, 20)}) needs attention: ${text(say.reason(reason))}`,
    signal: (signal) =>
      `${time(signal.at)}: ${who(signal)} ${DID[signal.kind]} it${signal.reason === '' ? '' : `: ${text(signal.reason)}`}`,
    button: (action) => BUTTONS[action],
    choice: ({ name, action }) => `${clip(name, 50)}: ${LENGTHS[action] ?? BUTTONS[action]}`,
    keepOne: () => 'Keep a server',
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

/** `deletes storage data (100 GB)`, `released 203.0.113.7`: it says whether it has been done. */
function partsOf(server: ServerView, at: string, say: Say): ServerParts {
  const { statusName, createDate, about, verdict, guard, reason, deletes, deletesBytes, releases, keeps } = server;
  const isDone = !isOpen(server);
  const owner = about.owner === '' ? '' : `owner ${clip(about.owner, MOST_NAME)}`;
  const size = deletesBytes === 0 ? '' : ` (${bytesInWords(deletesBytes)})`;
  const what = VERDICTS[verdict] ?? clip(verdict, 30);
  const stays = keeps.length === 0 ? '' : `${few(keeps)} ${isDone ? 'left' : 'stays'}, and is billed`;
  return {
    facts: factsOf([
      clip(statusName, 30),
      ...(isGone(server) ? [] : [ageIn('en', createDate, Date.parse(at)), sizeInWords(about.size), owner]),
    ]),
    loses: [
      ...(deletes.length === 0 ? [] : [`${isDone ? 'deleted' : 'deletes'} storage ${few(deletes)}${size}`]),
      ...(releases.length === 0 ? [] : [`${isDone ? 'released' : 'releases'} ${few(releases)}`]),
    ],
    rest: restOf({
      what: `${what}${guard === '' ? '' : ` (${clip(guard, 30)})`}`.trim(),
      stays,
      why: reason === null ? '' : text(say.reason(reason)),
    }),
  };
}

function ended({ how, counts, why, who: by, reason, failure }: Ending, say: Say): string {
  const { terminated, unfinished, failed, alone, gone, open } = counts;
  if (how === 'looked')
    return `Plan only: ${open} of ${count(open + alone + gone)} would be terminated.${open === 0 ? '' : ' To keep one, type "keep" and its name.'}`;
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
  'snooze-1d': 'Keep all 1 day',
  'snooze-3d': 'Keep all 3 days',
  'snooze-7d': 'Keep all 7 days',
  keep: 'Keep all',
  cancel: 'Cancel',
};

const LENGTHS: Readonly<Partial<Record<string, string>>> = {
  'snooze-1d': '1 day',
  'snooze-3d': '3 days',
  'snooze-7d': '7 days',
};

const VERDICTS: Readonly<Record<string, string>> = {
  // The title says so.
  terminate: '',
  wait: 'waits first',
  refuse: 'not touched',
  refused: 'not touched',
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
