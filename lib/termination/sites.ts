/** NCP's clouds, and the regions that each has. Sources: NCP's region pages of 2026-09; its Terraform provider. */

import type { Environment, Scope } from './model.ts';

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

/** What a policy for several places is called in one of them: `tag-sweep-vpc-kr`. */
export function nameInPlace(policy: string, { environment, region }: Scope): string {
  return `${policy}-${environment}-${region.toLowerCase()}`;
}

/** Whether the one is what the other, a policy for several places, is called in one of them. */
export function isNameInPlace(name: string, policy: string): boolean {
  return name.startsWith(policy) && IN_A_PLACE.test(name.slice(policy.length));
}

const IN_A_PLACE = new RegExp(`^-(${ENVIRONMENTS.join('|')})-[a-z]{2,8}$`);
