/** Every reason in English, one sentence per code, without capital and period so that it fits anywhere. */

import type { Weekday } from '../calendar/window.ts';
import type { ActionName, Resource } from '../termination/actions.ts';
import type { CallIds, Failure, UnreadPlace } from '../termination/failure.ts';
import type { WhyUnknownTags } from '../termination/model.ts';
import type { Criterion, NotMeant, OverLimit, Source, TimeProblem } from '../termination/reasons.ts';
import { because, idsIn, type Sentences, type Words, who, written } from './sentences.ts';

const REASONS: Sentences = {
  renamed: ({ serverName, planned }) => `it is now called ${serverName}; the plan meant ${planned}`,
  'created-anew': ({ createDate, planned }) =>
    `it was created on ${createDate}; the plan meant the server created on ${planned}`,
  replaced: ({ serverName, createDate, planned }) =>
    `it is now called ${serverName} and was created on ${createDate}; the plan meant ${planned}`,
  'came-back': () => 'it was gone when the run began, and is listed again',
  'not-found-again': () => 'it was not found when banap looked again after the approval',
  elsewhere: ({ environment, region, serverName }) =>
    `it is in ${environment} ${region}, not here, under the name ${serverName}; request that environment and region`,
  'perhaps-elsewhere': ({ places }) =>
    `it is not here, and these places could not be searched: ${places.map(placeOf).join('; ')}`,
  'no-such-number': () => 'NCP has no server with this number, and banap has never seen one; check the number',
  'gone-before': () => 'it existed before, but NCP no longer lists it',

  protected: () => 'termination protection is on',
  'protected-after-plan': () => 'termination protection was turned on after the plan',
  'protected-again': () =>
    'termination protection is on although banap asked NCP to lift it; somebody may have turned it on again',
  'protected-says-ncp': ({ returnMessage }) => returnMessage,

  'perhaps-lifted': ({ requestId }) =>
    `run ${requestId} may have lifted its termination protection and has not put it back; set it again, or release the server`,
  held: ({ by, until, reason }, say) => `${by} holds it ${untilOr(until, 'it is released', say)}${because(reason)}`,
  'server-held': ({ by }) => `${by} holds its server`,
  cancelled: (said) => `${who(said)} cancelled it${because(said.reason)}`,
  rejected: (said) => `${who(said)} rejected it${because(said.reason)}`,
  paused: ({ by, account, policy, until, reason }, say) => {
    const what = policy === '' ? (account === '' ? 'everything' : `account ${account}`) : `policy ${policy}`;
    return `${by} paused ${what} ${untilOr(until, 'somebody resumes it', say)}${because(reason)}`;
  },
  'too-few-approvals': ({ agreed, needed, until }, say) =>
    `${agreed} of ${needed} required approvals were given by ${say.time(until)}`,
  'changed-too-often': ({ times }) => `the plan changed ${times} times while people were asked about it`,
  'nobody-to-ask': () =>
    "people must approve this first, and nobody can be asked from here; ask for it in one of the policy's chats, by webhook or by event",
  unannounced: ({ why }) => `its policy requires a notice first, and ${UNANNOUNCED[why]}`,

  kept: ({ key, until, reason }, say) =>
    `its ${key} tag keeps it${until === '' ? '' : ` until ${say.time(until)}`}${because(reason)}`,
  'ends-later': ({ by, at }, say) => `${by} ends it at ${say.time(at)}`,
  'no-end': () => 'no tag says when it should end',
  'tags-unclear': ({ problems }, say) => problems.map(say.reason).join('; '),
  'tags-unread': ({ why }) => `its tags are not known${why ? `: ${unknownTags(why)}` : ''}`,
  'tag-unreadable': ({ key, problem }) => `${key}: ${timeProblem(problem)}`,
  'before-creation': ({ key, value }) => `${key} ${value} is before the server was created; check the year`,
  'no-creation-date': ({ key }) => `${key}: NCP gives no creation date`,
  'tag-misspelled': ({ tag, key }) =>
    `${written(tag)} is not spelled ${key}; rename the key to ${key} if it should end the server`,
  'tags-differ': ({ tags, key }) =>
    `${tags.map(written).join(' and ')} have different values; keep only one, under the key ${key}`,
  'tag-mistyped': ({ name, key }) =>
    `the tag ${JSON.stringify(name)} looks like a misspelling of ${key}; write ${key} or use another key`,
  'kept-for-ever': ({ key, value, why }) =>
    `${key} "${value}" keeps it forever${typeof why === 'string' ? `; ${FOR_EVER[why]}` : `: ${timeProblem(why)}`}`,

  'policy-removed': ({ policy }) => `policy ${policy} was removed after this run began`,
  'not-meant': ({ policy, isChanged, why }) =>
    `policy ${policy}${isChanged ? ', as changed after this run began,' : ''} does not apply to it: ${notMeant(why)}`,
  'not-meant-here': () => 'its policy does not apply to it',
  'not-known-here': () => 'banap will check again whether its policy applies to it',
  'more-approvals': ({ policy, agreed, needed }) =>
    `policy ${policy}, as changed after this run began, requires ${counted(needed, 'approval')} from its current approvers; the run has ${agreed}`,
  'window-closed': ({ policy, opensAt, because: why }, say) =>
    `outside the window of policy ${policy} (${say.closed(why)}); nothing is done before ${say.time(opensAt)}`,
  'window-never-opens': ({ policy, because: why }, say) =>
    `the window of policy ${policy} never opens: ${say.closed(why)}`,
  'window-too-short': () => 'the window closes too soon to begin what cannot wait for the next one',
  'over-limits': ({ limits }) => `the whole plan is refused: ${overLimits(limits)}`,
  'plan-changed': () => 'the servers changed after the plan was approved; make a new plan',
  later: ({ startsAt, terminatesAt, mayBecomeLater }, say) =>
    [
      ...(startsAt === '' ? [] : [`nothing is done before ${say.time(startsAt)}`]),
      ...(terminatesAt === ''
        ? []
        : [`termination ${mayBecomeLater ? 'not before' : 'from'} ${say.time(terminatesAt)}`]),
    ].join('; '),

  'other-run': ({ requestId, since, until }, say) =>
    `run ${requestId} has been working on it since ${say.time(since)}; its claim lasts until ${say.time(until)} and is renewed while the run is alive`,
  'claim-forgotten': () => 'this run was silent for so long that another one may have got the server meanwhile',
  duplicate: ({ owner, since }, say) =>
    `another execution already has this request: ${owner}${since === '' ? '' : `, since ${say.time(since)}`}`,

  attached: ({ names }) =>
    `additional block storage is attached (${names.join(', ')}); set storage to detach or delete to continue`,
  'attached-again': ({ name }) => `${name} was attached again after banap took it off`,
  'attached-after-plan': ({ resource, name }) =>
    resource === 'publicIp'
      ? `public IP ${name} was associated after the plan`
      : `block storage ${name} was attached after the plan`,
  'perhaps-taken-off': ({ name }) => `${name} is not on it; checking once more`,
  'taken-off-after-plan': ({ name }) => `${name} was taken off it after the plan`,

  'started-after-plan': ({ uptime, isStopped }) =>
    `it was started after the plan (${uptime || 'time unknown'})${isStopped ? ' and stopped again' : ''}`,
  restarted: ({ uptime, since }) =>
    `it was started and stopped again ${since === 'plan' ? 'after the plan' : 'while the run waited'} (${uptime})`,
  'started-again': () => 'it was started again after banap stopped it',
  'failed-state': (state) => `NCP reports a failure (${stateOf(state)}); a person or NCP support has to look at it`,
  'unknown-state': (state) => `banap does not know its state (${stateOf(state)})`,
  busy: ({ statusName, operation }) => `busy: ${statusName} (operation ${operation})`,
  'not-ready': ({ statusName }) => `not ready yet: ${statusName}`,
  terminating: () => 'terminating',
  'stopped-until': ({ until }, say) =>
    `stopped; starting it again cancels the termination, which may begin at ${say.time(until)}`,
  'resource-busy': ({ resource, name, operation }) => `${RESOURCES[resource]} ${name} is busy (${operation})`,

  asked: ({ action }) => `asked NCP to ${ACTIONS[action]}; the effect is not visible yet`,
  'no-effect': ({ action, times }) => `asked NCP ${counted(times, 'time')} to ${ACTIONS[action]}, without effect`,
  'ncp-refused': ({ action }) => `NCP refused to ${ACTIONS[action]}`,
  'answer-lost': ({ failure }) => failed(failure),
  'process-died': () => 'the process ended before it received the answer',
  'perhaps-bare': ({ failure }) => `protection may still be off: ${failed(failure)}`,
  'answers-too-slow': ({ seconds, most }) =>
    `reading the current state takes ${seconds} s; banap acts only on what is at most ${most} s old`,
  'ncp-error': ({ failure }) => failed(failure),

  unread: ({ what, failure }) => `${SOURCES[what]} could not be read: ${failed(failure)}`,
  contradiction: () => 'the server could not be read: NCP lists it in the region but not by its number',
  'not-listed': () => 'NCP does not list it; checking once more',
  'too-many-steps': () => 'too many steps',

  gone: () => 'NCP no longer lists it',
  vanished: () => 'it disappeared: somebody else terminated it, or this run did just before it was cut off',
  'gone-and-cut-short': ({ why }, say) => `NCP no longer lists it; ${say.reason(why)}`,
  'cut-short': ({ why, statusName, isListed, next, last }, say) => {
    const seen = statusName === '' ? 'not seen yet' : `last seen ${statusName}`;
    const state = isListed ? seen : 'not listed by NCP at the last look';
    return [say.reason(why), state, say.reason(next), ...(last === null ? [] : [lastOf(last)])].join('; ');
  },
  'time-is-over': () => 'the run reached its deadline',
  interrupted: () => 'the run was interrupted',
  'too-many-looks': () => 'the run reached its maximum number of passes',
  'comes-next': ({ action }) => `the next step was to ${ACTIONS[action]}`,
  'nothing-asked': () => 'banap asked NCP for nothing more',
  'nothing-done': ({ because: why }, say) => `nothing was done: ${say.reason(why)}`,
  'not-reached': () => 'the run ended before it reached this server',

  'gone-waits': ({ because: why }, say) => `gone; ${say.reason(why)}`,
  'attached-elsewhere': ({ resource, serverInstanceNo }) =>
    `now ${resource === 'publicIp' ? 'associated with' : 'attached to'} server ${serverInstanceNo}`,
  'resource-not-listed': ({ name }) => `${name} is not listed, which another look must confirm`,
  'was-used': ({ resource }) => `somebody has used this ${RESOURCES[resource]} since the plan`,
  'not-watched': ({ resource }) =>
    `somebody may have used this ${RESOURCES[resource]}: banap could not watch it all the time after taking it off`,
  'kept-as-asked': ({ resource, isDetached }) =>
    isDetached
      ? `${resource === 'publicIp' ? '' : 'detached and '}kept, as requested; billed until it is ${FREED[resource]}`
      : 'kept, as requested; billed while it exists',
  'not-of-plan': ({ resource }) => `not the ${RESOURCES[resource]} that the plan pinned`,
  'return-protected': () => 'its own return protection is on',
  'still-busy': ({ operation }) => `still busy (${operation})`,
  'to-be-freed': ({ resource }) => `to be ${FREED[resource]}`,
  'not-freed': ({ because: why }, say) => `not freed: ${say.reason(why)}`,
  'no-free-try-left': ({ times, last }) =>
    `not freed in ${times} tries: ${last === null ? 'no effect was seen' : failed(last)}`,
  'left-unread': ({ because: why }, say) => `banap could not check whether it still exists: ${say.reason(why)}`,
  'left-cut-short': ({ why }, say) => say.reason(why),
  'taken-off': ({ isSure }) => `banap ${isSure ? '' : 'probably '}took it off; the server is still there`,
  'not-ours': () => 'somebody else terminated the server and may have kept this on purpose',
  'not-sure': () => 'NCP never confirmed that this run ended the server, so somebody else may have',
  'policy-keeps': ({ policy, why }) =>
    why === 'unwanted'
      ? 'its policy keeps it'
      : why === 'changed'
        ? 'the policy has changed since'
        : `policy ${policy} has been removed or changed since`,
  'still-there': ({ statusName, isListed, stop, isPerhapsBare }) => {
    const stopped = { no: '', asked: ', banap asked it to stop', seen: ', stopped by banap' }[stop];
    const where = isListed
      ? `still there (${statusName || 'state unknown'}${stopped})`
      : `perhaps still there (not listed by NCP at the last look${stopped})`;
    return `${where}${isPerhapsBare ? '; termination protection may still be off' : ''}`;
  },

  planned: ({ mode, servers, hash }) => `${mode} ${counted(servers, 'server')}, plan ${hash}`,
  'broke-off': ({ failure }) => failed(failure),
  on: ({ numbers }) => numbers.join(', '),
  about: ({ resource, name }) => `${RESOURCES[resource]} ${name}`,
  'ncp-said': (said) => `${said.returnCode} ${said.returnMessage}${idsOf(said)}`,
  said: ({ reason }) => reason,

  'given-twice': ({ serverInstanceNo }) => `server ${serverInstanceNo} was given more than once; it counts once`,
  'no-such-name': ({ environment, region, name }) => `no server in ${environment} ${region} matches the name ${name}`,
  'not-looked-in': ({ place }) =>
    `banap did not search ${place.environment} for missing servers: ${failed(place.failure)}`,
  'first-servers': ({ count, listed }) => `${count} servers were selected; the first ${listed} are listed`,
  'first-attention': ({ count, listed }) => `tags of ${count} servers need attention; the first ${listed} are listed`,
  'when-window-opens': ({ because: why }, say) => `as things stand, when the window opens: ${say.reason(why)}`,
  'not-counted': ({ failure }) =>
    `the servers terminated in the last 24 hours could not be counted: ${failed(failure)}`,
  'only-plans': ({ policy }) => `policy ${policy} only plans (mode: plan)`,
  'must-agree': (approval) => `approval is required before anything is done: ${mustAgree(approval)}`,
};

