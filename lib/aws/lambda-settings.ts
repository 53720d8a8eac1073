import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { ConfigError, type Environment, freshSecondsFrom, type NcloudConfig, ncloudConfig } from '../ncloud/config.ts';
import { DEFAULT_POLL_SECONDS } from '../termination/decision/bounds.ts';
import type { Retry } from '../termination/ports/engine.ts';

/** The environment of the function that terminates, as `serverless.yml` sets it. */
export interface LambdaSettings {
  ncloud: NcloudConfig;
  /** Secrets Manager id of the NCP keys of the account `default`. */
  ncloudSecretId: string;
  /** Secrets Manager id of the webhook's URL and secret; empty when no report is sent. */
  reportWebhookSecretId: string;
  /** Hosts in private networks to which reports may go. */
  reportAllowedHosts: readonly string[];
  /** DynamoDB table with holds, counts and the audit. There is no run without it. */
  table: string;
  /** The compiled policies. */
  policiesFile: string;
  pollSeconds: number;
  /** How old a reading may be when banap acts on it. */
  freshSeconds: number;
  deliveryRetry: Retry;
}

export function lambdaSettings(env: Environment): LambdaSettings {
  const required = requiredSettings(env, {
    NCLOUD_SECRET_ID: 'the name of a secret such as banap/dev/ncloud',
    ...COMMON_SETTINGS,
  });
  return {
    ncloud: ncloudConfig(env),
    ncloudSecretId: required.NCLOUD_SECRET_ID,
    reportWebhookSecretId: env['REPORT_WEBHOOK_SECRET_ID'] ?? '',
    reportAllowedHosts: reportAllowedHosts(env),
    table: required.BANAP_TABLE,
    policiesFile: required.BANAP_POLICIES,
    pollSeconds: whole(env, 'BANAP_POLL_SECONDS', DEFAULT_POLL_SECONDS),
    freshSeconds: freshSecondsFrom(env),
    // About an hour and a half with the default of 15 seconds; waiting costs nothing here.
    deliveryRetry: {
      attempts: 8,
      firstDelaySeconds: whole(env, 'BANAP_DELIVERY_RETRY_SECONDS', 15),
      maxDelaySeconds: 1_800,
    },
  };
}

/** What every function needs. */
export const COMMON_SETTINGS = {
  BANAP_TABLE: 'the name of a DynamoDB table such as banap-dev',
  BANAP_POLICIES: 'the path of the compiled policies, for example dist/policies.json',
} as const;

/** Names every missing setting in one sentence. `expected`: what each one should hold, by name. */
export function requiredSettings<Name extends string>(
  env: Environment,
  expected: Readonly<Record<Name, string>>,
): Record<Name, string> {
  const missing = Object.entries(expected).filter(([name]) => !env[name]);
  if (missing.length > 0) {
    throw new ConfigError(missing.map(([name, what]) => `${name} is not set; expected ${String(what)}`).join('; '));
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of `expected`, all of them set
  return Object.fromEntries(Object.keys(expected).map((name) => [name, env[name] ?? ''])) as Record<Name, string>;
}

/** Names the execution: the same on every replay, and shown in the console. */
export function startedBy(context: DurableContext): string {
  const arn = context.executionContext.durableExecutionArn;
  return arn.split('/').slice(-2).join('/') || arn;
}

/** `BANAP_REPORT_ALLOW_HOSTS`: none by default. */
export function reportAllowedHosts(env: Environment): string[] {
  const given = env['BANAP_REPORT_ALLOW_HOSTS'] ?? '';
  const hosts = allowedHostsIn(given);
  if (hosts !== undefined) return hosts;
  throw new ConfigError(
    `BANAP_REPORT_ALLOW_HOSTS is ${JSON.stringify(given)}; expected hosts with commas between them, for example hooks.example.internal,10.0.0.5`,
  );
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

/** `hooks.example.com,127.0.0.1`, normalized as in URLs; undefined if one of them is not a host. */
function allowedHostsIn(text: string): string[] | undefined {
  const hosts = text.split(',').map((one) => one.trim());
  const written = hosts.filter((one) => one !== '').map(hostOf);
  return written.includes(undefined) ? undefined : written.flatMap((one) => one ?? []);
}

function hostOf(text: string): string | undefined {
  const url = URL.parse(`https://${text}/`);
  if (url === null || url.href !== `https://${url.hostname}/`) return undefined;
  return url.hostname;
}
