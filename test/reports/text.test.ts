import { describe, expect, it } from 'vitest';
import { errorReportOf, type Report } from '../../lib/reports/report.ts';
import { outcomesText, planText } from '../../lib/reports/text.ts';
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
  expect(planText({ ...planned, plan }, 120)).toContain('│ stop → wait → terminate ');
});

it('what unless spared stands in the plan, with how many more there are', () => {
  const servers = [{ serverInstanceNo: '1004', serverName: 'dev-db-1', by: 'names dev-db-*' }];
  const plan = planned.plan && { ...planned.plan, spared: { count: 3, servers } };
  const lines = planText({ ...planned, plan }, 120).split('\n');
  expect(lines.filter((line) => line.startsWith('spared'))).toEqual([
    'spared: dev-db-1 (1004): unless names dev-db-*',
    'spared: 2 more',
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

const tableLines = (text: string): string[] => text.split('\n').filter((line) => /^[┌│├└]/.test(line));

describe('a wide terminal', () => {
  it.each([76, 100, 120, 200])('of %i columns gets a table that fits and is aligned, Korean names too', (width) => {
    for (const text of [planText(planned, width), outcomesText(ended, width)]) {
      const lines = tableLines(text);
      expect(lines.length).toBeGreaterThan(3);
      expect(new Set(lines.map(columns)).size).toBe(1);
      expect(Math.max(...lines.map(columns))).toBeLessThanOrEqual(width);
    }
  });

  it('reads what would be done to every server', () => {
    const text = planText(planned, 120);
    expect(text).toContain('stop → terminate');
    expect(text).toContain('refused (protected)');
    expect(text).toContain('termination protection is on');
    expect(text).toContain('개발-서버');
    expect(text).toContain('note: server 1001 was given more than once');
    expect(text).toContain('plan abcdef, made 2026-11-23 03:04Z');
    expect(text).toContain('the region holds 7 servers');
  });

  it('reads what became of every server, what was freed and what is left', () => {
    const text = outcomesText(ended, 120);
    expect(text).toContain('refused 24103 Input parameter value is invalid.');
    expect(text).toContain('freed: publicIp 203.0.113.7 (77)');
    expect(text).toContain('left: server 개발-서버: still there');
    expect(text).toContain('4 passes, 21 API calls, ended 2026-11-23 03:04Z');
  });
});

describe('a narrow terminal', () => {
  it('of 40 columns gets a list without a table that says the same', () => {
    const text = planText(planned, 40);
    expect(tableLines(text)).toEqual([]);
    expect(text).toContain('1002 개발-서버\n  running: terminate: stop → terminate');
    expect(text).toContain('1003 prod\n  running: refused (protected): termination protection is on');
    expect(outcomesText(ended, 40)).toContain('1001 dev-1\n  terminated: is gone');
  });
});

describe('a report without servers', () => {
  it('has no table, and a run that failed is its summary', () => {
    expect(planText(blank, 100)).toBe('vpc KR: why');
    expect(tableLines(outcomesText(blank, 100))).toEqual([]);
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
