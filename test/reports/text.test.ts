import { describe, expect, it } from 'vitest';
import { outcomesText } from '../../lib/reports/outcomes-text.ts';
import { planText } from '../../lib/reports/plan-text.ts';
import { errorReportOf, type Report } from '../../lib/reports/report.ts';
import { clockTime, dateTime, eventInWords } from '../../lib/reports/words.ts';
import { parseRequest } from '../../lib/termination/request.ts';
import { noteData, reasonData } from '../../lib/wording/reason-data.ts';
import { serverView } from '../termination/builders.ts';
import { saying, unexpected } from '../wording/worded.ts';

const AT = '2026-11-23T03:04:05.000Z';
const request = parseRequest({ environment: 'vpc', servers: ['1001'] }, { requestId: 'r', trigger: 'cli' });
const blank = errorReportOf(request, unexpected('why'), AT);

function server(no: string, serverName: string): NonNullable<Report['plan']>['servers'][number] {
  return {
    ...serverView({ serverInstanceNo: no, serverName }),
    verdict: 'terminate',
    ...reasonData(null, 'UTC'),
    startsAt: '',
    terminatesAt: '',
    steps: ['stop', 'terminate'],
    left: [],
    publicIps: [],
    blockStorages: [],
  };
}

const planned: Report = {
  ...blank,
  status: 'planned',
  summary: 'vpc KR: 2 of 3 servers would be terminated; nothing was done',
  error: '',
  plan: {
    createdAt: AT,
    hash: 'abcdef',
    accountHolds: 24,
    limits: { today: 2, maxServers: 10, percent: 8.4, maxPercent: 20 },
    regionHolds: 7,
    refusal: null,
    spared: { count: 0, servers: [] },
    notes: [noteData({ code: 'given-twice', serverInstanceNo: '1001' }, 'UTC')],
    servers: [
      server('1001', 'dev-1'),
      server('1002', '개발-서버'),
      {
        ...server('1003', 'prod'),
        verdict: 'refuse',
        guard: 'protected',
        steps: [],
        ...reasonData({ code: 'protected' }, 'UTC'),
      },
    ],
  },
};

it('waits in a row are one wait', () => {
  const [one] = planned.plan?.servers ?? [];
  const servers = one === undefined ? [] : [{ ...one, steps: ['stop', 'wait', 'wait', 'wait', 'terminate'] as const }];
  const plan = planned.plan && {
    ...planned.plan,
    servers: servers.map((each) => ({ ...each, steps: [...each.steps] })),
  };
  expect(planText({ ...planned, plan }, 120)).toContain('stop, wait, terminate');
});

it('the plan shows what `unless` spared, and how many more there are', () => {
  const servers = [{ serverInstanceNo: '1004', serverName: 'dev-db-1', by: 'names dev-db-*' }];
  const plan = planned.plan && { ...planned.plan, spared: { count: 3, servers } };
  const lines = planText({ ...planned, plan }, 120).split('\n');
  expect(lines.filter((line) => line.trim().startsWith('Spared'))).toEqual([
    '  Spared: dev-db-1 (1004): unless names dev-db-*',
    '  Spared: 2 more',
  ]);
});

const ended: Report = {
  ...blank,
  status: 'failed',
  summary: 'vpc KR: 1 terminated, 1 failed',
  outcomes: [
    {
      serverInstanceNo: '1001',
      serverName: 'dev-1',
      result: 'terminated',
      ...reasonData(saying('is gone'), 'UTC'),
      lastSeen: '',
    },
    {
      serverInstanceNo: '1002',
      serverName: '개발-서버',
      result: 'failed',
      ...reasonData(saying('refused'), 'UTC'),
      returnCode: '24103',
      returnMessage: 'Input parameter value is invalid.',
      lastSeen: 'stopped',
    },
  ],
  freed: [{ resource: 'publicIp', no: '77', name: '203.0.113.7', serverInstanceNo: '1001' }],
  left: [
    {
      resource: 'server',
      no: '1002',
      name: '개발-서버',
      serverInstanceNo: '1002',
      ...reasonData(saying('still there'), 'UTC'),
      asked: true,
    },
  ],
  passes: 4,
  apiCalls: { total: 21, byAction: { getRegionList: 21 } },
};

/** Columns that a terminal takes: Korean letters are two wide. */
function columns(line: string): number {
  return Array.from(line).reduce((sum, letter) => sum + (/[\uac00-\ud7af]/.test(letter) ? 2 : 1), 0);
}

const texts = (width: number): string[] => [planText(planned, width), outcomesText(ended, width)];

