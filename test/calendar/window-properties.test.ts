import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Weekday, type Window, windowAt } from '../../lib/calendar/window.ts';
import { CHANGES, localTime } from './local-time.ts';

const DAYS: Weekday[] = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];

/** Whether a window is open, by what Intl says that clocks show. */
function isOpen(window: Window, at: number): boolean {
  const now = localTime(at, window.timezone);
  const clock = now.text.slice(11);
  const begins = (date: string): boolean => {
    const weekday = new Date(`${date}T00:00:00Z`).toUTCString().slice(0, 3).toUpperCase();
    return DAYS.some((day) => day === weekday && window.days.includes(day)) && !window.holidays.dates.includes(date);
  };
  const today = now.text.slice(0, 10);
  if (window.to > window.from) return begins(today) && window.from <= clock && clock < window.to;
  const yesterday = new Date(Date.parse(`${today}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
  return (begins(today) && window.from <= clock) || (begins(yesterday) && clock < window.to);
}

describe('any window', () => {
  const clock = fc
    .integer({ min: 0, max: 24 * 12 - 1 })
    .map((five) => `${String(Math.floor(five / 12)).padStart(2, '0')}:${String((five % 12) * 5).padStart(2, '0')}`);
  const cases = fc.record({
    change: fc.constantFrom(...CHANGES),
    away: fc.integer({ min: -2 * 86_400_000, max: 2 * 86_400_000 }),
    days: fc.subarray(DAYS, { minLength: 1 }),
    from: clock,
    to: fc.oneof(clock, fc.constant('24:00')),
    closed: fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 3 }),
  });
  const build = ({ change, away, days, from, to, closed }: typeof cases extends fc.Arbitrary<infer T> ? T : never) => {
    const [timezone, text] = change;
    const at = Date.parse(text);
    const dates = closed.map((day) => new Date(at + day * 86_400_000).toISOString().slice(0, 10));
    const window: Window = { timezone, days, from, to, holidays: { calendar: 'none', dates } };
    return { window, now: at + away };
  };

  it('is open when what clocks show is in it, and only then', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { window, now } = build(given);
        expect(windowAt(window, now).open).toBe(isOpen(window, now));
      }),
      { numRuns: 2000 },
    );
  });

  it('opens and closes exactly when it says, and not once before', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { window, now } = build(given);
        const state = windowAt(window, now);
        const next = state.open ? state.closesAt : state.opensAt;
        if (next === undefined) return;
        expect(isOpen(window, next)).toBe(!state.open);
        expect(windowAt(window, next).open).toBe(!state.open);
        expect(windowAt(window, next - 1).open).toBe(state.open);
        const step = Math.max(300_000, Math.ceil((next - now) / 200));
        for (let at = now; at < next; at += step) expect(isOpen(window, at)).toBe(state.open);
      }),
      { numRuns: 500 },
    );
  });
});
