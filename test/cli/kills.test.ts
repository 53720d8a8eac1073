/** A short form of `npm run kills`. */

import { afterAll, beforeAll, describe, it } from 'vitest';
import { chance } from '../../lib/chance.ts';
import { cutOff } from './kill-story.ts';

/** Within the time in which an undisturbed run acts on a busy machine. */
const MOST_MS = 9_000;

describe.concurrent('a terminate that is killed at an instant', () => {
  describe.concurrent.for([0, 1, 2, 3, 4])('of story %i', (n) => {
    let story: Awaited<ReturnType<typeof cutOff>>;
    // The kills and the last process have a time limit each: both mostly wait for NCP.
    beforeAll(async () => {
      story = await cutOff(chance(100 + n), MOST_MS);
    });
    afterAll(() => story.close());

    it('and started again, has freed or named everything', async ({ expect }) => {
      expect((await story.goOn()).broken).toEqual([]);
    });
  });
});
