import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { codeOf } from '../error-code.ts';
import { ExecutionError } from './executions.ts';

let shared: LambdaClient | undefined;

/** Have another function do the rest, and do not wait for it. Throws ExecutionError where Lambda did not take it. */
export async function handOver({ functionName, payload }: { functionName: string; payload: unknown }): Promise<void> {
  // Whoever waits for the answer waits three seconds at the most.
  shared ??= new LambdaClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 700, requestTimeout: 1_000, throwOnRequestTimeout: true },
  });
  const command = new InvokeCommand({
    FunctionName: functionName,
    InvocationType: 'Event',
    Payload: Buffer.from(JSON.stringify(payload)),
  });
  try {
    await shared.send(command);
  } catch (error) {
    const code = codeOf(error);
    const kind = code === 'TooManyRequestsException' ? 'throttled' : 'unreachable';
    throw new ExecutionError(kind, `${functionName} did not take what was handed over (${code})`);
  }
}
