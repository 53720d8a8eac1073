import type { Clock } from '../clock.ts';
import { type Cloud, CloudError } from './cloud.ts';
import { type Event, recall } from './events.ts';
import { Journal } from './journal.ts';
import type { Server, Target } from './model.ts';

/**
 * Protection that the plan showed is put back on servers that are bare and still there at the end: consent was given for
 * the termination, not for leaving them so. Tried once; where it is not sure that it worked, the journal says so.
 */
export async function restoreProtection(
  targets: readonly Target[],
  past: readonly Event[],
  cloud: Cloud,
  clock: Clock,
): Promise<Event[]> {
  const journal = new Journal(past, clock);
  const wereProtected = perhapsBare(targets, past);
  try {
    for (const no of await bareAmong(wereProtected, cloud)) await restore(no, cloud, journal);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    const lifted = wereProtected.filter(({ serverInstanceNo: no }) => journal.of(no).sent.liftProtection !== undefined);
    for (const { serverInstanceNo: no } of lifted) doubt(no, error.message, journal);
  }
  return journal.events;
}

/** Not only those whose protection the journal says was lifted: the pass that did it may have been cut off. */
export function perhapsBare(targets: readonly Target[], past: readonly Event[]): Target[] {
  const memories = recall(past);
  return targets.filter(({ serverInstanceNo: no, wasProtected }) => {
    const memory = memories.get(no);
    return wasProtected && memory?.wasPresent === true && !memory.isGone;
  });
}

/** Only the very servers of the plan: another one under the same number was never protected by anybody we know of. */
async function bareAmong(targets: readonly Target[], cloud: Cloud): Promise<string[]> {
  if (targets.length === 0) return [];
  const servers = await cloud.servers(targets.map((target) => target.serverInstanceNo));
  return targets
    .filter((target) => servers.some((server) => isSame(server, target) && isBare(server)))
    .map((target) => target.serverInstanceNo);
}

function isBare(server: Server): boolean {
  return !server.isProtectServerTermination && server.operation !== 'TERMT';
}

function isSame(server: Server, { serverInstanceNo, serverName, createDate }: Target): boolean {
  const { serverInstanceNo: no, serverName: name, createDate: created } = server;
  return no === serverInstanceNo && name === serverName && created === createDate;
}

async function restore(no: string, cloud: Cloud, journal: Journal): Promise<void> {
  const action = { name: 'restoreProtection' as const, serverInstanceNo: no, on: [] };
  for (const answer of await cloud.act('restoreProtection', [action], () => true)) {
    if (answer.kind === 'accepted') journal.add(no, { kind: 'requested', action: action.name, on: [] });
    else doubt(no, answer.kind === 'unknown' ? answer.reason : `${answer.returnCode} ${answer.returnMessage}`, journal);
  }
}

function doubt(no: string, reason: string, journal: Journal): void {
  const said = `protection may still be off: ${reason}`;
  journal.add(no, { kind: 'unknown', action: 'restoreProtection', on: [], reason: said });
}
