/** What people and policies say about the servers of a run just now: holds, tags, and the policy as it is today. */

import { type Constraints, endsRun, type PolicyNow, Unread } from '../decision/constraints.ts';
import { isAgainst, type Pause } from '../holds.ts';
import { type Tags, type Target, UnknownTags } from '../model.ts';
import { CloudError, type Sights } from '../ports/cloud.ts';
import { type HoldStore, type PauseStore, type SignalStore, type Stored, StoreError } from '../ports/store.ts';
import type { Source } from '../reasons.ts';
import { type Approval, judgeSignals, peopleNeeded, type Signal } from '../signals.ts';

/** Where constraints are read from. Without a store no holds are known; without a policy there is nothing to ask. */
export interface Sources extends Stored<Pick<HoldStore & PauseStore & SignalStore, 'holds' | 'pauses' | 'signals'>> {
  cloud: Sights;
  account: string;
  policy: string;
  requestId: string;
  overrideProtection: boolean;
  /** Who may say no. */
  approval: Approval | null;
  /** The plan that was let go on, how many servers it touches and who asked; undefined: it is being made or asked about. */
  agreed?: { planHash: string; servers: number; requestedBy: string } | undefined;
  policyNow?: (() => Promise<PolicyNow>) | undefined;
  /** Set if it is not known whether another run has got these servers: they count as if somebody might hold them. */
  unclaimed?: Unread | undefined;
  /** About how many servers the region holds, if it is known. */
  regionHolds?: number;
}

/** One look at the constraints of these servers; never throws for what could not be read. */
export async function readConstraints(
  targets: readonly Pick<Target, 'serverInstanceNo'>[],
  sources: Sources,
): Promise<(serverInstanceNo: string) => Constraints> {
  const { cloud, store, account, policy, requestId, approval, policyNow, unclaimed, regionHolds } = sources;
  const numbers = targets.map((target) => target.serverInstanceNo);
  const tags = await orUnread(
    () => (numbers.length === 0 ? NO_TAGS : cloud.tags(numbers, regionHolds === undefined ? {} : { regionHolds })),
    'tags',
  );
  const read = await orUnread(() => store?.holds(account) ?? Promise.resolve([]), 'holds');
  const holds = read instanceof Unread ? read : (unclaimed ?? read);
  const pauses = await orUnread(() => store?.pauses(account, policy) ?? Promise.resolve([]), 'pauses');
  const now = await orUnread(() => policyNow?.() ?? Promise.resolve(UNPUBLISHED), 'policy');
  const signals = await orUnread(() => store?.signals(requestId) ?? Promise.resolve([]), 'signals');
  const ending = signals instanceof Unread ? signals : signals.filter((signal) => endsRun(signal, approval));
  const lacking =
    signals instanceof Unread || now instanceof Unread ? undefined : lackingFor(now, signals, sources.agreed);
  return (no) => ({
    hold:
      holds instanceof Unread ? holds : holds.find((hold) => hold.serverInstanceNo === no && isAgainst(hold, sources)),
    pause: pauses instanceof Unread ? pauses : longest(pauses),
    tags: tags instanceof Unread ? tags : tagsIn(tags, no),
    policyNow: now,
    signals: ending,
    lacking,
  });
}

function tagsIn(tagsOf: ReadonlyMap<string, Tags | UnknownTags>, no: string): Constraints['tags'] {
  const tags = tagsOf.get(no);
  if (tags !== undefined && !(tags instanceof UnknownTags)) return tags;
  return new Unread({ code: 'tags-unread', why: tags?.why ?? null }, false);
}

function longest(pauses: readonly Pause[]): Pause | undefined {
  const ends = pauses.map(({ until }) => (until === '' ? Number.POSITIVE_INFINITY : Date.parse(until)));
  return pauses[ends.indexOf(Math.max(...ends))];
}

/** Who may agree, and how many have to, may have been changed while the run waited. */
function lackingFor(now: PolicyNow, signals: readonly Signal[], agreed: Sources['agreed']): Constraints['lacking'] {
  if (agreed === undefined || now.kind !== 'published' || now.approval === null) return undefined;
  const needed = peopleNeeded(now.approval, agreed.servers);
  if (needed === 0) return undefined;
  const judgement = judgeSignals(now.approval, { ...agreed, needed }, signals);
  if (judgement.kind === 'approved') return undefined;
  return { agreed: judgement.kind === 'waiting' ? needed - judgement.missing : 0, needed };
}

const NO_TAGS: Promise<ReadonlyMap<string, Tags | UnknownTags>> = Promise.resolve(new Map());
const UNPUBLISHED: PolicyNow = { kind: 'unpublished' };

async function orUnread<T>(read: () => Promise<T>, what: Source): Promise<T | Unread> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof CloudError || error instanceof StoreError)) throw error;
    const isLasting = error instanceof CloudError ? error.fatal : !error.passing;
    return new Unread({ code: 'unread', what, failure: error.failure }, isLasting);
  }
}
