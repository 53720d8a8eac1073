import type { Appointment } from './agenda.ts';

export type Environment = 'classic' | 'vpc';

/** NCP's server status and operation codes (its ServerInstance data type). */
export type ServerStatus = 'INIT' | 'CREAT' | 'RUN' | 'NSTOP' | 'FSTOP' | 'SD_FL' | 'RS_FL' | 'ST_FL';
export type ServerOperation =
  | 'NULL'
  | 'START'
  | 'SHTDN'
  | 'RESTA'
  | 'TERMT'
  | 'MIGRA'
  | 'COPY'
  | 'SETUP'
  | 'HREST'
  | 'HSHTD'
  | 'CHNG'
  | 'CREAT';

type StorageStatus = 'INIT' | 'CREAT' | 'ATTAC' | 'TERMT' | 'NAVAI' | 'DT_FL';
type StorageOperation = 'NULL' | 'CREAT' | 'ATTAC' | 'DETAC' | 'TERMT' | 'CHNG';

/** Kept in Classic's words; the VPC face translates them (see api/vpc-shapes.ts). */
type PublicIpStatus = 'CREAT' | 'USED' | 'TERMT';
type PublicIpOperation = 'NULL' | 'USE' | 'DISUS';

/** Where a thing is. */
export interface Place {
  environment: Environment;
  regionCode: string;
  zoneCode: string;
}

interface Placed extends Place {
  /** Instants are milliseconds since the epoch. */
  createDate: number;
  /** The transition under way, if any. A new one replaces it. */
  pending?: Appointment | undefined;
}

export interface Server extends Placed {
  serverInstanceNo: string;
  serverName: string;
  status: ServerStatus;
  operation: ServerOperation;
  /** Last boot; a server that was never started has none. */
  uptime: number | undefined;
  isProtectServerTermination: boolean;
  privateIp: string;
  /** Empty in Classic. */
  vpcNo: string;
  /** Until when its load balancer is being changed; Infinity: for good. */
  loadBalancerChangingUntil: number;
  stopSeconds: number;
  startSeconds: number;
  terminateSeconds: number;
  detachSeconds: number;
  disassociateSeconds: number;
}

export interface BlockStorage extends Placed {
  blockStorageInstanceNo: string;
  blockStorageName: string;
  sizeGb: number;
  /** BASIC is the disk a server boots from, SVRBS one that was added. */
  type: 'BASIC' | 'SVRBS';
  /** Empty when detached. */
  serverInstanceNo: string;
  deviceName: string;
  status: StorageStatus;
  operation: StorageOperation;
  isReturnProtection: boolean;
}

export interface PublicIp extends Placed {
  publicIpInstanceNo: string;
  publicIp: string;
  /** Empty when free. */
  serverInstanceNo: string;
  lastModifyDate: number;
  status: PublicIpStatus;
  operation: PublicIpOperation;
}
