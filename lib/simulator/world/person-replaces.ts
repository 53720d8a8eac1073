import { attachedDisk } from './disks.ts';
import { movePublicIp, moveStorage } from './person-moves.ts';
import type { Server } from './records.ts';
import { vanish } from './servers.ts';
import type { World } from './world.ts';

const by = 'person';

/** What distinguishes a new server under the same number from the former one. */
export interface Another {
  serverName: string;
  createDate: Date | string;
}

export function recreate(world: World, before: Server, other: Another): void {
  if (world.servers.has(before.serverInstanceNo)) vanish(world, before, by);
  addLike(world, before, { serverName: other.serverName, createDate: new Date(other.createDate).getTime() });
}

export function replace(world: World, before: Server): string {
  const serverInstanceNo = world.issuers.servers.issue(world.servers);
  const publicIp = world.publicIpOf(before.serverInstanceNo);
  const storages = world.storagesOf(before.serverInstanceNo).filter((storage) => storage.type !== 'BASIC');
  const server = addLike(world, before, { serverInstanceNo, createDate: world.now() });
  for (const [key, value] of world.tagsOf(before.serverInstanceNo)) world.changeTag(serverInstanceNo, key, value, by);
  for (const storage of storages) moveStorage(world, storage, server);
  if (publicIp) movePublicIp(world, publicIp, server);
  vanish(world, before, by);
  return serverInstanceNo;
}

/** A running server like another one, with nothing but a base disk. */
function addLike(world: World, before: Server, changes: Partial<Server> & { createDate: number }): Server {
  const server: Server = {
    ...before,
    pending: undefined,
    uptime: changes.createDate,
    status: 'RUN',
    operation: 'NULL',
    isProtectServerTermination: false,
    loadBalancerChangingUntil: 0,
    ...changes,
  };
  world.addServer(server, by);
  const blockStorageInstanceNo = world.issuers.blockStorages.issue(world.blockStorages);
  const base = { type: 'BASIC' as const, blockStorageName: server.serverName, sizeGb: 50, blockStorageInstanceNo };
  world.addBlockStorage(attachedDisk(server, base, 0, server.createDate), by);
  return server;
}
