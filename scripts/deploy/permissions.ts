/**
 * What somebody who deploys may have to do, as an IAM policy: the calls of these commands, and what CloudFormation does with
 * the caller's permissions for each type of resource in the template. Tests compare it with the calls and the template.
 */

/** By service and what it is about. `{region}`, `{account}` and `{stage}` are filled in. */
interface Statement {
  Action: string[];
  Resource: string[];
}

export interface Place {
  region: string;
  account: string;
  stage: string;
  partition: string;
}

const lambda = 'arn:{partition}:lambda:{region}:{account}';
const functions = [`${lambda}:function:banap-{stage}-*`];

/** Stands for every secret that the stage and the policies name. */
const SECRETS = 'secrets';

/** Calls of the commands themselves. */
const OWN: readonly Statement[] = [
  {
    // None of these is about one resource alone.
    Action: [
      'sts:GetCallerIdentity',
      'lambda:GetAccountSettings',
      'iam:SimulatePrincipalPolicy',
      'iam:GetRole',
      'cloudwatch:DescribeAlarms',
    ],
    Resource: ['*'],
  },
  {
    Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    Resource: [SECRETS],
  },
  {
    Action: [
      'cloudformation:CreateChangeSet',
      'cloudformation:DeleteChangeSet',
      'cloudformation:DeleteStack',
      'cloudformation:DescribeChangeSet',
      'cloudformation:DescribeStackEvents',
      'cloudformation:DescribeStacks',
      'cloudformation:ExecuteChangeSet',
      'cloudformation:GetTemplateSummary',
      'cloudformation:ListStackResources',
    ],
    Resource: ['arn:{partition}:cloudformation:{region}:{account}:stack/banap-{stage}/*'],
  },
  {
    Action: ['s3:CreateBucket', 's3:GetObject', 's3:ListBucket', 's3:PutObject'],
    Resource: [
      'arn:{partition}:s3:::banap-artifacts-{account}-{region}',
      'arn:{partition}:s3:::banap-artifacts-{account}-{region}/*',
    ],
  },
  {
    Action: ['dynamodb:DescribeTable', 'dynamodb:PutItem'],
    Resource: ['arn:{partition}:dynamodb:{region}:{account}:table/banap-{stage}'],
  },
  {
    Action: [
      'lambda:GetFunctionConcurrency',
      'lambda:GetDurableExecution',
      'lambda:GetDurableExecutionHistory',
      'lambda:InvokeFunction',
      'lambda:ListDurableExecutionsByFunction',
      'lambda:SendDurableExecutionCallbackSuccess',
    ],
    Resource: functions,
  },
  {
    Action: ['sqs:GetQueueAttributes', 'sns:ListSubscriptionsByTopic'],
    Resource: [
      'arn:{partition}:sqs:{region}:{account}:banap-{stage}-dead-letters',
      'arn:{partition}:sns:{region}:{account}:banap-{stage}-alarms',
    ],
  },
];

interface Managed {
  actions: string[];
  on: string[];
}

const queue = ['arn:{partition}:sqs:{region}:{account}:banap-{stage}-dead-letters'];
const api = ['arn:{partition}:apigateway:{region}::/apis', 'arn:{partition}:apigateway:{region}::/apis/*'];
const apiActions = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'].map((verb) => `apigateway:${verb}`);

