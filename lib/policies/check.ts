/** Finds every problem of a policies file at once. A file with problems gives no policies. */

import * as z from 'zod';
import { meaning } from '../text/folding.ts';
import { nearest } from '../text/nearest.ts';
import { decodeUtf8, withoutLost } from '../text/utf8.ts';
import { readYaml } from './document.ts';
import { type Finding, repeated } from './finding.ts';
import { describedAt } from './json-schema.ts';
import { lengthFindings } from './length-findings.ts';
import { callerFindings, peopleFindings } from './people-findings.ts';
import { inPlaces } from './places.ts';
import { requestsFindings } from './requests-findings.ts';
import { nameSchema, type Policies, type Policy, policiesSchema, policySchema } from './schema.ts';
import { schemaFindings } from './schema-findings.ts';
import { criteriaFindings, placeFindings, selectFindings, unlessFindings } from './select-findings.ts';
import { type Sound, soundParts } from './sound.ts';
import { timeFindings } from './time-findings.ts';

export interface Problem {
  /** From 1, and so is the column. */
  line: number;
  column: number;
  /** As in `policies.nightly-dev.window.from`; empty for the file as a whole. */
  path: string;
  message: string;
}

export interface Checked {
  /** Undefined as soon as there is one problem. */
  policies: Policies | undefined;
  problems: Problem[];
  warnings: Problem[];
}

/** A file as its bytes, or its text. `now` in milliseconds since the epoch: a schedule must fire after it, a window open. */
export function checkPolicies(file: Uint8Array | string, { now }: { now: number }): Checked {
  const decoded = typeof file === 'string' ? withoutLost(file) : decodeUtf8(file);
  if (!decoded.ok) {
    const { line, column, problem } = decoded;
    return { policies: undefined, problems: [{ line, column, path: '', message: problem }], warnings: [] };
  }
  const yaml = readYaml(decoded.text);
  const broken = yaml.problems.map((one) => ({ ...one, path: '' }));
  if (broken.length > 0 && yaml.value === undefined) return { policies: undefined, problems: broken, warnings: [] };
  const places = inPlaces(yaml.value);
  const findings = distinct([
    ...places.findings,
    ...allFindings(places.value, now).map((one) => ({ ...one, path: places.writtenAt(one.path) })),
  ]);
  const told = (wanted: boolean): Problem[] =>
    findings
      .filter(({ isWarning = false }) => isWarning === wanted)
      .map(({ path, message, atKey = false }) => ({
        ...yaml.placeOf(path, atKey),
        path: path.map(String).join('.'),
        message,
      }));
  const problems = [...broken, ...told(false)].toSorted((a, b) => a.line - b.line || a.column - b.column);
  const parsed = problems.length === 0 ? policiesSchema.safeParse(places.value) : undefined;
  return { policies: parsed?.data, problems, warnings: told(true) };
}

/** Each place of a policy has the same problems. */
function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((one) => [JSON.stringify(one), one])).values()];
}

/** `policies.yml:12:5 policies.nightly-dev.schedule: …`. */
export function formatProblem(file: string, { line, column, path, message }: Problem): string {
  return `${file}:${line}:${column} ${path === '' ? '' : `${path}: `}${message}`;
}

/** A policy with an invalid name is checked too, under a valid stand-in. */
function allFindings(value: unknown, now: number): Finding[] {
  const { renamed, names } = withNames(value);
  if (names.size === 0) return findingsOf(value, now);
  const below = findingsOf(renamed, now).map(({ path: [top = '', name = '', ...rest], ...finding }) => {
    const original = top === 'policies' ? names.get(String(name)) : undefined;
    return {
      ...finding,
      path: original === undefined ? [top, name, ...rest].filter((key) => key !== '') : [top, original, ...rest],
    };
  });
  const named = schemaFindings(value).filter(({ path, atKey }) => atKey === true && path[0] === 'policies');
  return [...named, ...below];
}

/** The file with a stand-in for every invalid policy name, and the name that each replaces. */
function withNames(value: unknown): { renamed: unknown; names: ReadonlyMap<string, string> } {
  const parsed = z.looseObject({ policies: z.record(z.string(), z.unknown()) }).safeParse(value);
  const wrong = parsed.success
    ? Object.keys(parsed.data.policies).filter((name) => !nameSchema.safeParse(name).success)
    : [];
  const taken = parsed.success ? Object.keys(parsed.data.policies) : [];
  const free = Array.from({ length: taken.length + wrong.length }, (_, index) => `my-policy-${index + 1}`);
  const unused = free.filter((name) => !taken.includes(name));
  const names = new Map(wrong.map((name, index) => [unused[index] ?? name, name]));
  if (!parsed.success || wrong.length === 0) return { renamed: value, names };
  const stands = new Map([...names].map(([standIn, name]) => [name, standIn]));
  const policies = Object.entries(parsed.data.policies).map(([name, policy]) => [stands.get(name) ?? name, policy]);
  return { renamed: { ...parsed.data, policies: Object.fromEntries(policies) }, names };
}

