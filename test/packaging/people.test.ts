import { CelEngine, TemplateFile } from '@aws/cloudformation-validate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { declaredApi } from '../../lib/dev/dev-gateway.ts';
import { openApiText } from '../../scripts/openapi.ts';
import { all, only, type Packaged, packageCopy, packagedProject } from './packaged.ts';
import { deadLetters, durableAlias } from './statements.ts';

let packaged: Packaged;
/** With both chats, confirm links and a domain. */
let whole: Packaged;
beforeAll(async () => {
  const parameters = ['slackSecretId=b/slack', 'naverWorksSecretId=b/works', 'confirmSecretId=b/confirm'];
  packaged = packagedProject();
  whole = await packageCopy([...parameters, 'publicUrl=https://banap.example.com', 'language=ko']);
});
afterAll(() => {
  whole?.remove();
});

function lambda(name: string, copy = packaged): Record<string, unknown> {
  const found = all(copy, 'AWS::Lambda::Function')[`${name}LambdaFunction`];
  if (found === undefined) throw new Error(`there is no ${name}LambdaFunction`);
  return found;
}

function variables(name: string, copy: Packaged): Record<string, unknown> {
  return z.object({ Variables: z.record(z.string(), z.unknown()) }).parse(lambda(name, copy)['Environment']).Variables;
}

test('the template is valid CloudFormation with both chats, confirm links and a domain', () => {
  const engine = new CelEngine();
  try {
    const { diagnostics } = engine.validateStandard(new TemplateFile(whole.templateFile));
    expect(diagnostics.filter(({ severity }) => severity === 'FATAL' || severity === 'ERROR')).toEqual([]);
  } finally {
    engine.free();
  }
});

/** Requests in a second, how many at once, and the condition under which the route is there. */
const RATES: Record<string, [perSecond: number, burst: number, condition?: string]> = {
  'ANY /terminations': [20, 40],
  'ANY /terminations/{id}': [20, 40],
  'ANY /terminations/{id}/cancel': [10, 20],
  'ANY /confirm/{token}': [10, 20],
  'POST /confirm/{token}': [10, 20],
  'ANY /confirm/{token}/reject': [10, 20],
  'ANY /slack/commands': [20, 40, 'UsesSlack'],
  'ANY /slack/interactions': [20, 40, 'UsesSlack'],
  'ANY /naver-works': [20, 40, 'UsesNaverWorks'],
};

