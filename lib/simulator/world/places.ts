import { SimulatorInputError } from '../errors.ts';
import type { Fleet } from '../fleet.ts';
import { defaultRegion, type Environment, regionByCode, regionsOf } from '../regions.ts';
import type { Place } from './records.ts';
import type { World } from './world.ts';

interface Entry {
  environment?: Environment | undefined;
  region?: string | undefined;
  zone?: string | undefined;
}

const IN_WORDS = { classic: 'Classic', vpc: 'VPC' } as const;
const FOREIGN_KEYS = { classic: ['vpcNo', 'hypervisorType'], vpc: ['portForwarding'] } as const;

export function placeOf(world: World, entry: Entry, fleet: Fleet): Place {
  const environment = entry.environment ?? fleet.environment;
  const usual = defaultRegion(world.site, environment);
  const region = regionByCode(entry.region ?? fleet.region ?? usual.regionCode) ?? usual;
  return { environment, regionCode: region.regionCode, zoneCode: entry.zone ?? region.zones[0]?.zoneCode ?? '' };
}

/** Throws SimulatorInputError with one sentence for each place that this NCP does not have. */
export function checkPlaces(world: World, fleet: Fleet): void {
  const named: [where: string, entry: Entry][] = [
    ...fleet.servers.map((entry, at) => [`servers[${at}]`, entry] as [string, Entry]),
    ...fleet.publicIps.map((entry, at) => [`publicIps[${at}]`, entry] as [string, Entry]),
    ...fleet.blockStorages.map((entry, at) => [`blockStorages[${at}]`, entry] as [string, Entry]),
  ];
  const problems = [
    ...named.flatMap(([where, entry]) => placeProblems(world, where, entry, fleet)),
    ...fleet.servers.flatMap((entry, at) => {
      const environment = entry.environment ?? fleet.environment;
      const wrong = FOREIGN_KEYS[environment].filter((key) => entry[key] !== undefined);
      return wrong.map((key) => `servers[${at}].${key} is not for a ${IN_WORDS[environment]} server; leave it out.`);
    }),
  ];
  if (problems.length > 0) throw new SimulatorInputError(problems.join('\n'));
}

function placeProblems(world: World, where: string, entry: Entry, fleet: Fleet): string[] {
  const { environment, regionCode, zoneCode } = placeOf(world, entry, fleet);
  const known = regionsOf(world.site, environment);
  const region = known.find((each) => each.regionCode === regionCode);
  if (region === undefined) {
    const codes = known.map((each) => each.regionCode).join(', ');
    const platform = IN_WORDS[environment];
    return [`${where} stands in ${regionCode}, where the ${world.site} cloud has no ${platform}; it has ${codes}.`];
  }
  const zoneCodes = region.zones.map((zone) => zone.zoneCode);
  return zoneCodes.includes(zoneCode)
    ? []
    : [`${where}.zone must be one of ${zoneCodes.join(', ')}, not "${zoneCode}".`];
}
