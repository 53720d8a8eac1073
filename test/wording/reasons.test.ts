import { describe, expect, it } from 'vitest';
import type { Closed } from '../../lib/calendar/window.ts';
import type { ActionName } from '../../lib/termination/actions.ts';
import type { Failure, FailureKind } from '../../lib/termination/failure.ts';
import type {
  Criterion,
  NotMeant,
  OverLimit,
  Reason,
  ReasonCode,
  Reasons,
  Source,
  TimeProblem,
} from '../../lib/termination/reasons.ts';
import { inEnglish, sayIn, wordsIn } from '../../lib/wording/say.ts';

const AT = '2026-11-25T03:00:00.000Z';
const LATER = '2026-11-26T04:00:00.000Z';
/** As NCP writes it. */
const BOOT = '2026-11-25T12:00:00+09:00';
const POLICY = 'nightly-dev';
const STATE = { status: 'XYZZY', operation: 'PLUGH', statusName: 'odd state' };
const SAID = { by: 'slack:U012ABC', name: '김하나', reason: 'still needed' };
const GONE: Reason = { code: 'gone' };
const OVER: Reason = { code: 'time-is-over' };
const both = [true, false];
const resources = ['publicIp', 'blockStorage'] as const;

const ACTIONS = Object.keys(wordsIn('en').actions) as ActionName[];
const SOURCES: Record<Source, null> = {
  server: null,
  tags: null,
  holds: null,
  pauses: null,
  policy: null,
  signals: null,
  limits: null,
  claims: null,
  leftovers: null,
};
const CRITERIA: Record<Criterion['by'], string> = {
  zone: 'KR-1',
  vpc: '5001',
  name: 'dev-1',
  status: '',
  tag: 'team',
  createDate: '2026-01-01T00:00:00+09:00',
};
const criteria = Object.keys(CRITERIA) as Criterion['by'][];
const NOT_MEANT: { [Kind in NotMeant['kind']]: readonly Extract<NotMeant, { kind: Kind }>[] } = {
  'tags-unknown': [{ kind: 'tags-unknown' }],
  'not-selected': criteria.flatMap((by) =>
    [CRITERIA[by], ''].map((value) => ({ kind: 'not-selected' as const, by, value })),
  ),
  excepted: [{ kind: 'excepted', unless: 'names dev-db-*' }],
  'perhaps-excepted': criteria.map((by) => ({
    kind: 'perhaps-excepted',
    by,
    value: CRITERIA[by],
    unless: 'names dev-db-*',
  })),
  'only-plans': [{ kind: 'only-plans' }],
  elsewhere: [{ kind: 'elsewhere', account: 'lab', environment: 'classic', region: 'JPN' }],
};
const CLOSED: { [Kind in Closed['kind']]: Extract<Closed, { kind: Kind }> } = {
  holiday: { kind: 'holiday', date: '2026-12-25', name: '기독탄신일' },
  'own-date': { kind: 'own-date', date: '2026-12-31' },
  'unknown-year': { kind: 'unknown-year', calendar: 'KR', year: '2031', known: { from: 2018, to: 2027 } },
  hours: { kind: 'hours', from: '21:00', to: '06:00' },
  day: { kind: 'day', day: 'SAT' },
  night: { kind: 'night', from: 'FRI', to: 'SAT' },
};
const TIME_PROBLEMS: { [Kind in TimeProblem['kind']]: TimeProblem & { kind: Kind } } = {
  'not-a-duration': { kind: 'not-a-duration', text: 'soon' },
  negative: { kind: 'negative', text: '-7d' },
  zero: { kind: 'zero', text: '0h' },
  'fraction-of-a-second': { kind: 'fraction-of-a-second', text: 'PT0.5S' },
  'over-ten-years': { kind: 'over-ten-years', text: '600w' },
  'neither-instant-nor-date': { kind: 'neither-instant-nor-date', text: 'tomorrow' },
  'no-such-day': { kind: 'no-such-day', text: '2026-02-30' },
  'leap-second': { kind: 'leap-second', text: '2026-12-31T23:59:60+09:00' },
  'no-such-time': { kind: 'no-such-time', text: '2026-12-31T25:00+09:00' },
  'no-time-zone': { kind: 'no-time-zone', text: '2026-12-31T18:00' },
  'bad-offset': { kind: 'bad-offset', text: '2026-12-31T18:00+99:00' },
};
const REFUSED = { kind: 'refused', of: '', returnCode: '25022', returnMessage: 'The server is busy.' } as const;
const FAILURES: Record<FailureKind, null> = {
  'no-keys': null,
  'not-authenticated': null,
  'not-permitted': null,
  'may-not-read-tags': null,
  throttled: null,
  unreachable: null,
  'no-answer': null,
  unreadable: null,
  'too-slow': null,
  'not-listed': null,
  'unreadable-policy': null,
  'not-now': null,
  unusable: null,
  unexpected: null,
};
const NO_ANSWER = failure('no-answer');

