import * as years from '@hyunbinseo/holidays-kr/all';
import type { Holidays } from './window.ts';

/**
 * Why a day (`YYYY-MM-DD`) counts as a holiday: its name, several joined by commas; `own date`; or, in a year that the
 * calendar does not know, a sentence that says so. Nobody knows the holidays of such a year, so all of it is closed.
 */
export function holidayName(date: string, holidays: Holidays): string | undefined {
  const official = holidays.calendar === 'KR' ? KOREAN.get(date) : undefined;
  return official ?? (holidays.dates.includes(date) ? 'own date' : unknownYear(date, holidays.calendar));
}

/** The same as a sentence: `2026-12-25 is a holiday (기독탄신일)`. */
export function whyClosed(date: string, holidays: Holidays): string | undefined {
  const name = holidayName(date, holidays);
  if (name === undefined || name === unknownYear(date, holidays.calendar)) return name;
  return `${date} is a holiday (${name})`;
}

/** First and last year whose holidays are known. Without a calendar there is nothing to know: every year that can be written. */
export function coveredYears(calendar: Holidays['calendar']): { from: number; to: number } {
  return calendar === 'KR' ? KOREAN_YEARS : { from: 1, to: 9999 };
}

/** Substitute days (대체공휴일), elections and days declared once (임시공휴일) are in it. */
const KOREAN: ReadonlyMap<string, string> = new Map(
  Object.values(years).flatMap((year) =>
    Object.entries<readonly string[]>(year).map(([date, names]) => [date, names.join(', ')] as const),
  ),
);

const KOREAN_YEARS = yearsOf([...KOREAN.keys()]);

function yearsOf(dates: readonly string[]): { from: number; to: number } {
  const numbers = dates.map((date) => Number(date.slice(0, 4)));
  return { from: Math.min(...numbers), to: Math.max(...numbers) };
}

function unknownYear(date: string, calendar: Holidays['calendar']): string | undefined {
  const { from, to } = coveredYears(calendar);
  const year = date.slice(0, -'-MM-DD'.length);
  // Not `year < from || year > to`: what is not a number must be closed as well.
  if (calendar === 'none' || (Number(year) >= from && Number(year) <= to)) return undefined;
  return `the calendar ${calendar} knows no holidays of ${year}; expected ${from} to ${to}`;
}
