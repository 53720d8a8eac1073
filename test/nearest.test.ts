import { expect, it } from 'vitest';
import { nearest } from '../lib/text/nearest.ts';

const KNOWN = ['zones', 'vpcs', 'names', 'tags', 'olderThan', 'statuses'];

it.each([
  ['nmaes', 'names'],
  ['name', 'names'],
  ['olderthan', 'olderThan'],
  ['status', 'statuses'],
  ['tagss', 'tags'],
  ['vcps', 'vpcs'],
])('%s was probably meant to be %s', (word, meant) => {
  expect(nearest(word, KNOWN)).toBe(meant);
});

it.each(['colour', '', 'x', 'older', 'servers'])('%j is not near anything', (word) => {
  expect(nearest(word, KNOWN)).toBeUndefined();
});