function unknownTags(why: WhyUnknownTags): string {
  switch (why.kind) {
    case 'not-listed':
      return "NCP's Resource Manager does not list it; give it any tag, or wait until a new server appears there";
    case 'listed-twice':
      return "NCP's Resource Manager lists it twice; ask NCP's support";
    case 'null':
    case 'missing':
      return `NCP's Resource Manager shows it ${NO_TAG[why.kind]}; give it any tag, or take this for "no tags" with NCLOUD_UNTAGGED=empty,${why.kind}`;
    case 'unreadable':
      return 'NCP shows one in a way that banap cannot read';
    case 'key-twice':
      return 'one key is there twice; remove one of the two tags';
    case 'other-region':
      return `NCP's Resource Manager shows it ${why.shown === '' ? 'without a region' : `in region ${why.shown}`}`;
    case 'other-type':
      return `NCP's Resource Manager shows its number as ${why.shown === '' ? 'something that is no server' : why.shown}`;
  }
}

const NO_TAG = { null: 'with "tag": null', missing: 'without the field "tag"' };

const UNANNOUNCED = {
  'nobody-to-tell': 'nobody can be told from here',
  'too-late': 'no notice could be given in time',
  'not-taken': 'no chat accepted the notice',
};

const ONE_DATE = 'expected a date alone or followed by a word such as demo, for example 2026-12-31_demo';

