/** A plan for a terminal: what goes and what that deletes, what stays and why, what is left and billed, each reason once. */

import { groupOf, inGroups } from '../termination/status/server-groups.ts';
import { ageIn, bytesInWords, sizeInWords } from '../wording/facts.ts';
import type { Report } from './report.ts';
import { inRows, type Marks, NO_MARKS, type Row, wrapped } from './rows.ts';
import { attentionText, reasonedRows } from './text-parts.ts';
import { ACTION_WORDS, dateTime, leftText, TITLES } from './words.ts';

type ReportPlan = NonNullable<Report['plan']>;
type PlannedServer = ReportPlan['servers'][number];

/** `columns`: of the terminal. */
export function planText(report: Report, columns: number, marks: Marks = NO_MARKS): string {
  const { plan } = report;
  if (plan === null) return report.summary;
  const now = Date.parse(plan.createdAt);
  const groups = inGroups(plan.servers).flatMap(({ group, servers }) => [
    '',
    `  ${marks.title(`${TITLES[group]} ${servers.length}`)}`,
    ...(group === 'meant'
      ? inRows(
          servers.map((server) => meantRow(server, now)),
          columns,
        )
      : reasonedRows(servers, columns)),
  ]);
  return [
    ...wrapped(headline(report, plan), columns).map((line) => marks.title(line)),
    ...(plan.refusal === null
      ? []
      : wrapped(`Nothing of it will be done: ${plan.refusal.text}`, columns).map(marks.lost)),
    ...groups,
    '',
    ...[
      ...consequences(plan),
      ...plan.notes.map(({ text }) => `Note: ${text}`),
      ...attentionText(report),
      ...sparedText(plan),
    ]
      .flatMap((line) => wrapped(line, columns - 2))
      .map((line) => `  ${line}`),
    ...wrapped(facts(plan), columns - 2).map((line) => `  ${marks.small(line)}`),
  ].join('\n');
}

/** What is asked for, where, and how much of it goes. */
function headline({ request }: Report, { servers }: ReportPlan): string {
  const { policy, environment, region } = request;
  const meant = servers.filter((one) => groupOf(one) === 'meant').length;
  const what = `${meant} of ${servers.length} ${servers.length === 1 ? 'server' : 'servers'} to be terminated`;
  return [policy, `${String(environment)} ${String(region)}`, servers.length === 0 ? 'no server matches' : what]
    .filter((part) => part !== '')
    .join(' · ');
}

function meantRow(server: PlannedServer, now: number): Row {
  const { serverInstanceNo, serverName, statusName, createDate, about } = server;
  const cells = [serverInstanceNo, serverName || '-', statusName, ageIn('en', createDate, now)];
  return {
    cells: [...cells, sizeInWords(about.size), about.owner, about.zoneCode],
    text: [stepsInWords(server), server.reason].filter((part) => part !== '').join('; '),
  };
}

/** `stop, delete storage data (100 GB), terminate`: what takes something off comes with what ends it, once. */
function stepsInWords({ steps, deletes, deletesBytes, releases }: PlannedServer): string {
  const told = steps.flatMap((step, index): string[] => {
    switch (step) {
      case 'detach':
        return steps.includes('deleteStorage') ? [] : [ACTION_WORDS.detach];
      case 'disassociate':
        return steps.includes('releasePublicIp') ? [] : [ACTION_WORDS.disassociate];
      case 'deleteStorage':
        return [`delete storage ${deletes.join(', ')} (${bytesInWords(deletesBytes)})`];
      case 'releasePublicIp':
        return [`release ${releases.join(', ')}`];
      case 'restoreProtection':
        return [];
      case 'wait':
        // Each look that finds nothing to do is a wait; several in a row are one to the reader.
        return steps[index - 1] === 'wait' ? [] : [ACTION_WORDS.wait];
      default:
        return [wordFor(step)];
    }
  });
  return told.join(', ');
}

function wordFor(step: string): string {
  const words: Readonly<Record<string, string>> = ACTION_WORDS;
  return words[step] ?? step;
}

/** In one sentence each: what is lost besides the servers, and what goes on costing money. */
function consequences({ servers }: ReportPlan): string[] {
  const meant = servers.filter((one) => groupOf(one) === 'meant');
  if (meant.length === 0) return [];
  const volumes = meant.flatMap(({ deletes }) => deletes).length;
  const bytes = meant.reduce((sum, { deletesBytes }) => sum + deletesBytes, 0);
  const addresses = meant.flatMap(({ releases }) => releases).length;
  const lost = [
    ...(volumes === 0 ? [] : [`deletes ${volumes} ${volumes === 1 ? 'volume' : 'volumes'} (${bytesInWords(bytes)})`]),
    ...(addresses === 0 ? [] : [`releases ${addresses} ${addresses === 1 ? 'address' : 'addresses'}`]),
  ].join(' and ');
  const left = leftText(meant.flatMap((one) => one.left));
  return [
    ...(lost === '' ? [] : [`It ${lost} for good.`]),
    ...(left.length === 0 ? ['Left and billed afterwards: nothing'] : ['Left and billed afterwards:', ...left]),
  ];
}

/** Who reads a plan looks for the servers that must not be in it. */
function sparedText({ spared: { count, servers } }: ReportPlan): string[] {
  const more = count - servers.length;
  return [
    ...servers.map((one) => `Spared: ${one.serverName} (${one.serverInstanceNo}): unless ${one.by}`),
    ...(more > 0 ? [`Spared: ${more} more`] : []),
  ];
}

/** Which plan it is, for whoever wants to come back to it. */
function facts({ hash, createdAt, limits, regionHolds }: ReportPlan): string {
  const { today, maxServers, percent, maxPercent } = limits;
  const used = `${today} of ${maxServers} servers in 24 hours, ${percent} % of ${maxPercent} %`;
  return `Plan ${hash} · made ${dateTime(createdAt)} · limits ${used} · the region holds ${regionHolds}`;
}
