/**
 * What a sweep has to tell. It runs every hour, and the same server with the same unreadable tag is there every time:
 * that is said once, and said again when it changes.
 */

import { type Ledger, LedgerError } from './ledger.ts';
import { willAct } from './plan.ts';
import type { Run } from './run-record.ts';
import type { Attention } from './select.ts';

interface News {
  /** What was not said before. */
  attention: Attention[];
  /** Nothing was done, and everything there is to say was said before. */
  nothingNew: boolean;
}

/** Only what a schedule finds by tags is kept short; who asks himself is told everything. */
export async function newsOf({ request, plan }: Run, ledger: Ledger | undefined): Promise<News> {
  const isSweep = request.trigger === 'schedule' && request.expiry === 'tags';
  if (!isSweep || ledger === undefined) return { attention: plan.attention, nothingNew: false };
  const { account, policy, requestId } = request;
  const isNews = (about: string, no: string, said: string): Promise<boolean> =>
    ledger.isNews(account, { subject: `${policy}/${about}/${no}`, said, requestId });
  try {
    const attention: Attention[] = [];
    for (const one of plan.attention) {
      if (await isNews('attention', one.serverInstanceNo, one.reason)) attention.push(one);
    }
    let refusals = 0;
    for (const { target, verdict, guard, reason } of plan.items) {
      const isTold = verdict === 'refuse' && (await isNews('refused', target.serverInstanceNo, `${guard}: ${reason}`));
      if (isTold) refusals += 1;
    }
    const nothingNew = attention.length + refusals === 0 && !plan.items.some(willAct) && plan.refusal === '';
    return { attention, nothingNew };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    // Better said twice than never.
    return { attention: plan.attention, nothingNew: false };
  }
}
