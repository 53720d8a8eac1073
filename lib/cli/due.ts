/** `banap due`: which servers tags will end and when, and which tags banap cannot understand. */

import { zonedAndUtc } from '../calendar/shown.ts';
import { systemClock } from '../clock.ts';
import { configOf, ncloudConfig } from '../ncloud/config.ts';
import { policyNamed } from '../policies/resolve.ts';
import type { Policies } from '../policies/schema.ts';
import { table } from '../reports/table.ts';
import { type Environment } from '../termination/model.ts';
import { type Due, dueList } from '../termination/planning/due.ts';
import { RequestError } from '../termination/request.ts';
import { DEFAULT_TAG_KEYS, DEFAULT_TIMEZONE } from '../termination/rules.ts';
import { noteData } from '../wording/reason-data.ts';
import { inEnglish } from '../wording/say.ts';
import { keysOf } from './account-keys.ts';
import type { Io } from './io.ts';
import { openNcp } from './ncp.ts';
import { policiesHere } from './policies-file.ts';

export interface DueOptions {
  policy?: string;
  /** Path of the policies file. */
  policies?: string;
  account?: string;
  environment?: Environment;
  region?: string;
  json: boolean;
}

/** Returns the exit code: 2 where something is unclear. */
export async function dueCommand(options: DueOptions, io: Io): Promise<number> {
  const policies = await policiesHere(options.policies, systemClock.now());
  const place = placeFrom(options, policies, io);
  const { account, environment, region, timezone } = place;
  const keys = keysOf(account, policies?.accounts, { env: io.env, clock: systemClock });
  const ncp = openNcp({ environment, region }, { keys, settings: policies?.accounts?.[account] }, io);
  try {
    const servers = await ncp.cloud.allServers();
    const tagsOf = await ncp.cloud.tags(servers.map((server) => server.serverInstanceNo));
    const tagKeys = policies?.tags ?? DEFAULT_TAG_KEYS;
    const due = dueList(servers, tagsOf, { tagKeys, timezone }, systemClock.now());
    const text = options.json ? dueJson(due, place) : dueText(due, place, io.stdout.columns);
    io.stdout.write(`${text}\n`);
    return due.some((one) => one.state === 'unclear') ? 2 : 0;
  } finally {
    await ncp.close();
  }
}

interface Place {
  account: string;
  environment: Environment;
  region: string;
  timezone: string;
}

function placeFrom(options: DueOptions, policies: Policies | undefined, { env }: Io): Place {
  const { policy: name, account = 'default', environment = 'vpc' } = options;
  if (name === undefined) {
    const config = configOf(ncloudConfig(env), policies?.accounts?.[account]);
    const region = (options.region ?? config.region).toUpperCase();
    return { account, environment, region, timezone: DEFAULT_TIMEZONE };
  }
  if (options.account ?? options.environment ?? options.region) {
    throw new RequestError([`policy ${name} says where; leave --account, --environment and --region out`]);
  }
  const { select, timezone } = policyNamed(policies?.policies ?? {}, name);
  return { account: select.account, environment: select.environment, region: select.region, timezone };
}

function dueJson(due: readonly Due[], place: Place): string {
  const told = (one: Due): object[] => one.attention.map((reason) => noteData(reason, place.timezone));
  return JSON.stringify({ ...place, servers: due.map((one) => ({ ...one, attention: told(one) })) });
}

function dueText(due: readonly Due[], { environment, region, timezone }: Place, columns = 100): string {
  if (due.length === 0) return `no tag ends a server of ${environment} ${region}`;
  const rows = due.map((one) => [one.serverInstanceNo, one.serverName, one.state, saidOf(one, timezone)]);
  const counts = Object.entries(Object.groupBy(due, (one) => one.state)).map(
    ([state, some]) => `${some.length} ${state}`,
  );
  return `${table(['server', 'name', 'state', 'what its tags say'], rows, columns)}\n${environment} ${region}: ${counts.join(', ')}`;
}

function saidOf(one: Due, timezone: string): string {
  const moment = (at: string): string => zonedAndUtc(Date.parse(at), timezone);
  const kept = one.keptUntil === '' ? 'kept' : `kept until ${moment(one.keptUntil)}`;
  return [
    ...one.attention.map((reason) => inEnglish(reason, timezone)),
    ...(one.state === 'kept' ? [`${kept}${one.keptBecause === '' ? '' : `: ${one.keptBecause}`}`] : []),
    ...(one.endsAt === ''
      ? []
      : [`${one.endsBy}: ${one.state === 'kept' ? 'would end' : 'ends'} ${moment(one.endsAt)}`]),
    ...(one.isProtected ? ['protected, so it stays'] : []),
  ].join('; ');
}
