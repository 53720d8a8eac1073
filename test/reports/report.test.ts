import { describe, expect, it, onTestFinished } from 'vitest';
import { exitCodeFor } from '../../lib/cli/exit-code.ts';
import { NcloudCloud } from '../../lib/ncloud/cloud.ts';
import { errorReportOf, type Report, reportSchema } from '../../lib/reports/report.ts';
import { type Simulator, startSimulator } from '../../lib/simulator/simulator.ts';
import type { Tools } from '../../lib/termination/ports/tools.ts';
import { parseRequest, type RequestInput, type TerminationRequest } from '../../lib/termination/request.ts';
import { carryOut } from '../../lib/triggers/carry-out.ts';
import { reasonData } from '../../lib/wording/reason-data.ts';
import { clientOf, KEYS } from '../ncloud/endpoint.ts';
import { PERMISSIVE } from '../termination/builders.ts';
import { saying, unexpected } from '../wording/worded.ts';

const START = Date.parse('2026-03-01T00:00:00Z');
const ALL = { maxServers: 200, maxPercent: 100 };

interface Ran {
  report: Report;
  simulator: Simulator;
}

/** The whole run against the simulator, whose time passes only while the run waits. */
async function ran(
  servers: object[],
  input: Partial<RequestInput>,
  faults = '',
  terms: Partial<TerminationRequest> = {},
): Promise<Ran> {
  let now = START;
  const simulator = await startSimulator({
    ...KEYS,
    speed: 0,
    startAt: new Date(START),
    fleet: { servers },
    faults,
    gatewayNow: () => now,
  });
  onTestFinished(() => simulator.close());
  const advance = (ms: number): void => {
    now += ms;
    simulator.advance(ms / 1000);
  };
  const clock = {
    now: () => now,
    elapsed: () => 0,
    timeout: () => new AbortController().signal,
    // In whole milliseconds, as NCP takes them.
    sleep: (ms: number) => {
      advance(Math.ceil(ms));
      return Promise.resolve();
    },
  };
  const tools: Tools = {
    clock,
    cloud: new NcloudCloud(clientOf(simulator.url, { clock }), { environment: 'vpc', region: 'KR' }),
    engine: {
      step: (_name, work) => work(),
      sleep: (_name, seconds) => {
        advance(seconds * 1000);
        return Promise.resolve();
      },
      waitForSignal: (_name, seconds) => {
        advance(seconds * 1000);
        return Promise.resolve();
      },
    },
  };
  const parsed = parseRequest(
    { environment: 'vpc', mode: 'terminate', limits: ALL, ...input },
    { requestId: 'req-1', trigger: 'invocation' },
  );
  const request = { ...parsed, ...terms };
  const { report } = await carryOut(request, tools, []);
  expect(reportSchema.parse(report)).toEqual(report);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  expect(JSON.stringify(report)).not.toContain(KEYS.secretKey);
  return { report, simulator };
}

const server = (no: string, but: object = {}): object => ({ serverInstanceNo: no, serverName: `dev-${no}`, ...but });

function byResource([a]: readonly unknown[], [b]: readonly unknown[]): number {
  return String(a).localeCompare(String(b));
}

