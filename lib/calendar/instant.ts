import { Temporal } from 'temporal-polyfill';
import { quoted } from './quoted.ts';

/** What somebody wrote as a time. Milliseconds since the epoch. */
export interface When {
  startsAt: number;
  /** For a date the beginning of the next day; otherwise the same as `startsAt`. */
  endsAt: number;
  /** A whole day was meant, in the zone that it was read in. */
  isDate: boolean;
}

/**
 * An instant with its offset, or a date, which is the whole day in `timezone`. Beside RFC 3339 the forms that a tag of VPC
 * may hold, which takes neither colon nor blank: ISO 8601 basic (`20261124T090000+0900`), a time with dots or hyphens, and
 * `2026-11-24_09-00` with the time of `timezone`. Seconds may be left out. Throws a RangeError when that zone does not exist.
 */
export function parseWhen(text: string, timezone: string): { ok: true; at: When } | { ok: false; problem: string } {
  const trimmed = text.trim();
  const [, year, , month, dayOfMonth, parted, rest = ''] = LIKE_A_DAY.exec(trimmed) ?? [];
  if (year === undefined)
    return wrong(trimmed, 'is neither an instant nor a date', 'one of them, in the years 0001 to 9999');
  const day = dayOf(`${year}-${month}-${dayOfMonth}`);
  if (day === undefined) return wrong(trimmed, 'names a day that does not exist', 'a day of the years 0001 to 9999');
  if (parted === undefined) return { ok: true, at: wholeDay(day, timezone) };
  return instant(trimmed, day, rest, parted === '_' ? timezone : undefined);
}

/** Year, month and day; then what parts them from the time, and the time with its offset. */
const LIKE_A_DAY = /^(\d{4})(-?)(\d\d)\2(\d\d)(?:([Tt _])(\d.*))?$/s;

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

/** Hour, minute and second with one kind of mark between them, or with none; then whatever follows. */
const CLOCK = /^(\d\d)([:.-]?)(\d\d)(?:\2(\d\d)(\.\d{1,9})?)?(?![\d:.])(.*)$/s;

/** `local`: the zone of a time without an offset, where the form allows one. */
function instant(text: string, day: Temporal.PlainDate, time: string, local: string | undefined): Read {
  const [, hour, , minute, second = '00', fraction = '', offset = ''] = CLOCK.exec(time) ?? [];
  if (second === '60') {
    return wrong(text, 'is a leap second, which no clock here has', 'seconds 00 to 59');
  }
  const clock = `${hour}:${minute}:${second}${fraction}`;
  if (!/^([01]\d|2[0-3])(:[0-5]\d){2}(\.|$)/.test(clock)) {
    return wrong(text, 'has no such time of day', '00:00:00 to 23:59:59');
  }
  if (offset === '' && local === undefined) return wrong(text, 'has no time zone', 'Z or an offset after it');
  if (!/^([Zz]|[+-]([01]\d|2[0-3]):?[0-5]\d|)$/.test(offset)) {
    return wrong(text, 'has an offset that cannot be read', 'Z or an offset from -23:59 to +23:59');
  }
  const startsAt =
    offset === ''
      ? // Of an hour that comes twice, or never, the later reading: nothing ends too early.
        day.toPlainDateTime(clock).toZonedDateTime(local ?? 'UTC', { disambiguation: 'later' }).epochMilliseconds
      : Temporal.Instant.from(`${day.toString()}T${clock}${offset.toUpperCase()}`).epochMilliseconds;
  return { ok: true, at: { startsAt, endsAt: startsAt, isDate: false } };
}

function wrong(text: string, what: string, expected: string): { ok: false; problem: string } {
  const example = 'for example 20261124T090000+0900, or a date such as 2026-11-24';
  return { ok: false, problem: `${quoted(text)} ${what}; expected ${expected}, ${example}` };
}
