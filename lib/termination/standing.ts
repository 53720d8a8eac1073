/** What people and policies say about the servers of a run just now: holds, tags, and the policy as it is today. */

import { type Cloud, CloudError } from './cloud.ts';
import { type Hold, type Ledger, LedgerError } from './ledger.ts';
import type { Fence, Tags, Target } from './model.ts';
import { type Approval, mayDecide, type Word } from './words.ts';

/** What is said about one server at one look. */
export interface Standing {
  hold: Hold | undefined | Unread;
  tags: Tags | Unread;
  policyNow: PolicyNow | Unread;
  /** What of that which people said to the run ends it. */
  said: readonly Word[] | Unread;
}

/** It could not be read. `lasting`: it would fail the same way again (no permission, no table). */
export class Unread {
  readonly reason: string;
  readonly lasting: boolean;

  constructor(reason: string, lasting: boolean) {
    this.reason = reason;
    this.lasting = lasting;
  }
}

/** The policy that the run began with, as it was last published. */
export type PolicyNow = { kind: 'unpublished' } | { kind: 'removed' } | { kind: 'published'; fence: Fence };

/** Where standing is read from. Without a ledger nothing is known of holds; without a policy there is nothing to ask. */
export interface Sources {
  cloud: Cloud;
  account: string;
  requestId: string;
  /** The plan that people speak about, and who of them may say no to it. */
  planHash: string;
  approval: Approval | null;
  ledger?: Ledger | undefined;
  policyNow?: (() => Promise<PolicyNow>) | undefined;
}

/** One look at what is said about these servers; never throws for what could not be read. */
export async function readStanding(
  targets: readonly Pick<Target, 'serverInstanceNo'>[],
  sources: Sources,
): Promise<(serverInstanceNo: string) => Standing> {
  const { cloud, ledger, account, requestId, planHash, approval, policyNow } = sources;
  const numbers = targets.map((target) => target.serverInstanceNo);
  const tags = await orUnread(() => (numbers.length === 0 ? NO_TAGS : cloud.tags(numbers)), 'tags could not be read');
  const holds = await orUnread(() => ledger?.holds(account) ?? Promise.resolve([]), 'holds could not be read');
  const now = await orUnread(() => policyNow?.() ?? Promise.resolve(UNPUBLISHED), 'the policy could not be read');
  const said = await orUnread(
    () => ledger?.words(requestId) ?? Promise.resolve([]),
    'what people said could not be read',
  );
  const heeded = said instanceof Unread ? said : said.filter((word) => isHeeded(word, planHash, approval));
  return (no) => ({
    hold: holds instanceof Unread ? holds : holds.find((hold) => hold.serverInstanceNo === no),
    tags: tags instanceof Unread ? tags : (tags.get(no) ?? new Unread('its tags could not be read', false)),
    policyNow: now,
    said: heeded,
  });
}

/** A rejection counts until the act, whoever agreed before; it is about one plan, and of those who may decide. */
function isHeeded({ kind, planHash, by }: Word, about: string, approval: Approval | null): boolean {
  if (kind === 'cancel') return true;
  return kind === 'reject' && approval !== null && planHash === about && mayDecide(approval, by);
}

const NO_TAGS: Promise<ReadonlyMap<string, Tags>> = Promise.resolve(new Map());
const UNPUBLISHED: PolicyNow = { kind: 'unpublished' };

async function orUnread<T>(read: () => Promise<T>, what: string): Promise<T | Unread> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CloudError) return new Unread(`${what}: ${error.message}`, error.fatal);
    if (error instanceof LedgerError) return new Unread(`${what}: ${error.message}`, !error.passing);
    throw error;
  }
}