function failure(kind: FailureKind): Failure {
  return {
    kind,
    of: 'getServerInstanceList',
    code: 'HTTP 504',
    message: 'getServerInstanceList got no answer (HTTP 504)',
  };
}
const LIMITS: { [Limit in OverLimit['limit']]: readonly Extract<OverLimit, { limit: Limit }>[] } = {
  request: [{ limit: 'request', servers: 250, most: 200 }],
  maxServers: [null, 7].map((now) => ({ limit: 'maxServers', servers: 60, most: 50, now })),
  maxPercent: [null, 7].map((now) => ({
    limit: 'maxPercent',
    servers: 60,
    most: 20,
    now,
    holds: 90,
    percent: 66.7,
  })),
};

/** Samples of every code; a new code does not compile until it stands here. */
const SAMPLES: { [Code in ReasonCode]: readonly [Reasons[Code], ...Reasons[Code][]] } = {
  renamed: [{ serverName: 'dev-2', planned: 'dev-1' }],
  'created-anew': [{ createDate: '2026-02-01T00:00:00+09:00', planned: '2026-01-01T00:00:00+09:00' }],
  replaced: [{ serverName: 'dev-2', createDate: '2026-02-01T00:00:00+09:00', planned: 'dev-1' }],
  'not-found-again': [{}],
  'came-back': [{}],
  'before-creation': [{ key: 'terminate-at', value: '0026-12-31' }],
  'resource-not-listed': [{ name: 'data' }],
  'was-used': [{ resource: 'blockStorage' }, { resource: 'publicIp' }],
  'not-watched': [{ resource: 'blockStorage' }, { resource: 'publicIp' }],
  elsewhere: [{ environment: 'classic', region: 'JPN', serverName: 'dev-1' }],
  'perhaps-elsewhere': [
    { places: [{ environment: 'classic', failure: NO_ANSWER }] },
    { places: (['classic', 'vpc'] as const).map((environment) => ({ environment, failure: REFUSED })) },
  ],
  'no-such-number': [{}],
  'gone-before': [{}],

  protected: [{}],
  'protected-after-plan': [{}],
  'protected-again': [{}],
  'protected-says-ncp': [{ returnMessage: 'Termination protection is set.' }],

  'perhaps-lifted': [{ requestId: 'slack-1f2e3d4c' }],
  held: [
    { by: 'mina', until: AT, reason: 'demo' },
    { by: 'mina', until: '', reason: '' },
  ],
  'server-held': [{ by: 'mina' }],
  cancelled: [SAID, { ...SAID, name: '', reason: '' }],
  rejected: [SAID, { ...SAID, name: '', reason: '' }],
  paused: [
    { by: 'mina', account: '', policy: '', until: '', reason: '' },
    { by: 'mina', account: 'lab', policy: '', until: AT, reason: 'migration' },
    { by: 'mina', account: '', policy: POLICY, until: AT, reason: 'migration' },
  ],
  'too-few-approvals': [{ agreed: 1, needed: 2, until: AT }],
  'changed-too-often': [{ times: 5 }],
  'nobody-to-ask': [{}],
  unannounced: [{ why: 'nobody-to-tell' }, { why: 'too-late' }, { why: 'not-taken' }],

  kept: [
    { key: 'keep', until: AT, reason: 'demo' },
    { key: 'keep', until: '', reason: '' },
  ],
  'ends-later': [{ by: 'ttl 7d', at: AT }],
  'no-end': [{}],
  'tags-unclear': [
    {
      problems: [
        { code: 'no-creation-date', key: 'ttl' },
        { code: 'tag-mistyped', name: 'kep', key: 'keep' },
      ],
    },
  ],
  'tags-unread': [
    { why: null },
    ...(['not-listed', 'listed-twice', 'null', 'missing', 'unreadable', 'key-twice'] as const).map((kind) => ({
      why: { kind },
    })),
    ...['', 'PLUGH'].flatMap((shown) => [
      { why: { kind: 'other-region' as const, shown } },
      { why: { kind: 'other-type' as const, shown } },
    ]),
  ],
  'tag-unreadable': sampled(Object.values(TIME_PROBLEMS).map((problem) => ({ key: 'ttl', problem }))),
  'no-creation-date': [{ key: 'ttl' }],
  'tag-misspelled': [{ tag: { name: 'ＴＴＬ', value: '7d' }, key: 'ttl' }],
  'tags-differ': [
    {
      tags: [
        { name: 'TTL', value: '7d' },
        { name: 'Ttl', value: '300d' },
      ],
      key: 'ttl',
    },
  ],
  'tag-mistyped': [{ name: 'kep', key: 'keep' }],
  'kept-for-ever': [
    { key: 'keep', value: 'no', why: 'a-no' },
    { key: 'keep', value: '2026-01-01 ~ 2026-12-31', why: 'several-dates' },
    { key: 'keep', value: '2026-12-31 review', why: 'unclear-words' },
    { key: 'keep', value: '2026-02-30', why: { kind: 'no-such-day', text: '2026-02-30' } },
  ],

  'policy-removed': [{ policy: POLICY }],
  'not-meant': sampled(
    Object.values(NOT_MEANT)
      .flat()
      .flatMap((why) => both.map((isChanged) => ({ policy: POLICY, isChanged, why }))),
  ),
  'not-meant-here': [{}],
  'not-known-here': [{}],
  'more-approvals': [
    { policy: POLICY, agreed: 0, needed: 2 },
    { policy: POLICY, agreed: 1, needed: 2 },
  ],
  'window-closed': sampled(Object.values(CLOSED).map((because) => ({ policy: POLICY, opensAt: AT, because }))),
  'window-never-opens': sampled(Object.values(CLOSED).map((because) => ({ policy: POLICY, because }))),
  'window-too-short': [{}],
  'over-limits': sampled([
    ...Object.values(LIMITS)
      .flat()
      .map((one) => ({ limits: [one] })),
    { limits: Object.values(LIMITS).flat() },
  ]),
  'plan-changed': [{}],
  later: sampled(
    both.flatMap((mayBecomeLater) => [
      { startsAt: AT, terminatesAt: '', mayBecomeLater },
      { startsAt: '', terminatesAt: LATER, mayBecomeLater },
      { startsAt: AT, terminatesAt: LATER, mayBecomeLater },
    ]),
  ),

  'other-run': [{ requestId: 'chat-7f3a', since: AT, until: LATER }],
  'claim-forgotten': [{}],
  duplicate: [
    { owner: 'execution-1', since: AT },
    { owner: 'execution-1', since: '' },
  ],

  attached: [{ names: ['data', 'logs'] }],
  'attached-again': [{ name: 'data' }],
  'attached-after-plan': sampled(resources.map((resource) => ({ resource, name: 'data' }))),
  'taken-off-after-plan': [{ name: 'data' }],
  'perhaps-taken-off': [{ name: 'data' }],

  'started-after-plan': sampled(both.flatMap((isStopped) => ['', BOOT].map((uptime) => ({ uptime, isStopped })))),
  restarted: [
    { uptime: BOOT, since: 'plan' },
    { uptime: BOOT, since: 'stop' },
  ],
  'started-again': [{}],
  'failed-state': [STATE],
  'unknown-state': [STATE],
  busy: [{ statusName: 'odd state', operation: 'PLUGH' }],
  'not-ready': [{ statusName: 'odd state' }],
  terminating: [{}],
  'stopped-until': [{ until: AT }],
  'resource-busy': sampled(resources.map((resource) => ({ resource, name: 'data', operation: 'DETAC' }))),

  asked: sampled(ACTIONS.map((action) => ({ action }))),
  'no-effect': sampled(ACTIONS.map((action) => ({ action, times: 5 }))),
  'ncp-refused': sampled(ACTIONS.map((action) => ({ action }))),
  'answer-lost': [{ failure: NO_ANSWER }],
  'process-died': [{}],
  'perhaps-bare': [{ failure: NO_ANSWER }, { failure: REFUSED }],
  'answers-too-slow': [{ seconds: 6, most: 5 }],
  'ncp-error': sampled([
    { failure: { ...REFUSED, of: 'getServerInstanceList' } },
    ...(Object.keys(FAILURES) as FailureKind[]).flatMap((kind) => [
      { failure: failure(kind) },
      { failure: { ...failure(kind), of: '', code: '' } },
    ]),
  ]),

  unread: sampled((Object.keys(SOURCES) as Source[]).map((what) => ({ what, failure: NO_ANSWER }))),
  contradiction: [{}],
  'not-listed': [{}],
  'too-many-steps': [{}],

  gone: [{}],
  vanished: [{}],
  'gone-and-cut-short': [{ why: OVER }],
  'cut-short': [
    { why: OVER, statusName: 'odd state', isListed: true, next: { code: 'nothing-asked' }, last: REFUSED },
    { why: OVER, statusName: '', isListed: true, next: { code: 'comes-next', action: 'stop' }, last: null },
    { why: OVER, statusName: '', isListed: false, next: { code: 'nothing-asked' }, last: null },
  ],
  'time-is-over': [{}],
  interrupted: [{}],
  'too-many-looks': [{}],
  'comes-next': sampled(ACTIONS.map((action) => ({ action }))),
  'nothing-asked': [{}],
  'nothing-done': [{ because: OVER }],
  'not-reached': [{}],

  'gone-waits': [{ because: { code: 'server-held', by: 'mina' } }],
  'attached-elsewhere': sampled(resources.map((resource) => ({ resource, serverInstanceNo: '1002' }))),
  'kept-as-asked': sampled(resources.flatMap((resource) => both.map((isDetached) => ({ resource, isDetached })))),
  'not-of-plan': sampled(resources.map((resource) => ({ resource }))),
  'return-protected': [{}],
  'still-busy': [{ operation: 'DETAC' }],
  'to-be-freed': sampled(resources.map((resource) => ({ resource }))),
  'not-freed': [{ because: { code: 'server-held', by: 'mina' } }],
  'no-free-try-left': [
    { times: 5, last: REFUSED },
    { times: 5, last: NO_ANSWER },
    { times: 5, last: null },
  ],
  'left-unread': [{ because: { code: 'unread', what: 'leftovers', failure: NO_ANSWER } }],
  'left-cut-short': [{ why: OVER }],
  'taken-off': sampled(both.map((isSure) => ({ isSure }))),
  'not-ours': [{}],
  'not-sure': [{}],
  'policy-keeps': sampled(
    (['unwanted', 'changed', 'removed-or-changed'] as const).map((why) => ({ policy: POLICY, why })),
  ),
  'still-there': sampled(
    both.flatMap((isListed) =>
      (['no', 'asked', 'seen'] as const).flatMap((stop) =>
        both.map((isPerhapsBare) => ({ statusName: isListed ? 'odd state' : '', isListed, stop, isPerhapsBare })),
      ),
    ),
  ),

  planned: [
    { mode: 'plan', servers: 1, hash: '0123456789abcdef' },
    { mode: 'terminate', servers: 3, hash: '0123456789abcdef' },
  ],
  'broke-off': [
    { failure: NO_ANSWER },
    { failure: failure('unexpected') },
    { failure: REFUSED },
    { failure: { ...REFUSED, ids: { requestId: '7f0c1a2e', traceId: '3aw4q1' } } },
    { failure: { ...failure('no-answer'), ids: { requestId: '', traceId: '3aw4q1' } } },
  ],
  on: [{ numbers: ['501', '502'] }],
  about: sampled(resources.map((resource) => ({ resource, name: 'data' }))),
  'ncp-said': [
    { returnCode: '25022', returnMessage: 'busy' },
    { returnCode: '25022', returnMessage: 'busy', ids: { requestId: '7f0c1a2e', traceId: '' } },
  ],
  said: [{ reason: 'still needed' }],

  'given-twice': [{ serverInstanceNo: '1001' }],
  'no-such-name': [{ environment: 'vpc', region: 'KR', name: 'dev-9*' }],
  'not-looked-in': [{ place: { environment: 'classic', failure: NO_ANSWER } }],
  'first-servers': [{ count: 250, listed: 200 }],
  'first-attention': [{ count: 250, listed: 100 }],
  'when-window-opens': [{ because: GONE }],
  'not-counted': [{ failure: NO_ANSWER }],
  'only-plans': [{ policy: POLICY }],
  'must-agree': [
    { aboveServers: 0, twoAboveServers: null },
    { aboveServers: 1, twoAboveServers: 5 },
    { aboveServers: 3, twoAboveServers: 3 },
  ],
};

