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
   * The ARN of the execution with this name; empty if AWS did not return it. A second start with the same payload is
   * answered with the same ARN, whether the execution still runs or has ended: AWS does not say which call started it.
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
 * Wake an execution that sleeps (see `Engine.sleep`), and return when AWS has taken it. One that is awake or has
 * ended is left alone. Throws an {@link ExecutionError}; the execution then sees the signal when its sleep ends.
 */
export async function wake({ client = lambda(), wakeId }: { client?: LambdaClient; wakeId: string }): Promise<void> {
  const command = new SendDurableExecutionCallbackSuccessCommand({ CallbackId: wakeId });
  await client.send(command).catch((error: unknown) => {
    if (!AWAKE.has(codeOf(error))) throw wakingErrorFrom(error);
  });
}

/** Nothing waits for this callback: it was completed or timed out, or its execution has ended. */
const AWAKE: ReadonlySet<string> = new Set([
  'CallbackTimeoutException',
  'ResourceNotFoundException',
  'InvalidParameterValueException',
]);

let shared: LambdaClient | undefined;

/** Made when first needed, so that the environment can set Lambda's endpoint. */
function lambda(): LambdaClient {
  shared ??= new LambdaClient(lambdaConfig);
  return shared;
}

/** An asynchronous invocation is answered at once. The name makes it harmless to send it again. */
const lambdaConfig: LambdaClientConfig = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};
