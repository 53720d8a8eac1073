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
 * Tell the store what the policies are now, so that runs that wait see it, and no run takes a new policy for a removed
 * one. Every function that begins runs does so, once in the life of its process; a failure is tried again with the next
 * event and holds nothing up: a run without the store does not act anyway.
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
