import { describe, expect, it } from 'vitest';
import { MOST_RUNS, parseSchedule, type Schedule } from '../../lib/calendar/schedule.ts';

const DAY = 86_400_000;

function schedule(text: string, timezone = 'Asia/Seoul'): Schedule {
  const parsed = parseSchedule(text, timezone);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.schedule;
}

function problem(text: string, timezone = 'Asia/Seoul'): string {
  const parsed = parseSchedule(text, timezone);
  return parsed.ok ? 'none' : parsed.problem;
}

function runs(text: string, timezone: string, from: string, to: string): string[] {
  const found = schedule(text, timezone).runs(Date.parse(from), Date.parse(to));
  return found.map((at) => new Date(at).toISOString().replace(':00.000Z', 'Z'));
}

describe('the next run', () => {
  it.each([
    ['cron(0 21 ? * MON-FRI *)', 'Asia/Seoul', '2026-11-20T12:00:00Z', '2026-11-20T12:00Z'],
    ['cron(0 21 ? * MON-FRI *)', 'Asia/Seoul', '2026-11-20T12:00:00.001Z', '2026-11-23T12:00Z'],
    ['cron(0 21 ? * 2-6 *)', 'Asia/Seoul', '2026-11-20T12:00:01Z', '2026-11-23T12:00Z'],
    ['cron(0 0 1 * ? *)', 'Asia/Seoul', '2026-11-15T00:00:00Z', '2026-11-30T15:00Z'],
    ['cron(5/20 9-17 * * ? *)', 'Asia/Seoul', '2026-11-24T08:46:00Z', '2026-11-25T00:05Z'],
    // 1 is Sunday, L alone the last day of the week, nL the last such day of the month, n#m the mth
    ['cron(0 0 ? * 1 *)', 'UTC', '2026-11-23T00:00:00Z', '2026-11-29T00:00Z'],
    ['cron(0 0 ? * L *)', 'UTC', '2026-11-23T00:00:00Z', '2026-11-28T00:00Z'],
    ['cron(0 0 ? * 6L *)', 'UTC', '2026-01-01T00:00:00Z', '2026-01-30T00:00Z'],
    ['cron(0 0 ? * FRIL *)', 'UTC', '2026-01-01T00:00:00Z', '2026-01-30T00:00Z'],
    ['cron(0 0 ? * 2#1 *)', 'UTC', '2026-11-01T00:00:00Z', '2026-11-02T00:00Z'],
    ['cron(0 0 ? * TUE#5 *)', 'UTC', '2026-11-01T00:00:00Z', '2026-12-29T00:00Z'],
    // 15 February 2026 is a Sunday, 15 August and 1 August are Saturdays
    ['cron(0 0 15W 2 ? *)', 'UTC', '2026-01-01T00:00:00Z', '2026-02-16T00:00Z'],
    ['cron(0 0 15W 8 ? *)', 'UTC', '2026-01-01T00:00:00Z', '2026-08-14T00:00Z'],
    ['cron(0 0 1W 8 ? *)', 'UTC', '2026-01-01T00:00:00Z', '2026-08-03T00:00Z'],
    // Leap years
    ['cron(0 0 L 2 ? *)', 'UTC', '2026-01-01T00:00:00Z', '2026-02-28T00:00Z'],
    ['cron(0 0 L 2 ? *)', 'UTC', '2028-01-01T00:00:00Z', '2028-02-29T00:00Z'],
    ['cron(0 0 29 FEB ? *)', 'UTC', '2026-01-01T00:00:00Z', '2028-02-29T00:00Z'],
    ['cron(0 0 29 FEB ? *)', 'UTC', '2096-03-01T00:00:00Z', '2104-02-29T00:00Z'],
    ['cron(0 0 ? 2 2#5 *)', 'UTC', '2026-01-01T00:00:00Z', '2044-02-29T00:00Z'],
    ['cron(0 0 1 1 ? 2030/5)', 'UTC', '2031-01-01T00:00:00Z', '2035-01-01T00:00Z'],
    // Hours that do not exist are skipped, those that come twice run once
    ['cron(30 2 * * ? *)', 'America/New_York', '2026-03-07T12:00:00Z', '2026-03-09T06:30Z'],
    ['cron(0 3 * * ? *)', 'America/New_York', '2026-03-07T12:00:00Z', '2026-03-08T07:00Z'],
    ['cron(30 1 * * ? *)', 'America/New_York', '2026-11-01T04:00:00Z', '2026-11-01T05:30Z'],
    ['cron(30 1 * * ? *)', 'America/New_York', '2026-11-01T05:31:00Z', '2026-11-02T06:30Z'],
    ['cron(30 1 * * ? *)', 'America/New_York', '2026-11-01T06:10:00Z', '2026-11-02T06:30Z'],
    ['cron(30 1 * * ? *)', 'Europe/London', '2026-03-28T12:00:00Z', '2026-03-30T00:30Z'],
    ['cron(30 1 * * ? *)', 'Europe/London', '2026-10-24T12:00:00Z', '2026-10-25T00:30Z'],
    ['cron(30 1 * * ? *)', 'Europe/London', '2026-10-25T00:31:00Z', '2026-10-26T01:30Z'],
    ['cron(30 2 * * ? *)', 'Asia/Seoul', '2026-03-07T16:00:00Z', '2026-03-07T17:30Z'],
  ])('of %s in %s from %s is %s', (text, timezone, from, next) => {
    const justAfter = new Date(Date.parse(next) + 1).toISOString();
    expect(runs(text, timezone, from, justAfter)).toEqual([next]);
  });
});

