import type { Exchange } from '../../ncloud/client.ts';
import { type Scope, type Tags, UnknownTags } from '../../termination/model.ts';
import { oneLine } from '../../termination/one-line.ts';
import { jsonFrom } from '../../text/json.ts';
import { type Account, troubleOf } from '../account.ts';
import type { Finding, Unknown } from '../finding.ts';
import type { World } from '../world.ts';
import { isAccepted } from './keys.ts';

/** Of how many servers the tags are known, and how Resource Manager shows them. What is unknown keeps a server. */
export async function tagsFindings({ accounts }: Pick<World, 'accounts'>): Promise<Finding[]> {
  return (await Promise.all(accounts.map(ofAccount))).flat();
}

async function ofAccount(account: Account): Promise<Finding[]> {
  if (!(await isAccepted(account))) return [{ code: 'not-looked', about: account.name, because: 'keys' }];
  const found: Finding[] = [];
  for (const place of account.places) found.push(await ofPlace(account, place));
  return found;
}

async function ofPlace(account: Account, place: Scope): Promise<Finding> {
  const about = account.name;
  const known = await account.regions(place.environment).catch(() => []);
  if (!known.some(({ regionCode }) => regionCode === place.region)) {
    return { code: 'not-looked', about, because: 'regions' };
  }
  const cloud = account.cloud(place);
  let numbers: readonly string[] = [];
  let tags: ReadonlyMap<string, Tags | UnknownTags> = new Map();
  const from = account.exchanges.length;
  const error = await troubleOf(
    (async () => {
      numbers = [...(await cloud.allNumbers())];
      tags = await cloud.tags(numbers);
    })(),
  );
  if (error !== undefined) {
    return {
      code: 'unread',
      about,
      action: `tags (${place.environment} ${place.region})`,
      problem: oneLine(error.message, 300),
    };
  }
  if (numbers.length === 0) return { code: 'no-servers', about, ...place };
  const items = itemsIn(account.exchanges.slice(from));
  const looks = [...Map.groupBy(items, lookOf)].map(([look, some]) => `${look}: ${some.length}`);
  const unknown = unknownIn(tags);
  const servers = numbers.length;
  return unknown.length === 0
    ? { code: 'tags-known', about, ...place, servers, looks }
    : { code: 'tags-unknown', about, ...place, servers, unknown, looks };
}

type Item = Readonly<Record<string, unknown>>;

function unknownIn(tags: ReadonlyMap<string, Tags | UnknownTags>): Unknown[] {
  const missing = [...tags].flatMap(([no, one]) => (one instanceof UnknownTags ? [{ no, why: one.why }] : []));
  return [...Map.groupBy(missing, ({ why }) => JSON.stringify(why)).values()].flatMap((some) => {
    const [first] = some;
    return first === undefined ? [] : [{ why: first.why, servers: some.length, example: first.no }];
  });
}

/** The things that Resource Manager listed, each once: pages are read twice to see whether they stand still. */
function itemsIn(exchanges: readonly Exchange[]): Item[] {
  const listed = exchanges
    .filter(({ action }) => action === 'GetResourceList')
    .flatMap(({ answer }) => {
      const document = jsonFrom(answer.text);
      const items: unknown = isRecord(document) ? document['items'] : undefined;
      return Array.isArray(items) ? items.filter(isRecord) : [];
    });
  return [...new Map(listed.map((item) => [String(item['resourceId']), item])).values()];
}

/** In which field tags stand, and as what: `tag: list`, `tag: empty list`, `tags: null`. */
function lookOf(item: Item): string {
  const fields = Object.entries(item).filter(([name]) => /tag/i.test(name));
  if (fields.length === 0) return 'no field';
  return fields.map(([name, value]) => `${oneLine(name, 30)} ${kindOf(value)}`).join(' and ');
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'empty list' : 'list';
  return typeof value;
}

function isRecord(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
