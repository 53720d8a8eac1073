import type { Environment } from './regions.ts';

/** Digits and letters of any language; of other characters these alone (NCP's AttachTag page). */
const SPECIAL = '_ . / = + - @';
const VPC_VALUE = /^[\p{L}\p{M}\p{N}_./=+\-@]{1,256}$/u;

/** Resource Manager's rule for the value of a tag. */
export function isTagValue(value: string): boolean {
  return VPC_VALUE.test(value);
}

/** Why a server of this environment cannot have such a tag, for a sentence that names it. No rule is known for Classic. */
export function tagProblem(environment: Environment, value: string): string | undefined {
  if (environment === 'classic' || isTagValue(value)) return undefined;
  const wanted = `1 to 256 letters, digits and ${SPECIAL}`;
  return `${JSON.stringify(value)} cannot be the value of a VPC tag; write ${wanted}, such as "20260115T090000+0900"`;
}
