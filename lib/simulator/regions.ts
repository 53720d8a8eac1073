export const environments = ['classic', 'vpc'] as const;
export type Environment = (typeof environments)[number];

/** NCP's clouds for everybody, for government and for finance, each with its own account and regions. */
export const sites = ['public', 'gov', 'fin'] as const;
export type Site = (typeof sites)[number];

/** One NCP region. Classic names it by number, VPC by code. */
export interface Region {
  regionCode: string;
  regionName: string;
  /** Where it has servers. */
  sites: readonly Site[];
  /** Absent: there is no Classic. */
  regionNo?: string;
  isVpc: boolean;
  zones: readonly Zone[];
}

export interface Zone {
  zoneNo: string;
  zoneCode: string;
  zoneDescription: string;
}

/**
 * In the order and with the names of NCP's getRegionList pages of 2026-09. Guesses: the names of KRS and FKR, Classic in FKR,
 * and every zone outside Korea.
 */
const regions: readonly Region[] = [
  { ...row('KR', 'Korea', ['KR-1', 'KR-2'], 2), regionNo: '1', sites: ['public', 'gov'], isVpc: true },
  { ...row('FKR', 'Korea(Fin)', ['FKR-1', 'FKR-2'], 40), regionNo: '1', sites: ['fin'], isVpc: true },
  { ...row('KRS', 'Korea South', ['KRS-1'], 42), sites: ['gov'], isVpc: true },
  { ...row('USW', 'US-West(Old)', ['USW-1'], 4), regionNo: '2', sites: ['public'], isVpc: false },
  { ...row('HK', 'HongKong', ['HK-1'], 5), regionNo: '3', sites: ['gov'], isVpc: false },
  { ...row('DE', 'Germany(Old)', ['DE-1'], 8), regionNo: '6', sites: ['public'], isVpc: false },
  { ...row('SGN', 'Singapore(New)', ['SGN-4', 'SGN-5'], 10), regionNo: '7', sites: ['public'], isVpc: true },
  { ...row('JPN', 'Japan(New)', ['JPN-4', 'JPN-5'], 14), regionNo: '8', sites: ['public'], isVpc: true },
  { ...row('USWN', 'US-West(New)', ['USWN-1'], 18), regionNo: '9', sites: ['public'], isVpc: false },
  { ...row('DEN', 'Germany(New)', ['DEN-1'], 20), regionNo: '10', sites: ['public'], isVpc: false },
];

export const regionCodes: readonly string[] = regions.map(({ regionCode }) => regionCode);

/** What getRegionList shows; the first is what NCP takes when a call names no region. */
export function regionsOf(site: Site, environment: Environment): readonly Region[] {
  return regions.filter(
    (region) => region.sites.includes(site) && (environment === 'vpc' ? region.isVpc : region.regionNo !== undefined),
  );
}

export function defaultRegion(site: Site, environment: Environment): Region {
  const [first] = regionsOf(site, environment);
  if (first === undefined) throw new Error(`${site} has no region`);
  return first;
}

export function regionByCode(regionCode: string): Region | undefined {
  return regions.find((region) => region.regionCode === regionCode);
}

export function zoneByCode(zoneCode: string): Zone | undefined {
  return regions.flatMap((region) => region.zones).find((zone) => zone.zoneCode === zoneCode);
}

function row(
  regionCode: string,
  regionName: string,
  zoneCodes: readonly string[],
  firstZoneNo: number,
): Pick<Region, 'regionCode' | 'regionName' | 'zones'> {
  const zones = zoneCodes.map((zoneCode, at) => ({
    zoneNo: String(firstZoneNo + at),
    zoneCode,
    zoneDescription: `${zoneCode} zone`,
  }));
  return { regionCode, regionName, zones };
}
