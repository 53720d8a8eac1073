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
