import { describe, expect, it } from 'vitest';
import { coveredYears, type Holidays, holidayOn } from '../../lib/calendar/holidays.ts';
import { closedInEnglish } from '../../lib/wording/say.ts';

const KR = { calendar: 'KR' as const, dates: [] };
const NONE = { calendar: 'none' as const, dates: [] };

function whyClosed(date: string, holidays: Holidays): string | undefined {
  const holiday = holidayOn(date, holidays);
  return holiday && closedInEnglish(holiday);
}

describe('Korean public holidays', () => {
  it.each([
    ['2026-01-01', '1월 1일'],
    ['2026-02-17', '설날'],
    ['2026-03-01', '3ㆍ1절'],
    ['2026-03-02', '대체공휴일(3ㆍ1절)'],
    ['2026-05-25', '대체공휴일(부처님 오신 날)'],
    ['2026-08-15', '광복절'],
    ['2026-08-17', '대체공휴일(광복절)'],
    ['2026-10-05', '대체공휴일(개천절)'],
    ['2026-12-25', '기독탄신일'],
    ['2027-02-09', '대체공휴일(설날)'],
    ['2027-12-27', '대체공휴일(기독탄신일)'],
    ['2025-05-05', '어린이날, 부처님 오신 날'],
  ])('%s is %s', (date, name) => {
    expect(holidayOn(date, KR)).toEqual({ kind: 'holiday', date, name });
    expect(whyClosed(date, KR)).toBe(`${date} is a holiday (${name})`);
    expect(holidayOn(date, NONE)).toBeUndefined();
  });

  // 현충일 2026 falls on a Saturday and has no substitute.
  it.each(['2026-06-08', '2026-03-03', '2026-08-18', '2026-11-24'])('%s is none', (date) => {
    expect(holidayOn(date, KR)).toBeUndefined();
    expect(whyClosed(date, KR)).toBeUndefined();
  });

  it('are known of this year and the next', () => {
    expect(coveredYears('KR').from).toBeLessThanOrEqual(2026);
    expect(coveredYears('KR').to).toBeGreaterThanOrEqual(2027);
  });

  it.each(['9999', '2017'])('are not known of %s, so that all of it is closed', (year) => {
    const { from, to } = coveredYears('KR');
    const sentence = `the calendar KR has no holidays for ${year}, only for ${from} to ${to}`;
    expect(holidayOn(`${year}-11-24`, KR)).toEqual({ kind: 'unknown-year', calendar: 'KR', year, known: { from, to } });
    expect(whyClosed(`${year}-11-24`, KR)).toBe(sentence);
  });

  it('of a year that is not a number are not known either', () => {
    expect(whyClosed('soon', KR)).toContain('has no holidays');
  });
});

describe('own dates', () => {
  it.each(['KR', 'none'] as const)('count with the calendar %s', (calendar) => {
    const holidays = { calendar, dates: ['2026-12-31'] };
    expect(holidayOn('2026-12-31', holidays)).toEqual({ kind: 'own-date', date: '2026-12-31' });
    expect(whyClosed('2026-12-31', holidays)).toBe('2026-12-31 is a holiday set in the policy');
    expect(holidayOn('2026-12-30', holidays)).toBeUndefined();
  });

  it('have the name of the public holiday if they are one', () => {
    expect(holidayOn('2026-12-25', { calendar: 'KR', dates: ['2026-12-25'] })).toMatchObject({ name: '기독탄신일' });
  });
});

it('without a calendar every year is known', () => {
  expect(coveredYears('none')).toEqual({ from: 1, to: 9999 });
  expect(holidayOn('2031-03-04', NONE)).toBeUndefined();
});
