import type { GivenBlockStorage, GivenServer, Hypervisor, StorageStatus } from '../fleet.ts';
import type { Environment } from '../regions.ts';
import type { Appointment } from './agenda.ts';

/** Kept in Classic's words; the VPC face translates them (see api/vpc-shapes.ts). */
type PublicIpStatus = 'INIT' | 'CREAT' | 'USED' | 'TERMT';
type PublicIpOperation = 'NULL' | 'CREAT' | 'USE' | 'DISUS' | 'TERMT';

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

export interface Server extends Placed, GivenServer {
  /** Last boot; a server that was never started has none. */
  uptime: number | undefined;
  privateIp: string;
  /** Empty in Classic. */
  vpcNo: string;
  hypervisorType: Hypervisor;
  /** Classic; absent: none. */
  portForwarding?: { externalPort: number; internalPort: number } | undefined;
  /** Until when its load balancer is being changed; Infinity: for good. */
  loadBalancerChangingUntil: number;
}

export interface BlockStorage extends Placed, GivenBlockStorage {
  blockStorageInstanceNo: string;
  /** BASIC is the disk a server boots from, SVRBS one that was added. */
  type: 'BASIC' | 'SVRBS';
  /** Empty when detached. */
  serverInstanceNo: string;
  deviceName: string;
  status: StorageStatus;
  hypervisorType: Hypervisor;
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
