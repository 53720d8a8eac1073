import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CelEngine, TemplateFile } from '@aws/cloudformation-validate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHATS } from '../../lib/chat/registry.ts';
import { givenParams } from '../../scripts/deploy/package.ts';
import { stageIn } from '../../scripts/deploy/stages.ts';
import { all, only, type Packaged, packageCopy, packagedProject } from './packaged.ts';

const MANY = `version: 1
accounts: { default: { secret: banap/one/ncloud }, lab: { secret: banap/two/ncloud } }
policies:
  night-1: { select: { environment: vpc, names: [a] }, schedule: cron(30 2 L * ? 2026-2030), timezone: America/New_York }
  night1: { select: { environment: classic, names: [a] }, schedule: rate(5 minutes), report: [banap/chat] }
  asked: { select: { account: lab, environment: vpc, names: [a] } }
`;
const NONE = 'version: 1\npolicies: { asked: { select: { environment: vpc, names: [a] } } }\n';

/** With the project's own policies. */
let packaged: Packaged;
let many: Packaged;
/** In another stage. */
let unscheduled: Packaged;
const folder = mkdtempSync(join(tmpdir(), 'banap-template-'));

beforeAll(async () => {
  const qa = stageIn(written('stages.yml', 'qa: { region: us-west-2, reservedConcurrency: off }\n'), 'qa');
  const parameters = ['reportWebhookSecretId=b/hook', 'alarmEmail=a@example.com', 'scheduleState=DISABLED'];
  packaged = packagedProject();
  [many, unscheduled] = await Promise.all([
    packageCopy(parameters, written('many.yml', MANY)),
    packageCopy(givenParams({ ...qa.settings, artifactBucket: 'a-bucket' }), written('none.yml', NONE), 'qa'),
  ]);
});
afterAll(() => {
  for (const copy of [many, unscheduled]) copy?.remove();
  rmSync(folder, { recursive: true, force: true });
});

function written(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const alias = { Ref: 'TerminateDurableLambdaAlias' };
const startArn = { 'Fn::GetAtt': ['StartLambdaFunction', 'Arn'] };
const deadLetters = { 'Fn::GetAtt': ['DeadLetters', 'Arn'] };

test('packaging prints no warning and no deprecation', () => {
  expect(packaged.output).not.toMatch(/warn|deprecat|error/i);
});

test.each([
  ['as it is', () => packaged],
  ['with policies and accounts of many kinds, reports, alarms by mail and the schedules off', () => many],
  ['without any schedule', () => unscheduled],
])('the template is valid CloudFormation %s', (_title, copy) => {
  const engine = new CelEngine();
  try {
    const { diagnostics } = engine.validateStandard(new TemplateFile(copy().templateFile));
    expect(diagnostics.filter(({ severity }) => severity === 'FATAL' || severity === 'ERROR')).toEqual([]);
  } finally {
    engine.free();
  }
});

const terminate = (): Record<string, unknown> => lambda('TerminateLambdaFunction');

function lambda(id: string, copy = packaged): Record<string, unknown> {
  const found = all(copy, 'AWS::Lambda::Function')[id];
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
}

describe('the function that terminates', () => {
  test('is durable for longer than a window and the longest grace take, and remembers for two weeks', () => {
    expect(terminate()).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'dist/terminate.handler',
      DurableConfig: { ExecutionTimeout: 60 * 86_400, RetentionPeriodInDays: 14 },
    });
  });

  test('has bounded concurrency, memory and time', () => {
    expect(terminate()).toMatchObject({
      ReservedConcurrentExecutions: { 'Fn::If': ['ReservesConcurrency', '5', { Ref: 'AWS::NoValue' }] },
      MemorySize: 512,
      Timeout: 900,
    });
  });

  test('logs JSON and keeps it for 90 days', () => {
    expect(terminate()).toMatchObject({ LoggingConfig: { LogFormat: 'JSON' } });
    expect(all(packaged, 'AWS::Logs::LogGroup')['TerminateLogGroup']).toEqual({
      LogGroupName: '/aws/lambda/banap-dev-terminate',
      RetentionInDays: 90,
    });
  });

  test('leaves the events of failed runs in the dead-letter queue, and takes none that is older than an hour', () => {
    expect(terminate()).toMatchObject({ DeadLetterConfig: { TargetArn: deadLetters } });
    expect(all(packaged, 'AWS::Lambda::EventInvokeConfig')['TerminateLambdaEvConf']).toMatchObject({
      Qualifier: 'durable',
      MaximumEventAgeInSeconds: 3600,
    });
  });

  test('gets the names of secrets and no secret', () => {
    const { Environment } = terminate();
    expect(Environment).toEqual({
      Variables: {
        NCLOUD_SECRET_ID: 'banap/dev/ncloud',
        REPORT_WEBHOOK_SECRET_ID: '',
        BANAP_REPORT_ALLOW_HOSTS: '',
        NCLOUD_API_GW: 'https://ncloud.apigw.ntruss.com',
        NCLOUD_UNTAGGED: '',
        ...Object.fromEntries(Object.values(CHATS).map(({ secret }) => [secret.setting, ''])),
        CONFIRM_SECRET_ID: '',
        BANAP_PUBLIC_URL: { 'Fn::If': ['HasPublicUrl', '', { 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] }] },
        BANAP_LANGUAGE: '',
        BANAP_TABLE: 'banap-dev',
        BANAP_POLICIES: 'dist/policies.json',
      },
    });
    expect(JSON.stringify(packaged.template)).not.toMatch(/whsec_|secretKey|AKIA|-----BEGIN|SecretString/);
  });
});

