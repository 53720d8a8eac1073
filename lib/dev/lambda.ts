import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { jsonFrom } from '../text/json.ts';
import { succeedCallback } from './durable-callbacks.ts';
import { type LambdaHandler, type LocalExecution, type LocalTime, runDurably } from './durable-runner.ts';
import { bodyOf, type LocalServer, listen } from './http.ts';

/** One durable execution that was started here. */
interface StartedLocally {
  functionName: string;
  name: string;
  arn: string;
  /** As it was sent. */
  payload: string;
  /** How it ended; undefined while it runs. */
  ended: LocalExecution | undefined;
}

export interface LocalLambda extends LocalServer {
  /** Every execution that was started, in order. */
  executions(): readonly StartedLocally[];
  /** Resolves when no execution runs, those included that others start meanwhile. */
  settled(): Promise<void>;
  /** Answer the next `count` invocations with this error, for example 429 and `TooManyRequestsException`. */
  failNext(count: number, status: number, code: string): void;
}

/**
 * AWS Lambda's Invoke and SendDurableExecutionCallbackSuccess over HTTP, without checking signatures. Asynchronous
 * invocations of `functions` are durable executions, one of each name and function; of `plain` ones they are tried three
 * times as in AWS, without its minutes in between. Synchronous ones call a plain handler. The SDK's own client speaks to it
 * when `AWS_ENDPOINT_URL_LAMBDA` is its `url`. An execution cannot be broken off, so `close` waits for those that run. With
 * `skipTime` executions run one after the other, see `runDurably`.
 */
export async function startLambda({
  functions,
  plain = {},
  ...time
}: LocalFunctions & LocalTime): Promise<LocalLambda> {
  const lambda = new Lambda({ functions, plain }, time);
  const server = await listen((request, response) => {
    void lambda.answer(request, response).catch(() => response.destroy());
  });
  return {
    url: server.url,
    executions: () => lambda.executions,
    settled: () => lambda.settled(),
    failNext: (count, status, code) =>
      lambda.failures.push(...Array.from({ length: count }, () => [status, code] as const)),
    close: async () => {
      await server.close();
      await lambda.settled();
    },
  };
}

interface LocalFunctions {
  functions: Record<string, LambdaHandler>;
  /** Those that are not durable and are invoked asynchronously all the same. */
  plain?: Record<string, LambdaHandler>;
}

interface Invocation {
  functionName: string;
  handler: LambdaHandler;
  name: string | undefined;
  payload: string;
}

class Lambda {
  readonly executions: StartedLocally[] = [];
  readonly failures: (readonly [status: number, code: string])[] = [];
  readonly #functions: ReadonlyMap<string, LambdaHandler>;
  readonly #plain: ReadonlySet<string>;
  readonly #time: LocalTime;
  readonly #running = new Set<Promise<void>>();

  constructor({ functions, plain }: Required<LocalFunctions>, time: LocalTime) {
    this.#functions = new Map(Object.entries({ ...functions, ...plain }));
    this.#plain = new Set(Object.keys(plain));
    this.#time = time;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const payload = await bodyOf(request);
    const failure = this.failures.shift();
    if (failure !== undefined) return fail(response, ...failure, 'failed on request');
    const callbackId = callbackIdOf(request.url ?? '');
    if (request.method === 'POST' && callbackId !== undefined) return succeed(callbackId, response);
    const functionName = functionNameOf(request.url ?? '');
    const handler = this.#functions.get(functionName ?? '');
    if (request.method !== 'POST' || functionName === undefined || handler === undefined) {
      return fail(response, 404, 'ResourceNotFoundException', `Function not found: ${functionName ?? request.url}`);
    }
    if (jsonFrom(payload) === undefined) {
      return fail(response, 400, 'InvalidRequestContentException', 'Could not parse request body into json');
    }
    const invocation = { functionName, handler, name: headerOf(request, 'x-amz-durable-execution-name'), payload };
    const type = headerOf(request, 'x-amz-invocation-type') ?? 'RequestResponse';
    if (type === 'Event' && this.#plain.has(functionName)) return this.#startPlainly(invocation, response);
    if (type === 'Event') return this.#startDurably(invocation, response);
    if (type === 'RequestResponse') return call(invocation, response);
    fail(response, 400, 'InvalidParameterValueException', `InvocationType ${type} is not spoken here`);
  }

  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #startDurably(invocation: Invocation, response: ServerResponse): void {
    const { functionName, name = randomUUID(), payload } = invocation;
    if (!/^[a-zA-Z0-9-_]{1,64}$/.test(name)) {
      return fail(response, 400, 'InvalidParameterValueException', `DurableExecutionName ${name} is not valid`);
    }
    const existing = this.executions.find((one) => one.functionName === functionName && one.name === name);
    if (existing !== undefined && existing.payload !== payload) {
      return fail(
        response,
        409,
        'DurableExecutionAlreadyStartedException',
        `Execution already started: ${existing.arn}`,
      );
    }
    const { arn } = existing ?? this.#start(invocation, name);
    response.writeHead(202, { 'x-amz-durable-execution-arn': arn }).end();
  }

