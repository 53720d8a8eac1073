/** The problems that the schema finds, each as one sentence with what was expected and an example. */

import type * as z from 'zod';
import { nearest } from '../text/nearest.ts';
import type { Finding } from './finding.ts';
import { describedAt } from './json-schema.ts';
import { policiesSchema } from './schema.ts';

export function schemaFindings(value: unknown): Finding[] {
  const parsed = policiesSchema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => findingsOf(issue, value));
}

function findingsOf(issue: z.core.$ZodIssue, root: unknown): Finding[] {
  const { path } = issue;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], describedAt(path).keys));
    case 'invalid_key':
      return [{ path, message: `${quoted(path.at(-1))} is no name here; ${expectedName(path)}`, atKey: true }];
    case 'invalid_type':
      return valueAt(root, path) === undefined
        ? [{ path, message: `missing; ${expected(issue.expected, path)}` }]
        : [{ path, message: `${given(root, path)} where ${expected(issue.expected, path)}` }];
    case 'invalid_value':
      return [{ path, message: ofList(issue.values, valueAt(root, path), path) }];
    case 'invalid_union':
      return ofUnion(issue, root);
    case 'too_small':
      return [{ path, message: `expected ${atLeast(issue)}${exampleOf(path)}` }];
    case 'too_big':
      return [{ path, message: `expected at most ${issue.maximum}${UNITS[issue.origin] ?? ''}` }];
    case 'custom':
      return [{ path, message: `${given(root, path)}: ${issue.message}` }];
    default:
      return [{ path, message: `${given(root, path)}: expected ${lower(describing(path))}${exampleOf(path)}` }];
  }
}

/** Three places take values of several kinds: the value of a tag, an approver, and `unless`. */
function ofUnion({ path, errors }: z.core.$ZodIssueInvalidUnion, root: unknown): Finding[] {
  if (path.at(-1) === 'unless' && path.length === 3) {
    // Of a map and a list of maps, what is wrong in the kind that was written.
    const meant = errors.filter((some) => !some.some((one) => one.code === 'invalid_type' && one.path.length === 0));
    const within = meant.flat().flatMap((one) => findingsOf({ ...one, path: [...path, ...one.path] }, root));
    if (within.length > 0) return within;
    const message = `${given(root, path)} where a map or a list of maps is expected${exampleOf(path)}`;
    return [{ path, message }];
  }
  if (path.at(-2) !== 'approvers') {
    return [{ path, message: 'expected a value in quotes, {in: [web, app]} or {exists: true}' }];
  }
  if (!Array.isArray(valueAt(root, path))) {
    const message = `${given(root, path)}: expected an id, or a list of the ids of one person${exampleOf(path)}`;
    return [{ path, message }];
  }
  const within = errors.flat().filter((one) => one.path.length > 0);
  return within.flatMap((one) => findingsOf({ ...one, path: [...path, ...one.path] }, root));
}

const UNITS: Readonly<Record<string, string>> = { string: ' letters', array: ' items' };

function unknownKey(path: PropertyKey[], known: readonly string[]): Finding {
  const meant = nearest(String(path.at(-1)), known);
  const hint = meant === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${meant}?`;
  return { path, message: `unknown key; ${hint}`, atKey: true };
}

function expectedName(path: readonly PropertyKey[]): string {
  return path.includes('tags')
    ? 'expected the key of a tag, 1 to 128 letters'
    : 'expected small letters, digits and single hyphens, at most 31 characters, for example nightly-dev';
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'a map',
  record: 'a map',
  array: 'a list',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function expected(kind: string, path: readonly PropertyKey[]): string {
  return `${KINDS[kind] ?? kind} is expected${exampleOf(path)}`;
}

function ofList(values: readonly unknown[], value: unknown, path: readonly PropertyKey[]): string {
  const known = values.map(String);
  const meant = typeof value === 'string' ? nearest(value, known) : undefined;
  const what = value === undefined ? 'missing' : shown(value);
  const hint = meant === undefined ? exampleOf(path) : `; did you mean ${meant}?`;
  return `${what}: expected ${known.join(' or ')}${hint}`;
}

function atLeast({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): string {
  if (origin === 'string') return 'some text';
  if (origin === 'array') return 'at least one item, or leave the key out';
  return `${inclusive === true ? 'at least' : 'more than'} ${minimum}`;
}

/** An item without a description uses that of its list. */
function describing(path: readonly PropertyKey[]): string {
  return describedAt(path).description || describedAt(path.slice(0, -1)).description || 'see the schema';
}

function exampleOf(path: readonly PropertyKey[]): string {
  const own = describedAt(path);
  const [at, { example }] = own.example === '' ? [path.slice(0, -1), describedAt(path.slice(0, -1))] : [path, own];
  return example === '' ? '' : `, for example ${String(at.at(-1) ?? 'version')}: ${example}`;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    root,
  );
}

/** Somebody may have written a secret instead of its name. */
function given(root: unknown, path: readonly PropertyKey[]): string {
  const value = valueAt(root, path);
  const isSecret =
    typeof value === 'string' && (path[0] === 'accounts' || path[0] === 'callers' || path[2] === 'report');
  return isSecret ? 'what stands here' : shown(value);
}

function shown(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return quoted(value);
}

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Abbreviations such as NCP keep their capitals. */
function lower(text: string): string {
  const first = /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() : text.charAt(0);
  return first + text.slice(1).replace(/\.$/, '');
}
