/** NCP's lists, read to the end. An incomplete list is an error, because a missing row would count as gone. */

import type { Attachment } from '../termination/attachments.ts';
import type { Environment, Tags, UnknownTags } from '../termination/model.ts';
import { together } from '../together.ts';
import type { NcloudClient } from './client.ts';
import { DIALECTS, NUMBERS_A_CALL } from './dialects.ts';
import type { Parameters } from './parameters.ts';
import { reading } from './reading.ts';
import type { Reply, Tree } from './reply.ts';
import {
  type InstanceTag,
  type ListedServer,
  type ListedStorage,
  type Region,
  readInstanceTag,
  readPublicIp,
  readRegion,
  readServer,
  readStorage,
  ShapeError,
} from './shapes.ts';
import { knownTags } from './tags.ts';
import { type Page, wholeList } from './whole-list.ts';

/** Large pages, because a tag that moves to a page that was already read would be missed. */
const TAGS_A_PAGE = 1_000;

/** How the rows of a list are read. */
interface Reader<T> {
  action: string;
  list: string;
  /** Absent: as many rows as the platform's pages have. */
  pageSize?: number;
  /** The parameter that asks for certain numbers only. */
  numbers: string;
  one: (tree: Tree) => T;
  no: (row: T) => string;
  /** What tells a row from the others; absent: its number. */
  keyOf?: (row: T) => string;
}

const SERVERS: Reader<ListedServer> = {
  action: 'getServerInstanceList',
  list: 'serverInstanceList',
  numbers: 'serverInstanceNoList',
  one: readServer,
  no: (row) => row.serverInstanceNo,
};

const STORAGES: Reader<ListedStorage> = {
  action: 'getBlockStorageInstanceList',
  list: 'blockStorageInstanceList',
  numbers: 'blockStorageInstanceNoList',
  one: readStorage,
  no: (row) => row.no,
};

const PUBLIC_IPS: Reader<Attachment> = {
  action: 'getPublicIpInstanceList',
  list: 'publicIpInstanceList',
  numbers: 'publicIpInstanceNoList',
  one: readPublicIp,
  no: (row) => row.no,
};

const TAGS: Reader<InstanceTag> = {
  action: 'getInstanceTagList',
  list: 'instanceTagList',
  pageSize: TAGS_A_PAGE,
  numbers: 'instanceNoList',
  one: readInstanceTag,
  no: (row) => row.instanceNo,
  keyOf: ({ instanceNo, tagKey, tagValue }) => JSON.stringify([instanceNo, tagKey, tagValue]),
};

export class Lists {
  readonly #client: NcloudClient;
  readonly #environment: Environment;
  readonly #signal: AbortSignal | undefined;

  /** `signal` ends its calls. */
  constructor(client: NcloudClient, environment: Environment, signal?: AbortSignal) {
    this.#client = client;
    this.#environment = environment;
    this.#signal = signal;
  }

