/**
 * Tags of VPC servers, which only NCP's Resource Manager knows (its page GetResourceList). A server that it does not show, or
 * whose tags cannot be read, has unknown tags, which is not "no tags", and the answer says why.
 */

import * as z from 'zod';
import { type Tags, UnknownTags } from '../termination/model.ts';
import { oneLine } from '../termination/one-line.ts';
import { CloudError } from '../termination/ports/cloud.ts';
import { together } from '../together.ts';
import type { NcloudClient } from './client.ts';
import { NcloudError } from './errors.ts';
import { GUESSES, type Untagged } from './guesses.ts';
import { MOST_PAGES, reading } from './reading.ts';
import type { Reply } from './reply.ts';
import { ShapeError } from './shapes.ts';
import { knownTags } from './tags.ts';
import { DistinctRows, moved, untilStill } from './whole-list.ts';

/** Resource Manager gives no larger pages. */
const MOST_ROWS = 100;
/** Servers that are asked for by number because the list did not tell their tags. */
const MOST_ASKED_AGAIN = 25;
/** Of everything that an account holds. */
const MOST_PAGES_OF_ALL = 20;

const ACTION = 'GetResourceList';
const SERVER = { productName: 'VPCServer', resourceType: 'Server' };

/** What a list is narrowed by. */
type Question = Partial<typeof SERVER & { regionCode: string; resourceId: string }>;

type TagsOf = Map<string, Tags | UnknownTags>;

/**
 * The tags of each of these servers of the region. Throws a {@link CloudError}. Few servers of a large region are asked for one
 * by one. Those whose tags the list does not tell are asked for once more, by nothing but their number.
 */
export function tagsOfVpcServers(
  client: NcloudClient,
  regionCode: string,
  { numbers, regionHolds = 0 }: { numbers: readonly string[]; regionHolds?: number | undefined },
): Promise<TagsOf> {
  const look: Look = (question, mostPages = MOST_PAGES) =>
    untilStill(
      () => resourcesOf(client, question, { regionCode, mostPages }),
      (ms) => client.pause(ms),
    );
  return permitted(async () => {
    const isFew = numbers.length <= Math.floor(regionHolds / MOST_ROWS);
    const here = { ...SERVER, regionCode };
    const asked = numbers.map((no) => () => look({ ...here, resourceId: no }));
    const listed = isFew ? (await together(asked)).flat() : await widening(look, regionCode);
    const first = tagsAmong(listed, numbers);
    const again = numbers.filter((no) => first.get(no) instanceof UnknownTags).slice(0, MOST_ASKED_AGAIN);
    const second = await together(again.map((no) => () => unlessRefused(look({ resourceId: no }, 1))));
    const told = again.flatMap((no, index) => {
      const shown = (second[index] ?? []).filter(({ resourceId }) => resourceId === no);
      return shown.length === 0 ? [] : [[no, tagsOfOne(shown)] as const];
    });
    return new Map([...first, ...told]);
  });
}

/** An empty list of a region that has servers means that NCP writes the region, or the kind, in another way. */
async function widening(look: Look, regionCode: string): Promise<Resource[]> {
  for (const question of [{ ...SERVER, regionCode }, SERVER]) {
    const listed = await look(question);
    if (listed.length > 0) return listed;
  }
  return unlessRefused(look({}, MOST_PAGES_OF_ALL));
}

type Look = (question: Question, mostPages?: number) => Promise<Resource[]>;

/** What another look said counts if this one is not answered, or too long. */
async function unlessRefused(look: Promise<Resource[]>): Promise<Resource[]> {
  try {
    return await look;
  } catch (error) {
    if (error instanceof ShapeError || (error instanceof NcloudError && error.kind === 'refused')) return [];
    throw error;
  }
}

function tagsAmong(resources: readonly Resource[], numbers: readonly string[]): TagsOf {
  const byNumber = Map.groupBy(resources, ({ resourceId }) => resourceId);
  return new Map(numbers.map((no) => [no, tagsOfOne(byNumber.get(no) ?? [])]));
}

function tagsOfOne(shown: readonly Resource[]): Tags | UnknownTags {
  const servers = shown.filter(({ isServer }) => isServer);
  const [only, another] = servers.length > 0 ? servers : shown;
  if (only === undefined) return new UnknownTags({ kind: 'not-listed' });
  return another === undefined || !only.isServer ? only.tags : new UnknownTags({ kind: 'listed-twice' });
}

/** Page after page to the end. */
async function resourcesOf(
  client: NcloudClient,
  question: Question,
  { regionCode, mostPages }: { regionCode: string; mostPages: number },
): Promise<Resource[]> {
  const seen = new DistinctRows<string>(ACTION, (resourceId) => resourceId);
  const pages: Resources[] = [];
  const resources: Resource[] = [];
  for (let page = 0; page < mostPages; page += 1) {
    const body = { ...question, ...pagingOf(page) };
    const document = await client.post({ action: ACTION, path: '/api/v1/resources', body, effect: 'read' });
    const read = readPage(document, page);
    pages.push(read);
    const here = read.items.flatMap((item) => resourceIn(item, regionCode, client.untagged));
    seen.add([...new Set(here.filter(({ isServer }) => isServer).map(({ resourceId }) => resourceId))]);
    resources.push(...here);
    if (!read.hasMore) {
      mustAgree(pages);
      return resources;
    }
  }
  throw new ShapeError(`${ACTION} has no end after ${mostPages} pages`);
}

