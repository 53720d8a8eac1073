import { oneLine } from '../../termination/one-line.ts';
import type { Account } from '../account.ts';
import { troubleOf } from '../account.ts';
import type { Finding } from '../finding.ts';
import type { World } from '../world.ts';
import { isAccepted } from './keys.ts';

/** Whether the regions that policies name exist on their platforms. */
export async function regionsFindings({ accounts }: Pick<World, 'accounts'>): Promise<Finding[]> {
  return (await Promise.all(accounts.map(ofAccount))).flat();
}

async function ofAccount(account: Account): Promise<Finding[]> {
  const about = account.name;
  if (!(await isAccepted(account))) return [{ code: 'not-looked', about, because: 'keys' }];
  const found: Finding[] = [];
  for (const environment of account.environments) {
    const error = await troubleOf(account.regions(environment));
    if (error !== undefined) {
      found.push({
        code: 'unread',
        about,
        action: `getRegionList (${environment})`,
        problem: oneLine(error.message, 300),
      });
      continue;
    }
    const known = (await account.regions(environment)).map(({ regionCode }) => regionCode);
    const named = account.places.filter((place) => place.environment === environment).map(({ region }) => region);
    const regions = [...new Set(named)];
    const missing = regions.filter((region) => !known.includes(region));
    found.push(...missing.map((region) => ({ code: 'no-such-region' as const, about, environment, region, known })));
    if (missing.length === 0) found.push({ code: 'regions-exist', about, environment, regions });
  }
  return found;
}
