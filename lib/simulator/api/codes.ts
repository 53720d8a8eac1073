import { ncpDate } from '../clock.ts';
import type { Environment } from '../regions.ts';
import type { BlockStorage, Server } from '../world/records.ts';
import type { ReplyFields } from './reply.ts';

/** NCP's CommonCode. */
export interface CommonCode extends ReplyFields {
  code: string;
  codeName: string;
}

export function commonCode(code: string, codeName: string): CommonCode {
  return { code, codeName };
}

/**
 * Classic writes "Server run state", VPC "Server RUN State", as documented and recorded. Guesses: the names of the failed
 * states, VPC's others than RUN, and the operations no reply was found for.
 */
function serverStatusCode(server: Pick<Server, 'environment' | 'status'>): CommonCode {
  return commonCode(server.status, serverStatusNames[server.environment][server.status]);
}

/** The three fields in which a server's state is told, in NCP's order. */
export function serverState(server: Pick<Server, 'environment' | 'status' | 'operation'>) {
  return {
    serverInstanceStatus: serverStatusCode(server),
    serverInstanceOperation: commonCode(server.operation, serverOperationNames[server.operation]),
    serverInstanceStatusName: nameWhileOperating[server.operation] ?? nameAtRest[server.status],
  };
}

/** What both environments tell of a server, in NCP's order. */
export function serverFields(
  server: Server,
  { serverImageProductCode, serverProductCode }: { serverImageProductCode: string; serverProductCode: string },
) {
  return {
    ...serverState(server),
    createDate: ncpDate(server.createDate),
    uptime: server.uptime === undefined ? '' : ncpDate(server.uptime),
    serverImageProductCode,
    serverProductCode,
    isProtectServerTermination: server.isProtectServerTermination,
  };
}

export function storageTypeCode({ type }: Pick<BlockStorage, 'type'>): CommonCode {
  return commonCode(type, type === 'BASIC' ? 'Basic BS' : 'Server BS');
}

function storageStatusCode(storage: Pick<BlockStorage, 'environment' | 'status'>): CommonCode {
  const names = { INIT: 'INIT', CREAT: 'CREATED', ATTAC: 'ATTACHED', TERMT: 'TERMINATED', NAVAI: 'NOT AVAILABLE' };
  const word = storage.status === 'DT_FL' ? 'DETACH FAIL' : names[storage.status];
  return commonCode(
    storage.status,
    storage.environment === 'classic' ? `Block storage ${word} state` : `Block Storage ${word} State`,
  );
}

export function storageState(storage: Pick<BlockStorage, 'environment' | 'status' | 'operation'>) {
  return {
    blockStorageInstanceStatus: storageStatusCode(storage),
    blockStorageInstanceOperation: commonCode(storage.operation, storageOperationName(storage)),
    blockStorageInstanceStatusName: storageStatusName(storage),
  };
}

function storageStatusName(storage: Pick<BlockStorage, 'status' | 'operation'>): string {
  const operating = {
    NULL: '',
    CREAT: 'creating',
    ATTAC: 'attaching',
    DETAC: 'detaching',
    TERMT: 'terminating',
    CHNG: 'optimizing',
  };
  const resting = {
    INIT: 'initialized',
    CREAT: 'detached',
    ATTAC: 'attached',
    TERMT: 'terminating',
    NAVAI: 'repairing',
    DT_FL: 'attached',
  };
  return operating[storage.operation] || resting[storage.status];
}

const serverStatusNames: Record<Environment, Record<Server['status'], string>> = {
  classic: {
    INIT: 'Server init state',
    CREAT: 'Server Created State',
    RUN: 'Server run state',
    NSTOP: 'Server normal stopped state',
    FSTOP: 'Server failure stopped state',
    SD_FL: 'Server shutdown fail state',
    RS_FL: 'Server restart fail state',
    ST_FL: 'Server start fail state',
  },
  vpc: {
    INIT: 'Server INIT State',
    CREAT: 'Server CREATED State',
    RUN: 'Server RUN State',
    NSTOP: 'Server NORMAL STOPPED State',
    FSTOP: 'Server FAILURE STOPPED State',
    SD_FL: 'Server SHUTDOWN FAIL State',
    RS_FL: 'Server RESTART FAIL State',
    ST_FL: 'Server START FAIL State',
  },
};

const serverOperationNames: Record<Server['operation'], string> = {
  NULL: 'Server NULL OP',
  START: 'Server START OP',
  SHTDN: 'Server SHUTDOWN OP',
  RESTA: 'Server RESTART OP',
  TERMT: 'Server TERMINATE OP',
  MIGRA: 'Server MIGRATION OP',
  COPY: 'Server COPY OP',
  SETUP: 'Server SETUP OP',
  HREST: 'Server HARD RESTART OP',
  HSHTD: 'Server HARD SHUTDOWN OP',
  CHNG: 'Server CHANGE OP',
  CREAT: 'Server CREATE OP',
};

const nameWhileOperating: Partial<Record<Server['operation'], string>> = {
  START: 'booting',
  SHTDN: 'shutting down',
  RESTA: 'rebooting',
  TERMT: 'terminating',
  MIGRA: 'migrating',
  COPY: 'copying',
  SETUP: 'setting up',
  HREST: 'hard rebooting',
  HSHTD: 'hard shutting down',
  CHNG: 'changingSpec',
  CREAT: 'creating',
};

const nameAtRest: Record<Server['status'], string> = {
  INIT: 'init',
  CREAT: 'creating',
  RUN: 'running',
  NSTOP: 'stopped',
  FSTOP: 'repairing',
  SD_FL: 'repairing',
  RS_FL: 'repairing',
  ST_FL: 'repairing',
};

/** "RESTART" for detaching in Classic is NCP's own oddity. */
function storageOperationName({ environment, operation }: Pick<BlockStorage, 'environment' | 'operation'>): string {
  return environment === 'classic' && operation === 'DETAC'
    ? 'Block Storage RESTART OP'
    : storageOperationNames[operation];
}

const storageOperationNames: Record<BlockStorage['operation'], string> = {
  NULL: 'Block Storage NULLOP',
  CREAT: 'Block storage CREATE OP',
  ATTAC: 'Block Storage ATTACH OP',
  DETAC: 'Block Storage DETACH OP',
  TERMT: 'Block Storage TERMINATE OP',
  CHNG: 'Block Storage CHANGE OP',
};
