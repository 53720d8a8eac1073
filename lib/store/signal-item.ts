/** What people say to a run, as items of the table. */

import { signalSchema } from '../termination/signal-schema.ts';
import type { Signal } from '../termination/signals.ts';
import type { Item } from './table.ts';

/** The range of `sk` in which the signals of a run are. */
export const SIGNALS = ['SIGNAL#', 'SIGNAL$'] as const;

/** One for each kind, plan and person. */
export function signalItem(key: { pk: string; who: string }, signal: Signal, expiresAt: number): Item {
  const { kind, planHash } = signal;
  return { pk: key.pk, sk: `SIGNAL#${kind}#${planHash}#${key.who}`, ...signal, expiresAt };
}

/** Undefined if it cannot be read. */
export function signalFrom(item: Item): Signal | undefined {
  return signalSchema.safeParse(item).data;
}

/** Oldest first; at the same moment, what stops a run before what lets it go on. */
export function inOrder(signals: readonly Signal[]): Signal[] {
  const rank = { cancel: 0, reject: 1, approve: 2 };
  return signals.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || rank[a.kind] - rank[b.kind]);
}
