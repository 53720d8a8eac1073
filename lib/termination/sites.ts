/** NCP's clouds, and the regions that each has. Sources: NCP's region pages of 2026-09; its Terraform provider. */

import type { Environment } from './model.ts';

export const SITE_NAMES = ['public', 'gov', 'fin'] as const;
export type Site = (typeof SITE_NAMES)[number];

export const ENVIRONMENTS = ['vpc', 'classic'] as const satisfies readonly Environment[];

/** The first one is the default. */
export const REGIONS: Readonly<Record<Site, Readonly<Record<Environment, readonly [string, ...string[]]>>>> = {
  public: { vpc: ['KR', 'SGN', 'JPN'], classic: ['KR', 'USW', 'DE', 'SGN', 'JPN', 'USWN', 'DEN'] },
  gov: { vpc: ['KR', 'KRS'], classic: ['KR', 'KRS'] },
  fin: { vpc: ['FKR'], classic: ['FKR'] },
};

/** Where nothing says which region is meant. */
export function defaultRegion(site: Site): string {
  return REGIONS[site].vpc[0];
}
