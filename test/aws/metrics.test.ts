import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { countRun, countsOf } from '../../lib/aws/metrics.ts';
import { errorReportOf, type Report } from '../../lib/reports/report.ts';
import { parseRequest } from '../../lib/termination/request.ts';
import { reasonData } from '../../lib/wording/reason-data.ts';
import { saying, unexpected } from '../wording/worded.ts';

const request = parseRequest({ environment: 'vpc', servers: ['1001'] }, { requestId: 'r', trigger: 'cli' });
const blank = errorReportOf(request, unexpected('why'), '2026-11-23T03:04:05.000Z');
const DELIVERED = { state: 'delivered', reason: '' } as const;

function reportOf(results: Report['outcomes'][number]['result'][], left: boolean[] = []): Report {
  const why = reasonData(saying('why'), 'UTC');
  return {
    ...blank,
    outcomes: results.map((result, index) => ({
      serverInstanceNo: String(index),
      serverName: '',
      result,
      ...why,
      lastSeen: '',
    })),
    left: left.map((asked) => ({ resource: 'publicIp', no: '1', name: '', serverInstanceNo: '1', ...why, asked })),
  };
}

it('counts what became of servers and of the report', () => {
  const report = reportOf(
    ['terminated', 'terminated', 'refused', 'failed', 'unfinished', 'already-gone'],
    [true, false],
  );
  expect(countsOf(report, { state: 'failed', reason: 'x' })).toEqual({
    Runs: 1,
    Terminated: 2,
    Refused: 1,
    Failed: 1,
    Unfinished: 1,
    LeftBilled: 1,
    DeliveryFailed: 1,
  });
  expect(countsOf(reportOf(['terminated']), DELIVERED)).toMatchObject({ Failed: 0, LeftBilled: 0, DeliveryFailed: 0 });
});

it('writes one line that CloudWatch reads as metrics of the function', () => {
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    countRun({ report: reportOf(['terminated']), delivery: DELIVERED, unwritten: '' }, 'banap-dev-terminate');
  } finally {
    write.mockRestore();
  }
  const [line = ''] = lines;
  expect(lines).toHaveLength(1);
  expect(JSON.parse(line)).toMatchObject({
    service: 'banap-dev-terminate',
    Terminated: 1,
    Failed: 0,
    _aws: { CloudWatchMetrics: [{ Namespace: 'banap', Dimensions: [['service']] }] },
  });
});

it('every alarm on these metrics is on one that is written', () => {
  const names = [
    ...readFileSync('serverless.yml', 'utf8').matchAll(
      /Namespace: banap\n\s+MetricName: (\w+)\n\s+Dimensions: \[\{ Name: service, Value: !Ref TerminateLambdaFunction \}\]/g,
    ),
  ].map(([, name]) => name);
  expect(names.length).toBeGreaterThanOrEqual(4);
  for (const name of names) expect(Object.keys(countsOf(reportOf([]), DELIVERED))).toContain(name);
});
