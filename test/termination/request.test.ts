import { describe, expect, it } from 'vitest';
import { MOST_SERVERS, parseRequest, RequestError } from '../../lib/termination/request.ts';
import { worded } from '../wording/worded.ts';

const origin = { requestId: 'test', trigger: 'cli' } as const;
const fine = { environment: 'vpc', servers: ['1001'] };

function problemsOf(input: unknown): readonly string[] {
  try {
    parseRequest(input, origin);
  } catch (error) {
    if (error instanceof RequestError) return error.problems;
    throw error;
  }
  return [];
}

describe('a request', () => {
  it('needs no more than an environment and a server, and then only plans', () => {
    expect(parseRequest(fine, origin)).toEqual({
      ...origin,
      account: 'default',
      environment: 'vpc',
      region: 'KR',
      policy: '',
      policyVersion: '',
      report: [],
      approval: null,
      notifySeconds: [],
      askedBy: '',
      stopForSeconds: 0,
      expiry: 'none',
      tagKeys: { terminateAt: 'terminate-at', ttl: 'ttl', keep: 'keep' },
      timezone: 'Asia/Seoul',
      policyTerms: null,
      servers: ['1001'],
      names: [],
      mode: 'plan',
      storage: 'refuse',
      publicIp: 'keep',
      overrideProtection: false,
      limits: { maxServers: 10, maxPercent: 20 },
      deadlineMinutes: 60,
      reason: '',
      requestedBy: '',
      notes: [],
    });
  });

  it('takes a duplicate once and says so', () => {
    const request = parseRequest({ ...fine, servers: ['1001', '1002', '1001', '1001'], names: ['a', 'a'] }, origin);
    expect(request).toMatchObject({ servers: ['1001', '1002'], names: ['a'] });
    expect(worded(request.notes)).toEqual(['server 1001 was given more than once; it counts once']);
  });

  it('counts servers after duplicates are collapsed', () => {
    const numbers = Array.from({ length: MOST_SERVERS }, (_, index) => String(index + 1));
    expect(parseRequest({ ...fine, servers: [...numbers, ...numbers] }, origin).servers).toHaveLength(MOST_SERVERS);
    expect(problemsOf({ ...fine, servers: [...numbers, '9999'] })).toEqual([
      'servers: 201 numbers; expected at most 200 in one request, split it',
    ]);
  });

  it('takes Korean names and globs', () => {
    expect(parseRequest({ environment: 'classic', names: ['개발-*', '테스트-?'] }, origin).names).toEqual([
      '개발-*',
      '테스트-?',
    ]);
  });

  it('takes the limits at their edges', () => {
    for (const limits of [
      { maxServers: 1, maxPercent: 0.1 },
      { maxServers: MOST_SERVERS, maxPercent: 100 },
    ]) {
      expect(parseRequest({ ...fine, limits }, origin).limits).toEqual(limits);
    }
  });
});

describe('bad input', () => {
  const bad: [title: string, input: unknown, says: RegExp][] = [
    ['nothing', undefined, /^expected an object, for example/],
    ['null', null, /^expected an object/],
    ['a list', [], /^expected an object/],
    ['text', 'terminate everything', /^expected an object/],
    ['no environment', { servers: ['1001'] }, /^environment: expected "classic" or "vpc"$/],
    ['an unknown environment', { ...fine, environment: 'VPC' }, /^environment: expected "classic" or "vpc"$/],
    [
      'an unknown key',
      { ...fine, overideProtection: true },
      /^unknown key overideProtection; expected account, environment, region/,
    ],
    [
      'an unknown limit',
      { ...fine, limits: { maxServer: 1 } },
      /^limits: unknown key maxServer; expected maxServers, maxPercent$/,
    ],
    ['no server at all', { environment: 'vpc' }, /^servers: expected at least one server in servers or names/],
    ['empty lists', { environment: 'vpc', servers: [], names: [] }, /^servers: expected at least one server/],
    ['a number that is not text', { ...fine, servers: [1001] }, /^servers\.0: expected string.*"1088217"/],
    ['a server that is no number', { ...fine, servers: ['dev-1'] }, /^servers\.0: expected a server number in quotes/],
    ['a number with a blank', { ...fine, servers: ['1001 '] }, /^servers\.0: expected a server number/],
    ['a number with a line end', { ...fine, servers: ['1001\n'] }, /^servers\.0: expected a server number/],
    ['a negative number', { ...fine, servers: ['-1'] }, /^servers\.0: expected a server number/],
    ['full-width digits', { ...fine, servers: ['１００１'] }, /^servers\.0: expected a server number/],
    ['too many digits', { ...fine, servers: ['1'.repeat(20)] }, /^servers\.0: expected a server number/],
    ['text where a list belongs', { ...fine, servers: '1001' }, /^servers: expected array, for example/],
    ['null where a list belongs', { ...fine, servers: null }, /^servers: expected array/],
    ['an empty name', { environment: 'vpc', names: [''] }, /^names\.0: /],
    ['a name of 257 characters', { environment: 'vpc', names: ['x'.repeat(257)] }, /^names\.0: /],
    ['a region in small letters', { ...fine, region: 'kr' }, /^region: expected a region code/],
    ['an unknown mode', { ...fine, mode: 'dry-run' }, /^mode: expected "plan" or "terminate"$/],
    ['an unknown storage policy', { ...fine, storage: 'keep' }, /^storage: expected "refuse" or "detach" or "delete"$/],
    ['an unknown address policy', { ...fine, publicIp: true }, /^publicIp: expected "keep" or "release"$/],
    ['consent in words', { ...fine, overrideProtection: 'yes' }, /^overrideProtection: expected boolean/],
    ['no servers allowed', { ...fine, limits: { maxServers: 0 } }, /^limits\.maxServers: /],
    ['too many servers allowed', { ...fine, limits: { maxServers: 201 } }, /^limits\.maxServers: .*200/],
    ['half a server', { ...fine, limits: { maxServers: 1.5 } }, /^limits\.maxServers: expected int/],
    ['no percent', { ...fine, limits: { maxPercent: 0 } }, /^limits\.maxPercent: /],
    ['more than all', { ...fine, limits: { maxPercent: 100.1 } }, /^limits\.maxPercent: .*100/],
    ['no limit by infinity', { ...fine, limits: { maxPercent: Number.POSITIVE_INFINITY } }, /^limits\.maxPercent: /],
    ['no time', { ...fine, deadlineMinutes: 0 }, /^deadlineMinutes: /],
    ['more than a day', { ...fine, deadlineMinutes: 1441 }, /^deadlineMinutes: .*1440/],
    ['a long reason', { ...fine, reason: 'x'.repeat(501) }, /^reason: .*500/],
  ];
  for (const [title, input, says] of bad) {
    it(`is one sentence for ${title}`, () => {
      const problems = problemsOf(input);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(says);
      expect(problems[0]).not.toContain('\n');
    });
  }

  it('is told all at once, in one line', () => {
    const input = { environment: 'aws', servers: [1, 'x'], storage: 'burn', mod: 'terminate' };
    const problems = problemsOf(input);
    expect(problems.map((problem) => problem.split(/[:;]/)[0])).toEqual([
      'environment',
      'servers.0',
      'servers.1',
      'storage',
      'unknown key mod',
    ]);
    expect(new RequestError(problems).message).toBe(problems.join('; '));
  });
});
