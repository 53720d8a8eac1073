import { describe, expect, it } from 'vitest';
import { checkPolicies } from '../../lib/policies/check.ts';
import { policyVersion } from '../../lib/policies/load.ts';
import { policyNowOf } from '../../lib/policies/resolve.ts';
import { NOW, policyFile, problemsOf, SELECT, soundPolicy } from './written.ts';

const select = (text: string, ...lines: string[]): string[] =>
  problemsOf(`select: { environment: vpc, ${text} }`, ...lines);
const both = (selected: string, left: string): string[] => select(selected, `unless: { ${left} }`);

describe('a selection', () => {
  it.each([
    'region: KR',
    'account: default',
    'olderThan: 59m',
    'olderThan: PT1S',
    'statuses: [RUN, NSTOP]',
    'statuses: [INIT, CREAT, RUN, NSTOP, FSTOP, SD_FL, RS_FL, ST_FL]',
    'zones: [KR-1, KR-2]',
    'olderThan: 1m, statuses: [RUN, NSTOP], zones: [KR-1, KR-2]',
  ])('of only {%s} matches everything, and is refused', (text) => {
    const found = select(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^select: .*(match every server|matches every server).*for example names: \[dev-\*\]/);
  });

  it.each([
    'names: [dev-*]',
    'tags: {env: dev}',
    'tags: {env: {exists: false}}',
    'olderThan: 1h',
    'statuses: [NSTOP]',
    'zones: [KR-1]',
    'vpcs: ["1"]',
    'olderThan: 1m, statuses: [RUN, NSTOP], names: [a]',
  ])('of {%s} says which, and is taken', (text) => {
    expect(select(text)).toEqual([]);
  });

  it('may be empty where tags say what is due', () => {
    expect(problemsOf('select: { environment: classic }', 'expiry: tags')).toEqual([]);
    expect(problemsOf('select: { environment: classic }', 'expiry: none')).toHaveLength(1);
  });

  it.each(['*', '**', '?*', '???', '?'])('by the name %s is refused, whatever else it says', (name) => {
    for (const rest of [[], ['expiry: tags']]) {
      const found = select(`names: [web-1, '${name}'], tags: {env: dev}`, ...rest);
      expect(found).toEqual([
        `select.names.1: ${name} matches every name; write a part of the names, for example dev-*`,
      ]);
    }
  });

  it.each<[string, string]>([
    ['zones: []', 'select.zones: expected at least one item'],
    ['vpcs: []', 'select.vpcs: expected at least one item'],
    ['names: []', 'select.names: expected at least one item'],
    ['names: [""]', 'select.names.0: expected some text'],
    ['statuses: []', 'select.statuses: expected at least one item'],
    ['statuses: [RUNN]', 'select.statuses.0: "RUNN": expected INIT or CREAT'],
    ['tags: {}', 'select.tags: empty; name a tag'],
    ['tags: {env: {in: []}}', 'select.tags.env.in: expected at least one item'],
    ['tags: {env: {exits: true}}', 'select.tags.env: expected a value in quotes, {in: [web, app]} or {exists: true}'],
    ['tags: {env: true}', 'select.tags.env: expected a value in quotes'],
    ['tags: {"": x}', 'is no name here; expected the key of a tag'],
    ['tags: [env]', 'select.tags: a list where a map is expected'],
    ['names: dev-*', 'select.names: "dev-*" where a list is expected'],
    ['vpcs: [1234]', "select.vpcs.0: 1234 where text is expected, for example vpcs: ['1234']"],
    ['vpcs: [vpc-1]', 'select.vpcs.0: "vpc-1": expected VPC numbers'],
    ['olderThan: 7 days', 'select.olderThan: "7 days" is no duration'],
    ['olderThan: -7d', 'select.olderThan: "-7d" is negative'],
    ['olderThan: 99999999d', 'select.olderThan: "99999999d" is over ten years'],
    ['region: kr', 'select.region: "kr": expected NCP\'s region code'],
    ['regoin: KR', 'select.regoin: unknown key; did you mean region?'],
  ])('with {%s} is a problem', (text, message) => {
    expect(select(`${text}${text.startsWith('names') ? '' : ', names: [dev-*]'}`).join('\n')).toContain(message);
  });

  it('needs an environment', () => {
    expect(problemsOf('select: { names: [a] }')).toEqual([
      'select.environment: missing: expected vpc or classic, for example environment: vpc',
    ]);
  });

  it('of VPCs is no selection in Classic', () => {
    const message = 'Classic has no VPCs; leave vpcs out, or write environment: vpc';
    expect(problemsOf("select: { environment: classic, vpcs: ['1'] }")).toEqual([`select.vpcs: ${message}`]);
    const unless = problemsOf('select: { environment: classic, names: [a] }', "unless: { vpcs: ['1'] }");
    expect(unless).toEqual([`unless.vpcs: ${message}`]);
  });
});

