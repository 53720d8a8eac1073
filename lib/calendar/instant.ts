import { Temporal } from 'temporal-polyfill';
import { shortened } from './quoted.ts';

/** What somebody wrote as a time. Milliseconds since the epoch. */
export interface When {
  startsAt: number;
  /** For a date the beginning of the next day; otherwise the same as `startsAt`. */
  endsAt: number;
  /** A whole day was meant, in the zone that it was read in. */
  isDate: boolean;
}

/** Why a text is neither an instant nor a date. `lib/wording` turns it into a sentence. */
export interface WhenProblem {
  kind: 'neither-instant-nor-date' | 'no-such-day' | 'leap-second' | 'no-such-time' | 'no-time-zone' | 'bad-offset';
  /** As it was written, cut after 40 characters. */
  text: string;
}

/**
 * An instant with its offset, or a date, which is the whole day in `timezone`. Besides RFC 3339 it reads the forms that a VPC tag
 * can hold, which allows neither colons nor spaces: ISO 8601 basic (`20261124T090000+0900`), a time with dots or hyphens, and
 * `2026-11-24_09-00` with the time of `timezone`. Seconds may be left out. Throws a RangeError when that zone does not exist.
 */
export function parseWhen(
  text: string,
  timezone: string,
): { ok: true; at: When } | { ok: false; problem: WhenProblem } {
  const trimmed = text.trim();
  const [, year, , month, dayOfMonth, parted, rest = ''] = LIKE_A_DAY.exec(trimmed) ?? [];
  if (year === undefined) return wrong(trimmed, 'neither-instant-nor-date');
  const day = dayOf(`${year}-${month}-${dayOfMonth}`);
  if (day === undefined) return wrong(trimmed, 'no-such-day');
  if (parted === undefined) return { ok: true, at: wholeDay(day, timezone) };
  return instant(trimmed, day, rest, parted === '_' ? timezone : undefined);
}

/** Year, month and day; then the separator, and the time with its offset. */
const LIKE_A_DAY = /^(\d{4})(-?)(\d\d)\2(\d\d)(?:([Tt _])(\d.*))?$/s;

/** Whether this is the name of a zone as IANA writes it: `Asia/Seoul`, `UTC`; no offset, no abbreviation such as `KST` or `EST`. */
export function isTimeZone(name: string): boolean {
  // Legacy abbreviations of IANA (EST, Japan) are left out: they ignore daylight saving or are ambiguous.
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
  if (second === '60') return wrong(text, 'leap-second');
  const clock = `${hour}:${minute}:${second}${fraction}`;
  if (!/^([01]\d|2[0-3])(:[0-5]\d){2}(\.|$)/.test(clock)) {
    return wrong(text, 'no-such-time');
  }
  if (offset === '' && local === undefined) return wrong(text, 'no-time-zone');
  if (!/^([Zz]|[+-]([01]\d|2[0-3]):?[0-5]\d|)$/.test(offset)) {
    return wrong(text, 'bad-offset');
  }
  const startsAt =
    offset === ''
      ? // For an hour that occurs twice or never, the later reading, so that nothing ends too early.
        day.toPlainDateTime(clock).toZonedDateTime(local ?? 'UTC', { disambiguation: 'later' }).epochMilliseconds
      : Temporal.Instant.from(`${day.toString()}T${clock}${offset.toUpperCase()}`).epochMilliseconds;
  return { ok: true, at: { startsAt, endsAt: startsAt, isDate: false } };
}

function wrong(text: string, kind: WhenProblem['kind']): { ok: false; problem: WhenProblem } {
  return { ok: false, problem: { kind, text: shortened(text) } };
}
