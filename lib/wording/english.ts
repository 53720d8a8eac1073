/** What the domain says, in English: a sentence for every code. Without a capital and a full stop, so that it fits anywhere. */

import type { Weekday } from '../calendar/window.ts';
import type { ActionName, Resource } from '../termination/actions.ts';
import type { Criterion, NotMeant, OverLimit, Source } from '../termination/reasons.ts';
import type { Sentences, Words } from './sentences.ts';

const REASONS: Sentences = {
  renamed: ({ serverName, planned }) => `it is called ${serverName}; the plan meant ${planned}`,
  'created-anew': ({ createDate, planned }) => `it was created ${createDate}; the plan meant the one of ${planned}`,
  replaced: ({ serverName, createDate, planned }) =>
    `it is called ${serverName}, created ${createDate}; the plan meant ${planned}`,
  'came-back': () => 'it was gone when the run began, and is listed again',
  'not-found-again': () => 'it was not found again after the plan was agreed to',
  elsewhere: ({ environment, region, serverName }) =>
    `it is not here but in ${environment} ${region}, called ${serverName}; name that environment and region`,
  'perhaps-elsewhere': ({ places }) => `it is not here, and could not be looked for in ${places.join('; ')}`,
  'no-such-number': () => 'NCP has no server with this number, and banap has never seen one; check the number',
  'gone-before': () => 'it was there before, and NCP lists it no longer',

  protected: () => 'termination protection is on',
  'protected-after-plan': () => 'termination protection was turned on after the plan',
  'protected-again': () =>
    'termination protection is on although it was to be lifted; somebody may have turned it on again',
  'protected-says-ncp': ({ returnMessage }) => returnMessage,

  held: ({ by, until, reason }, say) => `${by} holds it ${untilOr(until, 'it is released', say)}${because(reason)}`,
  'server-held': ({ by }) => `${by} holds its server`,
  cancelled: (said) => `${who(said)} cancelled it${because(said.reason)}`,
  rejected: (said) => `${who(said)} rejected it${because(said.reason)}`,
  paused: ({ by, account, policy, until, reason }, say) => {
    const what = policy === '' ? (account === '' ? 'everything' : `account ${account}`) : `policy ${policy}`;
    return `${by} paused ${what} ${untilOr(until, 'somebody resumes it', say)}${because(reason)}`;
  },
  'too-few-approvals': ({ agreed, needed, until }, say) =>
    `${agreed} of ${needed} people agreed until ${say.time(until)}`,
  'changed-too-often': ({ times }) => `the plan changed ${times} times while people were asked about it`,
  'nobody-to-ask': () =>
    'people have to agree first, and from here nobody can be asked; ask for it in a chat of its policy, by the webhook or by an event',
  unannounced: ({ why }) => `its policy wants people told before, and ${UNANNOUNCED[why]}`,

  kept: ({ key, until, reason }, say) =>
    `its tag ${key} keeps it${until === '' ? '' : ` until ${say.time(until)}`}${because(reason)}`,
  'ends-later': ({ by, at }, say) => `${by} ends it at ${say.time(at)}`,
  'no-end': () => 'no tag says when it is to end',
  'tags-unclear': ({ problems }, say) => problems.map(say.reason).join('; '),
  'tags-unread': () => 'its tags could not be read',
  'tag-unreadable': ({ key, detail }) => `${key}: ${detail}`,
  'before-creation': ({ key, value }) => `${key} ${value} is before the server was created; check the year`,
  'no-creation-date': ({ key }) => `${key}: NCP gives no creation date`,
  'tag-misspelled': ({ tag, key }) =>
    `${written(tag)} is not spelled ${key}; to end the server by it, write the key as ${key}`,
  'tags-differ': ({ tags, key }) =>
    `${tags.map(written).join(' and ')} say different things; keep one of them, under the key ${key}`,
  'tag-mistyped': ({ name, key }) =>
    `the tag ${JSON.stringify(name)} may be meant as ${key}; write ${key}, or use another key`,
  'kept-for-ever': ({ key, value, why, detail }) =>
    `${key} "${value}" keeps it for ever${why === 'a-wrong-date' ? `: ${detail}` : `; ${FOR_EVER[why]}`}`,

  'policy-removed': ({ policy }) => `policy ${policy} was removed after this run began`,
  'not-meant': ({ policy, isChanged, why }) =>
    `policy ${policy}${isChanged ? ', as changed after this run began,' : ''} does not mean it: ${notMeant(why)}`,
  'not-meant-here': () => 'its policy does not mean it',
  'not-known-here': () => 'whether its policy means it is looked at again',
  'more-approvals': ({ policy, agreed, needed }) =>
    `policy ${policy}, as changed after this run began, asks for more: ${agreed === 0 ? 'nobody' : `only ${agreed}`} of those who may agree now did, of ${needed} who must`,
  'window-closed': ({ policy, opensAt, because: why }, say) =>
    `outside the window of policy ${policy} (${say.closed(why)}); nothing is done before ${say.time(opensAt)}`,
  'window-never-opens': ({ policy, because: why }, say) =>
    `the window of policy ${policy} never opens: ${say.closed(why)}`,
  'window-too-short': () => 'the window closes too soon to lift protection and terminate',
  'over-limits': ({ limits }) => `the whole plan is refused: ${overLimits(limits)}`,
  'plan-changed': () => 'the servers have changed since the plan was agreed to; look again',
  later: ({ startsAt, terminatesAt, mayBecomeLater }, say) =>
    [
      ...(startsAt === '' ? [] : [`nothing is done before ${say.time(startsAt)}`]),
      ...(terminatesAt === ''
        ? []
        : [`terminated ${mayBecomeLater ? 'not before' : 'from'} ${say.time(terminatesAt)}`]),
    ].join('; '),

  'other-run': ({ requestId, since, until }, say) =>
    `run ${requestId} has been at it since ${say.time(since)}; its claim lasts until ${say.time(until)}, longer while it is alive`,
  duplicate: ({ owner, since }, say) =>
    `this request is carried out already, ${since === '' ? '' : `since ${say.time(since)}, `}by ${owner}`,

  attached: ({ names }) => `additional block storage is attached (${names.join(', ')}); say detach or delete to go on`,
  'attached-again': ({ name }) => `${name} was attached again after banap had taken it off`,
  'attached-after-plan': ({ resource, name }) =>
    resource === 'publicIp'
      ? `public IP ${name} was associated after the plan`
      : `block storage ${name} was attached after the plan`,
  'perhaps-taken-off': ({ name }) => `${name} is not on it; looking once more`,
  'taken-off-after-plan': ({ name }) => `${name} was taken off it after the plan`,

  'started-after-plan': ({ uptime, isStopped }) =>
    `it was started after the plan (${uptime || 'time unknown'})${isStopped ? ' and stopped again' : ''}`,
  restarted: ({ uptime, since }) =>
    `it was started and stopped again ${since === 'plan' ? 'after the plan' : 'while the run waited'} (${uptime})`,
  'started-again': () => 'it was started again after banap had stopped it',
  'failed-state': (state) => `NCP reports a failure (${stateOf(state)}); it needs a person or NCP's support`,
  'unknown-state': (state) => `its state ${stateOf(state)} is not one that banap knows`,
  busy: ({ statusName, operation }) => `busy: ${statusName} (operation ${operation})`,
  'not-ready': ({ statusName }) => `not ready yet: ${statusName}`,
  terminating: () => 'terminating',
  'stopped-until': ({ until }, say) => `stopped; starting it cancels. Terminated from ${say.time(until)}`,
  'resource-busy': ({ resource, name, operation }) => `${RESOURCES[resource]} ${name} is busy (${operation})`,

  asked: ({ action }) => `${ACTIONS[action]} was asked for; its effect is not seen yet`,
  'no-effect': ({ action, times }) => `${ACTIONS[action]} had no effect in ${times} tries`,
  'ncp-refused': ({ action }) => `NCP refused to ${ACTIONS[action]}`,
  'answer-lost': ({ detail }) => detail,
  'process-died': () => 'the process ended before it knew the answer',
  'perhaps-bare': ({ detail }) => `protection may still be off: ${detail}`,
  'answers-too-slow': ({ seconds, most }) =>
    `reading what an act would be about takes ${seconds} s; nothing older than ${most} s allows one`,
  'ncp-error': ({ message }) => message,

  unread: ({ what, detail }) => `${SOURCES[what]} could not be read: ${detail}`,
  contradiction: () => 'the server could not be read: NCP lists it in the region and not by its number',
  'not-listed': () => 'NCP does not list it; looking once more',
  'too-many-steps': () => 'too many steps',

  gone: () => 'NCP lists it no more',
  vanished: () => 'it vanished: returned by somebody else, or by this run just before it was cut off',
  'gone-and-cut-short': ({ why }, say) => `NCP lists it no more; ${say.reason(why)}`,
  'cut-short': ({ why, statusName, isListed, next, said }, say) => {
    const seen = statusName === '' ? 'not seen yet' : `last seen ${statusName}`;
    const state = isListed ? seen : 'not listed by NCP when it was last looked at';
    return [say.reason(why), state, say.reason(next), ...(said === '' ? [] : [`NCP said ${said}`])].join('; ');
  },
  'time-is-over': () => 'the time for this run is over',
  interrupted: () => 'the run was interrupted',
  'too-many-looks': () => 'too many looks',
  'comes-next': ({ action }) => `${ACTIONS[action]} would have come next`,
  'nothing-asked': () => 'nothing more was asked of NCP',
  'nothing-done': ({ because: why }, say) => `nothing was done: ${say.reason(why)}`,
  'not-reached': () => 'the run ended before it',

  'gone-waits': ({ because: why }, say) => `gone; ${say.reason(why)}`,
  'attached-elsewhere': ({ resource, serverInstanceNo }) =>
    `${resource === 'publicIp' ? 'associated with' : 'attached to'} server ${serverInstanceNo} now`,
  'was-elsewhere': ({ resource }) => `another server had this ${resource === 'publicIp' ? 'address' : 'volume'} since`,
  'kept-as-asked': ({ resource, isDetached }) =>
    isDetached
      ? `${resource === 'publicIp' ? '' : 'detached and '}kept, as asked; billed until it is ${FREED[resource]}`
      : 'kept, as asked; billed while it exists',
  'not-of-plan': ({ resource }) => `not the ${resource === 'publicIp' ? 'address' : 'volume'} of the plan`,
  'return-protected': () => 'its own return protection is on',
  'still-busy': ({ operation }) => `still busy (${operation})`,
  'to-be-freed': ({ resource }) => `to be ${FREED[resource]}`,
  'not-freed': ({ because: why }, say) => `not freed: ${say.reason(why)}`,
  'no-free-try-left': ({ times, detail }) => `not freed in ${times} tries: ${detail || 'no effect was seen'}`,
  'left-unread': ({ because: why }, say) => `it could not be read whether it is still there: ${say.reason(why)}`,
  'left-cut-short': ({ why }, say) => say.reason(why),
  'taken-off': ({ isSure }) => `taken off${isSure ? '' : ', probably'} by banap; the server is still there`,
  'not-ours': () => 'somebody else returned the server, and may have kept this on purpose',
  'not-sure': () => 'NCP never confirmed that this run ended the server, so somebody else may have',
  'policy-keeps': ({ policy, why }) =>
    why === 'unwanted'
      ? 'its policy does not want it'
      : why === 'changed'
        ? 'the policy was changed since'
        : `policy ${policy} was removed or changed since`,
  'still-there': ({ statusName, isListed, stop, isPerhapsBare }) => {
    const stopped = { no: '', asked: ', banap asked it to stop', seen: ', stopped by banap' }[stop];
    const where = isListed
      ? `still there (${statusName || 'state unknown'}${stopped})`
      : `perhaps still there (not listed by NCP at the last look${stopped})`;
    return `${where}${isPerhapsBare ? '; termination protection may still be off' : ''}`;
  },

  planned: ({ mode, servers, hash }) => `${mode} ${counted(servers, 'server')}, plan ${hash}`,
  'broke-off': ({ error }) => error,
  on: ({ numbers }) => numbers.join(', '),
  about: ({ resource, name }) => `${RESOURCES[resource]} ${name}`,
  'ncp-said': ({ returnCode, returnMessage }) => `${returnCode} ${returnMessage}`,
  said: ({ reason }) => reason,

  'given-twice': ({ serverInstanceNo }) => `server ${serverInstanceNo} was given more than once; it is taken once`,
  'no-such-name': ({ environment, region, name }) => `no server of ${environment} ${region} has a name like ${name}`,
  'not-looked-in': ({ place }) => `missing servers were not looked for in ${place}`,
  'first-servers': ({ count, listed }) => `${count} servers were selected; the first ${listed} are listed`,
  'first-attention': ({ count, listed }) => `tags of ${count} servers need attention; the first ${listed} are listed`,
  'when-window-opens': ({ because: why }, say) => `as things stand, when the window opens ${say.reason(why)}`,
  'not-counted': ({ detail }) => `what was terminated in the last 24 hours could not be counted: ${detail}`,
  'only-plans': ({ policy }) => `policy ${policy} only plans (mode: plan)`,
  'must-agree': (approval) => `${mustAgree(approval)} must agree before anything is done`,
};

