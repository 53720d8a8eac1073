import { DIALECTS } from '../../ncloud/dialects.ts';
import { NcloudError } from '../../ncloud/errors.ts';
import type { Region } from '../../ncloud/shapes.ts';
import type { Policy } from '../../policies/schema.ts';
import type { ActionName } from '../../termination/actions.ts';
import type { Environment } from '../../termination/model.ts';
import { oneLine } from '../../termination/one-line.ts';
import { type Account, troubleOf } from '../account.ts';
import type { Finding, Permitted } from '../finding.ts';
import type { World } from '../world.ts';
import { isAccepted } from './keys.ts';

/**
 * What Sub Account calls the permission for an action of the API, where one of NCP's pages shows it. Of every other action the
 * name was not found.
 */
const PERMISSIONS: Readonly<Record<Environment, Readonly<Record<string, string>>>> = {
  vpc: {
    getServerInstanceList: 'View/getServerList',
    GetResourceList: 'View/getResourceList',
  },
  classic: {},
};

/** Each read that banap makes is made; what would change something is only listed. */
export async function permissionsFindings({ accounts }: Pick<World, 'accounts'>): Promise<Finding[]> {
  return (await Promise.all(accounts.map(ofAccount))).flat();
}

async function ofAccount(account: Account): Promise<Finding[]> {
  const about = account.name;
  if (!(await isAccepted(account))) return [{ code: 'not-looked', about, because: 'keys' }];
  const found: Finding[] = [];
  for (const environment of account.environments) {
    const region = await regionToAsk(account, environment);
    if (region === undefined) found.push({ code: 'not-looked', about, because: 'regions' });
    else for (const read of READS[environment]) found.push(await readFinding(read, { account, environment, region }));
    found.push({ code: 'acts-untried', about, environment, acts: actsOf(account.policies, environment) });
  }
  return found;
}

interface Read {
  action: string;
  ask: (account: Account, environment: Environment, region: Region) => Promise<void>;
}

const lists = ['getServerInstanceList', 'getBlockStorageInstanceList', 'getPublicIpInstanceList'].map(
  (action): Read => ({ action, ask: (account, environment, region) => account.readOne(environment, region, action) }),
);

const instanceTags: Read = {
  action: 'getInstanceTagList',
  ask: (account, environment) => account.readOne(environment, undefined, 'getInstanceTagList'),
};

/** Regions are asked for before anything else. */
const READS: Readonly<Record<Environment, readonly Read[]>> = {
  vpc: [...lists, { action: 'GetResourceList', ask: (account, _, region) => account.readResources(region) }],
  classic: [...lists, instanceTags],
};

async function readFinding(
  { action, ask }: Read,
  { account, environment, region }: { account: Account; environment: Environment; region: Region },
): Promise<Finding> {
  const about = account.name;
  const error = await troubleOf(ask(account, environment, region));
  const permitted = permittedIn(environment, action);
  if (error === undefined) return { code: 'may-read', about, ...permitted };
  const problem = oneLine(error.message, 300);
  const isForbidden = error instanceof NcloudError && ['permission', 'authentication'].includes(error.kind);
  return isForbidden
    ? { code: 'may-not-read', about, ...permitted, problem }
    : { code: 'unread', about, action: `${action} (${environment})`, problem };
}

/** One that exists, of those that policies name. */
async function regionToAsk(account: Account, environment: Environment): Promise<Region | undefined> {
  if ((await troubleOf(account.regions(environment))) !== undefined) return undefined;
  const named = account.places.filter((place) => place.environment === environment).map(({ region }) => region);
  return (await account.regions(environment)).find(({ regionCode }) => named.includes(regionCode));
}

/** Which acts a policy may lead to; without policies, those that every termination takes. */
const ACTS: readonly { name: ActionName; isFor: (policy: Policy | undefined) => boolean }[] = [
  { name: 'stop', isFor: () => true },
  { name: 'terminate', isFor: () => true },
  { name: 'disassociate', isFor: () => true },
  { name: 'detach', isFor: (policy) => policy !== undefined && policy.storage !== 'refuse' },
  { name: 'deleteStorage', isFor: (policy) => policy?.storage === 'delete' },
  { name: 'releasePublicIp', isFor: (policy) => policy?.publicIp === 'release' },
  { name: 'liftProtection', isFor: (policy) => policy?.protection === 'override' },
];

function actsOf(policies: readonly Policy[], environment: Environment): Permitted[] {
  const here = policies.filter(({ select }) => select.environment === environment);
  const asking = here.length === 0 ? [undefined] : here;
  const needed = ACTS.filter(({ isFor }) => asking.some(isFor));
  return needed.map(({ name }) => permittedIn(environment, DIALECTS[environment].actions[name].action));
}

function permittedIn(environment: Environment, action: string): Permitted {
  return { environment, action, permission: PERMISSIONS[environment][action] ?? '' };
}
