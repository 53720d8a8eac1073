import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { CreateTableCommand, DeleteTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { bodyOf, type LocalServer, listen } from './http.ts';

/**
 * How a call fails. `cut`: the connection is cut and nothing was done. `cut-after`: it was done, and the answer is lost.
 * `none`: this call goes through, and what was said of later calls holds for them. `unprocessed`: a batch of which
 * nothing is taken. `hang`: nobody answers. Anything else is the name of an error, for example
 * `ProvisionedThroughputExceededException`; `InternalServerError` and `ServiceUnavailable` come with status 500 and 503.
 */
type DynamoDbFailure = 'none' | 'hang' | 'cut' | 'cut-after' | 'unprocessed' | (string & {});

export interface LocalDynamoDb extends LocalServer {
  /** Create a table with banap's keys. Names have at least three letters. */
  createTable(name: string): Promise<void>;
  dropTable(name: string): Promise<void>;
  /** Fail the next calls; those to create and drop tables are not counted. */
  failNext(count: number, failure: DynamoDbFailure): void;
  /** How many calls came in so far, failed ones included, or of one operation such as `PutItem`. */
  calls(operation?: string): number;
}

/**
 * DynamoDB in memory on loopback (dynalite). The SDK's own client speaks to it when `AWS_ENDPOINT_URL_DYNAMODB` is its
 * `url`, with any credentials and any region. What has a time to live is not deleted.
 */
export async function startDynamoDb(): Promise<LocalDynamoDb> {
  const failures: DynamoDbFailure[] = [];
  const operations: string[] = [];
  const answer = answerer(dynalite({ createTableMs: 0, deleteTableMs: 0 }));
  const server = await listen((request, response) => {
    const operation = operationOf(request);
    if (!operation.endsWith('Table')) operations.push(operation);
    const failure = operation.endsWith('Table') ? undefined : failures.shift();
    void fail(request, response, failure, answer).catch(() => response.destroy());
  });
  const { url } = server;
  return {
    ...server,
    createTable: (name) => withClient(url, (client) => create(client, name)),
    dropTable: (name) => withClient(url, (client) => client.send(new DeleteTableCommand({ TableName: name }))),
    failNext: (count, failure) => void failures.push(...Array<DynamoDbFailure>(count).fill(failure)),
    calls: (operation) => operations.filter((one) => operation === undefined || one === operation).length,
  };
}

/** Dynalite's own listener, behind another server, so that a call can fail before it gets there. */
function answerer(server: ReturnType<typeof dynalite>): RequestListener {
  const listeners = server.listeners('request');
  return (request, response) => {
    for (const listener of listeners) Reflect.apply(listener, server, [request, response]);
    // Dynalite throws where a client goes away in the middle of a call, which would end the process.
    request.removeAllListeners('error').on('error', () => response.destroy());
  };
}

async function fail(
  request: IncomingMessage,
  response: ServerResponse,
  failure: DynamoDbFailure | undefined,
  answer: RequestListener,
): Promise<void> {
  switch (failure) {
    case undefined:
    case 'none':
      return answer(request, response);
    case 'hang':
      return;
    case 'cut':
      return void response.destroy();
    case 'cut-after':
      response.end = () => response.destroy();
      return answer(request, response);
    case 'unprocessed': {
      const { RequestItems }: { RequestItems?: unknown } = JSON.parse(await bodyOf(request));
      return reply(response, 200, { UnprocessedItems: RequestItems });
    }
    default:
      await bodyOf(request);
      reply(response, STATUS[failure] ?? 400, {
        __type: `com.amazonaws.dynamodb.v20120810#${failure}`,
        message: 'refused on request',
      });
  }
}

const STATUS: Readonly<Record<string, number>> = { InternalServerError: 500, ServiceUnavailable: 503 };

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}

/** `DynamoDB_20120810.PutItem` in the header. */
function operationOf(request: IncomingMessage): string {
  return String(request.headers['x-amz-target'] ?? '').replace(/^.*\./, '');
}

async function withClient(url: string, work: (client: DynamoDBClient) => Promise<unknown>): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: url, region: 'ap-northeast-2', credentials });
  try {
    await work(client);
  } finally {
    client.destroy();
  }
}

/** Until a table is active, calls find no table. */
async function create(client: DynamoDBClient, name: string): Promise<void> {
  await client.send(new CreateTableCommand(tableNamed(name)));
  for (let isActive = false; !isActive; ) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    isActive = Table?.TableStatus === 'ACTIVE';
  }
}

function tableNamed(name: string): ConstructorParameters<typeof CreateTableCommand>[0] {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  };
}
