/** The world of a story, as it is told from outside: what is in force at each moment, and what was done. */

import { chance } from '../../lib/chance.ts';
import type { Environment } from '../../lib/termination/model.ts';
import type { PolicyTerms } from '../../lib/termination/rules.ts';
import type { Run } from '../../lib/termination/run-record.ts';
import { type Desk, openDesk } from './desk.ts';
import { devServer, type Ncp, startNcp } from './harness.ts';
import { STARTS_AT, type Story, type ToldFence, type ToldRun, tagsOf } from './policy-story.ts';
import { Turns } from './policy-story-turns.ts';
import { virtualClock } from './virtual-engine.ts';

export interface World {
  told: Story;
  ncp: Ncp;
  desk: Desk;
  turns: Turns;
  tags: Map<string, Readonly<Record<string, string>>>;
  /** Until when each server is held, milliseconds since the epoch. */
  holds: Map<string, number>;
  published: Published[];
  admissions: number;
  lived: Lived;
}

type Published = ToldFence | 'removed' | 'unpublished';

export interface Lived {
  runs: LivedRun[];
  acts: ActSeen[];
  /** Calls that NCP took which stop or terminate, whoever made them. */
  accepted: number;
}

export interface LivedRun {
  told: ToldRun;
  requestId: string;
  owner: string;
  /** The policy as it was when the run began. */
  began: ToldFence;
  /** Whenever it asked to be admitted: when, before or after which others, and what the account held. */
  admissions: { at: number; order: number; holds: number }[];
  ended: Run | undefined;
  /** Why there was no plan. */
  failed: string;
}

/** What was true when a run began to send one kind of act; nothing changes until it has sent it. */
export interface ActSeen {
  run: LivedRun;
  /** Milliseconds since the epoch. */
  at: number;
  calls: CallSeen[];
  servers: ReadonlyMap<string, { name: string; isProtected: boolean; createDate: string }>;
  tags: ReadonlyMap<string, Readonly<Record<string, string>>>;
  holds: ReadonlyMap<string, number>;
  published: Published | undefined;
}

/** A call that NCP took. It was sent first at `askedAt`, and perhaps again: while NCP says 429, nothing is done. */
export interface CallSeen {
  action: string;
  askedAt: number;
  numbers: string[];
}

export async function openWorld(told: Story): Promise<World> {
  const startAt = new Date(STARTS_AT + told.startsAfterMs);
  const servers = told.servers.map(serverOf);
  const ncp = await startNcp({ environment: told.environment, servers, startAt, seed: told.seed + 1 });
  return {
    told,
    ncp,
    desk: await openDesk(virtualClock(ncp.simulator)),
    turns: new Turns(ncp.simulator, told.runs.length, chance(told.seed)),
    tags: new Map(told.servers.map((one, place) => [numberOf(place), tagsOf(one)])),
    holds: new Map(),
    published: told.policies.map((policyTerms) => (told.published ? policyTerms : 'unpublished')),
    admissions: 0,
    lived: { runs: [], acts: [], accepted: 0 },
  };
}

export function numberOf(place: number): string {
  return String(1001 + place);
}

function serverOf(one: Story['servers'][number], place: number): Record<string, unknown> {
  const { name, status, isProtected, createDate, stopSeconds, terminateSeconds } = one;
  return devServer({
    serverInstanceNo: numberOf(place),
    serverName: `${name}-${place + 1}`,
    isProtectServerTermination: isProtected,
    status,
    createDate,
    stopSeconds,
    terminateSeconds,
    tags: tagsOf(one),
  });
}

/** As lib/ takes it. It would allow lifting protection and deleting volumes; the requests of a story do not. */
export function policyTermsOf(policy: number, told: ToldFence, environment: Environment): PolicyTerms {
  const { names, byTag, unlessProd, unlessName, window, onlyPlans } = told;
  const unlessTagged = unlessProd ? [{ tags: { env: 'prod' } }] : [];
  return {
    policy: `policy-${policy}`,
    mode: onlyPlans ? 'plan' : 'terminate',
    account: 'default',
    environment,
    region: 'KR',
    storage: 'delete',
    publicIp: 'release',
    expiry: 'none',
    overrideProtection: true,
    select: byTag ? { names, tags: { env: 'dev' } } : { names },
    unless: unlessName === null ? unlessTagged : [{ names: [unlessName] }],
    window,
  };
}
