import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { invokingErrorFrom } from './execution-error.ts';
import { HASTY_CLIENT, inHaste } from './haste.ts';

let shared: LambdaClient | undefined;

/** Invoke another function for the rest of the work, without waiting for it. Throws ExecutionError if Lambda did not take it in time. */
export async function handOver({ functionName, payload }: { functionName: string; payload: unknown }): Promise<void> {
  const client = (shared ??= new LambdaClient(HASTY_CLIENT));
  const command = new InvokeCommand({
    FunctionName: functionName,
    InvocationType: 'Event',
    Payload: Buffer.from(JSON.stringify(payload)),
  });
  await inHaste((abortSignal) => client.send(command, { abortSignal })).catch((error: unknown) => {
    throw invokingErrorFrom(error, functionName, 'nothing was handed over');
  });
}
