import { describe, expect, it } from 'vitest';
import { coveredYears } from '../../lib/calendar/holidays.ts';
import { type Weekday, type Window, windowAt } from '../../lib/calendar/window.ts';
import { closedInEnglish } from '../../lib/wording/say.ts';

const DAYS: Weekday[] = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];
const WORKDAYS = DAYS.slice(0, 5);

/** Working hours in Seoul. */
function seoul(changes: Partial<Window> = {}): Window {
  const holidays = { calendar: 'KR' as const, dates: [] };
  return { timezone: 'Asia/Seoul', days: WORKDAYS, from: '09:00', to: '18:00', holidays, ...changes };
}

/** Every day, without holidays. */
function daily(timezone: string, from: string, to: string): Window {
  return { timezone, days: DAYS, from, to, holidays: { calendar: 'none', dates: [] } };
}

function iso(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString().replace(':00.000Z', 'Z');
}

/** `open until …`, or `closed until …: because`. */
function stateAt(window: Window, now: string): string {
  const state = windowAt(window, Date.parse(now));
  if (state.open) return `open until ${iso(state.closesAt)}`;
  return `closed until ${iso(state.opensAt)}: ${closedInEnglish(state.because)}`;
}

describe('a window of working hours in Seoul', () => {
  it.each([
    ['2026-11-23T23:59:59.999Z', 'closed until 2026-11-24T00:00Z: outside 09:00–18:00'],
    ['2026-11-24T00:00:00Z', 'open until 2026-11-24T09:00Z'],
    ['2026-11-24T08:59:59.999Z', 'open until 2026-11-24T09:00Z'],
    ['2026-11-24T09:00:00Z', 'closed until 2026-11-25T00:00Z: outside 09:00–18:00'],
    ['2026-11-27T09:00:00Z', 'closed until 2026-11-30T00:00Z: outside 09:00–18:00'],
    ['2026-11-28T03:00:00Z', 'closed until 2026-11-30T00:00Z: Saturday'],
    ['2026-11-28T15:00:00Z', 'closed until 2026-11-30T00:00Z: Sunday'],
    // Holidays that fall on workdays
    ['2026-12-25T03:00:00Z', 'closed until 2026-12-28T00:00Z: 2026-12-25 is a holiday (기독탄신일)'],
    ['2026-02-13T10:00:00Z', 'closed until 2026-02-19T00:00Z: outside 09:00–18:00'],
    ['2026-09-23T10:00:00Z', 'closed until 2026-09-28T00:00Z: outside 09:00–18:00'],
    ['2026-06-03T01:00:00Z', 'closed until 2026-06-04T00:00Z: 2026-06-03 is a holiday (전국동시지방선거)'],
    // Substitutes: the Mondays after 1 March 2026 (Sunday), 15 August and 3 October 2026, 25 December 2027 (Saturdays)
    ['2026-02-27T10:00:00Z', 'closed until 2026-03-03T00:00Z: outside 09:00–18:00'],
    ['2026-03-02T01:00:00Z', 'closed until 2026-03-03T00:00Z: 2026-03-02 is a holiday (대체공휴일(3ㆍ1절))'],
    ['2026-08-17T01:00:00Z', 'closed until 2026-08-18T00:00Z: 2026-08-17 is a holiday (대체공휴일(광복절))'],
    ['2026-10-05T01:00:00Z', 'closed until 2026-10-06T00:00Z: 2026-10-05 is a holiday (대체공휴일(개천절))'],
    ['2027-12-24T10:00:00Z', 'closed until 2027-12-28T00:00Z: outside 09:00–18:00'],
  ])('at %s is %s', (now, state) => {
    expect(stateAt(seoul(), now)).toBe(state);
  });

  it('is open on holidays where none are asked for', () => {
    const window = seoul({ holidays: { calendar: 'none', dates: [] } });
    expect(stateAt(window, '2026-12-25T03:00:00Z')).toBe('open until 2026-12-25T09:00Z');
  });

  it('is closed on its own dates', () => {
    const window = seoul({ holidays: { calendar: 'none', dates: ['2026-11-24'] } });
    expect(stateAt(window, '2026-11-24T03:00:00Z')).toBe(
      'closed until 2026-11-25T00:00Z: 2026-11-24 is a holiday set in the policy',
    );
  });

  it('never opens in a year whose holidays nobody knows, and says so', () => {
    const { from, to } = coveredYears('KR');
    expect(stateAt(seoul(), `${to + 1}-01-04T03:00:00Z`)).toBe(
      `closed until undefined: the calendar KR has no holidays for ${to + 1}, only for ${from} to ${to}`,
    );
    expect(stateAt(seoul({ days: DAYS, from: '00:00', to: '24:00' }), `${to}-12-31T03:00:00Z`)).toBe(
      `open until ${to}-12-31T15:00Z`,
    );
  });
});