describe('the function that starts runs', () => {
  test('is a plain one that gets the function, the table and the policies', () => {
    const start = lambda('StartLambdaFunction');
    expect(start).toMatchObject({
      Runtime: 'nodejs24.x',
      Handler: 'dist/start.handler',
      MemorySize: 256,
      Timeout: 30,
      LoggingConfig: { LogFormat: 'JSON' },
      Environment: {
        Variables: {
          TERMINATE_FUNCTION: alias,
          BANAP_STAGE: 'dev',
          BANAP_TABLE: 'banap-dev',
          BANAP_POLICIES: 'dist/policies.json',
        },
      },
    });
    expect(start).not.toHaveProperty('DurableConfig');
  });

  test('tries twice more within an hour, then leaves a dead letter', () => {
    expect(lambda('StartLambdaFunction')).toMatchObject({ DeadLetterConfig: { TargetArn: deadLetters } });
    expect(all(packaged, 'AWS::Lambda::EventInvokeConfig')['StartLambdaEvConf']).toMatchObject({
      MaximumEventAgeInSeconds: 3600,
      MaximumRetryAttempts: 2,
    });
  });
});

describe('the schedules', () => {
  test.each<[string, () => Packaged, string[][]]>([
    [
      'on',
      () => packaged,
      [
        ['banap-dev-nightly-dev', 'cron(0 21 ? * MON-FRI *)', 'Asia/Seoul', 'ENABLED'],
        ['banap-dev-tag-sweep', 'rate(1 hour)', 'Asia/Seoul', 'ENABLED'],
      ],
    ],
    [
      'off where a parameter says so',
      () => many,
      [
        ['banap-dev-night-1', 'cron(30 2 L * ? 2026-2030)', 'America/New_York', 'DISABLED'],
        ['banap-dev-night1', 'rate(5 minutes)', 'Asia/Seoul', 'DISABLED'],
      ],
    ],
    ['none where no policy has one', () => unscheduled, []],
  ])('are one for each policy with a schedule, in its zone, %s', (_title, copy, expected) => {
    const keys = ['Name', 'ScheduleExpression', 'ScheduleExpressionTimezone', 'State'];
    const schedules = Object.values(all(copy(), 'AWS::Scheduler::Schedule'));
    expect(schedules.map((schedule) => keys.map((key) => schedule[key]))).toEqual(expected);
  });

  test('start runs of their policy, try at most twice more within an hour, then leave a dead letter', () => {
    const schedules = Object.values(all(packaged, 'AWS::Scheduler::Schedule'));
    expect(schedules).toHaveLength(2);
    for (const schedule of schedules) {
      expect(schedule).toMatchObject({
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: startArn,
          RoleArn: { 'Fn::GetAtt': ['SchedulerRole', 'Arn'] },
          RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
          DeadLetterConfig: { Arn: deadLetters },
        },
      });
      expect(`banap-dev-${String(inputOf(schedule)['policy'])}`).toBe(schedule['Name']);
    }
  });

  test('say which tick it is, the same on a retry', () => {
    const [schedule = {}] = Object.values(all(packaged, 'AWS::Scheduler::Schedule'));
    expect(inputOf(schedule)).toEqual({
      policy: 'nightly-dev',
      scheduledTime: '<aws.scheduler.scheduled-time>',
      schedule: '<aws.scheduler.schedule-arn>',
    });
  });
});

describe('the rule', () => {
  test('accepts events about terminations and tags only for this stage and from this AWS account', () => {
    expect(only(packaged, 'AWS::Events::Rule')).toMatchObject({
      EventPattern: {
        source: ['banap.dev'],
        account: [{ Ref: 'AWS::AccountId' }],
        'detail-type': ['Termination Requested', 'Tags Changed'],
      },
    });
  });

  test('invokes the function that starts runs, tries at most twice more within an hour, then leaves a dead letter', () => {
    expect(only(packaged, 'AWS::Events::Rule')).toMatchObject({
      Targets: [
        {
          Arn: startArn,
          RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
          DeadLetterConfig: { Arn: deadLetters },
        },
      ],
    });
  });

  test('may invoke it, and nobody else may', () => {
    const permissions = Object.values(all(packaged, 'AWS::Lambda::Permission'));
    const own = permissions.filter(({ FunctionName }) => JSON.stringify(FunctionName) === JSON.stringify(startArn));
    expect(own).toHaveLength(1);
    expect(own[0]).toMatchObject({
      Principal: 'events.amazonaws.com',
      SourceArn: {
        'Fn::Join': [':', expect.arrayContaining([{ 'Fn::Join': ['/', ['rule', 'banap-dev-termination-requested']] }])],
      },
    });
  });
});

