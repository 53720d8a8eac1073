/**
 * Tags of VPC servers, which only NCP's Resource Manager knows (its page GetResourceList). A server that it does not
 * show, or whose tags cannot be read, is not in the answer: its tags are unknown, which is not "no tags".
 */

import * as z from 'zod';
import type { Tags } from '../termination/model.ts';
import { CloudError } from '../termination/ports/cloud.ts';
import { together } from '../together.ts';
import type { NcloudClient } from './client.ts';
import { NcloudError } from './errors.ts';
import { MOST_PAGES, reading } from './reading.ts';
import type { Reply } from './reply.ts';
import { ShapeError } from './shapes.ts';
import { knownTags } from './tags.ts';
import { DistinctRows, moved, untilStill } from './whole-list.ts';

/** Resource Manager gives no larger pages. */
const MOST_ROWS = 100;

const ACTION = 'GetResourceList';
const SERVER = { productName: 'VPCServer', resourceType: 'Server' };

/**
 * The tags of those of these servers that Resource Manager shows in the region. Throws a {@link CloudError}. Few servers of a
 * large region are asked for one by one.
 */
export function tagsOfVpcServers(
  client: NcloudClient,
  regionCode: string,
  { numbers, regionHolds = 0 }: { numbers: readonly string[]; regionHolds?: number | undefined },
): Promise<Map<string, Tags>> {
  const read = (one?: string): Promise<Resource[]> =>
    untilStill(
      () => serversOf(client, regionCode, one),
      (ms) => client.pause(ms),
    );
  return permitted(async () => {
    const isFew = numbers.length <= Math.floor(regionHolds / MOST_ROWS);
    const servers = isFew ? (await together(numbers.map((no) => () => read(no)))).flat() : await read();
    const asked = new Set(numbers);
    return new Map(
      servers.flatMap(({ resourceId, tags }) =>
        asked.has(resourceId) && tags !== undefined ? [[resourceId, tags]] : [],
      ),
    );
  });
}

/** The servers of the region, `only` the one with this number if NCP heeds it, read page after page to the end. */
async function serversOf(client: NcloudClient, regionCode: string, only?: string): Promise<Resource[]> {
  const servers = new DistinctRows<Resource>(ACTION, ({ resourceId }) => resourceId);
  const pages: Resources[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    // The newest manual of NCP uses page and size; older ones and the government cloud's use pageIndex and pageSize.
    const paging = { page, size: MOST_ROWS, pageIndex: page, pageSize: MOST_ROWS };
    const body = { ...SERVER, regionCode, ...(only === undefined ? {} : { resourceId: only }), ...paging };
    const document = await client.post({ action: ACTION, path: '/api/v1/resources', body, effect: 'read' });
    const read = readPage(document, page);
    pages.push(read);
    servers.add(read.items.flatMap((item) => resourceIn(item, regionCode)));
    if (!read.hasMore) {
      mustAgree(pages);
      return servers.rows;
    }
  }
  throw new ShapeError(`${ACTION} has no end after ${MOST_PAGES} pages`);
}

/** NCP's manual does not say whether the count is of one page or of all pages, so it has to fit one of the two. */
function mustAgree(pages: readonly Resources[]): void {
  const all = pages.reduce((sum, { items }) => sum + items.length, 0);
  const countsPages = pages.every(({ items, itemCount = items.length }) => itemCount === items.length);
  const countsAll = pages.every(({ itemCount = all }) => itemCount === all);
  if (!countsPages && !countsAll) throw moved(ACTION);
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
  tags: Tags | undefined;
}

const resourceSchema = z.object({
  resourceId: z.string().regex(/^\d+$/),
  productName: z.literal(SERVER.productName),
  resourceType: z.literal(SERVER.resourceType),
  regionCode: z.string(),
});
const tagsSchema = z.array(z.object({ tagKey: z.string().min(1), tagValue: z.string().default('') }));

/** Nothing if the item is no VPC server of this region. */
function resourceIn(item: unknown, regionCode: string): Resource[] {
  const parsed = resourceSchema.safeParse(item);
  if (!parsed.success || parsed.data.regionCode !== regionCode) return [];
  return [{ resourceId: parsed.data.resourceId, tags: tagsIn(item) }];
}

/** NCP's page names the field `tag` in the question and does not show the answer's: `tag`, `tags` or `tagList`, and only one. */
function tagsIn(item: unknown): Tags | undefined {
  const fields = Object.entries(item ?? {}).filter(([name]) => ['tag', 'tags', 'tagList'].includes(name));
  const [only, another] = fields;
  if (only === undefined || another !== undefined) return undefined;
  const parsed = tagsSchema.safeParse(only[1]);
  return parsed.success ? knownTags(parsed.data) : undefined;
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
