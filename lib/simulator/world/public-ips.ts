import { ActionRefused } from '../errors.ts';
import type { ChangedBy } from '../journal.ts';
import type { PublicIp, Server } from './records.ts';
import type { World } from './world.ts';

const ASSOCIATE_SECONDS = 5;

export function associatePublicIp(world: World, publicIp: PublicIp, server: Server, by: ChangedBy): void {
  // Guess: 25032 for an address in use or busy, and for a server that has one already.
  if (publicIp.serverInstanceNo || publicIp.operation !== 'NULL') throw new ActionRefused('25032');
  if (world.publicIpOf(server.serverInstanceNo)) throw new ActionRefused('25032');
  world.changePublicIp(publicIp, { serverInstanceNo: server.serverInstanceNo, operation: 'USE' }, by);
  world.after(ASSOCIATE_SECONDS, publicIp, () =>
    world.changePublicIp(publicIp, { status: 'USED', operation: 'NULL' }, 'time'),
  );
}

/** 28102 when there is nothing to disassociate: ncloud-sdk-go (v1); 25032 while it changes: packer retried it. */
export function disassociatePublicIp(world: World, publicIp: PublicIp, by: ChangedBy): void {
  if (!publicIp.serverInstanceNo) throw new ActionRefused('28102');
  if (publicIp.operation !== 'NULL') throw new ActionRefused('25032');
  const server = world.servers.get(publicIp.serverInstanceNo);
  world.changePublicIp(publicIp, { operation: 'DISUS' }, by);
  world.after(server?.disassociateSeconds ?? 0, publicIp, () =>
    world.changePublicIp(publicIp, { serverInstanceNo: '', status: 'CREAT', operation: 'NULL' }, 'time'),
  );
}

/**
 * Deleting answers at once with TERMT. An address a server still has is refused with 24073 (ncloud-sdk-go v1); guess:
 * the same in VPC, where cloud-barista waits for the server to be gone.
 */
export function deletePublicIps(world: World, publicIps: readonly PublicIp[], by: ChangedBy): void {
  for (const publicIp of publicIps) {
    if (publicIp.serverInstanceNo && publicIp.operation === 'NULL') {
      throw new ActionRefused('24073', publicIp.publicIpInstanceNo);
    }
    if (publicIp.operation !== 'NULL') throw new ActionRefused('25032');
  }
  for (const publicIp of publicIps) {
    world.changePublicIp(publicIp, { status: 'TERMT' }, by);
    world.removePublicIp(publicIp, by);
  }
}
