/**
 * Limits of requests without a policy. Such a request needs no approval and waits for no window, so anybody who can put
 * events on the bus or invoke the function could terminate every server of an account. So policies.yml has to allow it.
 */

import * as z from 'zod';
import { RequestError, type TerminationRequest } from '../termination/request.ts';
import type { Ceilings } from './requests-schema.ts';
import type { Policies } from './schema.ts';

/**
 * The request, if it stays within the ceilings of its account. What it asks for is never lowered: anything above is
 * refused. Limits that it leaves out are its defaults, or the ceilings where those are lower. Throws {@link RequestError}.
 */
export function withinCeilings(
  request: TerminationRequest,
  input: unknown,
  { requests }: Pick<Policies, 'requests'>,
): TerminationRequest {
  const { account } = request;
  const ceilings = requests !== undefined && Object.hasOwn(requests, account) ? requests[account] : undefined;
  if (ceilings === undefined) throw new RequestError([notAllowed(account)]);
  const asked = { ...request, limits: limitsOf(request, input, ceilings) };
  const problems = wishesAbove(asked, ceilings).map(
    ([wish, ceiling]) => `${wish} is above the ceiling of requests without a policy in account ${account} (${ceiling})`,
  );
  if (problems.length > 0) throw new RequestError(problems);
  return asked;
}

function notAllowed(account: string): string {
  return (
    `requests without a policy are not allowed in account ${account}; ask for a policy, for example ` +
    `{"policy": "nightly-dev"}, or allow them in policies.yml, for example ` +
    `requests: {${account}: {maxServers: 5, maxPercent: 10}}`
  );
}

const givenSchema = z.object({
  limits: z.object({ maxServers: z.number().optional(), maxPercent: z.number().optional() }).default({}),
});

/** `input` was checked before; this looks only at what it leaves out. */
function limitsOf({ limits }: TerminationRequest, input: unknown, ceilings: Ceilings): TerminationRequest['limits'] {
  const given = givenSchema.parse(input).limits;
  return {
    maxServers: given.maxServers ?? Math.min(limits.maxServers, ceilings.maxServers),
    maxPercent: given.maxPercent ?? Math.min(limits.maxPercent, ceilings.maxPercent),
  };
}

/** From what changes least to what cannot be undone. */
const STORAGE = ['refuse', 'detach', 'delete'] as const;
const PUBLIC_IP = ['keep', 'release'] as const;

/** Each wish above its ceiling, with that ceiling. */
function wishesAbove(
  { servers, limits, storage, publicIp, overrideProtection }: TerminationRequest,
  most: Ceilings,
): [wish: string, ceiling: string][] {
  const { maxServers, maxPercent } = most;
  const wishes: [isAbove: boolean, wish: string, ceiling: string][] = [
    [servers.length > maxServers, `servers: ${servers.length} of them`, `maxServers: ${maxServers}`],
    [limits.maxServers > maxServers, `limits.maxServers: ${limits.maxServers}`, `maxServers: ${maxServers}`],
    [limits.maxPercent > maxPercent, `limits.maxPercent: ${limits.maxPercent}`, `maxPercent: ${maxPercent}`],
    [STORAGE.indexOf(storage) > STORAGE.indexOf(most.storage), `storage: ${storage}`, `storage: ${most.storage}`],
    [
      PUBLIC_IP.indexOf(publicIp) > PUBLIC_IP.indexOf(most.publicIp),
      `publicIp: ${publicIp}`,
      `publicIp: ${most.publicIp}`,
    ],
    [overrideProtection && !most.overrideProtection, 'overrideProtection: true', 'overrideProtection: false'],
  ];
  return wishes.filter(([isAbove]) => isAbove).map(([, wish, ceiling]) => [wish, ceiling]);
}
