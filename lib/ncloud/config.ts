/**
 * Where NCP is and with which keys, under the names that NCP's own tools use: `NCLOUD_ACCESS_KEY`, `NCLOUD_SECRET_KEY`
 * (their SDKs' longer forms too), `NCLOUD_API_GW`, `NCLOUD_REGION`, and the file `~/.ncloud/configure` of NCP's CLI.
 */

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_FRESH_SECONDS, MOST_FRESH_SECONDS } from '../termination/decision/bounds.ts';
import type { Environment as Platform } from '../termination/model.ts';
import { defaultRegion, ENVIRONMENTS, SITE_NAMES, type Site } from '../termination/sites.ts';
import { decodeUtf8 } from '../text/utf8.ts';
import { GUESSES, UNTAGGED, type Untagged } from './guesses.ts';
import type { Keys } from './sign.ts';
import { DEFAULT_LIMITS, type TransportLimits } from './transport-limits.ts';

/** Hosts of NCP's three clouds. Sources: NCP's Terraform provider and Go SDK; its pages on Resource Manager. */
const SITES = {
  public: { gateway: 'https://ncloud.apigw.ntruss.com', resourceManager: 'https://resourcemanager.apigw.ntruss.com' },
  gov: {
    gateway: 'https://ncloud.apigw.gov-ntruss.com',
    resourceManager: 'https://resourcemanager.apigw.gov-ntruss.com',
  },
  fin: {
    gateway: 'https://fin-ncloud.apigw.fin-ntruss.com',
    // As third parties write it; no page of NCP about it was found.
    resourceManager: 'https://resourcemanager.apigw.fin-ntruss.com',
  },
} as const satisfies Record<Site, { gateway: string; resourceManager: string }>;

export interface NcloudConfig {
  endpoint: string;
  /** Scheme, host and port of Resource Manager, which keeps the tags of VPC servers. */
  resourceManager: string;
  region: string;
  /** The platforms that the account has. */
  environments: readonly Platform[];
  format: 'xml' | 'json';
  limits: TransportLimits;
  /** Undefined: it is found out. */
  callsPerSecond: number | undefined;
  /** How Resource Manager shows that a VPC server has no tags. */
  untagged: readonly Untagged[];
}

/** A setting that is missing or wrong. The message is one sentence with the setting's name, never its secret value. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

export function ncloudConfig(env: Environment): NcloudConfig {
  const endpoint = originFrom(env, 'NCLOUD_API_GW') ?? SITES[siteNameFrom(env)].gateway;
  return {
    endpoint,
    resourceManager: originFrom(env, 'NCLOUD_RESOURCE_MANAGER_API_GW') ?? resourceManagerOf(endpoint),
    region: env['NCLOUD_REGION'] || defaultRegion(siteAt(endpoint) ?? siteNameFrom(env)),
    environments: someOf(env, 'NCLOUD_ENVIRONMENTS', ENVIRONMENTS, ENVIRONMENTS),
    format: oneOf(env, 'NCLOUD_RESPONSE_FORMAT', ['xml', 'json'], 'xml'),
    limits: {
      ...DEFAULT_LIMITS,
      connectMs: seconds(env, 'NCLOUD_CONNECT_TIMEOUT_SECONDS', DEFAULT_LIMITS.connectMs),
      headersMs: seconds(env, 'NCLOUD_TIMEOUT_SECONDS', DEFAULT_LIMITS.headersMs),
      bodyMs: seconds(env, 'NCLOUD_TIMEOUT_SECONDS', DEFAULT_LIMITS.bodyMs),
      totalMs: seconds(env, 'NCLOUD_TOTAL_TIMEOUT_SECONDS', DEFAULT_LIMITS.totalMs),
    },
    untagged: someOf(env, 'NCLOUD_UNTAGGED', UNTAGGED, GUESSES.untagged),
    callsPerSecond: env['NCLOUD_CALLS_PER_SECOND'] ? positive(env, 'NCLOUD_CALLS_PER_SECOND', 0) : undefined,
  };
}

/** Keys from the environment, else from the file. Lambda does not use this: there they come from Secrets Manager. */
export function ncloudKeys(env: Environment, file: string = join(homedir(), '.ncloud', 'configure')): Keys {
  const stored = readConfigure(file);
  const accessKey = env['NCLOUD_ACCESS_KEY'] || env['NCLOUD_ACCESS_KEY_ID'] || stored.get('ncloud_access_key_id');
  const secretKey =
    env['NCLOUD_SECRET_KEY'] || env['NCLOUD_SECRET_ACCESS_KEY'] || stored.get('ncloud_secret_access_key');
  const missing = [accessKey ? '' : 'NCLOUD_ACCESS_KEY', secretKey ? '' : 'NCLOUD_SECRET_KEY'].filter(
    (name) => name !== '',
  );
  if (!accessKey || !secretKey) {
    throw new ConfigError(
      `${missing.join(' and ')} not set: expected both in the environment, or ncloud_access_key_id and ncloud_secret_access_key in ${file}`,
    );
  }
  for (const [name, key] of Object.entries({ 'access key': accessKey, 'secret key': secretKey })) {
    // The keys are sent, or sign what is sent, in HTTP headers.
    if (/[^\x21-\x7e]/.test(key)) {
      throw new ConfigError(
        `the NCP ${name} holds white space or letters that no key has; expected it as NCP shows it`,
      );
    }
  }
  return { accessKey, secretKey };
}

