import type { Signal } from '../signals.ts';
import type { RunView } from '../status/run-view.ts';

export type SignalCheck =
  | { kind: 'counts' }
  /** It was decided before, by `signal`: the same one, or one that overrules it. */
  | { kind: 'decided'; signal: Signal }
  | { kind: 'not-approver' }
  /** Who asked for the run may not agree to it. */
  | { kind: 'own-run' }
  | { kind: 'other-plan' }
  | { kind: 'expired' }
  /** Nobody has to agree, or not any more. */
  | { kind: 'not-asked' }
  | { kind: 'ended' };

/**
 * `signals`: those that the run has got so far. `now` in milliseconds since the epoch. A rejection counts until the end,
 * agreement only while it is asked for; both are about the plan that the person saw.
 */
export function checkSignal(
  { kind, planHash, by }: Pick<Signal, 'kind' | 'planHash' | 'by'>,
  view: RunView,
  signals: readonly Signal[],
  now: number,
): SignalCheck {
  if (view.state === 'ended') return { kind: 'ended' };
  if (kind === 'cancel') return { kind: 'counts' };
  if (!view.approvers.includes(by)) return { kind: 'not-approver' };
  if (planHash !== view.planHash) return { kind: 'other-plan' };
  const { signals: counted, rejection } = approverSignals(view, signals);
  if (rejection !== undefined) return { kind: 'decided', signal: rejection };
  if (view.state === 'awaiting-approval' && Date.parse(view.approvalUntil) <= now) return { kind: 'expired' };
  if (kind === 'reject') return { kind: 'counts' };
  const own = counted.find((signal) => signal.by === by);
  if (own !== undefined) return { kind: 'decided', signal: own };
  if (view.state !== 'awaiting-approval') {
    const last = counted.at(-1);
    return last === undefined ? { kind: 'not-asked' } : { kind: 'decided', signal: last };
  }
  return view.barred.includes(by) ? { kind: 'own-run' } : { kind: 'counts' };
}

/** The signals of approvers about the plan that the run has now, and the first rejection among it, which overrules the rest. */
export function approverSignals(
  { planHash, approvers }: Pick<RunView, 'planHash' | 'approvers'>,
  signals: readonly Signal[],
): { signals: Signal[]; rejection: Signal | undefined } {
  const counted = signals.filter((signal) => signal.planHash === planHash && approvers.includes(signal.by));
  return { signals: counted, rejection: counted.find((signal) => signal.kind === 'reject') };
}
