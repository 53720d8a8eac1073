import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { default as middy } from '@middy/core'; // its types know no other export
import { executionModeDurableContext } from '@middy/core/DurableContext';
import { durableEngine } from '../../lib/aws/durable-engine.ts';
import type { LambdaHandler } from '../../lib/dev/durable-runner.ts';
import type { Engine } from '../../lib/termination/ports/engine.ts';

export interface TestEvent {
  seconds: number;
  /** A file that survives the process. */
  journal: string;
}

/** What a middleware saw, once for each invocation. */
export interface Seen {
  event: unknown;
  durable: boolean;
  functionName: string;
}

/** A Lambda handler as the project's own is made: middy around a run that only knows the engine. */
export function durableHandler(
  run: (engine: Engine, event: TestEvent) => Promise<unknown>,
  seen: Seen[] = [],
): LambdaHandler {
  return middy<TestEvent, unknown, Error, DurableContext>({
    executionMode: executionModeDurableContext,
    // Off. Middy clears this timer when the handler answers, and a handler that suspends never does: it would fire in
    // the middle of a later invocation. And one that fires in time fails the execution that Lambda would have resumed.
    timeoutEarlyInMillis: 0,
  })
    .before(({ event, context }) => {
      const durable = typeof context.step === 'function' && typeof context.wait === 'function';
      seen.push({ event, durable, functionName: context.lambdaContext.functionName });
    })
    .handler<TestEvent, unknown>((event, context) => run(durableEngine(context), event));
}
