import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf, listen } from '../../lib/dev/http.ts';
import { jsonFrom } from '../../lib/text/json.ts';

/** What of AWS the commands of a deployment call, over HTTP, without checking signatures. Tests change it as they like. */
export interface LocalAws {
  url: string;
  close(): Promise<void>;
  account: string;
  arn: string;
  /** By name; undefined value: it is there, and its content may not be read. */
  secrets: Map<string, string>;
  /** By name: its keys. */
  tables: Map<string, { keys: [string, string]; items: unknown[] }>;
  /** By bucket and key. Undefined: another account's bucket. */
  buckets: Map<string, Map<string, Buffer> | undefined>;
  stack: LocalStack | undefined;
  changeSets: Map<string, LocalChangeSet>;
  concurrency: { limit: number; unreserved: number; mine: number };
  executions: LocalExecution[];
  /** What a probe answers, given its order. */
  probeAnswer: (order: { policies: string[]; crash: boolean }) => object;
  /** Whether the sleep of a probe can be ended. */
  deadLetters: number;
  ringing: string[];
  /** Endpoint and whether it is confirmed. */
  subscriptions: { endpoint: string; confirmed: boolean }[];
  /** What IAM's simulation does not allow. */
  missing: Set<string>;
  /** Errors by call: a code and a message. */
  failing: Map<string, { status: number; code: string; message: string }>;
  /** Called before each call is answered. */
  before: (call: string) => void;
  /** What makes the execution of the next change set fail; empty: nothing. */
  breaks: string;
  /** Every call, as IAM names it. */
  calls: string[];
}

interface LocalStack {
  status: string;
  template: Template;
  events: { id: string; logical: string; status: string; reason: string }[];
}
interface Template {
  Metadata?: object;
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}
interface LocalChangeSet {
  type: string;
  template: Template;
  changes: Change[];
  reason: string;
}
interface Change {
  Action: string;
  LogicalResourceId: string;
  ResourceType: string;
  Replacement?: string;
}
interface LocalExecution {
  name: string;
  arn: string;
  status: string;
  payload: string;
  result: string;
}

/** `AWS_ENDPOINT_URL` is its `url`. */
export async function startLocalAws(): Promise<LocalAws> {
  const aws: LocalAws = {
    url: '',
    close: () => Promise.resolve(),
    account: '111122223333',
    arn: 'arn:aws:sts::111122223333:assumed-role/deployer/mina',
    secrets: new Map([['banap/dev/ncloud', '{"accessKey":"AK","secretKey":"SK"}']]),
    tables: new Map(),
    buckets: new Map(),
    stack: undefined,
    changeSets: new Map(),
    concurrency: { limit: 1000, unreserved: 1000, mine: 0 },
    executions: [],
    probeAnswer: ({ policies, crash }) => ({
      looks: policies.map((policy) => ({
        policy,
        regionHolds: 9,
        selected: 3,
        wouldEnd: 2,
        refusedBy: '',
        unread: '',
      })),
      sleptSeconds: 4,
      crashed: crash,
    }),
    deadLetters: 0,
    ringing: [],
    subscriptions: [],
    missing: new Set(),
    failing: new Map(),
    before: () => undefined,
    breaks: '',
    calls: [],
  };
  const server = await listen((request, response) => {
    void answer(request, response, aws).catch((error: unknown) => {
      fail(response, 500, 'InternalFailure', String(error), 'json');
    });
  });
  return Object.assign(aws, server);
}

type Wire = 'json' | 'query' | 's3';

/** A call, as IAM names it, how its answer is written, and what makes the answer. */
interface Routed {
  call: string;
  wire: Wire;
  work: () => object;
}

