/** What a story is made of, and what its words mean: written here once more, independently of lib/. */

import * as fc from 'fast-check';
import type { Window } from '../../lib/calendar/window.ts';

export const STARTS_AT = Date.parse('2026-03-01T00:00:00Z');
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

const NEVER = Number.POSITIVE_INFINITY;

function instants(told: Record<string, string>): ReadonlyMap<string, number> {
  return new Map(Object.entries(told).map(([text, at]) => [text, at === '' ? NEVER : Date.parse(at)]));
}

/** What people write as `terminate-at`, in forms that VPC takes, and when that is due; nonsense never is. Dates are Korean ones. */
export const ENDS = instants({
  '2026-02-28': '2026-02-27T15:00:00Z',
  '20260301T000000+0900': '2026-02-28T15:00:00Z',
  '2026-03-05': '2026-03-04T15:00:00Z',
  '2026-03-03T2130+0900': '2026-03-03T12:30:00Z',
  '2099-12-31': '2099-12-30T15:00:00Z',
  다음주: '',
  '2026-02-29': '',
  '2026-02-28T0000': '',
});

/** What people write as `ttl`, in milliseconds after the creation. */
export const LIVES: ReadonlyMap<string, number> = new Map([
  ['1d', DAY],
  ['36h', 36 * HOUR],
  ['P20D', 20 * DAY],
  ['90d', 90 * DAY],
  ['soon', NEVER],
  ['-3d', NEVER],
]);

/** What people write as `keep`, and until when it keeps. A day is kept to its end. */
export const KEEPS = instants({
  demo: '',
  false: '',
  '2026-02-30': '',
  '2026-02-27_demo': '2026-02-27T15:00:00Z',
  'until-2026-03-03_데모': '2026-03-03T15:00:00Z',
  '20260301T0600Z': '2026-03-01T06:00:00Z',
});

const korean = { timezone: 'Asia/Seoul' } as const;
const ALL = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;
const WORKING = ['MON', 'TUE', 'WED', 'THU', 'FRI'] as const;
const none = { calendar: 'none', dates: [] } as const;

const WINDOWS: readonly (Window | null)[] = [
  null,
  { ...korean, days: [...ALL], from: '00:00', to: '24:00', holidays: { ...none, dates: ['2026-03-04'] } },
  { ...korean, days: [...WORKING], from: '21:00', to: '23:00', holidays: { calendar: 'KR', dates: [] } },
  { ...korean, days: [...ALL], from: '21:00', to: '06:00', holidays: { calendar: 'KR', dates: ['2026-03-03'] } },
  { ...korean, days: [...ALL], from: '09:00', to: '09:02', holidays: { ...none, dates: [] } },
  { ...korean, days: ['SUN', 'TUE'], from: '12:00', to: '12:00', holidays: { ...none, dates: [] } },
];

const window = fc.constantFrom(...WINDOWS, null, null);
const keep = fc.constantFrom(...KEEPS.keys());
const end = fc.constantFrom(...ENDS.keys());
const life = fc.constantFrom(...LIVES.keys());

const server = fc.record({
  name: fc.constantFrom('dev', 'dev', 'dev', 'dev', 'dev', 'prod'),
  status: fc.constantFrom('RUN', 'RUN', 'RUN', 'RUN', 'NSTOP', 'NSTOP', 'FSTOP'),
  isProtected: fc.constantFrom(...Array<boolean>(9).fill(false), true),
  createDate: fc.constantFrom('2026-01-01T00:00:00+0900', '2026-02-10T12:00:00+0900', '2026-02-28T18:00:00+0900'),
  env: fc.constantFrom('dev', 'dev', 'dev', 'dev', 'dev', 'prod', null),
  end: fc.constantFrom(null, null, '2026-02-28', '20260301T000000+0900', ...ENDS.keys()),
  life: fc.constantFrom(null, null, null, '1d', ...LIVES.keys()),
  keep: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: keep }),
  stopSeconds: fc.constantFrom(0, 10, 90, 200),
  terminateSeconds: fc.constantFrom(1, 20, 90),
});

const fenceParts = {
  names: fc.constantFrom<string[]>(['dev-*'], ['dev-*'], ['*'], ['dev-1', 'dev-3']),
  byTag: fc.constantFrom(false, false, true),
  unlessProd: fc.boolean(),
  unlessName: fc.constantFrom(null, null, 'dev-2', 'dev-4'),
  window,
};

const policyTerms = fc.record({ ...fenceParts, onlyPlans: fc.constant<boolean>(false) });
const changedFence = fc.record({ ...fenceParts, onlyPlans: fc.constantFrom(false, false, false, true) });

