import { expect, it } from 'vitest';
import { policyResources } from '../../lib/policies/resources.ts';
import { policyFile, SELECT, sound } from './written.ts';

function resourcesOf(...policies: string[]): ReturnType<typeof policyResources>['Resources'] {
  return policyResources(sound(['version: 1', 'policies:', ...policies.map((one) => `  ${one}`)].join('\n'))).Resources;
}

function secretsIn(resource: unknown): unknown[] {
  return [...JSON.stringify(resource).matchAll(/:secret:([^"]*)"/g)].map(([, name]) => name);
}

it('names that differ in a hyphen or a digit only make schedules of their own', () => {
  const names = ['a-1', 'a1', 'a-b', 'ab', 'a-dash-b', 'adashb', 'a-dashb'];
  const ids = Object.keys(resourcesOf(...names.map((name) => `${name}: { ${SELECT}, schedule: rate(1 day) }`)));
  expect(new Set(ids).size).toBe(names.length);
  for (const id of ids) expect(id).toMatch(/^ScheduleOf[A-Za-z0-9]+$/);
});

it('a policy without a schedule makes none', () => {
  expect(resourcesOf(`a: { ${SELECT} }`)).toEqual({});
});

it('the schedule is written as the scheduler takes it', () => {
  const [schedule] = Object.values(
    resourcesOf(`a: { ${SELECT}, schedule: 'cron( 0  21 ? * mon-fri * )', timezone: UTC }`),
  );
  expect(schedule?.Properties).toMatchObject({
    ScheduleExpression: 'cron(0 21 ? * MON-FRI *)',
    ScheduleExpressionTimezone: 'UTC',
  });
});

it('nothing that people write freely gets into the template, where it might be a variable of the framework', () => {
  const text = policyFile([SELECT, 'schedule: rate(1 hour)', "description: '${env:HOME}'"]);
  expect(JSON.stringify(policyResources(sound(text)))).not.toContain('env:HOME');
});

it('the secrets of accounts and reports may be read, each named once', () => {
  const text = `version: 1
accounts: { default: { secret: banap/dev/ncloud }, lab: { secret: banap/lab/ncloud } }
policies:
  a: { ${SELECT}, report: [banap/dev/webhook, banap/dev/ncloud] }
  b: { ${SELECT}, report: [banap/dev/webhook] }
`;
  const { Resources } = policyResources(sound(text));
  expect(Object.keys(Resources)).toEqual(['ReadPolicySecrets', 'ReadAccountSecrets']);
  expect(secretsIn(Resources['ReadPolicySecrets'])).toEqual([
    'banap/dev/ncloud-??????',
    'banap/dev/webhook-??????',
    'banap/lab/ncloud-??????',
  ]);
});

it('the webhook may read the secrets of callers, and nothing else', () => {
  const text = `version: 1
accounts: { default: { secret: banap/dev/ncloud } }
callers: { ci: { secret: banap/dev/ci, policies: [a] }, alerts: { secret: banap/dev/alerts, policies: [a] } }
policies: { a: { ${SELECT} } }
`;
  const { ReadPolicySecrets, ReadCallerSecrets } = policyResources(sound(text)).Resources;
  expect(ReadCallerSecrets?.Properties).toMatchObject({
    PolicyName: 'read-caller-secrets',
    Roles: [{ Ref: 'WebhookRole' }],
  });
  expect(secretsIn(ReadCallerSecrets)).toEqual(['banap/dev/alerts-??????', 'banap/dev/ci-??????']);
  expect(secretsIn(ReadPolicySecrets)).toEqual(['banap/dev/ncloud-??????']);
});