  #startPlainly(invocation: Invocation, response: ServerResponse): void {
    if (invocation.name !== undefined) {
      return fail(response, 400, 'InvalidParameterValueException', `${invocation.functionName} is not durable`);
    }
    this.#keep(tryThrice(invocation));
    response.writeHead(202).end();
  }

  #start({ functionName, handler, payload }: Invocation, name: string): StartedLocally {
    const arn = `arn:aws:lambda:ap-northeast-2:000000000000:function:${functionName}:1/durable-execution/${name}/${randomUUID()}`;
    const execution: StartedLocally = { functionName, name, arn, payload, ended: undefined };
    this.executions.push(execution);
    this.#keep(run(execution, handler, this.#time));
    return execution;
  }

  #keep(work: Promise<void>): void {
    const running = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
}

async function run(execution: StartedLocally, handler: LambdaHandler, time: LocalTime): Promise<void> {
  try {
    execution.ended = await runDurably(handler, JSON.parse(execution.payload), time);
  } catch (error) {
    execution.ended = { status: 'FAILED', result: undefined, error: errorOf(error), operations: [], invocations: 0 };
  }
}

/** A plain function and its answer. One that throws has status 200 too; a header tells. */
async function call(invocation: Invocation, response: ServerResponse): Promise<void> {
  try {
    const result = await invoke(invocation);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result ?? null));
  } catch (error) {
    const { name, message } = errorOf(error);
    response
      .writeHead(200, { 'content-type': 'application/json', 'x-amz-function-error': 'Unhandled' })
      .end(JSON.stringify({ errorType: name, errorMessage: message }));
  }
}

/** The answer of an asynchronous function is lost; a function that has failed three times is given up. */
async function tryThrice(invocation: Invocation): Promise<void> {
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    try {
      await invoke(invocation);
      return;
    } catch {
      // The function has logged why.
    }
  }
}

async function invoke({ functionName, handler, payload }: Invocation): Promise<unknown> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- any handler fits, and takes what AWS gives it
  const plain = handler as (event: unknown, context: object) => Promise<unknown>;
  const context = { functionName, awsRequestId: randomUUID(), getRemainingTimeInMillis: () => 900_000 };
  return plain(JSON.parse(payload), context);
}

/** The codes are from the API's reference, which does not say which of the two an unknown id gets. */
function succeed(callbackId: string, response: ServerResponse): void {
  switch (succeedCallback(callbackId)) {
    case 'succeeded':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      return;
    case 'closed':
      return fail(response, 400, 'CallbackTimeoutException', 'The callback is closed or has expired');
    case 'unknown':
      return fail(response, 404, 'ResourceNotFoundException', 'Callback not found');
  }
}

function callbackIdOf(url: string): string | undefined {
  const [, encoded] = /^\/2025-12-01\/durable-execution-callbacks\/([^/?]+)\/succeed(?:\?|$)/.exec(url) ?? [];
  return encoded === undefined ? undefined : decodeURIComponent(encoded);
}

/** A function is called by its name or ARN, with or without a version or alias. */
function functionNameOf(url: string): string | undefined {
  const [, encoded = ''] = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?|$)/.exec(url) ?? [];
  const [, name] =
    /^(?:(?:arn:[^:]+:lambda:[^:]*:)?(?:\d{12}:)?function:|\d{12}:)?([\w-]+)(?::[\w$-]+)?$/.exec(
      decodeURIComponent(encoded),
    ) ?? [];
  return name;
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function errorOf(error: unknown): { name: string; message: string } {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) };
}

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
  response.end(JSON.stringify({ Type: 'User', Message: message }));
}
