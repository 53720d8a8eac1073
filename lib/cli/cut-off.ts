/** Runs of this user whose process died before they ended. */

import { systemClock } from '../clock.ts';
import type { ProcessRun } from '../store/process-runs.ts';
import type { TableStore } from '../store/store.ts';
import type { RunStore } from '../termination/ports/store.ts';
import type { EngineMemory } from './process-engine.ts';
import { isDead, thisProcess } from './this-process.ts';

/** A run that keeps breaking off is not resumed again. */
const MOST_TAKES = 5;

/** The part of the store that keeps runs of processes. */
export type Processes = Pick<TableStore, 'processRuns'>;

export interface CutOff {
  run: ProcessRun;
  answers: ReadonlyMap<string, string>;
  /** It may have done something; otherwise nothing is lost by dropping it. */
  hasBegun: boolean;
}

export async function cutOffRuns(store: Processes, account: string): Promise<CutOff[]> {
  const { user } = thisProcess();
  const runs = await store.processRuns.unfinished(account);
  const dead = runs.filter((run) => run.process.user === user && isDead(run, systemClock.now()));
  return Promise.all(
    dead.map(async (run) => {
      const answers = await store.processRuns.answers(run.request.requestId);
      return { run, answers, hasBegun: hasBegun(answers) };
    }),
  );
}

/** Admission comes before the first act, so a run that was not admitted has done nothing and holds no claim for long. */
function hasBegun(answers: ReadonlyMap<string, string>): boolean {
  return [...answers].some(([step, answer]) => {
    if (!step.startsWith('admit-')) return false;
    const admitted: unknown = JSON.parse(answer);
    return typeof admitted === 'object' && admitted !== null && Reflect.get(admitted, 'waitSeconds') === 0;
  });
}

/** Undefined: another process was faster. */
export async function takeOver({ run }: CutOff, store: Processes): Promise<ProcessRun | undefined> {
  return store.processRuns.take(run, thisProcess());
}

/** No process resumes it, and other runs may have its servers at once. */
export async function forget({ run }: CutOff, store: Processes & Pick<RunStore, 'close'>): Promise<void> {
  const { account, requestId } = run.request;
  await store.close(account, requestId, requestId);
  await store.processRuns.end(run);
}

/** A run that broke off is left for the next process, a few times. */
export function isWorthAnotherTry({ takes }: ProcessRun): boolean {
  return takes < MOST_TAKES;
}

/** What the engine of a run remembers in the store. */
export function memoryOf(run: ProcessRun, answers: ReadonlyMap<string, string>, store: Processes): EngineMemory {
  const { requestId } = run.request;
  return {
    answers,
    remember: (step, answer) => store.processRuns.remember(requestId, step, answer),
    stayAlive: () => store.processRuns.stayAlive(run),
  };
}
