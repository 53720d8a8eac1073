import { describe, expect, test } from 'vitest';
import { EngineError, MAX_ANSWER_BYTES } from '../../lib/aws/durable-engine.ts';
import { runDurably } from '../../lib/dev/durable-runner.ts';
import type { Engine, Retry } from '../../lib/termination/ports/engine.ts';
import { durableHandler, type Seen } from './durable-handler.ts';

const skipTime = { skipTime: true };

describe('a step', () => {
  test('is done once, although the handler begins anew after every wait', async () => {
    const done: string[] = [];
    let begun = 0;
    const execution = await run(async (engine) => {
      begun += 1;
      const first = await engine.step('first', async () => done.push('first'));
      await engine.sleep('day', 86_400);
      await engine.sleep('week', 7 * 86_400);
      return { first, second: await engine.step('second', async () => done.push('second')) };
    });
    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: { first: 1, second: 2 }, invocations: 3 });
    expect({ begun, done }).toEqual({ begun: 3, done: ['first', 'second'] });
    expect(execution.operations.map(({ name, type }) => `${type} ${name}`)).toEqual([
      'STEP first',
      'WAIT day',
      'WAIT week',
      'STEP second',
    ]);
  });

  test('answers what JSON made of its answer, on the first run as on a replay', async () => {
    const answers: unknown[] = [];
    await run(async (engine) => {
      answers.push(await engine.step('a', async () => ({ at: new Date(0), gone: undefined, none: null })));
      answers.push(await engine.step('b', async () => undefined));
      await engine.sleep('w', 60);
    });
    const once = [{ at: '1970-01-01T00:00:00.000Z', none: null }, undefined];
    expect(answers).toEqual([...once, ...once]);
    expect(answers[0]).not.toHaveProperty('gone');
  });

  test('is tried once without a retry', async () => {
    let tries = 0;
    const execution = await run((engine) => engine.step('fails', () => fail(++tries)));
    expect(tries).toBe(1);
    expect(execution).toMatchObject({ status: 'FAILED', error: { name: 'StepError', message: 'try 1' } });
  });

  test('fails with the name and message of the error as its cause; its class is lost', async () => {
    const caught: unknown[] = [];
    await run(async (engine) => {
      await engine.step('fails', () => fail(1)).catch((error: Error) => caught.push(error.name, error.cause));
      await engine.sleep('w', 60); // so that the failure is also replayed
    });
    expect(caught).toEqual(['StepError', expect.anything(), 'StepError', expect.anything()]);
    expect(caught[1]).toMatchObject({ name: 'RangeError', message: 'try 1' });
    expect(caught[3]).toMatchObject({ name: 'RangeError', message: 'try 1' });
    expect(caught[3]).not.toBeInstanceOf(RangeError);
  });

  test('is tried as often as its retry says, with doubled delays up to the longest', async () => {
    const at: number[] = [];
    const retry: Retry = { attempts: 5, firstDelaySeconds: 10, maxDelaySeconds: 30 };
    const execution = await run((engine) => engine.step('fails', () => fail(at.push(Date.now())), retry));
    expect(execution).toMatchObject({ status: 'FAILED', operations: [{ name: 'fails', attempts: 5 }] });
    const delays = at.slice(1).map((time, index) => Math.round((time - (at[index] ?? 0)) / 1000));
    expect(delays).toEqual([10, 20, 30, 30]);
  });

  test('stops being tried when it answers', async () => {
    let tries = 0;
    const retry: Retry = { attempts: 5, firstDelaySeconds: 1, maxDelaySeconds: 1 };
    const execution = await run((engine) =>
      engine.step('flaky', async () => (++tries < 3 ? fail(tries) : tries), retry),
    );
    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: 3 });
  });
});

describe('an answer', () => {
  const retry: Retry = { attempts: 5, firstDelaySeconds: 1, maxDelaySeconds: 1 };

  test('may have 256 KB of JSON', async () => {
    const longest = 'a'.repeat(MAX_ANSWER_BYTES - 2);
    expect(await run(async (engine) => (await engine.step('big', async () => longest)).length)).toMatchObject({
      status: 'SUCCEEDED',
      result: MAX_ANSWER_BYTES - 2,
    });
  });

  test('of more fails its step without being checkpointed or tried again; bytes count, not characters', async () => {
    let tries = 0;
    const work = async (): Promise<string> => {
      tries += 1;
      return '반'.repeat(100_000);
    };
    const execution = await run((engine) => engine.step('big', work, retry));
    expect(execution.error?.message).toBe('the answer of step "big" has 300002 bytes of JSON; AWS keeps 262144');
    expect(tries).toBe(1);
  });

  test('that cannot be written as JSON fails its step', async () => {
    const execution = await run((engine) => engine.step('big', async () => 1n, retry));
    expect(execution.error?.message).toBe('the answer of step "big" cannot be written as JSON');
  });
});

describe('the engine refuses', () => {
  test('two operations of one name', async () => {
    const execution = await run(async (engine) => {
      await engine.sleep('same', 1);
      return engine.step('same', async () => 1).catch(kindOf);
    });
    expect(execution.result).toBe('duplicate-name');
  });

  test.each([0, -1, 1.5, Number.NaN])('a wait of %d seconds', async (seconds) => {
    const execution = await run((engine) => engine.sleep('odd', seconds).catch(kindOf));
    expect(execution.result).toBe('bad-wait');
  });
});

test("a middleware sees the caller's event and a DurableContext, once for each invocation", async () => {
  const seen: Seen[] = [];
  await runDurably(
    durableHandler((engine) => engine.sleep('w', 60), seen),
    { servers: ['1'] },
    skipTime,
  );
  const each = { event: { servers: ['1'] }, durable: true, functionName: expect.any(String) };
  expect(seen).toEqual([each, each]);
});

function run(work: (engine: Engine) => Promise<unknown>): ReturnType<typeof runDurably> {
  return runDurably(durableHandler(work), {}, skipTime);
}

async function fail(attempt: number): Promise<never> {
  throw new RangeError(`try ${attempt}`);
}

function kindOf(error: unknown): string {
  return error instanceof EngineError ? error.kind : String(error);
}
