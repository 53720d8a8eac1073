import type { core } from 'zod';
import { nearest } from '../text/nearest.ts';

/** One sentence per problem: where it is in the file, what was expected, what is there. */
export function fleetProblems(issues: readonly core.$ZodIssue[], input: unknown, levels: Levels): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => misspelt(issue.path, key, levels));
    if (issue.code === 'custom' && issue.path.length === 0) return [issue.message];
    return [`${written(issue.path)} ${expectation(issue)}${found(issue.path, input)}.`];
  });
}

/** The objects that may have keys, by the key under which they stand; the outermost by ''. */
type Levels = Readonly<Record<string, { shape: object }>>;

function misspelt(path: readonly PropertyKey[], key: string, levels: Levels): string {
  const level = path.findLast((step) => typeof step === 'string') ?? '';
  const candidates = Object.keys(levels[level]?.shape ?? {});
  const meant = nearest(key, candidates);
  const advice = meant ? `did you mean "${meant}"?` : `the keys are ${candidates.join(', ')}.`;
  return `${written([...path, key])} is no key of a fleet; ${advice}`;
}

function expectation(issue: core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `must be ${indefinite(issue.expected)}${exampleOf(issue.path.at(-1))}`;
  if (issue.code === 'invalid_value')
    return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
  if (issue.code === 'too_small')
    return issue.origin === 'string' ? 'must not be empty' : `must be ${issue.minimum} or more`;
  if (issue.code === 'invalid_union') return 'must be "changing" or {"changingSeconds": 30}';
  return `is wrong: ${issue.message}`;
}

const examples: Record<string, string> = {
  serverInstanceNo: '"1001"',
  serverName: '"dev-1"',
  servers: '[{"serverInstanceNo":"1001","serverName":"dev-1"}]',
  tags: '{"env":"dev"}',
  blockStorage: '[{"blockStorageName":"data","sizeGb":100}]',
  isProtectServerTermination: 'false',
  stopSeconds: '30',
};

function exampleOf(key: PropertyKey | undefined): string {
  const example =
    typeof key === 'string' ? examples[key] : '{"servers":[{"serverInstanceNo":"1001","serverName":"dev-1"}]}';
  return example === undefined ? '' : `, such as ${example}`;
}

function indefinite(type: string): string {
  if (type === 'int') return 'a whole number';
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

/** `servers[2].status`; the file as a whole is "The fleet". */
function written(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'The fleet';
  return path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at > 0 ? '.' : ''}${String(step)}`))
    .join('');
}

function found(path: readonly PropertyKey[], input: unknown): string {
  let here: unknown = input;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return '';
    here = Reflect.get(here, step);
  }
  return here === undefined ? ', and is missing' : `, not ${(JSON.stringify(here) ?? typeof here).slice(0, 60)}`;
}
