import { SecretError } from '../aws/secret-error.ts';
import { StoreError } from '../termination/ports/store.ts';
import { RequestError } from '../termination/request.ts';
import { ExecutionError } from '../triggers/run-control.ts';
import { HttpProblem } from './problem.ts';

/** What a failure looks like to the person or program that asked. Names of tables, functions and secrets stay in the log. */
export function problemFrom(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof RequestError) {
    return new HttpProblem(400, 'the body is not valid; every problem is listed', {
      problems: error.problems,
    });
  }
  if (error instanceof ExecutionError && error.kind === 'throttled') return later(429, 'AWS takes no more now', error);
  if (error instanceof ExecutionError && error.kind === 'conflict') {
    return new HttpProblem(
      409,
      'a run with this id was started with other content; send the request under a new webhook-id',
      {
        cause: error,
      },
    );
  }
  if (error instanceof ExecutionError || error instanceof StoreError || error instanceof SecretError) {
    return later(503, 'a service that this needs does not answer', error);
  }
  return new HttpProblem(500, 'something went wrong here; the log says what', { cause: error });
}

function later(status: 429 | 503, detail: string, cause: Error): HttpProblem {
  const headers = { 'retry-after': String(RETRY_AFTER_SECONDS) };
  return new HttpProblem(status, `${detail}; send the same again later`, { headers, cause });
}

const RETRY_AFTER_SECONDS = 30;
