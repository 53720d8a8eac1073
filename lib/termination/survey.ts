import type { Cloud } from './cloud.ts';
import type { Standing } from './constraints.ts';
import { LedgerError } from './ledger.ts';
import { accountHolds } from './limits.ts';
import type { Server, Tags, Target } from './model.ts';
import { agreedOnly, countOf, makePlan, type Plan } from './plan.ts';
import type { Reason } from './reasons.ts';
import type { TerminationRequest } from './request.ts';
import { goesByTags, select } from './select.ts';
import { readStanding } from './standing.ts';
import { sourcesOf, type Tools } from './tools.ts';

/**
 * Read everything that a plan is made from, and make it. Throws where what is meant cannot be known. `pinned`: servers
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
  const tagsOf: ReadonlyMap<string, Tags> = goesByTags(request) ? await cloud.tags(numbers) : new Map();
  const now = clock.now();
  const selection = select(request, { all, tagsOf, now });
  const elsewhere = selection.missing.length === 0 ? NOWHERE : await cloud.elsewhere(selection.missing);
  const known = await knownBefore(request, { missing: selection.missing, pinned }, tools);
  const { chosen } = selection;
  const standingOf = chosen.length === 0 ? nobodyAsked : await readStanding(chosen, sourcesOf(request, tools));
  const today = await countedToday(request, tools);
  const at = new Date(now).toISOString();
  const surveyed = { at, all, selection, elsewhere, known, standingOf, today: today.servers };
  const count = countOf(request, surveyed);
  const holds = await accountHolds(request, Math.max(count.mine, count.today), all.length, cloud);
  const plan = makePlan({ ...request, notes: [...request.notes, ...today.notes] }, { ...surveyed, holds });
  return agreedOnly(plan, tools.agreedHash);
}

/** What looking takes. */
type Surveyors = Pick<Tools, 'cloud' | 'clock' | 'ledger' | 'policyNow' | 'agreedHash'>;

/** A number that a list does not show is asked for by itself before anything is said of it. */
async function notListed({ servers }: TerminationRequest, listed: readonly Server[], cloud: Cloud): Promise<Server[]> {
  const shown = new Set(listed.map((server) => server.serverInstanceNo));
  const missing = servers.filter((no) => !shown.has(no));
  return missing.length === 0 ? [] : (await cloud.servers(missing)).servers;
}

/** Numbers that were seen in this account before: what is missing of these is gone, and the others never were there. */
async function knownBefore(
  { account }: TerminationRequest,
  { missing, pinned }: { missing: readonly string[]; pinned: readonly Target[] },
  { ledger }: Pick<Tools, 'ledger'>,
): Promise<ReadonlySet<string>> {
  const seen = pinned.map((target) => target.serverInstanceNo);
  const others = missing.filter((no) => !seen.includes(no));
  if (others.length === 0 || ledger === undefined) return new Set(seen);
  try {
    return new Set([...seen, ...(await ledger.known(account, others))]);
  } catch (error) {
    if (error instanceof LedgerError) return new Set(seen);
    throw error;
  }
}

const NOWHERE = { found: [], unread: [], closed: [] };

function nobodyAsked(): Standing {
  throw new Error('the standing of a server that was not chosen was asked for');
}

/** A plan can be shown without it; nothing is done before it was counted (`admission.ts`). */
async function countedToday(
  { account }: TerminationRequest,
  { ledger }: Pick<Tools, 'ledger'>,
): Promise<{ servers: string[]; notes: Reason[] }> {
  if (ledger === undefined) return { servers: [], notes: [] };
  try {
    return { servers: await ledger.countedToday(account), notes: [] };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { servers: [], notes: [{ code: 'not-counted', detail: error.message }] };
  }
}
