import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { chance as anyChance, type Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { DynamoTable } from './dynamo-table.ts';
import { TableStore } from './store.ts';

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
