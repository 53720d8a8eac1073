/** What people say and do in a story, and what else happens in it; recorded as it happens. */

import { ActionRefused } from '../../lib/simulator/errors.ts';
import { StoreError } from '../../lib/termination/ports/store.ts';
import { holdOn } from './desk.ts';
import type { Signal } from './policy-story.ts';
import type { World } from './policy-story-world.ts';

/** About this server, and about the policy of the run. */
export async function say(signal: Signal, no: string, policy: number, world: World): Promise<void> {
  const { desk, holds, published, ncp } = world;
  const { simulator } = ncp;
  switch (signal.what) {
    case 'hold':
      return hold(signal, no, world);
    case 'release':
      await insisting(() => desk.store.release('default', no, '김하나'));
      holds.delete(no);
      return;
    case 'policy':
      published[policy] = signal.to;
      return;
    case 'faults':
      return simulator.setFaults(signal.spec);
    case 'table':
      return desk.table.failNext(signal.count, signal.failure);
    case 'tag':
    case 'protect':
    case 'rename':
    case 'start':
    case 'stop':
      if (simulator.state().servers.some((server) => server.serverInstanceNo === no)) touch(signal, no, world);
  }
}

async function hold(
  { forMs, unread }: Extract<Signal, { what: 'hold' }>,
  no: string,
  { desk, holds, ncp }: World,
): Promise<void> {
  const until = forMs === null ? Number.POSITIVE_INFINITY : ncp.simulator.now().getTime() + forMs;
  const snooze = forMs === null ? {} : { kind: 'snooze' as const, until: new Date(until).toISOString() };
  await insisting(() => desk.store.hold('default', holdOn(no, snooze)));
  holds.set(no, until);
  if (unread) desk.table.failNext(1, 'ProvisionedThroughputExceededException');
}

type Touch = Extract<Signal, { what: 'tag' | 'protect' | 'rename' | 'start' | 'stop' }>;

function touch(signal: Touch, no: string, { ncp, tags }: World): void {
  const { person } = ncp.simulator;
  switch (signal.what) {
    case 'tag': {
      const { key, value, unread } = signal;
      person.setTag(no, key, value ?? undefined);
      const { [key]: _before, ...others } = tags.get(no) ?? {};
      tags.set(no, value === null ? others : { ...others, [key]: value });
      if (unread) ncp.simulator.setFaults(UNREAD_TAGS);
      return;
    }
    case 'protect':
      return person.protect(no, signal.to);
    case 'rename':
      return person.rename(no, 'dev-precious');
    case 'start':
    case 'stop':
      return unlessRefused(() => person[signal.what](no));
  }
}

/** As often as a client asks in one look. */
const UNREAD_TAGS = 'GetResourceList:503/500:5,getInstanceTagList:503/500:5';

/** NCP may refuse a person as it may refuse a program. */
function unlessRefused(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof ActionRefused)) throw error;
  }
}

/** People try until the table takes it, so it is there for certain. */
async function insisting(work: () => Promise<unknown>): Promise<void> {
  for (let left = 100; left > 0; left -= 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }
  throw new Error('the table took nothing in 100 tries');
}
