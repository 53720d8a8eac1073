/**
 * What no client can beat, computed from the simulator's settings: the least time, and the fewest calls.
 *
 * The critical path of a server is the chain of NCP's transitions, in the order that SAFETY.md prescribes:
 *
 *     look · stop · look · (detach, set up ‖ disassociate) · look · terminate · look · (delete ‖ release) · look
 *
 * Each link takes the transition's time and one call each way: half a latency until the act arrives, and half a latency until
 * the answer to a look that arrived just after the end is back. The next act can be sent at once. The first look is
 * one more call. Servers do not wait for each other, so the critical path of a fleet is that of its slowest server.
 * banap's own rules are not in it: neither the ten seconds between the two looks that must not show a server, nor
 * reading everything again before an act.
 */

import type { FleetServer } from '../../lib/simulator/fleet.ts';
import { SETUP_SECONDS } from '../../lib/simulator/world/servers.ts';
import { DELETE_SECONDS } from '../../lib/simulator/world/storages.ts';

/** Seconds. */
export function criticalPath(servers: readonly FleetServer[], latencySeconds: number): number {
  return Math.max(...servers.map((server) => latencySeconds + sum(links(server).map((link) => link + latencySeconds))));
}

/** The times of the transitions that wait for each other. */
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

/** The most rows of a page in VPC, and the most numbers that banap puts into one act. */
const ROWS_A_PAGE = 1_000;
const NUMBERS_A_CALL = 100;

export interface FewestCalls {
  /** To list everything at the start. */
  lists: number;
  stops: number;
  /** All calls after those that stop the servers. */
  later: number;
  /** Those of them that NCP accepts for one address only: disassociate and release. */
  oneByOne: number;
}

/**
 * The fewest calls that terminate these servers and see that they are gone. Acts are batched, except those on addresses,
 * which NCP accepts one by one. At the start the servers (which show their addresses) and the volumes are listed; after each
 * step one list shows its end: the servers, and for deleted volumes the volumes.
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
 * The least time in seconds under the request limit: the later calls can only be sent once the first server has stopped, at
 * the allowed rate; and never less than the critical path.
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
