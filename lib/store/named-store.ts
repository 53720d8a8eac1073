import { fileURLToPath } from 'node:url';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { chance as anyChance, type Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { DynamoTable } from './dynamo-table.ts';
import { SqliteTable } from './sqlite-table.ts';
import { TableStore } from './store.ts';

/** Kept open, because a store opened for each invocation would stay open until it is garbage-collected. */
const opened = new Map<string, TableStore>();

/**
 * The store in the table that `BANAP_TABLE` names: one of DynamoDB, or the SQLite file of a `file:` URL, as on a machine that
 * has no AWS. No table of DynamoDB has a colon in its name. Throws StoreError if the file cannot be opened.
 */
export function namedStore({ table, clock }: { table: string; clock: Clock }): TableStore {
  if (!table.startsWith('file:')) return dynamoStore({ table, clock });
  const store =
    opened.get(table) ?? new TableStore({ table: new SqliteTable({ file: fileURLToPath(table), clock }), clock });
  opened.set(table, store);
  return store;
}

/** The store in a DynamoDB table of this name. */
export function dynamoStore(options: {
  table: string;
  clock: Clock;
  client?: DynamoDBClient;
  chance?: Chance;
}): TableStore {
  const { table: name, clock, client, chance = anyChance() } = options;
  return new TableStore({ table: new DynamoTable({ name, clock, chance, client }), clock, chance });
}
