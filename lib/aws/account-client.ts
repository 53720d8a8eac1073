import { chance } from '../chance.ts';
import { systemClock } from '../clock.ts';
import { NcloudClient } from '../ncloud/client.ts';
import type { NcloudConfig } from '../ncloud/config.ts';
import { Limiter } from '../ncloud/limiter.ts';
import { ncloudKeysSchema } from './secret-schemas.ts';
import type { SecretStore } from './secrets.ts';

/** Calls of one account are paced together, whichever invocation they belong to. By secret id. */
const limiters = new Map<string, Limiter>();

/**
 * One for each invocation. A handler that is suspended never reaches its `finally`, but the client's idle connections
 * close by themselves. A client that outlived the invocation would wake up with dead connections.
 */
export function accountClient(config: NcloudConfig, secretId: string, secrets: SecretStore): NcloudClient {
  return new NcloudClient({
    ...config,
    clock: systemClock,
    chance: chance(),
    limiter: limiterFor(config, secretId),
    keys: {
      current: () => secrets.read(secretId, ncloudKeysSchema),
      fresh: () => secrets.readFresh(secretId, ncloudKeysSchema),
    },
  });
}

function limiterFor({ callsPerSecond }: NcloudConfig, secretId: string): Limiter {
  const limiter = limiters.get(secretId) ?? new Limiter({ clock: systemClock, chance: chance(), callsPerSecond });
  limiters.set(secretId, limiter);
  return limiter;
}
