import type { Report } from '../reports/report.ts';

/**
 * 0: all gone (of a plan: nothing refused). 2: some refused. 3: unfinished, or something that should have been freed is
 * still there. 1: an error, or a server that NCP failed to terminate.
 */
export function exitCodeFor(report: Report): number {
  switch (report.status) {
    case 'error':
    case 'failed':
      return 1;
    case 'waiting':
    case 'unfinished':
      return 3;
    case 'some-refused':
      return 2;
    case 'planned':
      return report.plan === null ||
        report.plan.refusal !== null ||
        report.plan.servers.some((server) => server.verdict === 'refuse')
        ? 2
        : 0;
    case 'all-gone':
      return report.left.some((one) => one.asked) ? 3 : 0;
  }
}
