/** Ends every server that has no outcome yet. */

import type { EventBody } from '../events.ts';
import { Journal } from '../journal.ts';
import type { Tools } from '../ports/tools.ts';
import { learn, openTargets, type Run, stepResult } from '../run-record.ts';

/** `only`: those of them that are named. */
export function endOpen(run: Run, body: EventBody, journal: Journal, only?: readonly string[]): void {
  for (const { serverInstanceNo: no } of openTargets(run)) {
    if (journal.isOpen(no) && (only === undefined || only.includes(no))) journal.add(no, body);
  }
}

/** In a step of its own. */
export async function refuseOpen(run: Run, step: string, refusal: EventBody, tools: Tools): Promise<void> {
  const ended = await tools.engine.step(step, () => {
    const journal = new Journal(run.history, tools.clock);
    endOpen(run, refusal, journal);
    tools.onEvents?.(journal.events);
    return Promise.resolve(stepResult(journal, tools));
  });
  learn(run, ended);
}