describe('runs', () => {
  it('of every half hour skip the hour that clocks skip', () => {
    // 02:00 in London is 01:00Z that night; 01:00 and 01:30 there are never shown.
    expect(runs('cron(0/30 0-2 * * ? *)', 'Europe/London', '2026-03-29T00:00:00Z', '2026-03-29T12:00:00Z')).toEqual([
      '2026-03-29T00:00Z',
      '2026-03-29T00:30Z',
      '2026-03-29T01:00Z',
      '2026-03-29T01:30Z',
    ]);
  });

  it('of every half hour run once where clocks show an hour twice', () => {
    expect(runs('cron(0/30 1-2 * * ? *)', 'America/New_York', '2026-11-01T04:00:00Z', '2026-11-01T12:00:00Z')).toEqual([
      '2026-11-01T05:00Z',
      '2026-11-01T05:30Z',
      '2026-11-01T07:00Z',
      '2026-11-01T07:30Z',
    ]);
  });

  it('include the beginning of the range and not its end', () => {
    expect(runs('cron(0 * * * ? *)', 'UTC', '2026-01-01T00:00:00Z', '2026-01-01T02:00:00Z')).toEqual([
      '2026-01-01T00:00Z',
      '2026-01-01T01:00Z',
    ]);
  });

  it.each([
    ['a year that is over', 'cron(0 0 1 1 ? 2020)'],
    ['a year after the range', 'cron(0 0 1 1 ? 2199)'],
  ])('are none in %s', (_, text) => {
    expect(runs(text, 'Asia/Seoul', '2026-01-01T00:00:00Z', '2036-01-01T00:00:00Z')).toEqual([]);
  });

  it('are none where every one falls on the hour that is skipped', () => {
    // Clocks in New York go forward at 2:00 on the second Sunday of March.
    const never = schedule('cron(30 2 ? 3 1#2 *)', 'America/New_York');
    expect(never.runs(Date.parse('2026-01-01T00:00:00Z'), Number.POSITIVE_INFINITY)).toEqual([]);
  });

  it.each([
    [5, 5],
    [5, 4],
    [Number.NaN, 5],
    [5, Number.NaN],
  ])('are none from %d to %d', (from, to) => {
    expect(schedule('cron(* * * * ? *)').runs(from, to)).toEqual([]);
    expect(schedule('rate(1 minute)').runs(from, to)).toEqual([]);
  });

  it.each(['cron(* * * * ? *)', 'rate(1 minute)'])('of %s come to an end', (text) => {
    const found = schedule(text).runs(Date.parse('2026-01-01T00:00:00Z'), Number.POSITIVE_INFINITY);
    expect(found).toHaveLength(MOST_RUNS);
  });

  it('end with the last year of AWS', () => {
    const last = Date.parse('2199-12-31T15:00:00Z');
    expect(schedule('cron(0 0 1 1 ? *)').runs(last - 1, Number.POSITIVE_INFINITY)).toEqual([]);
    expect(schedule('cron(0 0 31 12 ? *)').runs(last - DAY, Number.POSITIVE_INFINITY)).toEqual([last - DAY]);
  });

  it('of a rate are counted from the beginning of the range, days being 24 hours', () => {
    expect(runs('rate(1 day)', 'America/New_York', '2026-03-07T17:00:00Z', '2026-03-09T18:00:00Z')).toEqual([
      '2026-03-07T17:00Z',
      '2026-03-08T17:00Z',
      '2026-03-09T17:00Z',
    ]);
    expect(runs('rate(90 minutes)', 'UTC', '2026-01-01T00:10:00Z', '2026-01-01T03:10:00Z')).toEqual([
      '2026-01-01T00:10Z',
      '2026-01-01T01:40Z',
    ]);
  });
});

