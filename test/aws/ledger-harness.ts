import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { DynamoLedger } from '../../lib/aws/ledger.ts';
import { chance } from '../../lib/chance.ts';
import type { Clock } from '../../lib/clock.ts';
import { type LocalDynamoDb, startDynamoDb } from '../../lib/local/dynamodb.ts';
import type { AdmissionRequest, AuditRecord, Hold, LedgerError } from '../../lib/termination/ledger.ts';

export const NOON = Date.parse('2026-11-23T12:00:00Z');
export const HOUR_MS = 60 * 60_000;
export const DAY_MS = 24 * HOUR_MS;

export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** One emulator for a test file, a table of its own for every test, and a clock that stands still until it is told. */
export interface Bench {
  database: LocalDynamoDb;
  client: DynamoDBClient;
  clock: Clock & { time: number; slept: number[] };
  /** The same ledger as another process would have it. */
  another(): DynamoLedger;
  /** Write an item as somebody else might. */
  put(item: Record<string, unknown>): Promise<void>;
  item(pk: string, sk: string): Promise<Record<string, unknown> | undefined>;
  reset(): Promise<DynamoLedger>;
  table(): string;
  close(): Promise<void>;
}

export async function bench(): Promise<Bench> {
  const database = await startDynamoDb();
  const client = clientFor(database.url);
  const documents = DynamoDBDocumentClient.from(client);
  const clock = standingClock();
  let tables = 0;
  const table = (): string => `ledger-${tables}`;
  const another = (): DynamoLedger => new DynamoLedger({ table: table(), clock, client, chance: chance() });
  return {
    database,
    client,
    clock,
    table,
    another,
    put: async (Item) => void (await documents.send(new PutCommand({ TableName: table(), Item }))),
    item: async (pk, sk) => (await documents.send(new GetCommand({ TableName: table(), Key: { pk, sk } }))).Item,
    reset: async () => {
      tables += 1;
      clock.time = NOON;
      clock.slept = [];
      await database.createTable(table());
      return another();
    },
    close: async () => {
      client.destroy();
      await database.close();
    },
  };
}

export function clientFor(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'SecretExample' };
  return new DynamoDBClient({ endpoint, region: 'ap-northeast-2', credentials, maxAttempts: 2 });
}

/** Sleeps are remembered and shortened a hundred times. */
function standingClock(): Bench['clock'] {
  const clock = {
    time: NOON,
    slept: [] as number[],
    now: () => clock.time,
    sleep: (ms: number) => {
      clock.slept.push(ms);
      return new Promise<void>((resolve) => setTimeout(resolve, ms / 100));
    },
  };
  return clock;
}

export function holdOn(serverInstanceNo: string, more: Partial<Hold> = {}): Hold {
  const at = new Date(NOON).toISOString();
  return { serverInstanceNo, serverName: '', kind: 'keep', by: 'mina', reason: '부하 시험', at, until: '', ...more };
}

export function asking(requestId: string, servers: string[], more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  const claimedUntil = NOON + HOUR_MS;
  return { account: 'default', requestId, owner: `of-${requestId}`, servers, claimedUntil, refusal: () => '', ...more };
}

/** At most so many servers a day. */
export function atMost(most: number): AdmissionRequest['refusal'] {
  return (_mine, today) => (today.length > most ? `${today.length} servers today; expected at most ${most}` : '');
}

export function recordOf(sequence: number, more: Partial<AuditRecord> = {}): AuditRecord {
  return {
    at: new Date(NOON).toISOString(),
    account: 'default',
    requestId: 'run-1',
    sequence,
    policy: 'nightly-dev',
    trigger: 'schedule',
    requestedBy: '',
    serverInstanceNo: '1001',
    serverName: 'dev-web',
    what: 'terminate',
    guard: '',
    reason: 'its time has come',
    ...more,
  };
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** What a promise fails with. */
export async function failureOf(promise: Promise<unknown>): Promise<LedgerError> {
  return promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: LedgerError) => error,
  );
}
