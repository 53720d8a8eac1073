/** What a plan pinned to a server and is not on it now. */

import type { Server, Target } from './model.ts';

export function missingOf(
  target: Target,
  { storages, publicIps }: Pick<Server, 'storages' | 'publicIps'>,
): { no: string; name: string }[] {
  const volumesNow = new Set(storages.map((one) => one.blockStorageInstanceNo));
  const addressesNow = new Set(publicIps.map((one) => one.publicIp));
  return [
    ...target.storages
      .filter((one) => !volumesNow.has(one.blockStorageInstanceNo))
      .map((one) => ({ no: one.blockStorageInstanceNo, name: one.blockStorageName })),
    ...target.publicIps
      .filter((one) => !addressesNow.has(one.publicIp))
      .map((one) => ({ no: one.publicIpInstanceNo, name: one.publicIp })),
  ];
}
