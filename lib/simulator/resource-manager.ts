import * as z from 'zod';
import type { Guesses } from './guesses.ts';
import { cased, nrnOf, productOf, regionCodeOf, resourceOf } from './resource.ts';
import { isTagValue } from './tag-rules.ts';
import type { Server } from './world/records.ts';
import type { World } from './world/world.ts';

/** What Resource Manager answers: JSON in and out, with HTTP statuses of its own. */
export interface ResourceAnswer {
  status: number;
  body: unknown;
  /** `0` or the errorCode, for the journal. */
  returnCode: string;
}

export type ResourceAction = (world: World, body: unknown) => ResourceAnswer;

/** Method and path to action (NCP's Resource Manager pages). */
export const resourceActions: ReadonlyMap<string, { name: string; run: ResourceAction }> = new Map([
  ['POST /api/v1/resources', { name: 'GetResourceList', run: getResourceList }],
  ['POST /api/v1/resource-tags', { name: 'AttachTag', run: attachTag }],
  ['DELETE /api/v1/resource-tags', { name: 'DetachTag', run: detachTag }],
]);

/** Guess: 400 with the errorCode of its status; two of the messages are from NCP's DetachTag page. */
export function resourceError(message: string, errorCode = '400', status = 400): ResourceAnswer {
  return { status, body: { success: false, error: { errorCode, message } }, returnCode: errorCode };
}

const tag = z.object({ tagKey: z.string().min(1), tagValue: z.string().optional() });

const listBody = z.object({
  nrn: z.string().optional(),
  productName: z.string().optional(),
  regionCode: z.string().optional(),
  resourceType: z.string().optional(),
  resourceId: z.string().optional(),
  resourceName: z.string().optional(),
  tag: z.array(tag).optional(),
  groupName: z.string().optional(),
  page: z.number().int().min(0).optional(),
  size: z.number().int().min(1).max(100).optional(),
  pageIndex: z.number().int().min(0).optional(),
  pageSize: z.number().int().min(1).max(100).optional(),
});

const tagBody = z.object({
  nrnList: z.array(z.string()).min(1),
  tagKey: z.string().min(1).max(128),
  tagValue: z.string().optional(),
});

function getResourceList(world: World, body: unknown): ResourceAnswer {
  const parsed = listBody.safeParse(body);
  if (!parsed.success) return resourceError(invalid(parsed.error));
  const wanted = parsed.data;
  const found = candidates(world, wanted.resourceId).filter((server) => isWanted(world, server, wanted));
  const { page, size, shown } = pageOf(world, wanted);
  const items = found.slice(page * size, (page + 1) * size).map((server) => resourceOf(world, server));
  const itemCount = world.guesses['resource-count'] === 'all' ? found.length : items.length;
  const hasMore = found.length > (page + 1) * size;
  return { status: 200, returnCode: '0', body: { ...shown, itemCount, hasMore, items } };
}

/** Newer pages say page and size and repeat them, older ones say pageIndex and pageSize. */
function pageOf(world: World, { page, size, pageIndex, pageSize }: z.output<typeof listBody>) {
  const how = world.guesses['resource-paging'];
  const asked = {
    both: { page: page ?? pageIndex, size: size ?? pageSize },
    page: { page, size },
    index: { page: pageIndex, size: pageSize },
  }[how];
  const given = { page: asked.page ?? 0, size: asked.size ?? 20 };
  return { ...given, shown: how === 'index' ? {} : given };
}

/** Upserts: an existing key gets the new value (NCP's page). An unknown NRN fails the whole call (guess). */
function attachTag(world: World, body: unknown): ResourceAnswer {
  const parsed = tagBody.safeParse(body);
  if (!parsed.success) return resourceError(missing(body) ?? invalid(parsed.error));
  const { nrnList, tagKey, tagValue = '' } = parsed.data;
  if (tagValue === '') return resourceError("'tagValue' cannot be empty.");
  if (!isTagValue(tagValue)) return resourceError("'tagValue' is invalid.");
  const servers = nrnList.map((nrn) => serverOf(world, nrn));
  if (!servers.every((server) => server !== undefined)) return resourceError('The resource does not exist.');
  for (const server of servers) world.changeTag(server.serverInstanceNo, tagKey, tagValue, 'call');
  return { status: 200, returnCode: '0', body: { success: true } };
}

/** With a value named, only a tag of that value is taken off (guess). */
function detachTag(world: World, body: unknown): ResourceAnswer {
  const parsed = tagBody.safeParse(body);
  if (!parsed.success) return resourceError(missing(body) ?? invalid(parsed.error));
  const { nrnList, tagKey, tagValue } = parsed.data;
  const servers = nrnList.map((nrn) => serverOf(world, nrn));
  if (!servers.every((server) => server !== undefined)) return resourceError('The resource does not exist.');
  for (const { serverInstanceNo } of servers) {
    const value = world.tagsOf(serverInstanceNo).get(tagKey);
    if (tagValue === undefined || tagValue === value) world.changeTag(serverInstanceNo, tagKey, undefined, 'call');
  }
  return { status: 200, returnCode: '0', body: { success: true } };
}

function isWanted(world: World, server: Server, wanted: z.output<typeof listBody>): boolean {
  const tags = world.tagsOf(server.serverInstanceNo);
  const how = world.guesses['resource-case'];
  return (
    matches(wanted.nrn, nrnOf(world, server)) &&
    matches(wanted.productName, productOf(server), how) &&
    matches(wanted.regionCode, regionCodeOf(world, server)) &&
    matches(wanted.resourceType, 'Server', how) &&
    (tags.size > 0 || world.guesses.untagged !== 'unlisted') &&
    matches(wanted.resourceId, server.serverInstanceNo) &&
    matches(wanted.resourceName, server.serverName) &&
    // No simulated server is in a resource group.
    matches(wanted.groupName, '') &&
    (wanted.tag ?? []).every(({ tagKey, tagValue }) => tags.has(tagKey) && matches(tagValue, tags.get(tagKey) ?? ''))
  );
}

function candidates(world: World, resourceId: string | undefined): Server[] {
  if (!resourceId) return [...world.servers.values()];
  const server = world.servers.get(resourceId);
  return server ? [server] : [];
}

function serverOf(world: World, nrn: string): Server | undefined {
  const server = world.servers.get(nrn.slice(nrn.lastIndexOf('/') + 1));
  return server && nrnOf(world, server) === nrn ? server : undefined;
}

function missing(body: unknown): string | undefined {
  const given: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {};
  const name = ['nrnList', 'tagKey'].find((each) => isEmpty(given[each]));
  return name && `'${name}' cannot be empty.`;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

function matches(asked: string | undefined, value: string, how: Guesses['resource-case'] = 'documented'): boolean {
  return asked === undefined || asked === '' || cased(asked, how) === cased(value, how);
}

function invalid(error: z.ZodError): string {
  return `'${error.issues[0]?.path.join('.') ?? ''}' is invalid.`;
}
