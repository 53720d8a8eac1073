import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../lib/calendar/schedule.ts';
import { CHANGES, type LocalTime, localTime } from './local-time.ts';

const DAY = 86_400_000;

/** The values that a field of plain numbers stands for. */
function valuesOf(field: string, least: number, most: number): Set<number> {
  const values = new Set<number>();
  for (const item of field.split(',')) {
    const [range = '', step] = item.split('/');
    const [first, last] = range === '*' ? [least, most] : range.split('-').map(Number);
    const end = last ?? (step === undefined ? first : most);
    for (let value = first ?? 0; value <= (end ?? 0); value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

const WEEKDAYS = ['', 'SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function matcher(fields: readonly string[]): (local: LocalTime) => boolean {
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = ''] = fields.map((field) =>
    field === '?' ? '*' : field,
  );
  const of = { minute: valuesOf(minutes, 0, 59), hour: valuesOf(hours, 0, 23), day: valuesOf(dayOfMonth, 1, 31) };
  const months = valuesOf(month, 1, 12);
  const weekdays = valuesOf(dayOfWeek, 1, 7);
  return (local) =>
    of.minute.has(local.minute) &&
    of.hour.has(local.hour) &&
    of.day.has(local.day) &&
    months.has(local.month) &&
    weekdays.has(WEEKDAYS.indexOf(local.weekday));
}

function anyField(least: number, most: number, steps = true): fc.Arbitrary<string> {
  const value = fc.integer({ min: least, max: most });
  const range = fc.tuple(value, value).map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`);
  const step = fc.integer({ min: 1, max: most - least });
  const plain = fc.oneof(value.map(String), range);
  const list = fc.array(plain, { minLength: 2, maxLength: 4 }).map((items) => items.join(','));
  if (!steps) return fc.oneof(fc.constant('*'), plain, list);
  const stepped = fc.tuple(fc.oneof(fc.constant('*'), plain), step).map(([start, every]) => `${start}/${every}`);
  return fc.oneof({ arbitrary: fc.constant('*'), weight: 2 }, plain, list, stepped);
}

const expressions = fc
  .tuple(
    anyField(0, 59),
    anyField(0, 23),
    fc.oneof(
      anyField(1, 31).map((day) => [day, '?'] as const),
      anyField(1, 7, false).map((day) => ['?', day] as const),
    ),
    fc.oneof(fc.constant('*'), anyField(1, 12)),
  )
  .map(([minute, hour, [day, weekday], month]) => [minute, hour, day, month, weekday, '*']);

/** Every minute of the four days around a change of clocks, with what clocks show. */
const minutesAround = CHANGES.map(([timezone, text]) => {
  const from = Date.parse(text) - 2 * DAY;
  const minutes = Array.from({ length: 4 * 1440 }, (_, index) => from + index * 60_000);
  const seen = new Set<string>();
  const firsts = minutes.flatMap((at) => {
    const local = localTime(at, timezone);
    if (seen.has(local.text)) return [];
    seen.add(local.text);
    return [{ at, local }];
  });
  return { timezone, from, to: from + 4 * DAY, firsts };
});

describe('any cron', () => {
  it('runs in every minute that its fields name, the first time that clocks show it, and in no other', () => {
    fc.assert(
      fc.property(expressions, fc.constantFrom(...minutesAround), (fields, { timezone, from, to, firsts }) => {
        const parsed = parseSchedule(`cron(${fields.join(' ')})`, timezone);
        const matches = matcher(fields);
        const expected = firsts.filter(({ local }) => matches(local)).map(({ at }) => at);
        expect(parsed.ok ? parsed.schedule.runs(from, to) : []).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('runs in order, within the range, wherever the range begins', () => {
    const at = fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2040-01-01') });
    const zone = fc.constantFrom(...CHANGES.map(([timezone]) => timezone));
    fc.assert(
      fc.property(expressions, zone, at, fc.integer({ min: 0, max: 30 * DAY }), (fields, timezone, from, length) => {
        const parsed = parseSchedule(`cron(${fields.join(' ')})`, timezone);
        const found = parsed.ok ? parsed.schedule.runs(from, from + length) : [];
        const matches = matcher(fields);
        let last = from - 1;
        for (const run of found.slice(0, 100)) {
          expect(run).toBeGreaterThan(last);
          expect(run).toBeLessThan(from + length);
          expect(matches(localTime(run, timezone))).toBe(true);
          last = run;
        }
      }),
      { numRuns: 40 },
    );
  });
});
