import { ActionRefused } from '../errors.ts';
import type { Environment } from '../regions.ts';
import type { Parameters } from './parameters.ts';
import type { ListReply, ReplyValue } from './reply.ts';

export interface ListOptions<Thing> {
  listName: string;
  environment: Environment;
  shape: (thing: Thing) => ReplyValue;
  /** What `sortedBy` may name; the first is the default. */
  sortKeys: Readonly<Record<string, (thing: Thing) => string>>;
}

/** Sorts, counts, then cuts out the page asked for: totalRows is the number before paging (NCP's list data types). */
export function listReply<Thing>(
  things: readonly Thing[],
  parameters: Parameters,
  options: ListOptions<Thing>,
): ListReply {
  const sorted = sort(things, parameters, options);
  const { offset, size } = pageOf(parameters, options.environment);
  const rows = sorted.slice(offset, offset + size).map(options.shape);
  return { totalRows: sorted.length, listName: options.listName, rows };
}

/** A list of what an action touched, without paging. */
export function touchedReply<Thing>(
  listName: string,
  things: readonly Thing[],
  shape: (thing: Thing) => ReplyValue,
): ListReply {
  return { totalRows: things.length, listName, rows: things.map(shape) };
}

/** Classic says ascending and descending, VPC's users say ASC and DESC; the sort keys are case-insensitive (guess). */
function sort<Thing>(things: readonly Thing[], parameters: Parameters, options: ListOptions<Thing>): readonly Thing[] {
  const sortedBy = parameters.oneOf('sortedBy', Object.keys(options.sortKeys));
  const order = parameters.oneOf('sortingOrder', ['ascending', 'descending', 'asc', 'desc'] as const);
  const key = options.sortKeys[sortedBy ?? ''] ?? Object.values(options.sortKeys)[0];
  // Neither named: the order of the fleet, which is already the order of creation.
  if (!key || (sortedBy === undefined && order === undefined)) return things;
  const direction = order?.startsWith('desc') ? -1 : 1;
  const collator = new Intl.Collator('en', { numeric: true });
  return things.toSorted((a, b) => direction * collator.compare(key(a), key(b)));
}

/** NCP's VPC list pages. */
const LARGEST_VPC_PAGE = 1000;

/**
 * Pages count from 1; guess: 0 is the first too, and a pageSize of none, in Classic of 0, means everything. VPC refuses a
 * pageNo without pageSize ("conditional" on its list pages) and a size that is not 1 to 1,000; the code is a guess.
 */
function pageOf(parameters: Parameters, environment: Environment): { offset: number; size: number } {
  const pageNo = parameters.number('pageNo');
  const pageSize = parameters.number('pageSize');
  const isWrong = pageSize === undefined ? pageNo !== undefined : pageSize < 1 || pageSize > LARGEST_VPC_PAGE;
  if (environment === 'vpc' && isWrong) throw new ActionRefused('900', 'pageSize');
  const size = pageSize || Number.POSITIVE_INFINITY;
  const page = Math.max(1, pageNo ?? 1);
  return { offset: page === 1 ? 0 : (page - 1) * size, size };
}
