import { readFileSync } from 'node:fs';
import { type CompiledPolicies, PoliciesError, readCompiled } from './load.ts';

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
