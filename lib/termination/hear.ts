/** What people say just now: words to the run, and holds on its servers. */

import { endsRun } from './constraints.ts';
import { endOpen } from './end-open.ts';
import { type EventBody, refused } from './events.ts';
import { Journal } from './journal.ts';
import { LedgerError } from './ledger.ts';
import { heldBy, refusalBy } from './precedence.ts';
import type { Run } from './run-record.ts';
import type { Tools } from './tools.ts';
import type { Word } from './words.ts';

interface Said {
  words: Word[];
  /** False: they are those that were read before. */
  isRead: boolean;
}

/**
 * What people say just now: a cancel or a rejection ends what is open, a snooze or a keep takes a server out. What cannot
 * be read now is heard next time, and what was heard is not forgotten; before every act all of it is asked again.
 */
export async function hear(record: Run, journal: Journal, { ledger }: Tools): Promise<Said> {
  const { requestId, account, approval } = record.request;
  try {
    const words = (await ledger?.words(requestId)) ?? [];
    const no = words.find((word) => endsRun(word, approval));
    if (no !== undefined) endOpen(record, refusedBy(no), journal);
    for (const hold of (await ledger?.holds(account)) ?? []) {
      endOpen(record, refused('held', heldBy(hold)), journal, [hold.serverInstanceNo]);
    }
    return { words, isRead: true };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { words: record.words, isRead: false };
  }
}

function refusedBy(word: Word): EventBody {
  const { guard, reason } = refusalBy(word);
  return refused(guard, reason);
}

/** Something was said, or a server is held, that the run has not heard of. */
export async function isNews(record: Run, tools: Tools): Promise<boolean> {
  const journal = new Journal(record.events, tools.clock);
  const { words } = await hear(record, journal, tools);
  return words.length > record.words.length || journal.events.length > 0;
}

/** What people said until now, whatever comes of it; where it cannot be read, what was heard before. */
export async function wordsNow(record: Run, { ledger }: Pick<Tools, 'ledger'>): Promise<Word[]> {
  try {
    return (await ledger?.words(record.request.requestId)) ?? record.words;
  } catch (error) {
    if (error instanceof LedgerError) return record.words;
    throw error;
  }
}
