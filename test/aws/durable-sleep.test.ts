import { describe, expect, test } from 'vitest';
import { succeedCallback } from '../../lib/dev/durable-callbacks.ts';
import { runDurably } from '../../lib/dev/durable-runner.ts';
import type { Engine } from '../../lib/termination/ports/engine.ts';
import { durableHandler } from './durable-handler.ts';

const DAY = 86_400;
const nobody = (): Promise<void> => Promise.resolve();

/** Seconds that the work took, seen from inside, with a replay after it. */
function lasting(work: (engine: Engine) => Promise<unknown>): Parameters<typeof runDurably>[0] {
  return durableHandler(async (engine) => {
    const before = await engine.step('before', async () => Date.now());
    await work(engine);
    await engine.sleep('replay', 1);
    return Math.round(((await engine.step('after', async () => Date.now())) - before) / 1000) - 1;
  });
}

describe('a sleep', () => {
  test('that nobody ends lasts its full time, and the run goes on', async () => {
    const sleeping = lasting((engine) => engine.waitForSignal('s', DAY, nobody));
    const execution = await runDurably(sleeping, {}, { skipTime: true });
    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: DAY });
    expect(execution.operations.map(({ name, type, status }) => `${type} ${name} ${status}`)).toEqual([
      'STEP before SUCCEEDED',
      'CONTEXT s FAILED',
      'CALLBACK  TIMED_OUT',
      'STEP  SUCCEEDED',
      'WAIT replay SUCCEEDED',
      'STEP after SUCCEEDED',
    ]);
  });

  test('in real time lasts its full time', async () => {
    expect(
      await runDurably(
        lasting((engine) => engine.waitForSignal('s', 1, nobody)),
        {},
      ),
    ).toMatchObject({
      status: 'SUCCEEDED',
      result: 1,
    });
  });

  test('ends when it is woken', async () => {
    const woken: string[] = [];
    const told: string[] = [];
    const sleeping = lasting((engine) => engine.waitForSignal('s', DAY, async (wakeId) => void told.push(wakeId)));
    const whileAsleep = (wakeId: string): void => void woken.push(wakeId, succeedCallback(wakeId));
    const execution = await runDurably(sleeping, {}, { skipTime: true, whileAsleep });
    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: 0 });
    expect(woken).toEqual([...told, 'succeeded']);
  });

  test('that is woken before it sleeps does not sleep', async () => {
    const sleeping = lasting((engine) =>
      engine.waitForSignal('s', DAY, async (wakeId) => {
        expect(succeedCallback(wakeId)).toBe('succeeded');
      }),
    );
    for (const time of [{ skipTime: true }, {}]) {
      expect(await runDurably(sleeping, {}, time)).toMatchObject({ status: 'SUCCEEDED', result: 0 });
    }
  });

  test('after another is woken under an id of its own; the first one is closed', async () => {
    const ids: string[] = [];
    const sleeping = lasting(async (engine) => {
      await engine.waitForSignal('one', DAY, async (wakeId) => void ids.push(wakeId));
      await engine.waitForSignal('two', DAY, async (wakeId) => void ids.push(wakeId));
    });
    const answers: string[] = [];
    const execution = await runDurably(
      sleeping,
      {},
      {
        skipTime: true,
        whileAsleep: (wakeId) => {
          if (wakeId === ids[1]) answers.push(...ids.map(succeedCallback), succeedCallback(wakeId));
        },
      },
    );
    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: DAY });
    expect(answers).toEqual(['closed', 'succeeded', 'closed']);
    expect(ids.map(succeedCallback)).toEqual(['unknown', 'unknown']);
  });

  test('repeats how to wake it, under the same id, until somebody has received it', async () => {
    const told: string[] = [];
    const sleeping = lasting((engine) =>
      engine.waitForSignal('s', DAY, async (wakeId) => {
        if (told.push(wakeId) < 4) throw new RangeError('not now');
      }),
    );
    expect(await runDurably(sleeping, {}, { skipTime: true })).toMatchObject({ status: 'SUCCEEDED', result: DAY });
    expect([told.length, new Set(told).size]).toEqual([4, 1]);
  });

  test.each([
    [DAY, 60],
    [5, 5],
  ])('of %i seconds that nobody could be told how to wake is a wait of %i', async (seconds, most) => {
    let tries = 0;
    const sleeping = lasting(async (engine) => {
      await engine.waitForSignal('s', seconds, () => Promise.reject(new RangeError(`try ${++tries}`)));
      await engine.waitForSignal('t', DAY, nobody);
    });
    const { status, result, operations } = await runDurably<number>(sleeping, {}, { skipTime: true });
    expect(status).toBe('SUCCEEDED');
    expect(tries).toBe(4);
    expect((result ?? 0) - DAY).toBeGreaterThanOrEqual(2 + 4 + 8 + most - 1);
    expect((result ?? 0) - DAY).toBeLessThanOrEqual(2 + 4 + 8 + most + 5);
    expect(operations.map(({ name }) => name)).toContain('s-unheard');
  });

  test.each([0, -1, 1.5, Number.NaN])('of %d seconds is refused, for 0 would have no end', async (seconds) => {
    const sleeping = durableHandler((engine) =>
      engine.waitForSignal('odd', seconds, nobody).catch((error: Error) => error.message),
    );
    const { result } = await runDurably(sleeping, {}, { skipTime: true });
    expect(result).toContain(`wait "odd" of ${seconds} seconds; expected a whole number from 1`);
  });

  test('needs a name of its own', async () => {
    const twice = durableHandler(async (engine) => {
      await engine.sleep('same', 1);
      return engine.waitForSignal('same', 1, nobody).catch((error: Error) => error.message);
    });
    const { result } = await runDurably(twice, {}, { skipTime: true });
    expect(result).toBe('two operations of one run are named "same"');
  });
});

test('a sleep longer than a timer can wait is not over at once in real time', async () => {
  let answer = '';
  const sleeping = lasting((engine) =>
    engine.waitForSignal('s', 40 * DAY, async (wakeId) => {
      setTimeout(() => {
        answer = succeedCallback(wakeId);
      }, 300);
    }),
  );
  expect(await runDurably(sleeping, {})).toMatchObject({ status: 'SUCCEEDED', result: 0 });
  expect(answer).toBe('succeeded');
});

test('many sleeps and waits one after the other add up', async () => {
  const sleeping = lasting(async (engine) => {
    for (let n = 0; n < 5; n += 1) {
      await engine.waitForSignal(`s${n}`, 3_600, nobody);
      await engine.sleep(`w${n}`, 60);
    }
  });
  expect(await runDurably(sleeping, {}, { skipTime: true })).toMatchObject({ status: 'SUCCEEDED', result: 5 * 3_660 });
});
