/** Servers, targets and rules as tests need them: ordinary, unless said otherwise. */

import {
  DEFAULT_TAG_KEYS,
  type PublicIp,
  type Rules,
  type Server,
  type Storage,
  type Target,
} from '../../lib/termination/model.ts';
import type { Standing } from '../../lib/termination/standing.ts';

const CREATED = '2026-01-01T00:00:00+09:00';
export const BOOT = '2026-01-01T00:03:00+09:00';

export const RULES: Rules = {
  storage: 'refuse',
  publicIp: 'keep',
  overrideProtection: false,
  stopForSeconds: 0,
  expiry: 'none',
  tagKeys: DEFAULT_TAG_KEYS,
  timezone: 'Asia/Seoul',
  fence: null,
};

/** Nobody says anything of it. */
export const FREE: Standing = {
  hold: undefined,
  pause: undefined,
  tags: {},
  policyNow: { kind: 'unpublished' },
  said: [],
  lacking: undefined,
};

/** 1001, called dev-1, running, with nothing attached. */
export function server(changes: Partial<Server> = {}): Server {
  return {
    serverInstanceNo: '1001',
    serverName: 'dev-1',
    createDate: CREATED,
    uptime: BOOT,
    status: 'RUN',
    operation: 'NULL',
    statusName: 'running',
    isProtectServerTermination: false,
    zoneCode: 'KR-1',
    vpcNo: '5001',
    storages: [],
    publicIps: [],
    ...changes,
  };
}

/** 501, called data, attached to 1001. */
export function volume(changes: Partial<Storage> = {}): Storage {
  return {
    blockStorageInstanceNo: '501',
    blockStorageName: 'data',
    sizeBytes: 10 * 1024 ** 3,
    createDate: CREATED,
    status: 'ATTAC',
    operation: 'NULL',
    isReturnProtection: false,
    serverInstanceNo: '1001',
    ...changes,
  };
}

/** 701, associated with 1001. */
export function address(changes: Partial<PublicIp> = {}): PublicIp {
  return {
    publicIpInstanceNo: '701',
    publicIp: '203.0.113.7',
    status: 'USED',
    operation: 'NULL',
    serverInstanceNo: '1001',
    ...changes,
  };
}

/** 1001 as a plan pins it, with 501 and 701. */
export function target(changes: Partial<Target> = {}): Target {
  const { serverInstanceNo, serverName, createDate, uptime } = server();
  return {
    serverInstanceNo,
    serverName,
    createDate,
    uptime,
    wasProtected: false,
    wasStopped: false,
    storages: [volume()],
    publicIps: [address()],
    ...changes,
  };
}

/** What a policy allows that allows everything in its place. */
export const PERMISSIVE = {
  mode: 'terminate',
  account: 'default',
  environment: 'vpc',
  region: 'KR',
  storage: 'delete',
  publicIp: 'release',
  expiry: 'none',
  overrideProtection: true,
} as const;

/** What a plan pins to a server that it saw like this: of 501 and 701 those that are on it. */
export function pinnedTo({ storages, publicIps }: Server, changes: Partial<Target> = {}): Target {
  const all = target(changes);
  if (changes.storages !== undefined) return all;
  const volumes = new Set(storages.map((one) => one.blockStorageInstanceNo));
  const addresses = new Set(publicIps.map((one) => one.publicIp));
  return {
    ...all,
    storages: all.storages.filter((one) => volumes.has(one.blockStorageInstanceNo)),
    publicIps: all.publicIps.filter((one) => addresses.has(one.publicIp)),
  };
}
