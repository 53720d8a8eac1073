import { describe, expect, it } from 'vitest';
import { checkPolicies } from '../../lib/policies/check.ts';
import { requestFor } from '../../lib/policies/resolve.ts';
import { RequestError, type TerminationRequest, type Trigger } from '../../lib/termination/request.ts';
import { inWords, NOW, policyFile, SELECT, sound } from './written.ts';

const FILE = policyFile([SELECT]);
const ACCOUNTS = 'accounts: { default: { secret: a/b }, lab: { secret: c/d } }\n';
const withRequests = (requests: string): string => `${FILE}requests: ${requests}\n`;
const LOW = '{ default: { maxServers: 5, maxPercent: 10 } }';
const MOST =
  '{ default: { maxServers: 200, maxPercent: 100, storage: delete, publicIp: release, overrideProtection: true } }';
const ASK = { environment: 'vpc', servers: ['1', '2'], mode: 'terminate' };
const EVERYTHING = {
  ...ASK,
  servers: Array.from({ length: 200 }, (_, index) => String(1000 + index)),
  limits: { maxServers: 200, maxPercent: 100 },
  storage: 'delete',
  publicIp: 'release',
  overrideProtection: true,
};
const TRIGGERS = ['schedule', 'event', 'invocation', 'webhook', 'chat'] as const;

const checked = (text: string): ReturnType<typeof checkPolicies> => checkPolicies(text, { now: NOW });

function requested(file: string, input: object, trigger: Trigger = 'event'): TerminationRequest {
  return requestFor({ requestId: 'r-1', trigger, ask: { kind: 'request', input } }, sound(file));
}

function problemsOf(file: string, input: object, trigger?: Trigger): readonly string[] {
  try {
    requested(file, input, trigger);
  } catch (error) {
    if (error instanceof RequestError) return error.problems;
    throw error;
  }
  return [];
}

describe('a request without a policy', () => {
  it.each(TRIGGERS)('is refused unless policies.yml allows it (%s)', (trigger) => {
    expect(problemsOf(FILE, ASK, trigger)).toEqual([
      'requests without a policy are not allowed in account default; ask for a policy, for example {"policy": "nightly-dev"}, or allow them in policies.yml, for example requests: {default: {maxServers: 5, maxPercent: 10}}',
    ]);
    expect(problemsOf(FILE, { ...ASK, mode: 'plan' }, trigger)).toHaveLength(1);
  });

  it('is refused in an account that is not named', () => {
    const file = ACCOUNTS + withRequests('{ lab: {} }');
    expect(problemsOf(file, ASK)).toEqual([expect.stringContaining('not allowed in account default')]);
    expect(requested(file, { ...ASK, account: 'lab' }).account).toBe('lab');
  });

  it.each([
    ['servers', { servers: ['1', '2', '3', '4', '5', '6'] }, 'servers: 6 of them', 'maxServers: 5'],
    ['maxServers', { limits: { maxServers: 6 } }, 'limits.maxServers: 6', 'maxServers: 5'],
    ['maxPercent', { limits: { maxPercent: 10.5 } }, 'limits.maxPercent: 10.5', 'maxPercent: 10'],
    ['storage that is detached', { storage: 'detach' }, 'storage: detach', 'storage: refuse'],
    ['storage that is deleted', { storage: 'delete' }, 'storage: delete', 'storage: refuse'],
    ['addresses', { publicIp: 'release' }, 'publicIp: release', 'publicIp: keep'],
    ['protection', { overrideProtection: true }, 'overrideProtection: true', 'overrideProtection: false'],
  ])('is refused, and never lowered, above the ceiling of %s', (_what, more, wish, ceiling) => {
    expect(problemsOf(withRequests(LOW), { ...ASK, ...more })).toEqual([
      `${wish} is above the ceiling of requests without a policy in account default (${ceiling})`,
    ]);
    expect(problemsOf(withRequests(MOST), { ...ASK, ...more })).toEqual([]);
  });

  it('may detach storage but not delete it, if the ceiling says so', () => {
    const file = withRequests('{ default: { storage: detach } }');
    expect(requested(file, { ...ASK, storage: 'detach' }).storage).toBe('detach');
    expect(problemsOf(file, { ...ASK, storage: 'delete' })).toHaveLength(1);
  });

  it('names every ceiling at once', () => {
    expect(problemsOf(withRequests(LOW), EVERYTHING)).toHaveLength(6);
    expect(requested(withRequests(MOST), EVERYTHING)).toMatchObject({ overrideProtection: true, storage: 'delete' });
  });

  it('has its defaults as limits, or the ceilings where those are lower', () => {
    expect(requested(withRequests(LOW), ASK).limits).toEqual({ maxServers: 5, maxPercent: 10 });
    expect(requested(withRequests(LOW), { ...ASK, limits: { maxServers: 3 } }).limits).toEqual({
      maxServers: 3,
      maxPercent: 10,
    });
    expect(requested(withRequests(MOST), ASK).limits).toEqual({ maxServers: 10, maxPercent: 20 });
  });

  it('is what the person at the command line says it is', () => {
    expect(requested(FILE, EVERYTHING, 'cli')).toMatchObject({
      limits: { maxServers: 200, maxPercent: 100 },
      storage: 'delete',
      publicIp: 'release',
      overrideProtection: true,
    });
  });
});

describe('the ceilings in policies.yml', () => {
  it('are those of a request that asks for nothing, unless the file says otherwise', () => {
    expect(sound(withRequests('{ default: {} }')).requests).toEqual({
      default: { maxServers: 10, maxPercent: 20, storage: 'refuse', publicIp: 'keep', overrideProtection: false },
    });
    expect(sound(FILE).requests).toBeUndefined();
  });

  it.each([
    ['{}', 'requests: empty; name an account, for example default: {maxServers: 5'],
    ['true', 'requests: true where a map is expected, for example requests: {default: {'],
    ['{ lab: {} }', 'requests.lab: there is no account lab in accounts; expected one of default'],
    ['{ defualt: {} }', 'requests.defualt: there is no account defualt in accounts; did you mean default?'],
    ['{ default: { maxServer: 5 } }', 'requests.default.maxServer: unknown key; did you mean maxServers?'],
    ['{ default: { maxServers: 0 } }', 'requests.default.maxServers: expected at least 1, for example maxServers: 5'],
    ['{ default: { maxServers: 201 } }', 'requests.default.maxServers: expected at most 200'],
    ['{ default: { maxPercent: 101 } }', 'requests.default.maxPercent: expected at most 100'],
    ['{ default: { storage: destroy } }', 'requests.default.storage: "destroy": expected refuse or detach or delete'],
    ['{ default: { publicIp: yes } }', 'requests.default.publicIp: "yes": expected keep or release'],
    ['{ default: { overrideProtection: override } }', 'requests.default.overrideProtection: "override" where true or'],
    ['{ default: { allow: true } }', 'requests.default.allow: unknown key; expected one of maxServers, maxPercent'],
  ])('%s are an error that says what was expected', (requests, problem) => {
    expect(inWords(checked(withRequests(requests)))).toEqual([expect.stringContaining(problem)]);
  });

  it('are warned of where they let anybody on the bus take protected servers', () => {
    const { warnings, problems } = checked(withRequests(MOST));
    expect(problems).toEqual([]);
    expect(warnings).toMatchObject([
      { path: 'requests.default', message: expect.stringContaining('protected servers') },
    ]);
    expect(checked(withRequests(LOW)).warnings).toEqual([]);
  });
});
