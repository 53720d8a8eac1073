import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { systemClock } from '../clock.ts';
import { type Checked, checkPolicies, formatProblem } from '../policies/check.ts';
import type { Policies } from '../policies/schema.ts';
import { RequestError } from '../termination/request.ts';

export const POLICIES_FILE = 'policies.yml';

/** The problems of a file, or its policies if there are none. A missing file is a problem like any other. */
export async function checkPoliciesFile(file: string, now: number): Promise<Checked> {
  try {
    return checkPolicies(await readFile(file), { now });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const why = isMissing(error) ? 'there is no such file' : `can not be read (${String(error.code)})`;
    const message = `${why}; expected a file such as ${POLICIES_FILE}`;
    return { policies: undefined, problems: [{ line: 1, column: 1, path: '', message }], warnings: [] };
  }
}

/** Throws {@link RequestError} with every problem. */
export async function policiesIn(file: string, now: number): Promise<Policies> {
  const { policies, problems } = await checkPoliciesFile(file, now);
  if (policies === undefined) throw new RequestError(problems.map((problem) => formatProblem(file, problem)));
  return policies;
}

/** The policies of this folder, or undefined if it has none. A wrong file is an error, because it may say what to keep. */
export async function policiesHere(file: string | undefined, now: number): Promise<Policies | undefined> {
  if (file !== undefined) return policiesIn(file, now);
  try {
    await readFile(POLICIES_FILE);
  } catch (error) {
    if (error instanceof Error && isMissing(error)) return undefined;
  }
  return policiesIn(POLICIES_FILE, now);
}

/** Of the file in this folder, for suggestions; none if there is no such file, or something is wrong with it. */
export function policyNames(): string[] {
  try {
    const { policies } = checkPolicies(readFileSync(POLICIES_FILE), { now: systemClock.now() });
    return Object.keys(policies?.policies ?? {});
  } catch {
    return [];
  }
}

function isMissing(error: Error): boolean {
  return 'code' in error && error.code === 'ENOENT';
}
