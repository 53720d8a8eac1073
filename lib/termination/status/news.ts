/**
 * What a sweep has to tell. It runs every hour, and the same server with the same unreadable tag is there every time:
 * that is said once, and said again when it changes.
 */

import type { Event } from '../events.ts';
import type { Attention } from '../planning/select.ts';
import { type NewsStore, type Stored, StoreError } from '../ports/store.ts';
import type { Run } from '../run-record.ts';

interface News {
  /** What was not reported before. */
  attention: Attention[];
  /** Nothing was done, and everything was reported before. */
  nothingNew: boolean;
}

/** Only what a schedule finds by tags is kept short; people who ask are told everything. */
export async function newsOf(ended: Run, { store }: Stored<NewsStore>): Promise<News> {
  const { request, plan, history } = ended;
  const isSweep = request.trigger === 'schedule' && request.expiry === 'tags';
  if (!isSweep || store === undefined) return { attention: plan.attention, nothingNew: false };
  const { account, policy, requestId } = request;
  const isNews = (about: string, no: string, content: string): Promise<boolean> =>
    store.isNews(account, { subject: `${policy}/${about}/${no}`, content, requestId });
  try {
    const attention: Attention[] = [];
    for (const one of plan.attention) {
      if (await isNews('attention', one.serverInstanceNo, JSON.stringify(one.reason))) attention.push(one);
    }
    let changed = (await isNews('attention', 'in all', JSON.stringify(plan.notes))) && plan.notes.length > 0 ? 1 : 0;
    for (const [no, content] of endings(ended)) {
      if (await isNews('ending', no, content)) changed += 1;
    }
    return { attention, nothingNew: attention.length + changed === 0 && !history.events.some(isAct) };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // Twice is better than never.
    return { attention: plan.attention, nothingNew: false };
  }
}

/** How each server of the plan ended, or would: by number, what there is to say of it. */
function endings({ request, plan, memories }: Run): [no: string, content: string][] {
  return plan.items.map(({ target: { serverInstanceNo: no }, verdict, guard, reason }) => {
    const outcome = memories.of(no).outcome;
    // Of what would be done, the times change with every sweep.
    if (request.mode === 'plan' || outcome === undefined)
      return [no, JSON.stringify([verdict, guard, guard === '' ? null : reason])];
    return [no, JSON.stringify(outcome)];
  });
}

function isAct({ kind }: Event): boolean {
  return kind === 'requested' || kind === 'unknown';
}
