import { ncpDate } from '../clock.ts';
import type { BlockStorage, PublicIp, Server } from '../world/records.ts';
import type { World } from '../world/world.ts';
import { visiblePublicIp } from './classic-shapes.ts';
import { type CommonCode, commonCode, serverFields, storageState, storageTypeCode } from './codes.ts';
import { publicIpState, shownHolder } from './public-ip-codes.ts';
import type { ReplyFields } from './reply.ts';
import { networkInterfaceNo, subnetNoOf } from './vpc-network.ts';
import { imageOf, specOf } from './vpc-products.ts';

/** Fields in the order of a recorded VPC reply. A server whose creation has just begun names no network yet. */
export function vpcServer(world: World, server: Server): ReplyFields {
  const publicIp = visiblePublicIp(world, server);
  const image = imageOf(server);
  const spec = specOf(server);
  const isInit = server.status === 'INIT';
  return {
    serverInstanceNo: server.serverInstanceNo,
    serverName: server.serverName,
    serverDescription: '',
    cpuCount: spec.cpuCount,
    memorySize: spec.memorySize,
    platformType: commonCode('LNX64', 'Linux 64 Bit'),
    loginKeyName: 'simulator',
    publicIpInstanceNo: publicIp?.publicIpInstanceNo ?? '',
    publicIp: publicIp?.publicIp ?? '',
    ...inLanguage(world, server, serverFields(server, { ...image, ...spec })),
    zoneCode: server.zoneCode,
    regionCode: server.regionCode,
    vpcNo: isInit ? '' : server.vpcNo,
    subnetNo: isInit ? '' : subnetNoOf(server.vpcNo),
    networkInterfaceNoList: isInit ? [] : [networkInterfaceNo(server)],
    initScriptNo: '',
    serverInstanceType: commonCode('HICPU', 'High CPU'),
    baseBlockStorageDiskType: commonCode('NET', 'Network Storage'),
    ...(server.hypervisorType === 'KVM' ? {} : { baseBlockStorageDiskDetailType: commonCode('SSD', 'SSD') }),
    placementGroupNo: '',
    placementGroupName: '',
    memberServerImageInstanceNo: '',
    hypervisorType: hypervisor(server),
    serverImageNo: image.serverImageNo,
    serverSpecCode: spec.serverSpecCode,
  };
}

export function vpcPublicIp(world: World, publicIp: PublicIp): ReplyFields {
  const server = world.servers.get(shownHolder(publicIp));
  return {
    publicIpInstanceNo: publicIp.publicIpInstanceNo,
    publicIp: publicIp.publicIp,
    publicIpDescription: '',
    createDate: ncpDate(publicIp.createDate),
    ...publicIpState(publicIp),
    serverInstanceNo: server?.serverInstanceNo ?? '',
    serverName: server?.serverName ?? '',
    privateIp: server?.privateIp ?? '',
    lastModifyDate: ncpDate(publicIp.lastModifyDate),
  };
}

/** Disks of KVM servers have no detail type, and types of volumes of their own (guess: CB1). */
export function vpcBlockStorage(_world: World, storage: BlockStorage): ReplyFields {
  const isKvm = storage.hypervisorType === 'KVM';
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
    ...(isKvm ? {} : { blockStorageDiskDetailType: commonCode('SSD', 'SSD') }),
    maxIopsThroughput: 4000,
    isEncryptedVolume: false,
    zoneCode: storage.zoneCode,
    regionCode: storage.regionCode,
    isReturnProtection: storage.isReturnProtection,
    blockStorageVolumeType: isKvm ? commonCode('CB1', 'CB1') : commonCode('SSD', 'SSD'),
    hypervisorType: hypervisor(storage),
  };
}

function hypervisor({ hypervisorType }: Pick<Server, 'hypervisorType'>): CommonCode {
  return commonCode(hypervisorType, hypervisorType);
}

/** Accounts in Korean were seen to get their codeNames so; NCP's pages show them in English. */
function inLanguage(world: World, { status, operation }: Server, fields: ReturnType<typeof serverFields>) {
  if (world.guesses['code-names'] === 'english') return fields;
  return {
    ...fields,
    serverInstanceStatus: commonCode(status, `서버 ${status} 상태`),
    serverInstanceOperation: commonCode(operation, `서버 ${operation} OP`),
  };
}
