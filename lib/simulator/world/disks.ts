import { SIMULATED_CREATION } from '../clock.ts';
import { type FleetBlockStorage, type FleetServer, givenBlockStorage } from '../fleet.ts';
import type { BlockStorage, Place, Server } from './records.ts';
import type { World } from './world.ts';

export function attachedDisk(server: Server, disk: Partial<BlockStorage>, row: number, now: number): BlockStorage {
  return {
    environment: server.environment,
    regionCode: server.regionCode,
    zoneCode: server.zoneCode,
    createDate: now,
    blockStorageInstanceNo: '',
    blockStorageName: 'data',
    sizeGb: 10,
    type: 'SVRBS',
    serverInstanceNo: server.serverInstanceNo,
    hypervisorType: server.hypervisorType,
    deviceName: `/dev/xvd${String.fromCharCode(97 + Math.min(row, 25))}`,
    status: 'ATTAC',
    operation: 'NULL',
    isReturnProtection: false,
    ...disk,
  };
}

export function baseDisk(world: World, server: Server, state: FleetServer['baseBlockStorage']): BlockStorage {
  const storage = attachedDisk(
    server,
    {
      type: 'BASIC',
      blockStorageName: server.serverName,
      sizeGb: 50,
      status: state?.status ?? 'ATTAC',
      operation: state?.operation ?? 'NULL',
    },
    0,
    server.createDate,
  );
  endOperation(world, storage, state?.operationSeconds);
  return storage;
}

export function addedDisks(world: World, server: Server, entries: readonly FleetBlockStorage[]): BlockStorage[] {
  return entries.map((entry, row) => {
    const storage = attachedDisk(
      server,
      { ...givenBlockStorage.parse(entry), ...numberAndStatus(entry, 'ATTAC') },
      row + 1,
      server.createDate,
    );
    endOperation(world, storage, entry.operationSeconds);
    return storage;
  });
}

export function looseDisk(world: World, place: Place, entry: FleetBlockStorage): BlockStorage {
  const storage: BlockStorage = {
    ...place,
    ...givenBlockStorage.parse(entry),
    ...numberAndStatus(entry, 'CREAT'),
    createDate: Date.parse(SIMULATED_CREATION),
    type: 'SVRBS',
    hypervisorType: 'XEN',
    serverInstanceNo: '',
    deviceName: '',
  };
  endOperation(world, storage, entry.operationSeconds);
  return storage;
}

function numberAndStatus(
  { blockStorageInstanceNo = '', status }: FleetBlockStorage,
  otherwise: BlockStorage['status'],
): Pick<BlockStorage, 'blockStorageInstanceNo' | 'status'> {
  return { blockStorageInstanceNo, status: status ?? otherwise };
}

function endOperation(world: World, storage: BlockStorage, operationSeconds: number | undefined): void {
  if (operationSeconds === undefined || storage.operation === 'NULL') return;
  world.after(operationSeconds, storage, () => world.changeBlockStorage(storage, { operation: 'NULL' }, 'time'));
}
