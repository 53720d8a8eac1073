import type { BlockStorage } from '../world/records.ts';
import { attachStorage, deleteStorages, detachStorages } from '../world/storages.ts';
import { classicBlockStorage } from './classic-shapes.ts';
import { everyFilter, exactFilter, type Keep, listFilter, nameFilter, searchFilter } from './filters.ts';
import { listReply, touchedReply } from './page.ts';
import type { ListReply, ReplyFields } from './reply.ts';
import {
  type Action,
  type ActionCall,
  isInScope,
  namedServer,
  namedStorages,
  numberFilter,
  oneOfThem,
} from './scope.ts';
import { vpcBlockStorage } from './vpc-shapes.ts';

export const getBlockStorageInstanceList: Action = (call) => {
  const numbers = numberFilter(call, 'blockStorageInstanceNoList', '24121');
  const serverInstanceNo = call.parameters.text('serverInstanceNo');
  const isWanted = everyFilter<BlockStorage>([
    isInScope(call, numbers !== undefined || serverInstanceNo !== undefined),
    numbers && ((storage) => numbers.has(storage.blockStorageInstanceNo)),
    listFilter(call, 'blockStorageTypeCodeList', (storage) => storage.type),
    exactFilter(call, 'blockStorageInstanceStatusCode', (storage) => storage.status),
    ...(call.environment === 'classic' ? classicFilters(call) : vpcFilters(call)),
  ]);
  const candidates =
    serverInstanceNo === undefined ? [...call.world.blockStorages.values()] : call.world.storagesOf(serverInstanceNo);
  return listReply(candidates.filter(isWanted), call.parameters, {
    listName: 'blockStorageInstanceList',
    environment: call.environment,
    shape: (storage) => shapeOf(call, storage),
    sortKeys: {
      blockStorageInstanceNo: (storage) => storage.blockStorageInstanceNo,
      blockStorageName: (storage) => storage.blockStorageName,
    },
  });
};

/** VPC only. What is gone is an empty list, as in getServerInstanceDetail (terraform-provider-ncloud). */
export const getBlockStorageInstanceDetail: Action = (call) => {
  const storage = call.world.blockStorages.get(call.parameters.required('blockStorageInstanceNo'));
  return storages(call, storage && isInScope(call, true)(storage) ? [storage] : []);
};

export const attachBlockStorageInstance: Action = (call) => {
  const storage = namedStorage(call);
  attachStorage(call.world, storage, namedServer(call), 'call');
  return storages(call, [storage]);
};

export const detachBlockStorageInstances: Action = (call) => {
  const named = namedStorages(call, call.parameters.requiredList('blockStorageInstanceNoList'));
  detachStorages(call.world, named, 'call');
  return storages(call, named);
};

export const deleteBlockStorageInstances: Action = (call) => {
  const named = namedStorages(call, call.parameters.requiredList('blockStorageInstanceNoList'));
  deleteStorages(call.world, named, 'call');
  return storages(call, named);
};

/** VPC only. */
export const setBlockStorageReturnProtection: Action = (call) => {
  const isReturnProtection = call.parameters.requiredBoolean('isReturnProtection');
  const storage = namedStorage(call);
  call.world.changeBlockStorage(storage, { isReturnProtection }, 'call');
  return storages(call, [storage]);
};

function namedStorage(call: ActionCall): BlockStorage {
  return oneOfThem(namedStorages(call, [call.parameters.required('blockStorageInstanceNo')]));
}

export function storages(call: ActionCall, touched: readonly BlockStorage[]): ListReply {
  return touchedReply('blockStorageInstanceList', touched, (storage) => shapeOf(call, storage));
}

function shapeOf(call: ActionCall, storage: BlockStorage): ReplyFields {
  return call.environment === 'classic'
    ? classicBlockStorage(call.world, storage)
    : vpcBlockStorage(call.world, storage);
}

function classicFilters(call: ActionCall): (Keep<BlockStorage> | undefined)[] {
  return [
    searchFilter<BlockStorage>(call, {
      blockStorageName: (storage) => [storage.blockStorageName],
      attachmentInformation: (storage) => [storage.deviceName, serverNameOf(call, storage)],
    }),
    exactFilter(call, 'diskTypeCode', () => 'NET'),
    exactFilter(call, 'diskDetailTypeCode', () => 'HDD'),
  ];
}

function vpcFilters(call: ActionCall): (Keep<BlockStorage> | undefined)[] {
  return [
    nameFilter(call, 'blockStorageName', (storage) => storage.blockStorageName),
    nameFilter(call, 'serverName', (storage) => serverNameOf(call, storage)),
    nameFilter(call, 'connectionInfo', (storage) => `${serverNameOf(call, storage)} ${storage.deviceName}`),
    // Guess: in GB, as when a disk is made.
    exactFilter(call, 'blockStorageSize', (storage) => String(storage.sizeGb)),
    exactFilter(call, 'blockStorageDiskTypeCode', () => 'NET'),
    exactFilter(call, 'blockStorageDiskDetailTypeCode', (storage) => (isKvm(storage) ? '' : 'SSD')),
    listFilter(call, 'blockStorageVolumeTypeCodeList', (storage) => (isKvm(storage) ? 'CB1' : 'SSD')),
    listFilter(call, 'hypervisorTypeCodeList', (storage) => storage.hypervisorType),
  ];
}

function isKvm({ hypervisorType }: BlockStorage): boolean {
  return hypervisorType === 'KVM';
}

function serverNameOf(call: ActionCall, storage: BlockStorage): string {
  return call.world.servers.get(storage.serverInstanceNo)?.serverName ?? '';
}