describe('an exception', () => {
  it.each<[string, string]>([
    ['names: [dev-*]', 'names: [dev-db-*]'],
    ['names: [dev-*]', 'names: ["dev-?"]'],
    ['names: [dev-*, test-*]', 'names: [dev-*]'],
    ['names: [dev-*]', 'names: [dev-*], tags: {env: prod}'],
    ['names: [dev-*]', 'region: KR, environment: vpc, account: default, tags: {a: b}'],
    ['tags: {team: {in: [web, app]}}', 'tags: {team: web}'],
    ['tags: {team: {exists: true}}', 'tags: {team: web}'],
    ['tags: {team: web}', 'tags: {team: web, keep: {exists: true}}'],
    ['olderThan: 7d', 'olderThan: 30d'],
    ['olderThan: P1M', 'olderThan: 7d'],
    ['zones: [KR-1]', 'statuses: [NSTOP]'],
    ['zones: [KR-1, KR-2], names: [a]', 'zones: [KR-2]'],
    ['statuses: [RUN]', 'zones: [KR-1]'],
    ['names: [a.c]', 'names: [abc]'],
  ])('of {%s} for {%s} is taken', (selected, left) => {
    expect(both(selected, left)).toEqual([]);
  });

  it.each<[string, string]>([
    ['names: [dev-*]', 'names: [dev-*]'],
    ['names: [dev-a*, dev-b]', 'names: [dev-*]'],
    ['names: [dev-1]', 'names: ["dev-?"]'],
    ['names: [dev-*]', 'region: KR'],
    ['names: [dev-*]', 'names: [x, dev-*], environment: vpc'],
    ['tags: {team: web}', 'tags: {team: {in: [web, app]}}'],
    ['tags: {team: web}', 'tags: {team: {exists: true}}'],
    ['tags: {team: {exists: false}}', 'tags: {team: {exists: false}}'],
    ['olderThan: 30d', 'olderThan: 7d'],
    ['names: [a]', 'olderThan: 1m'],
    ['names: [a]', 'statuses: [RUN, NSTOP]'],
    ['zones: [KR-1]', 'zones: [KR-1, KR-2]'],
    ['vpcs: ["1"]', 'vpcs: ["1"]'],
  ])('of {%s} for {%s} leaves nothing to do, and is refused', (selected, left) => {
    expect(both(selected, left)).toEqual([expect.stringMatching(/^unless: applies to every selected server/)]);
  });

  it.each<[string, string, string]>([
    ['names: [a]', 'region: JPN', 'region'],
    ['names: [a]', 'environment: classic', 'environment'],
    ['zones: [KR-1]', 'zones: [KR-2]', 'zones'],
    ['vpcs: ["1"]', 'vpcs: ["2"]', 'vpcs'],
    ['statuses: [NSTOP]', 'statuses: [RUN]', 'statuses'],
  ])('of {%s} for {%s} never holds, and is refused', (selected, left, key) => {
    expect(both(selected, left)).toEqual([
      expect.stringMatching(`^unless.${key}: never applies to the selected servers`),
    ]);
  });

  it('of nothing is refused', () => {
    expect(problemsOf(SELECT, 'unless: {}')).toEqual([expect.stringContaining('unless: empty; say which servers')]);
  });

  it('of any name is refused', () => {
    expect(both('names: [a]', 'names: ["*"], tags: {a: b}')).toEqual([
      expect.stringContaining('unless.names.0: * matches every name'),
    ]);
  });
});

