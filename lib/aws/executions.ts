import {
  InvokeCommand,
  LambdaClient,
  type LambdaClientConfig,
  SendDurableExecutionCallbackSuccessCommand,
} from '@aws-sdk/client-lambda';
import { codeOf } from '../error-code.ts';

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

export type ExecutionErrorKind = 'conflict' | 'missing' | 'denied' | 'throttled' | 'refused' | 'unreachable';

/** An execution could not be started, or woken. Nothing came of it, except when `unreachable`: then nobody knows. */
export class ExecutionError extends Error {
  override readonly name = 'ExecutionError';
  readonly kind: ExecutionErrorKind;

  constructor(kind: ExecutionErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
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
    throw executionErrorFrom(error, start);
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

function wakingErrorFrom(error: unknown): ExecutionError {
  const code = codeOf(error);
  const kind = kindByCode[code] ?? (isAnswer(error) ? 'refused' : 'unreachable');
  const why =
    kind === 'denied'
      ? `this role may not (${code}); allow lambda:SendDurableExecutionCallbackSuccess`
      : `Lambda did not take it (${code})`;
  return new ExecutionError(kind, `the execution was not woken: ${why}; it wakes by itself later`);
}

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

function executionErrorFrom(error: unknown, { name, functionName }: ExecutionStart): ExecutionError {
  const code = codeOf(error);
  const kind = kindByCode[code] ?? (isAnswer(error) ? 'refused' : 'unreachable');
  return new ExecutionError(kind, `execution ${name} was not started: ${saying[kind](functionName, code)}`);
}

/** Whether Lambda said no (4xx), as opposed to breaking down or not answering. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && '$fault' in error && error.$fault === 'client';
}

const kindByCode: Readonly<Record<string, ExecutionErrorKind>> = {
  DurableExecutionAlreadyStartedException: 'conflict',
  ResourceNotFoundException: 'missing',
  AccessDeniedException: 'denied',
  CredentialsProviderError: 'denied',
  ExpiredTokenException: 'denied',
  UnrecognizedClientException: 'denied',
  InvalidSignatureException: 'denied',
  TooManyRequestsException: 'throttled',
  ThrottlingException: 'throttled',
};

const saying: Readonly<Record<ExecutionErrorKind, (functionName: string, code: string) => string>> = {
  conflict: (functionName, code) =>
    `${functionName} has an execution of this name that was started with another input or version (${code}); send the request again under another id if it is still wanted`,
  missing: (functionName, code) => `${functionName} does not exist in this account and region (${code})`,
  denied: (functionName, code) => `this role may not (${code}); allow lambda:InvokeFunction on ${functionName}`,
  throttled: (_functionName, code) => `Lambda takes no more at the moment (${code}); it is safe to try again`,
  refused: (functionName, code) => `Lambda refused the invocation of ${functionName} (${code})`,
  unreachable: (_functionName, code) => `Lambda did not answer as expected (${code}); it is safe to try again`,
};
