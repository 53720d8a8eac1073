/** Why NCP or the store did not do what it was asked, or what broke a run off, as data; `lib/wording` makes a sentence of it. */

import type { Environment } from './model.ts';

/** Under which ids NCP's support finds a call. An id that NCP did not give is empty. */
export interface CallIds {
  requestId: string;
  traceId: string;
}

/** `ids`: of the call that failed, where NCP answered it and named it. */
export type Failure = {
  ids?: CallIds;
} /** NCP's own code and words. `of`: its action; empty where the reader knows it. */ & (
  | { kind: 'refused'; of: string; returnCode: string; returnMessage: string }
  /**
   * `of`: NCP's action, or the table, file or policy; may be empty. `code`: of an answer or an error; may be empty.
   * `message`: all of it in English.
   */
  | { kind: FailureKind; of: string; code: string; message: string }
);

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
export function refusedBy({ returnCode, returnMessage, ids }: SaidByNcp): Failure {
  return { kind: 'refused', of: '', returnCode, returnMessage, ...withIds(ids) };
}

/** What NCP said when it refused. */
export type SaidByNcp = {
  returnCode: string;
  returnMessage: string;
  ids?: CallIds | undefined;
};

/** As a part of an object, which lacks the key where there are none. */
export function withIds(ids: CallIds | undefined): { ids?: CallIds } {
  return ids === undefined ? {} : { ids };
}
