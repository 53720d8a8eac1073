import { SIMULATED_CREATION } from '../clock.ts';
import { type Fleet, type FleetServer, givenServer } from '../fleet.ts';
import { addedDisks, baseDisk, looseDisk } from './disks.ts';
import { checkPlaces, placeOf } from './places.ts';
import type { BlockStorage, Place, PublicIp, Server } from './records.ts';
import { endOperation } from './servers.ts';
import type { World } from './world.ts';

/** The VPC of every simulated server that names none. */
export const SIMULATED_VPC_NO = '5001';

/** Puts the fleet's servers, disks, addresses and tags into the world; numbered things first, so none is taken twice. */
export function populate(world: World, fleet: Fleet): void {
  checkPlaces(world, fleet);
  const disks: BlockStorage[] = [];
  for (const [index, entry] of fleet.servers.entries()) {
    const server = serverOf(entry, placeOf(world, entry, fleet), index, world.now());
    world.addServer(server, 'fleet');
    if (entry.operationSeconds !== undefined && server.operation !== 'NULL') {
      world.after(entry.operationSeconds, server, () => endOperation(world, server, 'time'));
    }
    for (const [key, value] of Object.entries(entry.tags)) {
      world.tags.set(server.serverInstanceNo, (world.tags.get(server.serverInstanceNo) ?? new Map()).set(key, value));
    }
    disks.push(baseDisk(world, server, entry.baseBlockStorage), ...addedDisks(world, server, entry.blockStorage));
  }
  for (const entry of fleet.blockStorages) disks.push(looseDisk(world, placeOf(world, entry, fleet), entry));
  addNumbered(disks, (storage) => {
    storage.blockStorageInstanceNo ||= world.issuers.blockStorages.issue(world.blockStorages);
    world.addBlockStorage(storage, 'fleet');
  });
  addNumbered(publicIpsOf(world, fleet), (publicIp) => {
    publicIp.publicIpInstanceNo ||= world.issuers.publicIps.issue(world.publicIps);
    world.addPublicIp(publicIp, 'fleet');
  });
}

function serverOf(entry: FleetServer, place: Place, index: number, now: number): Server {
  const createDate = Date.parse(entry.createDate);
  const everBooted = entry.status !== 'INIT' && entry.status !== 'CREAT';
  return {
    ...givenServer.parse(entry),
    ...place,
    hypervisorType: entry.hypervisorType ?? 'XEN',
    portForwarding: entry.portForwarding,
    createDate,
    uptime: entry.uptime ? Date.parse(entry.uptime) : everBooted ? createDate + 180_000 : undefined,
    privateIp: entry.privateIp ?? `10.${(index >> 16) % 256}.${(index >> 8) % 256}.${index % 256}`,
    vpcNo: place.environment === 'vpc' ? (entry.vpcNo ?? SIMULATED_VPC_NO) : '',
    loadBalancerChangingUntil: changingUntil(entry.loadBalancer, now),
  };
}

function changingUntil(loadBalancer: FleetServer['loadBalancer'], now: number): number {
  if (loadBalancer === undefined) return 0;
  return loadBalancer === 'changing' ? Number.POSITIVE_INFINITY : now + loadBalancer.changingSeconds * 1000;
}

function publicIpsOf(world: World, fleet: Fleet): PublicIp[] {
  const used = fleet.servers.flatMap((entry) => {
    const server = world.servers.get(entry.serverInstanceNo);
    return server && entry.publicIp
      ? [freePublicIp(server, entry.publicIp, server.createDate, server.serverInstanceNo)]
      : [];
  });
  const free = fleet.publicIps.map((entry) => ({
    ...freePublicIp(placeOf(world, entry, fleet), entry.publicIp, Date.parse(SIMULATED_CREATION)),
    publicIpInstanceNo: entry.publicIpInstanceNo ?? '',
  }));
  return [...free, ...used];
}

export function freePublicIp(place: Place, publicIp: string, createDate: number, serverInstanceNo = ''): PublicIp {
  return {
    environment: place.environment,
    regionCode: place.regionCode,
    zoneCode: place.zoneCode,
    createDate,
    lastModifyDate: createDate,
    publicIpInstanceNo: '',
    publicIp,
    serverInstanceNo,
    status: serverInstanceNo ? 'USED' : 'CREAT',
    operation: 'NULL',
  };
}

/** Things the fleet numbered go in first, so that an issued number never collides with a later one. */
function addNumbered<Thing extends BlockStorage | PublicIp>(
  things: readonly Thing[],
  add: (thing: Thing) => void,
): void {
  const isNumbered = (thing: Thing): boolean =>
    ('publicIp' in thing ? thing.publicIpInstanceNo : thing.blockStorageInstanceNo) !== '';
  for (const thing of things.filter(isNumbered)) add(thing);
  for (const thing of things.filter((each) => !isNumbered(each))) add(thing);
}
