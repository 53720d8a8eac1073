import {
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  SendDurableExecutionCallbackSuccessCommand,
} from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LambdaHandler } from '../../lib/dev/durable-runner.ts';
import { type LocalLambda, startLambda } from '../../lib/dev/lambda.ts';
import { durableHandler } from '../aws/durable-handler.ts';

const ARN = 'arn:aws:lambda:ap-northeast-2:123456789012:function:durable';
const echo = durableHandler((engine, event) => engine.step('echo', () => Promise.resolve(event)));
const plain: LambdaHandler = (event: { fail?: string }) =>
  event.fail === undefined ? Promise.resolve({ got: event }) : Promise.reject(new RangeError(event.fail));

let lambda: LocalLambda;
let client: LambdaClient;

beforeEach(async () => {
  lambda = await startLambda({ functions: { durable: echo, plain } });
  client = clientFor(lambda);
});
afterEach(async () => {
  client.destroy();
  await lambda.close();
});

function clientFor({ url }: LocalLambda): LambdaClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new LambdaClient({ endpoint: url, region: 'ap-northeast-2', credentials, maxAttempts: 1 });
}

function start(more: Partial<InvokeCommandInput> = {}): ReturnType<typeof invoke> {
  return invoke({
    FunctionName: 'durable',
    InvocationType: 'Event',
    DurableExecutionName: 'one',
    Payload: '{"n":1}',
    ...more,
  });
}

function invoke(input: InvokeCommandInput) {
  return client.send(new InvokeCommand(input));
}

function succeed(CallbackId: string) {
  return client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId }));
}