/** What CloudFormation calls to create, change, read and delete each type. */
const BY_TYPE: Readonly<Record<string, Managed>> = {
  'AWS::ApiGatewayV2::Api': {
    actions: apiActions,
    on: [...api, 'arn:{partition}:apigateway:{region}::/tags/*'],
  },
  'AWS::ApiGatewayV2::Integration': { actions: apiActions, on: api },
  'AWS::ApiGatewayV2::Route': { actions: apiActions, on: api },
  // Access logs are delivered by CloudWatch, which whoever sets them up has to allow.
  'AWS::ApiGatewayV2::Stage': {
    actions: [
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
    ],
    on: ['*'],
  },
  'AWS::CloudWatch::Alarm': {
    actions: [
      'cloudwatch:DeleteAlarms',
      'cloudwatch:ListTagsForResource',
      'cloudwatch:PutMetricAlarm',
      'cloudwatch:TagResource',
    ],
    on: ['arn:{partition}:cloudwatch:{region}:{account}:alarm:banap-{stage}-*'],
  },
  'AWS::CloudWatch::Dashboard': {
    actions: ['cloudwatch:DeleteDashboards', 'cloudwatch:GetDashboard', 'cloudwatch:PutDashboard'],
    on: ['arn:{partition}:cloudwatch::{account}:dashboard/banap-{stage}*'],
  },
  'AWS::DynamoDB::Table': {
    actions: [
      'dynamodb:CreateTable',
      'dynamodb:DescribeContinuousBackups',
      'dynamodb:DescribeContributorInsights',
      'dynamodb:DescribeKinesisStreamingDestination',
      'dynamodb:DescribeTable',
      'dynamodb:DescribeTimeToLive',
      'dynamodb:GetResourcePolicy',
      'dynamodb:ListTagsOfResource',
      'dynamodb:TagResource',
      'dynamodb:UpdateContinuousBackups',
      'dynamodb:UpdateTable',
      'dynamodb:UpdateTimeToLive',
    ],
    on: ['arn:{partition}:dynamodb:{region}:{account}:table/banap-{stage}'],
  },
  'AWS::Events::Rule': {
    actions: [
      'DeleteRule',
      'DescribeRule',
      'ListTargetsByRule',
      'PutRule',
      'PutTargets',
      'RemoveTargets',
      'TagResource',
    ].map((one) => `events:${one}`),
    on: ['arn:{partition}:events:{region}:{account}:rule/banap-{stage}-*'],
  },
  'AWS::IAM::Policy': {
    actions: ['iam:DeleteRolePolicy', 'iam:GetRolePolicy', 'iam:PutRolePolicy'],
    on: ['arn:{partition}:iam::{account}:role/banap-{stage}-*'],
  },
  'AWS::IAM::Role': {
    actions: [
      'CreateRole',
      'DeleteRole',
      'DeleteRolePolicy',
      'GetRole',
      'GetRolePolicy',
      'ListAttachedRolePolicies',
      'ListRolePolicies',
      'PassRole',
      'PutRolePolicy',
      'TagRole',
      'UpdateAssumeRolePolicy',
      'UpdateRole',
    ].map((one) => `iam:${one}`),
    on: ['arn:{partition}:iam::{account}:role/banap-{stage}-*'],
  },
  'AWS::Lambda::Alias': {
    actions: ['CreateAlias', 'DeleteAlias', 'GetAlias', 'UpdateAlias'].map(ofLambda),
    on: functions,
  },
  'AWS::Lambda::EventInvokeConfig': {
    actions: [
      'DeleteFunctionEventInvokeConfig',
      'GetFunctionEventInvokeConfig',
      'PutFunctionEventInvokeConfig',
      'UpdateFunctionEventInvokeConfig',
    ].map(ofLambda),
    on: functions,
  },
  'AWS::Lambda::Function': {
    actions: [
      'CreateFunction',
      'DeleteFunction',
      'DeleteFunctionConcurrency',
      'GetFunction',
      'GetFunctionCodeSigningConfig',
      'GetFunctionConfiguration',
      'GetFunctionRecursionConfig',
      'GetRuntimeManagementConfig',
      'ListTags',
      'PutFunctionConcurrency',
      'TagResource',
      'UpdateFunctionCode',
      'UpdateFunctionConfiguration',
    ].map(ofLambda),
    on: functions,
  },
  'AWS::Lambda::Permission': {
    actions: ['AddPermission', 'GetPolicy', 'RemovePermission'].map(ofLambda),
    on: functions,
  },
  'AWS::Lambda::Version': {
    actions: ['GetProvisionedConcurrencyConfig', 'ListVersionsByFunction', 'PublishVersion'].map(ofLambda),
    on: functions,
  },
  'AWS::Logs::LogGroup': {
    actions: [
      'CreateLogGroup',
      'DeleteLogGroup',
      'DescribeLogGroups',
      'ListTagsForResource',
      'PutRetentionPolicy',
      'TagResource',
    ].map((one) => `logs:${one}`),
    on: [
      'arn:{partition}:logs:{region}:{account}:log-group:/aws/lambda/banap-{stage}-*',
      'arn:{partition}:logs:{region}:{account}:log-group:/aws/http-api/banap-{stage}*',
    ],
  },
  'AWS::SNS::Subscription': {
    actions: ['sns:GetSubscriptionAttributes', 'sns:ListSubscriptionsByTopic', 'sns:Subscribe', 'sns:Unsubscribe'],
    on: [
      'arn:{partition}:sns:{region}:{account}:banap-{stage}-alarms',
      'arn:{partition}:sns:{region}:{account}:banap-{stage}-alarms:*',
    ],
  },
  'AWS::SNS::Topic': {
    actions: [
      'CreateTopic',
      'DeleteTopic',
      'GetDataProtectionPolicy',
      'GetTopicAttributes',
      'ListSubscriptionsByTopic',
      'ListTagsForResource',
      'SetTopicAttributes',
      'TagResource',
    ].map((one) => `sns:${one}`),
    on: ['arn:{partition}:sns:{region}:{account}:banap-{stage}-alarms'],
  },
  'AWS::SQS::Queue': {
    actions: [
      'CreateQueue',
      'DeleteQueue',
      'GetQueueAttributes',
      'GetQueueUrl',
      'ListQueueTags',
      'SetQueueAttributes',
      'TagQueue',
    ].map((one) => `sqs:${one}`),
    on: queue,
  },
  'AWS::SQS::QueuePolicy': { actions: ['sqs:SetQueueAttributes'], on: queue },
  'AWS::Scheduler::Schedule': {
    actions: ['CreateSchedule', 'DeleteSchedule', 'GetSchedule', 'UpdateSchedule'].map((one) => `scheduler:${one}`),
    on: ['arn:{partition}:scheduler:{region}:{account}:schedule/default/banap-{stage}-*'],
  },
};

