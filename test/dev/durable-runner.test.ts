import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { runDurably } from '../../lib/dev/durable-runner.ts';
import { durableHandler } from '../aws/durable-handler.ts';

const waiting = durableHandler(async (engine, { seconds }) => {
  const before = await engine.step('before', async () => Date.now());
  await engine.sleep('pause', seconds);
  return (await engine.step('after', async () => Date.now())) - before;
});

describe('an execution', () => {
  test('takes as long as it waits in real time', async () => {
    const { result } = await runDurably<number>(waiting, { seconds: 1 });
    expect(result).toBeGreaterThanOrEqual(990);
    expect(result).toBeLessThan(5_000);
  });

  test('takes no time when time is skipped, but sees a clock on which it did', async () => {
    const begun = process.hrtime.bigint();
    const { result } = await runDurably<number>(waiting, { seconds: 86_400 }, { skipTime: true });
    expect(result).toBeGreaterThanOrEqual(86_400_000 - 10);
    expect(Number(process.hrtime.bigint() - begun) / 1e6).toBeLessThan(5_000);
    expect(Math.abs(Date.now() - performance.timeOrigin)).toBeLessThan(3_600_000);
  });

  test('sees skipped waits add up, also after a step that takes real time', async () => {
    const polling = durableHandler(async (engine) => {
      const times: number[] = [];
      for (let pass = 0; pass < 4; pass++) {
        times.push(await engine.step(`look ${pass}`, look));
        await engine.sleep(`wait ${pass}`, 15);
      }
      return times.slice(1).map((time, index) => Math.round((time - (times[index] ?? 0)) / 1000));
    });
    const { result } = await runDurably(polling, {}, { skipTime: true });
    expect(result).toEqual([16, 16, 16]);
  });

  test('reports what was thrown', async () => {
    const throwing = durableHandler(() => Promise.reject(new RangeError('too far')));
    const execution = await runDurably(throwing, {}, { skipTime: true });
    expect(execution).toMatchObject({
      status: 'FAILED',
      result: undefined,
      error: { name: 'RangeError', message: 'too far' },
    });
  });
});

test('executions in real time run side by side, and skipping ones between them', async () => {
  const begun = Date.now();
  const day = { seconds: 86_400 };
  const all = await Promise.all([
    runDurably(waiting, { seconds: 1 }),
    runDurably(waiting, { seconds: 1 }),
    runDurably(waiting, day, { skipTime: true }),
    runDurably(waiting, day, { skipTime: true }),
    runDurably(waiting, { seconds: 1 }),
  ]);
  expect(all.map(({ status }) => status)).toEqual(Array(5).fill('SUCCEEDED'));
  expect(Date.now() - begun).toBeLessThan(8_000);
});

test('a process that ran executions ends by itself', async () => {
  const child = fileURLToPath(new URL('durable-runner-child.ts', import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [child], { timeout: 20_000 });
  expect(JSON.parse(stdout)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
  expect(stderr).toBe('');
});

async function look(): Promise<number> {
  await sleep(600);
  return Date.now();
}
