import type { Remedy } from '../termination/decision/decision.ts';

export interface Code {
  /** What it means, in short. */
  meaning: string;
  /** `unknown`: NCP's service failed, and only another look shows whether the action was done. */
  remedy: Remedy | 'unknown';
}

/** The 18 codes of NCP's page for terminateServerInstances, in its order. */
export const TERMINATE_CODES: Readonly<Record<string, Code>> = {
  '10713': { meaning: 'no contract for this number: unknown, foreign or gone', remedy: 'gone' },
  '10501': { meaning: 'additional storage is still attached', remedy: 'look' },
  '21001': { meaning: 'termination protection is on', remedy: 'protected' },
  '23006': { meaning: 'creation and termination at once', remedy: 'wait' },
  '24073': { meaning: 'a public IP is associated', remedy: 'look' },
  '24103': { meaning: 'name of the wrong length', remedy: 'fail' },
  '24105': { meaning: 'name with characters that are not allowed', remedy: 'fail' },
  '24109': { meaning: 'invalid instance number', remedy: 'fail' },
  '24120': { meaning: 'invalid server instance number', remedy: 'fail' },
  '25014': { meaning: 'storage of the server is in operation', remedy: 'wait' },
  '25015': { meaning: 'the server is in operation, or an image is being made of it', remedy: 'wait' },
  '25016': { meaning: 'a public IP is being associated or disassociated', remedy: 'wait' },
  '25021': { meaning: 'load balancer settings are being changed', remedy: 'wait' },
  '25022': { meaning: 'not stopped, in operation, or in error', remedy: 'wait' },
  '25023': { meaning: 'in operation, or its base storage in error', remedy: 'wait' },
  '25024': { meaning: 'in operation, or its attached storage is', remedy: 'wait' },
  '25027': { meaning: 'the load balancer is in operation', remedy: 'wait' },
  '25050': { meaning: 'the load balancer waits for the server', remedy: 'wait' },
};

/** Codes of the other actions on the way, and common ones. */
const OTHER_CODES: Readonly<Record<string, Code>> = {
  '1': { meaning: 'temporarily out of service', remedy: 'unknown' },
  '800': { meaning: 'authentication failed or the request expired', remedy: 'fatal' },
  '900': { meaning: 'a required parameter is missing', remedy: 'fail' },
  '1000': { meaning: 'temporarily out of service', remedy: 'unknown' },
  '1300': { meaning: 'temporarily out of service', remedy: 'unknown' },
  '1401': { meaning: 'no such product', remedy: 'fail' },
  '10102': { meaning: 'a limit of the account is reached', remedy: 'fail' },
  '10105': { meaning: 'a limit of the account is reached', remedy: 'fail' },
  '10300': { meaning: 'the name is in use', remedy: 'fail' },
  '10405': { meaning: 'login key', remedy: 'fail' },
  '10406': { meaning: 'login key', remedy: 'fail' },
  '10500': { meaning: 'the specification cannot be changed', remedy: 'fail' },
  '10502': { meaning: 'the specification cannot be changed', remedy: 'fail' },
  '10503': { meaning: 'the specification cannot be changed', remedy: 'fail' },
  '10504': { meaning: 'the specification cannot be changed', remedy: 'fail' },
  '10712': { meaning: 'no such product', remedy: 'fail' },
  '23003': { meaning: 'servers returned before are not gone yet', remedy: 'wait' },
  '24001': { meaning: 'login key', remedy: 'fail' },
  '24002': { meaning: 'the storage is mounted; stop the server first', remedy: 'look' },
  '24069': { meaning: 'port forwarding parameters', remedy: 'fail' },
  '24070': { meaning: 'port forwarding parameters', remedy: 'fail' },
  '24071': { meaning: 'port forwarding parameters', remedy: 'fail' },
  '24074': { meaning: 'port forwarding parameters', remedy: 'fail' },
  '24076': { meaning: 'an access control group of another account', remedy: 'fail' },
  '24121': { meaning: 'invalid storage or snapshot number', remedy: 'fail' },
  '24138': { meaning: 'NAS server information', remedy: 'fail' },
  '25008': { meaning: 'an image needs a stopped, idle server', remedy: 'look' },
  '25013': { meaning: 'the object is in operation', remedy: 'wait' },
  '25017': { meaning: 'the server is in operation', remedy: 'wait' },
  '25018': { meaning: 'the server is in operation, or an image is being made of it', remedy: 'wait' },
  '25032': { meaning: 'public IP settings are being changed', remedy: 'wait' },
  '25033': { meaning: 'port forwarding is being changed', remedy: 'wait' },
  '25041': { meaning: 'busy, or already in the wanted state', remedy: 'wait' },
  '26040': { meaning: 'certificate', remedy: 'fail' },
  '28102': { meaning: 'already disassociated', remedy: 'done' },
  '50120': { meaning: 'auto scaling', remedy: 'fail' },
  '50150': { meaning: 'in use by an auto scaling group', remedy: 'fail' },
  '50160': { meaning: 'an auto scaling activity is running', remedy: 'wait' },
  '1002035': { meaning: 'the last access control group', remedy: 'fail' },
  '1003016': { meaning: 'the public IP is in operation', remedy: 'wait' },
  '1007000': { meaning: 'no such access control group', remedy: 'fail' },
  '1007009': { meaning: 'the access control group is in operation', remedy: 'wait' },
  '1011002': { meaning: 'the network ACL is in operation', remedy: 'wait' },
  '1012005': { meaning: 'the network ACL is in operation', remedy: 'wait' },
  '1080101': { meaning: 'the public IP is being initialised', remedy: 'wait' },
  '1100031': { meaning: 'the server cannot be controlled now', remedy: 'look' },
  '1101003': { meaning: 'storage is in operation', remedy: 'wait' },
  '1200004': { meaning: 'the load balancer is in operation', remedy: 'wait' },
  '1205009': { meaning: 'no such target group', remedy: 'fail' },
  '1250000': { meaning: 'the load balancer is in operation', remedy: 'wait' },
  '1250700': { meaning: 'in use by an auto scaling group', remedy: 'fail' },
  '3000100': { meaning: 'NCP could not reach one of its own systems', remedy: 'unknown' },
};

