/** Servers, targets and rules as tests need them: ordinary, unless said otherwise. */

import { type Attachment, missingFrom } from '../../lib/termination/attachments.ts';
import type { Constraints } from '../../lib/termination/decision/constraints.ts';
import type { Server, Target } from '../../lib/termination/model.ts';
import { DEFAULT_TAG_KEYS, type Rules } from '../../lib/termination/rules.ts';
import type { ServerView } from '../../lib/termination/status/run-view.ts';

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
  policyTerms: null,
};

/** Nobody says anything about it. */
export const FREE: Constraints = {
  hold: undefined,
  pause: undefined,
  tags: {},
  policyNow: { kind: 'unpublished' },
  signals: [],
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
    size: { cpuCount: 2, memoryBytes: 4 * 1024 ** 3, productCode: 'SVR.VSVR.HICPU.C002.M004.NET.SSD.B050.G002' },
    attachments: [],
    ...changes,
  };
}

/** 501, called data, attached to 1001. */
export function volume(changes: Partial<Attachment> = {}): Attachment {
  return {
    resource: 'blockStorage',
    no: '501',
    name: 'data',
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
export function address(changes: Partial<Attachment> = {}): Attachment {
  return {
    resource: 'publicIp',
    no: '701',
    name: '203.0.113.7',
    createDate: '',
    sizeBytes: 0,
    isReturnProtection: false,
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
    seenAt: '2026-02-28T15:00:00.000Z',
    wasProtected: false,
    wasStopped: false,
    attachments: [volume(), address()],
    ...changes,
  };
}

/** The terms of a policy that allows everything. */
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

/** What a plan pins for a server that it saw like this: 501 and 701, if they are on it. */
export function pinnedTo({ attachments }: Server, changes: Partial<Target> = {}): Target {
  const all = target(changes);
  if (changes.attachments !== undefined) return all;
  const gone = missingFrom(attachments, all.attachments);
  return { ...all, attachments: all.attachments.filter((one) => !gone.includes(one)) };
}

/** 1001 as others see it: to be terminated, with nothing attached. */
export function serverView(changes: Partial<ServerView> = {}): ServerView {
  const { serverInstanceNo, serverName, createDate, statusName, zoneCode, size } = server();
  return {
    serverInstanceNo,
    serverName,
    createDate,
    about: { zoneCode, size, owner: '' },
    statusName,
    verdict: 'terminate',
    guard: '',
    reason: null,
    deletes: [],
    deletesBytes: 0,
    releases: [],
    keeps: [],
    times: { stop: '', terminate: '', gone: '' },
    ...changes,
  };
}
