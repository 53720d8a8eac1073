/**
 * The words of the domain. One word per concept, here and in code, logs, reports and chat:
 * a request names servers; the plan pins them as targets; a pass observes every target, decides for each one,
 * and acts; a target ends with an outcome; the report tells all of it.
 */

import type { Window } from '../calendar/window.ts';
import type { Criteria } from './criteria.ts';
import type { Reason, Resource } from './reasons.ts';

export type Environment = 'classic' | 'vpc';

/** Where a request acts: one NCP environment in one region. */
export interface Scope {
  environment: Environment;
  /** NCP's region code, for example `KR`. */
  region: string;
}

type StoragePolicy = 'refuse' | 'detach' | 'delete';
type PublicIpPolicy = 'keep' | 'release';

/** What may be done to the servers of a request. The same for the plan and for every pass. */
export interface Rules {
  /** Additional block storage: refuse the server (default), detach and keep it, or delete it after the server. */
  storage: StoragePolicy;
  /** Public IP addresses after the server is gone: keep (and go on paying) or release. */
  publicIp: PublicIpPolicy;
  /** Lift termination protection that was on when the plan was made. Never inferred. */
  overrideProtection: boolean;
  /** Stop first, terminate only after the server has been stopped for so many seconds. 0: at once. */
  stopForSeconds: number;
  /** `tags`: only what its tags say is due. `none`: whatever is selected. */
  expiry: 'none' | 'tags';
  tagKeys: TagKeys;
  /** IANA zone of dates without a time, for example `Asia/Seoul`. */
  timezone: string;
  /** What the policy allows; null without a policy. */
  fence: Fence | null;
}

/** Under which keys people write what they want. */
export interface TagKeys {
  terminateAt: string;
  ttl: string;
  keep: string;
}

export const DEFAULT_TAG_KEYS: TagKeys = { terminateAt: 'terminate-at', ttl: 'ttl', keep: 'keep' };
export const DEFAULT_TIMEZONE = 'Asia/Seoul';

/** What a policy allows: whether it acts at all, where, on which servers, when, and at what price. */
export interface Fence {
  policy: string;
  /** Of its schedule and its events. */
  mode: 'plan' | 'terminate';
  account: string;
  environment: Environment;
  region: string;
  storage: StoragePolicy;
  publicIp: PublicIpPolicy;
  expiry: 'none' | 'tags';
  overrideProtection: boolean;
  select: Criteria;
  /** A server for which all of one entry holds is left alone. */
  unless: readonly Criteria[];
  window: Window | null;
}

/** Key to value. */
export type Tags = Readonly<Record<string, string>>;

/** A server as NCP describes it, reduced to what deciding needs. Ids are strings, dates keep their offset. */
export interface Server {
  serverInstanceNo: string;
  serverName: string;
  /** RFC 3339, for example `2026-01-01T00:00:00+09:00`. */
  createDate: string;
  /** Last boot, RFC 3339; empty when NCP gives none. */
  uptime: string;
  /** `serverInstanceStatus.code`: RUN, NSTOP, INIT, CREAT, FSTOP … */
  status: string;
  /** `serverInstanceOperation.code`: NULL, SHTDN, TERMT, SETUP … */
  operation: string;
  /** `serverInstanceStatusName`, for people: running, stopped, terminating … */
  statusName: string;
  isProtectServerTermination: boolean;
  /** For example `KR-1`. */
  zoneCode: string;
  /** Empty in Classic. */
  vpcNo: string;
  /** Additional block storage attached to it (type SVRBS); the base disk is not listed, it goes with the server. */
  storages: Storage[];
  publicIps: PublicIp[];
}

export interface Storage {
  blockStorageInstanceNo: string;
  blockStorageName: string;
  sizeBytes: number;
  createDate: string;
  status: string;
  operation: string;
  /** NCP's own delete protection of the volume (VPC); false where NCP has none. */
  isReturnProtection: boolean;
  /** The server it is attached to; empty when detached. */
  serverInstanceNo: string;
}

export interface PublicIp {
  publicIpInstanceNo: string;
  publicIp: string;
  status: string;
  operation: string;
  /** The server it is associated with; empty when free. */
  serverInstanceNo: string;
}