/** `BANAP_FRESH_SECONDS`: how old a reading may be when banap acts on it. */
export function freshSecondsFrom(env: Environment): number {
  const given = env['BANAP_FRESH_SECONDS'];
  if (given === undefined || given === '') return DEFAULT_FRESH_SECONDS;
  const value = Number(given);
  if (Number.isSafeInteger(value) && value >= 1 && value <= MOST_FRESH_SECONDS) return value;
  throw new ConfigError(
    `BANAP_FRESH_SECONDS is ${JSON.stringify(given)}; expected whole seconds from 1 to ${MOST_FRESH_SECONDS}, for example 5`,
  );
}

/** Names of a list with commas between them. */
function someOf<T extends string>(
  env: Environment,
  name: string,
  known: readonly T[],
  fallback: readonly T[],
): readonly T[] {
  const given = env[name];
  if (given === undefined || given === '') return fallback;
  const named = given.split(',').map((one) => known.find((each) => each === one.trim().toLowerCase()));
  if (!named.includes(undefined)) return [...new Set(named.flatMap((one) => one ?? []))];
  const example = known.slice(0, 2).join(',');
  throw new ConfigError(
    `${name} is ${JSON.stringify(given)}; expected one or more of ${known.join(', ')} with commas between them, for example ${example}`,
  );
}

/**
 * The same for an account that may be in another of NCP's clouds. An endpoint that is none of NCP's own, such as a simulator,
 * stays.
 */
export function configOf<Config extends NcloudConfig>(
  config: Config,
  of: { site?: Site | undefined; environments?: readonly Platform[] | undefined } = {},
): Config {
  const { site, environments = config.environments } = of;
  const before = siteAt(config.endpoint);
  if (site === undefined || before === undefined || before === site) return { ...config, environments };
  const { gateway: endpoint, resourceManager } = SITES[site];
  return { ...config, environments, endpoint, resourceManager, region: defaultRegion(site) };
}

function siteNameFrom(env: Environment): Site {
  return oneOf(env, 'NCLOUD_SITE', SITE_NAMES, 'public');
}

function siteAt(endpoint: string): Site | undefined {
  return SITE_NAMES.find((name) => SITES[name].gateway === endpoint);
}

/** NCP's own gateway has a separate Resource Manager; any other endpoint, such as a simulator, serves both. */
function resourceManagerOf(endpoint: string): string {
  const site = siteAt(endpoint);
  return site === undefined ? endpoint : SITES[site].resourceManager;
}

/** Scheme, host and port, if set. Plain HTTP only on this machine: replies decide what is terminated. */
function originFrom(env: Environment, name: string): string | undefined {
  const given = env[name];
  if (given === undefined || given === '') return undefined;
  const expected = 'expected scheme, host and port, for example https://ncloud.apigw.ntruss.com';
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    throw new ConfigError(`${name} is not a URL; ${expected}`);
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new ConfigError(`${name} holds more than an origin; ${expected}`);
  }
  const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)) {
    throw new ConfigError(`${name} must use https, except on this machine; ${expected}`);
  }
  return url.origin;
}

/** `[DEFAULT]` and `key = value` lines. A file that is not there holds nothing; one that cannot be read is an error. */
function readConfigure(file: string): Map<string, string> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw new ConfigError(`${file} cannot be read`);
  }
  const decoded = decodeUtf8(bytes);
  if (!decoded.ok) throw new ConfigError(`${file}:${decoded.line}:${decoded.column} ${decoded.problem}`);
  const values = new Map<string, string>();
  let section = 'DEFAULT';
  for (const line of decoded.text.split(/\r?\n/)) {
    section = /^\s*\[(.+)\]\s*$/.exec(line)?.[1] ?? section;
    const [, key, value] = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (section === 'DEFAULT' && key !== undefined && value) values.set(key, value);
  }
  return values;
}

function oneOf<T extends string>(env: Environment, name: string, allowed: readonly T[], fallback: T): T {
  const given = env[name];
  if (given === undefined || given === '') return fallback;
  const found = allowed.find((value) => value === given.toLowerCase());
  if (found === undefined)
    throw new ConfigError(`${name} is ${JSON.stringify(given)}; expected ${allowed.join(' or ')}`);
  return found;
}

function seconds(env: Environment, name: string, fallbackMs: number): number {
  return positive(env, name, fallbackMs / 1000) * 1000;
}

function positive(env: Environment, name: string, fallback: number): number {
  const given = env[name];
  if (given === undefined || given === '') return fallback;
  const value = Number(given);
  if (!(value > 0 && value <= 100_000))
    throw new ConfigError(`${name} is ${JSON.stringify(given)}; expected a number above 0`);
  return value;
}