describe('a list of exceptions', () => {
  it('is what one exception is, for each entry', () => {
    const policy = soundPolicy(SELECT, 'unless: [{ names: [dev-db-*], region: KR }, { tags: { env: prod } }]');
    const now = policyNowOf('p', { kind: 'published', policy });
    expect(now).toMatchObject({ policyTerms: { unless: [{ names: ['dev-db-*'] }, { tags: { env: 'prod' } }] } });
    const single = policyNowOf('p', {
      kind: 'published',
      policy: soundPolicy(SELECT, 'unless: { names: [dev-db-*] }'),
    });
    expect(single).toMatchObject({ policyTerms: { unless: [{ names: ['dev-db-*'] }] } });
    expect(policyNowOf('p', { kind: 'published', policy: soundPolicy(SELECT) })).toMatchObject({
      policyTerms: { unless: [] },
    });
  });

  it('is in the version of its policy', () => {
    const versions = ['[{ names: [dev-db-*] }]', '[{ names: [dev-db-*] }, { tags: { env: prod } }]'].map((text) =>
      policyVersion(soundPolicy(SELECT, `unless: ${text}`)),
    );
    expect(new Set(versions).size).toBe(2);
  });

  it.each<[string, string]>([
    ['[{ names: [dev-db-*] }, {}]', 'unless.1: empty; say which servers'],
    ['[{ names: [dev-db-*] }, { names: [dev-*] }]', 'unless.1: applies to every selected server'],
    ['[{ region: JPN, names: [dev-1] }]', 'unless.0.region: never applies to the selected servers'],
    ["[{ names: [dev-db-*] }, { names: ['*'], tags: { env: prod } }]", 'unless.1.names.0: * matches every name'],
    ['[{ olderThan: 7 days }]', 'unless.0.olderThan: "7 days" is no duration'],
    ['[]', 'unless: expected at least one item'],
    ['[dev-1]', 'unless.0: "dev-1" where a map is expected'],
    ['dev-1', 'unless: "dev-1" where a map or a list of maps is expected, for example unless: {names: ['],
    ['[{ name: [dev-1] }]', 'unless.0.name: unknown key; did you mean names?'],
    ['{ name: [dev-1] }', 'unless.name: unknown key; did you mean names?'],
    ['{ names: dev-1 }', 'unless.names: "dev-1" where a list is expected'],
    ['[{ tags: { env: 1 } }]', 'unless.0.tags.env: expected a value in quotes'],
  ])('with %s is a problem', (text, message) => {
    expect(problemsOf(SELECT, `unless: ${text}`)).toEqual([expect.stringContaining(message)]);
  });

  it('shows what else is wrong beside a misspelt key', () => {
    const found = problemsOf(SELECT, "unless: { name: [dev-1], names: ['^dev'] }");
    expect(found).toEqual([
      expect.stringContaining('unless.name: unknown key'),
      expect.stringContaining('unless.names.0: ^dev matches no server'),
    ]);
  });
});

const warningsFor = (text: string): string[] =>
  checkPolicies(policyFile([SELECT, `unless: ${text}`]), { now: NOW }).warnings.map(
    ({ path, message }) => `${path.replace('policies.p.', '')}: ${message}`,
  );

describe('an exception of several keys', () => {
  it.each([
    ['{ names: [dev-db-*], tags: { env: prod } }', 'unless: spares only servers that meet all of it (names, tags.env)'],
    ['{ tags: { env: prod, team: pay } }', 'unless: spares only servers that meet all of it (tags.env, tags.team)'],
    [
      '[{ names: [dev-1] }, { names: [dev-2], olderThan: 7d }]',
      'unless.1: spares only servers that meet all of it (names, olderThan)',
    ],
  ])('%s is taken, with a warning and the list as an example', (text, warning) => {
    const found = warningsFor(text);
    expect(found).toEqual([expect.stringContaining(warning)]);
    expect(found[0]).toContain('for example unless: [{names: [dev-db-*]}, {tags: {env: prod}}]');
    expect(problemsOf(SELECT, `unless: ${text}`)).toEqual([]);
  });

  it.each([
    '{ names: [dev-db-*], region: KR }',
    '[{ names: [dev-db-*] }, { tags: { env: prod } }]',
    '{ names: [dev-1, dev-2] }',
  ])('%s needs none', (text) => {
    expect(warningsFor(text)).toEqual([]);
  });
});

describe('a pattern that no name of a server matches', () => {
  it.each([
    ['^app-4$', '^'],
    ['app-4$', '$'],
    ['app-5.*', '.*'],
    ['app-[68]', '['],
    ['(app-9|app-1)', '('],
    ['app-9|app-1', '|'],
    ['!app-2', '!'],
    ['app-{1,2}', '{'],
    ['app–4', '–'],
    ['app−4', '−'],
    ['dеv-1', 'е'],
    ['app-\\d+', '\\'],
  ])('%s is refused, in select and in unless', (name, found) => {
    const message = `${name} matches no server, because no name has ${found} in it; only * and ? are special, for example dev-4 or dev-5*`;
    expect(both('names: [app-*]', `names: ['${name}']`)).toEqual([`unless.names.0: ${message}`]);
    expect(select(`names: [app-1, '${name}']`)).toEqual([`select.names.1: ${message}`]);
  });

  it.each(['app-4', 'app-5*', '*-db-?', '개발-*', 'dev.1', 'a+b', 'dev_1', 'dev-!'])('%s is not one', (name) => {
    expect(select(`names: ['${name}']`)).toEqual([]);
  });
});

it.each([
  ["ttl: '*'", 'tags.ttl: * is compared letter by letter'],
  ["team: 'web-*'", 'tags.team: web-* is compared letter by letter'],
  ["team: { in: [web, 'app*'] }", 'tags.team: app* is compared letter by letter'],
])('a star in the value of a tag is refused: %s', (tag, message) => {
  expect(both('names: [dev-*]', `tags: { ${tag} }`)).toEqual([expect.stringContaining(`unless.${message}`)]);
  expect(select(`tags: { ${tag} }`)).toEqual([
    expect.stringMatching(/^select\..*for any value write \{exists: true\}/),
  ]);
});
