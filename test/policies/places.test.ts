import { describe, expect, it } from 'vitest';
import { checkPolicies } from '../../lib/policies/check.ts';
import { nextRuns } from '../../lib/policies/next.ts';
import { regionOf, requestFor } from '../../lib/policies/resolve.ts';
import { policyResources } from '../../lib/policies/resources.ts';
import type { Policies } from '../../lib/policies/schema.ts';
import { REGIONS, SITE_NAMES } from '../../lib/termination/sites.ts';
import { ordersFrom } from '../../lib/triggers/start.ts';
import { NOW, sound } from './written.ts';

/** A file with one policy, `sweep`, and whatever else. */
function file(select: string, { others = [], unless = '' }: { others?: string[]; unless?: string } = {}): string {
  const policy = [`    select: ${select}`, ...(unless === '' ? [] : [`    unless: ${unless}`])];
  return ['version: 1', ...others, 'policies:', '  sweep:', ...policy, ''].join('\n');
}

function placesIn({ policies }: Policies): string[] {
  return Object.entries(policies).map(([name, { select }]) => `${name} ${select.environment} ${select.region}`);
}

function said(text: string): string[] {
  const { problems, warnings } = checkPolicies(text, { now: NOW });
  return [...problems, ...warnings.map((one) => ({ ...one, message: `warning: ${one.message}` }))].map(
    ({ line, path, message }) => `${line} ${path}: ${message}`,
  );
}

const NAMES = 'names: [dev-*]';

