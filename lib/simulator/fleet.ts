import * as z from 'zod';
import { SIMULATED_CREATION } from './clock.ts';
import { SimulatorInputError } from './errors.ts';
import { fleetProblems } from './fleet-problems.ts';
import { environments, regionByCode, regionCodes } from './regions.ts';
import { tagProblem } from './tag-rules.ts';

/** The servers a simulator starts with, as read from a fleet file: defaults filled in, keys and values checked. */
export type Fleet = z.output<typeof fleetSchema>;
/** A fleet as written in the file. Anything is taken in and checked, so parsed JSON can be handed over as it is. */
export type FleetInput = z.input<typeof fleetSchema> | Record<string, unknown>;
export type FleetServer = Fleet['servers'][number];
export type FleetBlockStorage = FleetServer['blockStorage'][number];
/** What the world keeps of a server, or of a disk, as the fleet says it. */
export type GivenServer = z.output<typeof givenServer>;
export type GivenBlockStorage = z.output<typeof givenBlockStorage>;
export type StorageStatus = z.output<typeof storageStatus>;
export type Hypervisor = z.output<typeof hypervisorType>;

/** Throws SimulatorInputError with one sentence per problem. */
export function parseFleet(input: unknown): Fleet {
  const parsed = fleetSchema.safeParse(input);
  if (!parsed.success) throw new SimulatorInputError(fleetProblems(parsed.error.issues, input, levels).join('\n'));
  return parsed.data;
}

const environment = z.enum(environments);
const region = z
  .string()
  .refine((code) => regionByCode(code) !== undefined, { error: `expected one of ${regionCodes.join(', ')}` });
const seconds = z.number().min(0);
export const instanceNo = z.string().regex(/^[0-9]{1,18}$/, { error: 'expected digits in quotes, such as "1001"' });
export const ipv4 = z.ipv4({ error: 'expected an IPv4 address, such as "203.0.113.7"' });
export const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/, {
    error: 'expected a date with its offset, such as "2026-01-01T00:00:00+0900"',
  })
  .refine((text) => !Number.isNaN(Date.parse(text)), { error: 'expected a date that exists' });

export const serverStatus = z.enum(['INIT', 'CREAT', 'RUN', 'NSTOP', 'FSTOP', 'SD_FL', 'RS_FL', 'ST_FL']);
export const serverOperation = z.enum([
  'NULL',
  'START',
  'SHTDN',
  'RESTA',
  'TERMT',
  'MIGRA',
  'COPY',
  'SETUP',
  'HREST',
  'HSHTD',
  'CHNG',
  'CREAT',
]);
const hypervisorType = z.enum(['XEN', 'KVM', 'RHV']);
export const storageStatus = z.enum(['INIT', 'CREAT', 'ATTAC', 'TERMT', 'NAVAI', 'DT_FL']);
export const storageOperation = z.enum(['NULL', 'CREAT', 'ATTAC', 'DETAC', 'TERMT', 'CHNG']);

const storageState = {
  status: storageStatus.optional(),
  operation: storageOperation.default('NULL'),
  /** How long that operation lasts; absent: for good. */
  operationSeconds: seconds.optional(),
};

export const givenBlockStorage = z.object({
  blockStorageName: z.string().min(1).default('data'),
  sizeGb: z.number().int().min(1).default(10),
  isReturnProtection: z.boolean().default(false),
  operation: storageState.operation,
});

const blockStorage = z.strictObject({
  ...givenBlockStorage.shape,
  ...storageState,
  blockStorageInstanceNo: instanceNo.optional(),
});

/** The disk the server boots from, only to put it in operation or in error (codes 25014 and 25023). */
const baseBlockStorage = z.strictObject(storageState);

const port = z.number().int().min(1).max(65_534);
const portForwarding = z.strictObject({ externalPort: port, internalPort: port });

export const givenServer = z.object({
  serverInstanceNo: instanceNo,
  serverName: z.string().min(1),
  status: serverStatus.default('RUN'),
  operation: serverOperation.default('NULL'),
  isProtectServerTermination: z.boolean().default(false),
  // How long things take is a guess everywhere; NCP publishes no figures.
  stopSeconds: seconds.default(30),
  startSeconds: seconds.default(30),
  terminateSeconds: seconds.default(20),
  detachSeconds: seconds.default(10),
  disassociateSeconds: seconds.default(5),
});