describe('the HTTP API', () => {
  const targetSchema = z.object({
    RouteKey: z.string(),
    Target: z.object({ 'Fn::Join': z.tuple([z.literal('/'), z.tuple([z.string(), z.object({ Ref: z.string() })])]) }),
  });

  test('leads each route to its function, and has no other', () => {
    const routes = Object.values(all(packaged, 'AWS::ApiGatewayV2::Route')).map((route) => targetSchema.parse(route));
    const integrations = all(packaged, 'AWS::ApiGatewayV2::Integration');
    expect(
      Object.fromEntries(
        routes.map(({ RouteKey, Target }) => [
          RouteKey,
          integrations[Target['Fn::Join'][1][1].Ref]?.['IntegrationUri'],
        ]),
      ),
    ).toEqual({
      'ANY /terminations': { 'Fn::GetAtt': ['WebhookLambdaFunction', 'Arn'] },
      'ANY /terminations/{id}': { 'Fn::GetAtt': ['WebhookLambdaFunction', 'Arn'] },
      'ANY /terminations/{id}/cancel': { 'Fn::GetAtt': ['WebhookLambdaFunction', 'Arn'] },
      'ANY /confirm/{token}': { 'Fn::GetAtt': ['WebhookLambdaFunction', 'Arn'] },
      'POST /confirm/{token}': { 'Fn::GetAtt': ['WebhookLambdaFunction', 'Arn'] },
      'ANY /confirm/{token}/reject': { 'Fn::GetAtt': ['WebhookLambdaFunction', 'Arn'] },
      'ANY /slack/commands': { 'Fn::GetAtt': ['SlackLambdaFunction', 'Arn'] },
      'ANY /slack/interactions': { 'Fn::GetAtt': ['SlackLambdaFunction', 'Arn'] },
      'ANY /naver-works': { 'Fn::GetAtt': ['NaverWorksLambdaFunction', 'Arn'] },
    });
  });

  test('has the paths of the OpenAPI description, and of it the webhook has no other', () => {
    const { paths } = JSON.parse(openApiText()) as { paths: object };
    const { entryByRoute } = declaredApi();
    const webhooks = Object.keys(entryByRoute).filter(
      (key) => entryByRoute[key] === 'webhook' && key.startsWith('ANY '),
    );
    expect(webhooks).toEqual(Object.keys(paths).map((path) => `ANY ${path}`));
  });

  test('is the same on this machine: routes, functions and rates', () => {
    const integrations = all(packaged, 'AWS::ApiGatewayV2::Integration');
    const deployed = Object.values(all(packaged, 'AWS::ApiGatewayV2::Route')).map((route) => {
      const { RouteKey, Target } = targetSchema.parse(route);
      const uri = integrations[Target['Fn::Join'][1][1].Ref]?.['IntegrationUri'];
      const id = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }).parse(uri)['Fn::GetAtt'][0];
      const handler = String(all(packaged, 'AWS::Lambda::Function')[id]?.['Handler']);
      return [RouteKey, handler.replace(/^dist\/(.*)\.handler$/, '$1')];
    });
    expect(declaredApi()).toEqual({
      entryByRoute: Object.fromEntries(deployed),
      rateLimits: Object.fromEntries(
        Object.entries(RATES).map(([key, [perSecond, burst]]) => [key, { perSecond, burst }]),
      ),
    });
  });

  test('hands over events of payload format 2.0', () => {
    const formats = Object.values(all(packaged, 'AWS::ApiGatewayV2::Integration'));
    expect(formats.map(({ PayloadFormatVersion }) => PayloadFormatVersion)).toEqual(['2.0', '2.0', '2.0']);
  });

  test('may invoke the three functions that it leads to, and no other', () => {
    const permissions = Object.values(all(packaged, 'AWS::Lambda::Permission'));
    const own = permissions.filter(({ Principal }) => Principal === 'apigateway.amazonaws.com');
    expect(own.map(({ FunctionName }) => FunctionName)).toEqual(
      ['Webhook', 'Slack', 'NaverWorks'].map((name) => ({ 'Fn::GetAtt': [`${name}LambdaFunction`, 'Arn'] })),
    );
    for (const { SourceArn } of own) expect(JSON.stringify(SourceArn)).toContain('{"Ref":"HttpApi"}');
  });

  test('has routes of a chat only where its secret is named', () => {
    const conditions = Object.values(packaged.template.Resources).flatMap(({ Type, Condition, Properties }) =>
      Type === 'AWS::ApiGatewayV2::Route' && Condition !== undefined ? [[Properties['RouteKey'], Condition]] : [],
    );
    expect(Object.fromEntries(conditions)).toEqual({
      'ANY /slack/commands': 'UsesSlack',
      'ANY /slack/interactions': 'UsesSlack',
      'ANY /naver-works': 'UsesNaverWorks',
    });
    expect(packaged.template.Conditions).toMatchObject({
      UsesSlack: { 'Fn::Not': [{ 'Fn::Equals': ['', ''] }] },
      UsesNaverWorks: { 'Fn::Not': [{ 'Fn::Equals': ['', ''] }] },
    });
    expect(whole.template.Conditions).toMatchObject({
      UsesSlack: { 'Fn::Not': [{ 'Fn::Equals': ['b/slack', ''] }] },
      UsesNaverWorks: { 'Fn::Not': [{ 'Fn::Equals': ['b/works', ''] }] },
    });
  });

  test('takes this many requests in a second, counted on every route by itself', () => {
    const settings = Object.entries(RATES).map(([key, [ThrottlingRateLimit, ThrottlingBurstLimit, condition]]) => {
      const limit = { ThrottlingBurstLimit, ThrottlingRateLimit };
      return [key, condition === undefined ? limit : { 'Fn::If': [condition, limit, { Ref: 'AWS::NoValue' }] }];
    });
    expect(only(packaged, 'AWS::ApiGatewayV2::Stage')).toMatchObject({
      StageName: '$default',
      DefaultRouteSettings: { DetailedMetricsEnabled: false, ThrottlingBurstLimit: 20, ThrottlingRateLimit: 10 },
      RouteSettings: Object.fromEntries(settings),
    });
    const routes = Object.values(all(packaged, 'AWS::ApiGatewayV2::Route')).map(({ RouteKey }) => RouteKey);
    expect(Object.keys(RATES).toSorted()).toEqual(routes.map(String).toSorted());
  });

  test('has its stage made after every route that it has settings for', () => {
    const { DependsOn = [], Properties } = packaged.template.Resources['HttpApiStage'] ?? {};
    const stands = all(packaged, 'AWS::ApiGatewayV2::Route');
    const isConditional = (id: string): boolean => packaged.template.Resources[id]?.Condition !== undefined;
    expect(DependsOn.filter((id) => id in stands).toSorted()).toEqual(
      Object.keys(stands)
        .filter((id) => !isConditional(id))
        .toSorted(),
    );
    for (const id of Object.keys(stands).filter(isConditional)) {
      const condition = packaged.template.Resources[id]?.Condition;
      expect(Object.values(Properties?.['StageVariables'] ?? {})).toContainEqual({
        'Fn::If': [condition, { Ref: id }, { Ref: 'AWS::NoValue' }],
      });
    }
  });

  test('logs each request, without the paths of confirm links', () => {
    const { AccessLogSettings } = only(packaged, 'AWS::ApiGatewayV2::Stage');
    const { DestinationArn, Format } = z
      .object({ DestinationArn: z.unknown(), Format: z.string() })
      .parse(AccessLogSettings);
    expect(DestinationArn).toEqual({ 'Fn::GetAtt': ['HttpApiLogGroup', 'Arn'] });
    expect(all(packaged, 'AWS::Logs::LogGroup')['HttpApiLogGroup']).toMatchObject({ RetentionInDays: 90 });
    const named = Object.values(JSON.parse(Format) as Record<string, string>).toSorted();
    expect(named).toEqual([
      '$context.error.responseType',
      '$context.identity.sourceIp',
      '$context.requestId',
      '$context.requestTime',
      '$context.responseLatency',
      '$context.responseLength',
      '$context.routeKey',
      '$context.status',
    ]);
  });

  test('raises an alarm at the first answer of 500 or more', () => {
    expect(Object.values(all(packaged, 'AWS::CloudWatch::Alarm'))).toContainEqual(
      expect.objectContaining({ MetricName: '5xx', Threshold: 1, Dimensions: [{ Name: 'ApiId', Value: api }] }),
    );
  });
});

