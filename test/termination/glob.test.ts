import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globLikeness, globMatches, matcher } from '../../lib/termination/decision/glob.ts';

/** Slow, straight from the definition: a star is nothing, or one more letter. */
function naive(pattern: readonly string[], name: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return name.length === 0;
  const [letter, ...others] = name;
  if (first === '*') return naive(rest, name) || (letter !== undefined && naive(pattern, others));
  return letter !== undefined && (first === '?' || first === letter) && naive(rest, others);
}

/** How often the letters of either were looked at. */
function stepsFor(pattern: string, name: string): { steps: number; isMatch: boolean } {
  let steps = 0;
  const counted = (text: string): string[] =>
    new Proxy(Array.from(text), {
      get: (target, key) => {
        if (typeof key === 'string' && /^\d+$/.test(key)) steps += 1;
        return Reflect.get(target, key);
      },
    });
  const isMatch = globMatches(counted(pattern), counted(name));
  return { steps, isMatch };
}

const pattern = fc.array(fc.constantFrom('a', 'b', '*', '?', '가', '😀'), { maxLength: 8 });
const name = fc.array(fc.constantFrom('a', 'b', '가', '😀'), { maxLength: 9 });

describe('a glob', () => {
  it('matches what its definition says, for any pattern and name', () => {
    fc.assert(
      fc.property(pattern, name, (glob, text) => {
        expect(globMatches(glob, text)).toBe(naive(glob, text));
      }),
      { seed: 20_261_126, numRuns: 3_000 },
    );
  });

  it.each([
    ['*?'.repeat(128), 'a'.repeat(127)],
    [`${'*?'.repeat(100)}b`, 'a'.repeat(256)],
    [`${'*a'.repeat(128)}b`, 'a'.repeat(256)],
    [`*${'a'.repeat(127)}b`, 'a'.repeat(256)],
  ])('of %s is done in no more looks than the lengths of both multiplied', (glob, text) => {
    const { steps, isMatch } = stepsFor(glob, text);
    expect(isMatch).toBe(false);
    expect(steps).toBeLessThan(2 * (glob.length + 1) * (text.length + 1));
  });

  it('of repeated *? looks at each letter only a few times', () => {
    for (const length of [64, 128, 256]) {
      expect(stepsFor(`${'*?'.repeat(40)}-x`, 'a'.repeat(length)).steps).toBeLessThan(8 * (length + 80));
    }
  });
});

describe('a name', () => {
  it.each([
    ['결제-*', '결제-1'.normalize('NFD')],
    ['결제-*'.normalize('NFD'), '결제-1'],
    ['dev-?', 'dev-나'.normalize('NFD')],
  ])('matches however its Hangul comes: %s', (glob, text) => {
    expect(matcher(glob)(text)).toBe(true);
  });

  it.each([
    ['dev-*', 'DEV-1'],
    ['dev-1', 'dev-1\u200b'],
    ['dev-??', 'dev-1\u200b'],
    ['dev-1', 'ｄｅｖ-1'],
    ['dev-1', 'dev-1 '],
  ])('that is only alike is selected by nothing: %s, %j', (glob, text) => {
    expect(matcher(glob)(text)).toBe(false);
    expect(globLikeness(glob)(text)).toBe('alike');
  });
});
