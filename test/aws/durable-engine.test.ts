import { randomBytes } from 'node:crypto';
import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { describe, expect, test } from 'vitest';
import { durableEngine, EngineError, LARGE_BYTES, MAX_ANSWER_BYTES } from '../../lib/aws/durable-engine.ts';
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

  test('fails with what its error says as data, on the first run as on a replay, tried again or not', async () => {
    const failure = { kind: 'unreachable', of: 'table banap', code: 'ECONNREFUSED', message: 'no answer' };
    const retry: Retry = { attempts: 2, firstDelaySeconds: 1, maxDelaySeconds: 1 };
    const caught: unknown[] = [];
    const execution = await run(async (engine) => {
      for (const [name, tries] of [['once'], ['twice', retry]] as const) {
        const failing = (): Promise<never> =>
          Promise.reject(Object.assign(new Error(failure.message), { name: 'StoreError', failure }));
        await engine.step(name, failing, tries).catch((error: Error) => caught.push(error.cause));
      }
      await engine.sleep('w', 60);
    });
    expect(execution.operations[1]).toMatchObject({ name: 'twice', attempts: 2 });
    expect(caught.length).toBeGreaterThan(3);
    for (const cause of caught) expect(cause).toMatchObject({ name: 'StoreError', message: failure.message, failure });
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

  test.each([LARGE_BYTES - 2, LARGE_BYTES - 1, 10 * MAX_ANSWER_BYTES])(
    'of %d letters is what it was, before and after it was kept',
    async (count) => {
      const answer = { letters: '반납'.repeat(count / 6), of: [1, null] };
      const execution = await run(async (engine) => {
        const first = await engine.step('big', async () => answer);
        await engine.sleep('meanwhile', 1);
        return JSON.stringify(first) === JSON.stringify(answer);
      });
      expect(execution).toMatchObject({ status: 'SUCCEEDED', result: true });
    },
  );

  test('that is large is kept deflated, a small one as it is', async () => {
    const large = { text: 'a'.repeat(LARGE_BYTES) };
    const kept = await keptBy({ small: { text: 'a' }, large });
    expect(kept).toEqual({ small: { text: 'a' }, large: { $deflated: expect.any(String) } });
    expect(JSON.stringify(kept).length).toBeLessThan(LARGE_BYTES / 4);
  });

  test('that is too large even so fails its step without being checkpointed or tried again', async () => {
    let tries = 0;
    const work = async (): Promise<string> => {
      tries += 1;
      return randomBytes(MAX_ANSWER_BYTES).toString('base64');
    };
    const execution = await run((engine) => engine.step('big', work, retry));
    expect(execution.error?.message).toMatch(/^the answer of step "big" has 3\d{5} bytes, deflated; AWS keeps 262144$/);
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

/** What the service keeps of steps that answer this. */
async function keptBy(answers: Record<string, unknown>): Promise<Record<string, unknown>> {
  const kept: Record<string, unknown> = {};
  const step = async (name: string, work: () => Promise<unknown>): Promise<unknown> => (kept[name] = await work());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the engine uses nothing else of it here
  const engine = durableEngine({ step } as unknown as DurableContext);
  for (const [name, answer] of Object.entries(answers)) await engine.step(name, () => Promise.resolve(answer));
  return kept;
}

async function fail(attempt: number): Promise<never> {
  throw new RangeError(`try ${attempt}`);
}

function kindOf(error: unknown): string {
  return error instanceof EngineError ? error.kind : String(error);
}
