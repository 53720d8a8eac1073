import type { Server } from '../world/records.ts';
import { rebootServers, startServers, stopServers } from '../world/servers.ts';
import { terminateServers } from '../world/termination.ts';
import type { World } from '../world/world.ts';
import { classicServer, visiblePublicIp } from './classic-shapes.ts';
import { booleanFilter, everyFilter, exactFilter, type Keep, listFilter, nameFilter, searchFilter } from './filters.ts';
import { listReply, touchedReply } from './page.ts';
import type { ListReply, ReplyFields } from './reply.ts';
import { type Action, type ActionCall, isInScope, namedServer, namedServers, numberFilter } from './scope.ts';
import { vpcServer } from './vpc-shapes.ts';

export const getServerInstanceList: Action = (call) => {
  const numbers = numberFilter(call, 'serverInstanceNoList', '24120');
  const isWanted = everyFilter([
    isInScope(call, numbers !== undefined),
    ...(call.environment === 'classic' ? classicFilters(call) : vpcFilters(call)),
  ]);
  return listReply(candidates(call.world, numbers).filter(isWanted), call.parameters, {
    listName: 'serverInstanceList',
    environment: call.environment,
    shape: (server) => shapeOf(call, server),
    sortKeys: {
      serverInstanceNo: (server) => server.serverInstanceNo,
      serverName: (server) => server.serverName,
      createDate: (server) => String(server.createDate),
    },
  });
};

/** VPC only. A server that is gone is an empty list, not an error (terraform-provider-ncloud). */
export const getServerInstanceDetail: Action = (call) => {
  const serverInstanceNo = call.parameters.required('serverInstanceNo');
  const isReachable = isInScope(call, true);
  const server = call.world.servers.get(serverInstanceNo);
  return servers(call, server && isReachable(server) ? [server] : []);
};

export const stopServerInstances: Action = (call) => operate(call, stopServers);
export const startServerInstances: Action = (call) => operate(call, startServers);
export const rebootServerInstances: Action = (call) => operate(call, rebootServers);
export const terminateServerInstances: Action = (call) => operate(call, terminateServers);

export const setProtectServerTermination: Action = (call) => {
  const isProtectServerTermination = call.parameters.requiredBoolean('isProtectServerTermination');
  const server = namedServer(call);
  call.world.changeServer(server, { isProtectServerTermination }, 'call');
  return servers(call, [server]);
};

function operate(
  call: ActionCall,
  operation: (world: World, servers: readonly Server[], by: 'call') => void,
): ListReply {
  const named = namedServers(call);
  operation(call.world, named, 'call');
  return servers(call, named);
}

export function servers(call: ActionCall, touched: readonly Server[]): ListReply {
  return touchedReply('serverInstanceList', touched, (server) => shapeOf(call, server));
}

function shapeOf(call: ActionCall, server: Server): ReplyFields {
  return call.environment === 'classic' ? classicServer(call.world, server) : vpcServer(call.world, server);
}

/** Asking for numbers costs as much as there are numbers, not as there are servers. */
function candidates(world: World, numbers: Set<string> | undefined): Server[] {
  if (!numbers) return [...world.servers.values()];
  return [...numbers].flatMap((number) => world.servers.get(number) ?? []);
}

function classicFilters(call: ActionCall): (Keep<Server> | undefined)[] {
  const tagKeys = new Set(call.parameters.list('tagKeyList'));
  const tagValues = new Set(call.parameters.list('tagValueList'));
  const tagsOf = (server: Server): ReadonlyMap<string, string> => call.world.tagsOf(server.serverInstanceNo);
  return [
    searchFilter<Server>(call, {
      serverName: (server) => [server.serverName],
      ip: (server) => addresses(call, server),
    }),
    statusFilter(call, ['RUN', 'NSTOP', 'ING']),
    ...constantFilters(call, () => 'HDD'),
    listFilter(call, 'serverInstanceTypeCodeList', () => 'STAND'),
    // Guess: of several keys or values one is enough, and both lists must be met.
    tagKeys.size > 0 ? (server) => [...tagsOf(server).keys()].some((key) => tagKeys.has(key)) : undefined,
    tagValues.size > 0 ? (server) => [...tagsOf(server).values()].some((value) => tagValues.has(value)) : undefined,
  ];
}

function vpcFilters(call: ActionCall): (Keep<Server> | undefined)[] {
  return [
    nameFilter(call, 'serverName', (server) => server.serverName),
    statusFilter(call, ['INIT', 'CREAT', 'RUN', 'NSTOP']),
    searchByIp(call),
    ...constantFilters(call, (server) => (server.hypervisorType === 'KVM' ? '' : 'SSD')),
    exactFilter(call, 'vpcNo', (server) => server.vpcNo),
    listFilter(call, 'hypervisorTypeCodeList', (server) => server.hypervisorType),
    // No simulated server is in a placement group or a fabric cluster.
    listFilter(call, 'placementGroupNoList', () => ''),
    exactFilter(call, 'fabricClusterPoolNo', () => ''),
    exactFilter(call, 'fabricClusterNo', () => ''),
    booleanFilter(call, 'fabricClusterMode', () => false),
  ];
}

/** ING is Classic's word for a server with an operation under way (guess, from its name). */
function statusFilter(call: ActionCall, codes: readonly string[]): Keep<Server> | undefined {
  const code = call.parameters.oneOf('serverInstanceStatusCode', codes);
  if (code === undefined) return undefined;
  return code === 'ING' ? (server) => server.operation !== 'NULL' : (server) => server.status === code;
}

function constantFilters(call: ActionCall, diskDetailType: (server: Server) => string): (Keep<Server> | undefined)[] {
  return [
    exactFilter(call, 'baseBlockStorageDiskTypeCode', () => 'NET'),
    exactFilter(call, 'baseBlockStorageDiskDetailTypeCode', diskDetailType),
  ];
}

function searchByIp(call: ActionCall): Keep<Server> | undefined {
  const ip = call.parameters.text('ip');
  return ip === undefined ? undefined : (server) => addresses(call, server).some((address) => address.includes(ip));
}

function addresses(call: ActionCall, server: Server): string[] {
  const publicIp = visiblePublicIp(call.world, server)?.publicIp;
  return publicIp === undefined ? [server.privateIp] : [server.privateIp, publicIp];
}
