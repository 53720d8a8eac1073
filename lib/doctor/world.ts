/** What there is to look at. Whoever calls the doctor says so; a check reads no environment of its own. */

import type { ZodType } from 'zod';
import type { SecretStore } from '../aws/secrets.ts';
import type { ChatId } from '../chat/identities.ts';
import type { Clock } from '../clock.ts';
import type { Checked } from '../policies/check.ts';
import type { Account } from './account.ts';

export interface World {
  clock: Clock;
  /** Ends every look. */
  signal: AbortSignal;
  policies: PoliciesHere | undefined;
  accounts: readonly Account[];
  secrets: { named: readonly NamedSecret[]; store: SecretStore | undefined };
  memory: Memory;
  chats: readonly ChatHere[];
  webhooks: readonly Webhook[];
}

export interface PoliciesHere {
  file: string;
  checked: Checked;
}

/** A secret that something names, and what has to be in it. */
export interface NamedSecret {
  id: string;
  schema: ZodType;
}

/** Where banap remembers: a table, or a file that is there, or one that will be made. */
export interface Memory {
  name: string;
  isThere: boolean;
  /** Reads something, or finds out whether it may be made. Writes nothing. Throws StoreError or ConfigError. */
  look: () => Promise<unknown>;
}

export interface ChatHere {
  id: ChatId;
  secretId: string;
  /** Empty: where the service always is. */
  url: string;
}

export interface Webhook {
  about: string;
  /** Throws SecretError or ConfigError. */
  target: () => Promise<{ url: string }>;
  allowedHosts: readonly string[];
}
