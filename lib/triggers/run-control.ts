import type { SignalStore } from '../termination/ports/store.ts';
import type { Signal } from '../termination/signals.ts';

/** What the ways in by HTTP need of the store and of Lambda; `Ports`: what one of them needs besides. Throws StoreError and ExecutionError. */
export interface RunControl<Ports = unknown> {
  store: Pick<SignalStore, 'say' | 'wakeIdOf'> & Ports;
  /** Begin a run. The same name with the same payload is one run, however often it is begun. */
  start(run: { name: string; payload: unknown }): Promise<void>;
  /** End a run's sleep, so that it looks. One that is awake, or over, is left alone. */
  wake(wakeId: string): Promise<void>;
}

export type ExecutionErrorKind = 'conflict' | 'missing' | 'denied' | 'throttled' | 'refused' | 'unreachable';

/** A function was not invoked, or an execution not woken. Nothing came of it, except when `unreachable`: then nobody knows. */
export class ExecutionError extends Error {
  override readonly name = 'ExecutionError';
  readonly kind: ExecutionErrorKind;

  constructor(kind: ExecutionErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Signal a run. It is woken in any case: a signal may be repeated because the waking failed. A run
 * that does not sleep hears it when it looks next.
 */
export async function signalRun(runControl: RunControl, requestId: string, signal: Signal): Promise<void> {
  await runControl.store.say(requestId, signal);
  await wakeUp(runControl, requestId);
}

/** So that a run looks at once, if it sleeps. */
export async function wakeUp(runControl: RunControl, requestId: string): Promise<void> {
  const wakeId = await runControl.store.wakeIdOf(requestId);
  if (wakeId !== undefined) await runControl.wake(wakeId);
}