export function codeFor(returnCode: string): Code | undefined {
  return TERMINATE_CODES[returnCode] ?? OTHER_CODES[returnCode];
}

/** In numeric order. */
export function codesKnown(): string[] {
  return Object.keys({ ...TERMINATE_CODES, ...OTHER_CODES });
}

/** Errors of the gateway in front of NCP's services. Only with `unavailable` may the action have run. */
export const GATEWAY_CODES: Readonly<Record<string, { meaning: string; kind: NcloudErrorKind }>> = {
  '100': { meaning: 'bad request', kind: 'rejected' },
  '200': { meaning: 'authentication failed', kind: 'authentication' },
  '210': { meaning: 'permission denied', kind: 'permission' },
  '230': { meaning: 'forbidden', kind: 'permission' },
  '300': { meaning: 'not found', kind: 'rejected' },
  '400': { meaning: 'quota exceeded', kind: 'quota' },
  '410': { meaning: 'throttled', kind: 'throttled' },
  '420': { meaning: 'rate limited', kind: 'throttled' },
  '430': { meaning: 'request too large', kind: 'rejected' },
  '500': { meaning: 'endpoint error', kind: 'unavailable' },
  '510': { meaning: 'endpoint timeout', kind: 'unavailable' },
  '900': { meaning: 'unexpected error', kind: 'unavailable' },
};

/**
 * What went wrong with a call.
 * - `refused`: NCP's service answered with a return code; nothing was done
 * - `authentication`, `permission`: the keys; every call will fail
 * - `throttled`: too many calls just now; nothing was done
 * - `quota`: too many calls for the period; nothing was done
 * - `rejected`: the gateway did not pass the call on
 * - `unavailable`: a 5xx; whether anything was done is unknown
 * - `keyless`: the keys could not be loaded; nothing was sent
 * - `without-keys`: the same, and it would fail the same way again (no such secret, no permission)
 * - `rotated`: signed with keys that were replaced meanwhile; nothing was done
 * - `unsent`: called off before it was sent
 * - `unreachable`: no connection was made; nothing was done
 * - `cut`: the connection ended, or time ran out, before the whole reply was there; unknown
 * - `unreadable`: what came is not a reply of NCP; unknown
 */
export type NcloudErrorKind =
  | 'refused'
  | 'authentication'
  | 'permission'
  | 'throttled'
  | 'quota'
  | 'rejected'
  | 'unavailable'
  | 'keyless'
  | 'without-keys'
  | 'rotated'
  | 'unsent'
  | 'unreachable'
  | 'cut'
  | 'unreadable';
