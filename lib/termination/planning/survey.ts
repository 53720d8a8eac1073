import { together } from '../../together.ts';
import type { Constraints } from '../decision/constraints.ts';
import type { Server, Tags, Target, UnknownTags } from '../model.ts';
import { readConstraints, type Sources } from '../passes/read-constraints.ts';
import type { Sights } from '../ports/cloud.ts';
import { type AuditLog, type RunStore, type Stored, StoreError } from '../ports/store.ts';
import { sourcesOf, type Tools } from '../ports/tools.ts';
import type { Reason } from '../reasons.ts';
import type { TerminationRequest } from '../request.ts';
import { accountHolds } from './limits.ts';
import { agreedOnly, countOf, makePlan, type Plan } from './plan.ts';
import { goesByTags, select } from './select.ts';

/**
 * Read everything that a plan is made from, and make it. Throws if what is meant cannot be known. `pinned`: servers
 * of a plan before this one that are still open: each was listed, or known to have been there.
 */
export async function survey(
  request: TerminationRequest,
  tools: Surveyors,
  pinned: readonly Target[] = [],
): Promise<Plan> {
  const { cloud, clock } = tools;
  const listed = await cloud.allServers();
  const all = [...listed, ...(await notListed(request, listed, cloud))];
  const numbers = all.map((server) => server.serverInstanceNo);
  const tagsOf: ReadonlyMap<string, Tags | UnknownTags> = goesByTags(request) ? await cloud.tags(numbers) : new Map();
  const now = clock.now();
  const selection = select(request, { all, tagsOf, now });
  const { chosen, missing } = selection;
  const [elsewhere, known, constraintsOf, today] = await together([
    async () => (missing.length === 0 ? NOWHERE : cloud.elsewhere(missing)),
    () => knownBefore(request, { missing, pinned }, tools),
    async () =>
      chosen.length === 0
        ? nobodyAsked
        : readConstraints(chosen, { ...sourcesOf(request, tools), regionHolds: all.length }),
    () => countedToday(request, tools),
  ]);
  const at = new Date(now).toISOString();
  const surveyed = { at, all, selection, elsewhere, known, constraintsOf, today: today.servers };
  const count = countOf(request, surveyed);
  const holds = await accountHolds(request, Math.max(count.mine, count.today), all.length, cloud);
  const plan = makePlan({ ...request, notes: [...request.notes, ...today.notes] }, { ...surveyed, holds });
  return agreedOnly(plan, tools.agreedHash);
}

/** What looking takes. */
type Surveyors = { cloud: Sights } & Pick<Tools, 'clock' | 'policyNow' | 'agreedHash'> &
  Pick<Sources, 'store'> &
  Stored<Pick<AuditLog & RunStore, 'known' | 'countedToday'>>;

/** A number that a list does not show is asked for by itself before it counts as missing. */
async function notListed({ servers }: TerminationRequest, listed: readonly Server[], cloud: Sights): Promise<Server[]> {
  const shown = new Set(listed.map((server) => server.serverInstanceNo));
  const missing = servers.filter((no) => !shown.has(no));
  return missing.length === 0 ? [] : (await cloud.servers(missing)).servers;
}

/** Numbers that were seen in this account before: what is missing of these is gone, and the others never were there. */
async function knownBefore(
  { account }: TerminationRequest,
  { missing, pinned }: { missing: readonly string[]; pinned: readonly Target[] },
  { store }: Stored<Pick<AuditLog, 'known'>>,
): Promise<ReadonlySet<string>> {
  const seen = pinned.map((target) => target.serverInstanceNo);
  const others = missing.filter((no) => !seen.includes(no));
  if (others.length === 0 || store === undefined) return new Set(seen);
  try {
    return new Set([...seen, ...(await store.known(account, others))]);
  } catch (error) {
    if (error instanceof StoreError) return new Set(seen);
    throw error;
  }
}

const NOWHERE = { found: [], unread: [], closed: [] };

function nobodyAsked(): Constraints {
  throw new Error('the constraints of a server that was not chosen was asked for');
}

/** A plan can be shown without it; nothing is done before it was counted (`admission.ts`). */
async function countedToday(
  { account }: TerminationRequest,
  { store }: Stored<Pick<RunStore, 'countedToday'>>,
): Promise<{ servers: string[]; notes: Reason[] }> {
  if (store === undefined) return { servers: [], notes: [] };
  try {
    return { servers: await store.countedToday(account), notes: [] };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { servers: [], notes: [{ code: 'not-counted', failure: error.failure }] };
  }
}
