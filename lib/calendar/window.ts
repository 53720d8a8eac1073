import { type Holiday, type Holidays, holidayOn } from './holidays.ts';
import { offsetSpans, wallAt } from './offsets.ts';
import { quoted } from './quoted.ts';

/**
 * Whether acts may happen at `now` (milliseconds since the epoch), and when that changes. It goes by wall clocks:
 * an hour that they skip is never in a window, and an hour that they show twice is in it both times.
 * Throws a RangeError for a zone or a time of day that does not exist.
 */
export function windowAt(window: Window, now: number): WindowState {
  const until = now + HORIZON;
  const [first] = joined(openSpans(window, now, until + DAY));
  if (first !== undefined && first.from === now) {
    return { open: true, closesAt: first.to <= until ? first.to : undefined };
  }
  return {
    open: false,
    opensAt: first !== undefined && first.from <= until ? first.from : undefined,
    because: because(window, wallAt(now, window.timezone)),
  };
}

/** When acts may happen: days of the week, hours of the day, and no holidays, in one time zone. */
export interface Window {
  /** IANA name, for example `Asia/Seoul`. */
  timezone: string;
  days: Weekday[];
  /** Wall clock, `HH:MM`. A window whose `to` is not after its `from` ends on the next day and belongs to the first. */
  from: string;
  /** Wall clock, exclusive; `24:00` is the end of the day. */
  to: string;
  holidays: Holidays;
}

export type Weekday = 'MON' | 'TUE' | 'WED' | 'THU' | 'FRI' | 'SAT' | 'SUN';
/** Instants in milliseconds since the epoch. */
export type WindowState =
  /** `closesAt` is undefined where it stays open for a year and more. */
  | { open: true; closesAt: number | undefined }
  /** `opensAt` is undefined where it does not open within a year. */
  | { open: false; opensAt: number | undefined; because: Closed };

/** Why a window is closed. */
export type Closed =
  | Holiday
  /** Outside its hours, wall clock. */
  | { kind: 'hours'; from: string; to: string }
  | { kind: 'day'; day: Weekday }
  /** The small hours after a day that it does not open on. */
  | { kind: 'night'; from: Weekday; to: Weekday };

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const HORIZON = 366 * DAY;
/** As days since the epoch count: 1970-01-01 was a Thursday. */
const WEEK: readonly Weekday[] = ['THU', 'FRI', 'SAT', 'SUN', 'MON', 'TUE', 'WED'];

/** A span of time; `to` is exclusive. */
interface Span {
  from: number;
  to: number;
}

/** Every instant in [from, to) at which the window is open, in order. Lazy: a year of days is rarely needed. */
function* openSpans(window: Window, from: number, to: number): Generator<Span> {
  const { fromMs, toMs } = hoursOf(window);
  for (const span of offsetSpans(window.timezone, from, to)) {
    for (let day = dayOf(span.from + span.offsetMs) - 1; day <= dayOf(span.to + span.offsetMs); day += 1) {
      if (!opensOn(window, day)) continue;
      const start = Math.max(span.from, day * DAY + fromMs - span.offsetMs);
      const end = Math.min(span.to, day * DAY + toMs - span.offsetMs);
      if (start < end) yield { from: start, to: end };
    }
  }
}

/** Joins spans that touch. They are in order, and none lies within another. */
function* joined(spans: Iterable<Span>): Generator<Span> {
  let last: Span | undefined;
  for (const span of spans) {
    if (last !== undefined && span.from <= last.to) {
      last = { from: last.from, to: span.to };
    } else {
      if (last !== undefined) yield last;
      last = span;
    }
  }
  if (last !== undefined) yield last;
}

function opensOn(window: Window, day: number): boolean {
  return window.days.includes(weekdayOf(day)) && holidayOn(dateOf(day), window.holidays) === undefined;
}

/** Called where the window is closed: the reason that a person would give first. */
function because(window: Window, wall: number): Closed {
  const { toMs } = hoursOf(window);
  const today = dayOf(wall);
  // The small hours of a window over midnight belong to the day on which it began.
  const isNight = wall - today * DAY < toMs - DAY;
  const day = isNight ? today - 1 : today;
  const holiday = holidayOn(dateOf(day), window.holidays);
  if (holiday !== undefined) return holiday;
  if (window.days.includes(weekdayOf(day))) return { kind: 'hours', from: window.from, to: window.to };
  return isNight ? { kind: 'night', from: weekdayOf(day), to: weekdayOf(today) } : { kind: 'day', day: weekdayOf(day) };
}

/** Milliseconds since the midnight with which the day of the window begins. */
function hoursOf(window: Window): { fromMs: number; toMs: number } {
  const fromMs = msOfDay(window.from);
  const toMs = msOfDay(window.to);
  return { fromMs, toMs: toMs > fromMs ? toMs : toMs + DAY };
}

function msOfDay(clock: string): number {
  if (!/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(clock)) throw new RangeError(`no time of day: ${quoted(clock)}`);
  return (Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))) * MINUTE;
}

function dayOf(wall: number): number {
  return Math.floor(wall / DAY);
}

function dateOf(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, -'T00:00:00.000Z'.length);
}

function weekdayOf(day: number): Weekday {
  const found = WEEK[((day % 7) + 7) % 7];
  if (found === undefined) throw new RangeError(`no day: ${day}`);
  return found;
}