function sampled<T>(all: readonly T[]): [T, ...T[]] {
  const [first, ...more] = all;
  if (first === undefined) throw new Error('no sample');
  return [first, ...more];
}

const CODES = Object.keys(SAMPLES) as ReasonCode[];

function samplesOf(code: ReasonCode): Reason[] {
  return SAMPLES[code].map((args) => ({ ...args, code }) as Reason);
}

/** These pass on what NCP, an error or a person said, and numbers. */
const PASSED_ON: readonly ReasonCode[] = ['on', 'ncp-said', 'said'];
/** All of a failure in one English sentence; Korean has its own. */
const ENGLISH_ONLY = 'message';

/** Keys whose values are one of a few words, and the words that may stand under other keys, too: sentences word them themselves. */
const KEYS = ['code', 'why', 'kind', 'resource', 'action', 'what', 'mode', 'limit', 'stop', 'calendar', 'day'];
const CHOSEN: readonly string[] = [...criteria, 'plan', 'stop', 'FRI', 'SAT'];
/** Other runs' times stand there as they were written down. */
const AS_WRITTEN: readonly ReasonCode[] = ['other-run', 'duplicate'];
/** What a sentence may leave out. */
const UNSAID: Partial<Record<ReasonCode, { en?: string; ko?: string }>> = {
  busy: { ko: 'PLUGH' },
  'policy-keeps': { en: POLICY, ko: POLICY },
};

