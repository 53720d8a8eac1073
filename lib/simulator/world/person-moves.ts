import { NotPossible } from '../errors.ts';
import { freePublicIp } from './build.ts';
import { attachedDisk } from './disks.ts';
import type { BlockStorage, Place, PublicIp, Server } from './records.ts';
import { freeStorage } from './servers.ts';
import type { World } from './world.ts';

const by = 'person';

export function addStorage(world: World, server: Server, disk: Partial<BlockStorage>): string {
  const row = world.storagesOf(server.serverInstanceNo).length;
  const blockStorageInstanceNo = world.issuers.blockStorages.issue(world.blockStorages);
  world.addBlockStorage(attachedDisk(server, { ...disk, blockStorageInstanceNo }, row, world.now()), by);
  return blockStorageInstanceNo;
}

export function detachStorage(world: World, storage: BlockStorage): void {
  refuseBaseDisk(storage);
  freeStorage(world, storage, by);
}

export function moveStorage(world: World, storage: BlockStorage, server: Server): void {
  refuseBaseDisk(storage);
  refuseElsewhere(storage, server, `Block storage ${storage.blockStorageInstanceNo}`);
  const row = world.storagesOf(server.serverInstanceNo).length;
  world.callOff(storage);
  const { deviceName, status, operation, serverInstanceNo } = attachedDisk(server, {}, row, world.now());
  world.changeBlockStorage(storage, { serverInstanceNo, deviceName, status, operation }, by);
}

export function addPublicIp(world: World, server: Server, address: string): string {
  const existing = [...world.publicIps.values()].find((each) => each.publicIp === address);
  if (existing?.serverInstanceNo) throw new NotPossible(`${address} belongs to server ${existing.serverInstanceNo}.`);
  if (existing) {
    movePublicIp(world, existing, server);
    return existing.publicIpInstanceNo;
  }
  refuseSecondAddress(world, server);
  const publicIp = freePublicIp(server, address, world.now(), server.serverInstanceNo);
  publicIp.publicIpInstanceNo = world.issuers.publicIps.issue(world.publicIps);
  world.addPublicIp(publicIp, by);
  return publicIp.publicIpInstanceNo;
}

export function movePublicIp(world: World, publicIp: PublicIp, server: Server): void {
  const { serverInstanceNo } = server;
  refuseSecondAddress(world, server);
  refuseElsewhere(publicIp, server, publicIp.publicIp);
  world.callOff(publicIp);
  world.changePublicIp(publicIp, { serverInstanceNo, status: 'USED', operation: 'NULL' }, by);
}

function refuseBaseDisk({ type, blockStorageInstanceNo: no }: BlockStorage): void {
  if (type === 'BASIC') throw new NotPossible(`Block storage ${no} is a base disk, which stays with its server.`);
}

function refuseSecondAddress(world: World, { serverInstanceNo }: Server): void {
  if (world.publicIpOf(serverInstanceNo)) throw new NotPossible(`Server ${serverInstanceNo} has a public IP already.`);
}

function refuseElsewhere(thing: Place, server: Server, name: string): void {
  if (thing.environment === server.environment && thing.regionCode === server.regionCode) return;
  throw new NotPossible(`${name} and server ${server.serverInstanceNo} are not in one environment and region.`);
}
