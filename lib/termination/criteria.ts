/** Which servers a policy means, by what NCP says of them. Every key that is given must hold; of a list, one of it. */

import * as z from 'zod';
import { addDuration, parseDuration } from '../calendar/duration.ts';
import { matcher } from './glob.ts';
import type { Server, Tags } from './model.ts';

/** NCP's `serverInstanceStatus` codes. */
export const SERVER_STATUSES = ['INIT', 'CREAT', 'RUN', 'NSTOP', 'FSTOP', 'SD_FL', 'RS_FL', 'ST_FL'] as const;

const glob = z.string().min(1).max(256);
const tagKey = z.string().min(1).max(128);
const tagValue = z.string().max(256);

/** `env: dev`, `team: {in: [web, app]}`, `owner: {exists: false}`. Keys and values are compared as they are, case included. */
const tagCriterion = z.union([
  tagValue,
  z.strictObject({ in: z.array(tagValue).min(1) }),
  z.strictObject({ exists: z.boolean() }),
]);

export const criteriaShape = {
  zones: z.array(z.string().min(1)).min(1).optional().describe("NCP's zone codes, for example KR-1."),
  vpcs: z.array(z.string().regex(/^\d+$/)).min(1).optional().describe('VPC numbers (vpcNo).'),
  names: z.array(glob).min(1).optional().describe('Server names; * and ? stand for anything.'),
  tags: z.record(tagKey, tagCriterion).optional().describe('Tags: a value, {in: [...]} or {exists: true}.'),
  olderThan: z.string().optional().describe('Since creation, for example 7d, 36h, P1M.'),
  statuses: z.array(z.enum(SERVER_STATUSES)).min(1).optional().describe("NCP's status codes: RUN, NSTOP and so on."),
};

const criteriaSchema = z.strictObject(criteriaShape);

export type Criteria = z.output<typeof criteriaSchema>;
export type TagCriterion = z.output<typeof tagCriterion>;

/** What is known of a server when it is asked whether it is meant. */
export interface Candidate {
  server: Server;
  tags: Tags;
  /** Milliseconds since the epoch. */
  now: number;
  timezone: string;
}

/**
 * The first key that does not hold, for people, or undefined where all of them do. Once a run has begun to act on a
 * server, `ignoring` its status keeps the run's own stop from counting against it.
 */
export function unmet(criteria: Criteria, one: Candidate, ignoring?: 'status'): string | undefined {
  const { zones, vpcs, names, tags, olderThan, statuses } = criteria;
  const { server } = one;
  if (zones !== undefined && !zones.includes(server.zoneCode)) return `zone ${server.zoneCode || 'unknown'}`;
  if (vpcs !== undefined && !vpcs.includes(server.vpcNo)) return `VPC ${server.vpcNo || 'none'}`;
  if (names !== undefined && !names.some((name) => matcher(name)(server.serverName)))
    return `name ${server.serverName}`;
  if (statuses !== undefined && ignoring !== 'status' && !statuses.some((status) => status === server.status)) {
    return `status ${server.status}`;
  }
  const tag = Object.entries(tags ?? {}).find(([key, criterion]) => !tagHolds(criterion, one.tags, key));
  if (tag !== undefined) return `tag ${tag[0]}`;
  return olderThan === undefined || isOlder(olderThan, one) ? undefined : `created ${server.createDate}`;
}

function tagHolds(criterion: TagCriterion, tags: Tags, key: string): boolean {
  const value = Object.hasOwn(tags, key) ? tags[key] : undefined;
  if (typeof criterion === 'string') return value === criterion;
  if ('in' in criterion) return value !== undefined && criterion.in.includes(value);
  return criterion.exists === (value !== undefined);
}

/** A date or a duration that cannot be read makes nothing old enough. */
function isOlder(olderThan: string, { server, now, timezone }: Candidate): boolean {
  const parsed = parseDuration(olderThan);
  const createdAt = Date.parse(server.createDate);
  if (!parsed.ok || Number.isNaN(createdAt)) return false;
  return addDuration(createdAt, parsed.duration, timezone) <= now;
}