const api = { Ref: 'HttpApi' };
const own = { 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] };
const store = { BANAP_TABLE: 'banap-dev', BANAP_POLICIES: 'dist/policies.json' };
const CHAT_FUNCTION = { Ref: 'ChatLambdaFunction' };

const BANAP_STAGE = 'dev';

describe.each([
  ['as it is', () => packaged, ['', '', '', { 'Fn::If': ['HasPublicUrl', '', own] }]],
  [
    'with everything',
    () => whole,
    ['b/slack', 'b/works', 'b/confirm', { 'Fn::If': ['HasPublicUrl', 'https://banap.example.com', own] }],
  ],
] as const)('%s', (_title, copy, [slack, works, confirm, url]) => {
  const language = slack === '' ? '' : 'ko';
  test.each([
    [
      'Webhook',
      { TERMINATE_FUNCTION: durableAlias, BANAP_STAGE, CONFIRM_SECRET_ID: confirm, BANAP_PUBLIC_URL: url, ...store },
    ],
    ['Slack', { SLACK_SECRET_ID: slack, CHAT_FUNCTION }],
    ['NaverWorks', { NAVER_WORKS_SECRET_ID: works, CHAT_FUNCTION }],
    [
      'Chat',
      {
        TERMINATE_FUNCTION: durableAlias,
        BANAP_STAGE,
        NCLOUD_SECRET_ID: 'banap/dev/ncloud',
        NCLOUD_API_GW: 'https://ncloud.apigw.ntruss.com',
        NCLOUD_UNTAGGED: '',
        SLACK_SECRET_ID: slack,
        NAVER_WORKS_SECRET_ID: works,
        BANAP_LANGUAGE: language,
        ...store,
      },
    ],
  ])('%s is told what it needs and no more', (name, expected) => {
    expect(variables(name, copy())).toEqual(expected);
  });

  test('the function that terminates gets the settings of chats, links and the language', () => {
    expect(variables('Terminate', copy())).toMatchObject({
      SLACK_SECRET_ID: slack,
      NAVER_WORKS_SECRET_ID: works,
      CONFIRM_SECRET_ID: confirm,
      BANAP_PUBLIC_URL: url,
      BANAP_LANGUAGE: copy() === whole ? 'ko' : '',
    });
  });
});

describe.each([
  ['Webhook', 'webhook', 256, 29],
  ['Slack', 'slack', 512, 10],
  ['NaverWorks', 'naver-works', 512, 10],
  ['Chat', 'chat', 512, 60],
])('%s', (id, name, MemorySize, Timeout) => {
  test('is a plain function with bounded memory and time', () => {
    expect(lambda(id)).toMatchObject({
      FunctionName: `banap-dev-${name}`,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: `dist/${name}.handler`,
      MemorySize,
      Timeout,
    });
    expect(lambda(id)).not.toHaveProperty('DurableConfig');
  });

  test('logs JSON and keeps it for 90 days', () => {
    expect(lambda(id)).toMatchObject({ LoggingConfig: { LogFormat: 'JSON' } });
    expect(all(packaged, 'AWS::Logs::LogGroup')[`${id}LogGroup`]).toEqual({
      LogGroupName: `/aws/lambda/banap-dev-${name}`,
      RetentionInDays: 90,
    });
  });

  test('raises an alarm at the first error', () => {
    const Dimensions = [{ Name: 'FunctionName', Value: { Ref: `${id}LambdaFunction` } }];
    expect(Object.values(all(packaged, 'AWS::CloudWatch::Alarm'))).toContainEqual(
      expect.objectContaining({ MetricName: 'Errors', Threshold: 1, Dimensions, AlarmActions: [{ Ref: 'Alarms' }] }),
    );
  });
});

test('what was handed over is tried once more within a quarter of an hour, then leaves a dead letter', () => {
  expect(lambda('Chat')).toMatchObject({ DeadLetterConfig: { TargetArn: deadLetters } });
  expect(all(packaged, 'AWS::Lambda::EventInvokeConfig')['ChatLambdaEvConf']).toMatchObject({
    FunctionName: CHAT_FUNCTION,
    MaximumEventAgeInSeconds: 900,
    MaximumRetryAttempts: 1,
  });
});
