import { givenServer } from '../fleet.ts';
import type { ChangedBy } from '../journal.ts';
import { attachedDisk } from './disks.ts';
import type { Place, Server } from './records.ts';
import { endOperation } from './servers.ts';
import type { World } from './world.ts';

/** Guess: NCP publishes no figure. */
const INIT_SECONDS = 10;

export interface NewServer {
  serverName?: string | undefined;
  isProtectServerTermination: boolean;
  vpcNo: string;
  hypervisorType: Server['hypervisorType'];
  tags: Record<string, string>;
}

/** INIT, then CREAT while it boots for the first time, then RUN (NCP's list of states). Its base disk comes with it. */
export function createServer(world: World, place: Place, wanted: NewServer, by: ChangedBy): Server {
  const serverInstanceNo = world.issuers.servers.issue(world.servers);
  const { serverName = `s${Number(serverInstanceNo).toString(16)}`, isProtectServerTermination } = wanted;
  const at = Number(serverInstanceNo) % 65_536;
  const server: Server = {
    ...givenServer.parse({ serverInstanceNo, serverName, isProtectServerTermination, status: 'INIT' }),
    ...place,
    createDate: world.now(),
    uptime: undefined,
    privateIp: `10.200.${at >> 8}.${at % 256}`,
    vpcNo: wanted.vpcNo,
    hypervisorType: wanted.hypervisorType,
    loadBalancerChangingUntil: 0,
  };
  world.addServer(server, by);
  for (const [key, value] of Object.entries(wanted.tags)) world.changeTag(serverInstanceNo, key, value, by);
  const blockStorageInstanceNo = world.issuers.blockStorages.issue(world.blockStorages);
  const base = { type: 'BASIC', blockStorageName: serverName, sizeGb: 50, status: 'INIT' } as const;
  const disk = attachedDisk(server, { ...base, blockStorageInstanceNo }, 0, world.now());
  world.addBlockStorage(disk, by);
  world.after(INIT_SECONDS, server, () => {
    world.changeBlockStorage(disk, { status: 'ATTAC' }, 'time');
    world.changeServer(server, { status: 'CREAT', operation: 'START' }, 'time');
    world.after(server.startSeconds, server, () => endOperation(world, server, 'time'));
  });
  return server;
}
