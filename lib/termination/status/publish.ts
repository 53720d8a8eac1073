import type { Target } from '../model.ts';
import { willAct } from '../planning/plan.ts';
import { type Stored, StoreError, type ViewStore } from '../ports/store.ts';
import type { Tools } from '../ports/tools.ts';
import { openTargets, type Run } from '../run-record.ts';
import type { Phase, RunView } from './run-view.ts';
import { viewOf } from './view-of-run.ts';
import { runViewSchema } from './view-schema.ts';

/**
 * Let others see where the run is: its view in the store, its message in the chats. Called within steps. That nobody can
 * see it holds nothing up; false then.
 */
export function publishRun(record: Run, phase: Phase, tools: Onlookers): Promise<boolean> {
  return publishView(viewOf(record, phase, new Date(tools.clock.now()).toISOString()), tools);
}

type Onlookers = Pick<Tools, 'notifier' | 'clock'> & Stored<Pick<ViewStore, 'view' | 'putView'>>;

export async function publishView(view: RunView, { store, notifier }: Onlookers): Promise<boolean> {
  const isKept = await kept(view, store);
  const isShown = (await notifier?.show(view)) ?? true;
  return isKept && isShown;
}

async function kept(view: RunView, store: Onlookers['store']): Promise<boolean> {
  try {
    await store?.putView(view);
    return true;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}

/** Shows the run, unless others see it as it is: a signal came, a server dropped out, or it could not be shown before. */
export async function publishedAsIs(record: Run, phase: Phase, tools: Onlookers): Promise<boolean> {
  const isStale = !record.isShown || (await isOutdated(record, phase, tools));
  return isStale ? publishRun(record, phase, tools) : true;
}

async function isOutdated(record: Run, phase: Phase, { store }: Onlookers): Promise<boolean> {
  try {
    const seen = await store?.view(record.request.requestId);
    if (seen === undefined) return store !== undefined;
    return inOneOrder(viewOf(record, phase, seen.updatedAt)) !== inOneOrder(seen);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return false;
  }
}

function inOneOrder(view: RunView): string {
  return JSON.stringify(runViewSchema.parse(view));
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
