import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../lib/reports/formats/formats.ts';
import { FORMAT_NAMES } from '../../lib/reports/formats/names.ts';
import { messageOf } from '../../lib/reports/message.ts';
import { errorReportOf, type Report } from '../../lib/reports/report.ts';
import { parseRequest } from '../../lib/termination/request.ts';
import { reasonData } from '../../lib/wording/reason-data.ts';
import { saying, unexpected } from '../wording/worded.ts';

const request = parseRequest({ environment: 'vpc', servers: ['1001'] }, { requestId: 'r-1', trigger: 'cli' });
const blank = {
  ...errorReportOf(request, unexpected('why'), '2026-11-23T03:04:05.000Z'),
  error: '',
  status: 'all-gone' as const,
};

function outcomes(count: number, name = (index: number) => `dev-${index}`): Report['outcomes'] {
  return Array.from({ length: count }, (_, index) => ({
    serverInstanceNo: String(1001 + index),
    serverName: name(index),
    result: 'terminated' as const,
    ...reasonData({ code: 'gone' }, 'UTC'),
    lastSeen: '',
  }));
}

const MARKS = '*_`~[x](http://evil.example) <!channel> <@U1> @everyone <at>all</at> | # > &amp;';
const bad: Report = {
  ...blank,
  status: 'failed',
  summary: 'vpc KR: 1 failed, 1 terminated',
  outcomes: [
    ...outcomes(1),
    {
      serverInstanceNo: '1002',
      serverName: MARKS,
      result: 'failed',
      ...reasonData(saying('NCP refused it'), 'UTC'),
      lastSeen: 'stopped',
    },
  ],
};

describe('the message of a report', () => {
  it('names what failed first, each server once, and says whether somebody has to look', () => {
    const message = messageOf(bad);
    expect(message.isBad).toBe(true);
    expect(message.sections.map(({ title }) => title)).toEqual(['Failed, or not finished 1', 'Terminated 1']);
    expect(message.sections[0]?.lines[0]).toMatch(/\(1002\): NCP refused it$/);
    expect(message.sections[1]?.lines).toEqual(['dev-0 (1001)']);
    expect(messageOf({ ...blank, outcomes: outcomes(2) }).isBad).toBe(false);
  });
});

const MOST: Partial<Record<keyof typeof FORMATS, (body: string) => number>> = {
  slack: (body) => JSON.stringify(JSON.parse(body).blocks).length / 13_000,
  teams: (body) => Buffer.byteLength(body) / 20_000,
  discord: (body) => String(JSON.parse(body).content).length / 2_000,
  jandi: (body) => body.length / 5_000,
};

describe.each(FORMAT_NAMES)('as %s', (name) => {
  const { body } = FORMATS[name];

  it('is JSON, whatever people called their servers, and says what became of them', () => {
    const text = body(bad);
    expect(() => JSON.parse(text)).not.toThrow();
    expect(text).toContain('dev-0'.replaceAll('-', name === 'teams' || name === 'discord' ? '\\\\-' : '-'));
  });

  it('fits, however many servers there are and however long their names', () => {
    const most = MOST[name];
    if (most === undefined) return;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.string({ unit: 'grapheme', maxLength: 255 }), (count, text) => {
        const report = { ...bad, outcomes: outcomes(count, () => text) };
        expect(most(body(report))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
    const many = body({ ...blank, outcomes: outcomes(200, () => '가'.repeat(60)) });
    expect(many).toMatch(/… and \d+ more/);
  });
});

it.each([
  ['slack', /<!channel>|<@U1>/],
  ['discord', /(?<!\\)[*_`~[\]()<>@#|]/],
  ['teams', /(?<!\\)[`~[\]()<>#|]/],
  ['jandi', /\[x\]\(http/],
] as const)('%s reads no formatting, link or mention in what others wrote', (name, marks) => {
  const sent: unknown = JSON.parse(FORMATS[name].body({ ...bad, outcomes: bad.outcomes.slice(1) }));
  const texts: string[] = [];
  JSON.stringify(sent, (key, value: unknown) => {
    if (typeof value === 'string' && ['text', 'content', 'description'].includes(key)) texts.push(value);
    return value;
  });
  const own = texts.filter((text) => text.includes('1002')).map((text) => text.replaceAll('**', ''));
  expect(own).not.toEqual([]);
  for (const text of own) expect(text.replaceAll('\\\\', '')).not.toMatch(marks);
});

it('Discord notifies nobody', () => {
  expect(JSON.parse(FORMATS.discord.body(bad))).toMatchObject({ allowed_mentions: { parse: [] } });
});
