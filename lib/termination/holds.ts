/** What people want left alone. */

/** Somebody wants a server left alone. */
export interface Hold {
  serverInstanceNo: string;
  /** As it was called then; may be empty. */
  serverName: string;
  kind: 'keep' | 'snooze';
  by: string;
  reason: string;
  /** RFC 3339 in UTC. */
  at: string;
  /** RFC 3339 in UTC; empty: until it is released. */
  until: string;
}

/** Somebody wants nothing done for the time being: under one policy, in one account, or anywhere. */
export interface Pause {
  /** Empty: in every account. */
  account: string;
  /** Empty: under every policy, and without one. */
  policy: string;
  by: string;
  reason: string;
  /** RFC 3339 in UTC. */
  at: string;
  /** RFC 3339 in UTC; empty: until somebody resumes. */
  until: string;
}

/**
 * What a run that may lift a server's protection holds it by, until it is protected again or gone. If the run dies for good
 * in between, nobody else takes the server for one that was never protected: only `release` ends this hold.
 */
export function holdOfRun(
  { serverInstanceNo, serverName }: Pick<Hold, 'serverInstanceNo' | 'serverName'>,
  requestId: string,
  at: string,
): Hold {
  return { serverInstanceNo, serverName, kind: 'keep', by: nameOfRun(requestId), reason: '', at, until: '' };
}

/**
 * Whether it stands in the way of a run: every hold does but the run's own. Only a run that may lift protection has one; an
 * earlier run of the same id may have been one, too.
 */
export function isAgainst(
  hold: Hold,
  { requestId, overrideProtection }: { requestId: string; overrideProtection: boolean },
): boolean {
  return !overrideProtection || runOf(hold) !== requestId;
}

/** The run that holds it; empty if a person does. */
export function runOf({ by, reason, kind }: Hold): string {
  return isNameOfRun(by) && reason === '' && kind === 'keep' ? by.slice(RUN.length) : '';
}

export function isNameOfRun(by: string): boolean {
  return by.startsWith(RUN);
}

const RUN = 'banap run ';

function nameOfRun(requestId: string): string {
  return `${RUN}${requestId}`;
}
