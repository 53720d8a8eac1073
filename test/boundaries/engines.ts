/** How the process that carries a run ends, and when the next one goes on from what was remembered. */

import type { ActionName } from '../../lib/termination/actions.ts';
import type { Event } from '../../lib/termination/events.ts';
import { MINE } from './stage.ts';

export interface EngineKind {
  name: string;
  /** Each wait ends the process, as in Lambda. */
  isReplayed: boolean;
  /** It dies once, between writing down that it is about to do this to MINE and doing it. */
  diesBefore?: ActionName;
  /** How long it stays dead. */
  deadSeconds: number;
}

/** Half of the time that a run has. */
const LONG_SECONDS = 1_800;

/** A server that is being terminated can still be seen. */
const SHORT_SECONDS = 10;

export const IN_ONE_PROCESS: EngineKind = { name: 'in one process', isReplayed: false, deadSeconds: 0 };

export const ENGINES: readonly EngineKind[] = [
  IN_ONE_PROCESS,
  { name: 'replayed at each wait', isReplayed: true, deadSeconds: 0 },
  dying('dies before it detaches', 'detach', LONG_SECONDS),
  dying('dies before it disassociates', 'disassociate', LONG_SECONDS),
  dying('dies before it terminates', 'terminate', LONG_SECONDS),
  dying('dies for a moment before it terminates', 'terminate', SHORT_SECONDS),
];

function dying(name: string, diesBefore: ActionName, deadSeconds: number): EngineKind {
  return { name, isReplayed: false, diesBefore, deadSeconds };
}

/** Whether the answer of a step, as it is remembered, says that this is about to be done to MINE. */
export function intends(answer: string, action: ActionName): boolean {
  const { events = [] }: { events?: Event[] } = JSON.parse(answer) ?? {};
  return events.some(
    (event) => event.kind === 'intended' && event.action === action && event.serverInstanceNo === MINE,
  );
}
