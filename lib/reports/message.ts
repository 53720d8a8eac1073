/** A report as a message for people: what became of the servers, in a few lines, for every chat that takes a webhook. */

import { oneLine } from '../termination/one-line.ts';
import { groupOf, inGroups } from '../termination/status/server-groups.ts';
import type { Report } from './report.ts';
import { leftText, TITLES } from './words.ts';

export interface ReportMessage {
  title: string;
  /** Whether somebody has to look at it. */
  isBad: boolean;
  /** Each with at least one line; the most important first. */
  sections: { title: string; lines: string[] }[];
  /** Which run it was. */
  details: string;
}

const MOST_LINE = 300;

export function messageOf(report: Report): ReportMessage {
  const { request, requestId, status, summary, plan } = report;
  const policy = typeof request['policy'] === 'string' ? request['policy'] : '';
  const servers: Server[] =
    report.outcomes.length > 0
      ? report.outcomes.map(({ result, guard = '', ...one }) => ({ ...one, verdict: result, guard }))
      : (plan?.servers ?? []);
  const groups = inGroups(servers).map(({ group, servers: some }) => ({
    title: `${TITLES[group]} ${some.length}`,
    lines: some.map((one) => lineOf(one)),
  }));
  const others = [
    { title: 'Left and billed', lines: leftText(report.left) },
    { title: 'Needs attention', lines: report.attention.map((one) => `${nameOf(one)}: ${one.reason}`) },
  ];
  return {
    title: oneLine(policy === '' ? summary : `${policy}: ${summary}`, MOST_LINE),
    isBad: ['error', 'failed', 'unfinished'].includes(status) || report.left.some(({ asked }) => asked),
    sections: [...groups, ...others]
      .filter(({ lines }) => lines.length > 0)
      .map(({ title, lines }) => ({ title, lines: lines.map((line) => oneLine(line, MOST_LINE)) })),
    details: `run ${requestId}${plan === null ? '' : ` · plan ${plan.hash}`}`,
  };
}

interface Server {
  serverInstanceNo: string;
  serverName: string;
  verdict: string;
  guard: string;
  reason: string;
  code: string;
}

/** What went as it should needs no reason. */
function lineOf(server: Server): string {
  const why = groupOf(server) === 'gone' && server.code === 'gone' ? '' : server.reason;
  return why === '' ? nameOf(server) : `${nameOf(server)}: ${why}`;
}

function nameOf({ serverName, serverInstanceNo }: Pick<Server, 'serverName' | 'serverInstanceNo'>): string {
  return serverName === '' ? serverInstanceNo : `${serverName} (${serverInstanceNo})`;
}

/**
 * The largest part of a message that fits: lines are left out from the end of the longest section, and each section says how many
 * it lacks. `fits` judges what would be sent.
 */
export function fitting(message: ReportMessage, fits: (message: ReportMessage) => boolean): ReportMessage {
  const longest = Math.max(0, ...message.sections.map(({ lines }) => lines.length));
  for (const most of [longest, 50, 20, 10, 5, 2]) {
    const cut = { ...message, sections: message.sections.map((section) => shortened(section, most)) };
    if (most <= longest && fits(cut)) return cut;
  }
  return { ...message, sections: message.sections.map((section) => shortened(section, 0)) };
}

function shortened(
  { title, lines }: ReportMessage['sections'][number],
  most: number,
): ReportMessage['sections'][number] {
  const left = lines.length - most;
  return { title, lines: left > 0 ? [...lines.slice(0, most), `… and ${left} more`] : lines };
}
