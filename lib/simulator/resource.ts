import type { Guesses } from './guesses.ts';
import { regionByCode } from './regions.ts';
import type { Server } from './world/records.ts';
import type { World } from './world/world.ts';

/** The product a server belongs to; `nrn:PUB:VPCServer:KR:1234:Server/567` is from a published list of NRNs. */
export function nrnOf(world: World, server: Server): string {
  const isShort = world.guesses['resource-region'] !== 'same';
  const region = isShort ? shortCodeOf(server) : server.regionCode;
  return `nrn:PUB:${productOf(server)}:${region}:${MEMBER_NO}:Server/${server.serverInstanceNo}`;
}

const MEMBER_NO = '1234';

/** Fields of NCP's page, its slip "Dispaly" included. */
export function resourceOf(world: World, server: Server): object {
  const region = regionByCode(server.regionCode);
  const how = world.guesses['resource-case'];
  return {
    nrn: nrnOf(world, server),
    platformType: server.environment === 'classic' ? 'Classic' : 'VPC',
    productName: cased(productOf(server), how),
    productDisplayName: 'Server',
    regionCode: regionCodeOf(world, server),
    regionDispalyName: region?.regionName ?? '',
    resourceType: cased('Server', how),
    resourceId: server.serverInstanceNo,
    resourceName: server.serverName,
    createTime: server.createDate,
    eventTime: server.uptime ?? server.createDate,
    ...tagsIn(world, server),
  };
}

function tagsIn(world: World, { serverInstanceNo }: Server): { tag?: object[] | null } {
  const rows = [...world.tagsOf(serverInstanceNo)].map(([tagKey, tagValue]) => ({ tagKey, tagValue }));
  if (rows.length > 0 || world.guesses.untagged === 'empty') return { tag: rows };
  return world.guesses.untagged === 'null' ? { tag: null } : {};
}

/** Guess: Classic servers are the product "Server". */
export function productOf(server: Server): string {
  return server.environment === 'classic' ? 'Server' : 'VPCServer';
}

export function regionCodeOf(world: World, server: Server): string {
  return world.guesses['resource-region'] === 'short' ? shortCodeOf(server) : server.regionCode;
}

/** As a published list of NRNs has them. */
function shortCodeOf({ regionCode }: Server): string {
  return { JPN: 'JP', SGN: 'SG', USWN: 'USW', DEN: 'DE' }[regionCode] ?? regionCode;
}

export function cased(text: string, how: Guesses['resource-case']): string {
  if (how === 'documented') return text;
  return how === 'lower' ? text.toLowerCase() : text.toUpperCase();
}
