import { Temporal } from 'temporal-polyfill';
import { shortened } from './quoted.ts';

/** How long something lasts. Months and days go by the calendar of a zone, seconds by the clock. All are whole and not negative. */
export interface Duration {
  months: number;
  days: number;
  seconds: number;
}

/** Why a text is not a duration. `lib/wording` turns it into a sentence. */
export interface DurationProblem {
  kind: 'not-a-duration' | 'negative' | 'zero' | 'fraction-of-a-second' | 'over-ten-years';
  /** As it was written, cut after 40 characters. */
  text: string;
}

/** `90m`, `36h`, `7d`, `2w`, or ISO 8601: `P7D`, `PT36H`, `P1M`, `P1DT12H`. More than zero, and at most ten years. */
export function parseDuration(
  text: string,
): { ok: true; duration: Duration } | { ok: false; problem: DurationProblem } {
  const trimmed = text.trim();
  const parts = shortForm(trimmed) ?? isoForm(trimmed);
  if (parts === undefined) return wrong(trimmed, 'not-a-duration');
  if (parts.sign < 0) return wrong(trimmed, 'negative');
  if (parts.sign === 0) return wrong(trimmed, 'zero');
  if (parts.milliseconds + parts.microseconds + parts.nanoseconds > 0) return wrong(trimmed, 'fraction-of-a-second');
  const duration = {
    months: parts.years * 12 + parts.months,
    days: parts.weeks * 7 + parts.days,
    seconds: parts.hours * 3600 + parts.minutes * 60 + parts.seconds,
  };
  return roughDays(duration) <= MOST_DAYS ? { ok: true, duration } : wrong(trimmed, 'over-ten-years');
}

/**
 * The instant that much later (milliseconds since the epoch). A day over a night on which the clocks change is 23 or 25
 * hours; a month from 31 January is the end of February.
 */
export function addDuration(at: number, duration: Duration, timezone: string): number {
  const { months, days, seconds } = duration;
  const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone);
  return zoned.add({ months, days, seconds }).epochMilliseconds;
}

/** Its fixed length, with days of 86,400 seconds; undefined if it has months or years. */
export function fixedSeconds(duration: Duration): number | undefined {
  return duration.months > 0 ? undefined : duration.days * 86_400 + duration.seconds;
}

/** `7 days`, `1 h 30 min`, `1 day 12 h`. Parts of a second are left out. */
export function inWords(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86_400);
  const words = [
    days > 0 ? `${days} ${days === 1 ? 'day' : 'days'}` : '',
    part(whole % 86_400, 3600, 'h'),
    part(whole % 3600, 60, 'min'),
    part(whole % 60, 1, 's'),
  ].filter((word) => word !== '');
  return words.length > 0 ? words.join(' ') : '0 s';
}

function part(seconds: number, unit: number, name: string): string {
  const count = Math.floor(seconds / unit);
  return count > 0 ? `${count} ${name}` : '';
}

/** Ten years, three of them leap years. */
const MOST_DAYS = 3653;

function roughDays(duration: Duration): number {
  return (duration.months / 12) * 365.25 + duration.days + duration.seconds / 86_400;
}

const UNITS: Readonly<Record<string, 'minutes' | 'hours' | 'days' | 'weeks'>> = {
  m: 'minutes',
  h: 'hours',
  d: 'days',
  w: 'weeks',
};

function shortForm(text: string): Temporal.Duration | undefined {
  const [, sign, digits, letter] = /^(-?)(\d+)([mhdw])$/.exec(text) ?? [];
  const unit = UNITS[letter ?? ''];
  if (unit === undefined) return undefined;
  // A cap for huge numbers: over ten years in each unit, but not too large for Temporal.
  const count = Math.min(Number(digits), 1e9);
  return Temporal.Duration.from({ [unit]: sign === '-' ? -count : count });
}

function isoForm(text: string): Temporal.Duration | undefined {
  try {
    return Temporal.Duration.from(text);
  } catch {
    return undefined;
  }
}

function wrong(text: string, kind: DurationProblem['kind']): { ok: false; problem: DurationProblem } {
  return { ok: false, problem: { kind, text: shortened(text) } };
}
