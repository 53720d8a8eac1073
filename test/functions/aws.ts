import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { vi } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { type LocalDynamoDb, startDynamoDb } from '../../lib/dev/dynamodb.ts';
import { type LocalReceiver, startReceiver } from '../../lib/dev/receiver.ts';
import { type LocalSecretsManager, startSecretsManager } from '../../lib/dev/secrets-manager.ts';
import { dynamoStore } from '../../lib/store/named-store.ts';
import type { TableStore } from '../../lib/store/store.ts';

export const TABLE = 'banap-functions';
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** What a function has around it in AWS, on this machine, and its settings in the environment. */
export interface Aws {
  receiver: LocalReceiver;
  secrets: LocalSecretsManager;
  table: LocalDynamoDb;
  store: TableStore;
  /** What functions wrote to the console, as JSON. */
  log: string[];
  /** Other policies, as a later deployment brings them. */
  deploy(policies: object): void;
  close(): Promise<void>;
}

export async function startAws(policies: object): Promise<Aws> {
  const folder = mkdtempSync(join(tmpdir(), 'banap-functions-'));
  const file = join(folder, 'policies.json');
  const deploy = (changed: object): void => writeFileSync(file, JSON.stringify(changed));
  deploy(policies);
  const receiver = await startReceiver({ secret: WEBHOOK_SECRET });
  const webhook = JSON.stringify({ url: receiver.url, secret: WEBHOOK_SECRET });
  const secrets = await startSecretsManager({ secrets: { 'banap/test/webhook': webhook } });
  const table = await startDynamoDb();
  await table.createTable(TABLE);
  const settings = {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
    AWS_REGION: 'ap-northeast-2',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    REPORT_WEBHOOK_SECRET_ID: 'banap/test/webhook',
    NCLOUD_CALLS_PER_SECOND: '1000',
    BANAP_REPORT_ALLOW_HOSTS: '127.0.0.1',
    BANAP_POLL_SECONDS: '1',
    BANAP_DELIVERY_RETRY_SECONDS: '1',
    BANAP_TABLE: TABLE,
    BANAP_POLICIES: file,
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const log: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: unknown) => void log.push(JSON.stringify(line)));
  const client = new DynamoDBClient({});
  return {
    receiver,
    secrets,
    table,
    store: dynamoStore({ table: TABLE, clock: systemClock, client }),
    log,
    deploy,
    close: async () => {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
      client.destroy();
      rmSync(folder, { recursive: true });
      await Promise.all([receiver.close(), secrets.close(), table.close()]);
    },
  };
}
