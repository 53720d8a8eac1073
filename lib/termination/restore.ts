import type { Clock } from '../clock.ts';
import { type Cloud, CloudError } from './cloud.ts';
import type { Event } from './events.ts';
import { Journal } from './journal.ts';
import type { Server, Target } from './model.ts';

/**
 * Protection that this run lifted is put back on servers that are still there at its end: consent was given for the
 * termination, not for leaving them bare. Tried once; the journal says how it went.
 */
export async function restoreProtection(
  targets: readonly Target[],
  past: readonly Event[],
  cloud: Cloud,
  clock: Clock,
): Promise<Event[]> {
  const journal = new Journal(past, clock);
  const lifted = targets.filter(({ serverInstanceNo: no }) => {
    const memory = journal.of(no);
    return memory.sent.liftProtection !== undefined && !memory.isGone;
  });
  for (const server of await stillBare(lifted, cloud)) {
    const action = { name: 'restoreProtection' as const, serverInstanceNo: server.serverInstanceNo, on: [] };
    for (const answer of await cloud.act('restoreProtection', [action])) {
      const no = server.serverInstanceNo;
      if (answer.kind === 'accepted') {
        journal.add(no, { kind: 'requested', action: action.name, on: [] });
      } else {
        const reason = answer.kind === 'unknown' ? answer.reason : `${answer.returnCode} ${answer.returnMessage}`;
        journal.add(no, {
          kind: 'unknown',
          action: action.name,
          on: [],
          reason: `protection may still be off: ${reason}`,
        });
      }
    }
  }
  return journal.events;
}

async function stillBare(lifted: readonly Target[], cloud: Cloud): Promise<Server[]> {
  if (lifted.length === 0) return [];
  try {
    const servers = await cloud.servers(lifted.map((target) => target.serverInstanceNo));
    return servers.filter((server) => !server.isProtectServerTermination && server.operation !== 'TERMT');
  } catch (error) {
    if (error instanceof CloudError) return [];
    throw error;
  }
}
