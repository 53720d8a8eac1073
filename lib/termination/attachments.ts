/**
 * What outlives its server and is billed by itself: additional block storage and public IP addresses. What is done about one
 * is done about both; {@link RESOURCES} holds the differences.
 */

import type { ActionName, Resource } from './actions.ts';

export interface Attachment {
  resource: Resource;
  /** `blockStorageInstanceNo` or `publicIpInstanceNo`; empty if NCP's lists do not agree. */
  no: string;
  /** `blockStorageName`, or the address. */
  name: string;
  /** RFC 3339; empty for an address, of which NCP tells none. */
  createDate: string;
  /** 0 for an address. */
  sizeBytes: number;
  /** NCP's own delete protection of a volume (VPC); false if NCP has none. */
  isReturnProtection: boolean;
  status: string;
  operation: string;
  /** The server that it is on; empty when it is on none. */
  serverInstanceNo: string;
}

/** As a plan pins it. */
export type PinnedAttachment = Omit<Attachment, 'status' | 'operation' | 'serverInstanceNo'>;

/** What may become of it, as a request and as a policy say it. */
export interface Terms {
  storage: 'refuse' | 'detach' | 'delete';
  publicIp: 'keep' | 'release';
}

interface ResourceRow {
  /** What takes it off its server, and what ends it. */
  takenOffBy: ActionName;
  freedBy: ActionName;
  /** Whether it is to be freed once its server is gone. */
  isToBeFreed: (terms: Terms) => boolean;
  /** What identifies it. NCP's lists do not always agree on the number of an address. */
  key: (one: Pick<Attachment, 'no' | 'name'>) => string;
  /** Whether the one under this number is the one that was pinned. */
  isSame: (one: PinnedAttachment, pin: PinnedAttachment) => boolean;
}

/** In the order in which they are taken off and freed. */
export const RESOURCES = {
  blockStorage: {
    takenOffBy: 'detach',
    freedBy: 'deleteStorage',
    isToBeFreed: ({ storage }) => storage === 'delete',
    key: ({ no }) => no,
    // Somebody who renames or enlarges it means to keep using it.
    isSame: (one, pin) => one.createDate === pin.createDate && one.name === pin.name && one.sizeBytes === pin.sizeBytes,
  },
  publicIp: {
    takenOffBy: 'disassociate',
    freedBy: 'releasePublicIp',
    isToBeFreed: ({ publicIp }) => publicIp === 'release',
    key: ({ name }) => name,
    isSame: ({ name }, pin) => name === pin.name,
  },
} as const satisfies Record<Resource, ResourceRow>;

export const RESOURCE_NAMES: readonly Resource[] = ['blockStorage', 'publicIp'];

export function ofResource<T extends { resource: Resource }>(resource: Resource, all: readonly T[]): T[] {
  return all.filter((one) => one.resource === resource);
}

/** Those of `some` that are not among `others`. */
export function missingFrom<T extends Pick<Attachment, 'resource' | 'no' | 'name'>>(
  others: readonly Pick<Attachment, 'resource' | 'no' | 'name'>[],
  some: readonly T[],
): T[] {
  const keys = new Set(others.map(keyOf));
  return some.filter((one) => !keys.has(keyOf(one)));
}

function keyOf(one: Pick<Attachment, 'resource' | 'no' | 'name'>): string {
  return `${one.resource} ${RESOURCES[one.resource].key(one)}`;
}

/** In whatever order NCP lists them, it is the same plan. */
export function pinned(attachments: readonly Attachment[]): PinnedAttachment[] {
  return RESOURCE_NAMES.flatMap((resource) =>
    ofResource(resource, attachments)
      .toSorted((a, b) => RESOURCES[resource].key(a).localeCompare(RESOURCES[resource].key(b), 'en', { numeric: true }))
      .map(({ status: _status, operation: _operation, serverInstanceNo: _server, ...pin }) => pin),
  );
}
