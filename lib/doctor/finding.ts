/** What the doctor finds out: codes with arguments. `STATES` says how good each is; the command line words them. */

import type { Environment, WhyUnknownTags } from '../termination/model.ts';

/** `problem`: what went wrong, in English, by whoever noticed it; it holds no secrets. */
interface WentWrong {
  problem: string;
}

/** An action of NCP's API, and what Sub Account calls the permission for it; empty where that is not known. */
export interface Permitted {
  environment: Environment;
  action: string;
  permission: string;
}

/** How many servers have unknown tags for one reason, and one of them. */
export interface Unknown {
  why: WhyUnknownTags;
  servers: number;
  example: string;
}

interface Findings {
  'policies-sound': { file: string; policies: number; accounts: number };
  'policies-wrong': WentWrong;
  'policies-doubtful': WentWrong;
  'no-policies': object;

  'no-keys': WentWrong;
  'keys-accepted': { endpoint: string };
  /** NCP answers a made-up access key in the same words. `problem`: those words. */
  'keys-refused': WentWrong & { endpoint: string };
  /** NCP answers a made-up access key in other words. */
  'secret-key-refused': WentWrong & { endpoint: string };
  'keys-shut-out': WentWrong;
  'ncp-unreached': WentWrong & { endpoint: string };
  'ncp-trouble': WentWrong & { endpoint: string };

  /** Positive: the clock here is ahead of NCP's. */
  'clock-right': { seconds: number };
  'clock-off': { seconds: number };
  'clock-refused': WentWrong;
  'clock-not-told': object;

  'regions-exist': { environment: Environment; regions: string[] };
  'no-such-region': { environment: Environment; region: string; known: string[] };

  'may-read': Permitted;
  'may-not-read': Permitted & WentWrong;
  unread: WentWrong & { action: string };
  'acts-untried': { environment: Environment; acts: Permitted[] };

  'no-servers': { environment: Environment; region: string };
  'tags-known': { environment: Environment; region: string; servers: number; looks: string[] };
  'tags-unknown': { environment: Environment; region: string; servers: number; unknown: Unknown[]; looks: string[] };

  'no-secrets': object;
  'no-aws': { secrets: string[] };
  'secret-right': { secret: string };
  'secret-wrong': WentWrong;

  'memory-reached': { name: string };
  'memory-new': { name: string };
  'memory-wrong': WentWrong;

  'no-chats': object;
  'chat-works': { chat: string; as: string };
  'chat-scopes-missing': { chat: string; missing: string[] };
  'chat-scopes-untold': { chat: string; as: string };
  'chat-wrong': WentWrong & { chat: string };

  'no-webhook': object;
  'webhook-there': { host: string; status: number };
  'webhook-wrong': WentWrong;

  /** What it needs was not found in order, and is said above. */
  'not-looked': { because: CheckName };
  interrupted: object;
}

export type CheckName =
  | 'policies'
  | 'keys'
  | 'clock'
  | 'regions'
  | 'permissions'
  | 'tags'
  | 'secrets'
  | 'memory'
  | 'chats'
  | 'webhook';

export type FindingCode = keyof Findings;

/** `about`: the account, chat or secret that it is about; empty where there is only one. */
export type Finding<Code extends FindingCode = FindingCode> = {
  [Each in Code]: { code: Each; about: string } & Findings[Each];
}[Code];

/** `ok`; `wrong`: somebody has to do something; `open`: not checked, or nothing to check. */
export type State = 'ok' | 'wrong' | 'open';

export const STATES: Readonly<Record<FindingCode, State>> = {
  'policies-sound': 'ok',
  'policies-wrong': 'wrong',
  'policies-doubtful': 'open',
  'no-policies': 'open',
  'no-keys': 'wrong',
  'keys-accepted': 'ok',
  'keys-refused': 'wrong',
  'secret-key-refused': 'wrong',
  'keys-shut-out': 'wrong',
  'ncp-unreached': 'wrong',
  'ncp-trouble': 'wrong',
  'clock-right': 'ok',
  'clock-off': 'wrong',
  'clock-refused': 'wrong',
  'clock-not-told': 'open',
  'regions-exist': 'ok',
  'no-such-region': 'wrong',
  'may-read': 'ok',
  'may-not-read': 'wrong',
  unread: 'wrong',
  'acts-untried': 'open',
  'no-servers': 'open',
  'tags-known': 'ok',
  'tags-unknown': 'wrong',
  'no-secrets': 'open',
  'no-aws': 'open',
  'secret-right': 'ok',
  'secret-wrong': 'wrong',
  'memory-reached': 'ok',
  'memory-new': 'ok',
  'memory-wrong': 'wrong',
  'no-chats': 'open',
  'chat-works': 'ok',
  'chat-scopes-missing': 'wrong',
  'chat-scopes-untold': 'open',
  'chat-wrong': 'wrong',
  'no-webhook': 'open',
  'webhook-there': 'ok',
  'webhook-wrong': 'wrong',
  'not-looked': 'open',
  interrupted: 'open',
};
