/**
 * What differs between NCP's two platforms. Action names are mostly the same, but regions have other names, and
 * addresses are returned in another way.
 */

import type { Action, ActionName } from '../termination/actions.ts';
import type { Environment } from '../termination/model.ts';
import type { Parameters } from './parameters.ts';
import type { Region } from './shapes.ts';

/** Numbers in one call: they stand in the signed query, and gateways cut request lines at about 8 KB. */
export const NUMBERS_A_CALL = 100;

export interface Dialect {
  prefix: string;
  /**
   * Rows of a page. NCP documents no limit for Classic, and 1,000 for VPC, of which a reply of servers would have more parts
   * than `reply-bounds.ts` allows.
   */
  pageSize: number;
  /** Restricts a list to one region. */
  inRegion(region: Region): Parameters;
  /** How each action is called. `single`: NCP takes one object per call; otherwise a list. */
  actions: Record<ActionName, Verb>;
}

export interface Verb {
  action: string;
  /** What the call names: the action's server, or the volumes and addresses it is on. */
  names: 'server' | 'on';
  single: boolean;
  parameters(actions: readonly Action[], region: Region): Parameters;
}

const classicRegion = (region: Region): Parameters => ({ regionNo: region.regionNo });
const vpcRegion = (region: Region): Parameters => ({ regionCode: region.regionCode });

export const DIALECTS: Record<Environment, Dialect> = {
  classic: {
    prefix: '/server/v2',
    pageSize: 200,
    inRegion: classicRegion,
    actions: {
      ...commonVerbs(() => ({})),
      disassociate: one('disassociatePublicIpFromServerInstance', 'on', address, () => ({})),
      releasePublicIp: list('deletePublicIpInstances', 'on', 'publicIpInstanceNoList', () => ({})),
    },
  },
  vpc: {
    prefix: '/vserver/v2',
    pageSize: 500,
    inRegion: vpcRegion,
    actions: {
      ...commonVerbs(vpcRegion),
      // The server is named too, so that NCP refuses an address that has moved to another server.
      disassociate: one('disassociatePublicIpFromServerInstance', 'on', addressOfServer, vpcRegion),
      releasePublicIp: one('deletePublicIpInstance', 'on', address, vpcRegion),
    },
  },
};

function commonVerbs(
  region: (region: Region) => Parameters,
): Omit<Record<ActionName, Verb>, 'disassociate' | 'releasePublicIp'> {
  return {
    stop: list('stopServerInstances', 'server', 'serverInstanceNoList', region),
    terminate: list('terminateServerInstances', 'server', 'serverInstanceNoList', region),
    detach: list('detachBlockStorageInstances', 'on', 'blockStorageInstanceNoList', region),
    deleteStorage: list('deleteBlockStorageInstances', 'on', 'blockStorageInstanceNoList', region),
    liftProtection: protection(false, region),
    restoreProtection: protection(true, region),
  };
}

function address(no: string): Parameters {
  return { publicIpInstanceNo: no };
}

function addressOfServer(no: string, { serverInstanceNo }: Action): Parameters {
  return { publicIpInstanceNo: no, serverInstanceNo };
}

function protection(on: boolean, region: (region: Region) => Parameters): Verb {
  const parameters = (no: string): Parameters => ({ serverInstanceNo: no, isProtectServerTermination: on });
  return one('setProtectServerTermination', 'server', parameters, region);
}

function list(action: string, names: Verb['names'], parameter: string, region: (region: Region) => Parameters): Verb {
  const parameters: Verb['parameters'] = (actions, at) => ({
    ...region(at),
    [parameter]: actions.flatMap((each) => numbersOf({ names }, each)),
  });
  return { action, names, single: false, parameters };
}

function one(
  action: string,
  names: Verb['names'],
  parametersOf: (no: string, action: Action) => Parameters,
  region: (region: Region) => Parameters,
): Verb {
  const parameters: Verb['parameters'] = (actions, at) => {
    const named = actions.flatMap((each) => numbersOf({ names }, each).map((no) => parametersOf(no, each)));
    return { ...region(at), ...named[0] };
  };
  return { action, names, single: true, parameters };
}

/** The numbers that an action's call names. */
export function numbersOf({ names }: Pick<Verb, 'names'>, action: Action): readonly string[] {
  return names === 'server' ? [action.serverInstanceNo] : action.on;
}
