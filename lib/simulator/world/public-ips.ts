import { ActionRefused } from '../errors.ts';
import type { ChangedBy } from '../journal.ts';
import { inBatch } from './batch.ts';
import { freePublicIp } from './build.ts';
import type { Place, PublicIp, Server } from './records.ts';
import type { World } from './world.ts';

/** Guesses: NCP publishes no figures. */
const ASSOCIATE_SECONDS = 5;
const DELETE_SECONDS = 2;

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
 * Classic answers at once with TERMT, VPC takes a while (samples of those pages). An address that a server still has is
 * refused with 24073 (ncloud-sdk-go v1); guess: the same in VPC, where cloud-barista waits for the server to be gone.
 */
export function deletePublicIps(world: World, publicIps: readonly PublicIp[], by: ChangedBy): void {
  inBatch(world, publicIps, {
    refusalOf: (publicIp) => {
      if (publicIp.operation !== 'NULL') return { returnCode: publicIp.status === 'INIT' ? '1080101' : '25032' };
      return publicIp.serverInstanceNo ? { returnCode: '24073', about: publicIp.publicIpInstanceNo } : undefined;
    },
    act: (publicIp) => {
      if (publicIp.environment === 'vpc') {
        world.changePublicIp(publicIp, { operation: 'TERMT' }, by);
        world.after(DELETE_SECONDS, publicIp, () => world.removePublicIp(publicIp, 'time'));
      } else {
        world.changePublicIp(publicIp, { status: 'TERMT' }, by);
        world.removePublicIp(publicIp, by);
      }
    },
  });
}

/** A new address of this place, for a server if one is named. */
export function createPublicIp(world: World, place: Place, server: Server | undefined, by: ChangedBy): PublicIp {
  if (server && world.publicIpOf(server.serverInstanceNo)) throw new ActionRefused('25032');
  const publicIpInstanceNo = world.issuers.publicIps.issue(world.publicIps);
  const used = new Set([...world.publicIps.values()].map((each) => each.publicIp));
  const address = Array.from({ length: 65_536 }, (_, at) => `198.18.${at >> 8}.${(at % 254) + 1}`).find(
    (one) => !used.has(one),
  );
  const publicIp = freePublicIp(place, address ?? '', world.now(), server?.serverInstanceNo);
  Object.assign(publicIp, { publicIpInstanceNo, status: 'INIT', operation: 'CREAT' } satisfies Partial<PublicIp>);
  world.addPublicIp(publicIp, by);
  world.after(ASSOCIATE_SECONDS, publicIp, () => {
    const status = publicIp.serverInstanceNo ? 'USED' : 'CREAT';
    world.changePublicIp(publicIp, { status, operation: 'NULL' }, 'time');
  });
  return publicIp;
}
