import { Temporal } from 'temporal-polyfill';
import { quoted } from './quoted.ts';
import { minuteIn } from './zoned.ts';

export { zonedAndUtc } from './zoned.ts';

/** What somebody wrote as a time. Milliseconds since the epoch. */
export interface When {
  startsAt: number;
  /** For a date the beginning of the next day; otherwise the same as `startsAt`. */
  endsAt: number;
  /** A whole day was meant, in the zone that it was read in. */
  isDate: boolean;
}

/**
 * An instant with its offset (RFC 3339; seconds may be left out, and the offset written as NCP writes it, `+0900`) or a
 * date, which is the whole day in `timezone`. Throws a RangeError when that zone does not exist.
 */
export function parseWhen(text: string, timezone: string): { ok: true; at: When } | { ok: false; problem: string } {
  const trimmed = text.trim();
  const [, date, time, offset] = /^(\d{4}-\d\d-\d\d)(?:[Tt ]([\d:.]+)(.*))?$/.exec(trimmed) ?? [];
  if (date === undefined)
    return wrong(trimmed, 'is neither an instant nor a date', 'one of them, in the years 0001 to 9999');
  const day = dayOf(date);
  if (day === undefined) return wrong(trimmed, 'names a day that does not exist', 'a day of the years 0001 to 9999');
  if (time === undefined || offset === undefined) return { ok: true, at: wholeDay(day, timezone) };
  return instant(trimmed, day, time, offset);
}

/** Whether this is the name of a zone as IANA writes it: `Asia/Seoul`, `UTC`; no offset, no abbreviation such as `KST` or `EST`. */
export function isTimeZone(name: string): boolean {
  // Abbreviations that IANA keeps for old times' sake (EST, Japan) know no daylight saving or no second meaning: left out.
  if (name !== 'UTC' && !/^[A-Z][A-Za-z_]*(\/[A-Za-z0-9_+-]+)+$/.test(name)) return false;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId === name;
  } catch {
    return false;
  }
}

/** `2026-11-24 09:00 KST`; where the zone has no usual short name, its offset: `2026-11-24 09:00 +05:45`. */
export function inZone(at: number, timezone: string): string {
  return `${minuteIn(at, timezone)} ${shortName(at, timezone)}`;
}

type Read = ReturnType<typeof parseWhen>;

function dayOf(date: string): Temporal.PlainDate | undefined {
  try {
    const day = Temporal.PlainDate.from(date);
    return day.year >= 1 ? day : undefined;
  } catch {
    return undefined;
  }
}

/** Where midnight is skipped, the day begins with the first moment that there is. */
function wholeDay(day: Temporal.PlainDate, timezone: string): When {
  const startsAt = day.toZonedDateTime(timezone).epochMilliseconds;
  return { startsAt, endsAt: day.add({ days: 1 }).toZonedDateTime(timezone).epochMilliseconds, isDate: true };
}

function instant(text: string, day: Temporal.PlainDate, time: string, offset: string): Read {
  if (/^\d\d:\d\d:60(\.\d+)?$/.test(time)) {
    return wrong(text, 'is a leap second, which no clock here has', 'seconds 00 to 59');
  }
  if (!/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?$/.test(time)) {
    return wrong(text, 'has no such time of day', '00:00:00 to 23:59:59');
  }
  if (offset === '') return wrong(text, 'has no time zone', 'Z or an offset after it');
  if (!/^([Zz]|[+-]([01]\d|2[0-3]):?[0-5]\d)$/.test(offset)) {
    return wrong(text, 'has an offset that cannot be read', 'Z or an offset from -23:59 to +23:59');
  }
  const startsAt = Temporal.Instant.from(`${day.toString()}T${time}${offset.toUpperCase()}`).epochMilliseconds;
  return { ok: true, at: { startsAt, endsAt: startsAt, isDate: false } };
}

function wrong(text: string, what: string, expected: string): { ok: false; problem: string } {
  const example = 'for example 2026-11-24T09:00:00+09:00, or a date such as 2026-11-24';
  return { ok: false, problem: `${quoted(text)} ${what}; expected ${expected}, ${example}` };
}

function shortName(at: number, timezone: string): string {
  const { offset } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone);
  // Intl calls it GMT+9 in every language.
  if (timezone === 'Asia/Seoul' && offset === '+09:00') return 'KST';
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'short' }).formatToParts(at);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return /^[A-Z]+$/.test(name) ? name : offset;
}
