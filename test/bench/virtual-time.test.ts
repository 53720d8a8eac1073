import { describe, expect, it } from 'vitest';
import { VirtualTime } from '../../scripts/bench/virtual-time.ts';
import { simulatorWithin } from '../simulator/caller.ts';

const START = Date.parse('2026-03-01T00:00:00Z');

function newTime(): VirtualTime {
  return new VirtualTime(simulatorWithin());
}

describe('virtual time', () => {
  it('is shared: those who wait at once wait side by side, and wake in the order in which their waits end', async () => {
    const time = newTime();
    const woken: string[] = [];
    const sleeper = async (name: string, ...waits: number[]): Promise<void> => {
      for (const ms of waits) {
        await time.sleep(ms);
        woken.push(`${name} ${time.clock.now() - START}`);
      }
    };
    await time.runToEnd(() => Promise.all([sleeper('a', 300, 300), sleeper('b', 200, 200), sleeper('c', 200)]));
    expect(woken).toEqual(['b 200', 'c 200', 'a 300', 'b 400', 'a 600']);
  });

  it('stands still while anybody works, for as many turns as promises and ticks take', async () => {
    const time = newTime();
    const worked = async (): Promise<number> => {
      for (let step = 0; step < 50; step += 1) await new Promise<void>((resolve) => process.nextTick(resolve));
      return time.clock.now() - START;
    };
    expect(await time.runToEnd(async () => (await Promise.all([worked(), time.sleep(1_000)]))[0])).toBe(0);
  });

  it('loses no millisecond over many waits of odd lengths', async () => {
    const time = newTime();
    await time.runToEnd(async () => {
      for (let wait = 0; wait < 3_000; wait += 1) await time.sleep(1_000 + wait);
    });
    expect(time.clock.now() - START).toBe(3_000 * 1_000 + (3_000 * 2_999) / 2);
  });

  it('ends a sleep that is called off, and says so where the work then waits for something that no time brings', async () => {
    const time = newTime();
    const stuck = time.runToEnd(async () => {
      const timeout = time.clock.timeout(500);
      await expect(time.clock.sleep(10_000, timeout)).rejects.toThrow('the sleep was ended');
      await new Promise(() => undefined);
    });
    await expect(stuck).rejects.toThrow('nobody waits for a time');
    expect(time.clock.now() - START).toBe(500);
  });

  it('carries an engine whose sleeps are told as they begin, and whose answers go through JSON', async () => {
    const time = newTime();
    const told: object[] = [];
    const engine = time.engine((sleep) => void told.push(sleep));
    const answer = await time.runToEnd(async () => {
      await engine.sleep('wait', 5);
      return engine.step('look', () => Promise.resolve({ at: new Date(0), nothing: undefined }));
    });
    expect(answer).toEqual({ at: '1970-01-01T00:00:00.000Z' });
    expect(told).toEqual([{ from: START, to: START + 5_000 }]);
  });
});