describe('a policy for several places', () => {
  it.each([
    ['regions: [KR, SGN], environment: vpc', ['sweep-vpc-kr vpc KR', 'sweep-vpc-sgn vpc SGN']],
    ['environments: [vpc, classic]', ['sweep-vpc-kr vpc KR', 'sweep-classic-kr classic KR']],
    ['environments: [vpc, classic], region: JPN', ['sweep-vpc-jpn vpc JPN', 'sweep-classic-jpn classic JPN']],
    ['environments: [vpc], regions: [KR]', ['sweep-vpc-kr vpc KR']],
    // Only Classic has it.
    [
      'environments: [vpc, classic], regions: [KR, USW]',
      ['sweep-vpc-kr vpc KR', 'sweep-classic-kr classic KR', 'sweep-classic-usw classic USW'],
    ],
    ['environment: vpc, regions: all', ['sweep-vpc-kr vpc KR', 'sweep-vpc-sgn vpc SGN', 'sweep-vpc-jpn vpc JPN']],
  ])('%s is one for each', (select, expected) => {
    expect(placesIn(sound(file(`{ ${select}, ${NAMES} }`)))).toEqual(expected);
  });

  it.each(SITE_NAMES)(
    'with all regions has those of the site %s, and a policy without a region its first one',
    (site) => {
      const others = [`accounts: { default: { secret: a, site: ${site} } }`];
      const all = sound(file(`{ environments: [vpc, classic], regions: all, ${NAMES} }`, { others }));
      const { vpc, classic } = REGIONS[site];
      expect(Object.values(all.policies).map(({ select }) => select.region)).toEqual([...vpc, ...classic]);
      expect(placesIn(sound(file(`{ environment: vpc, ${NAMES} }`, { others })))).toEqual([`sweep vpc ${vpc[0]}`]);
      expect(regionOf(all.accounts)).toBe(vpc[0]);
    },
  );

  it('says the same in each place, and has a schedule and runs of its own there', () => {
    const { policies, ...rest } = sound(
      file(
        `{ environment: vpc, regions: [KR, SGN], ${NAMES} }\n    schedule: rate(1 hour)\n    limits: { maxServers: 3 }`,
      ),
    );
    const [kr, sgn] = Object.values(policies);
    expect({ ...kr, select: null }).toEqual({ ...sgn, select: null });
    const whole = { ...rest, policies };
    const names = ['sweep-vpc-kr', 'sweep-vpc-sgn'];
    expect(nextRuns(whole, { from: NOW, to: NOW + 1 }).map(({ policy }) => policy)).toEqual(names);
    expect(Object.values(policyResources(whole).Resources).map(({ Properties }) => Properties['Description'])).toEqual(
      names.map((name) => `Policy ${name}`),
    );
    const [order] = ordersFrom({ policy: 'sweep-vpc-sgn', scheduledTime: '2026-11-23T12:00:00Z' }, whole);
    expect(order?.executionName).toBe('sweep-vpc-sgn-20261123T120000Z');
    const ask = { policy: 'sweep-vpc-sgn', servers: [], mode: undefined, reason: '', requestedBy: '' };
    const request = requestFor({ requestId: 'r', trigger: 'schedule', ask: { kind: 'policy', ask } }, whole);
    expect(request).toMatchObject({
      region: 'SGN',
      policyTerms: { policy: 'sweep-vpc-sgn', region: 'SGN' },
      limits: { maxServers: 3 },
    });
    expect(() =>
      requestFor({ requestId: 'r', trigger: 'cli', ask: { kind: 'policy', ask: { ...ask, policy: 'sweep' } } }, whole),
    ).toThrow('there is no policy sweep; expected one of sweep-vpc-kr, sweep-vpc-sgn');
  });

  it('keeps exceptions where they may apply, and only there', () => {
    const unless = '[{ names: [dev-db-*] }, { region: SGN, names: [dev-x] }, { environment: classic, names: [dev-y] }]';
    const { policies } = sound(
      file(
        `{ environment: vpc, environments: null, regions: [KR, SGN], ${NAMES} }`.replace('environments: null, ', ''),
        { unless: '[{ names: [dev-db-*] }, { region: SGN, names: [dev-x] }]' },
      ),
    );
    expect(policies['sweep-vpc-kr']?.unless).toEqual([{ names: ['dev-db-*'] }]);
    expect(policies['sweep-vpc-sgn']?.unless).toEqual([{ names: ['dev-db-*'] }, { region: 'SGN', names: ['dev-x'] }]);
    // An entry that applies nowhere is an error, under its own number.
    expect(said(file(`{ environment: vpc, regions: [KR, SGN], ${NAMES} }`, { unless }))).toEqual([
      expect.stringContaining('policies.sweep.unless.2.environment: never applies'),
    ]);
  });

  it('lets a caller use it in each place', () => {
    const others = ['callers: { ci: { secret: a, policies: [sweep] } }'];
    const { callers } = sound(file(`{ environment: vpc, regions: [KR, SGN], ${NAMES} }`, { others }));
    expect(callers?.['ci']?.policies).toEqual(['sweep-vpc-kr', 'sweep-vpc-sgn']);
    const wrong = ['callers: { ci: { secret: a, policies: [sweep, swep] } }'];
    expect(said(file(`{ environment: vpc, regions: [KR, SGN], ${NAMES} }`, { others: wrong }))).toEqual([
      expect.stringMatching(/callers\.ci\.policies\.1: there is no policy swep/),
    ]);
  });

  it.each([
    ['environment: vpc, environments: [vpc]', 'select.environment: stands beside environments; write one of the two'],
    ['environment: vpc, region: KR, regions: [KR]', 'select.region: stands beside regions; write one of the two'],
    ['environments: vpc', 'select.environments: expected a list of vpc and classic, for example [vpc, classic]'],
    ['environments: []', 'select.environments: expected a list of vpc and classic'],
    ['environments: [vpc, vpc]', 'select.environments: vpc is listed twice; name each once'],
    ['environment: vpc, regions: [KR, KR]', 'select.regions: KR is listed twice; name each once'],
    [
      'environment: vpc, regions: every',
      "select.regions: expected all, or a list of NCP's region codes, for example [KR, SGN]",
    ],
    ['environment: vpc, regions: [kr]', 'select.regions: expected all, or a list'],
    ['environment: vpc, regions: [USW]', 'select.regions: none of them is a region of vpc, which has KR, SGN, JPN'],
    ['regions: [KR, SGN]', 'select.environment: missing'],
    [
      'environment: vpc, regions: [KR, XX]',
      "select.regions: warning: NCP's pages list KR, SGN, JPN for vpc in its public cloud, not XX; check the code",
    ],
    ['environment: vpc, region: JP', "select.region: warning: NCP's pages list KR, SGN, JPN"],
  ])('with %s is told once what is wrong, where it stands', (select, expected) => {
    const all = said(file(`{ ${select}, ${NAMES} }`));
    expect(all).toEqual([expect.stringContaining(`policies.sweep.${expected}`)]);
    expect(all[0]).toMatch(/^4 /);
  });

  it('has names that are free and short enough', () => {
    const other = '  sweep-vpc-kr: { select: { environment: vpc, names: [x] } }\n';
    expect(said(`${file(`{ environment: vpc, regions: [KR, SGN], ${NAMES} }`)}${other}`)).toEqual([
      expect.stringContaining(
        'sweep-vpc-kr is the name of a policy, and of one of the places of another; rename one of them',
      ),
    ]);
    const long = file(`{ environments: [classic], regions: [USWN], ${NAMES} }`).replace(
      'sweep:',
      'a-long-name-of-a-policy:',
    );
    expect(said(long)).toEqual([
      expect.stringContaining(
        'is too long for a policy of several places: one is a-long-name-of-a-policy-classic-uswn',
      ),
    ]);
  });

  it('is only for platforms that the account has', () => {
    const others = ['accounts: { default: { secret: a, environments: [vpc] } }'];
    expect(sound(file(`{ environment: vpc, ${NAMES} }`, { others })).accounts?.['default']?.environments).toEqual([
      'vpc',
    ]);
    expect(said(file(`{ environments: [vpc, classic], ${NAMES} }`, { others }))).toEqual([
      expect.stringContaining('policies.sweep.select.environments: account default has only vpc'),
    ]);
  });

  it('finds what else is wrong, once', () => {
    expect(said(file(`{ environment: vpc, regions: [KR, SGN], nams: [dev-*] }`))).toEqual([
      expect.stringContaining('policies.sweep.select.nams: unknown key; did you mean names?'),
    ]);
    expect(said(file(`{ environment: vpc, region: [KR], ${NAMES} }`))).toHaveLength(1);
  });
});
