import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkPolicies, formatProblem } from '../../lib/policies/check.ts';
import { inWords, NOW, policyFile, problemsOf, SELECT, sound, soundPolicy } from './written.ts';

const check = (text: string): ReturnType<typeof checkPolicies> => checkPolicies(text, { now: NOW });
const whole = (...lines: string[]): string[] => inWords(check(`${lines.join('\n')}\n`));

describe('a sound file', () => {
  it("is the project's own", () => {
    const { policies, problems, warnings } = check(readFileSync('policies.yml', 'utf8'));
    expect({ problems, warnings }).toEqual({ problems: [], warnings: [] });
    expect(Object.values(policies?.policies ?? {}).map(({ mode }) => mode)).toEqual(['plan', 'plan']);
  });

  it('gets every default, each on the safe side', () => {
    expect(sound(policyFile([SELECT]))).toEqual({
      version: 1,
      tags: { terminateAt: 'terminate-at', ttl: 'ttl', keep: 'keep' },
      policies: {
        p: {
          description: '',
          mode: 'plan',
          select: { account: 'default', environment: 'vpc', region: 'KR', names: ['dev-*'] },
          expiry: 'none',
          timezone: 'Asia/Seoul',
          limits: { maxServers: 10, maxPercent: 20 },
          storage: 'refuse',
          publicIp: 'keep',
          protection: 'respect',
          deadlineMinutes: 60,
        },
      },
    });
  });

  it('may say everything at once', () => {
    const text = `
version: 1
accounts: { default: { secret: banap/dev/ncloud }, lab: { secret: 'a/b_c+d=e.f@g-h' } }
callers: { ci: { secret: banap/dev/caller-ci, policies: [a-31-letter-name-for-one-policy] } }
tags: { terminateAt: 종료일, ttl: lifetime, keep: stay }
policies:
  a-31-letter-name-for-one-policy:
    description: 개발 서버 🌙
    mode: terminate
    select:
      account: lab
      environment: vpc
      region: SGN
      zones: [SGN-4, SGN-5]
      vpcs: ['1234']
      names: ['dev-*', '웹?']
      tags: { env: dev, team: { in: [web, ''] }, owner: { exists: false }, 한글: 값 }
      olderThan: P1M
      statuses: [RUN]
    unless: { names: ['dev-db-*'], olderThan: 2w }
    expiry: tags
    schedule: cron(0 0 29 2 ? *)
    timezone: America/New_York
    window: { days: [SUN], from: '23:00', to: '24:00' }
    holidays: { calendar: none, dates: [2028-02-29] }
    grace: { stopFor: P30D, notify: [7d, 24h, 1h] }
    approval: { when: above, aboveServers: 3, twoAboveServers: 10, approvers: [slack:U012ABC, slack:W0AB, naver-works:c72af563-0f21-4736-8ca2-dc4f5e9cbe5e], selfApproval: true, expiresAfter: 5d }
    chat: { slack: C0123456, naverWorks: 12345a12-b12c }
    limits: { maxServers: 200, maxPercent: 100 }
    storage: delete
    publicIp: release
    protection: override
    deadlineMinutes: 1440
    report: [banap/dev/webhook]
`;
    expect(inWords(check(text))).toEqual([]);
  });

  it('may use anchors and merge keys', () => {
    const text = `version: 1
policies:
  a: &a
    select: &select { environment: vpc, names: [a-*] }
    mode: terminate
  b:
    <<: *a
    mode: plan
  c: { select: { <<: *select, names: [c-*] } }
`;
    const { policies } = sound(text);
    expect([policies['b']?.mode, policies['b']?.select]).toEqual(['plan', policies['a']?.select]);
    expect(policies['c']?.select.names).toEqual(['c-*']);
  });

  it('keeps dates, hours and numbers as they are written', () => {
    const policy = soundPolicy(SELECT, 'window: {from: 21:00, to: 06:00}', 'holidays: {dates: [2026-12-31]}');
    expect(policy.window).toEqual({
      days: ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'],
      from: '21:00',
      to: '06:00',
    });
    expect(policy.holidays).toEqual({ calendar: 'KR', dates: ['2026-12-31'] });
  });
});

