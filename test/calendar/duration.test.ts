import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDuration, type Duration, fixedSeconds, inWords, parseDuration } from '../../lib/calendar/duration.ts';
import { timeProblemInEnglish } from '../../lib/wording/say.ts';

function duration(text: string): Duration {
  const parsed = parseDuration(text);
  if (!parsed.ok) throw new Error(timeProblemInEnglish(parsed.problem));
  return parsed.duration;
}

describe('a duration', () => {
  it.each([
    ['90m', 0, 0, 5400],
    ['36h', 0, 0, 129_600],
    ['7d', 0, 7, 0],
    ['2w', 0, 14, 0],
    [' 7d\t', 0, 7, 0],
    ['007d', 0, 7, 0],
    ['P7D', 0, 7, 0],
    ['P2W', 0, 14, 0],
    ['PT36H', 0, 0, 129_600],
    ['PT1.5H', 0, 0, 5400],
    ['P1M', 1, 0, 0],
    ['PT1M', 0, 0, 60],
    ['P1Y2M3W4DT5H6M7S', 14, 25, 18_367],
    ['P1DT12H', 0, 1, 43_200],
    ['p1dt12h', 0, 1, 43_200],
    ['P10Y', 120, 0, 0],
    ['3653d', 0, 3653, 0],
  ])('%j is %d months, %d days, %d seconds', (text, months, days, seconds) => {
    expect(duration(text)).toEqual({ months, days, seconds });
  });

  it.each([
    ['', 'is no duration'],
    ['   ', 'is no duration'],
    ['7', 'is no duration'],
    ['d', 'is no duration'],
    ['7 d', 'is no duration'],
    ['7D', 'is no duration'],
    ['1.5h', 'is no duration'],
    ['7d 3h', 'is no duration'],
    ['1y', 'is no duration'],
    ['P', 'is no duration'],
    ['PT', 'is no duration'],
    ['P1H', 'is no duration'],
    ['1e3d', 'is no duration'],
    ['soon', 'is no duration'],
    ['사흘', 'is no duration'],
    ['７d', 'is no duration'],
    ['🙂', 'is no duration'],
    ['0d', 'is no time at all'],
    ['-0d', 'is no time at all'],
    ['P0D', 'is no time at all'],
    ['-7d', 'is negative'],
    ['-P7D', 'is negative'],
    ['PT0.5S', 'is not in whole seconds'],
    ['3654d', 'is over ten years'],
    ['P10Y1D', 'is over ten years'],
    ['P121M', 'is over ten years'],
    ['87673h', 'is over ten years'],
    ['999999999999999999999m', 'is over ten years'],
  ])('is refused as %j: it %s', (text, what) => {
    const parsed = parseDuration(text);
    expect(parsed.ok ? 'ok' : timeProblemInEnglish(parsed.problem)).toContain(
      `"${text.trim()}" ${what}; expected a number with m, h, d or w`,
    );
    expect(parsed.ok ? 'ok' : timeProblemInEnglish(parsed.problem)).toContain('for example 36h, 7d or P1DT12H');
  });

  it('of 256 characters is quoted with 40 of them', () => {
    const parsed = parseDuration('9'.repeat(255).concat('d'));
    expect(parsed.ok ? 'ok' : timeProblemInEnglish(parsed.problem)).toContain(`"${'9'.repeat(40)}…" is over ten years`);
  });

  it('is never read out of text that is not one, and no text makes it fail', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 256 }), (text) => {
        const parsed = parseDuration(text);
        const isWritten = /^(\d+[mhdw]|\+?P[\dT.,YMWDHS]+)$/i.test(text.trim());
        expect(parsed.ok ? isWritten : timeProblemInEnglish(parsed.problem).length < 500).toBe(true);
      }),
    );
  });
});

describe('adding a duration', () => {
  it.each([
    ['7d', '2026-11-24T09:00:00Z', 'Asia/Seoul', '2026-12-01T09:00:00Z'],
    ['1d', '2026-03-07T17:00:00Z', 'America/New_York', '2026-03-08T16:00:00Z'],
    ['24h', '2026-03-07T17:00:00Z', 'America/New_York', '2026-03-08T17:00:00Z'],
    ['1d', '2026-10-31T16:00:00Z', 'America/New_York', '2026-11-01T17:00:00Z'],
    ['P1D', '2026-03-28T12:00:00Z', 'Europe/London', '2026-03-29T11:00:00Z'],
    // 02:30 does not exist on the night after: 03:30 EDT
    ['1d', '2026-03-07T07:30:00Z', 'America/New_York', '2026-03-08T07:30:00Z'],
    ['P1M', '2026-01-31T03:00:00Z', 'Asia/Seoul', '2026-02-28T03:00:00Z'],
    ['P1M', '2028-01-31T03:00:00Z', 'Asia/Seoul', '2028-02-29T03:00:00Z'],
    // 31 January in Seoul already, 30 January in UTC
    ['P1M', '2026-01-30T20:00:00Z', 'Asia/Seoul', '2026-02-27T20:00:00Z'],
    ['P1Y', '2028-02-29T03:00:00Z', 'Asia/Seoul', '2029-02-28T03:00:00Z'],
    ['P1DT12H', '2026-03-07T17:00:00Z', 'America/New_York', '2026-03-09T04:00:00Z'],
  ])('%s to %s in %s gives %s', (text, at, timezone, expected) => {
    const later = addDuration(Date.parse(at), duration(text), timezone);
    expect(new Date(later).toISOString()).toBe(expected.replace('Z', '.000Z'));
  });
});

describe('the fixed length of a duration', () => {
  it.each([
    ['36h', 129_600],
    ['P1DT12H', 129_600],
    ['2w', 1_209_600],
    ['P1M', undefined],
    ['P1Y', undefined],
  ])('%s is %s', (text, seconds) => {
    expect(fixedSeconds(duration(text))).toBe(seconds);
  });
});

describe('seconds in words', () => {
  it.each([
    [604_800, '7 days'],
    [86_400, '1 day'],
    [129_600, '1 day 12 h'],
    [5400, '1 h 30 min'],
    [86_399, '23 h 59 min 59 s'],
    [60, '1 min'],
    [45.9, '45 s'],
    [0, '0 s'],
    [-5, '0 s'],
  ])('%d are %s', (seconds, words) => {
    expect(inWords(seconds)).toBe(words);
  });
});
