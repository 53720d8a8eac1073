import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { chance } from '../../lib/chance.ts';
import type { Clock } from '../../lib/clock.ts';
import { type LocalDynamoDb, startDynamoDb } from '../../lib/dev/dynamodb.ts';
import type { AuditEntry } from '../../lib/store/audit-item.ts';
import { DynamoTable } from '../../lib/store/dynamo-table.ts';
import { SqliteTable } from '../../lib/store/sqlite-table.ts';
import { TableStore } from '../../lib/store/store.ts';
import type { Hold } from '../../lib/termination/holds.ts';
import type { AdmissionRequest, AuditRecord, StoreError } from '../../lib/termination/ports/store.ts';
import { reasonData } from '../../lib/wording/reason-data.ts';
import { saying } from '../wording/worded.ts';
import { faulty, type Meter, newMeter } from './faulty-table.ts';

export const NOON = Date.parse('2026-11-23T12:00:00Z');
export const HOUR_MS = 60 * 60_000;
export const DAY_MS = 24 * HOUR_MS;

export function iso(at: number): string {
  return new Date(at).toISOString();
}

const KINDS = ['DynamoDB', 'SQLite'] as const;
type Kind = (typeof KINDS)[number];

/** One database for a test file, a table for every test, and a clock that stands still until it is set. */
export interface Bench {
  /** On the table of this test. */
  store: TableStore;
  /** The emulator; there is none under SQLite. */
  database: LocalDynamoDb;
  client: DynamoDBClient;
  clock: Clock & { time: number; slept: number[] };
  meter: Meter;
  /** The same store as another process would have it. */
  another(): TableStore;
  /** Write an item as somebody else might. */
  put(item: Record<string, unknown>): Promise<void>;
  item(pk: string, sk: string): Promise<Record<string, unknown> | undefined>;
  /** A new table, within a test. */
  reset(): Promise<void>;
  /** Of the table in DynamoDB. */
  table(): string;
  /** As messages call the table. */
  name(): string;
}

/** The same tests in both databases. */
export function inBoth(tests: (b: Bench, kind: Kind) => void): void {
  describe.each(KINDS)('in %s', (kind) => {
    tests(bench(kind), kind);
  });
}

/** Called outside of tests; ready for them, and cleaned up after them. */
export function bench(kind: Kind = 'DynamoDB'): Bench {
  const b = kind === 'DynamoDB' ? dynamoBench() : sqliteBench();
  beforeAll(() => b.open());
  beforeEach(() => b.reset());
  afterAll(() => b.close());
  return b;
}

interface OwnBench extends Bench {
  open(): Promise<void>;
  close(): Promise<void>;
}

function dynamoBench(): OwnBench {
  let database: LocalDynamoDb;
  let client: DynamoDBClient;
  let documents: DynamoDBDocumentClient;
  let store: TableStore;
  const clock = standingClock();
  const meter = newMeter();
  let tables = 0;
  const table = (): string => `store-${tables}`;
  const another = (): TableStore => {
    const inner = new DynamoTable({ name: table(), clock, client, chance: chance() });
    return new TableStore({ table: faulty(inner, meter), clock });
  };
  return {
    get store() {
      return store;
    },
    get database() {
      return database;
    },
    get client() {
      return client;
    },
    clock,
    meter,
    table,
    name: () => `table ${table()}`,
    another,
    put: async (Item) => void (await documents.send(new PutCommand({ TableName: table(), Item }))),
    item: async (pk, sk) => (await documents.send(new GetCommand({ TableName: table(), Key: { pk, sk } }))).Item,
    reset: async () => {
      tables += 1;
      begin(clock, meter);
      await database.createTable(table());
      store = another();
    },
    open: async () => {
      database = await startDynamoDb();
      client = clientFor(database.url);
      documents = DynamoDBDocumentClient.from(client);
    },
    close: async () => {
      client.destroy();
      await database.close();
    },
  };
}

function sqliteBench(): OwnBench {
  let folder = '';
  let store: TableStore;
  const clock = standingClock();
  const meter = newMeter();
  const open: SqliteTable[] = [];
  let files = 0;
  const file = (): string => join(folder, `${files}.db`);
  const opened = (): SqliteTable => {
    const table = new SqliteTable({ file: file(), clock });
    open.push(table);
    return table;
  };
  const close = (): void => {
    for (const table of open.splice(0)) table.close();
  };
  const another = (): TableStore => new TableStore({ table: faulty(opened(), meter), clock });
  return {
    get store() {
      return store;
    },
    get database(): LocalDynamoDb {
      return none();
    },
    get client(): DynamoDBClient {
      return none();
    },
    clock,
    meter,
    table: none,
    name: () => `file ${file()}`,
    another,
    put: async (item) => {
      const { pk, sk, expiresAt } = item;
      const database = new DatabaseSync(file());
      database
        .prepare('INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?)')
        .run(String(pk), String(sk), JSON.stringify(item), typeof expiresAt === 'number' ? expiresAt : null);
      database.close();
    },
    item: async (pk, sk) => opened().get(pk, sk),
    reset: () => {
      close();
      files += 1;
      begin(clock, meter);
      store = another();
      return Promise.resolve();
    },
    open: () => {
      folder = mkdtempSync(join(tmpdir(), 'banap-store-'));
      return Promise.resolve();
    },
    close: () => {
      close();
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    },
  };
}

function none(): never {
  throw new Error('there is no DynamoDB here');
}

function begin(clock: Bench['clock'], meter: Meter): void {
  clock.time = NOON;
  clock.slept = [];
  meter.failures.length = 0;
}

export function clientFor(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'SecretExample' };
  return new DynamoDBClient({ endpoint, region: 'ap-northeast-2', credentials, maxAttempts: 2 });
}

/** Sleeps are recorded, and a hundred times shorter. */
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
  return {
    account: 'default',
    requestId,
    owner: `of-${requestId}`,
    servers,
    claimedUntil,
    refusal: () => null,
    ...more,
  };
}

/** At most so many servers a day. */
export function atMost(most: number): AdmissionRequest['refusal'] {
  return (_mine, today) =>
    today.length > most ? saying(`${today.length} servers today; expected at most ${most}`) : null;
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
    reason: saying('its time has come'),
    ...more,
  };
}

/** As it is read back. */
export function entryOf(record: AuditRecord): AuditEntry {
  const { reason, code } = reasonData(record.reason, 'Asia/Seoul');
  return { ...record, reason, code };
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** The error that a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<StoreError> {
  return promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: StoreError) => error,
  );
}
