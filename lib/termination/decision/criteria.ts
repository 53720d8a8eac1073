/** Which servers a policy means, by what NCP says of them. Every key that is given must hold; of a list, one of it. */

import * as z from 'zod';
import { addDuration, parseDuration } from '../../calendar/duration.ts';
import { type Likeness, likeness } from '../../text/folding.ts';
import type { Server, Tags } from '../model.ts';
import { oneLine } from '../one-line.ts';
import type { Criterion, NotMeant } from '../reasons.ts';
import { globLikeness } from './glob.ts';

/** NCP's `serverInstanceStatus` codes. */
const SERVER_STATUSES = ['INIT', 'CREAT', 'RUN', 'NSTOP', 'FSTOP', 'SD_FL', 'RS_FL', 'ST_FL'] as const;

const nameGlob = z.string().min(1).max(256);
const tagKey = z.string().min(1).max(128);
const tagValue = z.string().max(256);

/** `env: dev`, `team: {in: [web, app]}`, `owner: {exists: false}`. Keys and values select as they are, case included. */
const tagCriterion = z.union([
  tagValue,
  z.strictObject({ in: z.array(tagValue).min(1) }),
  z.strictObject({ exists: z.boolean() }),
]);

export const criteriaShape = {
  zones: z.array(z.string().min(1)).min(1).optional().describe("NCP's zone codes, for example KR-1."),
  vpcs: z.array(z.string().regex(/^\d+$/)).min(1).optional().describe('VPC numbers (vpcNo).'),
  names: z
    .array(nameGlob)
    .min(1)
    .optional()
    .describe('Server names; * and ? stand for anything, and nothing else is special.'),
  tags: z.record(tagKey, tagCriterion).optional().describe('Tags: a value, {in: [...]} or {exists: true}.'),
  olderThan: z.string().optional().describe('Since creation, for example 7d, 36h, P1M.'),
  statuses: z.array(z.enum(SERVER_STATUSES)).min(1).optional().describe("NCP's status codes: RUN, NSTOP and so on."),
};

const criteriaSchema = z.strictObject(criteriaShape);

export type Criteria = z.output<typeof criteriaSchema>;
export type TagCriterion = z.output<typeof tagCriterion>;

/** What is known of a server when it is asked whether it is meant. */
export interface Candidate {
  server: Pick<Server, 'serverName' | 'createDate' | 'status' | 'zoneCode' | 'vpcNo'>;
  tags: Tags;
  /** Milliseconds since the epoch. */
  now: number;
  timezone: string;
}

/** Whether a server is meant by one criterion; `unknown` if NCP did not give what would decide it. */
interface Verdict {
  isMet: 'yes' | 'no' | 'unknown';
  criterion: Criterion;
}

/**
 * Every key must hold: the first one that does not, or may not; undefined if all do. Once a run has begun to act on a server its status says nothing, because the run changes it: it
 * neither takes a selected server out (`select`) nor excepts one (`unless`).
 */
function judge(criteria: Criteria, one: Candidate, ignoring?: 'select' | 'unless'): Verdict | undefined {
  const { zones, vpcs, names, tags, olderThan, statuses } = criteria;
  const { zoneCode, vpcNo, serverName, status } = one.server;
  const verdicts = [
    zones && oneOf('zone', zoneCode, (zone) => closest(zones.map((each) => likeness(each, zone)))),
    vpcs && oneOf('vpc', vpcNo, (vpc) => closest(vpcs.map((each) => likeness(each, vpc)))),
    names && oneOf('name', serverName, (name) => closest(names.map((glob) => globLikeness(glob)(name)))),
    statuses &&
      ignoring !== 'select' &&
      (ignoring === 'unless'
        ? NOT_BY_STATUS
        : oneOf('status', status, (code) => closest(statuses.map((each) => likeness(each, code))))),
    ...Object.entries(tags ?? {}).map(([key, criterion]) => tagVerdict(criterion, one.tags, key)),
    olderThan !== undefined && ageVerdict(olderThan, one),
  ].filter((verdict) => verdict !== undefined && verdict !== false);
  return verdicts.find(({ isMet }) => isMet === 'no') ?? verdicts.find(({ isMet }) => isMet === 'unknown');
}

/** `why` it is not meant; undefined if it is. `by`: which entry of `unless` exempts it, or may; -1 if none does. */
interface Meant {
  why: NotMeant | undefined;
  by: number;
}

/**
 * Unknown is not selected, and unknown is excepted: either way the server is left alone. What is written only alike (in
 * another case, in full width, with a mark that nobody sees) is unknown.
 */
