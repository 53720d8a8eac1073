/**
 * People agree to a plan before anything of it is done. Their signal is about one plan, by its hash: what runs is that plan
 * and still eligible. A server that may not be taken any more drops out and is named; a plan that changed otherwise voids
 * the signals so far, and is asked about again.
 */

import { refusalBy } from '../decision/guards.ts';
import { refused } from '../events.ts';
import { refuseOpen } from '../passes/end-open.ts';
import type { Tools } from '../ports/tools.ts';
import type { Reason } from '../reasons.ts';
import { learn, type Run } from '../run-record.ts';
import { type Approval, type Judgement, judgeSignals, peopleNeeded, type Signal } from '../signals.ts';
import { actingTargets, isOver, publishRun } from '../status/publish.ts';
import { hasChanged } from './look-again.ts';
import { type Wait, waitAndHear } from './wait-for-signals.ts';

/** A plan that changes more often is not a plan. */
const MOST_ROUNDS = 5;

/**
 * True if the run may go on: enough people agreed to this very plan, or nobody has to. If it may not, every server is
 * refused, or the run was interrupted.
 */
export async function agree(record: Run, tools: Tools): Promise<boolean> {
  const { approval } = record.request;
  if (approval === null) return true;
  for (let round = 1; ; round += 1) {
    const needed = neededIn(round, record, approval);
    if (needed === 0) return true;
    if (isOver(record)) return false;
    const hopeless = whyHopeless(round, tools);
    if (hopeless !== undefined) {
      await refuseOpen(record, 'not-asked', refused('unapproved', hopeless), tools);
      return false;
    }
    const { untilAt, isShown } = await tools.engine.step(`ask-${round}`, () => ask(record, approval, needed, tools));
    learn(record, { isShown });
    const isAgreed = await waitAndHear(record, consent(record, approval, { round, needed, untilAt }), tools);
    if (!isAgreed) return false;
    if (!(await hasChanged(record, round, tools))) return true;
  }
}

/** People who were asked about a plan are asked about the one in its place, too, however few servers are left in it. */
function neededIn(round: number, record: Run, approval: Approval): number {
  return Math.max(peopleNeeded(approval, actingTargets(record).length), round > 1 ? 1 : 0);
}

/** Why nobody is asked, or asked again; the same on every replay. */
function whyHopeless(round: number, { notifier, store }: Pick<Tools, 'notifier' | 'store'>): Reason | undefined {
  if (round > MOST_ROUNDS) return { code: 'changed-too-often', times: MOST_ROUNDS };
  return notifier !== undefined && store !== undefined ? undefined : { code: 'nobody-to-ask' };
}

/** However often its plan changes, a run asks for at most this many times as long as one approval may take. */
const MOST_TIMES = 2;

async function ask(
  record: Run,
  approval: Approval,
  needed: number,
  tools: Tools,
): Promise<{ untilAt: number; isShown: boolean }> {
  const time = approval.expiresAfterSeconds * 1000;
  const untilAt = Math.min(tools.clock.now() + time, Date.parse(record.begunAt) + MOST_TIMES * time);
  const phase = { state: 'awaiting-approval', missingApprovals: needed, approvalUntil: untilAt } as const;
  return { untilAt, isShown: await publishRun(record, phase, tools) };
}

function consent(
  { plan, request }: Run,
  approval: Approval,
  { round, needed, untilAt }: { round: number; needed: number; untilAt: number },
): Wait {
  const judgement = (signals: readonly Signal[]): Judgement =>
    // A later signal came too late, whenever it is read.
    judgeSignals(
      approval,
      { planHash: plan.hash, requestedBy: request.askedBy, needed },
      signals.filter((signal) => Date.parse(signal.at) < untilAt),
    );
  return {
    name: `approval-${round}`,
    until: untilAt,
    phase: (signals) => {
      const said = judgement(signals);
      const missingApprovals = said.kind === 'waiting' ? said.missing : 0;
      return { state: 'awaiting-approval', missingApprovals, approvalUntil: untilAt };
    },
    judge: (signals, now) => {
      const said = judgement(signals);
      if (said.kind === 'approved') return { kind: 'go' };
      if (said.kind === 'rejected') {
        const { guard, reason } = refusalBy(said.by);
        return { kind: 'stop', refusal: refused(guard, reason) };
      }
      if (now < untilAt) return { kind: 'wait' };
      const agreed = needed - said.missing;
      const until = new Date(untilAt).toISOString();
      return { kind: 'stop', refusal: refused('unapproved', { code: 'too-few-approvals', agreed, needed, until }) };
    },
  };
}
