import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { onTestFinished } from 'vitest';
import { DynamoLedger } from '../../lib/aws/ledger.ts';
import { chance } from '../../lib/chance.ts';
import type { Clock } from '../../lib/clock.ts';
import { type LocalDynamoDb, startDynamoDb } from '../../lib/local/dynamodb.ts';
import type { Hold } from '../../lib/termination/ledger.ts';

export interface Desk {
  table: LocalDynamoDb;
  ledger: DynamoLedger;
  close(): Promise<void>;
}

/** A table in the emulator and a ledger on it that lives by this clock; closed when the test is over. */
export async function startDesk(clock: Clock): Promise<Desk> {
  const desk = await openDesk(clock);
  onTestFinished(() => desk.close());
  return desk;
}

/** As {@link startDesk}, for those who start many in one test and close them themselves. */
export async function openDesk(clock: Clock): Promise<Desk> {
  const table = await startDynamoDb();
  await table.createTable('banap-test');
  const client = new DynamoDBClient({
    endpoint: table.url,
    region: 'ap-northeast-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  return {
    table,
    ledger: new DynamoLedger({ table: 'banap-test', clock, client, chance: chance(1) }),
    close: async () => {
      client.destroy();
      await table.close();
    },
  };
}

/** Somebody keeps 1001, for ever unless said otherwise. */
export function holdOn(serverInstanceNo: string, changes: Partial<Hold> = {}): Hold {
  return {
    serverInstanceNo,
    serverName: '',
    kind: 'keep',
    by: '김하나',
    reason: 'demo',
    at: '2026-03-01T00:00:00Z',
    until: '',
    ...changes,
  };
}