/** An error of AWS, as it is sent. */
class Failure extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, aws: LocalAws): Promise<void> {
  const body = await bodyOf(request);
  const { call, wire, work } = routed(request, body, aws);
  aws.calls.push(call);
  aws.before(call);
  try {
    const failing = aws.failing.get(call);
    if (failing !== undefined) throw new Failure(failing.status, failing.code, failing.message);
    const result = work();
    if (call === 'lambda:InvokeFunction') {
      response.writeHead(202, { 'x-amz-durable-execution-arn': aws.executions.at(-1)?.arn }).end();
    } else if (wire === 'json')
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
    else if (wire === 's3') response.writeHead(200).end();
    else {
      const name = call.split(':')[1] ?? '';
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(`<${name}Response><${name}Result>${xml(result)}</${name}Result></${name}Response>`);
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    fail(response, error.status, error.code, error.message, wire);
  }
}

function fail(response: ServerResponse, status: number, code: string, message: string, wire: Wire): void {
  response.writeHead(status, { 'x-amzn-errortype': code });
  if (wire === 'json') response.end(JSON.stringify({ __type: code, message }));
  else if (wire === 's3') response.end();
  else
    response.end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error></ErrorResponse>`,
    );
}

function routed(request: IncomingMessage, body: string, aws: LocalAws): Routed {
  const url = new URL(request.url ?? '/', 'http://local');
  const target = String(request.headers['x-amz-target'] ?? '');
  if (target !== '') {
    const [service = '', name = ''] = target.split('.');
    const call = `${{ secretsmanager: 'secretsmanager', AmazonSQS: 'sqs', DynamoDB_20120810: 'dynamodb', GraniteServiceVersion20100801: 'cloudwatch' }[service] ?? service}:${name}`;
    const input = inputSchema(jsonFrom(body));
    return { call, wire: 'json', work: () => byTarget(call, input, aws) };
  }
  if (String(request.headers['content-type']).startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(body);
    const name = form.get('Action') ?? '';
    const service = { '2011-06-15': 'sts', '2010-05-15': 'cloudformation', '2010-05-08': 'iam', '2010-03-31': 'sns' }[
      form.get('Version') ?? ''
    ];
    const call = `${service}:${name}`;
    return { call, wire: 'query', work: () => byAction(call, form, aws) };
  }
  const isLambda = /^\/20\d\d-\d\d-\d\d\//.test(url.pathname);
  return isLambda ? ofLambda(request, url, body, aws) : ofS3(request, url, body, aws);
}

function inputSchema(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function byTarget(call: string, input: Record<string, unknown>, aws: LocalAws): object {
  const given = input['SecretId'] ?? input['TableName'];
  const name = typeof given === 'string' ? given : '';
  switch (call) {
    case 'secretsmanager:GetSecretValue':
    case 'secretsmanager:DescribeSecret': {
      const secret = aws.secrets.get(name);
      if (secret === undefined) throw new Failure(400, 'ResourceNotFoundException', 'no such secret');
      return { Name: name, ...(call.endsWith('Value') && { SecretString: secret }) };
    }
    case 'sqs:GetQueueAttributes':
      return {
        Attributes: {
          ApproximateNumberOfMessages: String(aws.deadLetters),
          ApproximateNumberOfMessagesNotVisible: '0',
        },
      };
    case 'cloudwatch:DescribeAlarms':
      return {
        MetricAlarms: ['errors', 'throttles'].map((one) => ({
          AlarmName: `banap-dev-${one}`,
          StateValue: aws.ringing.includes(one) ? 'ALARM' : 'OK',
        })),
      };
    case 'dynamodb:DescribeTable': {
      const table = aws.tables.get(name);
      if (table === undefined) throw new Failure(400, 'ResourceNotFoundException', 'no such table');
      const [HASH, RANGE] = table.keys;
      return {
        Table: {
          TableName: name,
          KeySchema: [
            { AttributeName: HASH, KeyType: 'HASH' },
            { AttributeName: RANGE, KeyType: 'RANGE' },
          ],
        },
      };
    }
    case 'dynamodb:PutItem': {
      const table = aws.tables.get(name);
      if (table === undefined) throw new Failure(400, 'ResourceNotFoundException', 'no such table');
      table.items.push(input['Item']);
      return {};
    }
    default:
      throw new Failure(400, 'UnknownOperationException', call);
  }
}

function byAction(call: string, form: URLSearchParams, aws: LocalAws): object {
  const actions = [...form].filter(([key]) => key.startsWith('ActionNames.')).map(([, value]) => value);
  switch (call) {
    case 'sts:GetCallerIdentity':
      return { Account: aws.account, Arn: aws.arn, UserId: 'AROA:mina' };
    case 'iam:GetRole':
      return {
        Role: {
          Arn: `arn:aws:iam::${aws.account}:role/sso/${form.get('RoleName')}`,
          RoleName: form.get('RoleName'),
          RoleId: 'AROA',
          Path: '/sso/',
          CreateDate: '2026-01-01T00:00:00Z',
        },
      };
    case 'iam:SimulatePrincipalPolicy':
      return {
        EvaluationResults: actions.map((one) => ({
          EvalActionName: one,
          EvalDecision: aws.missing.has(one) ? 'implicitDeny' : 'allowed',
        })),
      };
    case 'sns:ListSubscriptionsByTopic':
      return {
        Subscriptions: aws.subscriptions.map(({ endpoint, confirmed }) => ({
          Endpoint: endpoint,
          SubscriptionArn: confirmed ? `${form.get('TopicArn')}:1` : 'PendingConfirmation',
        })),
      };
    default:
      return ofCloudFormation(call, form, aws);
  }
}

function ofCloudFormation(call: string, form: URLSearchParams, aws: LocalAws): object {
  const name = form.get('StackName') ?? '';
  const set = aws.changeSets.get(form.get('ChangeSetName') ?? '');
  const { stack } = aws;
  if (call === 'cloudformation:CreateChangeSet') return createChangeSet(form, aws);
  if (stack === undefined) throw new Failure(400, 'ValidationError', `Stack with id ${name} does not exist`);
  switch (call) {
    case 'cloudformation:DescribeStacks': {
      // What was under way is over at the next look.
      const { status } = stack;
      if (status === 'DELETE_IN_PROGRESS') aws.stack = undefined;
      else stack.status = AFTER[status] ?? status;
      return {
        Stacks: [
          {
            StackName: name,
            StackId: `arn:aws:cloudformation:ap-northeast-2:${aws.account}:stack/${name}/1`,
            StackStatus: status,
            CreationTime: '2026-01-01T00:00:00Z',
            Outputs: [
              { OutputKey: 'DeadLetters', OutputValue: `${aws.url}/${aws.account}/${name}-dead-letters` },
              { OutputKey: 'PublicUrl', OutputValue: 'https://api.example.com' },
              { OutputKey: 'AlarmTopic', OutputValue: `arn:aws:sns:ap-northeast-2:${aws.account}:${name}-alarms` },
            ],
          },
        ],
      };
    }
    case 'cloudformation:GetTemplateSummary':
      return stack.template.Metadata === undefined ? {} : { Metadata: JSON.stringify(stack.template.Metadata) };
    case 'cloudformation:ListStackResources':
      return {
        StackResourceSummaries: Object.entries(stack.template.Resources).map(([id, { Type, Properties }]) => ({
          LogicalResourceId: id,
          PhysicalResourceId: physicalId(id, Type, Properties, aws),
          ResourceType: Type,
          ResourceStatus: 'CREATE_COMPLETE',
          LastUpdatedTimestamp: '2026-01-01T00:00:00Z',
        })),
      };
    case 'cloudformation:DescribeStackEvents':
      return {
        StackEvents: stack.events.toReversed().map(({ id, logical, status, reason }) => ({
          EventId: id,
          StackId: name,
          StackName: name,
          Timestamp: '2026-01-01T00:00:00Z',
          LogicalResourceId: logical,
          ResourceStatus: status,
          ResourceStatusReason: reason,
        })),
      };
    case 'cloudformation:DescribeChangeSet': {
      if (set === undefined) throw new Failure(404, 'ChangeSetNotFound', 'no such change set');
      if (set.reason !== '') return { Status: 'FAILED', StatusReason: set.reason };
      // In two pages, as AWS does for long ones.
      const from = Number(form.get('NextToken') ?? 0);
      const page = set.changes.slice(from, from + 30).map((one) => ({ Type: 'Resource', ResourceChange: one }));
      return {
        Status: 'CREATE_COMPLETE',
        Changes: page,
        ...(from + 30 < set.changes.length && { NextToken: String(from + 30) }),
      };
    }
    case 'cloudformation:DeleteChangeSet':
      aws.changeSets.delete(form.get('ChangeSetName') ?? '');
      return {};
    case 'cloudformation:ExecuteChangeSet':
      if (set === undefined) throw new Failure(404, 'ChangeSetNotFound', 'no such change set');
      execute(set, stack, aws);
      return {};
    case 'cloudformation:DeleteStack':
      if (stack.status === 'REVIEW_IN_PROGRESS') aws.stack = undefined;
      else stack.status = 'DELETE_IN_PROGRESS';
      return {};
    default:
      throw new Failure(400, 'InvalidAction', call);
  }
}

function physicalId(id: string, type: string, { TableName }: Record<string, unknown>, { url }: LocalAws): string {
  if (typeof TableName === 'string') return TableName;
  return type === 'AWS::SQS::Queue' ? `${url}/q` : id;
}

const AFTER: Readonly<Record<string, string>> = {
  CREATE_IN_PROGRESS: 'CREATE_COMPLETE',
  UPDATE_IN_PROGRESS: 'UPDATE_COMPLETE',
  ROLLBACK_IN_PROGRESS: 'ROLLBACK_COMPLETE',
  UPDATE_ROLLBACK_IN_PROGRESS: 'UPDATE_ROLLBACK_COMPLETE',
};

function createChangeSet(form: URLSearchParams, aws: LocalAws): object {
  const type = form.get('ChangeSetType') ?? '';
  const isThere = aws.stack !== undefined && aws.stack.status !== 'REVIEW_IN_PROGRESS';
  if (type === 'CREATE' && isThere)
    throw new Failure(400, 'ValidationError', 'Stack already exists and cannot be created again');
  if (type === 'UPDATE' && !isThere) throw new Failure(400, 'ValidationError', 'Stack does not exist');
  const { hostname, pathname } = new URL(form.get('TemplateURL') ?? '');
  const bytes = aws.buckets.get(hostname.split('.')[0] ?? '')?.get(pathname.slice(1));
  if (bytes === undefined) throw new Failure(400, 'ValidationError', 'S3 error: Access Denied');
  const template: Template = JSON.parse(bytes.toString());
  aws.stack ??= { status: 'REVIEW_IN_PROGRESS', template: { Resources: {} }, events: [] };
  const before = aws.stack.template.Resources;
  const changes = [...new Set([...Object.keys(before), ...Object.keys(template.Resources)])].flatMap((id) =>
    changeOf(id, before[id], template.Resources[id], form.get('ImportExistingResources') === 'true', aws),
  );
  const reason =
    changes.length === 0 ? "The submitted information didn't contain changes. Submit different information." : '';
  const name = form.get('ChangeSetName') ?? '';
  aws.changeSets.set(name, { type, template, changes, reason });
  return { Id: `arn:${name}`, StackId: 'arn:1' };
}

type Resource = Template['Resources'][string] | undefined;

function changeOf(id: string, before: Resource, after: Resource, imports: boolean, aws: LocalAws): Change[] {
  const ResourceType = (after ?? before)?.Type ?? '';
  const change = { LogicalResourceId: id, ResourceType };
  if (after === undefined) return [{ ...change, Action: 'Remove' }];
  const isImported = imports && before === undefined && aws.tables.has(String(after.Properties['TableName']));
  if (before === undefined) return [{ ...change, Action: isImported ? 'Import' : 'Add' }];
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const isReplaced = ['TableName', 'FunctionName'].some((key) => before.Properties[key] !== after.Properties[key]);
  return [{ ...change, Action: 'Modify', Replacement: isReplaced ? 'True' : 'False' }];
}

function execute({ type, template, changes }: LocalChangeSet, stack: LocalStack, aws: LocalAws): void {
  aws.changeSets.clear();
  const happened = (logical: string, status: string, reason = ''): void => {
    stack.events.push({ id: `${stack.events.length}-${logical}`, logical, status, reason });
  };
  const unpacked = Object.entries(template.Resources).filter(([, { Properties }]) => {
    const code = Properties['Code'] as { S3Bucket: string; S3Key: string } | undefined;
    return code !== undefined && aws.buckets.get(code.S3Bucket)?.has(code.S3Key) !== true;
  });
  const broken = aws.breaks === '' ? unpacked[0]?.[0] : aws.breaks;
  if (broken !== undefined) {
    happened('DeadLetters', 'CREATE_FAILED', 'Resource creation cancelled');
    happened(broken, 'CREATE_FAILED', 'Resource handler returned message: "it cannot be made"');
    stack.status = type === 'CREATE' ? 'ROLLBACK_IN_PROGRESS' : 'UPDATE_ROLLBACK_IN_PROGRESS';
    return;
  }
  for (const { LogicalResourceId, Action } of changes)
    happened(LogicalResourceId, Action === 'Remove' ? 'DELETE_COMPLETE' : 'CREATE_COMPLETE');
  for (const { Type, Properties } of Object.values(template.Resources)) {
    const name = String(Properties['TableName']);
    if (Type === 'AWS::DynamoDB::Table' && !aws.tables.has(name))
      aws.tables.set(name, { keys: ['pk', 'sk'], items: [] });
  }
  stack.template = template;
  stack.status = type === 'CREATE' ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS';
}

function json(call: string, work: () => object): Routed {
  return { call: `lambda:${call}`, wire: 'json', work };
}

function s3(call: string, work: () => void): Routed {
  return { call: `s3:${call}`, wire: 's3', work: () => (work(), {}) };
}

function ofLambda(request: IncomingMessage, { pathname }: URL, body: string, aws: LocalAws): Routed {
  const path = decodeURIComponent(pathname);
  if (path.startsWith('/2016-08-19/account-settings'))
    return json('GetAccountSettings', () => ({
      AccountLimit: {
        ConcurrentExecutions: aws.concurrency.limit,
        UnreservedConcurrentExecutions: aws.concurrency.unreserved,
      },
    }));
  if (path.endsWith('/concurrency'))
    return json('GetFunctionConcurrency', () => ({ ReservedConcurrentExecutions: aws.concurrency.mine }));
  const execution = (): LocalExecution => {
    const found = aws.executions.find(({ arn }) => path.includes(arn));
    if (found === undefined) throw new Failure(404, 'ResourceNotFoundException', 'no such execution');
    return found;
  };
  if (path.endsWith('/durable-executions'))
    return json('ListDurableExecutionsByFunction', () => {
      if (aws.stack === undefined) throw new Failure(404, 'ResourceNotFoundException', 'Function not found');
      const running = aws.executions.filter(({ status }) => status === 'RUNNING');
      return {
        DurableExecutions: running.map(({ name, arn, status }) => ({
          DurableExecutionName: name,
          DurableExecutionArn: arn,
          Status: status,
          FunctionArn: 'f',
          StartTimestamp: 1,
        })),
      };
    });
  if (path.includes('/durable-execution-callbacks/'))
    return json('SendDurableExecutionCallbackSuccess', () => {
      const woken = aws.executions.find(({ name }) => path.includes(`wake-${name}`));
      if (woken !== undefined) end(woken, aws);
      return {};
    });
  if (path.endsWith('/history'))
    return json('GetDurableExecutionHistory', () => ({
      Events: [
        {
          EventType: 'CallbackStarted',
          EventId: 3,
          CallbackStartedDetails: { CallbackId: `wake-${execution().name}` },
        },
      ],
    }));
  if (path.includes('/durable-executions/'))
    return json('GetDurableExecution', () => {
      const { name, arn, status, result } = execution();
      return {
        DurableExecutionArn: arn,
        DurableExecutionName: name,
        FunctionArn: 'f',
        StartTimestamp: 1,
        Status: status,
        Version: '7',
        ...(result !== '' && { Result: result }),
      };
    });
  return json('InvokeFunction', () => {
    const name = String(request.headers['x-amz-durable-execution-name']);
    const arn = `arn:aws:lambda:ap-northeast-2:${aws.account}:function:banap-dev-terminate:1/durable-execution/${name}/1`;
    aws.executions.push({ name, arn, status: 'RUNNING', payload: body, result: '' });
    return {};
  });
}

function end(execution: LocalExecution, aws: LocalAws): void {
  const { probe } = JSON.parse(execution.payload) as { probe: { policies: string[]; crash: boolean } };
  execution.result = JSON.stringify(aws.probeAnswer(probe));
  execution.status = 'SUCCEEDED';
}

function ofS3(request: IncomingMessage, { pathname }: URL, body: string, aws: LocalAws): Routed {
  const [, bucketName = '', ...rest] = decodeURIComponent(pathname).split('/');
  const key = rest.join('/');
  const isKnown = aws.buckets.has(bucketName);
  const held = aws.buckets.get(bucketName);
  if (request.method === 'HEAD' && key === '')
    return s3('ListBucket', () => {
      if (!isKnown) throw new Failure(404, 'NotFound', '');
      if (held === undefined) throw new Failure(403, 'Forbidden', '');
    });
  if (request.method === 'HEAD')
    return s3('GetObject', () => {
      if (held?.has(key) !== true) throw new Failure(404, 'NotFound', '');
    });
  if (key === '') return s3('CreateBucket', () => void aws.buckets.set(bucketName, new Map()));
  return s3('PutObject', () => {
    if (held === undefined) throw new Failure(404, 'NoSuchBucket', '');
    held.set(key, Buffer.from(body));
  });
}

/** As AWS writes it: a list is a `member` for each item. */
function xml(value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => `<member>${xml(one)}</member>`).join('');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([key, one]) => `<${key}>${xml(one)}</${key}>`)
      .join('');
  return escaped(String(value));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