/** What Resource Manager says in the place of tags, and the setting about it. */
const A_NULL = /"tag": null|tag 값이 null|empty,null/g;

/** Two English words in a row. Keys, codes and examples (`mode: plan`, `unless names dev-*`) are one word each, or quoted. */
const ENGLISH_CLAUSE = /\b[A-Za-z][a-z]+[,;]? [a-z]{2,}\b/;

/** Names and times, at any depth. */
function namesIn(told: unknown, key = ''): string[] {
  if (typeof told === 'string') return told === '' || KEYS.includes(key) || CHOSEN.includes(told) ? [] : [told];
  if (Array.isArray(told)) return told.flatMap((one) => namesIn(one));
  if (typeof told !== 'object' || told === null) return [];
  return Object.entries(told).flatMap(([name, value]) => namesIn(value, name));
}

function withoutMessage(reason: Reason): unknown {
  return JSON.parse(JSON.stringify(reason, (key, value: unknown) => (key === ENGLISH_ONLY ? undefined : value)));
}

describe.each(['en', 'ko'] as const)('in %s', (language) => {
  const say = sayIn(language, (at) => `<${at}>`);

  it('every sentence is as kept', async () => {
    const all = CODES.map((code) => [`## ${code}`, ...new Set(samplesOf(code).map(say.reason)), ''].join('\n'));
    await expect(all.join('\n')).toMatchFileSnapshot(`./snapshots/reasons.${language}.txt`);
  });

  it.each(CODES)('%s is a whole sentence, for whatever it is about', (code) => {
    for (const reason of samplesOf(code)) {
      const sentence = say.reason(reason);
      expect(sentence).toMatch(/\S/);
      expect(sentence.replaceAll(A_NULL, '')).not.toMatch(
        /undefined|null|NaN|\[object|\$\{| {2}|^[\s·;,:]|[\s·;,:]$|<>|Invalid/,
      );
      const time = (name: string): string => (name.endsWith('Z') && !AS_WRITTEN.includes(code) ? `<${name}>` : name);
      const names = namesIn(language === 'ko' ? withoutMessage(reason) : reason).map(time);
      const unsaid = names.filter((name) => !sentence.includes(name) && name !== UNSAID[code]?.[language]);
      const own = names.reduce((rest, name) => rest.replaceAll(name, ''), sentence);
      const isKorean = /\p{Script=Hangul}/u.test(own);
      const expected = language === 'ko' && (!PASSED_ON.includes(code) || 'ids' in reason);
      expect({ reason, unsaid, isKorean }).toEqual({ reason, unsaid: [], isKorean: expected });
    }
  });
});

it.each(CODES)('%s that another version wrote with other arguments is shown in every language', (code) => {
  const others = samplesOf(code).flatMap((reason) => [
    ...Object.keys(reason).map((key) => ({ ...reason, [key]: key === 'code' ? code : undefined })),
    ...Object.keys(reason).map((key) => ({ ...reason, [key]: key === 'code' ? code : { kind: 'of-tomorrow' } })),
    { code },
  ]) as Reason[];
  for (const language of ['en', 'ko'] as const) {
    const say = sayIn(language, (at) => at);
    for (const reason of others) expect(say.reason(reason)).toMatch(/\S/);
  }
});

it.each(CODES)('%s has no English clause in Korean, but for what people and NCP wrote', (code) => {
  const say = sayIn('ko', () => '내일');
  for (const reason of samplesOf(code)) {
    const names = namesIn(withoutMessage(reason));
    expect(names.reduce((rest, name) => rest.replaceAll(name, ''), say.reason(reason))).not.toMatch(ENGLISH_CLAUSE);
  }
});

it('times are shown as the reader wants them', () => {
  const reason: Reason = { code: 'stopped-until', until: AT };
  expect(sayIn('ko', () => '내일').reason(reason)).toContain('내일부터');
  expect(inEnglish(reason, 'Asia/Seoul')).toContain('2026-11-25 12:00 Asia/Seoul (2026-11-25 03:00Z)');
  expect(inEnglish({ ...reason, until: 'soon' }, 'Asia/Seoul')).toContain('begin at soon');
});

it('no reason has no sentence', () => {
  expect(inEnglish(null, 'UTC')).toBe('');
});

it.each(['of-a-newer-version', 'constructor', 'toString', '__proto__'])(
  'the unknown code %s is shown as data',
  (code) => {
    const reason: Reason = JSON.parse(`{"code":${JSON.stringify(code)},"name":"data"}`);
    expect(inEnglish(reason, 'UTC')).toBe(`{"code":"${code}","name":"data"}`);
  },
);
