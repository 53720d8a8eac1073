import type { Refusal } from '../errors.ts';
import type { ChangedBy } from '../journal.ts';
import { inBatch } from './batch.ts';
import type { BlockStorage, Server } from './records.ts';
import type { World } from './world.ts';

/** After a disk is detached the server is set up anew for about so long (terraform-provider-ncloud #383). */
export const SETUP_SECONDS = 5;

export function stopServers(world: World, servers: readonly Server[], by: ChangedBy): void {
  operate(world, servers, 'RUN', (server) => beginOperation(world, server, 'SHTDN', server.stopSeconds, by));
}

export function startServers(world: World, servers: readonly Server[], by: ChangedBy): void {
  operate(world, servers, 'NSTOP', (server) => beginOperation(world, server, 'START', server.startSeconds, by));
}

export function rebootServers(world: World, servers: readonly Server[], by: ChangedBy): void {
  operate(world, servers, 'RUN', (server) =>
    beginOperation(world, server, 'RESTA', server.stopSeconds + server.startSeconds, by),
  );
}

/** Up again at once, whatever was under way: nobody waits for a stop or a start in the middle of a test. */
export function restart(world: World, server: Server, by: ChangedBy): void {
  world.callOff(server);
  world.changeServer(server, { status: 'RUN', operation: 'NULL', uptime: world.now() }, by);
}

export function beginTermination(world: World, server: Server, by: ChangedBy): void {
  beginOperation(world, server, 'TERMT', server.terminateSeconds, by);
}

/** After detaching: SETUP, unless something else has begun meanwhile. */
export function setUpAfterDetach(world: World, server: Server): void {
  if (server.operation !== 'NULL' && server.operation !== 'SETUP') return;
  beginOperation(world, server, 'SETUP', SETUP_SECONDS, 'time');
}

/** What an operation leads to once it is over. */
export function endOperation(world: World, server: Server, by: ChangedBy): void {
  switch (server.operation) {
    case 'TERMT':
      return vanish(world, server, by);
    case 'SHTDN':
    case 'HSHTD':
      return world.changeServer(server, { status: 'NSTOP', operation: 'NULL' }, by);
    case 'START':
    case 'RESTA':
    case 'HREST':
    case 'CREAT':
      return world.changeServer(server, { status: 'RUN', operation: 'NULL', uptime: world.now() }, by);
    case 'NULL':
    case 'MIGRA':
    case 'COPY':
    case 'SETUP':
    case 'CHNG':
      return world.changeServer(server, { operation: 'NULL' }, by);
  }
}

/**
 * The server is gone. Its base disk goes with it (guess, universally assumed); added disks can only be there when a
 * person removed the server, and are left detached. A VPC public IP stays allocated (cloud-barista/cb-spider #1811).
 */
export function vanish(world: World, server: Server, by: ChangedBy): void {
  for (const storage of world.storagesOf(server.serverInstanceNo)) {
    if (storage.type === 'BASIC' && world.guesses['base-disk'] === 'goes') world.removeBlockStorage(storage, by);
    else freeStorage(world, storage, by);
  }
  const publicIp = world.publicIpOf(server.serverInstanceNo);
  if (publicIp) {
    world.callOff(publicIp);
    world.changePublicIp(publicIp, { serverInstanceNo: '', status: 'CREAT', operation: 'NULL' }, by);
  }
  if (server.environment === 'vpc' || world.guesses['classic-tags'] === 'go') dropTags(world, server, by);
  world.removeServer(server, by);
}

/** Detached at once. */
export function freeStorage(world: World, storage: BlockStorage, by: ChangedBy): void {
  world.callOff(storage);
  world.changeBlockStorage(storage, { serverInstanceNo: '', deviceName: '', status: 'CREAT', operation: 'NULL' }, by);
}

/** Classic tags outlive the server; Resource Manager forgets a VPC server that is gone, and its tags with it. */
function dropTags(world: World, server: Server, by: ChangedBy): void {
  for (const key of world.tagsOf(server.serverInstanceNo).keys()) {
    world.changeTag(server.serverInstanceNo, key, undefined, by);
  }
}

function beginOperation(
  world: World,
  server: Server,
  operation: Server['operation'],
  seconds: number,
  by: ChangedBy,
): void {
  world.changeServer(server, { operation }, by);
  world.after(seconds, server, () => endOperation(world, server, 'time'));
}

/**
 * 25041 is recorded for Classic (ncloud-sdk-go v1) and guessed for VPC, where two are known: 1100031 during SETUP
 * (terraform-provider-ncloud #383) and 1101003 while an attached disk is in operation (cloud-barista/cb-spider #1507).
 */
function refusal(world: World, server: Server, status: Server['status']): Refusal | undefined {
  if (server.environment === 'vpc') {
    if (server.operation === 'SETUP') return { returnCode: '1100031' };
    if (world.storagesOf(server.serverInstanceNo).some((storage) => storage.operation !== 'NULL')) {
      return { returnCode: '1101003' };
    }
  }
  if (server.status === status && server.operation === 'NULL') return undefined;
  return { returnCode: server.environment === 'vpc' ? world.guesses['busy-code'] : '25041' };
}

function operate(
  world: World,
  servers: readonly Server[],
  status: Server['status'],
  act: (server: Server) => void,
): void {
  inBatch(world, servers, { refusalOf: (server) => refusal(world, server, status), act });
}