describe('a schedule that is right', () => {
  it.each([
    ['cron(0 21 ? * MON-FRI *)', 'cron(0 21 ? * MON-FRI *)', 'cron'],
    ['  cron( 0  21 ?   jan-mar mon *)\n', 'cron(0 21 ? JAN-MAR MON *)', 'cron'],
    ['cron(00 09 ? * SUN,SAT 2026-2028)', 'cron(00 09 ? * SUN,SAT 2026-2028)', 'cron'],
    ['rate(5  minutes)', 'rate(5 minutes)', 'rate'],
    ['rate(1 hour)', 'rate(1 hour)', 'rate'],
  ])('%s is kept as AWS takes it', (text, expression, kind) => {
    expect(schedule(text)).toMatchObject({ expression, kind, timezone: 'Asia/Seoul' });
  });
});

describe('a schedule that is wrong', () => {
  it.each([
    ['cron(60 21 ? * MON-FRI *)', 'minutes "60" is wrong; expected 0 to 59'],
    ['cron(0 24 ? * MON-FRI *)', 'hours "24" is wrong; expected 0 to 23'],
    ['cron(0 0 0 * ? *)', 'day-of-month "0" is wrong; expected 1 to 31'],
    ['cron(0 0 32W * ? *)', 'day-of-month "32W" is wrong'],
    ['cron(0 0 1,15W * ? *)', 'day-of-month "1,15W" is wrong'],
    ['cron(0 0 L-3 * ? *)', 'day-of-month "L-3" is wrong'],
    ['cron(0 0 LW * ? *)', 'day-of-month "LW" is wrong'],
    ['cron(0 0 1,,2 * ? *)', 'day-of-month "1,,2" is wrong'],
    ['cron(0 0 1,* * ? *)', 'day-of-month "1,*" is wrong'],
    ['cron(0 0 1 13 ? *)', 'month "13" is wrong; expected 1 to 12 or JAN to DEC'],
    ['cron(0 0 1 JUNE ? *)', 'month "JUNE" is wrong'],
    ['cron(0 0 ? * 0 *)', 'day-of-week "0" is wrong; expected 1 (Sunday) to 7'],
    ['cron(0 0 ? * 8 *)', 'day-of-week "8" is wrong'],
    ['cron(0 0 ? * SAT-MON *)', 'day-of-week "SAT-MON" is wrong'],
    ['cron(0 0 ? * 3#1,6#3 *)', 'day-of-week "3#1,6#3" is wrong'],
    ['cron(0 0 ? * 3#6 *)', 'day-of-week "3#6" is wrong'],
    ['cron(0 0 ? * 2-6/2 *)', 'day-of-week "2-6/2" is wrong'],
    ['cron(0 0 1 1 ? 1969)', 'year "1969" is wrong; expected * or 1970 to 2199'],
    ['cron(0 0 1 1 ? 2200)', 'year "2200" is wrong'],
    ['cron(0/0 0 1 1 ? *)', 'minutes "0/0" is wrong'],
    ['cron(*/60 0 1 1 ? *)', 'minutes "*/60" is wrong'],
    ['cron(5-1 0 1 1 ? *)', 'minutes "5-1" is wrong'],
    ['cron(? 0 1 1 ? *)', 'minutes "?" is wrong'],
    ['cron(0 9시 ? * MON *)', 'hours "9시" is wrong'],
    ['cron(0 0 * * * *)', 'exactly one of day-of-month and day-of-week has to be ?'],
    ['cron(0 0 ? * ? *)', 'exactly one of day-of-month and day-of-week has to be ?'],
    ['cron(0 0 1 * MON *)', 'exactly one of day-of-month and day-of-week has to be ?'],
    ['cron(0 0 31 2 ? *)', 'can never run: no date has day-of-month 31, month 2 and year *'],
    ['cron(0 0 31 4,6,9,11 ? *)', 'can never run: no date has day-of-month 31, month 4,6,9,11'],
    ['cron(0 0 30W 2 ? *)', 'can never run'],
    ['cron(0 0 29 2 ? 2026-2027)', 'can never run: no date has day-of-month 29, month 2 and year 2026-2027'],
    ['cron(0 0 29 2 ? 2100)', 'can never run'],
    ['cron(0 0 ? 2 2#5 2026)', 'can never run: no date has day-of-week 2#5, month 2 and year 2026'],
    ['cron()', 'has 1; expected six fields'],
    [
      'cron(0 0 ? * MON)',
      'has 5; expected six fields (minutes hours day-of-month month day-of-week year), for example cron(0 0 ? * MON *)',
    ],
    ['cron(0 0 0 ? * MON *)', 'has 7; expected six fields'],
    ['rate(1 hours)', 'is no rate; expected a whole number over 0'],
    ['rate(5 minute)', 'is no rate'],
    ['rate(0 minutes)', 'is no rate'],
    ['rate(-5 minutes)', 'is no rate'],
    ['rate(1.5 hours)', 'is no rate'],
    ['rate(5 weeks)', 'is no rate'],
    ['rate(3654 days)', 'is no rate'],
    ['rate()', 'is no rate'],
    ['at(2026-11-20T13:00:00)', 'is no schedule; expected cron(…) or rate(…), for example cron(0 21 ? * MON-FRI *)'],
    ['30 9 ? * MON *', 'is no schedule; expected cron(…) or rate(…), for example cron(30 9 ? * MON *)'],
    ['@daily', 'is no schedule'],
    ['', '"" is no schedule'],
    ['매일 밤', '"매일 밤" is no schedule'],
  ])('%s: %s', (text, sentence) => {
    expect(problem(text)).toContain(sentence);
    expect(problem(text)).toMatch(/expected .* for example /);
  });

  it('has all of it named at once', () => {
    expect(problem('cron(60 24 1 * MON *)')).toMatch(/minutes "60".*hours "24".*exactly one of/);
  });

  it('is quoted with at most 40 characters', () => {
    expect(problem('🙂'.repeat(256))).toContain(`"${'🙂'.repeat(40)}…" is no schedule`);
  });

  it.each(['KST', '+09:00', 'local', 'Asia/Soul'])('has the zone %s', (timezone) => {
    expect(problem('cron(0 21 ? * MON *)', timezone)).toBe(
      `"${timezone}" is no time zone; expected an IANA name, for example Asia/Seoul`,
    );
  });
});

