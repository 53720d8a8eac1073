import type { Report } from '../reports/report.ts';

/** From the worst to the best. */
const ORDER: readonly Report['status'][] = [
  'error',
  'failed',
  'unfinished',
  'waiting',
  'some-refused',
  'planned',
  'all-gone',
];

/**
 * One report of everything that a command did: that of the last run, with the outcomes of the runs that it resumed first.
 * Its status is that of the worst run, and it names everything that any of them left.
 */
export function together(reports: readonly Report[]): Report {
  const last = reports.at(-1);
  if (last === undefined) throw new Error('there is no report');
  const resumed = reports.slice(0, -1);
  if (resumed.length === 0) return last;
  const status = ORDER.find((one) => reports.some((report) => report.status === one)) ?? last.status;
  return {
    ...last,
    status,
    summary: reports.map((report) => report.summary).join('; '),
    freed: reports.flatMap((report) => report.freed),
    left: reports.flatMap((report) => report.left),
    error: reports.flatMap(({ error }) => (error === '' ? [] : [error])).join('; '),
    failure: reports.findLast(({ failure }) => failure !== null)?.failure ?? null,
    resumed,
  };
}
