export const environments = ['classic', 'vpc'] as const;
export type Environment = (typeof environments)[number];

/** One NCP region. Classic speaks of `regionNo` and its own short codes, VPC of `regionCode`. */
export interface Region {
  regionNo: string;
  classicCode: string;
  vpcCode: string;
  regionName: string;
  zones: readonly Zone[];
}

export interface Zone {
  zoneNo: string;
  zoneCode: string;
  zoneDescription: string;
}

/**
 * Classic numbers and codes 1 to 5 as the recorded getRegionList of ncloud-sdk-go (v1); VPC codes as users write them.
 * Guesses: 6 (Germany), 7 (KRS of the government cloud), HKN, and every zone outside Korea.
 */
export const regions: readonly Region[] = [
  region('1', 'KR', 'KR', 'KOREA', [
    ['2', 'KR-1'],
    ['3', 'KR-2'],
  ]),
  region('2', 'USW', 'USWN', 'US-West', [['4', 'USWN-1']]),
  region('3', 'HK', 'HKN', 'HongKong', [['5', 'HKN-1']]),
  region('4', 'SG', 'SGN', 'Singapore', [['6', 'SGN-4']]),
  region('5', 'JP', 'JPN', 'Japan', [['7', 'JPN-4']]),
  region('6', 'DE', 'DEN', 'Germany', [['8', 'DEN-1']]),
  region('7', 'KRS', 'KRS', 'KOREA South', [['9', 'KRS-1']]),
];

/** What NCP takes when a call names no region: the first row of getRegionList. */
export const defaultRegion: Region = regions[0] ?? region('1', 'KR', 'KR', 'KOREA', [['2', 'KR-1']]);

/** The region a person means by a code of either environment: `JP` and `JPN` are one place. */
export function regionByCode(code: string): Region | undefined {
  return regions.find((candidate) => candidate.classicCode === code || candidate.vpcCode === code);
}

export function regionByNo(regionNo: string): Region | undefined {
  return regions.find((candidate) => candidate.regionNo === regionNo);
}

export function regionCodeIn(environment: Environment, place: Region): string {
  return environment === 'classic' ? place.classicCode : place.vpcCode;
}

export function zoneByCode(zoneCode: string): Zone | undefined {
  return regions.flatMap((place) => place.zones).find((zone) => zone.zoneCode === zoneCode);
}

function region(
  regionNo: string,
  classicCode: string,
  vpcCode: string,
  regionName: string,
  zones: readonly (readonly [zoneNo: string, zoneCode: string])[],
): Region {
  return {
    regionNo,
    classicCode,
    vpcCode,
    regionName,
    zones: zones.map(([zoneNo, zoneCode]) => ({ zoneNo, zoneCode, zoneDescription: `${zoneCode} zone` })),
  };
}
