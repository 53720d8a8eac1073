/**
 * What differs between NCP's two platforms. Action names are mostly the same; how a region is named, and how an
 * address is given back, is not.
 */

import type { Action, ActionName, Environment } from '../termination/model.ts';
import type { Parameters } from './parameters.ts';
import type { Region } from './shapes.ts';

/** Classic's page size is bounded by nothing documented; a few hundred kilobytes a reply are easy on both sides. */
export const PAGE_SIZE = 100;

/** Numbers in one call: they stand in the signed query, and gateways cut request lines at about 8 KB. */
export const NUMBERS_A_CALL = 100;

export interface Dialect {
  prefix: string;
  /** Restricts a list to one region. */
  inRegion(region: Region): Parameters;
  /** How each action is asked for. `single`: NCP takes one object a call, otherwise a list of them. */
  actions: Record<ActionName, Verb>;
}

export interface Verb {
  action: string;
  /** What the call names: the action's server, or the volumes and addresses it is on. */
  names: 'server' | 'on';
  single: boolean;
  parameters(numbers: readonly string[], region: Region): Parameters;
}

const classicRegion = (region: Region): Parameters => ({ regionNo: region.regionNo });
const vpcRegion = (region: Region): Parameters => ({ regionCode: region.regionCode });

export const DIALECTS: Record<Environment, Dialect> = {
  classic: {
    prefix: '/server/v2',
    inRegion: classicRegion,
    actions: {
      ...commonVerbs(() => ({})),
      releasePublicIp: list('deletePublicIpInstances', 'on', 'publicIpInstanceNoList', () => ({})),
    },
  },
  vpc: {
    prefix: '/vserver/v2',
    inRegion: vpcRegion,
    actions: {
      ...commonVerbs(vpcRegion),
      releasePublicIp: one('deletePublicIpInstance', 'on', (no) => ({ publicIpInstanceNo: no }), vpcRegion),
    },
  },
};

function commonVerbs(region: (region: Region) => Parameters): Omit<Record<ActionName, Verb>, 'releasePublicIp'> {
  return {
    stop: list('stopServerInstances', 'server', 'serverInstanceNoList', region),
    terminate: list('terminateServerInstances', 'server', 'serverInstanceNoList', region),
    detach: list('detachBlockStorageInstances', 'on', 'blockStorageInstanceNoList', region),
    deleteStorage: list('deleteBlockStorageInstances', 'on', 'blockStorageInstanceNoList', region),
    disassociate: one('disassociatePublicIpFromServerInstance', 'on', (no) => ({ publicIpInstanceNo: no }), region),
    liftProtection: protection(false, region),
    restoreProtection: protection(true, region),
  };
}

function protection(on: boolean, region: (region: Region) => Parameters): Verb {
  const parameters = (no: string): Parameters => ({ serverInstanceNo: no, isProtectServerTermination: on });
  return one('setProtectServerTermination', 'server', parameters, region);
}

function list(action: string, names: Verb['names'], parameter: string, region: (region: Region) => Parameters): Verb {
  return { action, names, single: false, parameters: (numbers, at) => ({ ...region(at), [parameter]: numbers }) };
}

function one(
  action: string,
  names: Verb['names'],
  parameters: (no: string) => Parameters,
  region: (region: Region) => Parameters,
): Verb {
  return { action, names, single: true, parameters: ([no = ''], at) => ({ ...region(at), ...parameters(no) }) };
}

/** The numbers that an action's call names. */
export function numbersOf(verb: Verb, action: Action): readonly string[] {
  return verb.names === 'server' ? [action.serverInstanceNo] : action.on;
}
