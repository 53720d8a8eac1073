/** Selections that mean nothing, or everything, and exceptions that change nothing or leave nothing. */

import { fixedSeconds, parseDuration } from '../calendar/duration.ts';
import type { TagCriterion } from '../termination/decision/criteria.ts';
import { globMatches } from '../termination/decision/glob.ts';
import { ENVIRONMENTS, REGIONS } from '../termination/sites.ts';
import { composed } from '../text/folding.ts';
import { timeProblemInEnglish } from '../wording/say.ts';
import type { Finding } from './finding.ts';
import { nameFindings, tagFindings } from './pattern-findings.ts';
import type { Policies, Policy, UnlessEntry } from './schema.ts';
import type { Sound } from './sound.ts';

type Select = Sound<Policy['select']>;

/** `path` is that of `select` or `unless`. Applies to both. */
export function criteriaFindings(given: Select | Sound<UnlessEntry>, path: readonly PropertyKey[]): Finding[] {
  const { names = [], tags, vpcs, environment, olderThan } = given;
  const findings = [...nameFindings(names, [...path, 'names']), ...tagFindings(tags ?? {}, [...path, 'tags'])];
  if (tags !== undefined && Object.keys(tags).length === 0) {
    findings.push({ path: [...path, 'tags'], message: 'empty; name a tag, for example tags: {env: dev}' });
  }
  if (vpcs !== undefined && environment === 'classic') {
    findings.push({
      path: [...path, 'vpcs'],
      message: 'Classic has no VPCs; leave vpcs out, or write environment: vpc',
    });
  }
  return [...findings, ...durationFindings(olderThan, [...path, 'olderThan'])];
}

/** `expiry: tags` is a selection by itself; anything else must say which servers it selects. */
export function selectFindings(
  select: Policy['select'],
  expiry: string | undefined,
  path: readonly PropertyKey[],
): Finding[] {
  if (expiry === 'tags') return [];
  const example = 'for example names: [dev-*] or tags: {env: dev}';
  const given = WHICH.filter((key) => select[key] !== undefined);
  if (given.length === 0) {
    const message = `gives a place but no servers: it would match every server there; add ${WHICH.join(', ')}, ${example}, or expiry: tags`;
    return [{ path, message }];
  }
  const idle = given.map((key) => saysNothing(select, key));
  if (idle.includes('')) return [];
  return [{ path, message: `matches every server there: ${idle.join('; ')}; narrow it, ${example}` }];
}

/** A server is left alone only if every criterion of an `unless` entry applies to it. */
export function unlessFindings(unless: UnlessEntry, select: Policy['select'], path: readonly PropertyKey[]): Finding[] {
  const keys = [...PLACE, ...WHICH].filter((key) => unless[key] !== undefined);
  if (keys.length === 0)
    return [{ path, message: 'empty; say which servers are left alone, for example names: [dev-db-*]' }];
  const never = keys.filter((key) => isApart(unless, select, key));
  if (never.length > 0) {
    return never.map((key) => ({
      path: [...path, key],
      message: `never applies to the selected servers (select.${key} is ${inWords(select[key])}), so this unless leaves no server alone; remove it, or change it to match some`,
    }));
  }
  if (!keys.every((key) => isImplied(unless, select, key))) return severalFindings(unless, path);
  return [
    {
      path,
      message: 'applies to every selected server, so nothing is left to do; narrow it, for example names: [dev-db-*]',
    },
  ];
}

/** People who write two keys often mean either of them. */
function severalFindings(unless: UnlessEntry, path: readonly PropertyKey[]): Finding[] {
  const tags = Object.keys(unless.tags ?? {}).map((tag) => `tags.${tag}`);
  const given = [...WHICH.filter((key) => key !== 'tags' && unless[key] !== undefined), ...tags];
  if (given.length < 2) return [];
  const message = `spares only servers that meet all of it (${given.join(', ')}); to spare servers that meet any one of them, write a list, for example unless: [{names: [dev-db-*]}, {tags: {env: prod}}]`;
  return [{ path, message, atKey: true, isWarning: true }];
}

const PLACE = ['account', 'environment', 'region'] as const;
const WHICH = ['zones', 'vpcs', 'names', 'tags', 'olderThan', 'statuses'] as const;
const SHORTEST_AGE_SECONDS = 3600;

