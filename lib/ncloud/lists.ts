/** NCP's lists, read to the end. An incomplete list is an error: what it does not hold would be taken for gone. */

import type { Environment, PublicIp, Tags } from '../termination/model.ts';
import type { NcloudClient } from './client.ts';
import { DIALECTS, NUMBERS_A_CALL, PAGE_SIZE } from './dialects.ts';
import type { Parameters } from './parameters.ts';
import { MOST_PAGES, reading } from './reading.ts';
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

/** Few pages, because a tag that moves to a page that was read already would be missed. */
const TAGS_A_PAGE = 1_000;

/** How an item of a list is read, and what tells it from the others. */
interface Reader<T> {
  one: (tree: Tree) => T;
  no: (item: T) => string;
}

const server: Reader<ListedServer> = { one: readServer, no: (item) => item.serverInstanceNo };
const storage: Reader<ListedStorage> = { one: readStorage, no: (item) => item.blockStorageInstanceNo };
const publicIp: Reader<PublicIp> = { one: readPublicIp, no: (item) => item.publicIpInstanceNo };

export class Lists {
  readonly #client: NcloudClient;
  readonly #environment: Environment;

  constructor(client: NcloudClient, environment: Environment) {
    this.#client = client;
    this.#environment = environment;
  }

  /** The servers of a region, or those of them that have one of these numbers. */
  servers(region: Region, numbers?: readonly string[]): Promise<ListedServer[]> {
    return this.#chunked(numbers, (some) =>
      this.#all(
        'getServerInstanceList',
        'serverInstanceList',
        { ...this.#in(region), serverInstanceNoList: some },
        server,
      ),
    );
  }

  storages(region: Region, numbers?: readonly string[]): Promise<ListedStorage[]> {
    return this.#chunked(numbers, (some) =>
      this.#all(
        'getBlockStorageInstanceList',
        'blockStorageInstanceList',
        { ...this.#in(region), blockStorageInstanceNoList: some },
        storage,
      ),
    );
  }

  publicIps(region: Region, numbers?: readonly string[]): Promise<PublicIp[]> {
    return this.#chunked(numbers, (some) =>
      this.#all(
        'getPublicIpInstanceList',
        'publicIpInstanceList',
        { ...this.#in(region), publicIpInstanceNoList: some },
        publicIp,
      ),
    );
  }

  /** How many servers a region holds. One call, of one server. */
  count(region: Region): Promise<number> {
    return reading(async () => {
      const action = 'getServerInstanceList';
      const body = await this.#read(action, { ...this.#in(region), pageNo: 1, pageSize: 1 });
      return totalOf(body, action);
    });
  }

  /** The tags of these servers (Classic). Those whose rows cannot be read, or contradict each other, are not in the answer. */
  async tags(numbers: readonly string[]): Promise<Map<string, Tags>> {
    const rows = Map.groupBy(await this.#chunked(numbers, (some) => this.#tagRows(some)), (row) => row.instanceNo);
    return new Map(
      numbers.flatMap((no) => {
        const tags = knownTags(rows.get(no) ?? []);
        return tags === undefined ? [] : [[no, tags]];
      }),
    );
  }

  regions(): Promise<Region[]> {
    return reading(async () => {
      const body = await this.#read('getRegionList', {});
      return items(body['regionList']).map(readRegion);
    });
  }

  #in(region: Region): Parameters {
    return DIALECTS[this.#environment].inRegion(region);
  }

  async #chunked<T>(numbers: readonly string[] | undefined, read: (some?: string[]) => Promise<T[]>): Promise<T[]> {
    if (numbers === undefined) return read();
    const found: T[] = [];
    for (let from = 0; from < numbers.length; from += NUMBERS_A_CALL) {
      found.push(...(await read(numbers.slice(from, from + NUMBERS_A_CALL))));
    }
    return found;
  }

  #read(action: string, parameters: Parameters): Promise<Reply['body']> {
    const { prefix } = DIALECTS[this.#environment];
    return this.#client.call({ prefix, action, parameters, effect: 'read' });
  }

  /** Page after page until the caller has enough. */
  async *#pages(action: string, list: string, parameters: Parameters, pageSize: number): AsyncGenerator<Page> {
    for (let pageNo = 1; pageNo <= MOST_PAGES; pageNo += 1) {
      const body = await this.#read(action, { ...parameters, pageNo, pageSize });
      yield { rows: items(body[list]), totalRows: totalOf(body, action) };
    }
    throw new ShapeError(`${action} has no end after ${MOST_PAGES} pages`);
  }

  #all<T>(action: string, list: string, parameters: Parameters, read: Reader<T>): Promise<T[]> {
    return reading(async () => {
      const found = new Map<string, T>();
      let promised = 0;
      for await (const { rows, totalRows } of this.#pages(action, list, parameters, PAGE_SIZE)) {
        const before = found.size;
        for (const item of rows.map(read.one)) found.set(read.no(item), item);
        promised = totalRows;
        if (rows.length < PAGE_SIZE || found.size === before) break;
      }
      return complete([...found.values()], promised, action);
    });
  }

  /** Every row, twice where one page shows it twice; as many as all pages say alike. */
  #tagRows(numbers: readonly string[] | undefined): Promise<InstanceTag[]> {
    return reading(async () => {
      const action = 'getInstanceTagList';
      const found: InstanceTag[] = [];
      const seen = new Set<string>();
      let promised: number | undefined;
      for await (const page of this.#pages(action, 'instanceTagList', { instanceNoList: numbers }, TAGS_A_PAGE)) {
        promised ??= page.totalRows;
        const rows = page.rows.map(readInstanceTag);
        // What is on two pages has moved, and something else may have moved past us.
        const hasMoved = page.totalRows !== promised || rows.some((row) => seen.has(nameOf(row)));
        if (hasMoved) throw new ShapeError(`${action} changed while it was read`);
        for (const row of rows) seen.add(nameOf(row));
        found.push(...rows);
        if (page.rows.length === 0 || found.length >= promised) break;
      }
      return complete(found, promised ?? 0, action);
    });
  }
}

function nameOf({ instanceNo, tagKey }: InstanceTag): string {
  return `${instanceNo} ${tagKey}`;
}

interface Page {
  rows: Tree[];
  /** How many rows all pages hold together. */
  totalRows: number;
}

function totalOf(body: Reply['body'], action: string): number {
  const { totalRows } = body;
  if (typeof totalRows === 'string' && /^\d+$/.test(totalRows)) return Number(totalRows);
  throw new ShapeError(`${action} does not say how many there are (totalRows)`);
}

/** A server that came or went between two pages moves the rest: fewer than promised means that some were missed. */
function complete<T>(found: T[], totalRows: number, action: string): T[] {
  if (found.length < totalRows) throw new ShapeError(`${action} is incomplete: ${found.length} of ${totalRows}`);
  return found;
}

function items(list: Tree | undefined): Tree[] {
  if (!Array.isArray(list)) throw new ShapeError('the reply holds no list');
  return list;
}