const PAGING = { page: ['page', 'size'], index: ['pageIndex', 'pageSize'] } as const;

function pagingOf(page: number): Record<string, number> {
  const named = GUESSES['resource-paging'].map((name) => PAGING[name]);
  return Object.fromEntries(
    named.flatMap(([number, size]) => [
      [number, page],
      [size, MOST_ROWS],
    ]),
  );
}

/** NCP's manual does not say whether the count is of one page or of all pages, so it has to fit one of the two. */
function mustAgree(pages: readonly Resources[]): void {
  const all = pages.reduce((sum, { items }) => sum + items.length, 0);
  const fits = {
    page: pages.every(({ items, itemCount = items.length }) => itemCount === items.length),
    all: pages.every(({ itemCount = all }) => itemCount === all),
  };
  if (!GUESSES['resource-count'].some((counted) => fits[counted])) throw moved(ACTION);
}

const number = z.string().regex(/^\d+$/).transform(Number);
const pageSchema = z.object({
  page: number.optional(),
  pageIndex: number.optional(),
  itemCount: number.optional(),
  hasMore: z.enum(['true', 'false']).transform((value) => value === 'true'),
  items: z.array(z.unknown()),
});

interface Resources {
  items: unknown[];
  itemCount?: number | undefined;
  hasMore: boolean;
}

/** Refuses a page that contradicts itself or the question, because it may leave rows out. */
function readPage(document: Reply['body'], asked: number): Resources {
  const parsed = pageSchema.safeParse(document);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ShapeError(`${ACTION} answered in a way that banap cannot read: ${fields.join(', ')}`);
  }
  const { page = asked, pageIndex = asked, itemCount, hasMore, items } = parsed.data;
  const other = [page, pageIndex].find((each) => each !== asked);
  if (other !== undefined) throw new ShapeError(`${ACTION} answered page ${other} instead of ${asked}`);
  if (itemCount !== undefined && itemCount < items.length) {
    throw new ShapeError(`${ACTION} counts ${itemCount} and shows ${items.length}`);
  }
  if (hasMore && items.length === 0) throw new ShapeError(`${ACTION} says that there is more and shows nothing`);
  return { items, itemCount, hasMore };
}

interface Resource {
  resourceId: string;
  /** Or something else that has the number. */
  isServer: boolean;
  tags: Tags | UnknownTags;
}

const text = z.string().catch('');
const resourceSchema = z.object({
  resourceId: z.string().regex(/^\d+$/),
  productName: text,
  resourceType: text,
  regionCode: text,
});
const tagsSchema = z.array(z.object({ tagKey: z.string().min(1), tagValue: z.string().default('') }));

/** Nothing if the item has no number of an instance. */
function resourceIn(item: unknown, regionCode: string, untagged: readonly Untagged[]): Resource[] {
  const parsed = resourceSchema.safeParse(item);
  if (!parsed.success) return [];
  const { resourceId, productName, resourceType, regionCode: shown } = parsed.data;
  const isServer = isSameWord(productName, SERVER.productName) && isSameWord(resourceType, SERVER.resourceType);
  const why = isServer
    ? isSameRegion(shown, regionCode)
      ? undefined
      : ({ kind: 'other-region', shown: oneLine(shown, MOST_SHOWN) } as const)
    : ({ kind: 'other-type', shown: oneLine(`${productName} ${resourceType}`.trim(), MOST_SHOWN) } as const);
  return [{ resourceId, isServer, tags: why === undefined ? tagsIn(item, untagged) : new UnknownTags(why) }];
}

/** Each of 200 servers repeats it in one checkpoint. */
const MOST_SHOWN = 40;

function isSameWord(shown: string, documented: string): boolean {
  return GUESSES['resource-case'] === 'any' ? shown.toLowerCase() === documented.toLowerCase() : shown === documented;
}

function isSameRegion(shown: string, regionCode: string): boolean {
  const others: Readonly<Record<string, readonly string[]>> = GUESSES['resource-region'];
  return shown === regionCode || (Object.hasOwn(others, regionCode) && others[regionCode]?.includes(shown) === true);
}

function tagsIn(item: unknown, untagged: readonly Untagged[]): Tags | UnknownTags {
  const { tag } = z.looseObject({ tag: z.unknown().optional() }).parse(item);
  // A null has become an empty text by now.
  const none = tag === undefined ? 'missing' : tag === '' ? 'null' : undefined;
  if (none !== undefined) return untagged.includes(none) ? {} : new UnknownTags({ kind: none });
  const parsed = tagsSchema.safeParse(tag);
  return parsed.success ? knownTags(parsed.data) : new UnknownTags({ kind: 'unreadable' });
}

/** Says what is missing where the keys may not do this. */
function permitted<T>(work: () => Promise<T>): Promise<T> {
  return reading(async () => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NcloudError) || error.kind !== 'permission') throw error;
      const wanted = "let the sub account view NCP's Resource Manager (View/getResourceList)";
      const message = `the keys may not read the tags of VPC servers: ${wanted}; ${error.message}`;
      const { action: of, returnCode } = error;
      const failure = { kind: 'may-not-read-tags', of, code: returnCode, message } as const;
      throw new CloudError(message, { fatal: true, returnCode, failure, cause: error });
    }
  });
}
