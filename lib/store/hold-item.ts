/** Holds as items of the table. */

import * as z from 'zod';
import { type Hold, isNameOfRun } from '../termination/holds.ts';
import { keyOf } from './key.ts';
import type { Condition, Item } from './table.ts';

/** How long a hold is kept after its end, because clocks may differ. */
const KEPT_SECONDS = 24 * 60 * 60;

const instant = z.iso.datetime({ offset: true });

const holdItemSchema = z.strictObject({
  pk: z.string(),
  sk: z.string(),
  serverName: z.string(),
  kind: z.enum(['keep', 'snooze']),
  by: z.string(),
  reason: z.string(),
  at: instant,
  until: z.union([z.literal(''), instant]),
  expiresAt: z.number().optional(),
});

/** What people hold, and what runs do, stand apart: the function that carries runs may write only the latter. */
export function holdsKeys(account: string): readonly [people: string, runs: string] {
  return [`${account}#HOLD`, `${account}#LIFTED`];
}

/** One for each person, so that somebody's snooze never takes the place of somebody else's keep. */
export function holdItem(account: string, hold: Hold): Item {
  const { serverInstanceNo: _no, ...rest } = hold;
  return { ...holdKey(account, hold), ...rest, ...expiryOf(rest) };
}

export function holdKey(account: string, { serverInstanceNo, by }: Pick<Hold, 'serverInstanceNo' | 'by'>) {
  const [people, runs] = holdsKeys(account);
  return { pk: isNameOfRun(by) ? runs : people, sk: `${serverInstanceNo}#${keyOf(by)}` };
}

/** When the table may drop a hold or a pause; never if it has no end. */
export function expiryOf({ until }: Pick<Hold, 'until'>): { expiresAt?: number } {
  return until === '' ? {} : { expiresAt: Math.floor(Date.parse(until) / 1000) + KEPT_SECONDS };
}

/** The range of `sk` in which the holds on a server are. */
export function holdsOn(serverInstanceNo: string): readonly [from: string, to: string] {
  return [serverInstanceNo, `${serverInstanceNo}$`];
}

/** One that cannot be read counts as a hold without end: its author wanted that server left alone. */
export function holdFrom(item: Item): Hold {
  const parsed = holdItemSchema.safeParse(item);
  if (!parsed.success) {
    const nothing = { serverName: '', by: '', at: '', until: '' };
    return { serverInstanceNo: serverOf(item), kind: 'keep', reason: 'a hold that cannot be read', ...nothing };
  }
  const { serverName, kind, by, reason, at, until } = parsed.data;
  return { serverInstanceNo: serverOf(item), serverName, kind, by, reason, at, until };
}

/** Fails if the same person has set another hold since: then this one is an old, replayed one. */
export function unlessNewer({ at }: Hold): Condition {
  return [{ is: 'absent' }, { is: 'at-most', attribute: 'at', value: at }];
}

function serverOf({ sk }: Item): string {
  return sk.split('#')[0] ?? sk;
}

export function isInForce({ until }: Pick<Hold, 'until'>, now: number): boolean {
  return until === '' || Date.parse(until) > now;
}
