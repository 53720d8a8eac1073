import { isRefusal } from './service-error.ts';

/** Slack's function has three seconds for its cold start and two calls, each tried at most twice. */
const TRY_MS = 500;

/**
 * A call to AWS while somebody waits, so that a late answer is useless. It is tried once more if the first try
 * got no answer or the service failed. Rejects with a TimeoutError.
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
