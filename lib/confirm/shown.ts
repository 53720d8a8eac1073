/** What the confirm page shows about the signals to a run. */

import { approverSignals, type SignalCheck } from '../termination/consent/check-signal.ts';
import type { Signal } from '../termination/signals.ts';
import type { RunView } from '../termination/status/run-view.ts';
import type { ConfirmNote } from './confirm-notes.ts';
import type { ConfirmPage } from './confirm-page.ts';
import type { Link } from './link.ts';

/** The content of a page. `note` without `decisions`: there is nothing (more) to decide. */
export interface Shown extends Partial<Pick<ConfirmPage, 'card' | 'note' | 'decisions' | 'person'>> {
  status: number;
}

/** The run that a link leads to, and its signals. */
export interface FoundRun {
  card: RunView;
  link: Link;
  signals: Signal[];
}

export type Decision = 'approve' | 'reject';

/** This person's signal about the run's current plan, unless a rejection overrules it. */
export function saidBefore(kind: Decision, { card, link, signals }: FoundRun): Signal | undefined {
  if (link.planHash !== card.planHash) return undefined;
  const { signals: counted, rejection } = approverSignals(card, signals);
  if (kind === 'reject') return rejection?.by === link.by ? rejection : undefined;
  return rejection === undefined ? counted.find((signal) => signal.by === link.by) : undefined;
}

/** Another plan is not shown, because it belongs to another message. */
export function refusal(check: SignalCheck, card: RunView, link: Link): Shown {
  const note = noteFor(check, link);
  const status = STATUS[check.kind] ?? 409;
  return check.kind === 'other-plan' || check.kind === 'not-approver' ? { status, note } : { status, card, note };
}

const STATUS: Partial<Record<SignalCheck['kind'], number>> = { 'not-approver': 403, 'own-run': 403, expired: 410 };

type Note = NonNullable<ConfirmPage['note']>;

export function noted(kind: ConfirmNote, at = ''): Note {
  return { kind, at };
}

export function noteOf({ kind, at }: Pick<Signal, 'kind' | 'at'>): Note {
  return noted(kind === 'reject' ? 'rejected' : 'approved', at);
}

export function noteFor(check: SignalCheck, { by }: Link): Note {
  switch (check.kind) {
    case 'decided':
      if (check.signal.by === by) return noteOf(check.signal);
      return check.signal.kind === 'reject' ? noted('rejected-by-other', check.signal.at) : noted('not-waiting');
    case 'counts':
      return noted('bad-form');
    case 'not-asked':
      return noted('not-waiting');
    case 'not-approver':
      return noted('no-approver');
    case 'own-run':
    case 'other-plan':
    case 'expired':
    case 'ended':
      return noted(check.kind);
  }
}
