/** What people say to a run, as items of the table. */

import { wordSchema } from '../termination/word-schema.ts';
import type { Word } from '../termination/words.ts';
import type { Item } from './table.ts';

/** The range of `sk` in which the words of a run are. */
export const WORDS = ['WORD#', 'WORD$'] as const;

/** One for each kind, plan and person. */
export function wordItem(key: { pk: string; who: string }, word: Word, expiresAt: number): Item {
  const { kind, planHash } = word;
  return { pk: key.pk, sk: `WORD#${kind}#${planHash}#${key.who}`, ...word, expiresAt };
}

/** Undefined where it cannot be read. */
export function wordFrom(item: Item): Word | undefined {
  return wordSchema.safeParse(item).data;
}

/** Oldest first; at the same moment, what stops a run before what lets it go on. */
export function inOrder(words: readonly Word[]): Word[] {
  const rank = { cancel: 0, reject: 1, approve: 2 };
  return words.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || rank[a.kind] - rank[b.kind]);
}
