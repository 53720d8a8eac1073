import { CelEngine, TemplateFile } from '@aws/cloudformation-validate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestFromEvent } from '../../lib/triggers/event.ts';
import { only, type Packaged, packageCopy } from './packaged.ts';

let packaged: Packaged;
beforeAll(async () => {
  packaged = await packageCopy();
}, 60_000);
afterAll(() => packaged?.remove());

const alias = { Ref: 'TerminateDurableLambdaAlias' };
const aliasArn = { 'Fn::Join': [':', [{ 'Fn::GetAtt': ['TerminateLambdaFunction', 'Arn'] }, 'durable']] };
const deadLetters = { 'Fn::GetAtt': ['DeadLetters', 'Arn'] };

test('packaging says nothing of warnings or deprecations', () => {
  expect(packaged.output).not.toMatch(/warn|deprecat|error/i);
});

test.each([
  ['as it is', []],
  [
    'with reports, alarms by mail and the schedule on',
    ['reportWebhookSecretId=b/hook', 'alarmEmail=a@example.com', 'scheduleState=ENABLED'],
  ],
])(
  'the template is valid CloudFormation %s',
  async (_title, parameters) => {
    const copy = await packageCopy(parameters);
    const engine = new CelEngine();
    try {
      const { diagnostics } = engine.validateStandard(new TemplateFile(copy.templateFile));
      expect(diagnostics.filter(({ severity }) => severity === 'FATAL' || severity === 'ERROR')).toEqual([]);
    } finally {
      engine.free();
      copy.remove();
    }
  },
  60_000,
);

describe('the function', () => {
  test('is durable for longer than the longest deadline and remembers for two weeks', () => {
    expect(only(packaged, 'AWS::Lambda::Function')).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'dist/terminate.handler',
      DurableConfig: { ExecutionTimeout: 26 * 3600, RetentionPeriodInDays: 14 },
    });
  });

  test('has bounded concurrency, memory and time', () => {
    expect(only(packaged, 'AWS::Lambda::Function')).toMatchObject({
      ReservedConcurrentExecutions: 5,
      MemorySize: 512,
      Timeout: 900,
    });
  });

  test('logs JSON and keeps it for 90 days', () => {
    expect(only(packaged, 'AWS::Lambda::Function')).toMatchObject({ LoggingConfig: { LogFormat: 'JSON' } });
    expect(only(packaged, 'AWS::Logs::LogGroup')).toEqual({
      LogGroupName: '/aws/lambda/banap-dev-terminate',
      RetentionInDays: 90,
    });
  });

  test('leaves the events of failed runs in the dead-letter queue, and takes none that is older than an hour', () => {
    expect(only(packaged, 'AWS::Lambda::Function')).toMatchObject({ DeadLetterConfig: { TargetArn: deadLetters } });
    expect(only(packaged, 'AWS::Lambda::EventInvokeConfig')).toMatchObject({
      Qualifier: 'durable',
      MaximumEventAgeInSeconds: 3600,
    });
  });

  test('is told the names of secrets and nothing that is one', () => {
    const { Environment } = only(packaged, 'AWS::Lambda::Function');
    expect(Environment).toEqual({
      Variables: {
        NCLOUD_SECRET_ID: 'banap/dev/ncloud',
        REPORT_WEBHOOK_SECRET_ID: '',
        NCLOUD_API_GW: 'https://ncloud.apigw.ntruss.com',
      },
    });
    expect(JSON.stringify(packaged.template)).not.toMatch(/whsec_|secretKey|AKIA|-----BEGIN|SecretString/);
  });
});

describe('the schedule', () => {
  test('is off, in Korean time, and only plans', () => {
    const schedule = only(packaged, 'AWS::Scheduler::Schedule');
    expect(schedule).toMatchObject({
      State: 'DISABLED',
      ScheduleExpressionTimezone: 'Asia/Seoul',
      FlexibleTimeWindow: { Mode: 'OFF' },
    });
    const request = requestFromEvent(JSON.parse(inputOf(schedule)), 'test');
    expect(request).toMatchObject({ trigger: 'schedule', mode: 'plan' });
  });

  test('invokes the durable alias, tries at most twice more within an hour, then leaves a dead letter', () => {
    expect(only(packaged, 'AWS::Scheduler::Schedule')).toMatchObject({
      Target: {
        Arn: alias,
        RoleArn: { 'Fn::GetAtt': ['SchedulerRole', 'Arn'] },
        RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
        DeadLetterConfig: { Arn: deadLetters },
      },
    });
  });
});

describe('the rule', () => {
  test('takes termination requests of this project only', () => {
    expect(only(packaged, 'AWS::Events::Rule')).toMatchObject({
      EventPattern: { source: ['banap'], 'detail-type': ['Termination Requested'] },
    });
  });

  test('invokes the durable alias, tries at most twice more within an hour, then leaves a dead letter', () => {
    expect(only(packaged, 'AWS::Events::Rule')).toMatchObject({
      Targets: [
        {
          Arn: aliasArn,
          RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
          DeadLetterConfig: { Arn: deadLetters },
        },
      ],
    });
  });

  test('may invoke the durable alias, and nobody else may', () => {
    expect(only(packaged, 'AWS::Lambda::Permission')).toMatchObject({
      Principal: 'events.amazonaws.com',
      FunctionName: aliasArn,
      SourceArn: {
        'Fn::Join': [':', expect.arrayContaining([{ 'Fn::Join': ['/', ['rule', 'banap-dev-termination-requested']] }])],
      },
    });
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

test('nothing outlives the stack but old versions, which go with their function', () => {
  const retained = Object.values(packaged.template.Resources).filter((resource) => 'DeletionPolicy' in resource);
  expect(retained.map(({ Type }) => Type)).toEqual(['AWS::Lambda::Version']);
});

function inputOf(schedule: Record<string, unknown>): string {
  const { Target } = schedule;
  return typeof Target === 'object' && Target !== null && 'Input' in Target ? String(Target.Input) : '';
}
