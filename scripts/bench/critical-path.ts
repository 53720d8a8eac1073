/**
 * What no client can beat, from the simulator's own settings: how long NCP takes, and how few calls do.
 *
 * The critical path of a server is the chain of what NCP does to it, in the order that SAFETY.md prescribes:
 *
 *     look · stop · look · (detach, set up ‖ disassociate) · look · terminate · look · (delete ‖ release) · look
 *
 * Each link is the transition's own time and one call each way: half a latency until the act arrives and the transition
 * begins, and half a latency until the answer of the look that came just after its end is back. An act can leave in the
 * moment in which that answer is here. The first look is one more call. Servers do not wait for each other, so the
 * critical path of a fleet is the longest one of its servers. Nothing of banap's own is in it: neither the ten seconds
 * between two looks that have to miss a server, nor the second look before an act that is written down first.
 */

import type { FleetServer } from '../../lib/simulator/fleet.ts';
import { SETUP_SECONDS } from '../../lib/simulator/world/servers.ts';
import { DELETE_SECONDS } from '../../lib/simulator/world/storages.ts';

/** Seconds. */
export function criticalPath(servers: readonly FleetServer[], latencySeconds: number): number {
  return Math.max(...servers.map((server) => latencySeconds + sum(links(server).map((link) => link + latencySeconds))));
}

/** How long each transition takes that another one waits for. */
function links(server: FleetServer): number[] {
  const { stopSeconds, detachSeconds, disassociateSeconds, terminateSeconds } = server;
  const [hasVolume, hasAddress] = [server.blockStorage.length > 0, server.publicIp !== undefined];
  const off = [...(hasVolume ? [detachSeconds + SETUP_SECONDS] : []), ...(hasAddress ? [disassociateSeconds] : [])];
  const freed = [...(hasVolume ? [DELETE_SECONDS] : []), ...(hasAddress ? [0] : [])];
  return [stopSeconds, ...longest(off), terminateSeconds, ...longest(freed)];
}

function longest(seconds: readonly number[]): number[] {
  return seconds.length === 0 ? [] : [Math.max(...seconds)];
}

/** A list shows so many rows a call (VPC), and an act names so many servers or volumes. */
const ROWS_A_PAGE = 1_000;
const NUMBERS_A_CALL = 100;

export interface FewestCalls {
  /** The first look. */
  lists: number;
  stops: number;
  /** After every server has been asked to stop. */
  later: number;
  /** Of all, those that NCP takes for one address only: disassociate and release. */
  oneByOne: number;
}

/**
 * The fewest calls that take all of these and see it. Each act goes out in as few calls as it fits, and NCP takes an address
 * alone. What is there first shows in the lists of servers (with their addresses) and of volumes; that a step is over
 * shows in the list of servers, and that volumes are deleted in theirs.
 */
export function fewestCalls(servers: readonly FleetServer[]): FewestCalls {
  const count = servers.length;
  const volumes = sum(servers.map((server) => server.blockStorage.length));
  const addresses = servers.filter((server) => server.publicIp !== undefined).length;
  const look = pages(count);
  const stops = Math.ceil(count / NUMBERS_A_CALL);
  const volumeCalls = Math.ceil(volumes / NUMBERS_A_CALL);
  const stopped = look;
  const takenOff = volumes + addresses === 0 ? 0 : volumeCalls + addresses + look;
  const terminated = stops + look;
  const freed = volumeCalls + addresses + (volumes === 0 ? 0 : pages(volumes));
  return {
    // Each server has a volume that it boots from, too.
    lists: look + pages(count + volumes),
    stops,
    later: stopped + takenOff + terminated + freed,
    oneByOne: 2 * addresses,
  };
}

/**
 * Seconds that the request limit leaves at least: only after the first server has stopped can the rest of the calls be
 * sent, at the rate that is allowed; nor can it be shorter than the critical path.
 */
export function limitAllows(
  servers: readonly FleetServer[],
  { latencySeconds, callsPerSecond }: { latencySeconds: number; callsPerSecond: number },
): number {
  const firstStopped = latencySeconds + Math.min(...servers.map(({ stopSeconds }) => stopSeconds)) + latencySeconds;
  return Math.max(criticalPath(servers, latencySeconds), firstStopped + fewestCalls(servers).later / callsPerSecond);
}

function pages(rows: number): number {
  return Math.max(1, Math.ceil(rows / ROWS_A_PAGE));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
