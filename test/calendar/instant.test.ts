/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */

import * as fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { isTimeZone, parseWhen } from '../../lib/calendar/instant.ts';
import { inZone, zonedAndUtc } from '../../lib/calendar/shown.ts';
import { timeProblemInEnglish } from '../../lib/wording/say.ts';

function read(text: string, timezone = 'Asia/Seoul'): string {
  const parsed = parseWhen(text, timezone);
  if (!parsed.ok) return timeProblemInEnglish(parsed.problem);
  const { startsAt, endsAt, isDate } = parsed.at;
  const [start, end] = [startsAt, endsAt].map((at) => new Date(at).toISOString().replace('.000Z', 'Z'));
  return isDate ? `${start} to ${end}` : start === end ? String(start) : 'two instants';
}

describe('an instant', () => {
  it.each([
    ['2026-11-24T09:00:00+09:00', '2026-11-24T00:00:00Z'],
    ['2026-11-24T09:00:00Z', '2026-11-24T09:00:00Z'],
    ['2026-11-24t09:00:00z', '2026-11-24T09:00:00Z'],
    ['2026-11-24 09:00:00-05:00', '2026-11-24T14:00:00Z'],
    ['2026-11-24T09:00:00+0900', '2026-11-24T00:00:00Z'],
    ['2026-11-24T09:00+09:00', '2026-11-24T00:00:00Z'],
    ['2026-11-24T09:00:00.123456789Z', '2026-11-24T09:00:00.123Z'],
    ['  2026-11-24T09:00:00Z\n', '2026-11-24T09:00:00Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
    ['1990-01-01T00:00:00Z', '1990-01-01T00:00:00Z'],
  ])('%j is %s', (text, at) => {
    expect(read(text)).toBe(at);
  });
});

describe('an instant without colons, as a tag of VPC may hold it', () => {
  it.each([
    ['20261231T180000+0900', '2026-12-31T09:00:00Z'],
    ['2026-12-31T1800+0900', '2026-12-31T09:00:00Z'],
    ['20261231T0900Z', '2026-12-31T09:00:00Z'],
    ['20261120T090000Z', '2026-11-20T09:00:00Z'],
    ['2026-11-20T18.00.00+0900', '2026-11-20T09:00:00Z'],
    ['2026-11-20T18-00-00Z', '2026-11-20T18:00:00Z'],
    ['2026-11-20T18-00-0900', '2026-11-21T03:00:00Z'],
    ['2026-11-20T18-00-00-0900', '2026-11-21T03:00:00Z'],
    ['20261120T1800-0330', '2026-11-20T21:30:00Z'],
    ['20261120T180000.5Z', '2026-11-20T18:00:00.500Z'],
    ['2026-11-20_18.00+0900', '2026-11-20T09:00:00Z'],
  ])('%j is %s', (text, at) => {
    expect(read(text)).toBe(at);
  });

  it.each([
    ['2026-12-31_18-00', 'Asia/Seoul', '2026-12-31T09:00:00Z'],
    ['20261231_180000', 'Asia/Seoul', '2026-12-31T09:00:00Z'],
    ['2026-12-31_18-00', 'America/New_York', '2026-12-31T23:00:00Z'],
    // 01:30 came twice on that night, and 02:30 not at all: the later reading ends nothing too early.
    ['2026-11-01_01-30', 'America/New_York', '2026-11-01T06:30:00Z'],
    ['2026-03-08_02-30', 'America/New_York', '2026-03-08T07:30:00Z'],
  ])('%j means the time of %s where it says no offset', (text, timezone, at) => {
    expect(read(text, timezone)).toBe(at);
  });

  it.each([
    ['2026-11-20T18-09', 'has no time zone'],
    ['20261120T180000', 'has no time zone'],
    ['2026-11-20T2400Z', 'has no such time of day'],
    ['2026-11-20_25-00', 'has no such time of day'],
    ['2026-11-20T18:00.00Z', 'has no such time of day'],
    ['2026-11-20T1800003Z', 'has no such time of day'],
    ['20261120T180060Z', 'is a leap second'],
    ['2026-11-20T18-00-00-9', 'has an offset that cannot be read'],
    ['20261320', 'names a day that does not exist'],
    ['2026-1120', 'is neither an instant nor a date'],
    ['202611201', 'is neither an instant nor a date'],
  ])('%j %s', (text, what) => {
    expect(read(text)).toContain(`"${text}" ${what}`);
  });
});

describe('a date', () => {
  it.each([
    ['2026-11-24', 'Asia/Seoul', '2026-11-23T15:00:00Z to 2026-11-24T15:00:00Z'],
    ['20261124', 'Asia/Seoul', '2026-11-23T15:00:00Z to 2026-11-24T15:00:00Z'],
    ['2028-02-29', 'Asia/Seoul', '2028-02-28T15:00:00Z to 2028-02-29T15:00:00Z'],
    ['9999-12-31', 'Asia/Seoul', '9999-12-30T15:00:00Z to 9999-12-31T15:00:00Z'],
    ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00Z to 2026-03-09T04:00:00Z'],
    ['2026-11-01', 'America/New_York', '2026-11-01T04:00:00Z to 2026-11-02T05:00:00Z'],
    ['2026-03-29', 'Europe/London', '2026-03-29T00:00:00Z to 2026-03-29T23:00:00Z'],
    // There was no midnight in São Paulo on that day: it began at 01:00
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00Z to 2018-11-05T02:00:00Z'],
    // Samoa left this day out
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00Z to 2011-12-30T10:00:00Z'],
  ])('%s in %s is %s', (text, timezone, day) => {
    expect(read(text, timezone)).toBe(day);
  });
});

describe('a time that cannot be understood', () => {
  it.each([
    ['2026-11-24T09:00:00', 'has no time zone; expected Z or an offset after it'],
    ['2026-11-24 09:00', 'has no time zone'],
    ['2026-11-24T09:00:00 KST', 'has an offset that cannot be read'],
    ['2026-11-24T09:00:00Z[Asia/Seoul]', 'has an offset that cannot be read'],
    ['2026-11-24T09:00:00+24:00', 'has an offset that cannot be read'],
    ['2026-11-24T09:00:00+9', 'has an offset that cannot be read'],
    ['2026-02-30', 'names a day that does not exist; expected a day of the years 0001 to 9999'],
    ['2026-02-30T09:00:00Z', 'names a day that does not exist'],
    ['2026-02-29', 'names a day that does not exist'],
    ['2100-02-29', 'names a day that does not exist'],
    ['2026-13-01', 'names a day that does not exist'],
    ['2026-11-00', 'names a day that does not exist'],
    ['0000-01-01', 'names a day that does not exist'],
    ['2026-11-24T25:00:00Z', 'has no such time of day; expected hours 00 to 23, minutes and seconds 00 to 59'],
    ['2026-11-24T24:00:00Z', 'has no such time of day'],
    ['2026-11-24T09:60:00Z', 'has no such time of day'],
    ['2026-11-24T09:00:61Z', 'has no such time of day'],
    ['2026-11-24T09:00:60Z', 'is a leap second, which no clock here has'],
    ['2026-11-24T9:00Z', 'has no such time of day'],
    ['10000-01-01', 'is neither an instant nor a date; expected one of them, in the years 0001 to 9999'],
    ['+012026-01-01T00:00:00Z', 'is neither an instant nor a date'],
    ['-0001-01-01', 'is neither an instant nor a date'],
    ['2026-1-2', 'is neither an instant nor a date'],
    ['1764000000', 'is neither an instant nor a date'],
    ['11/24/2026', 'is neither an instant nor a date'],
    ['tomorrow', 'is neither an instant nor a date'],
    ['내일 저녁', 'is neither an instant nor a date'],
    ['２０２６-11-24', 'is neither an instant nor a date'],
    ['🙂', 'is neither an instant nor a date'],
    ['', 'is neither an instant nor a date'],
  ])('%j %s', (text, what) => {
    expect(read(text)).toContain(`"${text}" ${what}`);
    expect(read(text)).toContain('for example 20261124T090000+0900');
  });

  it('is quoted with at most 40 characters, on one line', () => {
    expect(read('🙂'.repeat(128))).toContain(`"${'🙂'.repeat(40)}…" is neither`);
    expect(read('a\nb')).toContain('"a\\nb" is neither');
  });

  it('never fails for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 256 }), (text) => {
        expect(parseWhen(text, 'Asia/Seoul').ok).toBe(false);
      }),
    );
  });
});

