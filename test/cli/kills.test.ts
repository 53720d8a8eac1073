/** A short form of `npm run kills`. */

import { it } from 'vitest';
import { chance } from '../../lib/chance.ts';
import { killStory } from './kill-story.ts';

/** Within the time in which an undisturbed run acts on a machine that has other things to do. */
const MOST_MS = 9_000;

it.concurrent.for([0, 1, 2, 3, 4])(
  'killed at an instant and started again, everything is freed or named: %i',
  async (n, { expect }) => {
    const told = await killStory(chance(100 + n), MOST_MS);
    expect(told.broken).toEqual([]);
  },
);
