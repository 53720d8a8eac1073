/** Audit records as items of the table: one `pk` for each account and day in UTC. */

import * as z from 'zod';
import { type AuditRecord, StoreError } from '../termination/ports/store.ts';
import { DEFAULT_TIMEZONE } from '../termination/rules.ts';
import { reasonData } from '../wording/reason-data.ts';
import type { Item } from './table.ts';

const KEPT_SECONDS = 400 * 24 * 60 * 60;
const DAY_MS = 24 * 60 * 60_000;

export function auditItem(record: AuditRecord): Item {
  const at = utc(record.at);
  const sequence = String(record.sequence).padStart(6, '0');
  const sk = `${at}#${record.requestId}#${sequence}`;
  const expiresAt = Math.floor(Date.parse(at) / 1000) + KEPT_SECONDS;
  return {
    ...record,
    ...reasonData(record.reason, DEFAULT_TIMEZONE),
    at,
    pk: auditKey(record.account, at),
    sk,
    expiresAt,
  };
}

/** That a server was there, if a record says so: one that never was has no name. Kept as long as the record. */
export function seenItem({ account, serverInstanceNo, serverName, at }: AuditRecord): Item[] {
  if (serverInstanceNo === '' || serverName === '') return [];
  const expiresAt = Math.floor(Date.parse(at) / 1000) + KEPT_SECONDS;
  return [{ pk: seenKey(account), sk: serverInstanceNo, expiresAt }];
}

export function seenKey(account: string): string {
  return `${account}#SEEN`;
}

/** As it was written down, as a sentence, even if its code has changed since. */
export type AuditEntry = z.output<typeof auditSchema>;

/** Fields that cannot be read are empty: a record is there to be seen. */
export function auditEntryFrom(item: Item): AuditEntry {
  return auditSchema.parse(item);
}

const text = z.string().catch('');

const auditSchema = z.object({
  at: z.iso.datetime().catch(''),
  account: text,
  requestId: text,
  sequence: z.number().catch(0),
  policy: text,
  trigger: text,
  requestedBy: text,
  serverInstanceNo: text,
  serverName: text,
  what: text,
  guard: text,
  reason: text,
  code: text,
});

/** The `pk` of every day that the span from `from` up to, but not including, `to` touches, in order. Milliseconds. */
export function auditKeys(account: string, { from, to }: { from: number; to: number }): string[] {
  const keys: string[] = [];
  for (let day = Math.floor(from / DAY_MS) * DAY_MS; day < to; day += DAY_MS) {
    keys.push(auditKey(account, new Date(day).toISOString()));
  }
  return keys;
}

function auditKey(account: string, at: string): string {
  return `${account}#AUDIT#${at.slice(0, 10)}`;
}

/** Whether this `pk` is one of the audit's. */
export function isAudit(pk: string): boolean {
  return pk.includes('#AUDIT#');
}

/** Always with milliseconds and `Z`, because items are sorted by it. */
function utc(at: string): string {
  const ms = Date.parse(at);
  if (Number.isFinite(ms)) return new Date(ms).toISOString();
  throw new StoreError(`an audit record has the time ${JSON.stringify(at)}; expected RFC 3339`, { passing: false });
}