describe('a terminal of any width', () => {
  it.each([32, 40, 60, 71, 72, 80, 100, 200])('of %i columns gets no line that is wider, Korean names too', (width) => {
    for (const text of texts(width)) {
      expect(Math.max(...text.split('\n').map(columns))).toBeLessThanOrEqual(width);
      for (const name of ['dev-1', '개발-서버']) expect(text.replaceAll(/\s+/g, '')).toContain(name);
    }
  });

  it.each([80, 120])('of %i columns has the rows of a group aligned', (width) => {
    const rows = planText(planned, width)
      .split('\n')
      .filter((line) => /^ {4}100[12] /.test(line));
    expect(rows).toHaveLength(2);
    expect(new Set(rows.map((row) => columns(row.slice(0, row.indexOf('running'))))).size).toBe(1);
  });

  it('reads what would be done to every server, what stays and why', () => {
    const lines = planText(planned, 120).split('\n');
    expect(lines[0]).toBe('vpc KR · 2 of 3 servers to be terminated');
    expect(lines.indexOf('  Terminate 2')).toBeLessThan(lines.indexOf('  Keep 1'));
    const text = lines.join('\n');
    expect(text).toMatch(/1001 {2}dev-1 +running {2}326 d old {2}2 vCPU 4 GB {2}KR-1 {2}stop, terminate/);
    expect(text).toMatch(/1003 {2}prod {2}protected {2}termination protection is on/);
    expect(text).toContain('  Note: server 1001 was given more than once');
    expect(text).toContain('  Plan abcdef · made 2026-11-23 03:04Z');
    expect(text).toContain('limits 2 of 10 servers in 24 hours, 8.4 % of 20 %');
  });

  it('reads what is deleted and released with a server once, and what is left and billed', () => {
    const [first] = planned.plan?.servers ?? [];
    if (planned.plan === null || first === undefined) throw new Error('the plan has servers');
    const steps = ['stop', 'detach', 'disassociate', 'terminate', 'deleteStorage', 'releasePublicIp'];
    const all = { ...first, steps, deletes: ['data'], deletesBytes: 100 * 1024 ** 3, releases: ['203.0.113.7'] };
    const left = {
      resource: 'publicIp' as const,
      no: '9',
      name: '203.0.113.9',
      serverInstanceNo: '1001',
      asked: false,
    };
    const kept = { ...first, serverInstanceNo: '1009', left: [{ ...left, ...reasonData(saying('kept'), 'UTC') }] };
    const text = planText({ ...planned, plan: { ...planned.plan, servers: [all, kept] } }, 120);
    expect(text).toContain('stop, terminate, delete storage data (100 GB), release');
    expect(text).toContain('It deletes 1 volume (100 GB) and releases 1 address for good.');
    expect(text).toContain('  Left and billed afterwards:\n  address 203.0.113.9: kept');
    expect(planText(planned, 120)).toContain('Left and billed afterwards: nothing');
  });

  it('says once why several servers stay, and of each what it is', () => {
    const barred = ['7', '8', '9'].map((no) => ({
      ...server(no, `app-${no}`),
      verdict: 'refuse' as const,
      guard: 'limit',
      ...reasonData(saying('over the limit'), 'UTC'),
    }));
    const plan = planned.plan && { ...planned.plan, servers: barred };
    const text = planText({ ...planned, plan }, 80);
    expect(text.split('over the limit')).toHaveLength(2);
    expect(text).toContain(
      '  Cannot be terminated 3\n    limit: over the limit:\n      app-7 (7), app-8 (8), app-9 (9)',
    );
  });

  it('reads what became of every server, what was freed and what is left', () => {
    const text = outcomesText(ended, 120);
    expect(text).toContain(
      '  Failed, or not finished 1\n    1002  개발-서버  refused 24103 Input parameter value is invalid.',
    );
    expect(text).toContain('  Terminated 1\n    1001  dev-1');
    expect(text).toContain('Freed: 203.0.113.7');
    expect(text).toContain('Left and billed:\n');
    expect(text).toContain('server 개발-서버: still there');
    expect(text).toContain('4 passes, 21 API calls, ended 2026-11-23 03:04Z');
  });
});

describe('a report without servers', () => {
  it('a run that failed is its summary', () => {
    expect(planText(blank, 100)).toBe('vpc KR: why');
    expect(outcomesText(blank, 100).split('\n')[0]).toBe('vpc KR: why');
  });
});

describe('signals', () => {
  it('tell instants in UTC and in a local zone', () => {
    expect(dateTime(AT)).toMatch(/^2026-11-23 03:04Z \(2026-11-2\d \d\d:\d\d .+\)$/);
    expect(clockTime(AT)).toMatch(/^03:04:05Z \d\d:\d\d:05 .+$/);
  });

  it.each([
    [{ kind: 'gone' }, 'is gone'],
    [{ kind: 'requested', action: 'detach', on: ['7', '8'] }, 'detach storage: accepted (7, 8)'],
    [{ kind: 'waiting', reason: saying('it stops') }, 'waiting: it stops'],
    [
      { kind: 'rejected', action: 'stop', remedy: 'look', returnCode: '25041', returnMessage: 'busy', together: 3 },
      'stop: refused for 3 together, each alone next: 25041 busy',
    ],
    [
      { kind: 'outcome', outcome: { result: 'refused', guard: 'storage', reason: saying('why') } },
      'REFUSED (storage): why',
    ],
  ] as const)('say %j', (body, signals) => {
    const event: Parameters<typeof eventInWords>[0] =
      body.kind === 'requested'
        ? { at: AT, serverInstanceNo: '1', ...body, on: [...body.on] }
        : { at: AT, serverInstanceNo: '1', ...body };
    expect(eventInWords(event)).toBe(signals);
  });
});
