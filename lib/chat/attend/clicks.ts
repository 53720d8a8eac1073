/** A click on the message of a run. It is about the plan that the person saw, and heeded only while that is the plan. */

import { addDuration, parseDuration } from '../../calendar/duration.ts';
import { tell } from '../../desk.ts';
import type { RunCard } from '../../termination/run-card.ts';
import type { CardAction, CardDecision } from '../card-button.ts';
import type { Attending } from './attend.ts';
import { holdServers, isOpen } from './holds.ts';
import { cancelRun } from './runs.ts';

export async function decide({ action, requestId, planHash }: CardDecision, one: Attending): Promise<string> {
  const { office, say, here, visit } = one;
  const card = await office.card(requestId);
  if (card === undefined || !Object.hasOwn(here, card.policy))
    return say.unknownRun({ requestId, prefix: visit.prefix });
  if (card.state === 'ended') return say.alreadyEnded({ requestId, summary: card.summary });
  if (action === 'cancel') return cancelRun({ requestId, reason: '' }, one);
  if (action === 'approve' || action === 'reject') return judge(action, planHash, card, one);
  return holdWhatIsOpen(action, card, one);
}

/** The run judges the words itself; what it would not heed is said at once. */
async function judge(
  kind: 'approve' | 'reject',
  planHash: string,
  card: RunCard,
  { office, say, visit, here }: Attending,
): Promise<string> {
  const { requestId, approvers } = card;
  const { id: by, name } = visit.person;
  if (!approvers.includes(by)) return say.notApprover({ approvers });
  if (planHash !== card.planHash) return say.planChanged({ requestId });
  const word = { kind, planHash, by, name, at: new Date(office.clock.now()).toISOString(), reason: '' };
  const heard = (await office.words(requestId)).filter(
    (one) => one.planHash === planHash && approvers.includes(one.by),
  );
  const own = heard.findLast((one) => one.by === by && one.kind === 'reject') ?? heard.find((one) => one.by === by);
  if (own !== undefined && (own.kind === kind || own.kind === 'reject')) {
    // Said again, perhaps because nobody woke: wake it.
    await tell(office, requestId, own);
    return say.alreadyDecided({ word: own });
  }
  // A rejection is heeded until the act; agreement is wanted only while it is asked for.
  if (card.state !== 'awaiting-approval' && kind === 'approve') {
    const deciding = heard.find((one) => one.kind === 'reject') ?? heard.at(-1);
    return deciding === undefined ? say.notAsked({ requestId }) : say.alreadyDecided({ word: deciding });
  }
  if (card.state === 'awaiting-approval' && Date.parse(card.approvalUntil) <= office.clock.now()) {
    return say.expired({ requestId });
  }
  const isOwn = card.askedBy === by && here[card.policy]?.approval?.selfApproval !== true;
  if (kind === 'approve' && isOwn) return say.selfApprovalOff();
  await tell(office, requestId, word);
  if (kind === 'reject') return say.rejected({ requestId, isBegun: card.state === 'working' });
  return say.approved({
    requestId,
    missing: Math.max(
      0,
      card.missingApprovals - (agreedBy(await office.words(requestId), card) - agreedBy(card.words, card)),
    ),
  });
}

function agreedBy(words: RunCard['words'], { planHash, approvers }: RunCard): number {
  const agreed = words.filter(
    (word) => word.kind === 'approve' && word.planHash === planHash && approvers.includes(word.by),
  );
  return new Set(agreed.map((word) => word.by)).size;
}

const SNOOZES: Partial<Record<CardAction, string>> = { 'snooze-1d': '1d', 'snooze-3d': '3d', 'snooze-7d': '7d' };

/** Of the servers that the run is not done with. */
function holdWhatIsOpen(action: CardAction, card: RunCard, one: Attending): Promise<string> {
  const snooze = parseDuration(SNOOZES[action] ?? '');
  const { office, timezone } = one;
  const until = snooze.ok ? new Date(addDuration(office.clock.now(), snooze.duration, timezone)).toISOString() : '';
  const { account, requestId } = card;
  const servers = card.servers.filter(isOpen);
  return holdServers({ account, servers, until, reason: `clicked under run ${requestId}` }, one);
}