const run = fc.record({
  policy: fc.nat(1),
  /** Under the requestId of the run before it, by another owner. */
  again: fc.constantFrom(false, false, false, true),
  afterMs: fc.constantFrom(0, 0, 0, 0, 0, 60_000, HOUR, 20 * HOUR, 25 * HOUR, 49 * HOUR),
  /** By number, as an event names them; null: whatever the policy means. */
  named: fc.option(fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 3 }), { nil: null, freq: 3 }),
  maxServers: fc.constantFrom(1, 2, 2, 3, 3, 4, 4),
  maxPercent: fc.constantFrom(100, 100, 100, 50, 34),
  stopForSeconds: fc.constantFrom(0, 0, 0, 0, 3_600, 3_600, 2 * 86_400),
  expiry: fc.constantFrom('none' as const, 'none' as const, 'tags' as const),
  crashes: fc.array(
    fc.record({
      at: fc.integer({ min: 1, max: 6 }),
      kind: fc.constantFrom('before-remembering' as const, 'after-act' as const),
      resumedAfterMs: fc.constantFrom(0, 12_000, HOUR, 25 * HOUR),
    }),
    { maxLength: 2 },
  ),
});

const hold = fc.record({
  what: fc.constant('hold' as const),
  forMs: fc.constantFrom(null, null, 90_000, 2 * HOUR, 2 * DAY),
  /** And the next look cannot read it. */
  unread: fc.boolean(),
});

const keeping = fc.record({
  what: fc.constant('tag' as const),
  key: fc.constant('keep'),
  value: fc.option(keep, { nil: null }),
  unread: fc.boolean(),
});

const signal = fc.oneof(
  { weight: 4, arbitrary: hold },
  fc.record({ what: fc.constant('release' as const) }),
  { weight: 3, arbitrary: keeping },
  fc.record({
    what: fc.constant('tag' as const),
    key: fc.constant('terminate-at'),
    value: fc.option(end, { nil: null }),
    unread: fc.constant(false),
  }),
  fc.record({
    what: fc.constant('tag' as const),
    key: fc.constant('ttl'),
    value: fc.option(life, { nil: null }),
    unread: fc.constant(false),
  }),
  fc.record({
    what: fc.constant('tag' as const),
    key: fc.constant('env'),
    value: fc.constantFrom('dev', 'prod', null),
    unread: fc.constant(false),
  }),
  fc.record({ what: fc.constant('protect' as const), to: fc.constantFrom(true, true, false) }),
  { weight: 3, arbitrary: fc.record({ what: fc.constant('start' as const) }) },
  fc.record({ what: fc.constant('stop' as const) }),
  fc.record({ what: fc.constant('rename' as const) }),
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('policy' as const),
      to: fc.oneof({ weight: 4, arbitrary: changedFence }, { weight: 1, arbitrary: fc.constant('removed' as const) }),
    }),
  },
  fc.record({
    what: fc.constant('faults' as const),
    spec: fc.constantFrom(
      'GetResourceList:429/410:3,getInstanceTagList:429/410:3',
      'GetResourceList:503/500:6,getInstanceTagList:503/500:6',
      'GetResourceList:truncate:5,getInstanceTagList:truncate:5',
      'GetResourceList:garbage:1,getInstanceTagList:garbage:1',
      'GetResourceList:empty:6,getInstanceTagList:empty:6',
      'getServerInstanceList:cut-before:5',
      'getServerInstanceList:503/500:2',
      'getServerInstanceList:truncate:6',
      '*:429/410:20%',
      '*:cut-after:10%',
      'stopServerInstances:cut-after:1,terminateServerInstances:cut-after:1',
      'stopServerInstances:429/410:4,terminateServerInstances:429/410:4',
      'terminateServerInstances:25015:2',
      '',
    ),
  }),
  fc.record({
    what: fc.constant('table' as const),
    count: fc.integer({ min: 1, max: 6 }),
    failure: fc.constantFrom(
      'ProvisionedThroughputExceededException',
      'InternalServerError',
      'cut',
      'cut-after',
      'AccessDeniedException',
    ),
  }),
);

/** Said or done right after the nth step of a run (0: before its first), about one of the servers that it names. */
const happening = fc.record({
  run: fc.nat(3),
  after: fc.constantFrom(0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 7),
  who: fc.nat(5),
  signal,
});

export const story = fc.record({
  environment: fc.constantFrom('classic' as const, 'vpc' as const),
  startsAfterMs: fc.nat(100).map((hours) => hours * HOUR + 5_000),
  servers: fc.array(server, { minLength: 3, maxLength: 6 }),
  policies: fc.tuple(policyTerms, policyTerms),
  published: fc.constantFrom(true, true, true, false),
  runs: fc.array(run, { minLength: 2, maxLength: 4 }),
  happenings: fc.array(happening, { maxLength: 10 }),
  seed: fc.nat(1_000),
});

export type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;
export type ToldServer = Story['servers'][number];
export type ToldFence = Story['policies'][number];
export type ToldRun = Story['runs'][number];
export type Signal = Story['happenings'][number]['signal'];

/** What people have written on a server: its tags. */
export function tagsOf({ env, end: at, life: ttl, keep: kept }: ToldServer): Record<string, string> {
  const all = { env, 'terminate-at': at, ttl, keep: kept };
  return Object.fromEntries(Object.entries(all).flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
}
