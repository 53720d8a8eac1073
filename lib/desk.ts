import type { Ledger } from './termination/ledger.ts';
import type { Word } from './termination/words.ts';

/** What the ways in by HTTP need of the ledger and of Lambda. Throws LedgerError and ExecutionError. */
export interface Desk
  extends Pick<Ledger, 'card' | 'say' | 'words' | 'wakeIdOf' | 'seen' | 'messageOf' | 'rememberMessage'> {
  /** Begin a run. The same name with the same payload is one run, however often it is begun. */
  start(run: { name: string; payload: unknown }): Promise<void>;
  /** End a run's sleep, so that it looks. One that is awake, or over, is left alone. */
  wake(wakeId: string): Promise<void>;
}

/**
 * Tell a run something. It is woken in any case: whoever says a thing again may do so because the waking failed. A run
 * that does not sleep hears it when it looks next.
 */
export async function tell(desk: Desk, requestId: string, word: Word): Promise<void> {
  await desk.say(requestId, word);
  const wakeId = await desk.wakeIdOf(requestId);
  if (wakeId !== undefined) await desk.wake(wakeId);
}
