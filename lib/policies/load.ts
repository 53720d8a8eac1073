/** Policies as packaging compiles them and the functions read them: JSON with every default filled in. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { jsonFrom } from '../text/json.ts';
import { type Policies, type Policy, policiesSchema } from './schema.ts';

const compiledSchema = policiesSchema.extend({
  /** When they were compiled, RFC 3339 in UTC: the later of two deployments counts. */
  builtAt: z.iso.datetime().default('1970-01-01T00:00:00Z'),
});

export type CompiledPolicies = z.output<typeof compiledSchema>;

export function compilePolicies(policies: Policies, builtAt?: string): string {
  return `${JSON.stringify({ ...policies, ...(builtAt === undefined ? {} : { builtAt }) }, null, 2)}\n`;
}

/** The policies that were packaged with a function. Throws {@link PoliciesError} with one sentence. */
export function compiledPoliciesIn(file: string): CompiledPolicies {
  let json: string;
  try {
    json = readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new PoliciesError(`BANAP_POLICIES: ${file} cannot be read (${why}); package it again`);
  }
  return readCompiled(json);
}

/** Throws {@link PoliciesError}. */
export function readCompiled(json: string): CompiledPolicies {
  const value = jsonFrom(json);
  if (value === undefined) throw new PoliciesError('the compiled policies are not JSON; package them again');
  const parsed = compiledSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue?.path.map(String).join('.') || 'the file';
  throw new PoliciesError(
    `the compiled policies do not fit this version of banap (${at}: ${issue?.message}); package them again`,
  );
}

/** The first 12 hexadecimal digits of the SHA-256 of its content, whatever the order of its keys. */
export function policyVersion(policy: Policy): string {
  return createHash('sha256').update(canonical(policy)).digest('hex').slice(0, 12);
}

/** The policies of this deployment cannot be used. The message is one sentence. */
export class PoliciesError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PoliciesError';
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
