import type { Worker } from 'node:worker_threads';
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import { watchCallbacks } from './durable-callbacks.ts';
import { capTimeouts, skipSleeps, type WhileAsleep } from './skipped-sleep.ts';
import { keepSkippedTime } from './skipped-time.ts';

// The SDK's test environment belongs to the whole process: one checkpoint server, and one clock, real or skipping.

let lastAlone: Promise<unknown> = Promise.resolve();
const sharing = new Set<Promise<unknown>>();

/** Run `work` with a clock that jumps over every wait. Everything else in the process sees that clock, so it runs alone. */
export function withSkippedTime<T>(work: () => Promise<T>, whileAsleep: WhileAsleep = () => {}): Promise<T> {
  const run = Promise.allSettled([lastAlone, ...sharing]).then(() => skipping(work, whileAsleep));
  lastAlone = run.catch(() => undefined);
  return run;
}

/** Run `work` in real time, beside others. */
export async function inRealTime<T>(work: () => Promise<T>): Promise<T> {
  const run = lastAlone.then(() => sharingServer(work));
  sharing.add(run);
  try {
    return await run;
  } finally {
    sharing.delete(run);
  }
}

async function skipping<T>(work: () => Promise<T>, whileAsleep: WhileAsleep): Promise<T> {
  await inTurn(async () => {
    await shared?.stop();
    shared = undefined;
  });
  const server = await startServer(whileAsleep);
  try {
    return await work();
  } finally {
    await server.stop();
  }
}

let users = 0;
/** Kept while unused, because it starts more slowly than most executions run. It keeps no process alive. */
let shared: CheckpointServer | undefined;
/** Starts and stops happen one after the other; each looks at `users` only when its turn comes. */
let turn: Promise<unknown> = Promise.resolve();

async function sharingServer<T>(work: () => Promise<T>): Promise<T> {
  users += 1;
  try {
    await inTurn(async () => {
      shared ??= await startServer(undefined);
      shared.worker.ref();
    });
    return await work();
  } finally {
    users -= 1;
    await inTurn(async () => {
      if (users > 0) return;
      shared?.worker.unref();
      shared?.forget();
    });
  }
}

function inTurn(change: () => Promise<void>): Promise<void> {
  const done = turn.then(change);
  turn = done.catch(() => undefined);
  return done;
}

/** Move the skipping clock, which the SDK keeps to itself. */
function tick(ms: number): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is there as long as time is skipped
  const clock = Reflect.get(LocalDurableTestRunner, 'fakeClock') as { tick(ms: number): void };
  clock.tick(ms);
}

interface CheckpointServer {
  worker: Worker;
  /** The callbacks of its executions, which are over. */
  forget(): void;
  stop(): Promise<void>;
}

/**
 * The checkpoint server is a worker thread. The SDK's teardown only lets go of it, which would leave one idle thread
 * behind for every execution; so it is ended here.
 */
async function startServer(whileAsleep: WhileAsleep | undefined): Promise<CheckpointServer> {
  const skipTime = whileAsleep !== undefined;
  const started = new Promise<Worker>((resolve) => void process.once('worker', resolve));
  await LocalDurableTestRunner.setupTestEnvironment({ skipTime });
  const worker = await started;
  const stopSkipping = skipTime ? keepSkippedTime(worker) : undefined;
  const forget = watchCallbacks(worker);
  if (skipTime) skipSleeps(worker, tick, whileAsleep);
  else capTimeouts(worker);
  const stop = async (): Promise<void> => {
    stopSkipping?.();
    forget();
    await LocalDurableTestRunner.teardownTestEnvironment();
    worker.removeAllListeners('exit'); // the SDK's listener would take the end of this worker for the end of the next
    await worker.terminate();
  };
  return { worker, forget, stop };
}
