import type { ServerResponse } from 'node:http';

/**
 * What happens to a call instead of its answer.
 * - a status, with `retryAfterSeconds` in a header of the service's own
 * - `hang`: no answer at all
 * - `cut`: the connection ends before anything was done
 * - `cut-after`: it was done, and the connection ends before the answer
 * - `garbage`: an answer that is no JSON
 */
export type Fault = { status: number; retryAfterSeconds?: number } | 'hang' | 'cut' | 'cut-after' | 'garbage';

/** Faults that wait for the next calls. */
export class Faults {
  readonly #waiting: Fault[] = [];

  failNext(count: number, fault: Fault): void {
    this.#waiting.push(...Array<Fault>(count).fill(fault));
  }

  next(): Fault | undefined {
    return this.#waiting.shift();
  }
}

/** Applies the fault to the answer. `retryHeader` names the header that says when to retry. */
export function fail(response: ServerResponse, fault: Fault, retryHeader: string): void {
  if (fault === 'hang') return;
  if (fault === 'cut' || fault === 'cut-after') return void response.destroy();
  if (fault === 'garbage')
    return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>oops</html>');
  const { status, retryAfterSeconds } = fault;
  const headers = retryAfterSeconds === undefined ? {} : { [retryHeader]: String(retryAfterSeconds) };
  response.writeHead(status, headers).end();
}
