/** Holds as items of the table, and which of two holds counts. */

import * as z from 'zod';
import type { Hold } from '../termination/ledger.ts';
import type { Condition, Item } from './ledger-table.ts';

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

/** Whether the same person has said something else since: then this hold is an old one that is carried out once more. */
export function isNewer(before: Hold, hold: Hold): boolean {
  return before.by === hold.by && Date.parse(before.at) > Date.parse(hold.at);
}

export function isInForce({ until }: Hold, now: number): boolean {
  return until === '' || Date.parse(until) > now;
}

/**
 * True where nothing has changed since `found` was read, or where it is `next` already: the client may send a write
 * again whose answer was lost.
 */
export function unchangedSince(found: Item | undefined, next: Item): Condition {
  const names = Object.fromEntries(FIELDS.map((field) => [`#${field}`, field]));
  const before = found === undefined ? { expression: 'attribute_not_exists(pk)', values: {} } : sameAs(found, 'found');
  const after = sameAs(next, 'next');
  return {
    expression: `(${before.expression}) OR (${after.expression})`,
    names,
    values: { ...before.values, ...after.values },
  };
}

/** Everything that somebody says with a hold. */
const FIELDS = ['serverName', 'kind', 'by', 'reason', 'at', 'until'] as const;

/** What is no text was not written here and only has to be no text still: no other write here would leave it so. */
function sameAs(item: Item, name: string): { expression: string; values: Record<string, unknown> } {
  const texts = FIELDS.filter((field) => typeof item[field] === 'string');
  const terms = FIELDS.map((field) =>
    typeof item[field] === 'string' ? `#${field} = :${name}_${field}` : `NOT attribute_type(#${field}, :text)`,
  );
  const given = Object.fromEntries(texts.map((field) => [`:${name}_${field}`, item[field]]));
  // A value that no term uses is an error.
  const values = texts.length === FIELDS.length ? given : { ...given, ':text': 'S' };
  return { expression: terms.join(' AND '), values };
}
