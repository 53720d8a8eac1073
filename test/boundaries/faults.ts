/** What goes wrong at NCP meanwhile, until it has all happened. */

import { MINE } from './stage.ts';

export interface Fault {
  name: string;
  spec: string;
  /** Replaces it once NCP was asked to terminate MINE. */
  afterTerminate?: string;
}

const ACTS = [
  'stopServerInstances',
  'detachBlockStorageInstances',
  'disassociatePublicIpFromServerInstance',
  'setProtectServerTermination',
  'terminateServerInstances',
  'deleteBlockStorageInstances',
  'deletePublicIpInstance',
  'deletePublicIpInstances',
];

const each = (kind: string, times: number): string => ACTS.map((action) => `${action}:${kind}:${times}`).join(',');

export const PLAIN: Fault = { name: 'plain', spec: '' };

export const FAULTS: readonly Fault[] = [
  PLAIN,
  { name: 'throttled', spec: each('429/410', 3) },
  { name: 'cut after', spec: each('cut-after', 1) },
  { name: 'cut before', spec: each('cut-before', 1) },
  {
    // Not terminated, and missing from one look: from the list by number and from that of the region.
    name: 'missing from one look',
    spec: `terminateServerInstances@${MINE}:cut-before:1`,
    afterTerminate: `getServerInstanceList:missing=${MINE}:2`,
  },
];