function findingsOf(value: unknown, now: number): Finding[] {
  if (value === null || value === undefined) {
    const { example } = describedAt(['policies']);
    return [{ path: [], message: `the file is empty; expected version: 1 and policies: ${example}` }];
  }
  const found = schemaFindings(value);
  const sound = soundParts(policiesSchema, value);
  if (sound === undefined) return found;
  const isWhole = (path: readonly PropertyKey[]): boolean => !found.some((one) => isUnder(one.path, path));
  return [
    ...found,
    ...accountFindings(sound, isWhole(['policies'])),
    ...tagKeyFindings(sound),
    ...callerFindings(sound, isWhole(['callers'])),
    ...requestsFindings(sound, isWhole(['requests'])),
    ...policyFindings(sound, isWhole, now),
  ];
}

function isUnder(path: readonly PropertyKey[], above: readonly PropertyKey[]): boolean {
  return above.every((step, index) => path[index] === step);
}

function accountFindings({ accounts, policies }: Sound<Policies>, isWhole: boolean): Finding[] {
  const empty: Finding[] = [];
  if (accounts !== undefined && Object.keys(accounts).length === 0) {
    empty.push({
      path: ['accounts'],
      message: 'empty; name an account, for example default: {secret: banap/dev/ncloud}, or leave it out',
    });
  }
  if (isWhole && policies !== undefined && Object.keys(policies).length === 0) {
    empty.push({
      path: ['policies'],
      message: `no policy at all; write one, for example ${describedAt(['policies']).example}`,
    });
  }
  return empty;
}

/** One tag cannot have two meanings, and nobody writes tags with invisible keys. */
function tagKeyFindings({ tags = {} }: Sound<Policies>): Finding[] {
  const keys = Object.entries(tags);
  return keys.flatMap(([use, key], index) => {
    if (key === undefined) return [];
    const path = ['tags', use];
    if (meaning(key) === '') return [{ path, message: 'nothing that can be seen; expected the key of a tag' }];
    const other = keys.slice(0, index).find(([, one]) => one !== undefined && meaning(one) === meaning(key));
    const message = `${key} is the key of ${other?.[0]} already; give each a key of its own`;
    return other === undefined ? [] : [{ path, message }];
  });
}

function policyFindings(
  { accounts, policies = {} }: Sound<Policies>,
  isWhole: (path: readonly PropertyKey[]) => boolean,
  now: number,
): Finding[] {
  const known = Object.keys(accounts ?? { default: {} });
  return Object.entries(policies).flatMap(([name, policy]) => {
    if (policy === undefined) return [];
    const path = ['policies', name];
    const select = [...path, 'select'];
    const unless = [...path, 'unless'];
    return [
      ...(policy.select === undefined ? [] : criteriaFindings(policy.select, select)),
      ...(policy.select === undefined ? [] : unknownAccount(policy.select.account, known, select)),
      ...(policy.select === undefined ? [] : placeFindings(policy.select, accounts, select)),
      ...placed(policy.unless, unless).flatMap(({ entry, at }) =>
        criteriaFindings({ environment: policy.select?.environment, ...entry }, at),
      ),
      ...(isWhole(select) ? wholeSelectFindings(policy, path, isWhole(unless)) : []),
      ...timeFindings(policy, path, now),
      ...lengthFindings(policy, path),
      ...peopleFindings(policy, path, isWhole),
      ...reportFindings(policy.report ?? [], [...path, 'report']),
    ];
  });
}

function wholeSelectFindings(policy: Sound<Policy>, path: readonly PropertyKey[], isUnlessWhole: boolean): Finding[] {
  const select = policySchema.shape.select.safeParse(policy.select);
  if (!select.success) return [];
  const unless = policySchema.shape.unless.safeParse(policy.unless);
  return [
    ...selectFindings(select.data, policy.expiry, [...path, 'select']),
    ...(isUnlessWhole
      ? placed(unless.data, [...path, 'unless']).flatMap(({ entry, at }) => unlessFindings(entry, select.data, at))
      : []),
  ];
}

/** One exception, or each of a list, with its path. */
function placed<T extends object>(
  unless: T | readonly T[] | undefined,
  path: readonly PropertyKey[],
): { entry: T; at: readonly PropertyKey[] }[] {
  if (unless === undefined) return [];
  return isList(unless)
    ? unless.map((entry, index) => ({ entry, at: [...path, index] }))
    : [{ entry: unless, at: path }];
}

function isList<T>(one: T | readonly T[]): one is readonly T[] {
  return Array.isArray(one);
}

function unknownAccount(
  account: string | undefined,
  known: readonly string[],
  path: readonly PropertyKey[],
): Finding[] {
  if (account === undefined || known.length === 0 || known.includes(account)) return [];
  const meant = nearest(account, known);
  const hint = meant === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${meant}?`;
  return [{ path: [...path, 'account'], message: `there is no account ${account} in accounts; ${hint}` }];
}

function reportFindings(report: readonly string[], path: readonly PropertyKey[]): Finding[] {
  return repeated(report).map((name) => ({ path, message: `${name} is listed twice; name each target once` }));
}
