/** `banap explain`: what a return code of NCP, a guard or a key of `policies.yml` means, and what to do about it. */

import { codeFor, codesKnown } from '../ncloud/codes.ts';
import { describedAt } from '../policies/json-schema.ts';
import type { Remedy } from '../termination/decision/decision.ts';
import type { Guard } from '../termination/model.ts';
import { oneLine } from '../termination/one-line.ts';
import { RequestError } from '../termination/request.ts';
import { nearest } from '../text/nearest.ts';
import { GUARDS_EXPLAINED } from './guards-explained.ts';
import type { Io } from './io.ts';

/** Returns the exit code. */
export function explainCommand(topic: string | undefined, { stdout }: Pick<Io, 'stdout'>): number {
  stdout.write(`${topic === undefined ? overview() : explained(topic)}\n`);
  return 0;
}

function explained(topic: string): string {
  const found = code(topic) ?? guard(topic) ?? key(topic);
  if (found !== undefined) return found;
  const known = [...codesKnown(), ...GUARDS, ...keysUnder(POLICY), ...keysUnder([])];
  const meant = nearest(topic, known);
  const hint = meant === undefined ? '"banap explain" lists what there is' : `did you mean ${meant}?`;
  throw new RequestError([
    `${JSON.stringify(oneLine(topic, 60))} is no return code, guard or key of policies.yml; ${hint}`,
  ]);
}

function overview(): string {
  return [
    `Guards, which leave a server alone: ${GUARDS.join(', ')}`,
    `Keys of policies.yml: ${keysUnder([]).join(', ')}; and of a policy: ${keysUnder(POLICY).join(', ')}`,
    `Return codes of NCP: ${codesKnown().join(', ')}`,
    '',
    'For example: banap explain 25022, banap explain held, banap explain window.from',
  ].join('\n');
}

const REMEDIES: Record<Remedy | 'unknown', string> = {
  gone: 'The server may be gone: banap looks in two lists before it says so.',
  done: 'Nothing is left to do; banap looks and goes on.',
  later: 'NCP takes no more for now: banap looks again later.',
  look: 'banap looks again and does what is needed first, or says what is in the way.',
  wait: 'NCP or somebody is at work on it: banap waits, until the deadline, and looks again.',
  protected:
    'banap leaves the server alone. Protection is lifted only where the request says so and the plan showed it.',
  fail: 'banap does not try this again: somebody has to look at it.',
  fatal: 'No call works like this: check the keys, their permissions and the clock ("banap doctor").',
  unknown: 'Nobody knows what was done: banap looks before it does anything else.',
};

function code(topic: string): string | undefined {
  const found = codeFor(topic);
  if (found === undefined) return undefined;
  return `Return code ${topic}: ${found.meaning}.\n${REMEDIES[found.remedy]}`;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant
const GUARDS = Object.keys(GUARDS_EXPLAINED) as Guard[];

function guard(topic: string): string | undefined {
  const name = GUARDS.find((one) => one === topic.toLowerCase());
  if (name === undefined) return undefined;
  const { means, todo } = GUARDS_EXPLAINED[name];
  return `Guard ${name}: ${means}\n${todo}`;
}

const POLICY = ['policies', 'any'];

/** `window.from`, of a policy, or `requests.default`, of the file. */
function key(topic: string): string | undefined {
  const path = topic.split('.').filter((part) => part !== '');
  const [first = ''] = path;
  const whole = keysUnder(POLICY).includes(first)
    ? [...POLICY, ...path]
    : keysUnder([]).includes(first)
      ? path
      : undefined;
  if (whole === undefined) return undefined;
  const { description, keys, example } = describedAt(whole);
  const parent = keysUnder(whole.slice(0, -1));
  if (path.length > 1 && description === '' && keys.length === 0 && !parent.includes(path.at(-1) ?? ''))
    return undefined;
  return [
    `Key ${path.join('.')} of ${whole === path ? 'policies.yml' : 'a policy'}: ${description || 'no more is to be said.'}`,
    ...(keys.length === 0 ? [] : [`It may have: ${keys.join(', ')}`]),
    ...(example === '' ? [] : [`For example: ${path.at(-1) ?? ''}: ${example}`]),
  ].join('\n');
}

function keysUnder(path: readonly string[]): string[] {
  return describedAt(path).keys;
}
