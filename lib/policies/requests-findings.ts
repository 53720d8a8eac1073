import { nearest } from '../text/nearest.ts';
import type { Finding } from './finding.ts';
import type { Policies } from './schema.ts';
import type { Sound } from './sound.ts';

/** Which accounts accept requests without a policy, and what that allows anybody on the bus. */
export function requestsFindings({ requests, accounts }: Sound<Policies>, isWhole: boolean): Finding[] {
  if (requests === undefined) return [];
  const named = Object.entries(requests);
  if (named.length === 0 && isWhole) return [{ path: ['requests'], message: EMPTY }];
  const known = Object.keys(accounts ?? { default: {} });
  return named.flatMap(([account, ceilings]) => [
    ...unknownAccount(account, known),
    ...(ceilings?.overrideProtection === true
      ? [{ path: ['requests', account], message: RISKY, isWarning: true }]
      : []),
  ]);
}

const EMPTY =
  'empty; name an account, for example default: {maxServers: 5, maxPercent: 10}, or leave it out: then no account takes requests without a policy';
const RISKY =
  'anybody who may put events on the bus or invoke the function can take protected servers, and nobody is asked; leave overrideProtection out, or let a policy with approval do that';

function unknownAccount(account: string, known: readonly string[]): Finding[] {
  if (known.length === 0 || known.includes(account)) return [];
  const meant = nearest(account, known);
  const hint = meant === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${meant}?`;
  return [{ path: ['requests', account], message: `there is no account ${account} in accounts; ${hint}`, atKey: true }];
}
