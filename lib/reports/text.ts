/** A report as text for a terminal: a table where there is room for one, a list where there is not. */

import { oneLine } from '../termination/one-line.ts';
import { inWords } from '../termination/signals.ts';
import type { Report } from './report.ts';
import { table } from './table.ts';
import { ACTION_WORDS, dateTime } from './words.ts';

/** The plan, before anything is done. */
export function planText(report: Report, columns: number): string {
  const { plan } = report;
  if (plan === null) return report.summary;
  const rows = plan.servers.map((server) => [
    server.serverInstanceNo,
    server.serverName || '-',
    server.statusName,
    VERDICTS[server.verdict] + (server.guard === '' ? '' : ` (${server.guard})`),
    server.verdict === 'terminate' || server.verdict === 'wait'
      ? [stepsInWords(server.steps), server.reason, ...server.left.map((one) => `${one.name}: ${one.reason}`)]
          .filter((part) => part !== '')
          .join('; ')
      : server.reason,
  ]);
  return [
    ...plan.notes.map((note) => `note: ${note.text}`),
    ...attentionText(report),
    ...(rows.length === 0 ? [] : [table(['server', 'name', 'state', 'plan', 'steps or reason'], rows, columns)]),
    ...sparedText(plan.spared),
    report.summary,
    `plan ${plan.hash}, made ${dateTime(plan.createdAt)}; the region holds ${plan.regionHolds} servers`,
  ].join('\n');
}

/** What became of every server, what was freed and what is left. */
export function outcomesText(report: Report, columns: number): string {
  const rows = report.outcomes.map((one) => [
    one.serverInstanceNo,
    one.serverName || '-',
    one.result + (one.guard === undefined ? '' : ` (${one.guard})`),
    [one.reason, one.returnCode ?? '', one.returnMessage === one.reason ? '' : (one.returnMessage ?? '')]
      .filter((part) => part !== '')
      .join(' '),
  ]);
  const left = report.left.map((one) => `left: ${one.resource} ${oneLine(one.name) || one.no}: ${one.reason}`);
  return [
    ...(report.plan?.notes ?? []).map((note) => `note: ${note.text}`),
    ...attentionText(report),
    ...(rows.length === 0 ? [] : [table(['server', 'name', 'outcome', 'why'], rows, columns)]),
    ...report.freed.map((one) => `freed: ${one.resource} ${oneLine(one.name)} (${one.no})`),
    ...left,
    report.summary,
    `${report.passes} passes, ${report.apiCalls.total} API calls, ended ${dateTime(report.endedAt)}`,
  ].join('\n');
}

/** Who reads a plan looks for the servers that must not be in it. */
function sparedText({ count, servers }: NonNullable<Report['plan']>['spared']): string[] {
  const more = count - servers.length;
  return [
    ...servers.map((one) => oneLine(`spared: ${one.serverName} (${one.serverInstanceNo}): unless ${one.by}`)),
    ...(more > 0 ? [`spared: ${more} more`] : []),
  ];
}

/** Of servers and of people. */
function attentionText({ attention, signals }: Report): string[] {
  return [
    ...attention.map((one) => oneLine(`attention: ${one.serverName} (${one.serverInstanceNo}): ${one.reason}`)),
    ...signals.map((signal) => oneLine(`${dateTime(signal.at)}: ${inWords(signal, DID[signal.kind])}`)),
  ];
}

const DID = { approve: 'approved it', reject: 'rejected it', cancel: 'cancelled it' };

const VERDICTS = {
  terminate: 'terminate',
  wait: 'wait, then terminate',
  refuse: 'refused',
  'already-gone': 'already gone',
};

function stepsInWords(steps: readonly string[]): string {
  const words: Readonly<Record<string, string>> = ACTION_WORDS;
  // Each look that finds nothing to do is a wait; the reader needs several in a row only once.
  const told = steps.filter((step, index) => step !== 'wait' || steps[index - 1] !== 'wait');
  return told.map((step) => words[step] ?? step).join(' → ');
}
