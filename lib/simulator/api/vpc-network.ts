import { SIMULATED_CREATION } from '../clock.ts';
import { regionsOf } from '../regions.ts';
import { SIMULATED_VPC_NO } from '../world/build.ts';
import type { Server } from '../world/records.ts';
import { commonCode } from './codes.ts';
import { booleanFilter, everyFilter, exactFilter, type Keep, listFilter, nameFilter } from './filters.ts';
import { listReply, touchedReply } from './page.ts';
import type { ReplyFields } from './reply.ts';
import { type Action, type ActionCall, isInScope, vpcRegionCode } from './scope.ts';

/*
 * The network that servers stand in, none of which is kept: each VPC that a server names has one subnet and one access
 * control group, and each server one interface, which goes with it.
 */

export function subnetNoOf(vpcNo: string): string {
  return vpcNo === '' ? '' : `6${vpcNo}`;
}

export function networkInterfaceNo({ serverInstanceNo }: Pick<Server, 'serverInstanceNo'>): string {
  return `9${serverInstanceNo}`;
}

function accessControlGroupNoOf(vpcNo: string): string {
  return `4${vpcNo}`;
}

export const getVpcList: Action = (call) => {
  const wanted = vpcs(call).filter(everyFilter([listFilter(call, 'vpcNoList', (vpc) => vpc)]));
  return listReply(wanted, call.parameters, {
    listName: 'vpcList',
    environment: 'vpc',
    shape: (vpc) => shownVpc(call, vpc),
    sortKeys: { vpcNo: (vpc) => vpc },
  });
};

export const getVpcDetail: Action = (call) => {
  const vpcNo = call.parameters.required('vpcNo');
  return touchedReply('vpcList', named(call, vpcNo), (vpc) => shownVpc(call, vpc));
};

export const getSubnetList: Action = (call) => {
  const filters = [
    exactFilter<string>(call, 'vpcNo', (vpc) => vpc),
    listFilter<string>(call, 'subnetNoList', subnetNoOf),
    nameFilter<string>(call, 'subnetName', subnetNameOf),
    exactFilter<string>(call, 'subnetTypeCode', () => 'PUBLIC'),
    exactFilter<string>(call, 'usageTypeCode', () => 'GEN'),
    exactFilter<string>(call, 'subnetStatusCode', () => 'RUN'),
  ];
  return listReply(vpcs(call).filter(everyFilter(filters)), call.parameters, {
    listName: 'subnetList',
    environment: 'vpc',
    shape: (vpc) => subnet(call, vpc),
    sortKeys: { subnetNo: subnetNoOf },
  });
};

/** Guess: what does not exist is an empty list, as in getServerInstanceDetail. */
export const getSubnetDetail: Action = (call) => {
  const subnetNo = call.parameters.required('subnetNo');
  const wanted = vpcs(call).filter((vpc) => subnetNoOf(vpc) === subnetNo);
  return touchedReply('subnetList', wanted, (vpc) => subnet(call, vpc));
};

export const getAccessControlGroupList: Action = (call) => {
  const filters = [
    exactFilter<string>(call, 'vpcNo', (vpc) => vpc),
    listFilter<string>(call, 'accessControlGroupNoList', accessControlGroupNoOf),
    exactFilter<string>(call, 'accessControlGroupStatusCode', () => 'RUN'),
    nameFilter<string>(call, 'accessControlGroupName', accessControlGroupNameOf),
  ];
  return listReply(vpcs(call).filter(everyFilter(filters)), call.parameters, {
    listName: 'accessControlGroupList',
    environment: 'vpc',
    shape: (vpc) => ({
      accessControlGroupNo: accessControlGroupNoOf(vpc),
      accessControlGroupName: accessControlGroupNameOf(vpc),
      isDefault: true,
      vpcNo: vpc,
      accessControlGroupStatus: commonCode('RUN', 'run'),
      accessControlGroupDescription: 'VPC default ACG',
    }),
    sortKeys: { accessControlGroupNo: accessControlGroupNoOf },
  });
};