test('the table is keyed by pk and sk, forgets what has expired, cannot be deleted by mistake, can be restored, and is encrypted', () => {
  expect(only(packaged, 'AWS::DynamoDB::Table')).toEqual({
    TableName: 'banap-dev',
    DeletionProtectionEnabled: true,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { SSEEnabled: true },
  });
});

test('dead letters are encrypted and stay for 14 days', () => {
  expect(only(packaged, 'AWS::SQS::Queue')).toMatchObject({
    SqsManagedSseEnabled: true,
    MessageRetentionPeriod: 14 * 86_400,
  });
});

test.each(['ApproximateNumberOfMessagesVisible', 'Errors', 'Throttles'])(
  'the first of %s raises an alarm',
  (metric) => {
    const alarms = Object.values(packaged.template.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    expect(alarms.map(({ Properties }) => Properties)).toContainEqual(
      expect.objectContaining({ MetricName: metric, Threshold: 1, AlarmActions: [{ Ref: 'Alarms' }] }),
    );
  },
);

test.each([
  ['DurableExecutionFailed', 'Sum', 1],
  ['DurableExecutionTimedOut', 'Sum', 1],
  ['DurableExecutionOperations', 'Maximum', 2_700],
])('%s of the function that terminates raises an alarm', (MetricName, Statistic, Threshold) => {
  expect(Object.values(all(packaged, 'AWS::CloudWatch::Alarm'))).toContainEqual(
    expect.objectContaining({
      Namespace: 'AWS/Lambda',
      MetricName,
      Statistic,
      Threshold,
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'TerminateLambdaFunction' } }],
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'Alarms' }],
    }),
  );
});

test.each(['TerminateLambdaFunction', 'StartLambdaFunction'])('the first error of %s raises an alarm', (id) => {
  expect(Object.values(all(packaged, 'AWS::CloudWatch::Alarm'))).toContainEqual(
    expect.objectContaining({ MetricName: 'Errors', Dimensions: [{ Name: 'FunctionName', Value: { Ref: id } }] }),
  );
});

/** Types of the resources with this deletion policy. */
function kept(policy: string): string[] {
  const found = Object.values(packaged.template.Resources).filter(({ DeletionPolicy }) => DeletionPolicy === policy);
  return found.map(({ Type }) => Type).toSorted();
}

test('nothing outlives the stack but the table, the logs, and old versions, which go with their function', () => {
  expect(kept('Retain')).toEqual(Array<string>(6).fill('AWS::Lambda::Version'));
  expect(kept('RetainExceptOnCreate')).toEqual([
    'AWS::DynamoDB::Table',
    ...Array<string>(7).fill('AWS::Logs::LogGroup'),
  ]);
});

test('what outlives the stack can be adopted by the next one: it has a name that is plain text, and is not replaced', () => {
  for (const resource of Object.values(packaged.template.Resources)) {
    if (resource.DeletionPolicy !== 'RetainExceptOnCreate') continue;
    const { TableName, LogGroupName } = resource.Properties;
    expect(TableName ?? LogGroupName).toEqual(expect.stringContaining('banap-dev'));
    expect(resource.UpdateReplacePolicy).toBe('Retain');
  }
});

/** What is named in so many words. */
function namesIn(copy: Packaged): string[] {
  const names = Object.values(copy.template.Resources).flatMap(({ Properties }) =>
    Object.entries(Properties).filter(
      ([key, value]) =>
        /^(?!Metric)([A-Z]\w*)?Name$/.test(key) && typeof value === 'string' && !/^(durable|\$default)$/.test(value),
    ),
  );
  return names.map(([, value]) => String(value));
}

test('two stages of an account and region have no name in common, and neither hears what the other is asked', () => {
  const names = new Set(namesIn(unscheduled));
  expect(names.size).toBeGreaterThan(25);
  expect(namesIn(packaged).filter((name) => names.has(name))).toEqual([]);
  const rules = [packaged, unscheduled].map((copy) => only(copy, 'AWS::Events::Rule')['EventPattern']);
  expect(rules).toMatchObject([{ source: ['banap.dev'] }, { source: ['banap.qa'] }]);
  expect(lambda('StartLambdaFunction', unscheduled)).toMatchObject({
    Code: { S3Bucket: 'a-bucket' },
    Environment: { Variables: { BANAP_STAGE: 'qa' } },
  });
});

function inputOf({ Target }: Record<string, unknown>): Record<string, unknown> {
  return typeof Target === 'object' && Target !== null && 'Input' in Target ? JSON.parse(String(Target.Input)) : {};
}

test('the settings of a stage arrive in its template, and what it does not give is as serverless.yml says', () => {
  expect(Reflect.get(unscheduled.template, 'Metadata')).toMatchObject({
    Settings: { region: 'us-west-2', reservedConcurrency: 'off', ncloudSecretId: 'banap/qa/ncloud', alarmEmail: '' },
  });
});
