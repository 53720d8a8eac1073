import { invokingErrorFrom } from './execution-error.ts';
import { inHaste } from './haste.ts';
import { signedCall } from './signed-call.ts';

/** Invoke another function for the rest of the work, without waiting for it. Throws ExecutionError if Lambda did not take it in time. */
export async function handOver({ functionName, payload }: { functionName: string; payload: unknown }): Promise<void> {
  const path = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
  const headers = { 'content-type': 'application/octet-stream', 'x-amz-invocation-type': 'Event' };
  const body = JSON.stringify(payload);
  await inHaste((signal) => signedCall({ service: 'lambda', path, headers, body, signal })).catch((error: unknown) => {
    throw invokingErrorFrom(error, functionName, 'nothing was handed over');
  });
}
