/** What people and policies say about the servers of a run just now: holds, tags, and the policy as it is today. */

import { type Cloud, CloudError } from './cloud.ts';
import { type Hold, type Ledger, LedgerError, type Pause } from './ledger.ts';
import type { Fence, Tags, Target } from './model.ts';
import type { Reason, Source } from './reasons.ts';
import { type Approval, judgeWords, mayDecide, peopleNeeded, type Word } from './words.ts';

/** What is said about one server at one look. */
export interface Standing {
  hold: Hold | undefined | Unread;
  /** Of several pauses the one that ends last. */
  pause: Pause | undefined | Unread;
  tags: Tags | Unread;
  policyNow: PolicyNow | Unread;
  /** What of that which people said to the run ends it. */
  said: readonly Word[] | Unread;
  /** How many agreed and how many must, where that is not enough for the policy as it is now. */
  lacking: { agreed: number; needed: number } | undefined;
}

/** It could not be read. `lasting`: it would fail the same way again (no permission, no table). */
export class Unread {
  readonly reason: Reason;
  readonly lasting: boolean;

  constructor(reason: Reason, lasting: boolean) {
    this.reason = reason;
    this.lasting = lasting;
  }
}

/** The policy that the run began with, as it was last published. */
export type PolicyNow =
  | { kind: 'unpublished' }
  | { kind: 'removed' }
  | { kind: 'published'; fence: Fence; approval: Approval | null };

/** Where standing is read from. Without a ledger nothing is known of holds; without a policy there is nothing to ask. */
export interface Sources {
  cloud: Cloud;
  account: string;
  policy: string;
  requestId: string;
  /** Who may say no. */
  approval: Approval | null;
  /** The plan that was let go on, how many servers it touches and who asked; undefined: it is being made or asked about. */
  agreed?: { planHash: string; servers: number; requestedBy: string } | undefined;
  ledger?: Ledger | undefined;
  policyNow?: (() => Promise<PolicyNow>) | undefined;
}

/** One look at what is said about these servers; never throws for what could not be read. */
export async function readStanding(
  targets: readonly Pick<Target, 'serverInstanceNo'>[],
  sources: Sources,
): Promise<(serverInstanceNo: string) => Standing> {
  const { cloud, ledger, account, policy, requestId, approval, policyNow } = sources;
  const numbers = targets.map((target) => target.serverInstanceNo);
  const tags = await orUnread(() => (numbers.length === 0 ? NO_TAGS : cloud.tags(numbers)), 'tags');
  const holds = await orUnread(() => ledger?.holds(account) ?? Promise.resolve([]), 'holds');
  const pauses = await orUnread(() => ledger?.pauses(account, policy) ?? Promise.resolve([]), 'pauses');
  const now = await orUnread(() => policyNow?.() ?? Promise.resolve(UNPUBLISHED), 'policy');
  const said = await orUnread(() => ledger?.words(requestId) ?? Promise.resolve([]), 'signals');
  const heeded = said instanceof Unread ? said : said.filter((word) => endsRun(word, approval));
  const lacking = said instanceof Unread || now instanceof Unread ? undefined : lackingFor(now, said, sources.agreed);
  return (no) => ({
    hold: holds instanceof Unread ? holds : holds.find((hold) => hold.serverInstanceNo === no),
    pause: pauses instanceof Unread ? pauses : longest(pauses),
    tags: tags instanceof Unread ? tags : (tags.get(no) ?? new Unread({ code: 'tags-unread' }, false)),
    policyNow: now,
    said: heeded,
    lacking,
  });
}

function longest(pauses: readonly Pause[]): Pause | undefined {
  const ends = pauses.map(({ until }) => (until === '' ? Number.POSITIVE_INFINITY : Date.parse(until)));
  return pauses[ends.indexOf(Math.max(...ends))];
}

/**
 * Anybody's cancel, and an approver's rejection: also of a plan that has changed since, because whoever said so was told
 * that nothing more is done.
 */
export function endsRun({ kind, by }: Word, approval: Approval | null): boolean {
  return kind === 'cancel' || (kind === 'reject' && approval !== null && mayDecide(approval, by));
}

/** Who may agree, and how many have to, may have been changed while the run waited. */
function lackingFor(now: PolicyNow, words: readonly Word[], agreed: Sources['agreed']): Standing['lacking'] {
  if (agreed === undefined || now.kind !== 'published' || now.approval === null) return undefined;
  const needed = peopleNeeded(now.approval, agreed.servers);
  if (needed === 0) return undefined;
  const judgement = judgeWords(now.approval, { ...agreed, needed }, words);
  if (judgement.kind !== 'waiting') return undefined;
  return { agreed: needed - judgement.missing, needed };
}

const NO_TAGS: Promise<ReadonlyMap<string, Tags>> = Promise.resolve(new Map());
const UNPUBLISHED: PolicyNow = { kind: 'unpublished' };

async function orUnread<T>(read: () => Promise<T>, what: Source): Promise<T | Unread> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof CloudError || error instanceof LedgerError)) throw error;
    const isLasting = error instanceof CloudError ? error.fatal : !error.passing;
    return new Unread({ code: 'unread', what, detail: error.message }, isLasting);
  }
}
