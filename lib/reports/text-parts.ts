/** What the texts of a plan and of its outcome share. */

import { inWords } from '../termination/signals.ts';
import type { Report } from './report.ts';
import { inRows, type Row, wrapped } from './rows.ts';
import { dateTime } from './words.ts';

/** More servers without a reason stand one after the other. */
const MOST_LINES = 10;

/** Servers that stay for the same reason stand below it, so that it is read once. */
export function reasonedRows(servers: readonly Reasoned[], columns: number): string[] {
  const byReason = Map.groupBy(servers, whyOf);
  const isShared = (one: Reasoned): boolean =>
    (byReason.get(whyOf(one))?.length ?? 0) > (whyOf(one) === '' ? MOST_LINES : 1);
  const own = servers.filter((one) => !isShared(one));
  const shared = [...byReason].filter(([, some]) => some.some(isShared));
  const rowOf = ({ serverInstanceNo, serverName, guard, reason }: Reasoned): Row => ({
    cells: [serverInstanceNo, serverName || '-', guard],
    text: reason,
  });
  return [
    ...inRows(own.map(rowOf), columns),
    ...shared.flatMap(([why, some]) => [
      ...(why === '' ? [] : wrapped(`${why}:`, columns - 4).map((line) => `    ${line}`)),
      ...wrapped(some.map(nameAndNo).join(', '), columns - 6).map((line) => `      ${line}`),
    ]),
  ];
}

interface Reasoned {
  serverInstanceNo: string;
  serverName: string;
  guard: string;
  reason: string;
}

function whyOf({ guard, reason }: Reasoned): string {
  return [guard, reason].filter((part) => part !== '').join(': ');
}

function nameAndNo({ serverName, serverInstanceNo }: Reasoned): string {
  return `${serverName || '-'} (${serverInstanceNo})`;
}

/** Of servers and of people. */
export function attentionText({ attention, signals }: Pick<Report, 'attention' | 'signals'>): string[] {
  return [
    ...attention.map((one) => `Attention: ${one.serverName} (${one.serverInstanceNo}): ${one.reason}`),
    ...signals.map((signal) => `${dateTime(signal.at)}: ${inWords(signal, DID[signal.kind])}`),
  ];
}

const DID = { approve: 'approved it', reject: 'rejected it', cancel: 'cancelled it' };
