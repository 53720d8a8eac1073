/**
 * The nouns of the domain; ARCHITECTURE.md lists all of its words. A request names servers; the plan pins them as targets; a pass observes every target, decides for each one,
 * and acts; a target ends with an outcome; the report tells all of it.
 */

import type { Attachment, PinnedAttachment } from './attachments.ts';

export type Environment = 'classic' | 'vpc';

/** Where a request acts: one NCP environment in one region. */
export interface Scope {
  environment: Environment;
  /** NCP's region code, for example `KR`. */
  region: string;
}

/** Key to value. */
export type Tags = Readonly<Record<string, string>>;

/** Why nobody knows the tags of a server whose tags could be asked for. */
export type WhyUnknownTags =
  | { kind: 'not-listed' | 'listed-twice' | 'null' | 'missing' | 'unreadable' | 'key-twice' }
  /** As NCP's Resource Manager shows it: of another region (empty: of none), or as something that is no server. */
  | { kind: 'other-region' | 'other-type'; shown: string };

/** In the place of tags. Never "no tags": a `keep` may be what is not known. */
export class UnknownTags {
  readonly why: WhyUnknownTags;

  constructor(why: WhyUnknownTags) {
    this.why = why;
  }
}

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
  size: Size;
  /** The base disk is not among them: it goes with the server. */
  attachments: Attachment[];
}

/** What people know a server's size by, and what its price goes by. 0 or empty where NCP tells none. */
export interface Size {
  cpuCount: number;
  memoryBytes: number;
  /** `serverProductCode`, or `serverSpecCode` of a server that has none. */
  productCode: string;
}

/** What people know a server by, besides what is pinned. It decides nothing, and the hash does not hold it. */
export interface About {
  /** Empty where it is not known. */
  zoneCode: string;
  size: Size;
  /** What its owner tag says; empty without one, and while its tags are unread. */
  owner: string;
}

export const NOTHING_KNOWN: About = { zoneCode: '', size: { cpuCount: 0, memoryBytes: 0, productCode: '' }, owner: '' };

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
  /** When it was seen, RFC 3339 in UTC. */
  seenAt: string;
  wasProtected: boolean;
  /** Stopped, with nothing under way, when the plan was made. */
  wasStopped: boolean;
  attachments: PinnedAttachment[];
}

/** Why a server is left alone. */
export type Guard =
  | 'identity'
  | 'protected'
  /** Somebody holds it: a keep or a snooze in the store. */
  | 'held'
  /** Its own keep tag, or its tags could not be read. */
  | 'kept'
  /** Its policy does not apply to it, was removed, or never lets anything happen. */
  | 'policy'
  | 'not-due'
  /** Somebody with a say in it said no. */
  | 'rejected'
  /** Not enough people agreed in time. */
  | 'unapproved'
  /** No notice could be given. */
  | 'unannounced'
  /** Somebody cancelled the run. */
  | 'cancelled'
  /** Another run has claimed it. */
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
