/** `banap audit`: what banap decided about servers, and why. */

import { systemClock } from '../clock.ts';
import { table } from '../reports/table.ts';
import { dateTime } from '../reports/words.ts';
import type { AuditEntry } from '../store/audit-item.ts';
import { RequestError } from '../termination/request.ts';
import { checkAccount, checkServers, withStoreHere } from './holds.ts';
import type { Io } from './io.ts';

export interface AuditOptions {
  account: string;
  /** How many days back from now. */
  days: number;
  server?: string;
  json: boolean;
}

/** Records are kept for 400 days. */
const MOST_DAYS = 400;

/** Returns the exit code. */
export async function auditCommand(options: AuditOptions, io: Io): Promise<number> {
  const { stdout } = io;
  const { account, days, server, json } = options;
  check(options);
  const to = systemClock.now();
  const span = { from: to - days * 24 * 60 * 60_000, to: to + 1 };
  const records: AuditEntry[] = [];
  const filter = server === undefined ? span : { ...span, serverInstanceNo: server };
  await withStoreHere(account, io, async (store) => {
    for await (const record of store.audit(account, filter)) records.push(record);
  });
  if (json) {
    const [from, until] = [span.from, to].map((at) => new Date(at).toISOString());
    stdout.write(`${JSON.stringify({ account, from, to: until, records })}\n`);
    return 0;
  }
  const none = `the audit has no records for account ${account} in the last ${days} days`;
  stdout.write(`${records.length === 0 ? none : inTable(records, stdout.columns ?? 100)}\n`);
  return 0;
}

function check({ account, days, server }: AuditOptions): void {
  const problems = [...checkAccount(account), ...(server === undefined ? [] : checkServers([server]))];
  if (!Number.isSafeInteger(days) || days < 1 || days > MOST_DAYS) {
    problems.push(`--days is ${days}; expected a whole number from 1 to ${MOST_DAYS}, for example 14`);
  }
  if (problems.length > 0) throw new RequestError(problems);
}

function inTable(records: readonly AuditEntry[], columns: number): string {
  const rows = records.map((record) => [
    record.serverInstanceNo || '-',
    record.serverName || '-',
    record.at === '' ? '-' : dateTime(record.at),
    record.what + (record.guard === '' ? '' : ` (${record.guard})`),
    [record.reason, origin(record)].filter((part) => part !== '').join('; '),
  ]);
  return table(['server', 'name', 'when', 'what', 'why'], rows, columns);
}

/** `nightly-dev, schedule, by mina, run nightly-dev-20261123`; a hold has no trigger and no run. */
function origin({ policy, trigger, requestedBy, requestId }: AuditEntry): string {
  const by = requestedBy === '' ? '' : `by ${requestedBy}`;
  const run = trigger === '' ? '' : `run ${requestId}`;
  return [policy, trigger, by, run].filter((part) => part !== '').join(', ');
}
