import type { PublicIp } from '../world/records.ts';
import { type CommonCode, commonCode } from './codes.ts';

type State = Pick<PublicIp, 'environment' | 'status' | 'operation'>;

export interface PublicIpState {
  publicIpInstanceStatus: CommonCode;
  publicIpInstanceOperation: CommonCode;
  publicIpInstanceStatusName: string;
}

/** An address in NCP's words for its environment. */
export function publicIpState(publicIp: State): PublicIpState {
  const [status, operation, name] = publicIp.environment === 'vpc' ? vpcState(publicIp) : classicState(publicIp);
  return {
    publicIpInstanceStatus: commonCode(...status),
    publicIpInstanceOperation: commonCode(...operation),
    publicIpInstanceStatusName: name,
  };
}

/** The server that an address names. VPC names none from the moment its disassociation begins (sample of that page). */
export function shownHolder({ environment, operation, serverInstanceNo }: PublicIp): string {
  return environment === 'vpc' && operation === 'DISUS' ? '' : serverInstanceNo;
}

type Words = [status: [string, string], operation: [string, string], name: string];

/** As in the samples of NCP's VPC pages, names in Korean. TERMTING, which they list, is in none of them. */
function vpcState({ status, operation }: State): Words {
  const setting = ['SET', 'SETTING OP'] as [string, string];
  const [code, name] = {
    NULL: [['NULL', 'NULL OP'] as [string, string], '운영중'] as const,
    CREAT: [['CREAT', 'CREATE OP'] as [string, string], '생성중'] as const,
    USE: [setting, '설정중'] as const,
    DISUS: [setting, '설정중'] as const,
    TERMT: [['TERMT', 'TERMINATE OP'] as [string, string], '삭제중'] as const,
  }[operation];
  return [status === 'INIT' ? ['INIT', 'init'] : ['RUN', 'run'], code, name];
}

/** As recorded in ncloud-sdk-go (v1); INIT, CREAT and TERMT as operations are guesses. */
function classicState({ status, operation }: State): Words {
  const statuses = {
    INIT: ['NET INIT state', 'initialized'],
    CREAT: ['NET CREATE state', 'created'],
    USED: ['NET USED state', 'used'],
    TERMT: ['NET TERMINATED State', 'terminated'],
  } as const;
  const operations = {
    NULL: ['NET NULL OP', ''],
    CREAT: ['NET CREATE OP', 'creating'],
    USE: ['NET USE OP', 'using'],
    DISUS: ['NET DISUSE OP', 'disusing'],
    TERMT: ['NET TERMINATE OP', 'terminated'],
  } as const;
  const [statusName, resting] = statuses[status];
  const [operationName, working] = operations[operation];
  return [[status, statusName], [operation, operationName], working || resting];
}
