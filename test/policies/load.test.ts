import { describe, expect, it } from 'vitest';
import { compilePolicies, PoliciesError, policyVersion, readCompiled } from '../../lib/policies/load.ts';
import { policyFile, SELECT, sound, soundPolicy } from './written.ts';

const policies = sound(policyFile([SELECT, 'schedule: rate(1 hour)', 'holidays: {}']));

describe('compiled policies', () => {
  it('are read as they were, every default filled in', () => {
    expect(readCompiled(compilePolicies(policies, '2026-11-23T00:00:00.000Z'))).toEqual({
      ...policies,
      builtAt: '2026-11-23T00:00:00.000Z',
    });
    expect(JSON.parse(compilePolicies(policies))).toMatchObject({
      policies: { p: { mode: 'plan', storage: 'refuse' } },
    });
  });

  it('that do not say when they were built are older than any', () => {
    expect(readCompiled(compilePolicies(policies)).builtAt).toBe('1970-01-01T00:00:00Z');
  });

  it.each<[string, string, string]>([
    ['no JSON', '{', 'are not JSON'],
    ['a list', '[]', '(the file: '],
    ['an unknown key', JSON.stringify({ ...policies, colour: 1 }), '(the file: Unrecognized key: "colour")'],
    [
      'a policy that lacks something',
      JSON.stringify({ version: 1, policies: { p: { mode: 'plan' } } }),
      '(policies.p.select: ',
    ],
    ['a time that is none', JSON.stringify({ ...policies, builtAt: 'today' }), '(builtAt: '],
  ])('with %s are refused in one sentence', (_title, json, message) => {
    const read = (): unknown => readCompiled(json);
    expect(read).toThrow(PoliciesError);
    expect(read).toThrow(message);
    expect(read).toThrow(/package them again$/);
  });
});

describe("a policy's version", () => {
  const policy = soundPolicy(SELECT, 'unless: { names: [dev-db-*], zones: [KR-1] }', 'mode: terminate');

  it('is twelve hexadecimal digits, always the same ones', () => {
    expect(policyVersion(policy)).toMatch(/^[0-9a-f]{12}$/);
    const compiled = readCompiled(compilePolicies({ ...policies, policies: { policy } })).policies['policy'];
    expect(compiled && policyVersion(compiled)).toBe(policyVersion(policy));
  });

  it('does not depend on the order in which it is written', () => {
    const one = soundPolicy('mode: terminate', 'select: { environment: vpc, tags: { a: x, b: y } }');
    const other = soundPolicy('select: { tags: { b: y, a: x }, environment: vpc }', 'mode: terminate');
    expect(policyVersion(other)).toBe(policyVersion(one));
  });

  it('does not depend on what is a default and was written all the same', () => {
    expect(policyVersion(soundPolicy(SELECT, 'storage: refuse'))).toBe(policyVersion(soundPolicy(SELECT)));
  });

  it.each(['mode: plan', 'storage: detach', 'limits: {maxServers: 11}', 'description: x', 'holidays: {}'])(
    'changes with %s',
    (line) => {
      const changed = soundPolicy(
        SELECT,
        'unless: { names: [dev-db-*], zones: [KR-1] }',
        ...(line.startsWith('mode') ? [] : ['mode: terminate']),
        line,
      );
      expect(policyVersion(changed)).not.toBe(policyVersion(policy));
    },
  );
});
