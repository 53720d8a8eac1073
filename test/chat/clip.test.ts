import { expect, it } from 'vitest';
import { clip, clipList } from '../../lib/chat/core/clip.ts';

it.each([
  ['short', 10, 'short'],
  ['exactly-10', 10, 'exactly-10'],
  ['more than 10', 10, 'more than…'],
  ['12345678😀x', 10, '12345678…'],
  ['two\nlines\u0000\u202e', 20, 'two lines'],
  ['', 5, ''],
])('%j in %d characters is %j', (text, most, clipped) => {
  expect(clip(text, most)).toBe(clipped);
  expect(clip(text, most).length).toBeLessThanOrEqual(most);
  expect(clip(text, most).isWellFormed()).toBe(true);
});

const more = (count: number): string => `(${count} more)`;

it('shows the first names and counts the others', () => {
  expect(clipList(['a', 'b', 'c'], more, 2)).toBe('a, b (1 more)');
  expect(clipList(['a', 'b'], more, 2)).toBe('a, b');
});