describe('every problem is reported at once', () => {
  const text = `version: 1
polices: {}
policies:
  nightly-dev:
    select:
      environment: vpc
      nmaes: [dev-*]
    schedule: cron(0 21 31 2 ? *)
    window: { from: '21:00', to: '21:00' }
    colour: red
  sweep:
    timezone: Asia/Soul
`;
  const { policies, problems } = check(text);

  it('with file, line, column and path, in the order of the file', () => {
    expect(problems.map((one) => formatProblem('policies.yml', one).replace(/: .*/, ''))).toEqual([
      'policies.yml:2:1 polices',
      'policies.yml:7:7 policies.nightly-dev.select.nmaes',
      'policies.yml:8:15 policies.nightly-dev.schedule',
      'policies.yml:9:5 policies.nightly-dev.window',
      'policies.yml:10:5 policies.nightly-dev.colour',
      'policies.yml:11:3 policies.sweep.select',
      'policies.yml:12:15 policies.sweep.timezone',
    ]);
  });

  it('and with what is right', () => {
    expect(problems.map(({ message }) => message)).toEqual([
      'unknown key; did you mean policies?',
      'unknown key; did you mean names?',
      expect.stringContaining('for example cron('),
      "from and to are both 21:00; for the whole day write from: '00:00' and to: '24:00'",
      expect.stringContaining('unknown key; expected one of description, mode, select'),
      "missing; a map is expected, for example select: {environment: vpc, names: ['dev-*']}",
      '"Asia/Soul" is no IANA time zone; did you mean Asia/Seoul?',
    ]);
  });

  it('and no policy is taken, not even a sound one', () => {
    expect(policies).toBeUndefined();
    expect(check(`${policyFile([SELECT])}  other: {}\n`).policies).toBeUndefined();
  });
});

describe('as YAML', () => {
  it.each<[string, string, number, string]>([
    ['a tab', 'version: 1\npolicies:\n\tp: 1\n', 3, 'a tab; indent with spaces'],
    ['a second document', `${policyFile([SELECT])}---\nversion: 1\n`, 5, 'a second document begins here'],
    ['a bracket that is never closed', 'version: 1\npolicies: [\n', 3, 'not YAML: '],
    ['an alias without its anchor', 'version: 1\npolicies: *p\n', 2, 'there is no anchor &p before this alias'],
    ['a tag of its own', policyFile([SELECT, 'mode: !!js/function x']), 5, 'unknown YAML tag'],
    ['a list as a key', policyFile([SELECT, '? [a]\n    : b']), 5, 'a key is a list or a map'],
    ['__proto__', policyFile(['select: {environment: vpc, tags: {__proto__: x}}']), 4, 'unknown key __proto__'],
  ])('%s is a problem on its line', (_title, text, line, message) => {
    const { problems, policies } = check(text);
    expect(problems).toContainEqual(expect.objectContaining({ line, message: expect.stringContaining(message) }));
    expect(policies).toBeUndefined();
  });

  it('a key that is listed twice is a problem, and hides no other', () => {
    expect(problemsOf(SELECT, 'mode: plan', 'mode: plan', 'storage: keep')).toEqual([
      ': this key occurs twice; keep one of them',
      'storage: "keep": expected refuse or detach or delete, for example storage: refuse',
    ]);
  });

  it('aliases that multiply are refused', () => {
    const levels = ['b', 'c', 'd', 'e', 'f'].map((key, index) => {
      const above = 'abcde'[index] ?? '';
      return `${key}: &${key} [${Array.from({ length: 10 }, () => `*${above}`).join(', ')}]`;
    });
    const text = ['a: &a [x, x]', ...levels, ''].join('\n');
    expect(inWords(check(text))).toEqual([expect.stringContaining('the aliases cannot be resolved')]);
  });

  it('an alias of what it stands in is refused', () => {
    expect(inWords(check('version: 1\npolicies: &p\n  a: *p\n'))).toContain(
      'policies.a.a: unknown key; expected one of description, mode, select, unless, expiry, schedule, timezone, window, holidays, grace, approval, chat, limits, storage, publicIp, protection, deadlineMinutes, report',
    );
  });

  it('a file over 1 MB is refused unread', () => {
    const text = `${policyFile([SELECT])}${'#'.repeat(1024 * 1024)}\n`;
    expect(inWords(check(text))).toEqual([
      ': the file is larger than 1048576 bytes; expected a few kilobytes of policies',
    ]);
  });

  it.each(['', '# nothing\n', '---\n', 'null\n'])('%j says nothing', (text) => {
    expect(inWords(check(text))).toEqual([expect.stringContaining('the file is empty; expected version: 1')]);
  });

  it.each(['- 1\n', 'hello\n', '3\n'])('%j is no map', (text) => {
    expect(inWords(check(text))).toEqual([expect.stringContaining('where a map is expected')]);
  });
});