describe('an asynchronous invocation', () => {
  it('is answered at once with the ARN of an execution that runs on', async () => {
    const { StatusCode, DurableExecutionArn } = await start();
    expect(StatusCode).toBe(202);
    expect(DurableExecutionArn).toMatch(/:function:durable:1\/durable-execution\/one\/[\w-]+$/);
    expect(lambda.executions()).toMatchObject([{ name: 'one', payload: '{"n":1}', ended: undefined }]);
    await lambda.settled();
    expect(lambda.executions()).toMatchObject([{ ended: { status: 'SUCCEEDED', result: { n: 1 } } }]);
  });

  it('under a name that exists starts nothing, while it runs and when it is over', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    await lambda.settled();
    const third = await start();
    expect(new Set([first, second, third].map((one) => one.DurableExecutionArn)).size).toBe(1);
    expect(lambda.executions()).toHaveLength(1);
  });

  it('under a name that exists with another payload is refused', async () => {
    await start();
    await expect(start({ Payload: '{"n":2}' })).rejects.toMatchObject({
      name: 'DurableExecutionAlreadyStartedException',
      $metadata: { httpStatusCode: 409 },
    });
    expect(lambda.executions()).toHaveLength(1);
  });

  it('without a name, or under another one, starts another execution', async () => {
    await start();
    await start({ DurableExecutionName: 'two' });
    await start({ DurableExecutionName: undefined });
    await start({ DurableExecutionName: undefined });
    expect(lambda.executions()).toHaveLength(4);
  });

  it.each(['durable:durable', 'durable:$LATEST', ARN, `${ARN}:durable`, '123456789012:function:durable'])(
    'finds its function as %s',
    async (FunctionName) => {
      await start({ FunctionName });
      expect(lambda.executions()).toMatchObject([{ functionName: 'durable' }]);
    },
  );

  it.each(['nobody', `${ARN}-not`])('of %s, which does not exist, is refused', async (FunctionName) => {
    await expect(start({ FunctionName })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(lambda.executions()).toEqual([]);
  });

  it.each(['has.dot', 'x'.repeat(65)])('under the name %s, which AWS does not allow, is refused', async (name) => {
    await expect(start({ DurableExecutionName: name })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });

  it('that is not JSON is refused', async () => {
    await expect(start({ Payload: '{' })).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
  });

  it('whose handler throws is a failed execution', async () => {
    await start({ FunctionName: 'plain' }); // no durable function: the runner cannot run it
    await lambda.settled();
    expect(lambda.executions()).toMatchObject([{ ended: { status: 'FAILED' } }]);
  });
});

describe('an asynchronous invocation of a plain function', () => {
  const events: unknown[] = [];
  let failures = 0;
  const handedOver: LambdaHandler = (event: object) => {
    events.push(event);
    return events.length > failures ? Promise.resolve() : Promise.reject(new Error('not yet'));
  };
  let chats: LocalLambda;

  beforeEach(async () => {
    events.length = 0;
    failures = 0;
    chats = await startLambda({ functions: { durable: echo }, plain: { chat: handedOver } });
  });
  afterEach(() => chats.close());

  function handOver(more: Partial<InvokeCommandInput> = {}) {
    const own = clientFor(chats);
    const command = new InvokeCommand({ FunctionName: 'chat', InvocationType: 'Event', Payload: '{"n":1}', ...more });
    return own.send(command).finally(() => own.destroy());
  }

  it('calls it with what was sent, and is no execution', async () => {
    const { StatusCode, DurableExecutionArn } = await handOver();
    expect([StatusCode, DurableExecutionArn]).toEqual([202, undefined]);
    await chats.settled();
    expect(events).toEqual([{ n: 1 }]);
    expect(chats.executions()).toEqual([]);
  });

  it.each([
    [1, 2],
    [2, 3],
    [9, 3],
  ])('that fails %i times is called %i times', async (times, calls) => {
    failures = times;
    await handOver();
    await chats.settled();
    expect(events).toHaveLength(calls);
  });

  it('under a name of an execution is refused', async () => {
    await expect(handOver({ DurableExecutionName: 'one' })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    expect(events).toEqual([]);
  });
});

describe('a synchronous invocation', () => {
  it('returns what a plain handler returns', async () => {
    const { StatusCode, Payload } = await invoke({ FunctionName: 'plain', Payload: '{"n":1}' });
    expect(StatusCode).toBe(200);
    expect(JSON.parse(Payload?.transformToString() ?? '')).toEqual({ got: { n: 1 } });
  });

  it('reports what a plain handler throws', async () => {
    const { FunctionError, Payload } = await invoke({ FunctionName: 'plain', Payload: '{"fail":"too far"}' });
    expect(FunctionError).toBe('Unhandled');
    expect(JSON.parse(Payload?.transformToString() ?? '')).toEqual({
      errorType: 'RangeError',
      errorMessage: 'too far',
    });
  });
});

describe('an execution that sleeps', () => {
  const told: string[] = [];
  const sleeper = durableHandler(async (engine) => {
    const before = await engine.step('before', async () => Date.now());
    await engine.waitForSignal('s', 86_400, async (wakeId) => void told.push(wakeId));
    return (await engine.step('after', async () => Date.now())) - before;
  });

  beforeEach(() => {
    told.length = 0;
  });

  it('goes on when its callback is completed over HTTP, once', async () => {
    await lambda.close();
    lambda = await startLambda({ functions: { durable: sleeper } });
    client = clientFor(lambda);
    await start();
    await vi.waitFor(() => expect(told).toHaveLength(1));
    const all = await Promise.allSettled(Array.from({ length: 3 }, () => succeed(told[0] ?? '')));
    expect(all.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
    await expect(succeed(told[0] ?? '')).rejects.toMatchObject({
      name: expect.stringMatching(/^(CallbackTimeout|ResourceNotFound)Exception$/),
    });
    await lambda.settled();
    expect(lambda.executions()).toMatchObject([{ ended: { status: 'SUCCEEDED' } }]);
    expect(lambda.executions()[0]?.ended?.result).toBeLessThan(10_000);
  });

  it('may be woken while its time is skipped, too', async () => {
    await lambda.close();
    const answers: unknown[] = [];
    lambda = await startLambda({
      functions: { durable: sleeper },
      skipTime: true,
      whileAsleep: async (wakeId) => {
        if (answers.length === 0) answers.push((await succeed(wakeId)).$metadata.httpStatusCode);
      },
    });
    client = clientFor(lambda);
    await start({ DurableExecutionName: 'woken' });
    await start({ DurableExecutionName: 'not-woken' });
    await lambda.settled();
    expect(answers).toEqual([200]);
    const [woken, slept] = lambda.executions().map(({ ended }) => Number(ended?.result));
    expect(woken).toBeLessThan(10_000);
    expect(slept).toBeGreaterThanOrEqual(86_400_000 - 10);
  });

  it.each(['nobody', 'a/b c?d', Buffer.from('{"executionId":"e","operationId":"o","token":"t"}').toString('base64')])(
    'is not known by %s',
    async (id) => {
      await expect(succeed(id)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        $metadata: { httpStatusCode: 404 },
      });
    },
  );
});

it('fails the given number of times', async () => {
  lambda.failNext(1, 429, 'TooManyRequestsException');
  await expect(start()).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  await start();
  expect(lambda.executions()).toHaveLength(1);
});

it('leaves nothing running when it is closed', async () => {
  await start();
  await lambda.close();
  expect(lambda.executions()).toMatchObject([{ ended: { status: 'SUCCEEDED' } }]);
});
