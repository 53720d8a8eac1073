/** What people say just now: signals to the run, and holds on its servers. */

import { endsRun } from '../decision/constraints.ts';
import { heldBy, refusalBy } from '../decision/guards.ts';
import { type EventBody, refused } from '../events.ts';
import { isAgainst } from '../holds.ts';
import { Journal } from '../journal.ts';
import { endOpen } from '../passes/end-open.ts';
import { type HoldStore, type SignalStore, type Stored, StoreError } from '../ports/store.ts';
import type { Tools } from '../ports/tools.ts';
import type { Run } from '../run-record.ts';
import type { Signal } from '../signals.ts';

/** The ports that keep what people say. */
type Said = Stored<Pick<HoldStore & SignalStore, 'holds' | 'signals'>>;

interface SignalsRead {
  signals: Signal[];
  /** False: they are those that were read before. */
  isRead: boolean;
}

/**
 * What people say just now: a cancel or a rejection ends what is open, a snooze or a keep takes a server out. What cannot
 * be read now is heard next time, and what was heard is not forgotten; before every act all of it is asked again.
 */
export async function readSignals(record: Run, journal: Journal, { store }: Said): Promise<SignalsRead> {
  const { requestId, account, approval } = record.request;
  try {
    const signals = (await store?.signals(requestId)) ?? [];
    const no = signals.find((signal) => endsRun(signal, approval));
    if (no !== undefined) endOpen(record, refusedBy(no), journal);
    for (const hold of (await store?.holds(account)) ?? []) {
      if (!isAgainst(hold, record.request)) continue;
      endOpen(record, refused('held', heldBy(hold)), journal, [hold.serverInstanceNo]);
    }
    return { signals, isRead: true };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { signals: record.signals, isRead: false };
  }
}

function refusedBy(signal: Signal): EventBody {
  const { guard, reason } = refusalBy(signal);
  return refused(guard, reason);
}

/** There is a signal, or a hold on a server, that the run does not know. */
export async function isNews(record: Run, tools: Said & Pick<Tools, 'clock'>): Promise<boolean> {
  const journal = new Journal(record.history, tools.clock);
  const { signals } = await readSignals(record, journal, tools);
  return signals.length > record.signals.length || journal.events.length > 0;
}

/** All signals until now, whatever they come to; those read before if they cannot be read now. */
export async function signalsNow(record: Run, { store }: Stored<Pick<SignalStore, 'signals'>>): Promise<Signal[]> {
  try {
    return (await store?.signals(record.request.requestId)) ?? record.signals;
  } catch (error) {
    if (error instanceof StoreError) return record.signals;
    throw error;
  }
}
