/**
 * A click on the message of a run. Approve and Reject refer to the plan that the person saw, and count only while it is the
 * current plan. The others refer to the run and its remaining servers.
 */

import { addDuration, parseDuration } from '../../../calendar/duration.ts';
import { approvalOf } from '../../../policies/resolve.ts';
import { checkSignal } from '../../../termination/consent/check-signal.ts';
import { whoAgreed } from '../../../termination/signals.ts';
import type { RunView } from '../../../termination/status/run-view.ts';
import { isOpen } from '../../../termination/status/server-groups.ts';
import { signalRun } from '../../../triggers/run-control.ts';
import type { CardAction, CardDecision } from '../card-button.ts';
import { endingOf } from '../ending.ts';
import { type ChatContext, sentAt } from './context.ts';
import { holdServers } from './holds.ts';
import { cancelRun, findRun } from './runs.ts';

export async function decide(decision: CardDecision, context: ChatContext): Promise<string> {
  const { action, requestId, planHash, server } = decision;
  const { say, chatRequest } = context;
  const card = await findRun(requestId, context);
  if (card === undefined || card === 'begun') return say.unknownRun({ requestId, prefix: chatRequest.prefix });
  if (card.state === 'ended') return say.alreadyEnded({ requestId, ending: say.ended(endingOf(card)) });
  if (action === 'cancel') return cancelRun({ requestId, reason: '' }, context);
  if (action === 'approve' || action === 'reject') return judge(action, planHash, card, context);
  return holdWhatIsOpen(action, server, card, context);
}

/** The run judges the signals itself; a click that would not count is answered at once. */
async function judge(
  kind: 'approve' | 'reject',
  planHash: string,
  card: RunView,
  context: ChatContext,
): Promise<string> {
  const { backend, say, chatRequest } = context;
  const { requestId, approvers } = card;
  const { id: by, name } = chatRequest.person;
  const signal = { kind, planHash, by, name, at: new Date(backend.clock.now()).toISOString(), reason: '' };
  const signals = await backend.store.signals(requestId);
  const check = checkSignal(signal, card, signals, backend.clock.now());
  switch (check.kind) {
    case 'not-approver':
      return say.notApprover({ approvers });
    case 'other-plan':
      return say.planChanged({ requestId });
    case 'expired':
      return say.expired({ requestId });
    case 'not-asked':
      return say.notAsked({ requestId });
    case 'own-run':
      return say.selfApprovalOff();
    case 'ended':
      return say.alreadyEnded({ requestId, ending: say.ended(endingOf(card)) });
    case 'decided':
      // A repeated click, perhaps because the run did not wake: wake it again.
      if (check.signal.by === by) await signalRun(backend, requestId, check.signal);
      return say.alreadyDecided({ signal: check.signal });
    case 'counts':
      await signalRun(backend, requestId, signal);
      return kind === 'reject'
        ? say.rejected({ requestId, isBegun: card.state === 'working' })
        : say.approved({ requestId, missing: await missingNow(card, context) });
  }
}

/** Others may have agreed since the card was written. */
async function missingNow(card: RunView, { backend, here }: ChatContext): Promise<number> {
  const policy = here[card.policy];
  const approval = policy === undefined ? null : approvalOf(policy);
  if (approval === null) return 0;
  const about = { planHash: card.planHash, requestedBy: card.askedBy };
  const [before, now] = [card.signals, await backend.store.signals(card.requestId)].map((signals) =>
    whoAgreed(approval, about, signals),
  );
  return Math.max(0, card.missingApprovals + (before?.length ?? 0) - (now?.length ?? 0));
}

const SNOOZES: Partial<Record<CardAction, string>> = { 'snooze-1d': '1d', 'snooze-3d': '3d', 'snooze-7d': '7d' };

/** Holds the servers that the run has not finished, or the one that was chosen. */
function holdWhatIsOpen(
  action: CardAction,
  server: string | undefined,
  card: RunView,
  context: ChatContext,
): Promise<string> {
  const snooze = parseDuration(SNOOZES[action] ?? '');
  const until = snooze.ok
    ? new Date(addDuration(sentAt(context), snooze.duration, context.timezone)).toISOString()
    : '';
  const { account, requestId } = card;
  const servers = card.servers.filter(
    (one) => isOpen(one) && (server ?? one.serverInstanceNo) === one.serverInstanceNo,
  );
  if (servers.length === 0) return Promise.resolve(context.say.nothingOpen({ requestId }));
  return holdServers({ account, servers, until, reason: `clicked under run ${requestId}` }, context);
}