const UNANNOUNCED = {
  'nobody-to-tell': 'from here nobody can be told',
  'too-late': 'no notice could be given in time',
  'not-taken': 'no chat took a notice of it',
};

const ONE_DATE = 'expected the date alone or with a word such as demo, for example 2026-12-31_demo';

const FOR_EVER = {
  'a-no': 'to let it go, remove the tag',
  'several-dates': ONE_DATE,
  'unclear-words': `what follows the date may mean more than what for; ${ONE_DATE}`,
};

const ACTIONS: Record<ActionName, string> = {
  stop: 'stop',
  detach: 'detach storage',
  disassociate: 'disassociate public IP',
  liftProtection: 'lift termination protection',
  terminate: 'terminate',
  releasePublicIp: 'release public IP',
  deleteStorage: 'delete storage',
  restoreProtection: 'put termination protection back',
};

const SOURCES: Record<Source, string> = {
  server: 'the server',
  tags: 'tags',
  holds: 'holds',
  pauses: 'pauses',
  policy: 'the policy',
  signals: 'what people said',
  limits: 'what counts against the limits',
  leftovers: 'what it leaves',
};

const RESOURCES: Record<Resource, string> = { publicIp: 'public IP', blockStorage: 'block storage' };
const FREED: Record<Resource, string> = { publicIp: 'released', blockStorage: 'deleted' };

