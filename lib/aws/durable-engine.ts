import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  type DurableContext,
  DurableOperationError,
  type StepConfig,
  StepError,
  StepSemantics,
} from '@aws/durable-execution-sdk-js';
import type { Engine, Retry } from '../termination/ports/engine.ts';

/** AWS keeps at most this much of one answer, as UTF-8 JSON. */
export const MAX_ANSWER_BYTES = 256 * 1024;

/** The engine was used in a way that AWS Lambda durable functions cannot carry. A bug, never worth another try. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly kind: 'too-large' | 'not-json' | 'duplicate-name' | 'bad-wait';

  constructor(kind: EngineError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * The run's engine inside AWS Lambda.
 *
 * Every suspension ends the invocation; the next one runs the code from its first line and is handed the remembered
 * answers in the order of the calls. So between two steps the code must always do the same, and it must not read
 * the clock or use randomness outside of a step. An answer has been through JSON, on the first run as on a replay.
 * A step that failed for good throws the SDK's StepError, whose `cause` keeps only the name and message of the error, and
 * its `failure` if it has one.
 */
export function durableEngine(context: DurableContext): Engine {
  const names = new Set<string>();
  const claim = (name: string): void => {
    if (names.has(name)) throw new EngineError('duplicate-name', `two operations of one run are named "${name}"`);
    names.add(name);
  };
  return {
    step: async <T>(name: string, work: () => Promise<T>, retry?: Retry): Promise<T> => {
      claim(name);
      try {
        return unpacked<T>(
          await context.step(name, async () => packed(name, await keepingFailure(work)), stepConfig(retry)),
        );
      } catch (error) {
        throw thrownInStep(error);
      }
    },
    sleep: async (name, seconds) => {
      claim(name);
      checkSeconds(name, seconds);
      await context.wait(name, { seconds });
    },
    waitForSignal: async (name, seconds, asleep) => {
      claim(name);
      checkSeconds(name, seconds); // to AWS, 0 would mean that nothing but a callback ends it
      try {
        await context.waitForCallback(name, asleep, { timeout: { seconds }, retryStrategy: tellAgain });
      } catch (error) {
        if (!(error instanceof DurableOperationError)) throw error;
        if (!ENDS_OF_SLEEP.has(error.errorType))
          await context.wait(`${name}-unheard`, { seconds: Math.min(seconds, 60) });
      }
    },
  };
}

/** What an error says as data, in the form in which the SDK keeps it. */
async function keepingFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && 'failure' in error)) throw error;
    const { name, message, failure } = error;
    throw new StepError(message, error, JSON.stringify({ name, failure }));
  }
}

function thrownInStep(error: unknown): unknown {
  if (error instanceof StepError && error.errorData !== undefined) {
    error.cause = Object.assign(new Error(error.message), JSON.parse(error.errorData));
  }
  return error;
}

function checkSeconds(name: string, seconds: number): void {
  if (Number.isSafeInteger(seconds) && seconds >= 1) return;
  throw new EngineError('bad-wait', `wait "${name}" of ${seconds} seconds; expected a whole number from 1`);
}

/** The callback timed out or was completed. Any other error means that nobody learned how to wake the run. */
const ENDS_OF_SLEEP: ReadonlySet<string> = new Set(['CallbackTimeoutError', 'CallbackExternalError', 'CallbackError']);

const MOST_TELLS = 4;

/** Of the step that tells others how to wake the run: four tries within half a minute. */
const tellAgain: NonNullable<StepConfig<void>['retryStrategy']> = (_error, attempt) =>
  attempt >= MOST_TELLS ? { shouldRetry: false } : { shouldRetry: true, delay: { seconds: 2 ** attempt } };

function stepConfig<T>(retry: Retry | undefined): StepConfig<T> {
  return {
    // A step that had begun when the process died is begun again on resume. Under AtMostOncePerRetry it would be
    // failed instead (StepInterruptedError), and a run would give up on servers in the middle of their termination.
    // The price is that work may be done twice, which is why a step looks at the world before it touches it.
    semantics: StepSemantics.AtLeastOncePerRetry,
    // Always given: without a strategy the SDK tries six times.
    retryStrategy: (error, attempt) => {
      if (retry === undefined || attempt >= retry.attempts || error instanceof EngineError) {
        return { shouldRetry: false };
      }
      return { shouldRetry: true, delay: { seconds: delaySeconds(retry, attempt) } };
    },
  };
}

function delaySeconds(retry: Retry, attempt: number): number {
  const doubled = retry.firstDelaySeconds * 2 ** (attempt - 1);
  return Math.max(1, Math.ceil(Math.min(doubled, retry.maxDelaySeconds)));
}

/** Answers up to this many bytes are kept as they are, so that they can be read in the console. */
export const LARGE_BYTES = MAX_ANSWER_BYTES / 4;

/** A large answer, as it is kept: deflated JSON in base64. Its own JSON repeats itself, and shrinks to about a tenth. */
interface Deflated {
  $deflated: string;
}

/**
 * Inside the step, so that a bad answer fails the step with a clear message. Left to the SDK, an answer that is not JSON
 * ends the invocation, which Lambda repeats until the execution times out; and one that is too large is refused by AWS.
 */
function packed<T>(name: string, answer: T): T | Deflated {
  let json: string | undefined;
  try {
    json = JSON.stringify(answer);
  } catch {
    throw new EngineError('not-json', `the answer of step "${name}" cannot be written as JSON`);
  }
  if (json === undefined || Buffer.byteLength(json) <= LARGE_BYTES) return answer;
  const deflated = { $deflated: deflateRawSync(json).toString('base64') };
  const bytes = Buffer.byteLength(JSON.stringify(deflated));
  if (bytes <= MAX_ANSWER_BYTES) return deflated;
  throw new EngineError(
    'too-large',
    `the answer of step "${name}" has ${bytes} bytes, deflated; AWS keeps ${MAX_ANSWER_BYTES}`,
  );
}

function unpacked<T>(kept: T | Deflated): T {
  if (!isDeflated(kept)) return kept;
  return JSON.parse(inflateRawSync(Buffer.from(kept.$deflated, 'base64')).toString());
}

function isDeflated(kept: unknown): kept is Deflated {
  return typeof kept === 'object' && kept !== null && '$deflated' in kept;
}
