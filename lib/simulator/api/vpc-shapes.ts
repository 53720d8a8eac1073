import { ncpDate } from '../clock.ts';
import type { BlockStorage, PublicIp, Server } from '../world/records.ts';
import type { World } from '../world/world.ts';
import { visiblePublicIp } from './classic-shapes.ts';
import {
  commonCode,
  publicIpOperationCode,
  publicIpStatusCode,
  publicIpStatusName,
  serverFields,
  storageState,
  storageTypeCode,
} from './codes.ts';
import type { ReplyFields } from './reply.ts';

/** Fields in the order of a recorded VPC reply. */
export function vpcServer(world: World, server: Server): ReplyFields {
  const publicIp = visiblePublicIp(world, server);
  return {
    serverInstanceNo: server.serverInstanceNo,
    serverName: server.serverName,
    serverDescription: '',
    cpuCount: 2,
    memorySize: 4_294_967_296,
    platformType: commonCode('LNX64', 'Linux 64 Bit'),
    loginKeyName: 'simulator',
    publicIpInstanceNo: publicIp?.publicIpInstanceNo ?? '',
    publicIp: publicIp?.publicIp ?? '',
    ...serverFields(server, {
      serverImageProductCode: 'SW.VSVR.OS.LNX64.UBNTU.SVR2004.B050',
      serverProductCode: 'SVR.VSVR.HICPU.C002.M004.NET.SSD.B050.G002',
    }),
    zoneCode: server.zoneCode,
    regionCode: server.regionCode,
    vpcNo: server.vpcNo,
    subnetNo: '6001',
    networkInterfaceNoList: [`9${server.serverInstanceNo}`],
    initScriptNo: '',
    serverInstanceType: commonCode('HICPU', 'High CPU'),
    baseBlockStorageDiskType: commonCode('NET', 'Network Storage'),
    baseBlockStorageDiskDetailType: commonCode('SSD', 'SSD'),
    placementGroupNo: '',
    placementGroupName: '',
    memberServerImageInstanceNo: '',
    hypervisorType: commonCode('XEN', 'XEN'),
    serverImageNo: '3051719',
    serverSpecCode: 'c2-g2-s50',
  };
}

export function vpcPublicIp(world: World, publicIp: PublicIp): ReplyFields {
  const server = world.servers.get(publicIp.serverInstanceNo);
  return {
    publicIpInstanceNo: publicIp.publicIpInstanceNo,
    publicIp: publicIp.publicIp,
    publicIpDescription: '',
    createDate: ncpDate(publicIp.createDate),
    publicIpInstanceStatusName: publicIpStatusName(publicIp),
    publicIpInstanceStatus: publicIpStatusCode(publicIp),
    serverInstanceNo: server?.serverInstanceNo ?? '',
    serverName: server?.serverName ?? '',
    privateIp: server?.privateIp ?? '',
    lastModifyDate: ncpDate(publicIp.lastModifyDate),
    publicIpInstanceOperation: publicIpOperationCode(publicIp),
  };
}

export function vpcBlockStorage(_world: World, storage: BlockStorage): ReplyFields {
  return {
    blockStorageInstanceNo: storage.blockStorageInstanceNo,
    serverInstanceNo: storage.serverInstanceNo,
    blockStorageName: storage.blockStorageName,
    blockStorageType: storageTypeCode(storage),
    blockStorageSize: storage.sizeGb * 1024 ** 3,
    deviceName: storage.deviceName,
    blockStorageProductCode: storage.type === 'BASIC' ? 'SPBSTBSTBS000006' : 'SPBSTBSTAD000006',
    ...storageState(storage),
    createDate: ncpDate(storage.createDate),
    blockStorageDescription: '',
    blockStorageDiskType: commonCode('NET', 'Network Storage'),
    blockStorageDiskDetailType: commonCode('SSD', 'SSD'),
    maxIopsThroughput: 4000,
    isEncryptedVolume: false,
    zoneCode: storage.zoneCode,
    regionCode: storage.regionCode,
    isReturnProtection: storage.isReturnProtection,
    blockStorageVolumeType: commonCode('SSD', 'SSD'),
    hypervisorType: commonCode('XEN', 'XEN'),
  };
}