const FOR_EVER = {
  'a-no': 'remove the tag to let it go',
  'several-dates': ONE_DATE,
  'unclear-words': `the words after the date may change its meaning; ${ONE_DATE}`,
};

function failed(failure: Failure): string {
  return `${whatFailed(failure)}${idsOf(failure)}`;
}

function whatFailed(failure: Failure): string {
  if (failure.kind !== 'refused') return failure.message;
  const { of, returnCode, returnMessage } = failure;
  const said = `${returnCode} ${returnMessage}`.trim();
  return of === '' ? said : `${of} was refused by NCP: ${said}`;
}

function idsOf({ ids }: { ids?: CallIds | undefined }): string {
  return ids === undefined ? '' : ` (${idsIn(ids, { requestId: "NCP's request id", traceId: 'trace id' })})`;
}

function lastOf(failure: Failure): string {
  return failure.kind === 'refused' ? `NCP said ${failed(failure)}` : failed(failure);
}

function placeOf({ environment, failure }: UnreadPlace): string {
  return `${environment}: ${failed(failure)}`;
}

const DURATION =
  'expected a number with m, h, d or w, or an ISO 8601 duration, over nothing and at most ten years, for example 36h, 7d or P1DT12H';

function whenExpected(what: string): string {
  return `expected ${what}, for example 20261124T090000+0900, or a date such as 2026-11-24`;
}

