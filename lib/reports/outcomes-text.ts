/** What became of every server, for a terminal: what was freed, and what is left and billed. */

import { withIds } from '../termination/failure.ts';
import { groupOf, inGroups } from '../termination/status/server-groups.ts';
import { inEnglish } from '../wording/say.ts';
import type { Report } from './report.ts';
import { type Marks, NO_MARKS, wrapped } from './rows.ts';
import { attentionText, reasonedRows } from './text-parts.ts';
import { dateTime, leftText, TITLES } from './words.ts';

/** `columns`: of the terminal. */
export function outcomesText(report: Report, columns: number, marks: Marks = NO_MARKS): string {
  const { outcomes, freed, left, passes, apiCalls, endedAt } = report;
  const told = outcomes.map(({ result, guard = '', ...one }) => ({
    ...one,
    verdict: result,
    guard,
    reason: whyOf(one),
  }));
  const groups = inGroups(told).flatMap(({ group, servers }) => [
    '',
    `  ${(group === 'failed' ? marks.lost : marks.title)(`${TITLES[group]} ${servers.length}`)}`,
    ...reasonedRows(servers, columns),
  ]);
  const others = [
    ...(report.plan?.notes ?? []).map(({ text }) => `Note: ${text}`),
    ...attentionText(report),
    ...(freed.length === 0 ? [] : [`Freed: ${freed.map(({ name, no }) => name || no).join(', ')}`]),
    ...(left.length === 0 && !touched(told)
      ? []
      : left.length === 0
        ? ['Left and billed: nothing']
        : ['Left and billed:']),
    ...leftText(left).map((line) => `  ${line}`),
  ];
  return [
    ...wrapped(report.summary, columns).map(marks.title),
    ...groups,
    ...(groups.length === 0 ? [] : ['']),
    ...others.flatMap((line) => wrapped(line, columns - 2)).map((line) => `  ${line}`),
    ...wrapped(`${passes} passes, ${apiCalls.total} API calls, ended ${dateTime(endedAt)}`, columns - 2).map(
      (line) => `  ${marks.small(line)}`,
    ),
  ].join('\n');
}

function touched(servers: readonly { verdict: string; guard: string }[]): boolean {
  return servers.some((one) => groupOf(one) === 'gone');
}

/** With what NCP said, once; the usual end needs no words. */
function whyOf(one: Omit<Report['outcomes'][number], 'result' | 'guard'>): string {
  const { code, reason, returnCode = '', returnMessage = '', ids } = one;
  if (code === 'gone') return '';
  const said = { returnCode, returnMessage: returnMessage === reason ? '' : returnMessage, ...withIds(ids) };
  return `${reason} ${inEnglish({ code: 'ncp-said', ...said }, 'UTC').trim()}`.trim();
}
