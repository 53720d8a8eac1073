import { LedgerError } from './ledger.ts';
import type { Target } from './model.ts';
import { willAct } from './plan.ts';
import { cardOf, type Phase } from './run-card.ts';
import { openTargets, type Run } from './run-record.ts';
import type { Tools } from './tools.ts';

/**
 * Let others see where the run is: its card in the ledger, its message in the chats. Called within steps. That nobody can
 * see it holds nothing up.
 */
export async function showRun(ended: Run, phase: Phase, tools: Tools): Promise<void> {
  const { ledger, board, clock } = tools;
  if (ledger === undefined && board === undefined) return;
  const card = cardOf(ended, phase, new Date(clock.now()).toISOString());
  try {
    await ledger?.putCard(card);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
  }
  await board?.show(card);
}

/** Nobody is asked and nobody is told about a run in which nothing is left to do. */
export function isOver(ended: Run): boolean {
  return actingTargets(ended).length === 0;
}

/** Servers that are still to be touched; what is gone already is asked about by nobody. */
export function actingTargets(ended: Run): Target[] {
  const acting = new Set(ended.plan.items.filter(willAct).map((item) => item.target.serverInstanceNo));
  return openTargets(ended).filter((target) => acting.has(target.serverInstanceNo));
}