const server = z.strictObject({
  ...givenServer.shape,
  environment: environment.optional(),
  region: region.optional(),
  zone: z.string().min(1).optional(),
  /** VPC only; without it, the one that every simulated server stands in. */
  vpcNo: instanceNo.optional(),
  /** Classic only: a rule of port forwarding that leads to it. */
  portForwarding: portForwarding.optional(),
  /** VPC only; XEN unless said otherwise. */
  hypervisorType: hypervisorType.optional(),
  operationSeconds: seconds.optional(),
  createDate: date.default(SIMULATED_CREATION),
  uptime: date.optional(),
  tags: z.record(z.string().min(1), z.string()).default({}),
  publicIp: ipv4.optional(),
  privateIp: ipv4.optional(),
  blockStorage: z.array(blockStorage).default([]),
  baseBlockStorage: baseBlockStorage.optional(),
  /** Its load balancer is being changed (code 25021): for good, or for so many seconds. */
  loadBalancer: z.union([z.literal('changing'), z.strictObject({ changingSeconds: seconds })]).optional(),
});

const elsewhere = { environment: environment.optional(), region: region.optional() };

/** Addresses nobody uses yet. */
const publicIp = z.strictObject({ publicIp: ipv4, publicIpInstanceNo: instanceNo.optional(), ...elsewhere });

/** Disks attached to nothing. */
const looseBlockStorage = blockStorage.extend(elsewhere);

const fleetSchema = z
  .strictObject({
    environment: environment.default('vpc'),
    /** Absent: the first of the site. */
    region: region.optional(),
    servers: z.array(server),
    publicIps: z.array(publicIp).default([]),
    blockStorages: z.array(looseBlockStorage).default([]),
  })
  .check((context) => {
    const { servers, publicIps, blockStorages } = context.value;
    const duplicates = [
      ...findDuplicates(servers.map((each, at) => [`servers[${at}].serverInstanceNo`, each.serverInstanceNo])),
      ...findDuplicates([
        ...servers.map((each, at) => [`servers[${at}].publicIp`, each.publicIp] as const),
        ...publicIps.map((each, at) => [`publicIps[${at}].publicIp`, each.publicIp] as const),
      ]),
      ...findDuplicates(publicIps.map((each, at) => [`publicIps[${at}].publicIpInstanceNo`, each.publicIpInstanceNo])),
      ...findDuplicates([
        ...servers.flatMap((each, at) =>
          each.blockStorage.map(
            (disk, row) =>
              [`servers[${at}].blockStorage[${row}].blockStorageInstanceNo`, disk.blockStorageInstanceNo] as const,
          ),
        ),
        ...blockStorages.map(
          (disk, at) => [`blockStorages[${at}].blockStorageInstanceNo`, disk.blockStorageInstanceNo] as const,
        ),
      ]),
    ];
    const tags = servers.flatMap((each, at) =>
      Object.entries(each.tags).flatMap(([key, value]) => {
        const problem = tagProblem(each.environment ?? context.value.environment, value);
        return problem === undefined ? [] : [`servers[${at}].tags.${key}: ${problem}.`];
      }),
    );
    for (const message of [...duplicates, ...tags])
      context.issues.push({ code: 'custom', input: context.value, message });
  });

/** Every object of a fleet, by the key under which it stands; the fleet itself by none. */
const levels = {
  '': fleetSchema,
  servers: server,
  blockStorage,
  baseBlockStorage,
  portForwarding,
  publicIps: publicIp,
  blockStorages: looseBlockStorage,
};

function findDuplicates(named: readonly (readonly [where: string, value: string | undefined])[]): string[] {
  const seen = new Map<string, string>();
  return named.flatMap(([where, value]) => {
    if (value === undefined) return [];
    const first = seen.get(value);
    if (first === undefined) seen.set(value, where);
    return first === undefined ? [] : [`${where} is "${value}", which ${first} already has; give each its own.`];
  });
}