/** Why a criterion does not narrow the selection; empty if it does. */
function saysNothing(select: Policy['select'], key: (typeof WHICH)[number]): string {
  const { zones = [], names = [], tags = {}, olderThan = '', statuses = [] } = select;
  switch (key) {
    case 'zones':
      return zones.length > 1 ? 'several zones may be all zones' : '';
    case 'names':
      return names.some((name) => /^[*?]+$/.test(name)) ? 'a name of only * and ? matches every name' : '';
    case 'tags':
      return Object.keys(tags).length === 0 ? 'no tag is named' : '';
    case 'olderThan':
      return (secondsOf(olderThan) ?? Infinity) < SHORTEST_AGE_SECONDS ? `olderThan ${olderThan} is less than 1h` : '';
    case 'statuses':
      return statuses.includes('RUN') && statuses.includes('NSTOP')
        ? 'RUN and NSTOP are all the statuses that can be ended'
        : '';
    case 'vpcs':
      return '';
  }
}

function durationFindings(text: string | undefined, path: readonly PropertyKey[]): Finding[] {
  if (text === undefined) return [];
  const parsed = parseDuration(text);
  return parsed.ok ? [] : [{ path, message: timeProblemInEnglish(parsed.problem) }];
}

function secondsOf(text: string): number | undefined {
  const parsed = parseDuration(text);
  return parsed.ok ? fixedSeconds(parsed.duration) : undefined;
}

/** No server can be in both. */
function isApart(unless: UnlessEntry, select: Policy['select'], key: (typeof PLACE | typeof WHICH)[number]): boolean {
  const mine = select[key];
  const theirs = unless[key];
  if (key === 'account' || key === 'environment' || key === 'region') return mine !== theirs;
  if (key === 'names' || key === 'tags' || !Array.isArray(mine) || !Array.isArray(theirs)) return false;
  const wanted = new Set<unknown>(mine);
  return !theirs.some((one) => wanted.has(one));
}

/** Everything selected meets it. False if the text does not show that. */
function isImplied(unless: UnlessEntry, select: Policy['select'], key: (typeof PLACE | typeof WHICH)[number]): boolean {
  switch (key) {
    case 'names': {
      const globs = unless.names ?? [];
      return select.names !== undefined && select.names.every((name) => globs.some((glob) => covers(glob, name)));
    }
    case 'tags':
      return Object.entries(unless.tags ?? {}).every(([tag, theirs]) => isTagImplied(select.tags?.[tag], theirs));
    case 'olderThan': {
      const mine = secondsOf(select.olderThan ?? '');
      const theirs = secondsOf(unless.olderThan ?? '') ?? Infinity;
      return theirs < SHORTEST_AGE_SECONDS || (mine !== undefined && mine >= theirs);
    }
    case 'zones':
    case 'vpcs':
    case 'statuses': {
      const theirs = new Set<string>(unless[key]);
      const mine = select[key];
      if (key === 'statuses' && theirs.has('RUN') && theirs.has('NSTOP')) return true;
      return mine !== undefined && mine.every((one) => theirs.has(one));
    }
    case 'account':
    case 'environment':
    case 'region':
      return select[key] === unless[key];
  }
}

/** Every name that matches `inner` matches `outer`. What `?` stands for is one letter, never a whole `*`. */
function covers(outer: string, inner: string): boolean {
  return globMatches(Array.from(composed(outer)), Array.from(composed(inner)), (letter) => letter !== '*');
}

function isTagImplied(mine: TagCriterion | undefined, theirs: TagCriterion): boolean {
  if (mine === undefined) return false;
  if (typeof theirs !== 'string' && 'exists' in theirs)
    return theirs.exists === !(typeof mine !== 'string' && 'exists' in mine && !mine.exists);
  const known = typeof theirs === 'string' ? [theirs] : theirs.in;
  const values = typeof mine === 'string' ? [mine] : 'in' in mine ? mine.in : undefined;
  return values !== undefined && values.every((value) => known.includes(value));
}

function inWords(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** A platform that the account does not have, or a region that NCP's pages do not list. */
export function placeFindings(
  { account = 'default', environment, region }: Select,
  accounts: Sound<Policies>['accounts'],
  path: readonly PropertyKey[],
): Finding[] {
  const { site = 'public', environments = ENVIRONMENTS } = accounts?.[account] ?? {};
  if (environment === undefined) return [];
  if (!environments.includes(environment)) {
    const message = `account ${account} has only ${environments.join(', ')} (environments in accounts)`;
    return [{ path: [...path, 'environment'], message }];
  }
  const regions = REGIONS[site][environment];
  if (region === undefined || regions.includes(region)) return [];
  const message = `NCP's pages list ${regions.join(', ')} for ${environment} in its ${site} cloud, not ${region}; check the code`;
  return [{ path: [...path, 'region'], message, isWarning: true }];
}
