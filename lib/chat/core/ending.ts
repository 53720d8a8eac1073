import type { Failure } from '../../termination/failure.ts';
import type { Reason } from '../../termination/reasons.ts';
import type { RunView } from '../../termination/status/run-view.ts';

/** How a run ended, by what became of its servers. */
export interface Ending {
  how: 'ended' | 'looked' | 'broke-off';
  /** Servers by what became of them; `open`: what a look would terminate. */
  counts: Record<'terminated' | 'unfinished' | 'failed' | 'alone' | 'gone' | 'open', number>;
  /** The guard that explains it, where one does. */
  why: string;
  /** Who rejected or cancelled it; empty if nobody did, or if it is unknown. */
  who: string;
  /** The reason that this guard gave for the first server; null if it is unknown. */
  reason: Reason | null;
  /** What broke it off; null if it is unknown. */
  failure: Failure | null;
}

export function endingOf(card: RunView): Ending {
  const why = whyOf(card);
  const signal = card.signals.find(
    ({ kind, by }) =>
      (kind === 'cancel' && why === 'cancelled') ||
      (kind === 'reject' && why === 'rejected' && card.approvers.includes(by)),
  );
  const how = card.status === 'planned' ? 'looked' : card.status === 'error' ? 'broke-off' : 'ended';
  return {
    how,
    counts: countsOf(card),
    why,
    who: signal?.name || signal?.by || '',
    reason: card.servers.find(({ guard }) => guard === why)?.reason ?? null,
    failure: card.failure,
  };
}

/** What ends a run as a whole comes before what keeps one server. */
const OF_RUNS = ['rejected', 'cancelled', 'unapproved', 'unannounced', 'limit', 'duplicate'];

function whyOf({ servers }: RunView): string {
  const guards = new Set(servers.flatMap(({ guard }) => (guard === '' ? [] : [guard])));
  const [only = ''] = guards;
  return OF_RUNS.find((guard) => guards.has(guard)) ?? (guards.size === 1 ? only : '');
}

const KINDS: Readonly<Record<string, keyof Ending['counts']>> = {
  terminated: 'terminated',
  unfinished: 'unfinished',
  failed: 'failed',
  refused: 'alone',
  refuse: 'alone',
  'already-gone': 'gone',
};

function countsOf({ servers }: RunView): Ending['counts'] {
  const counts = { terminated: 0, unfinished: 0, failed: 0, alone: 0, gone: 0, open: 0 };
  for (const { verdict } of servers)
    counts[(Object.hasOwn(KINDS, verdict) ? KINDS[verdict] : undefined) ?? 'open'] += 1;
  return counts;
}
