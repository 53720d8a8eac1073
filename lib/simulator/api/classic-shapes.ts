import { ncpDate } from '../clock.ts';
import { regionByCode, zoneByCode } from '../regions.ts';
import type { BlockStorage, PublicIp, Server } from '../world/records.ts';
import type { World } from '../world/world.ts';
import { commonCode, serverFields, storageState, storageTypeCode } from './codes.ts';
import { publicIpState, shownHolder } from './public-ip-codes.ts';
import type { ReplyFields } from './reply.ts';

/**
 * The fields of NCP's terminateServerInstances page, in its order and with its slip "Stroage"; besides, what the Go SDK
 * reads: that field without the slip, and the tags.
 */
export function classicServer(world: World, server: Server): ReplyFields {
  return {
    serverInstanceNo: server.serverInstanceNo,
    serverName: server.serverName,
    serverDescription: '',
    cpuCount: 2,
    memorySize: 4_294_967_296,
    baseBlockStorageSize: 53_687_091_200,
    platformType: commonCode('LNX64', 'Linux 64 Bit'),
    loginKeyName: 'simulator',
    isFeeChargingMonitoring: false,
    publicIp: visiblePublicIp(world, server)?.publicIp ?? '',
    privateIp: server.privateIp,
    serverImageName: 'centos-7.8-64',
    ...serverFields(server, {
      serverImageProductCode: 'SPSW0LINUX000139',
      serverProductCode: 'SPSVRSTAND000004',
    }),
    ...portForwarding(server),
    ...classicPlace(server),
    baseBlockStorageDiskType: commonCode('NET', 'Network Storage'),
    baseBlockStroageDiskDetailType: commonCode('HDD', 'HDD'),
    baseBlockStorageDiskDetailType: commonCode('HDD', 'HDD'),
    userData: '',
    initScriptNo: '',
    accessControlGroupList: [defaultAccessControlGroup],
    instanceTagList: [...world.tagsOf(server.serverInstanceNo)].map(([tagKey, tagValue]) =>
      classicTag({ instanceNo: server.serverInstanceNo, tagKey, tagValue }),
    ),
  };
}

export function classicPublicIp(world: World, publicIp: PublicIp): ReplyFields {
  const server = world.servers.get(publicIp.serverInstanceNo);
  const { region, zone } = classicPlace(publicIp);
  return {
    publicIpInstanceNo: publicIp.publicIpInstanceNo,
    publicIp: publicIp.publicIp,
    publicIpDescription: '',
    createDate: ncpDate(publicIp.createDate),
    ...publicIpState(publicIp),
    publicIpKindType: commonCode('GEN', 'General'),
    // An empty element in XML as recorded by ncloud-sdk-go (v1); null in JSON is a guess.
    serverInstanceAssociatedWithPublicIp: server ? classicServer(world, server) : null,
    region,
    zone,
  };
}

export function classicBlockStorage(world: World, storage: BlockStorage): ReplyFields {
  const { region, zone } = classicPlace(storage);
  return {
    blockStorageInstanceNo: storage.blockStorageInstanceNo,
    serverInstanceNo: storage.serverInstanceNo,
    serverName: world.servers.get(storage.serverInstanceNo)?.serverName ?? '',
    blockStorageType: storageTypeCode(storage),
    blockStorageName: storage.blockStorageName,
    blockStorageSize: storage.sizeGb * 1024 ** 3,
    deviceName: storage.deviceName,
    blockStorageProductCode: storage.type === 'BASIC' ? 'SPBSTBSTBS000001' : 'SPBSTBSTAD000002',
    ...storageState(storage),
    createDate: ncpDate(storage.createDate),
    blockStorageInstanceDescription: '',
    diskType: commonCode('NET', 'Network Storage'),
    diskDetailType: commonCode('HDD', 'HDD'),
    maxIopsThroughput: 4000,
    region,
    zone,
  };
}

/** An address shows at its server once it is associated, and until it is disassociated. */
export function visiblePublicIp(world: World, server: Server): PublicIp | undefined {
  const publicIp = world.publicIpOf(server.serverInstanceNo);
  return publicIp?.status === 'USED' && shownHolder(publicIp) !== '' ? publicIp : undefined;
}

/** One tag of a server. */
export function classicTag(tag: { instanceNo: string; tagKey: string; tagValue: string }): ReplyFields {
  return {
    instanceNo: tag.instanceNo,
    instanceType: commonCode('SVR', 'Server'),
    tagKey: tag.tagKey,
    tagValue: tag.tagValue,
  };
}

export const PORT_FORWARDING_PUBLIC_IP = '192.0.2.10';

function portForwarding({ portForwarding: rule }: Server): ReplyFields {
  return {
    portForwardingPublicIp: PORT_FORWARDING_PUBLIC_IP,
    ...(rule && { portForwardingExternalPort: rule.externalPort, portForwardingInternalPort: rule.internalPort }),
  };
}

function classicPlace(placed: { regionCode: string; zoneCode: string }): {
  zone: ReplyFields;
  region: ReplyFields;
} {
  const region = regionByCode(placed.regionCode);
  const zone = zoneByCode(placed.zoneCode);
  return {
    zone: { zoneNo: zone?.zoneNo ?? '', zoneName: zone?.zoneCode ?? '', zoneDescription: zone?.zoneDescription ?? '' },
    region: {
      regionNo: region?.regionNo ?? '',
      regionCode: placed.regionCode,
      regionName: region?.regionName ?? '',
    },
  };
}

const defaultAccessControlGroup: ReplyFields = {
  accessControlGroupConfigurationNo: '1038',
  accessControlGroupName: 'ncloud-default-acg',
  accessControlGroupDescription: 'Default AccessControlGroup',
  isDefaultGroup: true,
  createDate: '2013-12-03T10:37:39+0900',
};
