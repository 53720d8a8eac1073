import { systemClock } from '../clock.ts';
import type { ClientOptions } from '../ncloud/client.ts';
import { ConfigError, type Environment, ncloudConfig } from '../ncloud/config.ts';
import { dynamoStore } from '../store/named-store.ts';
import { sharedStore, sqliteStore } from '../store/sqlite-store.ts';
import type { TableStore } from '../store/store.ts';
import type { Io } from './io.ts';
import { filesOfOtherKeys, sharedFile, stateFile, stateFolder } from './state-file.ts';

/**
 * The store of an account: the table that the environment names, or else a file on this machine. Throws ConfigError and
 * StoreError; a command that does not know the holds must not act.
 */
async function openStore(
  { account, keys }: { account: string; keys: () => Promise<ClientOptions['keys']> | ClientOptions['keys'] },
  { env, stderr }: Pick<Io, 'env' | 'stderr'>,
): Promise<TableStore> {
  if (env['BANAP_TABLE']) return dynamoStore({ table: tableFrom(env), clock: systemClock });
  const { accessKey } = await (await keys()).current();
  const id = { account, gateway: ncloudConfig(env).endpoint, accessKey };
  const folder = stateFolder(env);
  const file = stateFile(folder, id);
  for (const other of filesOfOtherKeys(folder, id)) {
    const way = `if both are of the same NCP account, rename it to ${file}`;
    stderr.write(`this access key was not used here before; the holds in ${other} do not count: ${way}\n`);
  }
  return sqliteStore({ file, shared: sharedFile(folder), clock: systemClock });
}

/** The store for everything that concerns all accounts: pauses. It needs no keys of NCP. */
export async function withSharedStore<T>(
  { env }: Pick<Io, 'env'>,
  work: (store: Pick<TableStore, 'pauses' | 'allPauses' | 'pause' | 'resume'>) => Promise<T>,
): Promise<T> {
  const store = env['BANAP_TABLE']
    ? dynamoStore({ table: tableFrom(env), clock: systemClock })
    : sharedStore({ shared: sharedFile(stateFolder(env)), clock: systemClock });
  return closing(store, work);
}

/** Open the store of an account for one piece of work. */
export async function withStore<T>(
  of: Parameters<typeof openStore>[0],
  io: Pick<Io, 'env' | 'stderr'>,
  work: (store: TableStore) => Promise<T>,
): Promise<T> {
  return closing(await openStore(of, io), work);
}

async function closing<T>(store: TableStore, work: (store: TableStore) => Promise<T>): Promise<T> {
  try {
    return await work(store);
  } finally {
    store.disconnect();
  }
}

/** The name of banap's table. Throws a ConfigError where there is none. */
export function tableFrom(env: Environment): string {
  const table = env['BANAP_TABLE'] ?? '';
  const expected = "expected the name of banap's DynamoDB table, for example banap-dev";
  if (table === '') throw new ConfigError(`BANAP_TABLE is not set; ${expected}`);
  if (!/^[\w.-]{3,255}$/.test(table)) throw new ConfigError(`BANAP_TABLE is ${JSON.stringify(table)}; ${expected}`);
  return table;
}
