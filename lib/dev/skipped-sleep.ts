import type { Worker } from 'node:worker_threads';
import { openCallbackOf, timeOutCallback } from './durable-callbacks.ts';

/** What happens while an execution sleeps whose time is skipped; it may be woken here. Otherwise it sleeps to its end. */
export type WhileAsleep = (callbackId: string) => Promise<void> | void;

/** No timer of Node knows a longer time; given one, it fires at once. */
const LONGEST_TIMER_SECONDS = Math.floor((2 ** 31 - 1) / 1000);

/** Keep the timeouts of callbacks within what a timer can wait. */
export function capTimeouts(worker: Worker): void {
  beforePosting(worker, ({ params: { Updates = [] } }) => {
    for (const { CallbackOptions: options = {} } of Updates) {
      const seconds = options.TimeoutSeconds;
      if (seconds !== undefined) options.TimeoutSeconds = Math.min(seconds, LONGEST_TIMER_SECONDS);
    }
  });
}

/**
 * Let sleeps take no time either. The SDK skips waits and the delays of steps, but the timeout of a callback is a timer
 * of its checkpoint server, which lives in real time. So the timeouts are kept here. When an execution is suspended and
 * has nothing else to go on with, `tick` moves the clock to the next timeout, and that callback is over.
 */
export function skipSleeps(worker: Worker, tick: (ms: number) => void, whileAsleep: WhileAsleep): void {
  const suspensions = new Map<string, string>();
  const sleeps = new Sleeps();
  beforePosting(worker, ({ requestId, type, params }) => {
    sleeps.note(type, params);
    if (type === 'CompleteInvocation') suspensions.set(requestId, params.executionId ?? '');
  });
  worker.on('message', ({ data: { requestId } }: { data: { requestId: string } }) => {
    const sleep = sleeps.of(suspensions.get(requestId));
    suspensions.delete(requestId);
    if (sleep !== undefined) void pass(sleep, tick, whileAsleep);
  });
}

async function pass(
  { executionId, operationId, until }: Sleep,
  tick: (ms: number) => void,
  whileAsleep: WhileAsleep,
): Promise<void> {
  const callbackId = openCallbackOf(executionId, operationId);
  if (callbackId === undefined) return;
  await whileAsleep(callbackId);
  if (timeOutCallback(callbackId)) tick(Math.max(0, until - Date.now()));
}

interface Sleep {
  executionId: string;
  operationId: string;
  /** The operation that the callback is a part of. */
  parentId: string;
  /** Milliseconds since the epoch, on the skipping clock. */
  until: number;
}

/** Which executions sleep, as far as the runner's requests tell. */
class Sleeps {
  #sleeps: Sleep[] = [];
  /** Executions whose last invocation began a wait, or a step that is tried again: they go on by themselves. */
  readonly #goingOn = new Set<string>();

  note(type: string, { executionId = '', DurableExecutionArn = '', Updates = [] }: Params): void {
    if (type === 'StartInvocation') this.#goingOn.delete(executionId);
    for (const { Type, Action, Id, ParentId = '', CallbackOptions } of Updates) {
      const what = `${Type} ${Action}`;
      if (what === 'WAIT START' || what === 'STEP RETRY') this.#goingOn.add(DurableExecutionArn);
      const isOver = what === 'CONTEXT SUCCEED' || what === 'CONTEXT FAIL';
      if (isOver) this.#sleeps = this.#sleeps.filter(({ parentId }) => parentId !== Id);
      const seconds = CallbackOptions?.TimeoutSeconds;
      if (what !== 'CALLBACK START' || seconds === undefined) continue;
      delete CallbackOptions?.TimeoutSeconds;
      const until = Date.now() + seconds * 1000;
      this.#sleeps.push({ executionId: DurableExecutionArn, operationId: Id, parentId: ParentId, until });
    }
  }

  /** The one that ends first, where nothing else will go on with this execution. */
  of(executionId: string | undefined): Sleep | undefined {
    if (executionId === undefined || this.#goingOn.has(executionId)) return undefined;
    const mine = this.#sleeps.filter((one) => one.executionId === executionId);
    return mine.toSorted((a, b) => a.until - b.until)[0];
  }
}

interface Params {
  executionId?: string;
  DurableExecutionArn?: string;
  Updates?: {
    Id: string;
    ParentId?: string;
    Type: string;
    Action: string;
    CallbackOptions?: { TimeoutSeconds?: number | undefined };
  }[];
}

/** Look at what the runner asks of the checkpoint server, and change it, before it is sent. */
function beforePosting(
  worker: Worker,
  look: (request: { requestId: string; type: string; params: Params }) => void,
): void {
  const post = worker.postMessage.bind(worker);
  worker.postMessage = (message: { data: Parameters<typeof look>[0] }) => {
    look(message.data);
    post(message);
  };
}
