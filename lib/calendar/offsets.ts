import { Temporal } from 'temporal-polyfill';

/** A span of time in which the clocks of a zone stand still relative to UTC; `to` is exclusive. */
export interface OffsetSpan {
  from: number;
  to: number;
  /** Local time minus UTC, in milliseconds. */
  offsetMs: number;
}

/** The spans that cover [from, to), in order, cut at its ends. Throws a RangeError for a zone that does not exist. */
export function offsetSpans(timezone: string, from: number, to: number): OffsetSpan[] {
  const spans: OffsetSpan[] = [];
  for (let start = from; start < to; ) {
    const zoned = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(timezone);
    const change = zoned.getTimeZoneTransition('next')?.epochMilliseconds ?? to;
    const end = Math.min(change, to);
    spans.push({ from: start, to: end, offsetMs: zoned.offsetNanoseconds / 1e6 });
    start = end;
  }
  return spans;
}

/** What the clocks show at an instant, as the milliseconds at which clocks in UTC show it. */
export function wallAt(at: number, timezone: string): number {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone);
  return at + zoned.offsetNanoseconds / 1e6;
}

/** The first instant at which the clocks show `wall` (as {@link wallAt} gives it); undefined where they skip it. */
export function firstInstantOf(wall: number, timezone: string): number | undefined {
  const local = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime();
  const zoned = local.toZonedDateTime(timezone, { disambiguation: 'earlier' });
  return zoned.toPlainDateTime().equals(local) ? zoned.epochMilliseconds : undefined;
}