const DAYS: Record<Weekday, string> = {
  MON: 'Monday',
  TUE: 'Tuesday',
  WED: 'Wednesday',
  THU: 'Thursday',
  FRI: 'Friday',
  SAT: 'Saturday',
  SUN: 'Sunday',
};

const CRITERIA: Record<Criterion['by'], { known: string; unknown: string }> = {
  zone: { known: 'zone', unknown: 'zone unknown' },
  vpc: { known: 'VPC', unknown: 'VPC unknown' },
  name: { known: 'name', unknown: 'name unknown' },
  status: { known: 'status', unknown: 'status' },
  tag: { known: 'tag', unknown: 'tag' },
  createDate: { known: 'created', unknown: 'creation date unknown' },
};

function criterion({ by, value }: Criterion): string {
  return value === '' ? CRITERIA[by].unknown : `${CRITERIA[by].known} ${value}`;
}

function notMeant(why: NotMeant): string {
  switch (why.kind) {
    case 'tags-unknown':
      return 'its tags are not known';
    case 'not-selected':
      return `${criterion(why)} is not selected`;
    case 'excepted':
      return `it is excepted (unless ${why.unless})`;
    case 'perhaps-excepted':
      return `${criterion(why)}, which may except it (unless ${why.unless})`;
    case 'only-plans':
      return 'it only plans';
    case 'elsewhere':
      return `it is about ${why.environment} ${why.region} of account ${why.account}`;
  }
}