function ofLambda(action: string): string {
  return `lambda:${action}`;
}

/** Types of resources that somebody may deploy who has the policy. */
export const MANAGED_TYPES = Object.keys(BY_TYPE);

export interface PolicyDocument {
  Version: '2012-10-17';
  Statement: { Effect: 'Allow'; Action: string[]; Resource: string[] }[];
}

/** What the commands themselves call, with the resources of each call left out. */
export const OWN_ACTIONS: readonly string[] = OWN.flatMap(({ Action }) => Action);

/**
 * `secretIds`: names of secrets, which are looked at beforehand. What is allowed on the same resources stands together, because
 * a managed policy may have no more than 6,144 characters.
 */
export function deployerPolicy(place: Place, secretIds: readonly string[]): PolicyDocument {
  // AWS appends a hyphen and six characters to the name of a secret.
  const secrets = secretIds.map((id) => `arn:{partition}:secretsmanager:{region}:{account}:secret:${id}-??????`);
  const managed = Object.values(BY_TYPE).map(({ actions, on }) => ({ Action: actions, Resource: on }));
  const allowed = [...OWN, ...managed].map(({ Action, Resource }) => ({
    Action,
    Resource: Resource.flatMap((arn) => (arn === SECRETS ? secrets : [arn])).map((arn) => filledIn(arn, place)),
  }));
  const together = Map.groupBy(allowed, ({ Resource }) => Resource.join(' '));
  return {
    Version: '2012-10-17',
    Statement: [...together.values()].map((some) => ({
      Effect: 'Allow',
      Action: [...new Set(some.flatMap(({ Action }) => Action))].toSorted(),
      Resource: some[0]?.Resource ?? [],
    })),
  };
}

function filledIn(arn: string, place: Place): string {
  return Object.entries(place).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, value), arn);
}

export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
