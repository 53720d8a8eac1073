import { ActionRefused } from '../errors.ts';
import { defaultRegion, type Environment, type Region, regionsOf } from '../regions.ts';
import type { BlockStorage, Place, PublicIp, Server } from '../world/records.ts';
import type { World } from '../world/world.ts';
import type { Parameters } from './parameters.ts';
import type { ListReply } from './reply.ts';

/** One call of one action. Where the environments differ, the action asks `environment`. */
export interface ActionCall {
  world: World;
  environment: Environment;
  parameters: Parameters;
}

export type Action = (call: ActionCall) => ListReply;

/**
 * Whether a thing lies where the call looks. Without a region that is the default region only, save that in Classic a
 * look-up by number finds it anywhere (guess: the Go SDK and Terraform look up by number without a zone, and it works).
 */
export function isInScope(call: ActionCall, byNumber: boolean): (thing: Place) => boolean {
  const { environment, parameters } = call;
  if (environment === 'vpc') {
    const regionCode = vpcRegionCode(call);
    const zoneCode = parameters.text('zoneCode');
    return (thing) =>
      thing.environment === 'vpc' && thing.regionCode === regionCode && (!zoneCode || thing.zoneCode === zoneCode);
  }
  const zoneCode = classicZoneCode(call);
  const region = classicRegion(call);
  const everywhere = region === undefined && (byNumber || zoneCode !== undefined);
  const { regionCode } = region ?? defaultRegion(call.world.site, 'classic');
  return (thing) =>
    thing.environment === 'classic' &&
    (everywhere || thing.regionCode === regionCode) &&
    (zoneCode === undefined || thing.zoneCode === zoneCode);
}

/** The servers of `serverInstanceNoList.N`: each must be a number, known, and of this environment. */
export function namedServers(call: ActionCall): Server[] {
  return namedThings(call, call.parameters.requiredList('serverInstanceNoList'), call.world.servers, '24120');
}

export function namedServer(call: ActionCall): Server {
  return oneOfThem(namedThings(call, [call.parameters.required('serverInstanceNo')], call.world.servers, '24120'));
}

export function namedPublicIps(call: ActionCall, numbers: readonly string[]): PublicIp[] {
  return namedThings(call, numbers, call.world.publicIps, '24109');
}

export function namedPublicIp(call: ActionCall): PublicIp {
  return oneOfThem(namedPublicIps(call, [call.parameters.required('publicIpInstanceNo')]));
}

export function namedStorages(call: ActionCall, numbers: readonly string[]): BlockStorage[] {
  return namedThings(call, numbers, call.world.blockStorages, '24121');
}

export function oneOfThem<Thing>(things: readonly Thing[]): Thing {
  const [only] = things;
  if (only === undefined) throw new ActionRefused('10713');
  return only;
}

/**
 * The numbers of a filter, which need not exist. Malformed ones are refused as in an action (guess): an answer that
 * quietly leaves a server out reads like "it is gone".
 */
export function numberFilter(call: ActionCall, name: string, malformed: string): Set<string> | undefined {
  const numbers = call.parameters.list(name);
  for (const number of numbers) checkNumber(number, malformed);
  return numbers.length > 0 ? new Set(numbers) : undefined;
}

export function vpcRegionCode({ world: { site }, parameters }: ActionCall): string {
  const regionCode = parameters.text('regionCode');
  if (regionCode === undefined) return defaultRegion(site, 'vpc').regionCode;
  // Guess: 900 for a region that does not exist.
  if (!regionsOf(site, 'vpc').some((region) => region.regionCode === regionCode)) {
    throw new ActionRefused('900', 'regionCode');
  }
  return regionCode;
}

/** Guess: 10713 covers what is unknown, gone, another account's, another environment's or another region's. */
function namedThings<Thing extends Place>(
  call: ActionCall,
  numbers: readonly string[],
  known: ReadonlyMap<string, Thing>,
  malformed: string,
): Thing[] {
  for (const number of numbers) checkNumber(number, malformed);
  const isReachable = isInScope(call, true);
  return numbers.map((number) => {
    const thing = known.get(number);
    if (!thing || !isReachable(thing)) throw new ActionRefused('10713');
    return thing;
  });
}

/** Guess: what is not digits has the code of its kind, what no 64-bit number holds 24109. */
function checkNumber(number: string, malformed: string): void {
  if (!/^[0-9]+$/.test(number)) throw new ActionRefused(malformed);
  if (number.length > 18) throw new ActionRefused('24109');
}

/** The region that a Classic call names. */
export function classicRegion({ world: { site }, parameters }: ActionCall): Region | undefined {
  const regionNo = parameters.text('regionNo');
  if (regionNo === undefined) return undefined;
  const region = regionsOf(site, 'classic').find((each) => each.regionNo === regionNo);
  if (!region) throw new ActionRefused('900', 'regionNo');
  return region;
}

export function classicZoneCode({ world: { site }, parameters }: ActionCall): string | undefined {
  const zoneNo = parameters.text('zoneNo');
  if (zoneNo === undefined) return undefined;
  const zones = regionsOf(site, 'classic').flatMap((region) => region.zones);
  const zone = zones.find((each) => each.zoneNo === zoneNo);
  if (!zone) throw new ActionRefused('900', 'zoneNo');
  return zone.zoneCode;
}