describe('a window over midnight', () => {
  const night = seoul({ from: '21:00', to: '06:00' });
  it.each([
    ['Friday night', '2026-11-27T12:00:00Z', 'open until 2026-11-27T21:00Z'],
    ['the small hours of Saturday, which are Friday night', '2026-11-27T18:00:00Z', 'open until 2026-11-27T21:00Z'],
    ['Saturday night', '2026-11-28T12:00:00Z', 'closed until 2026-11-30T12:00Z: Saturday'],
    [
      'the small hours of Monday',
      '2026-11-29T18:00:00Z',
      'closed until 2026-11-30T12:00Z: the night from Sunday to Monday',
    ],
    ['noon', '2026-11-24T03:00:00Z', 'closed until 2026-11-24T12:00Z: outside 21:00–06:00'],
    [
      'the morning after a holiday',
      '2026-12-25T18:00:00Z',
      'closed until 2026-12-28T12:00Z: 2026-12-25 is a holiday (기독탄신일)',
    ],
    [
      'the small hours of a holiday, which are the night before',
      '2026-12-24T18:00:00Z',
      'open until 2026-12-24T21:00Z',
    ],
  ])('belongs to the day on which it began: %s', (_, now, state) => {
    expect(stateAt(night, now)).toBe(state);
  });

  it('with the same beginning and end is a whole day', () => {
    const window = { ...daily('Asia/Seoul', '09:00', '09:00'), days: ['MON' as const] };
    expect(stateAt(window, '2026-11-23T00:00:00Z')).toBe('open until 2026-11-24T00:00Z');
    expect(stateAt(window, '2026-11-24T00:00:00Z')).toBe('closed until 2026-11-30T00:00Z: Tuesday');
  });
});

describe('windows that touch', () => {
  it('are one', () => {
    expect(stateAt(seoul({ from: '00:00', to: '24:00' }), '2026-11-22T15:00:00Z')).toBe('open until 2026-11-27T15:00Z');
  });

  it('never close where they are all the week', () => {
    expect(stateAt(daily('Europe/London', '00:00', '24:00'), '2026-10-01T00:00:00Z')).toBe('open until undefined');
  });

  it('close on the holiday that comes within the year', () => {
    const window = seoul({ days: DAYS, from: '00:00', to: '24:00' });
    expect(stateAt(window, '2026-12-26T00:00:00Z')).toBe('open until 2026-12-31T15:00Z');
  });
});

describe('the night on which the clocks change', () => {
  it.each([
    ['America/New_York', '02:15', '06:00', '2026-03-08T05:00:00Z', '2026-03-08T07:00Z', '2026-03-08T10:00Z'],
    ['America/New_York', '02:15', '02:45', '2026-03-08T05:00:00Z', '2026-03-09T06:15Z', '2026-03-09T06:45Z'],
    ['America/New_York', '01:00', '02:30', '2026-03-08T05:00:00Z', '2026-03-08T06:00Z', '2026-03-08T07:00Z'],
    ['America/New_York', '01:15', '01:45', '2026-11-01T04:00:00Z', '2026-11-01T05:15Z', '2026-11-01T05:45Z'],
    ['America/New_York', '01:15', '01:45', '2026-11-01T05:45:00Z', '2026-11-01T06:15Z', '2026-11-01T06:45Z'],
    ['America/New_York', '01:00', '02:00', '2026-11-01T04:00:00Z', '2026-11-01T05:00Z', '2026-11-01T07:00Z'],
    ['America/New_York', '22:00', '06:00', '2026-11-01T01:00:00Z', '2026-11-01T02:00Z', '2026-11-01T11:00Z'],
    ['Europe/London', '01:00', '02:00', '2026-03-29T00:00:00Z', '2026-03-30T00:00Z', '2026-03-30T01:00Z'],
    ['Europe/London', '01:30', '03:00', '2026-03-29T00:00:00Z', '2026-03-29T01:00Z', '2026-03-29T02:00Z'],
    ['Europe/London', '01:00', '02:00', '2026-10-24T12:00:00Z', '2026-10-25T00:00Z', '2026-10-25T02:00Z'],
    ['Asia/Seoul', '02:15', '02:45', '2026-03-07T17:00:00Z', '2026-03-07T17:15Z', '2026-03-07T17:45Z'],
  ])('in %s %s to %s, seen from %s, is %s to %s', (timezone, from, to, now, opens, closes) => {
    const window = daily(timezone, from, to);
    const closed = windowAt(window, Date.parse(now));
    expect(closed.open ? 'open' : iso(closed.opensAt)).toBe(opens);
    const open = windowAt(window, Date.parse(opens));
    expect(open.open ? iso(open.closesAt) : 'closed').toBe(closes);
  });
});

describe('a window that does not open', () => {
  it('within 366 days has no time at which it opens', () => {
    const dates = Array.from({ length: 366 }, (_, day) =>
      new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10),
    );
    const window = { ...daily('UTC', '00:00', '24:00'), holidays: { calendar: 'none' as const, dates } };
    expect(stateAt(window, '2026-01-01T00:00:00Z')).toContain('until 2027-01-02T00:00Z: ');
    expect(stateAt(window, '2025-12-31T23:00:00Z')).toContain('open until 2026-01-01T00:00Z');
    window.from = '12:00';
    expect(stateAt(window, '2026-01-01T00:00:00Z')).toContain('until undefined: ');
    expect(stateAt(window, '2026-01-01T12:00:00Z')).toContain('until 2027-01-02T12:00Z: ');
    window.holidays.dates.push('2027-01-02');
    expect(stateAt(window, '2026-01-01T00:00:00Z')).toContain(
      'until undefined: 2026-01-01 is a holiday set in the policy',
    );
  });

  it('because it has no days', () => {
    expect(windowAt({ ...daily('UTC', '00:00', '24:00'), days: [] }, 0)).toMatchObject({ opensAt: undefined });
  });
});

describe('a window that cannot be understood', () => {
  it.each([
    [{ from: '9:00' }, 'no time of day: "9:00"'],
    [{ to: '24:01' }, 'no time of day: "24:01"'],
    [{ timezone: 'Mars/Base' }, 'MARS/BASE'],
  ])('is an error: %j', (changes, message) => {
    expect(() => windowAt(seoul(changes), 0)).toThrow(message);
  });
});
