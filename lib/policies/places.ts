/**
 * A policy for several places is one policy for each: `tag-sweep` with `environments: [vpc, classic]` and `regions: [KR, SGN]` is
 * `tag-sweep-vpc-kr` and three more, each with its own schedule, runs and reports. This is done with what the file says before it
 * is checked, so nothing behind it knows of several places. What cannot be read stays as it is, for the schema to name.
 */

import * as z from 'zod';
import type { Environment, Scope } from '../termination/model.ts';
import {
  defaultRegion,
  ENVIRONMENTS,
  isNameInPlace,
  nameInPlace,
  REGIONS,
  SITE_NAMES,
  type Site,
} from '../termination/sites.ts';
import { type Finding, repeated } from './finding.ts';
import { MOST_NAME } from './schema.ts';

export interface InPlaces {
  /** The file, with one policy for each place. */
  value: unknown;
  /** What is wrong with how the places are written. */
  findings: Finding[];
  /** The path in the file for one in `value`. */
  writtenAt(path: readonly PropertyKey[]): readonly PropertyKey[];
}

/** The names that a policy for several places has; none if there is no such policy. */
export function placesOf(name: string, policies: Readonly<Record<string, unknown>>): string[] {
  if (Object.hasOwn(policies, name)) return [];
  return Object.keys(policies).filter((one) => isNameInPlace(one, name));
}

type Raw = Readonly<Record<string, unknown>>;

/** One policy of several, and how it comes from what is written. */
interface Part {
  name: string;
  policy: unknown;
  /** Of each entry of its `unless`, which one of the file it is. */
  unless: readonly number[];
}

export function inPlaces(value: unknown): InPlaces {
  if (!isMap(value) || !isMap(value['policies'])) return { value, findings: [], writtenAt: (path) => path };
  const { accounts, callers, policies: written } = value;
  const findings: Finding[] = [];
  const parts = Object.entries(written).flatMap(([name, policy]) => {
    const parted = partsOf(name, policy, (account) => siteOf(accounts, account));
    findings.push(...parted.findings);
    return parted.parts.map((part) => ({ ...part, of: name }));
  });
  const byName = new Map(parts.map((part) => [part.name, part]));
  for (const name of repeated(parts.map((part) => part.name))) {
    const message = `${name} is the name of a policy, and of one of the places of another; rename one of them`;
    findings.push({ path: ['policies', name], message, atKey: true });
  }
  const families = Map.groupBy(parts, ({ of }) => of);
  const used = new Map(
    Object.entries(isMap(callers) ? callers : {}).map(([name, one]) => [name, usedBy(one, families)]),
  );
  return {
    value: {
      ...value,
      policies: Object.fromEntries(parts.map(({ name, policy }) => [name, policy])),
      ...(isMap(callers) ? { callers: Object.fromEntries([...used].map(([name, { caller }]) => [name, caller])) } : {}),
    },
    findings,
    writtenAt: (path) => {
      const [top, name = '', key, index, ...rest] = path;
      if (top === 'callers' && key === 'policies' && typeof index === 'number') {
        return [top, name, key, used.get(String(name))?.origins[index] ?? index, ...rest];
      }
      const part = top === 'policies' ? byName.get(String(name)) : undefined;
      if (part === undefined) return path;
      const select = isMap(written[part.of]) ? written[part.of] : undefined;
      return [top ?? '', part.of, ...withinPolicy(path.slice(2), part, select)];
    },
  };
}

/** `select.region` stands under `select.regions` where that was written, and an entry of `unless` where it was. */
function withinPolicy(path: readonly PropertyKey[], { unless }: Part, written: unknown): readonly PropertyKey[] {
  const [key, next, ...rest] = path;
  const select = isMap(written) && isMap(written['select']) ? written['select'] : {};
  if (key === 'select' && (next === 'region' || next === 'environment')) {
    return [key, Object.hasOwn(select, `${next}s`) ? `${next}s` : next, ...rest];
  }
  return key === 'unless' && typeof next === 'number' ? [key, unless[next] ?? next, ...rest] : path;
}

/** A caller of a policy for several places may use each of them. */
function usedBy(caller: unknown, families: ReadonlyMap<string, readonly { name: string }[]>) {
  if (!isMap(caller) || !Array.isArray(caller['policies'])) return { caller, origins: [] };
  const used = caller['policies'].flatMap((name: unknown, origin) =>
    (families.get(String(name)) ?? [{ name }]).map((one) => ({ name: one.name, origin })),
  );
  return { caller: { ...caller, policies: used.map(({ name }) => name) }, origins: used.map(({ origin }) => origin) };
}

const environmentsSchema = z.array(z.enum(ENVIRONMENTS)).min(1);
const regionsSchema = z.literal('all').or(z.array(z.string().regex(/^[A-Z]{2,8}$/)).min(1));

