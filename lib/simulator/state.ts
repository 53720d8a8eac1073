import { type CommonCode, serverState, storageState, storageTypeCode } from './api/codes.ts';
import { type PublicIpState as PublicIpCodes, publicIpState } from './api/public-ip-codes.ts';
import { isoDate, ncpDate } from './clock.ts';
import type { Environment } from './regions.ts';
import type { World } from './world/world.ts';

/** Everything that exists at a simulated instant, under NCP's field names. What is gone is absent. */
export interface SimulatorState {
  /** ISO with offset. */
  now: string;
  servers: ServerState[];
  publicIps: PublicIpState[];
  blockStorages: BlockStorageState[];
  tags: TagState[];
}

interface Placed {
  environment: Environment;
  regionCode: string;
  zoneCode: string;
  createDate: string;
}

interface ServerState extends Placed {
  serverInstanceNo: string;
  serverName: string;
  serverInstanceStatus: CommonCode;
  serverInstanceOperation: CommonCode;
  serverInstanceStatusName: string;
  uptime: string;
  isProtectServerTermination: boolean;
  privateIp: string;
  /** Empty in Classic. */
  vpcNo: string;
  publicIpInstanceNo: string;
  publicIp: string;
}

interface PublicIpState extends Placed, PublicIpCodes {
  publicIpInstanceNo: string;
  publicIp: string;
  /** Empty when free. */
  serverInstanceNo: string;
}

interface BlockStorageState extends Placed {
  blockStorageInstanceNo: string;
  blockStorageName: string;
  blockStorageType: CommonCode;
  /** Bytes. */
  blockStorageSize: number;
  blockStorageInstanceStatus: CommonCode;
  blockStorageInstanceOperation: CommonCode;
  blockStorageInstanceStatusName: string;
  /** Empty when detached. */
  serverInstanceNo: string;
  deviceName: string;
  isReturnProtection: boolean;
}

interface TagState {
  instanceNo: string;
  tagKey: string;
  tagValue: string;
}

export function stateOf(world: World): SimulatorState {
  return {
    now: isoDate(world.now()),
    servers: [...world.servers.values()].map((server) => ({
      ...placed(server),
      serverInstanceNo: server.serverInstanceNo,
      serverName: server.serverName,
      ...serverState(server),
      uptime: server.uptime === undefined ? '' : ncpDate(server.uptime),
      isProtectServerTermination: server.isProtectServerTermination,
      privateIp: server.privateIp,
      vpcNo: server.vpcNo,
      publicIpInstanceNo: world.publicIpOf(server.serverInstanceNo)?.publicIpInstanceNo ?? '',
      publicIp: world.publicIpOf(server.serverInstanceNo)?.publicIp ?? '',
    })),
    publicIps: [...world.publicIps.values()].map((publicIp) => ({
      ...placed(publicIp),
      publicIpInstanceNo: publicIp.publicIpInstanceNo,
      publicIp: publicIp.publicIp,
      ...publicIpState(publicIp),
      serverInstanceNo: publicIp.serverInstanceNo,
    })),
    blockStorages: blockStorageStates(world),
    tags: [...world.tags].flatMap(([instanceNo, tags]) =>
      [...tags].map(([tagKey, tagValue]) => ({ instanceNo, tagKey, tagValue })),
    ),
  };
}

function blockStorageStates(world: World): BlockStorageState[] {
  return [...world.blockStorages.values()].map((storage) => ({
    ...placed(storage),
    blockStorageInstanceNo: storage.blockStorageInstanceNo,
    blockStorageName: storage.blockStorageName,
    blockStorageType: storageTypeCode(storage),
    blockStorageSize: storage.sizeGb * 1024 ** 3,
    ...storageState(storage),
    serverInstanceNo: storage.serverInstanceNo,
    deviceName: storage.deviceName,
    isReturnProtection: storage.isReturnProtection,
  }));
}

function placed(thing: { environment: Environment; regionCode: string; zoneCode: string; createDate: number }): Placed {
  return {
    environment: thing.environment,
    regionCode: thing.regionCode,
    zoneCode: thing.zoneCode,
    createDate: ncpDate(thing.createDate),
  };
}
