import { LedgerError } from './ledger.ts';
import type { Target } from './model.ts';
import { willAct } from './plan.ts';
import { cardOf } from './run-card.ts';
import { runCardSchema } from './run-card-schema.ts';
import { openTargets, type Run } from './run-record.ts';
import type { Phase, RunCard } from './run-view.ts';
import type { Tools } from './tools.ts';

/**
 * Let others see where the run is: its card in the ledger, its message in the chats. Called within steps. That nobody can
 * see it holds nothing up; false then.
 */
export function showRun(record: Run, phase: Phase, tools: Onlookers): Promise<boolean> {
  return showCard(cardOf(record, phase, new Date(tools.clock.now()).toISOString()), tools);
}

type Onlookers = Pick<Tools, 'ledger' | 'board' | 'clock'>;

export async function showCard(card: RunCard, { ledger, board }: Onlookers): Promise<boolean> {
  const isKept = await kept(card, ledger);
  const isShown = (await board?.show(card)) ?? true;
  return isKept && isShown;
}

async function kept(card: RunCard, ledger: Onlookers['ledger']): Promise<boolean> {
  try {
    await ledger?.putCard(card);
    return true;
  } catch (error) {
    if (error instanceof LedgerError) return false;
    throw error;
  }
}

/** Shows how it is, unless that is what others see: something was said or dropped out, or could not be shown before. */
export async function shownAsIs(record: Run, phase: Phase, tools: Onlookers): Promise<boolean> {
  const isStale = !record.isShown || (await isOutdated(record, phase, tools));
  return isStale ? showRun(record, phase, tools) : true;
}

async function isOutdated(record: Run, phase: Phase, { ledger }: Onlookers): Promise<boolean> {
  try {
    const seen = await ledger?.card(record.request.requestId);
    if (seen === undefined) return ledger !== undefined;
    return inOneOrder(cardOf(record, phase, seen.updatedAt)) !== inOneOrder(seen);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return false;
  }
}

function inOneOrder(card: RunCard): string {
  return JSON.stringify(runCardSchema.parse(card));
}

/** Nobody is asked and nobody is told about a run in which nothing is left to do. */
export function isOver(record: Run): boolean {
  return actingTargets(record).length === 0;
}

/** Servers that are still to be touched; what is gone already is asked about by nobody. */
export function actingTargets(record: Run): Target[] {
  const acting = new Set(record.plan.items.filter(willAct).map((item) => item.target.serverInstanceNo));
  return openTargets(record).filter((target) => acting.has(target.serverInstanceNo));
}
