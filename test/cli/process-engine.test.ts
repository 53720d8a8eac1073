import { describe, expect, it } from 'vitest';
import { processEngine } from '../../lib/cli/process-engine.ts';
import { systemClock } from '../../lib/clock.ts';

describe('a sleep of a process', () => {
  it.each([
    [1, 1],
    [5, 5],
    [86_400, 5],
  ])('of %i seconds is over after %i, because nobody can wake it', async (seconds, expected) => {
    const slept: number[] = [];
    const clock = { now: () => 0, sleep: async (ms: number) => void slept.push(ms) };
    const told: string[] = [];
    await processEngine(clock).sleep('s', seconds, async (wakeId) => void told.push(wakeId));
    expect({ slept, told }).toEqual({ slept: [expected * 1000], told: [] });
  });

  it('is over at once when the run is asked to end', async () => {
    const controller = new AbortController();
    const sleep = processEngine(systemClock, controller.signal).sleep('s', 5, () => Promise.resolve());
    const begun = Date.now();
    controller.abort();
    await sleep;
    expect(Date.now() - begun).toBeLessThan(1_000);
  });
});
