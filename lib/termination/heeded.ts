import type { RunCard } from './run-view.ts';
import type { Word } from './words.ts';

export type Heeding =
  | { kind: 'heeded' }
  /** It, or what overrules it, was said: `word`. */
  | { kind: 'decided'; word: Word }
  | { kind: 'not-approver' }
  /** Who asked for the run may not agree to it. */
  | { kind: 'own-run' }
  | { kind: 'other-plan' }
  | { kind: 'expired' }
  /** Nobody has to agree, or not any more. */
  | { kind: 'not-asked' }
  | { kind: 'ended' };

/**
 * `words`: what was said to the run so far. `now` in milliseconds since the epoch. A rejection is heeded until the end,
 * agreement only while it is asked for; both are about the plan that the person saw.
 */
export function heeding(
  { kind, planHash, by }: Pick<Word, 'kind' | 'planHash' | 'by'>,
  card: RunCard,
  words: readonly Word[],
  now: number,
): Heeding {
  if (card.state === 'ended') return { kind: 'ended' };
  if (kind === 'cancel') return { kind: 'heeded' };
  if (!card.approvers.includes(by)) return { kind: 'not-approver' };
  if (planHash !== card.planHash) return { kind: 'other-plan' };
  const { heard, rejection } = heardOf(card, words);
  if (rejection !== undefined) return { kind: 'decided', word: rejection };
  if (card.state === 'awaiting-approval' && Date.parse(card.approvalUntil) <= now) return { kind: 'expired' };
  if (kind === 'reject') return { kind: 'heeded' };
  const own = heard.find((word) => word.by === by);
  if (own !== undefined) return { kind: 'decided', word: own };
  if (card.state !== 'awaiting-approval') {
    const last = heard.at(-1);
    return last === undefined ? { kind: 'not-asked' } : { kind: 'decided', word: last };
  }
  return card.barred.includes(by) ? { kind: 'own-run' } : { kind: 'heeded' };
}

/** What approvers said about the plan that the run has now, and the first rejection among it, which overrules the rest. */
export function heardOf(
  { planHash, approvers }: Pick<RunCard, 'planHash' | 'approvers'>,
  words: readonly Word[],
): { heard: Word[]; rejection: Word | undefined } {
  const heard = words.filter((word) => word.planHash === planHash && approvers.includes(word.by));
  return { heard, rejection: heard.find((word) => word.kind === 'reject') };
}