describe('the report of a run', () => {
  it('in which all went says so and ends 0', async () => {
    const { report, simulator } = await ran([server('1001'), server('1002')], { names: ['dev-*'] });
    expect(report).toMatchObject({
      reportVersion: 2,
      requestId: 'req-1',
      status: 'all-gone',
      summary: 'vpc KR: 2 terminated',
      freed: [],
      left: [],
      error: '',
    });
    expect(report.outcomes.map((one) => [one.serverInstanceNo, one.result, one.lastSeen])).toEqual([
      ['1001', 'terminated', ''],
      ['1002', 'terminated', ''],
    ]);
    expect(exitCodeFor(report)).toBe(0);
    const calls = simulator.journal().filter((one) => one.kind === 'call');
    expect(report.apiCalls.total).toBe(calls.length);
    expect(report.apiCalls.byAction).toMatchObject({ stopServerInstances: 1, terminateServerInstances: 1 });
    expect(Date.parse(report.endedAt)).toBeGreaterThan(Date.parse(report.startedAt));
  });

  it('that only planned ends 0, and 2 when a server would be refused', async () => {
    const free = await ran([server('1001')], { servers: ['1001'], mode: 'plan' });
    expect(free.report).toMatchObject({ status: 'planned', outcomes: [], passes: 0 });
    expect(exitCodeFor(free.report)).toBe(0);
    const held = await ran([server('1001', { isProtectServerTermination: true })], { servers: ['1001'], mode: 'plan' });
    expect(exitCodeFor(held.report)).toBe(2);
  });

  it('in which one was refused ends 2 and leaves nothing behind that was touched', async () => {
    const servers = [server('1001'), server('1002', { isProtectServerTermination: true })];
    const { report } = await ran(servers, { names: ['dev-*'] });
    expect(report.status).toBe('some-refused');
    expect(report.outcomes[1]).toMatchObject({ result: 'refused', guard: 'protected' });
    expect(report.left).toEqual([]);
    expect(exitCodeFor(report)).toBe(2);
  });

  it('that ran out of time ends 3 and names what was stopped and is still there', async () => {
    const { report } = await ran([server('1001', { stopSeconds: 1e6 })], { servers: ['1001'], deadlineMinutes: 1 });
    expect(report.status).toBe('unfinished');
    expect(report.left).toMatchObject([{ resource: 'server', no: '1001', asked: true }]);
    expect(report.left[0]?.reason).toContain('stopped by banap');
    expect(exitCodeFor(report)).toBe(3);
  });

  it('that NCP failed ends 1 with the code and the words of NCP', async () => {
    const { report } = await ran([server('1001')], { servers: ['1001'] }, 'terminateServerInstances:24103:100%');
    expect(report.status).toBe('failed');
    expect(report.outcomes[0]).toMatchObject({ result: 'failed', returnCode: '24103' });
    expect(report.outcomes[0]?.returnMessage).toContain('minimum length');
    expect(exitCodeFor(report)).toBe(1);
  });

  it('names what was freed', async () => {
    const servers = [server('1001', { publicIp: '203.0.113.7', blockStorage: [{ blockStorageName: 'data' }] })];
    const { report, simulator } = await ran(servers, { servers: ['1001'], storage: 'delete', publicIp: 'release' });
    expect(report.freed.map((one) => [one.resource, one.name]).toSorted(byResource)).toEqual([
      ['blockStorage', 'data'],
      ['publicIp', '203.0.113.7'],
    ]);
    expect(report.left).toEqual([]);
    expect(simulator.state().publicIps).toEqual([]);
    expect(exitCodeFor(report)).toBe(0);
  });

  it('names what goes on costing money because it was to be kept, and ends 0', async () => {
    const servers = [server('1001', { publicIp: '203.0.113.7', blockStorage: [{ blockStorageName: 'data' }] })];
    const { report } = await ran(servers, { servers: ['1001'], storage: 'detach' });
    expect(report.left.map((one) => [one.resource, one.name, one.asked]).toSorted(byResource)).toEqual([
      ['blockStorage', 'data', false],
      ['publicIp', '203.0.113.7', false],
    ]);
    expect(exitCodeFor(report)).toBe(0);
  });

  it('whose plan was over a limit did nothing and ends 2', async () => {
    const { report, simulator } = await ran([server('1001'), server('1002')], {
      names: ['dev-*'],
      limits: { maxServers: 1, maxPercent: 100 },
    });
    expect(report.plan?.refusal?.text).toMatch(/\S/);
    expect(report.summary).toContain(report.plan?.refusal?.text);
    expect(exitCodeFor(report)).toBe(2);
    expect(simulator.state().servers).toHaveLength(2);
  });

  it('that matched nothing says so and ends 0', async () => {
    const { report } = await ran([server('1001')], { names: ['prod-*'] });
    expect(report).toMatchObject({ status: 'all-gone', summary: 'vpc KR: no server matched, nothing was done' });
    expect(exitCodeFor(report)).toBe(0);
  });

  it('that failed as a whole says why and ends 1', async () => {
    const { report } = await ran([server('1001')], { servers: ['1001'] }, 'getServerInstanceList:403/230:100%');
    expect(report).toMatchObject({ status: 'error', plan: null, outcomes: [] });
    expect(report.error).toContain('getServerInstanceList is not permitted to these keys');
    expect(report.failure).toMatchObject({ kind: 'not-permitted', of: 'getServerInstanceList' });
    expect(exitCodeFor(report)).toBe(1);
  });
});

describe('exitCodeFor', () => {
  const request = parseRequest({ environment: 'vpc', servers: ['1'] }, { requestId: 'r', trigger: 'cli' });
  const report = errorReportOf(request, unexpected('why'), '2026-03-01T00:00:00.000Z');
  const kept = {
    resource: 'publicIp',
    no: '1',
    name: 'n',
    serverInstanceNo: '1',
    ...reasonData(saying('r'), 'UTC'),
  } as const;

  it('of something that should be freed and is still there is 3', () => {
    expect(exitCodeFor({ ...report, status: 'all-gone', left: [{ ...kept, asked: true }] })).toBe(3);
    expect(exitCodeFor({ ...report, status: 'all-gone', left: [{ ...kept, asked: false }] })).toBe(0);
  });

  it('of an error report is 1, and the report is one', () => {
    expect(reportSchema.parse(report)).toEqual(report);
    expect(report).toMatchObject({
      error: 'why',
      failure: unexpected('why'),
      summary: 'vpc KR: why',
      startedAt: report.endedAt,
    });
    expect(exitCodeFor(report)).toBe(1);
  });
});

it('tells what unless spared, and by which entry', async () => {
  const servers = [
    { serverInstanceNo: '1001', serverName: 'dev-1', status: 'NSTOP' },
    { serverInstanceNo: '1002', serverName: 'dev-db-1' },
    { serverInstanceNo: '1003', serverName: 'dev-2', tags: { 팀: '결제' } },
  ];
  const unless = [{ names: ['dev-db-*'] }, { tags: { 팀: '결제' } }];
  const policyTerms = { ...PERMISSIVE, policy: 'nightly', select: { names: ['dev-*'] }, unless, window: null };
  const { report } = await ran(servers, { names: ['x'] }, '', { policyTerms, policy: 'nightly', names: [] });
  expect(report.outcomes.map((one) => one.serverName)).toEqual(['dev-1']);
  expect(report.plan?.spared).toEqual({
    count: 2,
    servers: [
      { serverInstanceNo: '1002', serverName: 'dev-db-1', by: 'names dev-db-*' },
      { serverInstanceNo: '1003', serverName: 'dev-2', by: 'tag 팀=결제' },
    ],
  });
});