function overLimits(limits: readonly OverLimit[]): string {
  return limits.map(overLimit).join('; ');
}

function overLimit(over: OverLimit): string {
  const { servers, most } = over;
  if (over.limit === 'request') return `${servers} servers were selected, at most ${most} fit one request`;
  const within = over.now === null ? '' : ` in 24 hours (${over.now} of them now)`;
  if (over.limit === 'maxServers') {
    return `${servers} servers${within} are more than the limit of ${most} (maxServers)`;
  }
  return `${servers} of the ${over.holds} servers that the account holds${within} are ${over.percent} %, more than the limit of ${most} % (maxPercent)`;
}

function mustAgree({ aboveServers, twoAboveServers: two }: { aboveServers: number; twoAboveServers: number | null }) {
  if (two !== null && two <= aboveServers) return `2 people${above(aboveServers)}`;
  return `1 person${above(aboveServers)}${two === null ? '' : `, 2 people${above(two)}`}`;
}

function above(servers: number): string {
  return servers === 0 ? '' : ` above ${counted(servers, 'server')}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function who({ name, by }: { name: string; by: string }): string {
  return name === '' ? by : `${name} (${by})`;
}

function written({ name, value }: { name: string; value: string }): string {
  return `${JSON.stringify(name)} (${value})`;
}

function because(reason: string): string {
  return reason === '' ? '' : `: ${reason}`;
}

function untilOr(until: string, otherwise: string, say: { time: (at: string) => string }): string {
  return `until ${until === '' ? otherwise : say.time(until)}`;
}

function stateOf({ status, operation, statusName }: { status: string; operation: string; statusName: string }): string {
  return `${status}/${operation}, "${statusName}"`;
}

export const ENGLISH: Words = {
  reasons: REASONS,
  actions: ACTIONS,
  overLimits,
  mustAgree,
  closed: (why) => {
    switch (why.kind) {
      case 'holiday':
        return `${why.date} is a holiday (${why.name})`;
      case 'own-date':
        return `${why.date} is a holiday (own date)`;
      case 'unknown-year':
        return `the calendar ${why.calendar} knows no holidays of ${why.year}; expected ${why.known.from} to ${why.known.to}`;
      case 'hours':
        return `outside ${why.from}–${why.to}`;
      case 'day':
        return DAYS[why.day];
      case 'night':
        return `the night from ${DAYS[why.from]} to ${DAYS[why.to]}`;
    }
  },
};
