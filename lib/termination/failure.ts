/** Why NCP or the store did not do what it was asked, or what broke a run off, as data; `lib/wording` makes a sentence of it. */

import type { Environment } from './model.ts';

export type Failure =
  /** NCP's own code and words. `of`: its action; empty where the reader knows it. */
  | { kind: 'refused'; of: string; returnCode: string; returnMessage: string }
  /**
   * `of`: NCP's action, or the table, file or policy; may be empty. `code`: of an answer or an error; may be empty.
   * `message`: all of it in English.
   */
  | { kind: FailureKind; of: string; code: string; message: string };

export type FailureKind =
  | 'no-keys'
  | 'not-authenticated'
  | 'not-permitted'
  | 'may-not-read-tags'
  | 'throttled'
  | 'unreachable'
  /** It may have been done. */
  | 'no-answer'
  | 'unreadable'
  | 'too-slow'
  | 'not-listed'
  | 'unreadable-policy'
  /** Any other that passes. */
  | 'not-now'
  /** Any other that does not pass by itself. */
  | 'unusable'
  /** Neither NCP nor the store: most likely a bug. */
  | 'unexpected';

/** A part of the account that could not be read. */
export interface UnreadPlace {
  environment: Environment;
  failure: Failure;
}

/** NCP refused an act: what it said, for a reader who knows which act. */
export function refusedBy({ returnCode, returnMessage }: { returnCode: string; returnMessage: string }): Failure {
  return { kind: 'refused', of: '', returnCode, returnMessage };
}
