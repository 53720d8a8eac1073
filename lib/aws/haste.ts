import { isRefusal } from './service-error.ts';

/** Slack's function makes two calls of at most two tries each, and has three seconds, of which the cold start takes some. */
const TRY_MS = 500;

/**
 * A call to AWS for which somebody waits: a late answer is useless. It is made once more where the first try
 * met no answer, or a failure of the service. Rejects with a TimeoutError.
 */
export async function inHaste<T>(call: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
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
