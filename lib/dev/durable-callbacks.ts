/** Callbacks of the executions that run on this machine, as the runner and the SDK's checkpoint server tell each other. */

import { randomUUID } from 'node:crypto';
import type { Worker } from 'node:worker_threads';
import * as z from 'zod';

interface Callback {
  id: string;
  executionId: string;
  operationId: string;
}

/** By id; a callback that is over keeps its place until it is forgotten. */
const callbacks = new Map<string, Callback & { isOpen: boolean; worker: Worker }>();

/** Take note of the callbacks of one checkpoint server. The returned function forgets those so far. */
export function watchCallbacks(worker: Worker): () => void {
  worker.on('message', (message: unknown) => {
    for (const { CallbackDetails, Status } of callbacksIn(message)) note(worker, CallbackDetails.CallbackId, Status);
  });
  return () => {
    for (const { id, worker: own } of callbacks.values()) if (own === worker) callbacks.delete(id);
  };
}

/**
 * What AWS does on SendDurableExecutionCallbackSuccess. `closed`: it was completed or timed out before; `unknown`: no
 * server that runs has such a callback.
 */
export function succeedCallback(id: string): 'succeeded' | 'closed' | 'unknown' {
  const callback = callbacks.get(id);
  if (callback === undefined) return 'unknown';
  if (!callback.isOpen) return 'closed';
  callback.isOpen = false;
  send(callback.worker, 'SendDurableExecutionCallbackSuccess', { CallbackId: id });
  return 'succeeded';
}

/** Times the callback out. False if it is already completed. */
export function timeOutCallback(id: string): boolean {
  const callback = callbacks.get(id);
  if (callback?.isOpen !== true) return false;
  callback.isOpen = false;
  const { executionId, operationId, worker } = callback;
  const CallbackDetails = { CallbackId: id, Error: { ErrorMessage: 'Callback timed out' } };
  const operationData = { Status: 'TIMED_OUT', EndTimestamp: new Date(), CallbackDetails };
  send(worker, 'UpdateCheckpointData', { executionId, operationId, operationData });
  return true;
}

/** The open callback that this operation of an execution has. */
export function openCallbackOf(executionId: string, operationId: string): string | undefined {
  const all = [...callbacks.values()];
  return all.find((one) => one.isOpen && one.executionId === executionId && one.operationId === operationId)?.id;
}

/** The runner ignores an answer to a request that it has not made. */
function send(worker: Worker, type: string, params: object): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not to a window
  worker.postMessage({ type: 'API_REQUEST', data: { requestId: randomUUID(), type, params } });
}

function note(worker: Worker, id: string, status: string): void {
  const known = callbacks.get(id);
  if (known !== undefined) known.isOpen &&= status === 'STARTED';
  else callbacks.set(id, { ...callbackOf(id), isOpen: status === 'STARTED', worker });
}

const operationSchema = z.object({
  Type: z.literal('CALLBACK'),
  Status: z.string(),
  CallbackDetails: z.object({ CallbackId: z.string() }),
});

/** Of a checkpoint that was taken, and of what the runner is told of it afterwards. */
const answerSchema = z.object({
  data: z.object({
    response: z.object({
      NewExecutionState: z.object({ Operations: z.array(z.unknown()) }).optional(),
      operations: z.array(z.object({ operation: z.unknown() })).optional(),
    }),
  }),
});

function callbacksIn(message: unknown): z.output<typeof operationSchema>[] {
  const answer = answerSchema.safeParse(message);
  if (!answer.success) return [];
  const { NewExecutionState, operations = [] } = answer.data.data.response;
  const all = [...(NewExecutionState?.Operations ?? []), ...operations.map(({ operation }) => operation)];
  return all.flatMap((one) => operationSchema.safeParse(one).data ?? []);
}

const idSchema = z.object({ executionId: z.string(), operationId: z.string() });

/** The checkpoint server's ids are JSON in base64. */
function callbackOf(id: string): Callback {
  const { executionId, operationId } = idSchema.parse(JSON.parse(Buffer.from(id, 'base64').toString('utf8')));
  return { id, executionId, operationId };
}
