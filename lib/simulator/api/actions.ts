import type { Environment } from '../regions.ts';
import { createBlockStorageInstance, createServerInstances } from './create-actions.ts';
import { getRegionList, getZoneList } from './place-actions.ts';
import { getPortForwardingRuleList } from './port-forwarding-actions.ts';
import {
  associatePublicIpWithServerInstance,
  createPublicIpInstance,
  deletePublicIpInstance,
  deletePublicIpInstances,
  disassociatePublicIpFromServerInstance,
  getPublicIpInstanceDetail,
  getPublicIpInstanceList,
} from './public-ip-actions.ts';
import type { Action } from './scope.ts';
import {
  getServerInstanceDetail,
  getServerInstanceList,
  rebootServerInstances,
  setProtectServerTermination,
  startServerInstances,
  stopServerInstances,
  terminateServerInstances,
} from './server-actions.ts';
import {
  attachBlockStorageInstance,
  deleteBlockStorageInstances,
  detachBlockStorageInstances,
  getBlockStorageInstanceDetail,
  getBlockStorageInstanceList,
  setBlockStorageReturnProtection,
} from './storage-actions.ts';
import { createInstanceTags, deleteInstanceTags, getInstanceTagList } from './tag-actions.ts';
import {
  getAccessControlGroupList,
  getNetworkInterfaceDetail,
  getNetworkInterfaceList,
  getSubnetDetail,
  getSubnetList,
  getVpcDetail,
  getVpcList,
} from './vpc-network.ts';
import { getServerImageList, getServerSpecList } from './vpc-products.ts';

/** What both environments answer to, under /server/v2 and /vserver/v2. */
const common: Record<string, Action> = {
  getRegionList,
  getZoneList,
  getServerInstanceList,
  createServerInstances,
  stopServerInstances,
  startServerInstances,
  rebootServerInstances,
  terminateServerInstances,
  setProtectServerTermination,
  getPublicIpInstanceList,
  associatePublicIpWithServerInstance,
  disassociatePublicIpFromServerInstance,
  getBlockStorageInstanceList,
  createBlockStorageInstance,
  attachBlockStorageInstance,
  detachBlockStorageInstances,
  deleteBlockStorageInstances,
};

interface Service {
  environment: Environment;
  actions: ReadonlyMap<string, Action>;
}

/** What stands under which path: one row an action. */
export const services: Readonly<Record<string, Service>> = {
  server: {
    environment: 'classic',
    actions: table({
      ...common,
      deletePublicIpInstances,
      getInstanceTagList,
      createInstanceTags,
      deleteInstanceTags,
      getPortForwardingRuleList,
    }),
  },
  vserver: {
    environment: 'vpc',
    actions: table({
      ...common,
      getServerInstanceDetail,
      getServerImageList,
      getServerSpecList,
      getPublicIpInstanceDetail,
      createPublicIpInstance,
      deletePublicIpInstance,
      getBlockStorageInstanceDetail,
      setBlockStorageReturnProtection,
      getNetworkInterfaceList,
      getNetworkInterfaceDetail,
      getAccessControlGroupList,
    }),
  },
  vpc: { environment: 'vpc', actions: table({ getVpcList, getVpcDetail, getSubnetList, getSubnetDetail }) },
};

/** For a faults spec: a name that is none of these is a slip. */
export const actionNames: readonly string[] = [
  ...new Set([
    ...Object.values(services).flatMap(({ actions }) => [...actions.keys()]),
    'GetResourceList',
    'AttachTag',
    'DetachTag',
  ]),
];

function table(actions: Record<string, Action>): ReadonlyMap<string, Action> {
  return new Map(Object.entries(actions));
}
