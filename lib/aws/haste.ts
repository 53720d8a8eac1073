/** What a function that somebody waits for asks of AWS. */

import * as z from 'zod';
import { invokingErrorFrom } from './execution-error.ts';
import type { AskSecret } from './secrets.ts';
import { isRefusal } from './service-error.ts';
import { signedCall } from './signed-call.ts';

export const askInHaste: AskSecret = async (secretId) => {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' };
  const body = JSON.stringify({ SecretId: secretId });
  const call = { service: 'secretsmanager', path: '/', headers, body } as const;
  return inHaste(async (signal) => answerSchema.parse(JSON.parse(await signedCall({ ...call, signal }))));
};

const answerSchema = z.object({ SecretString: z.string().optional() });

/** Invoke another function for the rest of the work, without waiting for it. Throws ExecutionError if Lambda did not take it in time. */
export async function handOver({ functionName, payload }: { functionName: string; payload: unknown }): Promise<void> {
  const path = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
  const headers = { 'content-type': 'application/octet-stream', 'x-amz-invocation-type': 'Event' };
  const body = JSON.stringify(payload);
  await inHaste((signal) => signedCall({ service: 'lambda', path, headers, body, signal })).catch((error: unknown) => {
    throw invokingErrorFrom(error, functionName, 'nothing was handed over');
  });
}

/** Slack's function has three seconds for its cold start and two calls, each tried at most twice. */
const TRY_MS = 500;

/**
 * A call to AWS while somebody waits, so that a late answer is useless. It is tried once more if the first try
 * got no answer or the service failed. Rejects with a TimeoutError.
 */
async function inHaste<T>(call: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await inTime(call);
  } catch (error) {
    if (isRefusal(error)) throw error;
    return inTime(call);
  }
}

async function inTime<T>(call: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(TRY_MS);
  try {
    return await call(signal);
  } catch (error) {
    throw signal.aborted ? new TimeoutError(`no answer within ${TRY_MS} ms`) : error;
  }
}

class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}