describe('five fields of Unix', () => {
  it.each([
    ['0 21 * * 1-5', 'cron(0 21 ? * MON-FRI *)'],
    ['*/15 9-18 * * *', 'cron(*/15 9-18 * * ? *)'],
    ['0 2 * * 0', 'cron(0 2 ? * SUN *)'],
    ['0 2 * * 7', 'cron(0 2 ? * SUN *)'],
    ['0 2 * * 6,0', 'cron(0 2 ? * SUN,SAT *)'],
    ['0 2 * * 5-7', 'cron(0 2 ? * SUN,FRI,SAT *)'],
    ['0 2 * * */2', 'cron(0 2 ? * SUN,TUE,THU,SAT *)'],
    ['0 2 * * mon', 'cron(0 2 ? * MON *)'],
    ['0 0 1 jan *', 'cron(0 0 1 JAN ? *)'],
    ['cron(0 21 * * 1-5)', 'cron(0 21 ? * MON-FRI *)'],
    // What AWS cannot say, or what is no cron at all: an example that is right in itself.
    ['0 0 13 * 5', 'cron(0 21 ? * MON-FRI *)'],
    ['60 25 1 1 *', 'cron(0 21 ? * MON-FRI *)'],
    ['0 0 * * 9', 'cron(0 21 ? * MON-FRI *)'],
    ['every night at nine please', 'cron(0 21 ? * MON-FRI *)'],
  ])('%s are refused, and shown as %s', (text, example) => {
    expect(problem(text)).toContain('is cron as Unix writes it; expected the six fields of EventBridge Scheduler');
    expect(problem(text)).toMatch(/ for example (.*)$/);
    expect(problem(text).split(' for example ')[1]).toBe(example);
    expect(problem(example)).toBe('none');
  });
});
