import { systemClock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import { namedStore } from '../store/named-store.ts';
import { logFailure } from './log.ts';

/** As compiled, and when. */
interface Compiled {
  policies: unknown;
  /** RFC 3339 in UTC. */
  builtAt: string;
}

let published: Promise<void> | undefined;

/**
 * Write the current policies to the store, so that waiting runs see them and no run mistakes a new policy for a removed
 * one. Every function that starts runs does this once in the life of its process. A failure is tried again at the next
 * event and holds nothing up, because a run does not act without the store.
 */
export function publishOnce(policies: Compiled, table: string): Promise<void> {
  published ??= publish(policies, table).catch((error: unknown) => {
    published = undefined;
    logFailure(new Error(`the policies were not published: ${messageOf(error)}`));
  });
  return published;
}

async function publish({ policies, builtAt }: Compiled, table: string): Promise<void> {
  await namedStore({ table, clock: systemClock }).publish(policies, Date.parse(builtAt));
}
