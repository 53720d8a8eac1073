import { LedgerError } from './ledger.ts';
import { accountHolds } from './limits.ts';
import type { Tags } from './model.ts';
import { agreedOnly, countOf, makePlan, type Plan } from './plan.ts';
import type { TerminationRequest } from './request.ts';
import { goesByTags, select } from './select.ts';
import { readStanding, type Standing } from './standing.ts';
import { sourcesOf, type Tools } from './tools.ts';

/** Read everything that a plan is made from, and make it. Throws where what is meant cannot be known. */
export async function survey(request: TerminationRequest, tools: Surveyors): Promise<Plan> {
  const { cloud, clock } = tools;
  const all = await cloud.allServers();
  const numbers = all.map((server) => server.serverInstanceNo);
  const tagsOf: ReadonlyMap<string, Tags> = goesByTags(request) ? await cloud.tags(numbers) : new Map();
  const now = clock.now();
  const selection = select(request, { all, tagsOf, now });
  const elsewhere = selection.missing.length === 0 ? NOWHERE : await cloud.elsewhere(selection.missing);
  const { chosen } = selection;
  const standingOf = chosen.length === 0 ? nobodyAsked : await readStanding(chosen, sourcesOf(request, tools));
  const today = await countedToday(request, tools);
  const at = new Date(now).toISOString();
  const surveyed = { at, all, selection, elsewhere, standingOf, today: today.servers };
  const count = countOf(request, surveyed);
  const holds = await accountHolds(request, Math.max(count.mine, count.today), all.length, cloud);
  const plan = makePlan({ ...request, notes: [...request.notes, ...today.notes] }, { ...surveyed, holds });
  return agreedOnly(plan, tools.agreedHash);
}

/** What looking takes. */
type Surveyors = Pick<Tools, 'cloud' | 'clock' | 'ledger' | 'policyNow' | 'agreedHash'>;

const NOWHERE = { found: [], unread: [], closed: [] };

function nobodyAsked(): Standing {
  throw new Error('the standing of a server that was not chosen was asked for');
}

/** A plan can be shown without it; nothing is done before it was counted (`admission.ts`). */
async function countedToday(
  { account }: TerminationRequest,
  { ledger }: Pick<Tools, 'ledger'>,
): Promise<{ servers: string[]; notes: string[] }> {
  if (ledger === undefined) return { servers: [], notes: [] };
  try {
    return { servers: await ledger.countedToday(account), notes: [] };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { servers: [], notes: [`what was terminated in the last 24 hours could not be counted: ${error.message}`] };
  }
}