  /** The same, ended by that signal. */
  until(signal: AbortSignal): Lists {
    return new Lists(this.#client, this.#environment, signal);
  }

  /** The servers of a region, or those of them that have one of these numbers. */
  servers(region: Region, numbers?: readonly string[]): Promise<ListedServer[]> {
    return this.#rows(SERVERS, this.#in(region), numbers);
  }

  /** Volumes of every type, because one of a type that is not known counts as additional, and a filter would hide it. */
  storages(region: Region, numbers?: readonly string[]): Promise<ListedStorage[]> {
    return this.#rows(STORAGES, this.#in(region), numbers);
  }

  /** Volumes on one server. */
  async storagesOf(region: Region, serverInstanceNo: string): Promise<ListedStorage[]> {
    const rows = await this.#rows(STORAGES, { ...this.#in(region), serverInstanceNo });
    return reading(() => {
      const other = rows.find((row) => row.serverInstanceNo !== serverInstanceNo);
      if (other === undefined) return Promise.resolve(rows);
      throw new ShapeError(`${STORAGES.action} shows ${other.no}, which is not on ${serverInstanceNo}`);
    });
  }

  publicIps(region: Region, numbers?: readonly string[]): Promise<Attachment[]> {
    return this.#rows(PUBLIC_IPS, this.#in(region), numbers);
  }

  /** How many servers a region holds. One call, of one server. */
  count(region: Region): Promise<number> {
    return reading(async () => {
      const body = await this.#read(SERVERS.action, { ...this.#in(region), pageNo: 1, pageSize: 1 });
      return totalOf(body, SERVERS.action);
    });
  }

  /** The tags of these servers (Classic). */
  async tags(numbers: readonly string[]): Promise<Map<string, Tags | UnknownTags>> {
    const rows = Map.groupBy(await this.#rows(TAGS, {}, numbers), TAGS.no);
    return new Map(numbers.map((no) => [no, knownTags(rows.get(no) ?? [])]));
  }

  regions(): Promise<Region[]> {
    return reading(async () => {
      const body = await this.#read('getRegionList', {});
      const regions = items(body['regionList']).map(readRegion);
      for (const code of twice(regions.map((region) => region.regionCode))) {
        throw new ShapeError(`getRegionList shows ${code} twice`);
      }
      return regions;
    });
  }

  #in(region: Region): Parameters {
    return DIALECTS[this.#environment].inRegion(region);
  }

  /** All rows, or those with these numbers. Without numbers there is no call, because NCP reads an empty list as everything. */
  async #rows<T>(reader: Reader<T>, parameters: Parameters, numbers?: readonly string[]): Promise<T[]> {
    if (numbers === undefined) return this.#whole(reader, parameters);
    const calls = Array.from({ length: Math.ceil(numbers.length / NUMBERS_A_CALL) }, (_, n) => {
      const some = numbers.slice(n * NUMBERS_A_CALL, (n + 1) * NUMBERS_A_CALL);
      return (signal: AbortSignal) =>
        this.until(signal).#whole(reader, { ...parameters, [reader.numbers]: some }, new Set(some));
    });
    return (await together(calls, this.#signal)).flat();
  }

  #read(action: string, parameters: Parameters): Promise<Reply['body']> {
    const { prefix } = DIALECTS[this.#environment];
    return this.#client.call({ prefix, action, parameters, effect: 'read', signal: this.#signal });
  }

  #whole<T>(reader: Reader<T>, parameters: Parameters, asked?: ReadonlySet<string>): Promise<T[]> {
    const { action, keyOf = reader.no } = reader;
    const page = (pageNo: number, signal?: AbortSignal): Promise<Page<T>> =>
      (signal === undefined ? this : this.until(signal)).#page(reader, { ...parameters, pageNo }, asked);
    const pause = (ms: number): Promise<void> => this.#client.pause(ms);
    return reading(() => wholeList({ action, page, keyOf, pause, signal: this.#signal }));
  }

  async #page<T>(reader: Reader<T>, parameters: Parameters, asked?: ReadonlySet<string>): Promise<Page<T>> {
    const { action, list, pageSize = DIALECTS[this.#environment].pageSize, one, no } = reader;
    const body = await this.#read(action, { ...parameters, pageSize });
    const rows = items(body[list]).map(one);
    // A reply to another question may have left out what was asked for.
    const other = rows.find((row) => asked?.has(no(row)) === false);
    if (other !== undefined) throw new ShapeError(`${action} shows ${no(other)}, which was not asked for`);
    return { rows, totalRows: totalOf(body, action) };
  }
}

function totalOf(body: Reply['body'], action: string): number {
  const { totalRows } = body;
  if (typeof totalRows === 'string' && /^\d+$/.test(totalRows)) return Number(totalRows);
  throw new ShapeError(`${action} does not say how many there are (totalRows)`);
}

function twice(codes: readonly string[]): string[] {
  return codes.filter((code, at) => codes.indexOf(code) !== at);
}

function items(list: Tree | undefined): Tree[] {
  if (!Array.isArray(list)) throw new ShapeError('the reply holds no list');
  return list;
}