export function isMeant(
  { select, unless }: { select: Criteria; unless: readonly Criteria[] },
  one: Candidate,
  isTouched = false,
): Meant {
  const selected = judge(select, one, isTouched ? 'select' : undefined);
  if (selected !== undefined) return { why: { kind: 'not-selected', ...selected.criterion }, by: -1 };
  const excepted = unless.map((entry) => judge(entry, one, isTouched ? 'unless' : undefined));
  const sure = excepted.indexOf(undefined);
  const by = sure >= 0 ? sure : excepted.findIndex((missed) => missed?.isMet === 'unknown');
  const entry = unless[by];
  if (entry === undefined) return { why: undefined, by };
  const doubt = excepted[by];
  const which = { unless: criteriaInWords(entry) };
  if (doubt === undefined) return { why: { kind: 'excepted', ...which }, by };
  return { why: { kind: 'perhaps-excepted', ...which, ...doubt.criterion }, by };
}

/**
 * Whether a policy that was changed since still means a server that is gone. Of that only name and age are known; what else
 * was changed is taken to leave it out.
 */
export function isStillMeant(
  before: { select: Criteria; unless: readonly Criteria[] },
  now: { select: Criteria; unless: readonly Criteria[] },
  gone: Pick<Server, 'serverInstanceNo' | 'serverName' | 'createDate'>,
  at: Pick<Candidate, 'now' | 'timezone'>,
): boolean {
  const old = new Map<string, unknown>(Object.entries(before.select));
  const changed = Object.entries(now.select).filter(([key, value]) => !isSame(value, old.get(key)));
  const select: Criteria = Object.fromEntries(changed);
  const unless = isSame(before.unless, now.unless) ? [] : now.unless;
  if ([select, ...unless].some(({ tags }) => tags !== undefined)) return false;
  return isMeant({ select, unless }, { ...at, tags: {}, server: { ...UNSEEN, ...gone } }, true).why === undefined;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

const UNSEEN = { status: '', zoneCode: '', vpcNo: '' };

/** `names dev-db-*, tags team=web`, cut after so many letters. */
export function criteriaInWords(criteria: Criteria, most = 80): string {
  const { tags = {}, olderThan, ...lists } = criteria;
  const parts = [
    ...Object.entries(lists).flatMap(([key, values]) => (values === undefined ? [] : [`${key} ${values.join(' ')}`])),
    ...Object.entries(tags).map(([key, criterion]) => `tag ${key}${criterionInWords(criterion)}`),
    ...(olderThan === undefined ? [] : [`olderThan ${olderThan}`]),
  ];
  return oneLine(parts.join(', '), most);
}

function criterionInWords(criterion: TagCriterion): string {
  if (typeof criterion === 'string') return `=${criterion}`;
  return 'in' in criterion ? `=${criterion.in.join('|')}` : criterion.exists ? '' : ' missing';
}

const NOT_BY_STATUS: Verdict = { isMet: 'no', criterion: { by: 'status', value: '' } };

function oneOf(by: Criterion['by'], value: string, like: (value: string) => Likeness): Verdict {
  return { isMet: value === '' ? 'unknown' : MET[like(value)], criterion: { by, value } };
}

const MET = { same: 'yes', alike: 'unknown', other: 'no' } as const;

function closest(all: readonly Likeness[]): Likeness {
  return all.includes('same') ? 'same' : all.includes('alike') ? 'alike' : 'other';
}

function tagVerdict(criterion: TagCriterion, tags: Tags, key: string): Verdict {
  return { isMet: MET[tagLikeness(criterion, tags, key)], criterion: { by: 'tag', value: key } };
}

/** All spellings of one key count: if their values differ, nothing is certain. */
function tagLikeness(criterion: TagCriterion, tags: Tags, key: string): Likeness {
  const found = Object.entries(tags).map(([name, value]) => ({ value, name: likeness(name, key) }));
  const spellings = found.filter(({ name }) => name !== 'other');
  const isExact = spellings.some(({ name }) => name === 'same');
  if (typeof criterion !== 'string' && 'exists' in criterion) {
    if (isExact) return criterion.exists ? 'same' : 'other';
    if (spellings.length > 0) return 'alike';
    return criterion.exists ? 'other' : 'same';
  }
  const wanted = typeof criterion === 'string' ? [criterion] : criterion.in;
  const values = spellings.map(({ value }) => closest(wanted.map((one) => likeness(one, value))));
  if (values.every((one) => one === 'other')) return 'other';
  return isExact && values.every((one) => one === 'same') ? 'same' : 'alike';
}

function ageVerdict(olderThan: string, { server, now, timezone }: Candidate): Verdict {
  const parsed = parseDuration(olderThan);
  const createdAt = Date.parse(server.createDate);
  if (!parsed.ok || Number.isNaN(createdAt)) return { isMet: 'unknown', criterion: { by: 'createDate', value: '' } };
  const isOlder = addDuration(createdAt, parsed.duration, timezone) <= now;
  return { isMet: isOlder ? 'yes' : 'no', criterion: { by: 'createDate', value: server.createDate } };
}
