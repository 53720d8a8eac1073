import type { Failure } from '../../lib/termination/failure.ts';
import type { Reason } from '../../lib/termination/reasons.ts';
import { DEFAULT_TIMEZONE } from '../../lib/termination/rules.ts';
import { inEnglish, wordsIn } from '../../lib/wording/say.ts';

/** Every reason in it is its English sentence; where there may be none, the empty one. */
export type Worded<T> = T extends Reason
  ? string
  : T extends object
    ? { [Key in keyof T]: Key extends 'reason' ? string : Worded<T[Key]> }
    : T;

export function worded<T>(told: T): Worded<T> {
  return deeply(told) as Worded<T>;
}

/** A sentence that only the test uses. */
export function saying(reason: string): Reason<'said'> {
  return { code: 'said', reason };
}

function deeply(told: unknown): unknown {
  if (isReason(told)) return inEnglish(told, DEFAULT_TIMEZONE);
  if (Array.isArray(told)) return told.map(deeply);
  if (typeof told !== 'object' || told === null) return told;
  return Object.fromEntries(
    Object.entries(told).map(([key, value]) => [key, key === 'reason' && value === null ? '' : deeply(value)]),
  );
}

function isReason(told: unknown): told is Reason {
  if (typeof told !== 'object' || told === null || !('code' in told)) return false;
  return typeof told.code === 'string' && Object.hasOwn(wordsIn('en').reasons, told.code);
}

/** An unexpected failure, in English. */
export function unexpected(message: string): Failure {
  return { kind: 'unexpected', of: '', code: 'Error', message };
}

/** NCP's refusal with foreign text in every field. */
export function refusedWith(text: string): Failure {
  return { kind: 'refused', of: text, returnCode: text, returnMessage: text };
}
