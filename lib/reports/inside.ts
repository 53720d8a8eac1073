/** Addresses that a report must not be sent to: this machine, its network, and what a cloud answers only to its own. */

import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Source: IANA's registries of special-purpose addresses for IPv4 and IPv6. */
const INSIDE = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local, with the metadata of clouds
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96', // unspecified, loopback, and IPv4 written the old way
  '64:ff9b:1::/48',
  '2001::/32', // Teredo and 6to4 hold any IPv4 address
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

const inside = new BlockList();
for (const range of INSIDE) {
  const [network = '', bits] = range.split('/');
  inside.addSubnet(network, Number(bits), network.includes(':') ? 'ipv6' : 'ipv4');
}

/** Translates to the IPv4 address in its last 32 bits. */
const nat64 = new BlockList();
nat64.addSubnet('64:ff9b::', 96, 'ipv6');

/** IPv4 addresses mapped into IPv6 count as what they are. What is no address is inside: nobody knows where it leads. */
export function isInside(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  if (family === 4) return inside.check(address, 'ipv4');
  if (nat64.check(address, 'ipv6')) return inside.check(lastFour(address), 'ipv4');
  return inside.check(address, 'ipv6');
}

function lastFour(address: string): string {
  // The parser of URLs writes every IPv6 address in one way, in hexadecimal.
  const groups = new URL(`http://[${address}]/`).hostname.slice(1, -1).split(':');
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group || '0', 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

export class InsideError extends Error {
  override readonly name = 'InsideError';
  readonly address: string;

  constructor(address: string) {
    super(`${address} is inside`);
    this.address = address;
  }
}

/**
 * Looks a name up as a connection does, and fails with {@link InsideError} where any of its addresses is inside. The
 * addresses that were checked are the ones that are connected to, so a name cannot change in between.
 */
export function outsideOnly(resolve: typeof dnsLookup = dnsLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return callback(error ?? new Error('no address'), '', 0);
      const wrong = addresses.find(({ address }) => isInside(address));
      if (wrong !== undefined) return callback(new InsideError(wrong.address), '', 0);
      if (options.all === true) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}
