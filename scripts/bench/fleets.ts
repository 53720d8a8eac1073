/** Fleets of the scenarios. What NCP takes for each step differs from server to server, by the seed. */

import { chance } from '../../lib/chance.ts';
import { type Fleet, type FleetServer, parseFleet } from '../../lib/simulator/fleet.ts';

export interface FleetShape {
  count: number;
  /** With a public IP and a volume each, or plain. */
  hasBoth: boolean;
}

/** Times are up to a tenth longer or shorter than the simulator's own, in tenths of a second. */
const SPREAD = 0.1;
const TIMES = ['stopSeconds', 'terminateSeconds', 'detachSeconds', 'disassociateSeconds'] as const;

const FIRST_NO = 100_000;

export function fleetOf({ count, hasBoth }: FleetShape, seed: number): Fleet {
  const dice = chance(seed);
  const bare = parseFleet({
    environment: 'vpc',
    servers: Array.from({ length: count }, (_, index) => ({
      serverInstanceNo: String(FIRST_NO + index),
      serverName: `bench-${index + 1}`,
      ...(hasBoth ? { publicIp: addressOf(index), blockStorage: [{}] } : {}),
    })),
  });
  const spread = (seconds: number): number => Math.round(seconds * (1 + SPREAD * (2 * dice() - 1)) * 10) / 10;
  const timed = (server: FleetServer): FleetServer => ({
    ...server,
    ...Object.fromEntries(TIMES.map((time) => [time, spread(server[time])])),
  });
  return { ...bare, servers: bare.servers.map(timed) };
}

function addressOf(index: number): string {
  return `10.${Math.floor(index / 65_536)}.${Math.floor(index / 256) % 256}.${index % 256}`;
}
