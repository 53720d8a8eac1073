import { chance } from '../chance.ts';
import { systemClock } from '../clock.ts';
import { NcloudClient } from '../ncloud/client.ts';
import type { NcloudConfig } from '../ncloud/config.ts';
import { ncloudKeysSchema } from './secret-schemas.ts';
import type { SecretStore } from './secrets.ts';

/**
 * One for each invocation. A handler that is suspended never reaches its `finally`, but the client's idle connections
 * close by themselves. A client that outlived the invocation would wake up with dead connections.
 */
export function accountClient(config: NcloudConfig, secretId: string, secrets: SecretStore): NcloudClient {
  return new NcloudClient({
    ...config,
    clock: systemClock,
    chance: chance(),
    keys: {
      current: () => secrets.read(secretId, ncloudKeysSchema),
      fresh: () => secrets.readFresh(secretId, ncloudKeysSchema),
    },
  });
}
