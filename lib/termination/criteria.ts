/** Which servers a policy means, by what NCP says of them. Every key that is given must hold; of a list, one of it. */

import * as z from 'zod';
import { addDuration, parseDuration } from '../calendar/duration.ts';
import { matcher } from './glob.ts';
import type { Server, Tags } from './model.ts';

/** NCP's `serverInstanceStatus` codes. */
const SERVER_STATUSES = ['INIT', 'CREAT', 'RUN', 'NSTOP', 'FSTOP', 'SD_FL', 'RS_FL', 'ST_FL'] as const;

const nameGlob = z.string().min(1).max(256);
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
  names: z.array(nameGlob).min(1).optional().describe('Server names; * and ? stand for anything.'),
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

/** Whether a server is meant; `unknown` where NCP did not say what would decide it. `why` names the key, for people. */
interface Verdict {
  isMet: 'yes' | 'no' | 'unknown';
  why: string;
}

/**
 * Every key must hold. Once a run has begun to act on a server its status says nothing, because the run changes it: it
 * neither takes a selected server out (`select`) nor excepts one (`unless`).
 */
function judge(criteria: Criteria, one: Candidate, ignoring?: 'select' | 'unless'): Verdict {
  const { zones, vpcs, names, tags, olderThan, statuses } = criteria;
  const { zoneCode, vpcNo, serverName, status } = one.server;
  const verdicts = [
    zones && oneOf('zone', zoneCode, (zone) => zones.includes(zone)),
    vpcs && oneOf('VPC', vpcNo, (vpc) => vpcs.includes(vpc)),
    names && oneOf('name', serverName, (name) => names.some((glob) => matcher(glob)(name))),
    statuses &&
      ignoring !== 'select' &&
      (ignoring === 'unless'
        ? NOT_BY_STATUS
        : oneOf('status', status, (code) => statuses.some((each) => each === code))),
    ...Object.entries(tags ?? {}).map(([key, criterion]) => tagVerdict(criterion, one.tags, key)),
    olderThan !== undefined && ageVerdict(olderThan, one),
  ].filter((verdict) => verdict !== undefined && verdict !== false);
  const missed = verdicts.find(({ isMet }) => isMet === 'no') ?? verdicts.find(({ isMet }) => isMet === 'unknown');
  return missed ?? { isMet: 'yes', why: '' };
}

/** Unknown is not selected, and unknown is excepted: either way the server is left alone. */
export function isMeant(
  { select, unless }: { select: Criteria; unless: Criteria | null },
  one: Candidate,
  isTouched = false,
): { meant: boolean; why: string } {
  const selected = judge(select, one, isTouched ? 'select' : undefined);
  if (selected.isMet !== 'yes') return { meant: false, why: `${selected.why} is not selected` };
  const excepted = unless === null ? undefined : judge(unless, one, isTouched ? 'unless' : undefined);
  if (excepted === undefined || excepted.isMet === 'no') return { meant: true, why: '' };
  const why = excepted.isMet === 'yes' ? 'it is excepted (unless)' : `${excepted.why}, which may except it (unless)`;
  return { meant: false, why };
}

const NOT_BY_STATUS: Verdict = { isMet: 'no', why: 'status' };

function oneOf(what: string, value: string, holds: (value: string) => boolean): Verdict {
  if (value === '') return { isMet: 'unknown', why: `${what} unknown` };
  return { isMet: holds(value) ? 'yes' : 'no', why: `${what} ${value}` };
}

function tagVerdict(criterion: TagCriterion, tags: Tags, key: string): Verdict {
  return { isMet: tagHolds(criterion, tags, key) ? 'yes' : 'no', why: `tag ${key}` };
}

function tagHolds(criterion: TagCriterion, tags: Tags, key: string): boolean {
  const value = Object.hasOwn(tags, key) ? tags[key] : undefined;
  if (typeof criterion === 'string') return value === criterion;
  if ('in' in criterion) return value !== undefined && criterion.in.includes(value);
  return criterion.exists === (value !== undefined);
}

function ageVerdict(olderThan: string, { server, now, timezone }: Candidate): Verdict {
  const parsed = parseDuration(olderThan);
  const createdAt = Date.parse(server.createDate);
  if (!parsed.ok || Number.isNaN(createdAt)) return { isMet: 'unknown', why: 'creation date unknown' };
  const isOlder = addDuration(createdAt, parsed.duration, timezone) <= now;
  return { isMet: isOlder ? 'yes' : 'no', why: `created ${server.createDate}` };
}
