/** NCP's lists, read to the end. An incomplete list is an error: what it does not hold would be taken for gone. */

import { CloudError } from '../termination/cloud.ts';
import type { Environment, PublicIp } from '../termination/model.ts';
import type { NcloudClient } from './client.ts';
import { DIALECTS, NUMBERS_A_CALL, PAGE_SIZE } from './dialects.ts';
import { NcloudError } from './errors.ts';
import type { Parameters } from './parameters.ts';
import type { Tree } from './reply.ts';
import {
  type ListedServer,
  type ListedStorage,
  type Region,
  readPublicIp,
  readRegion,
  readServer,
  readStorage,
  ShapeError,
} from './shapes.ts';

const MOST_PAGES = 1_000;

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

  regions(): Promise<Region[]> {
    return reading(async () => {
      const { prefix } = DIALECTS[this.#environment];
      const body = await this.#client.call({ prefix, action: 'getRegionList', parameters: {}, effect: 'read' });
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

  #all<T>(action: string, list: string, parameters: Parameters, read: Reader<T>): Promise<T[]> {
    return reading(async () => {
      const found = new Map<string, T>();
      for (let pageNo = 1; pageNo <= MOST_PAGES; pageNo += 1) {
        const body = await this.#client.call({
          prefix: DIALECTS[this.#environment].prefix,
          action,
          parameters: { ...parameters, pageNo, pageSize: PAGE_SIZE },
          effect: 'read',
        });
        const page = items(body[list]);
        const before = found.size;
        for (const item of page.map(read.one)) found.set(read.no(item), item);
        const isLast = page.length < PAGE_SIZE || found.size === before;
        if (isLast) return complete([...found.values()], body['totalRows'], action);
      }
      throw new ShapeError(`${action} has no end after ${MOST_PAGES} pages`);
    });
  }
}

/** A server that came or went between two pages moves the rest: fewer than promised means that some were missed. */
function complete<T>(found: T[], totalRows: Tree | undefined, action: string): T[] {
  if (typeof totalRows !== 'string' || !/^\d+$/.test(totalRows)) {
    throw new ShapeError(`${action} does not say how many there are (totalRows)`);
  }
  if (found.length < Number(totalRows)) {
    throw new ShapeError(`${action} is incomplete: ${found.length} of ${totalRows}`);
  }
  return found;
}

function items(list: Tree | undefined): Tree[] {
  if (!Array.isArray(list)) throw new ShapeError('the reply holds no list');
  return list;
}

/** Failures of a look, in the domain's terms. */
async function reading<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asCloudError(error);
  }
}

function asCloudError(error: unknown): Error {
  if (error instanceof NcloudError) {
    return new CloudError(error.message, { fatal: error.fatal, returnCode: error.returnCode, cause: error });
  }
  if (error instanceof ShapeError) return new CloudError(error.message, { fatal: false, returnCode: '', cause: error });
  return error instanceof Error ? error : new Error(String(error));
}
