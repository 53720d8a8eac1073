import { askWithSdk } from '../aws/ask-secret.ts';
import { ncloudKeysSchema } from '../aws/secret-schemas.ts';
import { SecretStore } from '../aws/secrets.ts';
import type { Clock } from '../clock.ts';
import type { ClientOptions } from '../ncloud/client.ts';
import { ConfigError, type Environment, ncloudKeys } from '../ncloud/config.ts';
import type { Policies } from '../policies/schema.ts';

/**
 * The keys of an account. Keys in the environment belong to the only account, or to the one that
 * `NCLOUD_ACCOUNT` names. The keys of other accounts come from the secret that `policies.yml` names, so that banap never
 * looks for the servers of one account with the keys of another.
 */
export function keysOf(
  account: string,
  accounts: Policies['accounts'],
  { env, clock }: { env: Environment; clock: Clock },
): ClientOptions['keys'] {
  const known = Object.keys(accounts ?? { default: '' });
  const owner = env['NCLOUD_ACCOUNT'] || (known.length === 1 ? known[0] : undefined);
  if (owner !== undefined && !known.includes(owner)) {
    throw new ConfigError(`NCLOUD_ACCOUNT is ${JSON.stringify(owner)}; expected one of ${known.join(', ')}`);
  }
  if (owner === account) {
    const keys = ncloudKeys(env);
    return { current: () => Promise.resolve(keys), fresh: () => Promise.resolve(keys) };
  }
  const secretId = accounts?.[account]?.secret;
  if (secretId === undefined) {
    throw new ConfigError(`there is no account ${JSON.stringify(account)}; expected one of ${known.join(', ')}`);
  }
  const secrets = new SecretStore({ ask: askWithSdk(), clock });
  return {
    current: () => secrets.read(secretId, ncloudKeysSchema),
    fresh: () => secrets.readFresh(secretId, ncloudKeysSchema),
  };
}
