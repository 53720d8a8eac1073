import { type Checked, checkPolicies } from '../../lib/policies/check.ts';
import type { Policies, Policy } from '../../lib/policies/schema.ts';

/** Monday morning in Korea. */
export const NOW = Date.parse('2026-11-23T00:00:00Z');

/** The lines of one policy, `p`, that is sound without them but for its selection. */
export function policyFile(lines: readonly string[]): string {
  return ['version: 1', 'policies:', '  p:', ...lines.map((line) => `    ${line}`), ''].join('\n');
}

export const SELECT = 'select: { environment: vpc, names: [dev-*] }';

/** What is wrong with a policy of these lines: `path: message`. */
export function problemsOf(...lines: string[]): string[] {
  return inWords(checkPolicies(policyFile(lines), { now: NOW }));
}

export function inWords({ problems }: Checked): string[] {
  return problems.map(({ path, message }) => `${path.replace(/^policies\.p\./, '')}: ${message}`);
}

/** The policies of a file that must be sound. */
export function sound(text: string): Policies {
  const { policies, problems } = checkPolicies(text, { now: NOW });
  if (policies === undefined) throw new Error(problems.map(({ message }) => message).join('; '));
  return policies;
}

export function soundPolicy(...lines: string[]): Policy {
  const policy = sound(policyFile(lines)).policies['p'];
  if (policy === undefined) throw new Error('there is no policy p');
  return policy;
}
