/** What the confirm page shows about the signals to a run. */

import { type Heeding, heardOf } from '../termination/consent/heeding.ts';
import type { Signal } from '../termination/signals.ts';
import type { RunView } from '../termination/status/run-view.ts';
import type { ConfirmNote } from './confirm-notes.ts';
import type { ConfirmPage } from './confirm-page.ts';
import type { Link } from './link.ts';

/** The content of a page. `note` without `decisions`: there is nothing (more) to decide. */
export interface Shown extends Partial<Pick<ConfirmPage, 'card' | 'note' | 'decisions'>> {
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
  const { heard, rejection } = heardOf(card, signals);
  if (kind === 'reject') return rejection?.by === link.by ? rejection : undefined;
  return rejection === undefined ? heard.find((signal) => signal.by === link.by) : undefined;
}

/** Another plan is not shown, because it belongs to another message. */
export function refusal(heeded: Heeding, card: RunView, link: Link): Shown {
  const note = noteFor(heeded, link);
  const status = STATUS[heeded.kind] ?? 409;
  return heeded.kind === 'other-plan' || heeded.kind === 'not-approver' ? { status, note } : { status, card, note };
}

const STATUS: Partial<Record<Heeding['kind'], number>> = { 'not-approver': 403, 'own-run': 403, expired: 410 };

type Note = NonNullable<ConfirmPage['note']>;

export function noted(kind: ConfirmNote, at = ''): Note {
  return { kind, at };
}

export function noteOf({ kind, at }: Pick<Signal, 'kind' | 'at'>): Note {
  return noted(kind === 'reject' ? 'rejected' : 'approved', at);
}

export function noteFor(heeded: Heeding, { by }: Link): Note {
  switch (heeded.kind) {
    case 'decided':
      if (heeded.signal.by === by) return noteOf(heeded.signal);
      return heeded.signal.kind === 'reject' ? noted('rejected-by-other', heeded.signal.at) : noted('not-waiting');
    case 'heeded':
      return noted('bad-form');
    case 'not-asked':
      return noted('not-waiting');
    case 'not-approver':
      return noted('no-approver');
    case 'own-run':
    case 'other-plan':
    case 'expired':
    case 'ended':
      return noted(heeded.kind);
  }
}
