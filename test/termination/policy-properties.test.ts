/** Whatever people, tags, holds, policies, other runs, faults and crashes do, no server is terminated that should stay. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { story } from './policy-story.ts';
import { live } from './policy-story-life.ts';
import { broken, outcomes } from './policy-story-oracle.ts';
import type { Lived } from './policy-story-world.ts';

/** Print it, change it, repeat it: the same seed gives the same stories. */
const SEED = Number(process.env['BANAP_SEED'] ?? 5);
const RUNS = Number(process.env['BANAP_RUNS'] ?? 100);

/** Each of these happens in at least this many of a hundred stories; otherwise the stories prove nothing. */
const LEAST = {
  terminated: 20,
  waited: 10,
  protected: 10,
  held: 5,
  kept: 5,
  policy: 5,
  limit: 5,
  'not-due': 5,
  duplicate: 3,
  'other-run': 2,
};

describe('under policies', () => {
  it(`no story ends a server that is not to be ended (seed ${SEED}, ${RUNS} stories)`, async () => {
    const counts = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const lived = await live(told);
        for (const what of happened(lived)) counts.set(what, (counts.get(what) ?? 0) + 1);
        expect(broken(lived)).toEqual([]);
      }),
      { seed: SEED, numRuns: RUNS },
    );
    console.log(`of ${RUNS} stories: ${[...counts].map(([what, count]) => `${what} ${count}`).join(', ')}`);
    const tooSeldom = Object.entries(LEAST).filter(
      ([what, percent]) => (counts.get(what) ?? 0) < Math.floor((RUNS * percent) / 100),
    );
    expect(tooSeldom).toEqual([]);
  }, 3_600_000);
});

/** Each word at most once in a story. */
function happened({ runs }: Lived): Set<string> {
  return new Set(
    runs.flatMap(({ ended, failed }) => [
      ...(failed === '' ? [] : ['no plan']),
      ...outcomes(ended).map(({ outcome }) => (outcome.result === 'refused' ? outcome.guard : outcome.result)),
      ...(ended?.history.events ?? []).flatMap((event) =>
        event.kind === 'waiting' && event.reason.code === 'window-closed' ? ['waited'] : [],
      ),
      ...(ended?.history.events ?? []).flatMap((event) =>
        event.kind === 'waiting' && event.reason.code === 'stopped-until' ? ['grace'] : [],
      ),
    ]),
  );
}
