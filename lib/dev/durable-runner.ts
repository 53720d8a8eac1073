import type { DurableLambdaHandler } from '@aws/durable-execution-sdk-js';
import { LocalDurableTestRunner, type TestResult } from '@aws/durable-execution-sdk-js-testing';
import { inRealTime, withSkippedTime } from './durable-environment.ts';
import type { WhileAsleep } from './skipped-sleep.ts';

/** What a Lambda function exports. Its event and context are made by the runner, so any handler fits. */
export type LambdaHandler = (event: never, context: never) => Promise<unknown>;

export interface LocalExecution<T = unknown> {
  status: 'SUCCEEDED' | 'FAILED';
  /** What the handler returned, after JSON; undefined when it failed. */
  result: T | undefined;
  /** What the handler threw, when it failed. */
  error: { name: string; message: string } | undefined;
  /** Steps, waits and sleeps in the order in which they began; the parts of a sleep have no name. */
  operations: { name: string; type: string; status: string; attempts: number }[];
  /** How many times Lambda would have invoked the function. */
  invocations: number;
}

export interface LocalTime {
  skipTime?: boolean;
  whileAsleep?: WhileAsleep;
}

/**
 * Run the exported handler of a durable function on this machine, under the SDK's own checkpoint server.
 *
 * Executions in real time may run side by side. With `skipTime` the clock of the whole process (Date, timers,
 * performance.now) jumps over every wait and sleep, so such an execution runs alone: others wait for it and it for them.
 * `whileAsleep` is called whenever it sleeps, and may wake it; without it only what wakes it before it sleeps does.
 * Nothing is left running afterwards, so the process can end by itself.
 */
export function runDurably<T = unknown>(
  handler: LambdaHandler,
  event: unknown,
  options: LocalTime = {},
): Promise<LocalExecution<T>> {
  const work = (): Promise<LocalExecution<T>> => execute<T>(handler, event);
  return options.skipTime === true ? withSkippedTime(work, options.whileAsleep) : inRealTime(work);
}

async function execute<T>(handler: LambdaHandler, event: unknown): Promise<LocalExecution<T>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- middy's types do not know what its durable mode wraps
  const handlerFunction = handler as DurableLambdaHandler;
  const run = await new LocalDurableTestRunner<T>({ handlerFunction }).run({ payload: event });
  const failed = run.getStatus() !== 'SUCCEEDED';
  return {
    status: failed ? 'FAILED' : 'SUCCEEDED',
    result: failed ? undefined : run.getResult(),
    error: failed ? errorOf(run) : undefined,
    operations: run.getOperations().map((operation) => ({
      name: operation.getName() ?? '',
      type: operation.getType() ?? '',
      status: operation.getStatus() ?? '',
      attempts: operation.getType() === 'STEP' ? (operation.getStepDetails()?.attempt ?? 1) : 1,
    })),
    invocations: run.getInvocations().length,
  };
}

function errorOf(run: TestResult): { name: string; message: string } {
  const { errorType, errorMessage } = run.getError();
  return { name: errorType ?? 'Error', message: errorMessage ?? '' };
}
