/** Holds as items of the table. */

import * as z from 'zod';
import type { Hold } from '../termination/ledger.ts';
import type { Item } from './ledger-table.ts';

/** When a hold is over, nobody needs it; a little longer, so that clocks need not agree. */
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

export function holdsKey(account: string): string {
  return `${account}#HOLD`;
}

export function holdItem(account: string, hold: Hold): Item {
  const { serverInstanceNo, ...rest } = hold;
  const expiry = rest.until === '' ? {} : { expiresAt: Math.floor(Date.parse(rest.until) / 1000) + KEPT_SECONDS };
  return { pk: holdsKey(account), sk: serverInstanceNo, ...rest, ...expiry };
}

/** One that cannot be read counts as a hold without end: whoever wrote it wanted that server left alone. */
export function holdFrom(item: Item): Hold {
  const parsed = holdItemSchema.safeParse(item);
  if (!parsed.success) {
    const nothing = { serverName: '', by: '', at: '', until: '' };
    return { serverInstanceNo: item.sk, kind: 'keep', reason: 'a hold that cannot be read', ...nothing };
  }
  const { sk, serverName, kind, by, reason, at, until } = parsed.data;
  return { serverInstanceNo: sk, serverName, kind, by, reason, at, until };
}

/** Whether somebody else's hold lasts longer than this one, which then changes nothing. */
export function outlasts(before: Hold, hold: Hold): boolean {
  if (before.by === hold.by || hold.until === '') return false;
  return before.until === '' || Date.parse(before.until) > Date.parse(hold.until);
}

export function isInForce({ until }: Hold, now: number): boolean {
  return until === '' || Date.parse(until) > now;
}
