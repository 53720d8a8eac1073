import { describe, expect, it } from 'vitest';
import { nextRuns } from '../../lib/policies/next.ts';
import { windowOf } from '../../lib/policies/resolve.ts';
import { closedInEnglish } from '../../lib/wording/say.ts';
import { policyFile, SELECT, sound, soundPolicy } from './written.ts';

const at = (text: string): number => Date.parse(text);

function runs(from: string, to: string, ...lines: string[]): [at: string, actsAt: string, because: string][] {
  return nextRuns(sound(policyFile([SELECT, ...lines])), { from: at(from), to: at(to) }).map((run) => {
    if (run.kind === 'every') throw new Error('expected instants');
    const acts = run.actsAt === undefined ? 'never' : new Date(run.actsAt).toISOString();
    return [new Date(run.at).toISOString(), acts, run.because === null ? '' : closedInEnglish(run.because)];
  });
}

describe('the next runs', () => {
  const nightly = 'schedule: cron(0 21 ? * MON-FRI *)';

  it('are listed in the order of time, for all policies', () => {
    const text = `version: 1
policies:
  late: { ${SELECT}, schedule: cron(0 23 * * ? *) }
  early: { ${SELECT}, schedule: cron(0 5 * * ? *), timezone: UTC }
`;
    const found = nextRuns(sound(text), { from: at('2026-11-23T00:00:00Z'), to: at('2026-11-24T12:00:00Z') });
    expect(found.map((run) => [run.policy, run.kind === 'at' && new Date(run.at).toISOString()])).toEqual([
      ['early', '2026-11-23T05:00:00.000Z'],
      ['late', '2026-11-23T14:00:00.000Z'],
      ['early', '2026-11-24T05:00:00.000Z'],
    ]);
  });

  it('act at once where there is no window', () => {
    expect(runs('2026-11-27T00:00:00Z', '2026-12-01T00:00:00Z', nightly)).toEqual([
      ['2026-11-27T12:00:00.000Z', '2026-11-27T12:00:00.000Z', ''],
      ['2026-11-30T12:00:00.000Z', '2026-11-30T12:00:00.000Z', ''],
    ]);
  });

  it('wait for the window to open', () => {
    const [run] = runs('2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z', nightly, "window: {from: '22:00', to: '06:00'}");
    expect(run?.slice(0, 2)).toEqual(['2026-11-23T12:00:00.000Z', '2026-11-23T13:00:00.000Z']);
    expect(run?.[2]).not.toBe('');
  });

  it('wait until a holiday is over, and name it', () => {
    // 25 December 2026 is a Friday.
    const lines = [nightly, "window: {days: [MON, TUE, WED, THU, FRI], from: '21:00', to: '06:00'}", 'holidays: {}'];
    expect(runs('2026-12-25T00:00:00Z', '2026-12-26T00:00:00Z', ...lines)).toEqual([
      ['2026-12-25T12:00:00.000Z', '2026-12-28T12:00:00.000Z', expect.stringContaining('기독탄신일')],
    ]);
  });

  it('of holidays without a window act on the next day', () => {
    const lines = ['schedule: cron(0 12 * * ? *)', 'holidays: {calendar: none, dates: [2026-12-31]}'];
    expect(runs('2026-12-31T00:00:00Z', '2027-01-01T00:00:00Z', ...lines)).toEqual([
      ['2026-12-31T03:00:00.000Z', '2026-12-31T15:00:00.000Z', expect.stringContaining('2026-12-31')],
    ]);
  });

  it('of a rate are counted from a deployment that nobody knows here', () => {
    const policies = sound(policyFile([SELECT, 'schedule: rate(6 hours)']));
    expect(nextRuns(policies, { from: at('2026-11-23T00:00:00Z'), to: at('2026-11-30T00:00:00Z') })).toEqual([
      { kind: 'every', policy: 'p', timezone: 'Asia/Seoul', every: '6 hours' },
    ]);
  });

  it('of a policy without a schedule do not exist', () => {
    expect(runs('2026-11-23T00:00:00Z', '2027-11-23T00:00:00Z')).toEqual([]);
  });
});

describe('the window of a policy', () => {
  const days = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];
  const none = { calendar: 'none', dates: [] };

  it.each<[string, string[], object | null]>([
    ['nothing', [], null],
    [
      'hours',
      ["window: {days: [MON], from: '21:00', to: '06:00'}"],
      { timezone: 'Asia/Seoul', days: ['MON'], from: '21:00', to: '06:00', holidays: none },
    ],
    [
      'holidays',
      ['holidays: {}', 'timezone: UTC'],
      { timezone: 'UTC', days, from: '00:00', to: '24:00', holidays: { calendar: 'KR', dates: [] } },
    ],
    [
      'both',
      ["window: {from: '21:00', to: '06:00'}", 'holidays: {calendar: none, dates: [2026-12-31]}'],
      {
        timezone: 'Asia/Seoul',
        days,
        from: '21:00',
        to: '06:00',
        holidays: { calendar: 'none', dates: ['2026-12-31'] },
      },
    ],
  ])('with %s', (_title, lines, window) => {
    expect(windowOf(soundPolicy(SELECT, ...lines))).toEqual(window);
  });
});