const TIME_PROBLEMS: Record<TimeProblem['kind'], string> = {
  'not-a-duration': `is no duration; ${DURATION}`,
  negative: `is negative; ${DURATION}`,
  zero: `is no time at all; ${DURATION}`,
  'fraction-of-a-second': `is not in whole seconds; ${DURATION}`,
  'over-ten-years': `is over ten years; ${DURATION}`,
  'neither-instant-nor-date': `is neither an instant nor a date; ${whenExpected('one of them, in the years 0001 to 9999')}`,
  'no-such-day': `names a day that does not exist; ${whenExpected('a day of the years 0001 to 9999')}`,
  'leap-second': `is a leap second, which no clock here has; ${whenExpected('seconds 00 to 59')}`,
  'no-such-time': `has no such time of day; ${whenExpected('hours 00 to 23, minutes and seconds 00 to 59')}`,
  'no-time-zone': `has no time zone; ${whenExpected('Z or an offset after it')}`,
  'bad-offset': `has an offset that cannot be read; ${whenExpected('Z or an offset from -2359 to +2359')}`,
};

function timeProblem({ kind, text }: TimeProblem): string {
  return `${JSON.stringify(text)} ${TIME_PROBLEMS[kind]}`;
}

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
  limits: 'the count against the limits',
  claims: 'what other runs have got',
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
      return `it is exempt (unless ${why.unless})`;
    case 'perhaps-excepted':
      return `${criterion(why)}, which may exempt it (unless ${why.unless})`;
    case 'only-plans':
      return 'it only plans';
    case 'elsewhere':
      return `it is for ${why.environment} ${why.region} in account ${why.account}`;
  }
}

