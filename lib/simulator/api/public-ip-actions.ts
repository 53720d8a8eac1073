import { ActionRefused } from '../errors.ts';
import { associatePublicIp, createPublicIp, deletePublicIps, disassociatePublicIp } from '../world/public-ips.ts';
import type { PublicIp } from '../world/records.ts';
import { classicPublicIp } from './classic-shapes.ts';
import { booleanFilter, everyFilter, exactFilter, type Keep, listFilter, nameFilter, searchFilter } from './filters.ts';
import { listReply, touchedReply } from './page.ts';
import { publicIpState, shownHolder } from './public-ip-codes.ts';
import type { ListReply, ReplyFields } from './reply.ts';
import {
  type Action,
  type ActionCall,
  isInScope,
  namedPublicIp,
  namedPublicIps,
  namedServer,
  numberFilter,
  vpcRegionCode,
} from './scope.ts';
import { vpcPublicIp } from './vpc-shapes.ts';

export const getPublicIpInstanceList: Action = (call) => {
  const numbers = numberFilter(call, 'publicIpInstanceNoList', '24109');
  const isWanted = everyFilter<PublicIp>([
    isInScope(call, numbers !== undefined),
    numbers && ((publicIp) => numbers.has(publicIp.publicIpInstanceNo)),
    booleanFilter(call, 'isAssociated', (publicIp) => shownHolder(publicIp) !== ''),
    ...(call.environment === 'classic' ? classicFilters(call) : vpcFilters(call)),
  ]);
  return listReply([...call.world.publicIps.values()].filter(isWanted), call.parameters, {
    listName: 'publicIpInstanceList',
    environment: call.environment,
    shape: (publicIp) => shapeOf(call, publicIp),
    sortKeys: {
      publicIpInstanceNo: (publicIp) => publicIp.publicIpInstanceNo,
      publicIp: (publicIp) => publicIp.publicIp,
    },
  });
};

/** VPC only. Guess: what is gone is an empty list, as in getServerInstanceDetail. */
export const getPublicIpInstanceDetail: Action = (call) => {
  const publicIp = call.world.publicIps.get(call.parameters.required('publicIpInstanceNo'));
  return publicIps(call, publicIp && isInScope(call, true)(publicIp) ? [publicIp] : []);
};

/** VPC only; without a server it belongs to none. */
export const createPublicIpInstance: Action = (call) => {
  const server = call.parameters.text('serverInstanceNo') === undefined ? undefined : namedServer(call);
  call.parameters.text('publicIpDescription');
  const place = { environment: call.environment, regionCode: vpcRegionCode(call), zoneCode: '' };
  return publicIps(call, [createPublicIp(call.world, server ?? place, server, 'call')]);
};

export const associatePublicIpWithServerInstance: Action = (call) => {
  const publicIp = namedPublicIp(call);
  associatePublicIp(call.world, publicIp, namedServer(call), 'call');
  return publicIps(call, [publicIp]);
};

/** VPC takes the address's number or the server's, and needs one of them (NCP's VPC page); both must fit. */
export const disassociatePublicIpFromServerInstance: Action = (call) => {
  const byServer = call.environment === 'vpc' && call.parameters.text('publicIpInstanceNo') === undefined;
  const publicIp = byServer ? addressOfServer(call) : namedPublicIp(call);
  if (call.environment === 'vpc') mustBelong(call, publicIp);
  disassociatePublicIp(call.world, publicIp, 'call');
  return publicIps(call, [publicIp]);
};

/** Classic. */
export const deletePublicIpInstances: Action = (call) => {
  const named = namedPublicIps(call, call.parameters.requiredList('publicIpInstanceNoList'));
  deletePublicIps(call.world, named, 'call');
  return publicIps(call, named);
};

/** VPC. */
export const deletePublicIpInstance: Action = (call) => {
  const named = namedPublicIp(call);
  deletePublicIps(call.world, [named], 'call');
  return publicIps(call, [named]);
};

function addressOfServer(call: ActionCall): PublicIp {
  if (call.parameters.text('serverInstanceNo') === undefined) throw new ActionRefused('900', 'publicIpInstanceNo');
  const publicIp = call.world.publicIpOf(namedServer(call).serverInstanceNo);
  if (!publicIp) throw new ActionRefused('28102');
  return publicIp;
}

/** Guess: 10713 for an address that another server has. */
function mustBelong(call: ActionCall, { serverInstanceNo: holder }: PublicIp): void {
  if (call.parameters.text('serverInstanceNo') === undefined || holder === '') return;
  if (call.world.guesses['disassociate-by'] === 'address') return;
  if (namedServer(call).serverInstanceNo !== holder) throw new ActionRefused('10713');
}

function publicIps(call: ActionCall, touched: readonly PublicIp[]): ListReply {
  return touchedReply('publicIpInstanceList', touched, (publicIp) => shapeOf(call, publicIp));
}

function shapeOf(call: ActionCall, publicIp: PublicIp): ReplyFields {
  return call.environment === 'classic' ? classicPublicIp(call.world, publicIp) : vpcPublicIp(call.world, publicIp);
}

function classicFilters(call: ActionCall): (Keep<PublicIp> | undefined)[] {
  return [
    listFilter(call, 'publicIpList', (publicIp) => publicIp.publicIp),
    searchFilter<PublicIp>(call, {
      publicIp: (publicIp) => [publicIp.publicIp],
      associatedServerName: (publicIp) => [serverNameOf(call, publicIp)],
    }),
  ];
}

function vpcFilters(call: ActionCall): (Keep<PublicIp> | undefined)[] {
  return [
    nameFilter(call, 'publicIp', (publicIp) => publicIp.publicIp),
    nameFilter(call, 'privateIp', (publicIp) => call.world.servers.get(shownHolder(publicIp))?.privateIp ?? ''),
    nameFilter(call, 'serverName', (publicIp) => serverNameOf(call, publicIp)),
    exactFilter(call, 'publicIpInstanceStatusCode', (publicIp) => publicIpState(publicIp).publicIpInstanceStatus.code),
    exactFilter(call, 'vpcNo', (publicIp) => call.world.servers.get(shownHolder(publicIp))?.vpcNo ?? ''),
  ];
}

function serverNameOf(call: ActionCall, publicIp: PublicIp): string {
  return call.world.servers.get(shownHolder(publicIp))?.serverName ?? '';
}
