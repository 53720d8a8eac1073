import { describe, expect, it } from 'vitest';
import { exitCodeFor } from '../../lib/cli/exit-code.ts';
import { together } from '../../lib/cli/together.ts';
import { errorReportOf, type Report, reportSchema } from '../../lib/reports/report.ts';
import { parseRequest } from '../../lib/termination/request.ts';
import { reasonData } from '../../lib/wording/reason-data.ts';
import { saying, unexpected } from '../wording/worded.ts';

function reportOf(requestId: string, more: Partial<Report>): Report {
  const input = { environment: 'vpc', servers: ['1001'], mode: 'terminate' };
  const request = parseRequest(input, { requestId, trigger: 'cli' });
  return { ...errorReportOf(request, unexpected(''), '2026-11-23T12:00:00Z'), summary: requestId, ...more };
}

const LEFT = {
  resource: 'publicIp',
  no: '5',
  name: '203.0.113.7',
  serverInstanceNo: '1001',
  ...reasonData(saying('?'), 'UTC'),
} as const;

describe('reports of one command', () => {
  it('that is alone is the report', () => {
    const report = reportOf('r1', { status: 'all-gone' });
    expect(together([report])).toBe(report);
  });

  it('are no better than the worst of them', () => {
    const statuses = ['all-gone', 'some-refused', 'waiting', 'unfinished', 'failed', 'error'] as const;
    const gone = reportOf('r2', { status: 'all-gone' });
    expect(statuses.map((status) => exitCodeFor(together([reportOf('r1', { status }), gone])))).toEqual([
      0, 2, 3, 3, 1, 1,
    ]);
  });

  it('name all that is left, and so does the exit code', () => {
    const before = reportOf('r1', { status: 'all-gone', left: [{ ...LEFT, asked: true }] });
    const whole = together([before, reportOf('r2', { status: 'all-gone' })]);
    expect(whole).toMatchObject({ requestId: 'r2', status: 'all-gone', summary: 'r1; r2', left: [{ no: '5' }] });
    expect(exitCodeFor(whole)).toBe(3);
    expect(reportSchema.parse(whole).resumed).toEqual([before]);
  });
});
