import { chance } from '../chance.ts';
import { systemClock } from '../clock.ts';
import { type ClientOptions, NcloudClient } from '../ncloud/client.ts';
import { NcloudCloud } from '../ncloud/cloud.ts';
import { configOf, ncloudConfig } from '../ncloud/config.ts';
import { Limiter } from '../ncloud/limiter.ts';
import type { Policies } from '../policies/schema.ts';
import type { Scope } from '../termination/model.ts';
import type { Io } from './io.ts';

interface OpenNcp {
  cloud: NcloudCloud;
  /** The same, but not ended by Ctrl-C, so that lifted protection is put back. */
  afterwards: NcloudCloud;
  /** The first look is done: progress is shown in another way from now on. */
  isRead(): void;
  close(): Promise<void>;
}

/** What is known of an account: its keys, and what `policies.yml` says of it. */
export interface OfAccount {
  keys: ClientOptions['keys'];
  settings: NonNullable<Policies['accounts']>[string] | undefined;
}

/** NCP for a command. It shows where it looks, and after two seconds that it is still reading. */
export function openNcp(scope: Scope, { keys, settings }: OfAccount, { env, stderr, signal }: Io): OpenNcp {
  const config = configOf(ncloudConfig(env), settings);
  let calls = 0;
  const dice = { clock: systemClock, chance: chance() };
  const common = { ...config, ...dice, keys, limiter: new Limiter({ ...dice, callsPerSecond: config.callsPerSecond }) };
  const uninterrupted = new NcloudClient(common);
  const client = new NcloudClient({
    ...common,
    signal,
    onCall: () => {
      calls += 1;
    },
    onRetry: (error, delayMs) => stderr.write(`${error.message}; again in ${Math.ceil(delayMs / 1000)} s\n`),
  });
  stderr.write(`looking at ${scope.environment} ${scope.region} at ${config.endpoint}\n`);
  const reading = setInterval(() => stderr.write(`reading: ${calls} calls so far\n`), 2_000);
  return {
    cloud: new NcloudCloud(client, scope, config.environments),
    afterwards: new NcloudCloud(uninterrupted, scope, config.environments),
    isRead: () => clearInterval(reading),
    close: async () => {
      clearInterval(reading);
      await Promise.all([client.close(), uninterrupted.close()]);
    },
  };
}
