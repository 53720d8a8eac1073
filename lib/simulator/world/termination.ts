import type { Refusal } from '../errors.ts';
import type { ChangedBy } from '../journal.ts';
import { inBatch } from './batch.ts';
import type { BlockStorage, Server } from './records.ts';
import { beginTermination } from './servers.ts';
import type { World } from './world.ts';

export function terminateServers(world: World, servers: readonly Server[], by: ChangedBy): void {
  inBatch(world, servers, {
    refusalOf: (server) => refusalToTerminate(world, server),
    act: (server) => beginTermination(world, server, by),
  });
}

/**
 * Which of the codes of NCP's terminateServerInstances page stands in the way of this server, first match wins. The
 * page gives no order; ours is a guess: what is wrong with the request, then what is going on, then what is attached.
 * VPC shares 10501 and 10713 (terraform-provider-ncloud #164) and has 1100031; its other codes are guessed as Classic's.
 */
function refusalToTerminate(world: World, server: Server): Refusal | undefined {
  return (
    refusalOfServer(world, server) ??
    refusalOfStorage(world.storagesOf(server.serverInstanceNo)) ??
    refusalOfAddress(world, server) ??
    refusalOfReadiness(world, server) ??
    refusalOfAttachments(world, server)
  );
}

function refusalOfServer(world: World, server: Server): Refusal | undefined {
  if (server.status === 'INIT' || server.status === 'CREAT') return { returnCode: '23006' };
  if (server.isProtectServerTermination) {
    const returnCode = server.environment === 'vpc' ? world.guesses['protection-code'] : '21001';
    return { returnCode, about: server.serverName };
  }
  if (server.operation === 'COPY') return { returnCode: '25015' };
  if (server.operation === 'SETUP' && server.environment === 'vpc') return { returnCode: '1100031' };
  return undefined;
}

/** Guess: base disk in operation or error 25023; added disk being attached or detached 25014, otherwise off 25024. */
function refusalOfStorage(storages: readonly BlockStorage[]): Refusal | undefined {
  const added = storages.filter((storage) => storage.type === 'SVRBS');
  if (storages.some((storage) => storage.type === 'BASIC' && isOff(storage))) return { returnCode: '25023' };
  if (added.some((storage) => ['ATTAC', 'DETAC'].includes(storage.operation))) return { returnCode: '25014' };
  if (added.some(isOff)) return { returnCode: '25024' };
  return undefined;
}

function isOff(storage: BlockStorage): boolean {
  return storage.operation !== 'NULL' || storage.status === 'NAVAI' || storage.status === 'DT_FL';
}

function refusalOfAddress(world: World, server: Server): Refusal | undefined {
  const operation = world.publicIpOf(server.serverInstanceNo)?.operation ?? 'NULL';
  return operation === 'NULL' || !addressBlocks(world, server) ? undefined : { returnCode: '25016' };
}

/** 25022 for a server that is not stopped is recorded in ncloud-sdk-go (v1); it covers operations and failures too. */
function refusalOfReadiness(world: World, server: Server): Refusal | undefined {
  if (server.status !== 'NSTOP' || server.operation !== 'NULL') return { returnCode: '25022' };
  if (server.loadBalancerChangingUntil > world.now()) return { returnCode: '25021' };
  return undefined;
}

function refusalOfAttachments(world: World, server: Server): Refusal | undefined {
  if (world.storagesOf(server.serverInstanceNo).some((storage) => storage.type === 'SVRBS'))
    return { returnCode: '10501' };
  const publicIp = world.publicIpOf(server.serverInstanceNo);
  if (publicIp && addressBlocks(world, server)) return { returnCode: '24073', about: publicIp.publicIpInstanceNo };
  return undefined;
}

/** A public IP blocks in Classic by the page; VPC lets the server go and keeps the address (cb-spider #1811). */
function addressBlocks(world: World, { environment }: Server): boolean {
  const blocks = world.guesses['address-blocks'];
  return blocks === 'both' || blocks === environment;
}
