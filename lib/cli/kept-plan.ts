/** Coming back to a plan: it is carried out exactly as it was shown, or what has changed since is said. */

import { inZone } from '../calendar/shown.ts';
import { systemClock } from '../clock.ts';
import type { Report } from '../reports/report.ts';
import { type KeptPlan, type KeptServer, PLAN_DAYS } from '../store/plans.ts';
import type { TableStore } from '../store/store.ts';
import { oneLine } from '../termination/one-line.ts';
import { StoreError } from '../termination/ports/store.ts';
import { RequestError, type TerminationRequest } from '../termination/request.ts';
import { groupOf, type ServerGroup } from '../termination/status/server-groups.ts';
import type { TerminateOptions } from './asking.ts';
import type { Io } from './io.ts';

type Plans = Pick<TableStore, 'plans'>;

/** Options that say what to plan: the kept plan says it. `--account` says where the plan is kept. */
const SAID_BY_PLAN = {
  policy: '--policy',
  server: '--server',
  name: '--name',
  environment: '--environment',
  region: '--region',
  storage: '--storage',
  publicIp: '--public-ip',
  overrideProtection: '--override-protection',
  maxServers: '--max-servers',
  maxPercent: '--max-percent',
  deadline: '--deadline',
} as const satisfies Partial<Record<keyof TerminateOptions, string>>;

/** The options that contradict a kept plan. Throws {@link RequestError} with all of them. */
export function refuseOtherWords(flag: string, options: TerminateOptions): void {
  const given = Object.entries(SAID_BY_PLAN).filter(([option]) => Reflect.get(options, option) !== undefined);
  if (given.length === 0) return;
  const words = given.map(([, word]) => word).join(', ');
  throw new RequestError([`${words}: ${flag} says that; leave it out, or make a new plan`]);
}

/** Throws {@link RequestError} where there is no such plan. */
export async function keptPlan(hash: string, account: string, { plans }: Plans): Promise<KeptPlan> {
  if (!/^[0-9a-f]{16}$/.test(hash)) {
    const expected = 'expected the 16 characters that "plan" prints, for example fd43a301fbf0d47a';
    throw new RequestError([`${JSON.stringify(oneLine(hash, 40))} is not the id of a plan; ${expected}`]);
  }
  const kept = await plans.of(account, hash);
  if (kept !== undefined) return kept;
  const why = `plans are kept for ${PLAN_DAYS} days, for the account that they were made for (--account)`;
  throw new RequestError([`there is no plan ${hash}; ${why}; make a new one with "plan"`]);
}

/** If it cannot be kept, the plan is shown all the same, and says so. Returns whether it was kept. */
export async function keepPlan(
  { plan }: Report,
  { request, policiesFile }: { request: TerminationRequest; policiesFile: string },
  { plans }: Plans,
  { stderr }: Pick<Io, 'stderr'>,
): Promise<boolean> {
  if (plan === null) return false;
  const { hash, createdAt, servers } = plan;
  try {
    await plans.keep({ hash, createdAt, request, policiesFile, servers });
    return true;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    stderr.write(`the plan was not kept: ${error.message}\n`);
    return false;
  }
}

/** What has changed since a plan was made, one line for each server; empty where nothing has. */
export function differences(kept: KeptPlan, now: Report): string[] {
  const before = new Map(kept.servers.map((server) => [server.serverInstanceNo, server]));
  const after = new Map((now.plan?.servers ?? []).map((server) => [server.serverInstanceNo, server]));
  const gone = [...before.values()].filter((server) => !after.has(server.serverInstanceNo));
  return [
    ...gone.map((server) => `- ${nameOf(server)}: ${toldOf(server)} then; not meant any more`),
    ...[...after.values()].flatMap((server) => {
      const then = before.get(server.serverInstanceNo);
      if (then === undefined) return [`+ ${nameOf(server)}: ${toldOf(server)}; not in the plan then`];
      const [was, is] = [toldOf(then), toldOf(server)];
      const name = then.serverName === server.serverName ? '' : `called ${then.serverName || '-'} then; `;
      return was === is && name === ''
        ? []
        : [`~ ${nameOf(server)}: ${name}${was === is ? is : `${was} then, ${is} now`}`];
    }),
  ];
}

/** When it was made, for the line above the differences. */
export function madeAt({ hash, createdAt, request }: KeptPlan): string {
  const minutes = Math.max(0, Math.round((systemClock.now() - Date.parse(createdAt)) / 60_000));
  return `plan ${hash}, made ${inZone(Date.parse(createdAt), request.timezone)}, ${minutes} min ago`;
}

function nameOf({ serverInstanceNo, serverName }: KeptServer): string {
  return oneLine(`${serverInstanceNo} ${serverName || '-'}`);
}

const TOLD: Record<ServerGroup, string> = {
  failed: 'failed',
  meant: 'terminate',
  gone: 'terminated',
  kept: 'keep',
  barred: 'cannot be terminated',
  before: 'gone',
};

function toldOf(server: KeptServer): string {
  const what = TOLD[groupOf(server)];
  const lost = [
    ...server.deletes.map((name) => `delete ${name}`),
    ...server.releases.map((address) => `release ${address}`),
  ];
  const why = groupOf(server) === 'meant' ? lost.join(', ') : server.reason;
  return oneLine(`${what}${server.statusName === '' ? '' : ` (${server.statusName})`}${why === '' ? '' : `: ${why}`}`);
}
