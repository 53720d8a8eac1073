import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { ConfigError, type Environment, type NcloudConfig, ncloudConfig } from '../ncloud/config.ts';
import { DEFAULT_POLL_SECONDS } from '../termination/bounds.ts';
import type { Retry } from '../termination/engine.ts';

/** The function's environment, as `serverless.yml` sets it. */
export interface LambdaSettings {
  ncloud: NcloudConfig;
  /** Secrets Manager id of the NCP keys. */
  ncloudSecretId: string;
  /** Secrets Manager id of the webhook's URL and secret; empty when no report is sent. */
  reportWebhookSecretId: string;
  pollSeconds: number;
  deliveryRetry: Retry;
}

export function lambdaSettings(env: Environment): LambdaSettings {
  const ncloudSecretId = env['NCLOUD_SECRET_ID'] ?? '';
  if (ncloudSecretId === '') {
    throw new ConfigError('NCLOUD_SECRET_ID is not set; expected the name of a secret such as banap/dev/ncloud');
  }
  return {
    ncloud: ncloudConfig(env),
    ncloudSecretId,
    reportWebhookSecretId: env['REPORT_WEBHOOK_SECRET_ID'] ?? '',
    pollSeconds: whole(env, 'BANAP_POLL_SECONDS', DEFAULT_POLL_SECONDS),
    // About an hour and a half with the default of 15 seconds; waiting costs nothing here.
    deliveryRetry: {
      attempts: 8,
      firstDelaySeconds: whole(env, 'BANAP_DELIVERY_RETRY_SECONDS', 15),
      maxDelaySeconds: 1_800,
    },
  };
}

/** Names the execution: the same on every replay, and what an operator finds in the console. */
export function startedBy(context: DurableContext): string {
  const arn = context.executionContext.durableExecutionArn;
  return arn.split('/').slice(-2).join('/') || arn;
}

function whole(env: Environment, name: string, fallback: number): number {
  const given = env[name];
  if (given === undefined || given === '') return fallback;
  const value = Number(given);
  if (!Number.isSafeInteger(value) || value < 1 || value > 3_600) {
    throw new ConfigError(`${name} is ${JSON.stringify(given)}; expected whole seconds from 1 to 3600`);
  }
  return value;
}
