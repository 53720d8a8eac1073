/** Fleets of the scenarios. The seed decides how long NCP takes for each step of each server. */

import { chance } from '../../lib/chance.ts';
import { type Fleet, type FleetServer, parseFleet } from '../../lib/simulator/fleet.ts';

export interface FleetShape {
  count: number;
  /** With a public IP and a volume each, or plain. */
  hasBoth: boolean;
}

/** Times differ from the simulator's defaults by up to a tenth, in steps of 0.1 s. */
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
