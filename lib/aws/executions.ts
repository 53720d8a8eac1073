import {
  InvokeCommand,
  LambdaClient,
  type LambdaClientConfig,
  SendDurableExecutionCallbackSuccessCommand,
} from '@aws-sdk/client-lambda';
import { codeOf } from '../errors.ts';
import { invokingErrorFrom, wakingErrorFrom } from './execution-error.ts';

export interface ExecutionStart {
  client?: LambdaClient;
  /** Name or ARN; AWS wants a durable function's version or alias with it. */
  functionName: string;
  /** 1 to 64 letters, digits, `-` and `_`. AWS starts one execution of a name. */
  name: string;
  /** At most 256 KB of JSON. */
  payload: unknown;
}

export interface StartedExecution {
  /**
   * The ARN of the execution that has this name; empty when AWS did not say. A second start with the same payload is
   * answered with the same one, whether it still runs or is over: AWS does not tell which of the two calls began it.
   */
  executionArn: string;
}

/** Start a durable execution and do not wait for it. Safe to call again with the same name and payload. */
export async function startExecution(start: ExecutionStart): Promise<StartedExecution> {
  const client = start.client ?? lambda();
  const command = new InvokeCommand({
    FunctionName: start.functionName,
    InvocationType: 'Event',
    DurableExecutionName: start.name,
    Payload: JSON.stringify(start.payload),
  });
  const answer = await client.send(command).catch((error: unknown) => {
    throw invokingErrorFrom(error, start.functionName, `execution ${start.name} was not started`);
  });
  return { executionArn: answer.DurableExecutionArn ?? '' };
}

/**
 * Wake an execution that sleeps (see `Engine.sleep`), and return when AWS has taken it. One that is awake, or over, is
 * left alone. Throws an {@link ExecutionError}; then it may sleep on to the end of its sleep, and sees then what was said.
 */
export async function wake({ client = lambda(), wakeId }: { client?: LambdaClient; wakeId: string }): Promise<void> {
  const command = new SendDurableExecutionCallbackSuccessCommand({ CallbackId: wakeId });
  await client.send(command).catch((error: unknown) => {
    if (!AWAKE.has(codeOf(error))) throw wakingErrorFrom(error);
  });
}

/** Nothing waits for this callback: it was completed, its time was over, or its execution is. */
const AWAKE: ReadonlySet<string> = new Set([
  'CallbackTimeoutException',
  'ResourceNotFoundException',
  'InvalidParameterValueException',
]);

let shared: LambdaClient | undefined;

/** Made when it is first needed, so that the environment may say where Lambda is. */
function lambda(): LambdaClient {
  shared ??= new LambdaClient(lambdaConfig);
  return shared;
}

/** An asynchronous invocation is answered at once. The name makes it harmless to send it again. */
const lambdaConfig: LambdaClientConfig = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};
