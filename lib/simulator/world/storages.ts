import { ActionRefused } from '../errors.ts';
import type { ChangedBy } from '../journal.ts';
import type { BlockStorage, Server } from './records.ts';
import { setUpAfterDetach } from './servers.ts';
import type { World } from './world.ts';

/** Guesses: NCP publishes no figures. */
const ATTACH_SECONDS = 10;
export const DELETE_SECONDS = 3;

export function detachStorages(world: World, storages: readonly BlockStorage[], by: ChangedBy): void {
  for (const storage of storages) refuseToDetach(world, storage);
  for (const storage of storages) {
    beginDetach(world, storage, by, () =>
      world.changeBlockStorage(
        storage,
        { serverInstanceNo: '', deviceName: '', status: 'CREAT', operation: 'NULL' },
        'time',
      ),
    );
  }
}

/** Deleting an attached disk detaches it first; the reply then shows ATTAC and DETAC (NCP's page, ncloud-sdk-go v1). */
export function deleteStorages(world: World, storages: readonly BlockStorage[], by: ChangedBy): void {
  for (const storage of storages) refuseToDelete(world, storage);
  for (const storage of storages) {
    const remove = (): void => world.removeBlockStorage(storage, 'time');
    if (storage.serverInstanceNo) {
      beginDetach(world, storage, by, remove);
    } else {
      world.changeBlockStorage(storage, { operation: 'TERMT' }, by);
      world.after(DELETE_SECONDS, storage, remove);
    }
  }
}

export function attachStorage(world: World, storage: BlockStorage, server: Server, by: ChangedBy): void {
  const isFree = storage.serverInstanceNo === '' && storage.status === 'CREAT' && storage.operation === 'NULL';
  // Guess: the code for a disk that is in use or busy, and for another zone's server.
  if (!isFree || storage.zoneCode !== server.zoneCode) throw new ActionRefused('25013');
  if (server.operation !== 'NULL') throw new ActionRefused('25017');
  const deviceName = `/dev/xvd${String.fromCharCode(97 + Math.min(world.storagesOf(server.serverInstanceNo).length, 25))}`;
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
function refuseToDetach(world: World, storage: BlockStorage): void {
  if (storage.type === 'BASIC') throw new ActionRefused('24121');
  if (storage.operation !== 'NULL' || storage.status !== 'ATTAC') throw new ActionRefused('25013');
  const server = world.servers.get(storage.serverInstanceNo);
  if (server?.status === 'RUN') throw new ActionRefused('24002');
  if (server && server.operation !== 'NULL' && server.operation !== 'SETUP') throw new ActionRefused('25017');
}

function refuseToDelete(world: World, storage: BlockStorage): void {
  // Guess: no code is known for a protected disk; 21001 is the one for a protected server.
  if (storage.isReturnProtection) throw new ActionRefused('21001', storage.blockStorageName);
  if (storage.serverInstanceNo) return refuseToDetach(world, storage);
  if (storage.operation !== 'NULL') throw new ActionRefused('25013');
}
