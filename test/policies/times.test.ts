import { describe, expect, it } from 'vitest';
import { checkPolicies } from '../../lib/policies/check.ts';
import { policyFile, problemsOf, SELECT } from './written.ts';

const found = (...lines: string[]): string[] => problemsOf(SELECT, ...lines);

describe('a schedule', () => {
  it.each([
    'cron(0 21 ? * MON-FRI *)',
    'cron(* * * * ? *)',
    'cron(0 0 29 2 ? *)',
    'cron(0 0 1 1 ? 2030)',
    'rate(1 hour)',
    'rate(3650 days)',
  ])('%s is taken', (schedule) => {
    expect(found(`schedule: ${schedule}`)).toEqual([]);
  });

  it.each<[string, string]>([
    ['cron(0 0 30 2 ? *)', 'can never run'],
    ['cron(0 0 1 1 ? 2020)', 'does not fire within the next five years'],
    ['cron(0 0 1 1 ? 2040)', 'does not fire within the next five years'],
    ['cron(0 24 * * ? *)', 'for example'],
    ['cron(0 21 * * MON-FRI *)', 'for example'],
    ['0 21 * * *', 'is cron as Unix writes it'],
    ['at(2026-12-01T00:00:00)', 'for example'],
    ['every day', 'for example'],
    ['rate(1 hours)', 'rate(1 hour)'],
    ['""', 'for example'],
  ])('%s is refused', (schedule, message) => {
    const problems = found(`schedule: ${schedule}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^schedule: /);
    expect(problems[0]).toContain(message);
  });

  it('that is wrong is reported besides a wrong time zone', () => {
    expect(found('schedule: cron(0 0 30 2 ? *)', 'timezone: Asia/Soul')).toHaveLength(2);
  });
});

describe('a time zone', () => {
  it.each(['Asia/Seoul', 'UTC', 'Europe/London', 'America/Argentina/Buenos_Aires'])('%s is taken', (zone) => {
    expect(found(`timezone: ${zone}`)).toEqual([]);
  });

  it.each(['KST', '+09:00', 'GMT+9', 'Korea', 'asia/seoul', 'Asia/Busan', '""', 'Asia/Seoul\\u0000'])(
    '%s is refused',
    (zone) => {
      expect(found(`timezone: "${zone.replaceAll('"', '')}"`)).toEqual([
        expect.stringMatching(/^timezone: .* is no IANA time zone; (expected|did you mean)/),
      ]);
    },
  );
});

describe('a window', () => {
  it.each<[string, string]>([
    ["{from: '9:00', to: '18:00'}", 'window.from: "9:00": expected wall clock'],
    ["{from: '24:00', to: '06:00'}", 'window.from: "24:00": expected wall clock'],
    ["{from: '21:00', to: '24:01'}", 'window.to: "24:01": expected wall clock'],
    ["{from: '21:00'}", "window.to: missing; text is expected, for example to: '06:00'"],
    ["{days: [], from: '21:00', to: '06:00'}", 'window.days: expected at least one item'],
    ["{days: [MON, TUE, MON], from: '21:00', to: '06:00'}", 'window.days: MON is listed twice'],
    ["{days: [Mon], from: '21:00', to: '06:00'}", 'window.days.0: "Mon": expected MON or TUE'],
    ["{days: [MON-FRI], from: '21:00', to: '06:00'}", 'window.days.0: "MON-FRI": expected MON or TUE'],
    ["{from: '06:00', to: '06:00'}", 'window: from and to are both 06:00'],
    ["{from: '21:00', to: '06:00', zone: UTC}", 'window.zone: unknown key'],
  ])('%s is refused', (window, message) => {
    expect(found(`window: ${window}`)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    "{from: '00:00', to: '24:00'}",
    "{from: '21:00', to: '00:00'}",
    "{days: [SUN], from: '23:59', to: '00:00'}",
  ])('%s is taken', (window) => {
    expect(found(`window: ${window}`)).toEqual([]);
  });

  it('that never opens, for all its days are holidays, is refused', () => {
    const sundays = Array.from({ length: 110 }, (_, week) =>
      new Date(Date.UTC(2026, 10, 22 + 7 * week)).toISOString().slice(0, 10),
    );
    const lines = [
      "window: {days: [SUN], from: '01:00', to: '02:00'}",
      `holidays: {calendar: none, dates: [${sundays.join(', ')}]}`,
    ];
    expect(found(...lines)).toEqual([
      expect.stringMatching(/^window: does not open within a year: .*; runs would wait for ever$/),
    ]);
    const [window = '', holidays = ''] = lines;
    expect(found(window, holidays.replace(`${sundays[40]}, `, ''))).toEqual([]);
  });
});

describe('holidays', () => {
  it.each<[string, string]>([
    ['{calendar: JP}', 'holidays.calendar: "JP": expected KR or none'],
    ['{dates: [2027-02-29]}', 'holidays.dates.0: "2027-02-29": expected own holidays, YYYY-MM-DD'],
    ['{dates: [31.12.2026]}', 'holidays.dates.0: "31.12.2026": expected own holidays, YYYY-MM-DD'],
    ['{dates: [2026-12-31, "2026-12-31"]}', 'holidays.dates: 2026-12-31 is listed twice'],
    ['KR', 'holidays: "KR" where a map is expected'],
  ])('%s are refused', (holidays, message) => {
    expect(found(`holidays: ${holidays}`)).toEqual([expect.stringContaining(message)]);
  });

  it('of Korea that are not known for the coming year are worth a warning, and no more', () => {
    const text = policyFile([SELECT, 'holidays: {}']);
    const later = checkPolicies(text, { now: Date.parse('2027-01-15T00:00:00Z') });
    expect(later.warnings).toEqual([expect.objectContaining({ path: 'policies.p.holidays', line: 5 })]);
    expect(later.warnings[0]?.message).toContain('Korean holidays are known up to 2027');
    expect(later.policies).toBeDefined();
    expect(checkPolicies(text, { now: Date.parse('2026-11-23T00:00:00Z') }).warnings).toEqual([]);
  });
});

describe('a grace', () => {
  it.each(['30d', '720h', 'P30D', '1m', 'PT1S'])('of %s is taken', (stopFor) => {
    expect(found(`grace: {stopFor: ${stopFor}}`)).toEqual([]);
  });

  it.each<[string, string]>([
    ['31d', '31d is longer than 30 days'],
    ['721h', '721h is longer than 30 days'],
    ['P1M', 'P1M has months or years'],
    ['P1Y', 'P1Y has months or years'],
    ['0d', 'is no time at all'],
    ['-1d', 'is negative'],
    ['a week', 'is no duration'],
  ])('of %s is refused', (stopFor, message) => {
    expect(found(`grace: {stopFor: ${stopFor}}`)).toEqual([expect.stringMatching(/^grace.stopFor: .*for example/)]);
    expect(found(`grace: {stopFor: ${stopFor}}`)[0]).toContain(message);
  });
});
