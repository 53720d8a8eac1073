/** The servers of a run as people read them: what goes, what stays and why, what has gone. */

import type { Guard } from '../model.ts';
import type { ServerView } from './run-view.ts';

/**
 * `failed`: failed or not finished. `meant`: to be terminated. `gone`: terminated. `kept`: somebody or some rule wants it to
 * stay. `barred`: it is left alone because something is in the way. `before`: gone before the run.
 */
export type ServerGroup = 'failed' | 'meant' | 'gone' | 'kept' | 'barred' | 'before';

const OF_VERDICT: Readonly<Record<string, ServerGroup>> = {
  failed: 'failed',
  unfinished: 'failed',
  terminate: 'meant',
  wait: 'meant',
  terminated: 'gone',
  'already-gone': 'before',
};

/** Whether a refusal is a wish that the server stay, or an obstacle. */
const REFUSED_BY: Record<Guard, 'kept' | 'barred'> = {
  protected: 'kept',
  held: 'kept',
  kept: 'kept',
  policy: 'kept',
  'not-due': 'kept',
  rejected: 'kept',
  cancelled: 'kept',
  restarted: 'kept',
  identity: 'barred',
  unapproved: 'barred',
  unannounced: 'barred',
  'other-run': 'barred',
  duplicate: 'barred',
  storage: 'barred',
  drift: 'barred',
  'failed-state': 'barred',
  'unknown-state': 'barred',
  elsewhere: 'barred',
  'not-found': 'barred',
  limit: 'barred',
};

/** In the order in which people ask: what is lost, what has gone wrong, what stays. */
const GROUPS: readonly ServerGroup[] = ['failed', 'meant', 'gone', 'kept', 'barred', 'before'];

type Grouped = Pick<ServerView, 'verdict' | 'guard' | 'serverName' | 'serverInstanceNo'>;

/** A guard of another version is an obstacle. */
export function groupOf({ verdict, guard }: Pick<ServerView, 'verdict' | 'guard'>): ServerGroup {
  const byGuard: Readonly<Record<string, ServerGroup>> = REFUSED_BY;
  return OF_VERDICT[verdict] ?? byGuard[guard] ?? 'barred';
}

/** Those that have servers, in order, each sorted by name and number. */
export function inGroups<T extends Grouped>(servers: readonly T[]): { group: ServerGroup; servers: T[] }[] {
  const found = Map.groupBy(servers, groupOf);
  return GROUPS.flatMap((group) => {
    const some = found.get(group);
    return some === undefined ? [] : [{ group, servers: some.toSorted(byName) }];
  });
}

const IN_ORDER = new Intl.Collator('ko', { numeric: true });

function byName(a: Grouped, b: Grouped): number {
  return IN_ORDER.compare(a.serverName, b.serverName) || IN_ORDER.compare(a.serverInstanceNo, b.serverInstanceNo);
}

/** The run is not done with it. */
export function isOpen({ verdict }: { verdict: string }): boolean {
  return verdict === 'terminate' || verdict === 'wait';
}
