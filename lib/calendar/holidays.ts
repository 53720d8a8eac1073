import * as years from '@hyunbinseo/holidays-kr/all';

/** Why a day (`YYYY-MM-DD`) counts as a holiday. A year beyond the calendar counts as closed, because its holidays are not known. */
export function holidayOn(date: string, holidays: Holidays): Holiday | undefined {
  const name = holidays.calendar === 'KR' ? KOREAN.get(date) : undefined;
  if (name !== undefined) return { kind: 'holiday', date, name };
  return holidays.dates.includes(date) ? { kind: 'own-date', date } : unknownYear(date, holidays.calendar);
}

export type Holiday =
  /** `name`: in Korean, several joined by commas. */
  | { kind: 'holiday'; date: string; name: string }
  /** A date of the policy's own. */
  | { kind: 'own-date'; date: string }
  | { kind: 'unknown-year'; calendar: Holidays['calendar']; year: string; known: { from: number; to: number } };

/** First and last year whose holidays are known. Without a calendar, every year is. */
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

function unknownYear(date: string, calendar: Holidays['calendar']): Holiday | undefined {
  const known = coveredYears(calendar);
  const year = date.slice(0, -'-MM-DD'.length);
  // Not `year < from || year > to`: what is not a number must be closed as well.
  if (calendar === 'none' || (Number(year) >= known.from && Number(year) <= known.to)) return undefined;
  return { kind: 'unknown-year', calendar, year, known };
}

/** Days on which no window opens. */
export interface Holidays {
  /** `KR`: Korean public holidays with their substitutes. */
  calendar: 'KR' | 'none';
  /** Own dates, `YYYY-MM-DD`. */
  dates: string[];
}