function overLimits(limits: readonly OverLimit[]): string {
  return limits.map(overLimit).join('; ');
}

function overLimit(over: OverLimit): string {
  const { servers, most } = over;
  if (over.limit === 'request') return `${servers} servers were selected; one request takes at most ${most}`;
  const within = over.now === null ? '' : ` in 24 hours (${over.now} of them in this plan)`;
  if (over.limit === 'maxServers') {
    return `${counted(servers, 'server')}${within}, over the limit of ${most} (maxServers)`;
  }
  return `${servers} of the ${over.holds} servers in the account${within}: ${over.percent}%, over the limit of ${most}% (maxPercent)`;
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

function untilOr(until: string, otherwise: string, say: { time: (at: string) => string }): string {
  return `until ${until === '' ? otherwise : say.time(until)}`;
}

function stateOf({ status, operation, statusName }: { status: string; operation: string; statusName: string }): string {
  return `${status}/${operation}, "${statusName}"`;
}

export const ENGLISH: Words = {
  reasons: REASONS,
  actions: ACTIONS,
  timeProblem,
  overLimits,
  mustAgree,
  closed: (why) => {
    switch (why.kind) {
      case 'holiday':
        return `${why.date} is a holiday (${why.name})`;
      case 'own-date':
        return `${why.date} is a holiday set in the policy`;
      case 'unknown-year':
        return `the calendar ${why.calendar} has no holidays for ${why.year}, only for ${why.known.from} to ${why.known.to}`;
      case 'hours':
        return `outside ${why.from}–${why.to}`;
      case 'day':
        return DAYS[why.day];
      case 'night':
        return `the night from ${DAYS[why.from]} to ${DAYS[why.to]}`;
    }
  },
};
