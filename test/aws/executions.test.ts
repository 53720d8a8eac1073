import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startExecution, wake } from '../../lib/aws/executions.ts';
import { type LocalLambda, startLambda } from '../../lib/dev/lambda.ts';
import { ExecutionError } from '../../lib/triggers/run-control.ts';
import { durableHandler } from './durable-handler.ts';

const terminate = durableHandler((engine, event) => engine.step('look', () => Promise.resolve(event)));
const PAYLOAD = { requestId: 'r-1', trigger: 'schedule', request: { policy: 'nightly-dev' } };

let lambda: LocalLambda;
let client: LambdaClient;

beforeEach(async () => {
  lambda = await startLambda({ functions: { terminate } });
  client = clientFor(lambda.url);
});
afterEach(async () => {
  client.destroy();
  await lambda.close();
});

function clientFor(endpoint: string, maxAttempts = 1): LambdaClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new LambdaClient({ endpoint, region: 'ap-northeast-2', credentials, maxAttempts });
}

function start(more: object = {}): ReturnType<typeof startExecution> {
  return startExecution({ client, functionName: 'terminate:durable', name: 'n-1', payload: PAYLOAD, ...more });
}

async function failure(more: object = {}): Promise<ExecutionError> {
  const error: unknown = await start(more).catch((caught: unknown) => caught);
  if (error instanceof ExecutionError) return error;
  throw new Error('expected an ExecutionError');
}

describe('an execution', () => {
  it('is started under its name with its payload', async () => {
    const { executionArn } = await start();
    expect(executionArn).toContain('/durable-execution/n-1/');
    await lambda.settled();
    expect(lambda.executions()).toMatchObject([{ name: 'n-1', ended: { status: 'SUCCEEDED', result: PAYLOAD } }]);
  });

  it('is the same when it is started again, one after the other or at once', async () => {
    const first = await start();
    expect(await Promise.all([start(), start(), start()])).toEqual([first, first, first]);
    expect(lambda.executions()).toHaveLength(1);
  });

  it('of another name is another one', async () => {
    await start();
    await start({ name: 'n-2' });
    expect(lambda.executions().map(({ name }) => name)).toEqual(['n-1', 'n-2']);
  });

  it('is tried again by the client when Lambda is busy, and started once', async () => {
    lambda.failNext(1, 429, 'TooManyRequestsException');
    await start({ client: clientFor(lambda.url, 2) });
    expect(lambda.executions()).toHaveLength(1);
  });

  it('is started where AWS_ENDPOINT_URL_LAMBDA says, by a client made without arguments', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
      AWS_REGION: 'ap-northeast-2',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    try {
      await start({ client: undefined });
      expect(lambda.executions()).toHaveLength(1);
    } finally {
      process.env = before;
    }
  });
});

describe('an execution that cannot be started', () => {
  it('is a conflict when its name was used with another payload, and the first one stays', async () => {
    await start();
    expect(await failure({ payload: { ...PAYLOAD, requestId: 'r-2' } })).toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(/^execution n-1 was not started: terminate:durable has an execution of this name/),
    });
    expect(lambda.executions()).toHaveLength(1);
  });

  it.each([
    [404, 'ResourceNotFoundException', 'missing'],
    [403, 'AccessDeniedException', 'denied'],
    [429, 'TooManyRequestsException', 'throttled'],
    [413, 'RequestTooLargeException', 'refused'],
    [500, 'ServiceException', 'unreachable'],
  ])('because of %i %s is %s, and nothing runs', async (status, code, kind) => {
    lambda.failNext(1, status, code);
    expect(await failure()).toMatchObject({ kind, message: expect.stringContaining(code) });
    expect(lambda.executions()).toEqual([]);
  });

  it('is missing when there is no such function', async () => {
    expect(await failure({ functionName: 'nobody' })).toMatchObject({ kind: 'missing' });
  });

  it('is unreachable when nobody answers', async () => {
    expect(await failure({ client: clientFor('http://127.0.0.1:1') })).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

describe('waking', () => {
  const told: string[] = [];
  const sleeper = durableHandler((engine) => engine.waitForSignal('s', 60, async (wakeId) => void told.push(wakeId)));

  beforeEach(() => {
    told.length = 0;
  });

  it('ends the sleep of an execution; again, and when it is over, it does nothing', async () => {
    await lambda.close();
    lambda = await startLambda({ functions: { terminate: sleeper } });
    client = clientFor(lambda.url);
    await start();
    await vi.waitFor(() => expect(told).toHaveLength(1));
    const [wakeId = ''] = told;
    await Promise.all([wake({ client, wakeId }), wake({ client, wakeId })]);
    await lambda.settled();
    expect(lambda.executions()).toMatchObject([{ ended: { status: 'SUCCEEDED' } }]);
    await wake({ client, wakeId });
  });

  it.each([
    [404, 'ResourceNotFoundException'],
    [400, 'CallbackTimeoutException'],
    [400, 'InvalidParameterValueException'],
  ])('of one that is awake is fine: %i %s', async (status, code) => {
    lambda.failNext(1, status, code);
    await expect(wake({ client, wakeId: 'gone' })).resolves.toBeUndefined();
  });

  it.each([
    [429, 'TooManyRequestsException', 'throttled', 'Lambda did not take it (TooManyRequestsException)'],
    [403, 'AccessDeniedException', 'denied', 'allow lambda:SendDurableExecutionCallbackSuccess'],
    [500, 'ServiceException', 'unreachable', 'Lambda did not take it (ServiceException)'],
    [400, 'Odd', 'refused', 'Lambda did not take it (Odd)'],
  ])('that fails with %i %s says so, without the id', async (status, code, kind, message) => {
    lambda.failNext(1, status, code);
    const error: unknown = await wake({ client, wakeId: 'secret-id' }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ExecutionError);
    expect(error).toMatchObject({ kind, message: expect.stringContaining(message) });
    expect(String(error)).not.toContain('secret-id');
  });
});
