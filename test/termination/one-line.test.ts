import { expect, it } from 'vitest';
import { oneLine } from '../../lib/termination/one-line.ts';

it.each([
  ['a line end', 'dev\n-1'],
  ['an escape of a terminal', 'dev\u001b-1'],
  ['a mark that turns the direction', 'dev\u202e-1'],
  ['an Arabic letter mark', 'dev\u061c-1'],
  ['a space that nobody sees', 'dev\u200b-1'],
  ['a word joiner', 'dev\u2060-1'],
  ['a byte order mark', 'dev\ufeff-1'],
  ['a soft hyphen', 'dev\u00ad-1'],
])('%s is seen as a blank, so that the name is not taken for another', (_what, text) => {
  expect(oneLine(text)).toBe('dev -1');
});

it('leaves Korean names and joined emoji as they are', () => {
  expect(oneLine('개발-웹 👩\u200d💻')).toBe('개발-웹 👩\u200d💻');
});

it('says that something is left out', () => {
  expect(oneLine('x'.repeat(20), 5)).toBe('xxxxx…');
});
