import { freePublicIp } from './build.ts';
import { attachedDisk } from './disks.ts';
import type { Issuers } from './numbers.ts';
import { disassociatePublicIp } from './public-ips.ts';
import type {
  BlockStorage,
  Server,
  ServerOperation,
  ServerStatus,
  StorageOperation,
  StorageStatus,
} from './records.ts';
import { endOperation, startServers, stopServers, vanish } from './servers.ts';
import type { World } from './world.ts';

/** What people do in the console while a program works: each thing is journaled as by `person`. */
export interface PersonsHand {
  rename(serverInstanceNo: string, serverName: string): void;
  protect(serverInstanceNo: string, isProtectServerTermination: boolean): void;
  /** Begins a start; it takes the server's startSeconds. */
  start(serverInstanceNo: string): void;
  stop(serverInstanceNo: string): void;
  /** Any state at all, at once, and for good unless `seconds` says when the operation is over. */
  setStatus(serverInstanceNo: string, status: ServerStatus, operation?: ServerOperation, seconds?: number): void;
  /** Attached at once. Answers the disk's blockStorageInstanceNo. */
  attachStorage(serverInstanceNo: string, disk?: { blockStorageName?: string; sizeGb?: number }): string;
  setStorage(blockStorageInstanceNo: string, state: { status?: StorageStatus; operation?: StorageOperation }): void;
  /** Associated at once, with a new address unless `publicIp` is a known free one. Answers its publicIpInstanceNo. */
  associatePublicIp(serverInstanceNo: string, publicIp: string): string;
  /** Begins a disassociation; it takes the server's disassociateSeconds. */
  disassociatePublicIp(publicIpInstanceNo: string): void;
  /** True: until false is said. */
  changeLoadBalancer(serverInstanceNo: string, changing: boolean): void;
  setTag(instanceNo: string, tagKey: string, tagValue: string | undefined): void;
  /** The server is gone at once, whatever stood in the way; added disks and the address are left free. */
  remove(serverInstanceNo: string): void;
  /** Another server under the same number, running and with nothing attached; the former one may be gone already. */
  recreate(serverInstanceNo: string, other: { serverName: string; createDate: Date | string }): void;
}

/** Throws an Error for a number that does not exist: in a test that is a slip of the test. */
export function personsHand(world: World, issuers: Issuers): PersonsHand {
  const by = 'person';
  const known = (no: string): Server => {
    world.settle();
    const server = world.servers.get(no);
    if (!server) throw new Error(`There is no server ${no} in the simulator.`);
    return server;
  };
  return {
    rename: (no, serverName) => world.changeServer(known(no), { serverName }, by),
    protect: (no, isProtectServerTermination) => world.changeServer(known(no), { isProtectServerTermination }, by),
    start: (no) => startServers(world, [known(no)], by),
    stop: (no) => stopServers(world, [known(no)], by),
    setStatus: (no, status, operation = 'NULL', seconds) => {
      const server = known(no);
      world.callOff(server);
      world.changeServer(server, { status, operation }, by);
      if (seconds !== undefined) world.after(seconds, server, () => endOperation(world, server, 'time'));
    },
    attachStorage: (no, disk = {}) => attach(world, issuers, known(no), disk),
    setStorage: (no, state) => {
      world.settle();
      const storage = world.blockStorages.get(no);
      if (!storage) throw new Error(`There is no block storage ${no} in the simulator.`);
      world.callOff(storage);
      world.changeBlockStorage(storage, state, by);
    },
    associatePublicIp: (no, publicIp) => associate(world, issuers, known(no), publicIp),
    disassociatePublicIp: (no) => {
      world.settle();
      const publicIp = world.publicIps.get(no);
      if (!publicIp) throw new Error(`There is no public IP ${no} in the simulator.`);
      disassociatePublicIp(world, publicIp, by);
    },
    changeLoadBalancer: (no, changing) =>
      world.changeServer(known(no), { loadBalancerChangingUntil: changing ? Number.POSITIVE_INFINITY : 0 }, by),
    setTag: (no, key, value) => {
      world.settle();
      world.changeTag(no, key, value, by);
    },
    remove: (no) => vanish(world, known(no), by),
    recreate: (no, other) => {
      world.settle();
      const before = world.servers.get(no) ?? world.formerServers.get(no);
      if (!before) throw new Error(`There never was a server ${no} in the simulator.`);
      recreate(world, issuers, before, other);
    },
  };
}

function attach(world: World, issuers: Issuers, server: Server, disk: Partial<BlockStorage>): string {
  const row = world.storagesOf(server.serverInstanceNo).length;
  const blockStorageInstanceNo = issuers.blockStorages.issue(world.blockStorages);
  world.addBlockStorage(attachedDisk(server, { ...disk, blockStorageInstanceNo }, row, world.now()), 'person');
  return blockStorageInstanceNo;
}

function associate(world: World, issuers: Issuers, server: Server, address: string): string {
  const { serverInstanceNo } = server;
  if (world.publicIpOf(serverInstanceNo)) throw new Error(`Server ${serverInstanceNo} has a public IP already.`);
  const existing = [...world.publicIps.values()].find((each) => each.publicIp === address);
  if (existing?.serverInstanceNo) throw new Error(`${address} belongs to server ${existing.serverInstanceNo}.`);
  if (existing) {
    world.changePublicIp(existing, { serverInstanceNo, status: 'USED', operation: 'NULL' }, 'person');
    return existing.publicIpInstanceNo;
  }
  const publicIp = freePublicIp(server, address, world.now(), serverInstanceNo);
  publicIp.publicIpInstanceNo = issuers.publicIps.issue(world.publicIps);
  world.addPublicIp(publicIp, 'person');
  return publicIp.publicIpInstanceNo;
}

function recreate(
  world: World,
  issuers: Issuers,
  before: Server,
  other: { serverName: string; createDate: Date | string },
): void {
  if (world.servers.has(before.serverInstanceNo)) vanish(world, before, 'person');
  const createDate = new Date(other.createDate).getTime();
  const server: Server = {
    ...before,
    pending: undefined,
    serverName: other.serverName,
    createDate,
    uptime: createDate,
    status: 'RUN',
    operation: 'NULL',
    isProtectServerTermination: false,
    loadBalancerChangingUntil: 0,
  };
  world.addServer(server, 'person');
  const base = { type: 'BASIC' as const, blockStorageName: other.serverName, sizeGb: 50 };
  attachBase(world, issuers, server, base);
}

function attachBase(world: World, issuers: Issuers, server: Server, base: Partial<BlockStorage>): void {
  const blockStorageInstanceNo = issuers.blockStorages.issue(world.blockStorages);
  world.addBlockStorage(attachedDisk(server, { ...base, blockStorageInstanceNo }, 0, server.createDate), 'person');
}
