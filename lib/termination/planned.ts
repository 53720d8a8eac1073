/** The first step of a run: its plan, and whether it is this execution that carries it out. */

import { type Event, refused } from './events.ts';
import { LedgerError } from './ledger.ts';
import type { Plan } from './plan.ts';
import type { TerminationRequest } from './request.ts';
import { survey } from './survey.ts';
import type { Tools } from './tools.ts';

interface Planned {
  plan: Plan;
  /** To NCP, by action name. */
  calls: Record<string, number>;
  /** Which execution carries the request out; empty where it is not known. */
  owner: string;
}

export async function planned(request: TerminationRequest, tools: Tools): Promise<Planned> {
  const plan = await survey(request, tools);
  tools.onPlan?.(plan);
  return { plan, calls: tools.cloud.takeCalls(), owner: await ownerOf(request, tools) };
}

/** The first that asks; where it cannot be told now, admission finds out before anything is done. */
async function ownerOf({ requestId, mode }: TerminationRequest, { ledger, owner = '' }: Tools): Promise<string> {
  if (mode === 'plan' || ledger === undefined) return '';
  try {
    return await ledger.rememberMessage(requestId, 'owner', owner);
  } catch (error) {
    if (error instanceof LedgerError) return '';
    throw error;
  }
}

/** Another execution carries this request out: people are asked by that one, and see that one. */
export function ifAnothers(plan: Plan, carriedOutBy: string, { owner = '' }: Tools): Event[] {
  if (carriedOutBy === '' || carriedOutBy === owner) return [];
  const body = refused('duplicate', `this request is carried out already, by ${carriedOutBy}`);
  const open = plan.items.filter((item) => item.verdict !== 'refuse').map((item) => item.target.serverInstanceNo);
  return open.map((serverInstanceNo) => ({ at: plan.createdAt, serverInstanceNo, ...body }));
}
