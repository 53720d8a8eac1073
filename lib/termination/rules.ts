/** What may be done to the servers of a request, and what a policy allows. */

import type { Window } from '../calendar/window.ts';
import type { Criteria } from './decision/criteria.ts';
import type { Environment } from './model.ts';

type StoragePolicy = 'refuse' | 'detach' | 'delete';

type PublicIpPolicy = 'keep' | 'release';

/** What may be done to the servers of a request. The same for the plan and for every pass. */
export interface Rules {
  /** Additional block storage: refuse the server (default), detach and keep it, or delete it after the server. */
  storage: StoragePolicy;
  /** Public IP addresses after the server is gone: keep (and go on paying) or release. */
  publicIp: PublicIpPolicy;
  /** Lift termination protection that was on when the plan was made. Never inferred. */
  overrideProtection: boolean;
  /** Stop first, terminate only after the server has been stopped for this many seconds. 0: at once. */
  stopForSeconds: number;
  /** `tags`: only what its tags say is due. `none`: whatever is selected. */
  expiry: 'none' | 'tags';
  tagKeys: TagKeys;
  /** IANA zone of dates without a time, for example `Asia/Seoul`. */
  timezone: string;
  /** What the policy allows; null without a policy. */
  policyTerms: PolicyTerms | null;
}

/** Under which keys people write what they want. */
export interface TagKeys {
  terminateAt: string;
  ttl: string;
  keep: string;
}

export const DEFAULT_TAG_KEYS: TagKeys = { terminateAt: 'terminate-at', ttl: 'ttl', keep: 'keep' };

export const DEFAULT_TIMEZONE = 'Asia/Seoul';

/** What a policy allows: whether it acts at all, where, on which servers, when, and at what price. */
export interface PolicyTerms {
  policy: string;
  /** Of its schedule and its events. */
  mode: 'plan' | 'terminate';
  account: string;
  environment: Environment;
  region: string;
  storage: StoragePolicy;
  publicIp: PublicIpPolicy;
  expiry: 'none' | 'tags';
  overrideProtection: boolean;
  select: Criteria;
  /** A server for which all of one entry holds is left alone. */
  unless: readonly Criteria[];
  window: Window | null;
}
