import type { Environment } from '../regions.ts';
import { getRegionList, getZoneList } from './place-actions.ts';
import {
  associatePublicIpWithServerInstance,
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
  getBlockStorageInstanceList,
  setBlockStorageReturnProtection,
} from './storage-actions.ts';
import { createInstanceTags, deleteInstanceTags, getInstanceTagList } from './tag-actions.ts';

/** What both environments answer to, under /server/v2 and /vserver/v2. */
const common: Record<string, Action> = {
  getRegionList,
  getZoneList,
  getServerInstanceList,
  stopServerInstances,
  startServerInstances,
  rebootServerInstances,
  terminateServerInstances,
  setProtectServerTermination,
  getPublicIpInstanceList,
  associatePublicIpWithServerInstance,
  disassociatePublicIpFromServerInstance,
  getBlockStorageInstanceList,
  attachBlockStorageInstance,
  detachBlockStorageInstances,
  deleteBlockStorageInstances,
};

export const actions: Record<Environment, ReadonlyMap<string, Action>> = {
  classic: new Map(
    Object.entries({
      ...common,
      deletePublicIpInstances,
      getInstanceTagList,
      createInstanceTags,
      deleteInstanceTags,
    }),
  ),
  vpc: new Map(
    Object.entries({
      ...common,
      getServerInstanceDetail,
      getPublicIpInstanceDetail,
      deletePublicIpInstance,
      setBlockStorageReturnProtection,
    }),
  ),
};

/** For a faults spec: a name that is none of these is a slip. */
export const actionNames: readonly string[] = [
  ...new Set([...actions.classic.keys(), ...actions.vpc.keys(), 'GetResourceList', 'AttachTag', 'DetachTag']),
];
