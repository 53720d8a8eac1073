/** Turns what somebody typed into a request: either named servers, or the servers that a policy selects. */

import { chance } from '../chance.ts';
import { systemClock } from '../clock.ts';
import { configOf, ncloudConfig } from '../ncloud/config.ts';
import { requestFor } from '../policies/resolve.ts';
import type { Policies } from '../policies/schema.ts';
import { type Problem, RequestError, type TerminationRequest } from '../termination/request.ts';
import { DEFAULT_TAG_KEYS } from '../termination/rules.ts';
import type { Io } from './io.ts';

/** Throws {@link RequestError}. `policies`: undefined where this folder has none. */
export function requestFrom(
  options: TerminateOptions,
  mode: 'plan' | 'terminate',
  { env }: Pick<Io, 'env'>,
  policies: Policies | undefined,
): TerminationRequest {
  const { policy, server = [], name = [], reason = '' } = options;
  const order = { requestId: newRequestId(), trigger: 'cli' } as const;
  const known = policies ?? NO_POLICIES;
  const requestedBy = env['USER'] ?? '';
  if (policy === undefined) {
    const input = written(options, mode, { env, accounts: known.accounts });
    try {
      return requestFor({ ...order, ask: { kind: 'request', input } }, known);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      throw new RequestError(error.places.map((place) => inFlags(place, input)));
    }
  }
  const decided = OWN_WORDS.filter(([option]) => options[option] !== undefined);
  if (decided.length > 0) {
    const words = decided.map(([, word]) => word).join(', ');
    throw new RequestError([`${words}: policy ${policy} decides that; leave it out, or leave --policy out`]);
  }
  const ask = { policy, servers: [...new Set(server)], names: [...new Set(name)], mode, reason, requestedBy };
  return requestFor({ ...order, ask: { kind: 'policy', ask } }, known);
}

const NO_POLICIES: Policies = { version: 1, tags: DEFAULT_TAG_KEYS, policies: {} };

/** As whoever typed the options calls the places of a request. */
const FLAGS: Readonly<Record<string, string>> = {
  account: '--account',
  environment: '--environment',
  region: '--region',
  servers: '--server',
  names: '--name',
  storage: '--storage',
  publicIp: '--public-ip',
  'limits.maxServers': '--max-servers',
  'limits.maxPercent': '--max-percent',
  deadlineMinutes: '--deadline',
  reason: '--reason',
};

/** `--server "abc": expected digits only, for example 1088217`. */
function inFlags({ path, message }: Problem, input: object): string {
  const place = path.map(String).filter((part) => !/^[0-9]+$/.test(part));
  const flag = FLAGS[place.join('.')];
  const given = path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    input,
  );
  const value = typeof given === 'string' || typeof given === 'number' ? ` ${JSON.stringify(given)}` : '';
  const words = OF_THE_TERMINAL.find(([json]) => message.includes(json))?.[1] ?? message;
  return flag === undefined ? words : `${flag}${value}: ${words}`;
}

/** What is said in JSON to programs. */
const OF_THE_TERMINAL = [
  [
    '"servers": [',
    'name at least one server, for example banap plan dev-1, or a policy, for example banap plan --policy nightly-dev',
  ],
  ['a server number in quotes', 'expected a server number, digits only, for example 1088217'],
] as const;

/** Options that a policy sets. */
const OWN_WORDS = [
  ['account', '--account'],
  ['environment', '--environment'],
  ['region', '--region'],
  ['storage', '--storage'],
  ['publicIp', '--public-ip'],
  ['overrideProtection', '--override-protection'],
  ['maxServers', '--max-servers'],
  ['maxPercent', '--max-percent'],
  ['deadline', '--deadline'],
] as const;

/** Without a policy; the schema fills in the defaults. */
function written(
  options: TerminateOptions,
  mode: 'plan' | 'terminate',
  { env, accounts }: Pick<Io, 'env'> & Pick<Policies, 'accounts'>,
): object {
  const { server = [], name = [], account, environment = 'vpc', storage, publicIp, overrideProtection } = options;
  const { maxServers, maxPercent, deadline: deadlineMinutes, reason } = options;
  const config = configOf(ncloudConfig(env), accounts?.[account ?? 'default']);
  const region = (options.region ?? config.region).toUpperCase();
  return {
    account,
    environment,
    region,
    servers: server,
    names: name,
    mode,
    storage,
    publicIp,
    overrideProtection,
    limits: { maxServers, maxPercent },
    deadlineMinutes,
    reason,
    requestedBy: env['USER'] ?? '',
  };
}

/** Of the same request asked for again: who asks and why is of now. */
export function freshOrigin(
  mode: 'plan' | 'terminate',
  { reason }: Pick<TerminateOptions, 'reason'>,
  { env }: Pick<Io, 'env'>,
): Pick<TerminationRequest, 'requestId' | 'mode' | 'requestedBy'> & Partial<Pick<TerminationRequest, 'reason'>> {
  const asked = { requestId: newRequestId(), mode, requestedBy: env['USER'] ?? '' };
  return reason === undefined ? asked : { ...asked, reason };
}

function newRequestId(): string {
  const time = new Date(systemClock.now()).toISOString().replace(/[-:]|\.\d+/g, '');
  return `cli-${time}-${Math.floor(chance()() * 36 ** 4)
    .toString(36)
    .padStart(4, '0')}`;
}

/** The command line's options, as commander gives them; undefined: not given. */
export interface TerminateOptions {
  policy?: string;
  /** Path of the policies file. */
  policies?: string;
  account?: string;
  server?: string[];
  name?: string[];
  environment?: string;
  region?: string;
  storage?: string;
  publicIp?: string;
  overrideProtection?: boolean;
  maxServers?: number;
  maxPercent?: number;
  deadline?: number;
  pollSeconds: number;
  reason?: string;
  json: boolean;
  yes?: boolean;
  /** A file for the page of the run. */
  html?: string;
  /** Without progress. */
  quiet?: boolean;
  /** The id of a plan that is to be carried out exactly as it was shown. */
  plan?: string;
}
