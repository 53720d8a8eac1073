/** NCP's objects, read from a reply into the domain's. What is missing or odd is an error, never a default that acts. */

import * as z from 'zod';
import type { Attachment } from '../termination/attachments.ts';
import type { Server } from '../termination/model.ts';
import type { Tree } from './reply.ts';

const id = z.string().regex(/^[0-9]+$/, 'expected a number');
const code = z.object({ code: z.string().min(1) }).transform((value) => value.code);
const bool = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['true', 'false']))
  .transform((value) => value === 'true');

/** `2017-07-27T04:08:39+0900` → `2017-07-27T04:08:39+09:00`. A date without offset says no instant: refused. */
const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})$/, 'expected a date with offset')
  .transform((value) => value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
const dateOrNone = z.union([
  z
    .literal('')
    .or(z.undefined())
    .transform(() => ''),
  date,
]);
const text = z.string().default('');
/** Only shown to people: 0 if it cannot be read. */
const count = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
  .catch(0);

const serverSchema = z.object({
  serverInstanceNo: id,
  serverName: z.string().min(1),
  createDate: date,
  uptime: dateOrNone,
  serverInstanceStatus: code,
  serverInstanceOperation: code,
  serverInstanceStatusName: z.string().min(1),
  isProtectServerTermination: bool,
  publicIp: text,
  publicIpInstanceNo: text,
  // VPC says the code; Classic a zone with a name, which is the code. Empty if neither can be read.
  zoneCode: text.catch(''),
  zone: z.object({ zoneCode: text.catch(''), zoneName: text.catch('') }).catch({ zoneCode: '', zoneName: '' }),
  vpcNo: text.catch(''),
  cpuCount: count,
  memorySize: count,
  serverProductCode: text.catch(''),
  serverSpecCode: text.catch(''),
});

const storageSchema = z.object({
  blockStorageInstanceNo: id,
  blockStorageName: text,
  blockStorageSize: z.string().regex(/^\d+$/).transform(Number),
  createDate: dateOrNone,
  blockStorageType: code,
  blockStorageInstanceStatus: code,
  blockStorageInstanceOperation: code,
  isReturnProtection: bool.or(z.literal('').transform(() => false)).default(false),
  serverInstanceNo: text,
});

/** VPC names the server; Classic puts the whole server there, and may name it besides. */
const holderFields = {
  serverInstanceNo: text,
  serverInstanceAssociatedWithPublicIp: z
    .union([z.object({ serverInstanceNo: text }).transform((server) => server.serverInstanceNo), z.string()])
    .default(''),
};

const publicIpSchema = z.object({
  publicIpInstanceNo: id,
  publicIp: z.string().min(1),
  publicIpInstanceStatus: code,
  publicIpInstanceOperation: code,
});

const instanceTagSchema = z.object({ instanceNo: id, tagKey: z.string().min(1), tagValue: text });

const regionSchema = z.object({ regionNo: text, regionCode: z.string().min(1), regionName: text });

/** A server as listed, without what is attached to it, which other lists tell. */
export type ListedServer = Omit<Server, 'attachments'> & { publicIp: string; publicIpInstanceNo: string };
/** A volume of any type; `BASIC` is the disk that a server boots from. */
export type ListedStorage = Attachment & { type: string };
/** One tag of one server (Classic). */
export type InstanceTag = z.output<typeof instanceTagSchema>;
export type Region = z.output<typeof regionSchema>;

/**
 * An object with a readable number but an unreadable rest is kept, in a state that banap does not act on: one odd server
 * must neither hide the others nor count as gone.
 */
const UNREADABLE = 'UNREADABLE';

export function readServer(tree: Tree): ListedServer {
  const parsed = serverSchema.safeParse(tree);
  if (!parsed.success) return { ...unreadableServer(tree), statusName: problemsOf(parsed.error) };
  const { serverInstanceStatus, serverInstanceOperation, serverInstanceStatusName, zone, ...rest } = parsed.data;
  const { cpuCount, memorySize, serverProductCode, serverSpecCode, ...server } = rest;
  return {
    ...server,
    size: { cpuCount, memoryBytes: memorySize, productCode: serverProductCode || serverSpecCode },
    zoneCode: server.zoneCode || zone.zoneCode || zone.zoneName,
    status: serverInstanceStatus,
    operation: serverInstanceOperation,
    statusName: serverInstanceStatusName,
  };
}

export function readStorage(tree: Tree): ListedStorage {
  const parsed = storageSchema.safeParse(tree);
  if (!parsed.success) return unreadableStorage(tree);
  const one = parsed.data;
  return {
    resource: 'blockStorage',
    no: one.blockStorageInstanceNo,
    name: one.blockStorageName,
    sizeBytes: one.blockStorageSize,
    createDate: one.createDate,
    type: one.blockStorageType,
    status: one.blockStorageInstanceStatus,
    operation: one.blockStorageInstanceOperation,
    isReturnProtection: one.isReturnProtection,
    serverInstanceNo: one.serverInstanceNo,
  };
}

export function readPublicIp(tree: Tree): Attachment {
  const parsed = publicIpSchema.safeParse(tree);
  const ids = read(publicIpIds, tree, 'public IP');
  const { publicIpInstanceNo: no, serverInstanceNo: named, serverInstanceAssociatedWithPublicIp: associated } = ids;
  // One address has one server. If NCP names two, its server is unknown.
  const isContradictory = named !== '' && associated !== '' && named !== associated;
  if (!parsed.success || isContradictory) return unreadablePublicIp({ no, serverInstanceNo: named || associated });
  const { publicIp: name, publicIpInstanceStatus: status, publicIpInstanceOperation: operation } = parsed.data;
  return { ...ADDRESS, no, name, status, operation, serverInstanceNo: named || associated };
}

/** NCP gives none of these for an address. */
const ADDRESS = { resource: 'publicIp', createDate: '', sizeBytes: 0, isReturnProtection: false } as const;

/** An address that banap does not act on, because its number, server or kind is unknown. */
export function unreadablePublicIp(known: Pick<Attachment, 'no' | 'serverInstanceNo'> & { name?: string }): Attachment {
  return { ...ADDRESS, name: UNREADABLE, ...known, status: UNREADABLE, operation: UNREADABLE };
}

/** A tag that names its server but cannot be read has no key: nothing is known of that server's tags then. */
export function readInstanceTag(tree: Tree): InstanceTag {
  const parsed = instanceTagSchema.safeParse(tree);
  if (parsed.success) return parsed.data;
  return { ...read(z.object({ instanceNo: id }), tree, 'tag'), tagKey: '', tagValue: '' };
}

export function readRegion(tree: Tree): Region {
  return read(regionSchema, tree, 'region');
}

const serverIds = z.object({ serverInstanceNo: id, serverName: text.catch(''), createDate: text.catch('') });
const storageIds = z.object({ blockStorageInstanceNo: id, blockStorageName: text.catch(''), serverInstanceNo: text });
const publicIpIds = z.object({ publicIpInstanceNo: id, ...holderFields });

function unreadableServer(tree: Tree): ListedServer {
  return {
    ...read(serverIds, tree, 'server'),
    uptime: '',
    status: UNREADABLE,
    operation: 'NULL',
    statusName: UNREADABLE,
    isProtectServerTermination: false,
    publicIp: '',
    publicIpInstanceNo: '',
    zoneCode: '',
    vpcNo: '',
    size: { cpuCount: 0, memoryBytes: 0, productCode: '' },
  };
}

function unreadableStorage(tree: Tree): ListedStorage {
  const {
    blockStorageInstanceNo: no,
    blockStorageName: name,
    serverInstanceNo,
  } = read(storageIds, tree, 'block storage');
  return {
    resource: 'blockStorage',
    no,
    name,
    serverInstanceNo,
    sizeBytes: 0,
    createDate: '',
    type: UNREADABLE,
    status: UNREADABLE,
    operation: UNREADABLE,
    isReturnProtection: true,
  };
}

/** A reply of the right action that does not hold what it should. */
export class ShapeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ShapeError';
  }
}

function read<T>(schema: z.ZodType<T>, tree: Tree, what: string): T {
  const parsed = schema.safeParse(tree);
  if (parsed.success) return parsed.data;
  throw new ShapeError(`NCP described a ${what} in a way that banap cannot read: ${problemsOf(parsed.error)}`);
}

function problemsOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`).join(', ');
}