describe('of the file', () => {
  const policies = `policies: { p: { ${SELECT} } }`;

  it.each<[string, string[], string]>([
    ['no policy', ['version: 1', 'policies: {}'], 'policies: no policy at all; write one, for example'],
    ['no policies', ['version: 1'], 'policies: missing; a map is expected'],
    ['another version', ['version: 2', policies], 'version: 2: expected 1'],
    ['a version in quotes', ['version: "1"', policies], 'version: "1": expected 1'],
    ['no version', [policies], 'version: missing: expected 1, for example version: 1'],
    ['no account', ['version: 1', 'accounts: {}', policies], 'accounts: empty'],
    [
      'one key for two tags',
      ['version: 1', 'tags: {ttl: keep}', policies],
      'tags.keep: keep is the key of ttl already',
    ],
    [
      'one key for two tags, in two spellings',
      ['version: 1', 'tags: {ttl: "ＫＥＥＰ\u200b"}', policies],
      'tags.keep: keep is the key of ttl already',
    ],
    [
      'a key that nobody sees',
      ['version: 1', 'tags: {ttl: "\\u200b"}', policies],
      'tags.ttl: nothing that can be seen',
    ],
    [
      'a name in capitals',
      ['version: 1', `policies: { Nightly: { ${SELECT} } }`],
      'policies.Nightly: "Nightly" is no name',
    ],
    [
      'a name of 32 letters',
      ['version: 1', `policies: { ${'a'.repeat(32)}: { ${SELECT} } }`],
      'is no name here; expected small letters',
    ],
    [
      'an account in accounts that is not default',
      ['version: 1', 'accounts: {lab: {secret: a}}', policies],
      'select.account: there is no account default in accounts; expected one of lab',
    ],
  ])('%s is a problem', (_title, lines, message) => {
    const found = whole(...lines);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  it('an account that nobody named is a problem, and the nearest one is offered', () => {
    const select = 'select: { account: labb, environment: vpc, names: [a-*] }';
    const text = `version: 1\naccounts: { lab: { secret: a } }\n${policyFile([select]).replace('version: 1\n', '')}`;
    expect(inWords(check(text))).toEqual(['select.account: there is no account labb in accounts; did you mean lab?']);
    expect(inWords(check(text.replace('labb', 'lab')))).toEqual([]);
  });

  it.each([
    'arn:aws:secretsmanager:ap-northeast-2:1:secret:x',
    'https://hooks.example/T0KEN',
    'with blank',
    '',
    '${env:X}',
  ])('the secret %j is no name, and is not repeated', (secret) => {
    const found = [
      ...whole('version: 1', `accounts: {default: {secret: '${secret}'}}`, policies),
      ...problemsOf(SELECT, `report: ['${secret}']`),
    ];
    expect(found).toHaveLength(2);
    for (const one of found) expect(one).toMatch(/: what stands here: expected name \(not ARN\) of a secret/);
  });
});

describe('of one policy', () => {
  it.each<[string, string]>([
    ['mode: terminat', 'mode: "terminat": expected plan or terminate; did you mean terminate?'],
    ['storage: keep', 'storage: "keep": expected refuse or detach or delete'],
    ['protection: ignore', 'protection: "ignore": expected respect or override'],
    ['expiry: tag', 'expiry: "tag": expected none or tags; did you mean tags?'],
    ['limits: { maxServers: 201 }', 'limits.maxServers: expected at most 200'],
    ['limits: { maxServers: 0 }', 'limits.maxServers: expected at least 1'],
    ['limits: { maxServers: 1.5 }', 'limits.maxServers: 1.5 where a whole number is expected'],
    ['limits: { maxPercent: 0 }', 'limits.maxPercent: expected more than 0'],
    ['limits: { maxPercent: 101 }', 'limits.maxPercent: expected at most 100'],
    ['limits: { maxPercent: .nan }', 'limits.maxPercent: '],
    ['deadlineMinutes: 1441', 'deadlineMinutes: expected at most 1440'],
    ['deadlineMinutes: "60"', 'deadlineMinutes: "60" where a number is expected'],
    ['report: []', 'report: expected at least one item, or leave the key out'],
    ['report: [a, a]', 'report: a is listed twice'],
    ['window:', 'window: nothing where a map is expected, for example window: {days: '],
    ['grace: {}', 'grace: empty; expected for example grace: {stopFor: 7d, notify: [24h, 1h]}'],
    ['grace: 7d', '"7d" where a map is expected, for example grace: {stopFor: '],
    ['description: 3', 'description: 3 where text is expected'],
  ])('%s is a problem', (line, message) => {
    const found = problemsOf(SELECT, line);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  it('the same problem in two places is reported for each', () => {
    const text = `version: 1\npolicies:\n  a: &a { ${SELECT}, mode: x }\n  b: *a\n`;
    expect(check(text).problems.map(({ path, line }) => [path, line])).toEqual([
      ['policies.a.mode', 3],
      ['policies.b.mode', 3],
    ]);
  });
});

it('checks a policy with an invalid name, and the other policies', () => {
  const found = whole(
    'version: 1',
    'policies:',
    '  Sweep_1:',
    '    select: { environment: vpc }',
    '    schedule: 0 3 * * *',
    '  nightly:',
    '    select: { environment: vpc, names: ["*"] }',
  ).join('\n');
  expect(found).toContain('policies.Sweep_1: "Sweep_1" is no name here');
  expect(found).toContain('policies.Sweep_1.select: gives a place but no servers');
  expect(found).toContain('policies.Sweep_1.schedule: "0 3 * * *" is cron as Unix writes it');
  expect(found).toContain('policies.nightly.select.names.0: * matches every name');
});

describe('a file that is not UTF-8', () => {
  const utf8 = `version: 1
tags: { keep: 보존 }
policies:
  dev: { select: { environment: vpc, names: ['n-*'] }, unless: { tags: { 팀: 결제 } } }
`;
  const CP949: Readonly<Record<string, number[]>> = {
    보존: [0xba, 0xb8, 0xc1, 0xb8],
    팀: [0xc6, 0xc0],
    결제: [0xb0, 0xe1, 0xc1, 0xa6],
  };
  const inCp949 = (text: string): Buffer =>
    Buffer.concat(text.split(/(보존|팀|결제)/).map((part) => Buffer.from(CP949[part] ?? [...Buffer.from(part)])));

  it('has no policies: its Korean keep key would keep nothing, and its exception except nothing', () => {
    expect(checkPolicies(Buffer.from(utf8), { now: NOW }).policies?.tags.keep).toBe('보존');
    expect(checkPolicies(inCp949(utf8), { now: NOW })).toEqual({
      policies: undefined,
      problems: [{ line: 2, column: 15, path: '', message: expect.stringContaining('expected UTF-8') }],
      warnings: [],
    });
  });

  it('has none if its letters were lost on the way, nor if an escape stands for one', () => {
    for (const file of [utf8.replace('보존', '\ufffd'), Buffer.from(utf8.replace('보존', '\ufffd\ufffd'))]) {
      expect(checkPolicies(file, { now: NOW })).toMatchObject({
        policies: undefined,
        problems: [{ line: 2, column: 15 }],
      });
    }
    const escaped = checkPolicies(utf8.replace('보존', '"\\uFFFD"'), { now: NOW });
    expect(escaped).toMatchObject({ policies: undefined, problems: [{ line: 2, column: 15 }] });
  });

  it('may begin with a byte order mark', () => {
    expect(checkPolicies(Buffer.from(`\ufeff${utf8}`), { now: NOW }).problems).toEqual([]);
  });
});
