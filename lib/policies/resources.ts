import { parseSchedule } from '../calendar/schedule.ts';
import type { Policies, Policy } from './schema.ts';

/** The CloudFormation resources that depend on the policies; `serverless.yml` merges them with its own. */
export interface PolicyResources {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

/**
 * One `AWS::Scheduler::Schedule` for each policy with a schedule, and the right to read the secrets that policies name
 * (the function that terminates), those of accounts alone (the one that handles chat requests) and those of callers (the webhook).
 * Variables such as `${self:service}` are left for the framework. It contains no free text of people, because the
 * framework would resolve anything that looks like a variable.
 */
export function policyResources({ accounts = {}, callers = {}, policies }: Policies): PolicyResources {
  const schedules = Object.entries(policies).flatMap(([name, policy]) =>
    policy.schedule === undefined ? [] : [[logicalId(name), scheduleOf(name, policy, policy.schedule)] as const],
  );
  const ofAccounts = Object.values(accounts).map(({ secret }) => secret);
  const ofReports = Object.values(policies).flatMap(({ report = [] }) => report);
  const ofCallers = Object.values(callers).map(({ secret }) => secret);
  return {
    Resources: {
      ...Object.fromEntries(schedules),
      ...readingOf('ReadPolicySecrets', 'TerminateRole', new Set([...ofAccounts, ...ofReports])),
      ...readingOf('ReadAccountSecrets', 'ChatRole', new Set(ofAccounts)),
      ...readingOf('ReadCallerSecrets', 'WebhookRole', new Set(ofCallers)),
    },
  };
}

/** Letters and digits only. Names of policies have no capitals, so no two of them give the same id. */
function logicalId(policy: string): string {
  return `ScheduleOf${policy.replaceAll('-', 'Dash')}`;
}

type Resource = PolicyResources['Resources'][string];

function scheduleOf(name: string, { timezone }: Policy, text: string): Resource {
  const parsed = parseSchedule(text, timezone);
  if (!parsed.ok) throw new Error(`policy ${name}: ${parsed.problem}`);
  return {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Name: `\${self:service}-\${sls:stage}-${name}`,
      Description: `Policy ${name}`,
      State: '${param:scheduleState}',
      ScheduleExpression: parsed.schedule.expression,
      ScheduleExpressionTimezone: timezone,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: { 'Fn::GetAtt': ['StartLambdaFunction', 'Arn'] },
        RoleArn: { 'Fn::GetAtt': ['SchedulerRole', 'Arn'] },
        // The scheduler fills in what stands between < and >; a retry of the same tick says the same.
        Input: JSON.stringify({
          policy: name,
          scheduledTime: '<aws.scheduler.scheduled-time>',
          schedule: '<aws.scheduler.schedule-arn>',
        }),
        RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } },
      },
    },
  };
}

/** AWS appends a hyphen and six characters to the name of a secret; six question marks match nothing else. */
function readingOf(id: string, role: string, secrets: ReadonlySet<string>): Record<string, Resource> {
  if (secrets.size === 0) return {};
  const arn = 'arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret';
  const Statement = {
    Sid: id,
    Effect: 'Allow',
    Action: 'secretsmanager:GetSecretValue',
    Resource: [...secrets].toSorted().map((secret) => ({ 'Fn::Sub': `${arn}:${secret}-??????` })),
  };
  return {
    [id]: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: id.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).toLowerCase(),
        Roles: [{ Ref: role }],
        PolicyDocument: { Version: '2012-10-17', Statement: [Statement] },
      },
    },
  };
}