export const getNetworkInterfaceList: Action = (call) => {
  const filters: (Keep<Server> | undefined)[] = [
    isInScope(call, true),
    listFilter(call, 'networkInterfaceNoList', networkInterfaceNo),
    exactFilter(call, 'instanceNo', (server) => server.serverInstanceNo),
    exactFilter(call, 'ip', (server) => server.privateIp),
    nameFilter(call, 'networkInterfaceName', networkInterfaceNameOf),
    exactFilter(call, 'networkInterfaceStatusCode', () => 'USED'),
    nameFilter(call, 'serverName', (server) => server.serverName),
    nameFilter(call, 'subnetName', (server) => subnetNameOf(server.vpcNo)),
    listFilter(call, 'secondaryIpList', () => ''),
    booleanFilter(call, 'isDefault', () => true),
    exactFilter(call, 'deviceName', () => 'eth0'),
  ];
  return listReply([...call.world.servers.values()].filter(everyFilter(filters)), call.parameters, {
    listName: 'networkInterfaceList',
    environment: 'vpc',
    shape: networkInterface,
    sortKeys: { networkInterfaceNo },
  });
};

/** Guess: what does not exist is an empty list, as in getServerInstanceDetail. */
export const getNetworkInterfaceDetail: Action = (call) => {
  const wanted = call.parameters.required('networkInterfaceNo');
  const isHere = isInScope(call, true);
  const servers = [...call.world.servers.values()].filter((one) => networkInterfaceNo(one) === wanted && isHere(one));
  return touchedReply('networkInterfaceList', servers, networkInterface);
};

/** The numbers of the region's VPCs. */
export function vpcs(call: ActionCall): string[] {
  const regionCode = vpcRegionCode(call);
  const used = [...call.world.servers.values()].flatMap((server) =>
    server.environment === 'vpc' && server.regionCode === regionCode ? [server.vpcNo] : [],
  );
  return [...new Set([SIMULATED_VPC_NO, ...used])];
}

function named(call: ActionCall, vpcNo: string): string[] {
  return vpcs(call).filter((vpc) => vpc === vpcNo);
}

function shownVpc(call: ActionCall, vpcNo: string): ReplyFields {
  return {
    vpcNo,
    vpcName: `vpc-${vpcNo}`,
    ipv4CidrBlock: '10.0.0.0/8',
    vpcStatus: commonCode('RUN', 'run'),
    regionCode: vpcRegionCode(call),
    createDate: SIMULATED_CREATION,
  };
}

function subnet(call: ActionCall, vpcNo: string): ReplyFields {
  const region = regionsOf(call.world.site, 'vpc').find(({ regionCode }) => regionCode === vpcRegionCode(call));
  return {
    subnetNo: subnetNoOf(vpcNo),
    vpcNo,
    zoneCode: region?.zones[0]?.zoneCode ?? '',
    subnetName: subnetNameOf(vpcNo),
    subnet: '10.0.0.0/8',
    subnetStatus: commonCode('RUN', 'run'),
    createDate: SIMULATED_CREATION,
    subnetType: commonCode('PUBLIC', 'Public'),
    usageType: commonCode('GEN', 'General'),
    networkAclNo: `2${vpcNo}`,
  };
}

function networkInterface(server: Server): ReplyFields {
  const octets = server.privateIp.split('.').map((part) => Number(part).toString(16).padStart(2, '0').toUpperCase());
  return {
    networkInterfaceNo: networkInterfaceNo(server),
    networkInterfaceName: networkInterfaceNameOf(server),
    subnetNo: subnetNoOf(server.vpcNo),
    deleteOnTermination: true,
    isDefault: true,
    deviceName: 'eth0',
    networkInterfaceStatus: commonCode('USED', 'used'),
    instanceType: commonCode('VSVR', 'Server (VPC)'),
    instanceNo: server.serverInstanceNo,
    ip: server.privateIp,
    macAddress: ['F2', '20', ...octets].join(':'),
    accessControlGroupNoList: [accessControlGroupNoOf(server.vpcNo)],
    networkInterfaceDescription: '',
    secondaryIpList: [],
  };
}

function subnetNameOf(vpcNo: string): string {
  return `subnet-${subnetNoOf(vpcNo)}`;
}

function accessControlGroupNameOf(vpcNo: string): string {
  return `vpc-${vpcNo}-default-acg`;
}

function networkInterfaceNameOf(server: Pick<Server, 'serverInstanceNo'>): string {
  return `nic-${networkInterfaceNo(server)}`;
}