describe('any instant', () => {
  it('that is written with any offset is read back', () => {
    const at = fc.integer({ min: Date.parse('0002-01-01T00:00:00Z'), max: Date.parse('9998-12-31T23:59:59Z') });
    fc.assert(
      fc.property(at, fc.integer({ min: -23 * 60, max: 23 * 60 }), (when, minutes) => {
        const local = new Date(when + minutes * 60_000).toISOString().slice(0, -1);
        const size = Math.abs(minutes);
        const hours = String(Math.floor(size / 60)).padStart(2, '0');
        const offset = `${minutes < 0 ? '-' : '+'}${hours}:${String(size % 60).padStart(2, '0')}`;
        const parsed = parseWhen(`${local}${offset}`, 'Asia/Seoul');
        expect(parsed).toEqual({ ok: true, at: { startsAt: when, endsAt: when, isDate: false } });
      }),
    );
  });
});

describe('any instant in any form that is read', () => {
  const ZONES = ['Asia/Seoul', 'America/New_York', 'Asia/Kathmandu', 'UTC'];
  const at = fc.integer({ min: Date.parse('0002-01-01') / 60_000, max: Date.parse('9998-12-31') / 60_000 });
  const two = (value: number): string => String(value).padStart(2, '0');
  /** The digits of a wall clock, and how they are put together. */
  const form = fc.record({
    dash: fc.constantFrom('-', ''),
    mark: fc.constantFrom(':', '.', '-', ''),
    seconds: fc.boolean(),
    fraction: fc.constantFrom('', '.0', '.000000000'),
    colon: fc.constantFrom(':', ''),
  });

  function written(
    local: string,
    how: { dash: string; mark: string; seconds: boolean; fraction: string },
  ): [string, string] {
    const date = local.slice(0, 10).replaceAll('-', how.dash);
    const time = local.slice(11, how.seconds ? 19 : 16).replaceAll(':', how.mark);
    return [date, how.seconds ? `${time}${how.fraction}` : time];
  }

  it('with an offset is the same instant, in whatever zone it is read', () => {
    const separator = fc.constantFrom('T', 't', ' ', '_');
    fc.assert(
      fc.property(at, fc.integer({ min: -1439, max: 1439 }), form, separator, (minute, offset, how, parted) => {
        const local = new Date((minute + offset) * 60_000).toISOString();
        const [date, time] = written(local, how);
        const size = Math.abs(offset);
        const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${how.colon}${two(size % 60)}`;
        for (const end of offset === 0 ? [zone, 'Z', 'z'] : [zone]) {
          for (const timezone of ZONES) {
            const text = `${date}${parted}${time}${end}`;
            const found = { text, parsed: parseWhen(text, timezone) };
            const startsAt = minute * 60_000;
            expect(found).toEqual({ text, parsed: { ok: true, at: { startsAt, endsAt: startsAt, isDate: false } } });
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('after an underscore without an offset is that time in the zone of the policy', () => {
    fc.assert(
      fc.property(at, form, fc.constantFrom(...ZONES), (minute, how, timezone) => {
        const wall = Temporal.Instant.fromEpochMilliseconds(minute * 60_000).toZonedDateTimeISO(timezone);
        const plain = wall.toPlainDateTime().round('minute');
        const [date, time] = written(plain.toString({ smallestUnit: 'second' }), how);
        const startsAt = plain.toZonedDateTime(timezone, { disambiguation: 'later' }).epochMilliseconds;
        expect(parseWhen(`${date}_${time}`, timezone)).toMatchObject({ ok: true, at: { startsAt } });
      }),
    );
  });

  it('changed by one sign is no other instant than its digits say', () => {
    const sign = fc.constantFrom(...Array.from('0123456789_./=+-@TZtzaH '));
    fc.assert(
      fc.property(at, form, fc.nat(), fc.constantFrom('put', 'take', 'swap'), sign, (minute, how, place, act, one) => {
        const [date, time] = written(new Date(minute * 60_000).toISOString(), how);
        const right = `${date}T${time}Z`;
        const cut = place % right.length;
        const text = `${right.slice(0, cut)}${act === 'take' ? '' : one}${right.slice(act === 'put' ? cut : cut + 1)}`;
        const parsed = parseWhen(text, 'UTC');
        fc.pre(parsed.ok);
        const { startsAt } = parsed.at;
        const digits = new Date(startsAt).toISOString().replaceAll(/\D/g, '');
        const said = /^[\d-]{8,10}/.exec(text.trim())?.[0].replaceAll('-', '') ?? '';
        // With an offset the day may be the one before or after.
        const days = [-1, 0, 1].map((day) => new Date(startsAt + day * 86_400_000).toISOString().slice(0, 10));
        expect(days.map((day) => day.replaceAll('-', ''))).toContain(said);
        expect(digits).toContain(/[Zz]$/.test(text.trim()) ? text.replaceAll(/\D/g, '').slice(0, 14) : '');
      }),
      { numRuns: 1_500 },
    );
  });
});

describe('a time zone', () => {
  it.each([
    'Asia/Seoul',
    'America/New_York',
    'America/Argentina/Buenos_Aires',
    'America/Port-au-Prince',
    'UTC',
    'Etc/GMT+9',
  ])('is %s', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each([
    '',
    'KST',
    'EST',
    'GMT',
    'utc',
    'Z',
    'local',
    '+09:00',
    'UTC+9',
    'asia/seoul',
    'Asia/seoul',
    'Asia/Soul',
    'Asia/Seoul ',
    '서울',
  ])('is not %j', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});

describe('an instant in words', () => {
  it.each([
    ['2026-11-24T00:00:00Z', 'Asia/Seoul', '2026-11-24 09:00 KST'],
    ['1988-07-01T00:00:00Z', 'Asia/Seoul', '1988-07-01 10:00 +10:00'],
    ['2026-11-24T00:00:59Z', 'America/New_York', '2026-11-23 19:00 EST'],
    ['2026-07-01T00:00:00Z', 'America/New_York', '2026-06-30 20:00 EDT'],
    ['2026-07-01T00:00:00Z', 'Europe/London', '2026-07-01 01:00 +01:00'],
    ['2026-07-01T00:00:00Z', 'Asia/Kathmandu', '2026-07-01 05:45 +05:45'],
    ['2026-07-01T00:00:00Z', 'UTC', '2026-07-01 00:00 UTC'],
  ])('%s in %s is %s', (at, timezone, words) => {
    expect(inZone(Date.parse(at), timezone)).toBe(words);
  });

  it('names its zone and UTC', () => {
    expect(zonedAndUtc(Date.parse('2026-11-24T00:00:00Z'), 'Asia/Seoul')).toBe(
      '2026-11-24 09:00 Asia/Seoul (2026-11-24 00:00Z)',
    );
    expect(zonedAndUtc(Date.parse('2026-03-08T07:00:00Z'), 'America/New_York')).toBe(
      '2026-03-08 03:00 America/New_York (2026-03-08 07:00Z)',
    );
  });
});
