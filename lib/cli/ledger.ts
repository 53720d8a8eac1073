import { systemClock } from '../clock.ts';
import { ConfigError, type Environment } from '../ncloud/config.ts';
import { dynamoStore } from '../store/dynamo-store.ts';
import type { Store } from '../store/store.ts';

/** The ledger of the table that the environment names. Throws a ConfigError where it names none. */
export function ledgerFrom(env: Environment): Store {
  return dynamoStore({ table: tableFrom(env), clock: systemClock });
}

/** The name of banap's table. Throws a ConfigError where there is none. */
export function tableFrom(env: Environment): string {
  const table = env['BANAP_TABLE'] ?? '';
  const expected = "expected the name of banap's DynamoDB table, for example banap-dev";
  if (table === '') throw new ConfigError(`BANAP_TABLE is not set; ${expected}`);
  if (!/^[\w.-]{3,255}$/.test(table)) throw new ConfigError(`BANAP_TABLE is ${JSON.stringify(table)}; ${expected}`);
  return table;
}