function partsOf(
  name: string,
  policy: unknown,
  siteAt: (account: unknown) => Site,
): { parts: Part[]; findings: Finding[] } {
  const whole = (one: unknown): Part => ({ name, policy: one, unless: [] });
  if (!isMap(policy) || !isMap(policy['select'])) return { parts: [whole(policy)], findings: [] };
  const { environments, regions, ...select } = policy['select'];
  const site = siteAt(select['account']);
  if (environments === undefined && regions === undefined) {
    return { parts: [whole({ ...policy, select: { region: defaultRegion(site), ...select } })], findings: [] };
  }
  const path = ['policies', name, 'select'];
  const where = environmentsSchema.safeParse(environments ?? [select['environment']]);
  const which = regionsSchema.safeParse(regions ?? [select['region'] ?? defaultRegion(site)]);
  const findings = [
    ...twofold(select, { environments, regions }, path),
    ...(where.success || environments === undefined
      ? []
      : [
          {
            path: [...path, 'environments'],
            message: 'expected a list of vpc and classic, for example [vpc, classic]',
          },
        ]),
    ...(which.success || regions === undefined
      ? []
      : [
          {
            path: [...path, 'regions'],
            message: "expected all, or a list of NCP's region codes, for example [KR, SGN]",
          },
        ]),
    ...twice(environments, [...path, 'environments']),
    ...twice(regions, [...path, 'regions']),
  ];
  // With one place, so that what is wrong besides is found, too.
  const environment = where.data?.[0] ?? (environments === undefined ? undefined : 'vpc');
  const one = whole({ ...policy, select: { environment, region: defaultRegion(site), ...select } });
  if (findings.length > 0 || !where.success || !which.success) return { parts: [one], findings };
  const places = where.data.map((each) => ({ environment: each, regions: regionsIn(each, which.data, site) }));
  const all = places.flatMap((place) => place.regions.map((region) => ({ environment: place.environment, region })));
  const parts = all.map((place) => partIn(place, { name, policy, select, all }));
  const problems = [
    ...places
      .filter((place) => place.regions.length === 0)
      .map((place) => ({
        path: [...path, 'regions'],
        message: `none of them is a region of ${place.environment}, which has ${REGIONS[site][place.environment].join(', ')}`,
      })),
    ...parts
      .filter((part) => part.name.length > MOST_NAME)
      .slice(0, 1)
      .map((part) => ({
        path: ['policies', name],
        message: `is too long for a policy of several places: one is ${part.name}, with ${part.name.length} letters; expected at most ${MOST_NAME}`,
        atKey: true,
      })),
  ];
  return problems.length > 0 ? { parts: [one], findings: problems } : { parts, findings: [] };
}

/** A region that only another environment is known to have is no place; one that nobody knows may be new. */
function regionsIn(environment: Environment, which: 'all' | readonly string[], site: Site): readonly string[] {
  if (which === 'all') return REGIONS[site][environment];
  const elsewhere = ENVIRONMENTS.filter((one) => one !== environment).flatMap((one) => REGIONS[site][one]);
  return which.filter((region) => REGIONS[site][environment].includes(region) || !elsewhere.includes(region));
}

function partIn(
  place: Scope,
  { name, policy, select, all }: { name: string; policy: Raw; select: Raw; all: readonly Scope[] },
): Part {
  const { unless, ...rest } = policy;
  const entries: unknown[] = Array.isArray(unless) ? unless : unless === undefined ? [] : [unless];
  // An exception that is for no place at all stays, and is named as one that never applies.
  const own = entries
    .map((entry, index) => ({ entry, index }))
    .filter(({ entry }) => mayBeIn(entry, place) || !all.some((one) => mayBeIn(entry, one)));
  const kept = own.map(({ entry }) => entry);
  return {
    name: nameInPlace(name, place),
    policy: {
      ...rest,
      select: { ...select, ...place },
      ...(kept.length === 0 ? {} : { unless: Array.isArray(unless) ? kept : kept[0] }),
    },
    unless: own.map(({ index }) => index),
  };
}

function isElsewhere(said: unknown, here: string): boolean {
  return typeof said === 'string' && said !== here;
}

/** False only if it names another environment or region. */
function mayBeIn(entry: unknown, { environment, region }: Scope): boolean {
  if (!isMap(entry)) return true;
  return !isElsewhere(entry['environment'], environment) && !isElsewhere(entry['region'], region);
}

function twofold(select: Raw, several: Raw, path: readonly PropertyKey[]): Finding[] {
  return (['environment', 'region'] as const).flatMap((key) =>
    select[key] === undefined || several[`${key}s`] === undefined
      ? []
      : [{ path: [...path, key], message: `stands beside ${key}s; write one of the two` }],
  );
}

function twice(list: unknown, path: readonly PropertyKey[]): Finding[] {
  const some: unknown[] = Array.isArray(list) ? list : [];
  return repeated(some).map((one) => ({ path, message: `${String(one)} is listed twice; name each once` }));
}

function siteOf(accounts: unknown, account: unknown = 'default'): Site {
  const one = isMap(accounts) ? accounts[String(account)] : undefined;
  const site = isMap(one) ? one['site'] : undefined;
  return SITE_NAMES.find((name) => name === site) ?? 'public';
}

function isMap(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
