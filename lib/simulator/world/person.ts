import { NotPossible } from '../errors.ts';
import { tagProblem } from '../tag-rules.ts';
import { addPublicIp, addStorage, detachStorage, movePublicIp, moveStorage } from './person-moves.ts';
import { type Another, recreate, replace } from './person-replaces.ts';
import { disassociatePublicIp } from './public-ips.ts';
import type { BlockStorage, PublicIp, Server } from './records.ts';
import { endOperation, restart, startServers, stopServers, vanish } from './servers.ts';
import type { World } from './world.ts';

/** What people do in the console while a program works: each thing is journaled as by `person`. */
export interface PersonsHand {
  rename(serverInstanceNo: string, serverName: string): void;
  protect(serverInstanceNo: string, isProtectServerTermination: boolean): void;
  /** Begins a start; it takes the server's startSeconds. */
  start(serverInstanceNo: string): void;
  stop(serverInstanceNo: string): void;
  /** Running at once with a new boot, whatever state or operation the server was in. */
  restart(serverInstanceNo: string): void;
  /** Any state at all, at once, and for good unless `seconds` says when the operation is over. */
  setStatus(
    serverInstanceNo: string,
    status: Server['status'],
    operation?: Server['operation'],
    seconds?: number,
  ): void;
  /** Attached at once. Answers the disk's blockStorageInstanceNo. */
  attachStorage(serverInstanceNo: string, disk?: { blockStorageName?: string; sizeGb?: number }): string;
  /** Detached at once, from a running server, too. */
  detachStorage(blockStorageInstanceNo: string): void;
  /** Attached to this server at once, whichever server had it before. */
  moveStorage(blockStorageInstanceNo: string, serverInstanceNo: string): void;
  setStorage(
    blockStorageInstanceNo: string,
    state: { status?: BlockStorage['status']; operation?: BlockStorage['operation'] },
  ): void;
  /** Associated at once, with a new address unless `publicIp` is a known free one. Answers its publicIpInstanceNo. */
  associatePublicIp(serverInstanceNo: string, publicIp: string): string;
  /** Associated with this server at once, whichever server had it before. */
  movePublicIp(publicIpInstanceNo: string, serverInstanceNo: string): void;
  /** Begins a disassociation; it takes the server's disassociateSeconds. */
  disassociatePublicIp(publicIpInstanceNo: string): void;
  /** True: until false is said. */
  changeLoadBalancer(serverInstanceNo: string, changing: boolean): void;
  setTag(instanceNo: string, tagKey: string, tagValue: string | undefined): void;
  /** The server is gone at once, whatever stood in the way; added disks and the address are left free. */
  remove(serverInstanceNo: string): void;
  /** Another server under the same number, running and with nothing attached; the former one may be gone already. */
  recreate(serverInstanceNo: string, other: Another): void;
  /** Another server of the same name and tags, running, takes over added disks and address; answers its number. */
  replace(serverInstanceNo: string): string;
}

/** Throws NotPossible for a number that does not exist: in a test that is a slip of the test. */
export function personsHand(world: World): PersonsHand {
  const by = 'person';
  const server = (no: string): Server => found(world, world.servers, no, 'server');
  const storage = (no: string): BlockStorage => found(world, world.blockStorages, no, 'block storage');
  const publicIp = (no: string): PublicIp => found(world, world.publicIps, no, 'public IP');
  return {
    rename: (no, serverName) => world.changeServer(server(no), { serverName }, by),
    protect: (no, isProtectServerTermination) => world.changeServer(server(no), { isProtectServerTermination }, by),
    start: (no) => startServers(world, [server(no)], by),
    stop: (no) => stopServers(world, [server(no)], by),
    restart: (no) => restart(world, server(no), by),
    setStatus: (no, status, operation = 'NULL', seconds) => {
      const one = server(no);
      world.callOff(one);
      world.changeServer(one, { status, operation }, by);
      if (seconds !== undefined) world.after(seconds, one, () => endOperation(world, one, 'time'));
    },
    attachStorage: (no, disk = {}) => addStorage(world, server(no), disk),
    detachStorage: (no) => detachStorage(world, storage(no)),
    moveStorage: (no, serverInstanceNo) => moveStorage(world, storage(no), server(serverInstanceNo)),
    setStorage: (no, state) => {
      const one = storage(no);
      world.callOff(one);
      world.changeBlockStorage(one, state, by);
    },
    associatePublicIp: (no, address) => addPublicIp(world, server(no), address),
    movePublicIp: (no, serverInstanceNo) => movePublicIp(world, publicIp(no), server(serverInstanceNo)),
    disassociatePublicIp: (no) => disassociatePublicIp(world, publicIp(no), by),
    changeLoadBalancer: (no, changing) =>
      world.changeServer(server(no), { loadBalancerChangingUntil: changing ? Number.POSITIVE_INFINITY : 0 }, by),
    setTag: (no, key, value) => {
      const { environment, serverInstanceNo } = server(no);
      const problem = value === undefined ? undefined : tagProblem(environment, value);
      if (problem !== undefined) throw new NotPossible(`Tag ${key} of server ${no}: ${problem}.`);
      world.changeTag(serverInstanceNo, key, value, by);
    },
    remove: (no) => vanish(world, server(no), by),
    recreate: (no, other) => {
      world.settle();
      const before = world.servers.get(no) ?? world.formerServers.get(no);
      if (!before) throw new NotPossible(`There never was a server ${no} in the simulator.`);
      recreate(world, before, other);
    },
    replace: (no) => replace(world, server(no)),
  };
}

function found<Thing>(world: World, things: ReadonlyMap<string, Thing>, no: string, what: string): Thing {
  world.settle();
  const thing = things.get(no);
  if (!thing) throw new NotPossible(`There is no ${what} ${no} in the simulator.`);
  return thing;
}
