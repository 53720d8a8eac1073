import { SIMULATED_CREATION } from '../clock.ts';
import type { Server } from '../world/records.ts';
import { commonCode } from './codes.ts';
import { exactFilter, type Keep, listFilter, nameFilter } from './filters.ts';
import { listReply, touchedReply } from './page.ts';
import type { ReplyFields } from './reply.ts';
import type { Action } from './scope.ts';

type Hypervisor = Server['hypervisorType'];

interface Image {
  serverImageNo: string;
  serverImageName: string;
  serverImageProductCode: string;
  hypervisorType: Hypervisor;
}

interface Spec {
  serverSpecCode: string;
  serverProductCode: string;
  generationCode: string;
  hypervisorType: Hypervisor;
  cpuCount: number;
  memorySize: number;
}

const size = { cpuCount: 2, memorySize: 4_294_967_296 };

/** One image and one spec for each hypervisor, with numbers and codes that NCP was seen to give. */
const images: Record<Hypervisor, Image> = {
  XEN: {
    serverImageNo: '3051719',
    serverImageName: 'ubuntu-20.04-base',
    serverImageProductCode: 'SW.VSVR.OS.LNX64.UBNTU.SVR2004.B050',
    hypervisorType: 'XEN',
  },
  KVM: {
    serverImageNo: '23214590',
    serverImageName: 'ubuntu-22.04-base',
    serverImageProductCode: 'SW.VSVR.OS.LNX64.UBNTU.SVR22.G003',
    hypervisorType: 'KVM',
  },
  RHV: {
    serverImageNo: '3051720',
    serverImageName: 'ubuntu-20.04-rhv',
    serverImageProductCode: 'SW.VSVR.OS.LNX64.UBNTU.SVR2004.G002',
    hypervisorType: 'RHV',
  },
};

const specs: Record<Hypervisor, Spec> = {
  XEN: {
    serverSpecCode: 'c2-g2-s50',
    serverProductCode: 'SVR.VSVR.HICPU.C002.M004.NET.SSD.B050.G002',
    generationCode: 'G2',
    hypervisorType: 'XEN',
    ...size,
  },
  KVM: {
    serverSpecCode: 'c2-g3',
    serverProductCode: 'SVR.VSVR.HICPU.C002.M004.G003',
    generationCode: 'G3',
    hypervisorType: 'KVM',
    ...size,
  },
  RHV: {
    serverSpecCode: 'c2-g2-h50',
    serverProductCode: 'SVR.VSVR.HICPU.C002.M004.NET.HDD.B050.G002',
    generationCode: 'G2',
    hypervisorType: 'RHV',
    ...size,
  },
};

export function imageOf({ hypervisorType }: Pick<Server, 'hypervisorType'>): Image {
  return images[hypervisorType];
}

export function specOf({ hypervisorType }: Pick<Server, 'hypervisorType'>): Spec {
  return specs[hypervisorType];
}

/** The hypervisor of the product, the image or the spec under this code; undefined for one that is none of these. */
export function hypervisorOf(code: string): Hypervisor | undefined {
  const isNamed = (product: object): boolean => Object.values(product).includes(code);
  return [...Object.values(images), ...Object.values(specs)].find(isNamed)?.hypervisorType;
}

/** VPC only. */
export const getServerImageList: Action = (call) => {
  const filters: (Keep<Image> | undefined)[] = [
    nameFilter(call, 'serverImageName', (image) => image.serverImageName),
    listFilter(call, 'serverImageNoList', (image) => image.serverImageNo),
    listFilter(call, 'hypervisorTypeCodeList', (image) => image.hypervisorType),
    listFilter(call, 'osTypeCodeList', () => 'UBUNTU'),
    listFilter(call, 'serverImageTypeCodeList', () => 'NCP'),
    listFilter(call, 'platformCategoryCodeList', () => 'OS'),
    exactFilter(call, 'serverImageStatusCode', () => 'CREAT'),
  ];
  const wanted = Object.values(images).filter((image) => filters.every((keep) => keep === undefined || keep(image)));
  return listReply(wanted, call.parameters, {
    listName: 'serverImageList',
    environment: 'vpc',
    shape: (image) => ({
      ...image,
      serverImageDescription: '',
      serverImageType: commonCode('NCP', 'NCP Server Image'),
      hypervisorType: commonCode(image.hypervisorType, image.hypervisorType),
      cpuArchitectureType: commonCode('X86_64', 'x86 64bit'),
      osCategoryType: commonCode('LINUX', 'LINUX'),
      osType: commonCode('UBUNTU', 'UBUNTU'),
      serverImageStatus: commonCode('CREAT', 'Server created state'),
      serverImageOperation: commonCode('NULL', 'NULL OP'),
      serverImageStatusName: 'created',
      createDate: SIMULATED_CREATION,
      shareStatus: commonCode('PUBLIC', 'PUBLIC'),
      sharedLoginIdList: [],
      blockStorageMappingList: [],
    }),
    sortKeys: { serverImageName: (image) => image.serverImageName },
  });
};

/** VPC only. */
export const getServerSpecList: Action = (call) => {
  const image = call.parameters.text('serverImageNo');
  const filters: (Keep<Spec> | undefined)[] = [
    listFilter(call, 'serverSpecCodeList', (spec) => spec.serverSpecCode),
    listFilter(call, 'hypervisorTypeCodeList', (spec) => spec.hypervisorType),
    image === undefined ? undefined : (spec) => spec.hypervisorType === hypervisorOf(image),
  ];
  call.parameters.text('zoneCode');
  const wanted = Object.values(specs).filter((spec) => filters.every((keep) => keep === undefined || keep(spec)));
  return touchedReply('serverSpecList', wanted, shownSpec);
};

function shownSpec(spec: Spec): ReplyFields {
  return {
    ...spec,
    hypervisorType: commonCode(spec.hypervisorType, spec.hypervisorType),
    cpuArchitectureType: commonCode('X86_64', 'x86 64bit'),
    blockStorageMaxCount: 20,
    blockStorageMaxIops: 5250,
    blockStorageMaxThroughput: 81,
    networkPerformance: 17_179_869_184,
    networkInterfaceMaxCount: 3,
    serverSpecDescription: 'vCPU 2EA, Memory 4GB',
  };
}
