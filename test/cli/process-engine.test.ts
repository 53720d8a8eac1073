import { describe, expect, it } from 'vitest';
import { type EngineMemory, processEngine } from '../../lib/cli/process-engine.ts';
import { systemClock } from '../../lib/clock.ts';
import { StoreError } from '../../lib/termination/ports/store.ts';

function standing(): { slept: number[]; now: () => number; sleep: (ms: number) => Promise<void> } {
  const slept: number[] = [];
  return { slept, now: () => 0, sleep: async (ms) => void slept.push(ms) };
}

describe('a sleep of a process', () => {
  it.each([
    [1, 1],
    [5, 5],
    [86_400, 5],
  ])('of %i seconds is over after %i, because nobody can wake it', async (seconds, expected) => {
    const clock = standing();
    const told: string[] = [];
    await processEngine(clock).waitForSignal('s', seconds, async (wakeId) => void told.push(wakeId));
    expect({ slept: clock.slept, told }).toEqual({ slept: [expected * 1000], told: [] });
  });

  it('is over at once when the run is asked to end', async () => {
    const controller = new AbortController();
    const sleep = processEngine(systemClock, controller.signal).waitForSignal('s', 5, () => Promise.resolve());
    const begun = Date.now();
    controller.abort();
    await sleep;
    expect(Date.now() - begun).toBeLessThan(1_000);
  });
});

interface Kept extends EngineMemory {
  kept: Map<string, string>;
  failing: Error[];
  alive: number;
}

function memoryOf(answers: Record<string, unknown> = {}): Kept {
  const asJson = Object.entries(answers).map(([step, answer]) => [step, JSON.stringify(answer)] as const);
  const memory: Kept = {
    answers: new Map(asJson),
    kept: new Map(asJson),
    failing: [],
    alive: 0,
    remember: (step, answer) => {
      const error = memory.failing.shift();
      if (error !== undefined) return Promise.reject(error);
      memory.kept.set(step, answer);
      return Promise.resolve();
    },
    stayAlive: () => {
      memory.alive += 1;
      return Promise.resolve();
    },
  };
  return memory;
}

function notToBeDone(): Promise<never> {
  return Promise.reject(new Error('it was done'));
}

const passing = new StoreError('busy', { passing: true });

describe('a process that goes on with a run', () => {
  it('does no remembered step again, and is given its answer', async () => {
    const engine = processEngine(standing(), undefined, memoryOf({ plan: { hash: 'abc' }, nothing: null }));
    expect(await engine.step('plan', notToBeDone)).toEqual({ hash: 'abc' });
    expect(await engine.step('nothing', notToBeDone)).toBe(null);
  });

  it('does not wait again for what came before a remembered step', async () => {
    const clock = standing();
    const engine = processEngine(clock, undefined, memoryOf({ one: 1, two: 2 }));
    await engine.step('one', () => Promise.resolve(1));
    await engine.sleep('between', 30);
    await engine.step('two', () => Promise.resolve(2));
    expect(clock.slept).toEqual([]);
    await engine.sleep('after', 30);
    expect(clock.slept).toEqual([30_000]);
  });

  it('waits again once it does something new, even if it never comes by a remembered step', async () => {
    const clock = standing();
    const engine = processEngine(clock, undefined, memoryOf({ other: 1 }));
    await engine.step('one', () => Promise.resolve(1));
    await engine.sleep('after', 30);
    expect(clock.slept).toEqual([30_000]);
  });
});

describe('an answer', () => {
  it('is written down before the next step begins', async () => {
    const memory = memoryOf();
    const engine = processEngine(standing(), undefined, memory);
    await engine.step('one', () => Promise.resolve({ a: 1 }));
    await engine.step('two', () => Promise.resolve(undefined));
    expect(Object.fromEntries(memory.kept)).toEqual({ one: '{"a":1}', two: 'null' });
    expect(memory.alive).toBe(2);
  });

  it('that cannot be written down is told, and is written down before anything else is done', async () => {
    const memory = memoryOf();
    memory.failing.push(passing, passing);
    const engine = processEngine(standing(), undefined, memory);
    expect(await engine.step('one', () => Promise.resolve(1))).toBe(1);
    const order: string[] = [];
    await engine.step('two', async () => void order.push(...memory.kept.keys()));
    expect(order).toEqual(['one']);
  });

  it('that can never be written down lets no further step begin', async () => {
    const memory = memoryOf();
    memory.failing.push(...Array.from({ length: 20 }, () => passing));
    const engine = processEngine(standing(), undefined, memory);
    await engine.step('one', () => Promise.resolve(1));
    let isBegun = false;
    const two = engine.step('two', async () => void (isBegun = true));
    await expect(two).rejects.toBe(passing);
    expect(isBegun).toBe(false);
  });
});

describe('a process that no longer carries the run out', () => {
  const lost = new StoreError('another process goes on with run r1', { passing: false });

  it('begins no further step', async () => {
    const memory = { ...memoryOf(), stayAlive: () => Promise.reject(lost) };
    await expect(processEngine(standing(), undefined, memory).step('one', notToBeDone)).rejects.toBe(lost);
  });

  it('finds out while it waits', async () => {
    const clock = standing();
    const memory = { ...memoryOf(), stayAlive: () => Promise.reject(lost) };
    await expect(processEngine(clock, undefined, memory).sleep('w', 3_600)).rejects.toBe(lost);
    expect(clock.slept).toEqual([60_000]);
  });
});
