import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  CheckpointDurableExecutionRequest,
  DurableExecutionClient,
  DurableExecutionInvocationInput,
  DurableExecutionInvocationInputWithClient,
  GetDurableExecutionStateRequest,
} from '@aws/durable-execution-sdk-js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runDurably } from '../../lib/dev/durable-runner.ts';
import type { ProbeAnswer } from '../../lib/triggers/probe.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'banap-crash-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('after a crash in the middle of a step, finished steps are replayed and the interrupted one is done afresh', async () => {
  const journal = join(folder, 'journal');
  const endings: string[] = [];
  const execution = await runDurably<{ first: number; second: number; last: number }>(lambda(endings), { journal });

  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
  expect(readFileSync(journal, 'utf8').trim().split('\n')).toEqual(['first', 'second', 'second']);
  expect(endings).toContain('SIGKILL');
  const { first, second, last } = execution.result ?? {};
  expect(first, 'the first answer is that of a process which is dead').not.toBe(last);
  expect(second, 'the second answer is that of the process which took over').toBe(last);
});

test.each([true, false])(
  'a probe that is to crash (%s) does, once, and another process goes on with what it had seen',
  async (crash) => {
    const journal = join(folder, 'journal');
    const endings: string[] = [];
    const order = { probe: { policies: ['nightly'], sleepSeconds: 1, crash } };
    const execution = await runDurably<ProbeAnswer>(lambda(endings), { journal, ...order });

    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: { crashed: crash } });
    expect(execution.result?.sleptSeconds).toBeGreaterThanOrEqual(1);
    expect(execution.result?.looks).toMatchObject([{ policy: 'nightly', unread: 'nobody is asked here' }]);
    expect(readFileSync(journal, 'utf8')).toBe('look\n');
    expect(endings.filter((one) => one === '1')).toHaveLength(crash ? 1 : 0);
  },
);

/**
 * Lambda around a handler that may crash: every invocation is a process of its own, and when one dies without an
 * answer, the next is handed everything that was checkpointed until then.
 */
function lambda(
  endings: string[],
): (event: DurableExecutionInvocationInputWithClient, context: object) => Promise<unknown> {
  return async (event, context) => {
    const client = event.durableExecutionClient;
    let { DurableExecutionArn, CheckpointToken, InitialExecutionState } = event;
    for (let invocation = 0; invocation < 3; invocation++) {
      const input = { DurableExecutionArn, CheckpointToken, InitialExecutionState };
      const { response, ending, token } = await invoke(input, context, client);
      endings.push(ending);
      if (response !== undefined) return response;
      CheckpointToken = token;
      const { Operations = [] } = await client.getExecutionState({ DurableExecutionArn, CheckpointToken });
      InitialExecutionState = { Operations, NextMarker: '' };
    }
    throw new Error('crashed too often');
  };
}

type Message =
  | { id: number; method: 'checkpoint'; params: CheckpointDurableExecutionRequest }
  | { id: number; method: 'getExecutionState'; params: GetDurableExecutionStateRequest }
  | { response: unknown };

function invoke(
  input: DurableExecutionInvocationInput,
  { ...context }: object,
  client: DurableExecutionClient,
): Promise<{ response: unknown; ending: string; token: string }> {
  const child = fork(new URL('crash-child.ts', import.meta.url), { serialization: 'advanced', execArgv: [] });
  let token = input.CheckpointToken;
  let response: unknown;
  const answer = async (message: Message): Promise<void> => {
    if ('response' in message) return void ({ response } = message);
    const reply = await call(client, message);
    if ('CheckpointToken' in reply) token = reply.CheckpointToken ?? token;
    if (child.connected) child.send({ id: message.id, answer: reply });
  };
  child.on('message', (message: Message) => void answer(message));
  const plain = Object.fromEntries(Object.entries(context).filter(([, value]) => typeof value !== 'function'));
  child.send({ input, context: plain });
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ response, ending: signal ?? String(code), token }));
  });
}

type Call = Extract<Message, { method: string }>;

function call(
  client: DurableExecutionClient,
  message: Call,
): Promise<object & { CheckpointToken?: string | undefined }> {
  return message.method === 'checkpoint' ? client.checkpoint(message.params) : client.getExecutionState(message.params);
}