/**
 * One server of the plan, pinned: number, name and creation date say which server is meant, and what was attached
 * then says what may be freed later. Nothing that appears afterwards is ever added.
 */
export interface Target {
  serverInstanceNo: string;
  /** Empty, like the other pins, when the server was absent from the start. */
  serverName: string;
  createDate: string;
  /** Last boot at plan time; empty while another operation was running. A later boot means somebody needs it. */
  uptime: string;
  wasProtected: boolean;
  /** Stopped, with nothing under way, when the plan was made. */
  wasStopped: boolean;
  storages: Pick<
    Storage,
    'blockStorageInstanceNo' | 'blockStorageName' | 'createDate' | 'sizeBytes' | 'isReturnProtection'
  >[];
  publicIps: Pick<PublicIp, 'publicIpInstanceNo' | 'publicIp'>[];
}

/** What is done to NCP for one server, in the order in which it is done: what prepares a server before what ends one. */
export const ACTION_NAMES = [
  'stop',
  'detach',
  'disassociate',
  'liftProtection',
  'terminate',
  'deleteStorage',
  'releasePublicIp',
  'restoreProtection',
] as const;

export type ActionName = (typeof ACTION_NAMES)[number];

export interface Action {
  name: ActionName;
  serverInstanceNo: string;
  /** Block storage or public IP numbers, for the actions on those; empty otherwise. */
  on: string[];
}

/** Why a server is left alone. */
export type Guard =
  | 'identity'
  | 'protected'
  /** Somebody holds it: a keep or a snooze in the ledger. */
  | 'held'
  /** Its own keep tag, or its tags could not be read. */
  | 'kept'
  /** Its policy does not mean it, was removed, or never lets anything happen. */
  | 'policy'
  | 'not-due'
  /** Somebody with a say in it said no. */
  | 'rejected'
  /** Not enough people agreed in time. */
  | 'unapproved'
  /** Nobody could be told before. */
  | 'unannounced'
  /** Somebody cancelled the run. */
  | 'cancelled'
  /** Another run is at it. */
  | 'other-run'
  /** The same request was carried out, or is being carried out, by another execution. */
  | 'duplicate'
  | 'storage'
  | 'drift'
  | 'restarted'
  | 'failed-state'
  | 'unknown-state'
  | 'elsewhere'
  /** No such server is there, nor was one ever seen: a mistyped number. */
  | 'not-found'
  | 'limit';

/** What was seen of one target in one look. */
export type Observation =
  | { kind: 'unread'; reason: Reason }
  | { kind: 'absent'; leftovers: Leftovers }
  /** `elsewhere`: numbers of what the plan pinned to it and is on another server now. */
  | { kind: 'present'; server: Server; elsewhere?: readonly string[] };

/** What is left of the volumes and addresses that the plan pinned, once their server is gone. */
export interface Leftovers {
  storages: Storage[];
  publicIps: PublicIp[];
  /** Why they could not be read; then nothing is known of them and nothing is freed. Null where they were. */
  unread: Reason | null;
}

export type Decision =
  | { kind: 'act'; action: Action }
  /** What people and policies say of it must be read first. */
  | { kind: 'ask' }
  /** `until`, in milliseconds since the epoch, where it is known when it ends; time until then is not held against the run. */
  | { kind: 'wait'; reason: Reason; until?: number }
  | { kind: 'refuse'; guard: Guard; reason: Reason }
  | { kind: 'fail'; reason: Reason; returnCode: string; returnMessage: string }
  | { kind: 'done'; result: 'terminated' | 'already-gone'; reason: Reason; left: Left[] };

/** A volume or an address that is still there, and may go on costing money. */
export interface Left {
  resource: Resource;
  no: string;
  name: string;
  reason: Reason;
  /** The request wanted it freed, and it was not. */
  asked: boolean;
}

/** How one target ended. Taken from the last observation, never from what was asked. */
export type Outcome =
  | { result: 'terminated' | 'already-gone'; reason: Reason }
  | { result: 'refused'; guard: Guard; reason: Reason }
  | { result: 'unfinished'; reason: Reason }
  | { result: 'failed'; reason: Reason; returnCode: string; returnMessage: string };
