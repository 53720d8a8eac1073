import { ActionRefused, type Refusal } from '../errors.ts';
import type { ChangedBy } from '../journal.ts';
import { inBatch } from './batch.ts';
import type { BlockStorage, Place, Server } from './records.ts';
import { setUpAfterDetach } from './servers.ts';
import type { World } from './world.ts';

/** Guesses: NCP publishes no figures. */
const ATTACH_SECONDS = 10;
export const DELETE_SECONDS = 3;

export function detachStorages(world: World, storages: readonly BlockStorage[], by: ChangedBy): void {
  inBatch(world, storages, {
    refusalOf: (storage) => refusalToDetach(world, storage),
    act: (storage) =>
      beginDetach(world, storage, by, () =>
        world.changeBlockStorage(
          storage,
          { serverInstanceNo: '', deviceName: '', status: 'CREAT', operation: 'NULL' },
          'time',
        ),
      ),
  });
}

/** Deleting an attached disk detaches it first; the reply then shows ATTAC and DETAC (NCP's page, ncloud-sdk-go v1). */
export function deleteStorages(world: World, storages: readonly BlockStorage[], by: ChangedBy): void {
  inBatch(world, storages, {
    refusalOf: (storage) => refusalToDelete(world, storage),
    act: (storage) => {
      const remove = (): void => world.removeBlockStorage(storage, 'time');
      if (storage.serverInstanceNo) return beginDetach(world, storage, by, remove);
      world.changeBlockStorage(storage, { operation: 'TERMT' }, by);
      world.after(DELETE_SECONDS, storage, remove);
    },
  });
}

export interface NewStorage {
  place: Place;
  server: Server | undefined;
  disk: Pick<BlockStorage, 'blockStorageName' | 'sizeGb' | 'isReturnProtection' | 'hypervisorType'>;
}

export function createStorage(world: World, { place, server, disk }: NewStorage, by: ChangedBy): BlockStorage {
  if (server && server.operation !== 'NULL') throw new ActionRefused('25017');
  const storage: BlockStorage = {
    environment: place.environment,
    regionCode: place.regionCode,
    zoneCode: place.zoneCode,
    createDate: world.now(),
    ...disk,
    blockStorageInstanceNo: world.issuers.blockStorages.issue(world.blockStorages),
    type: 'SVRBS',
    serverInstanceNo: server?.serverInstanceNo ?? '',
    deviceName: server ? nextDeviceName(world, server) : '',
    status: 'INIT',
    operation: 'CREAT',
  };
  world.addBlockStorage(storage, by);
  world.after(ATTACH_SECONDS, storage, () => {
    const status = storage.serverInstanceNo ? 'ATTAC' : 'CREAT';
    world.changeBlockStorage(storage, { status, operation: 'NULL' }, 'time');
  });
  return storage;
}

export function attachStorage(world: World, storage: BlockStorage, server: Server, by: ChangedBy): void {
  const isFree = storage.serverInstanceNo === '' && storage.status === 'CREAT' && storage.operation === 'NULL';
  // Guess: the code for a disk that is in use or busy, and for another zone's server.
  if (!isFree || storage.zoneCode !== server.zoneCode) throw new ActionRefused('25013');
  if (server.operation !== 'NULL') throw new ActionRefused('25017');
  const deviceName = nextDeviceName(world, server);
  world.changeBlockStorage(storage, { serverInstanceNo: server.serverInstanceNo, deviceName, operation: 'ATTAC' }, by);
  world.after(ATTACH_SECONDS, storage, () =>
    world.changeBlockStorage(storage, { status: 'ATTAC', operation: 'NULL' }, 'time'),
  );
}

function beginDetach(world: World, storage: BlockStorage, by: ChangedBy, end: () => void): void {
  const server = world.servers.get(storage.serverInstanceNo);
  world.changeBlockStorage(storage, { operation: 'DETAC' }, by);
  world.after(server?.detachSeconds ?? 0, storage, () => {
    end();
    if (server && world.servers.get(server.serverInstanceNo) === server) setUpAfterDetach(world, server);
  });
}

/** 24002 on a running server: terraform-provider-ncloud #215 and #223. The other codes are guesses. */
function refusalToDetach(world: World, storage: BlockStorage): Refusal | undefined {
  if (storage.type === 'BASIC') return { returnCode: '24121' };
  if (storage.operation !== 'NULL' || storage.status !== 'ATTAC') return { returnCode: '25013' };
  const server = world.servers.get(storage.serverInstanceNo);
  if (server?.status === 'RUN') return { returnCode: '24002' };
  const isBusy = server !== undefined && server.operation !== 'NULL' && server.operation !== 'SETUP';
  return isBusy ? { returnCode: '25017' } : undefined;
}

function refusalToDelete(world: World, storage: BlockStorage): Refusal | undefined {
  // Guess: no code is known for a protected disk; 21001 is the one for a protected server.
  if (storage.isReturnProtection) return { returnCode: '21001', about: storage.blockStorageName };
  if (storage.serverInstanceNo) return refusalToDetach(world, storage);
  return storage.operation === 'NULL' ? undefined : { returnCode: '25013' };
}

function nextDeviceName(world: World, { serverInstanceNo }: Server): string {
  return `/dev/xvd${String.fromCharCode(97 + Math.min(world.storagesOf(serverInstanceNo).length, 25))}`;
}
