/**
 * A plain client, for comparison. It terminates each server by itself and polls each one with calls of its own, in the order
 * and with the delays and intervals of NCP's Terraform provider: to delete a volume, its server is stopped first; an
 * address is disassociated and released; the server is terminated once both are gone. It works on ten things at once,
 * as Terraform does by default. Unlike the provider, it keeps to a request rate.
 */

import type { NcloudClient } from '../../lib/ncloud/client.ts';
import { NcloudError } from '../../lib/ncloud/errors.ts';
import type { Tree } from '../../lib/ncloud/reply.ts';
import type { FleetServer } from '../../lib/simulator/fleet.ts';
import { Account, CALLS_PER_SECOND, type Conditions } from './account.ts';

const AT_ONCE = 10;

/** In seconds: before the first poll, the first interval, which then doubles, and the longest one. */
const POLL = { delay: 2, first: 3, most: 10 };
/** After a volume was detached. */
const SETUP_POLL = { ...POLL, delay: 5 };

export async function runPlainClient(conditions: Conditions): Promise<{ account: Account; seconds: number }> {
  const account = new Account(conditions);
  const { clock } = account.time;
  const startedAt = clock.now();
  const plainClient = new PlainClient(account.client(0, { callsPerSecond: CALLS_PER_SECOND }), (seconds) =>
    clock.sleep(seconds * 1_000),
  );
  const places = new Places(AT_ONCE);
  const addresses = new Set(account.simulator.state().publicIps.map((one) => one.publicIpInstanceNo));
  const one = async ({ serverInstanceNo: no }: FleetServer): Promise<void> => {
    const attached = [...account.attached].filter(([, server]) => server === no).map(([thing]) => thing);
    await Promise.all(
      attached.map((thing) =>
        places.in(() =>
          addresses.has(thing) ? plainClient.releaseAddress(thing) : plainClient.deleteVolume(thing, no),
        ),
      ),
    );
    await places.in(() =>
      plainClient.destroyServer(
        no,
        attached.some((thing) => !addresses.has(thing)),
      ),
    );
  };
  await account.time.runToEnd(() => Promise.all(conditions.fleet.servers.map(one)));
  return { account, seconds: (clock.now() - startedAt) / 1_000 };
}

class PlainClient {
  readonly #client: NcloudClient;
  readonly #sleep: (seconds: number) => Promise<void>;

  constructor(client: NcloudClient, sleep: (seconds: number) => Promise<void>) {
    this.#client = client;
    this.#sleep = sleep;
  }

  async deleteVolume(no: string, serverInstanceNo: string): Promise<void> {
    await this.#stop(serverInstanceNo);
    await this.#act('deleteBlockStorageInstances', { blockStorageInstanceNoList: [no] });
    // The provider asks for the volume's details, which is also one call.
    await this.#until(async () => (await this.#volumes({ blockStorageInstanceNoList: [no] })).length === 0);
  }

  async releaseAddress(no: string): Promise<void> {
    if (isAssociated(await this.#address(no))) {
      await this.#act('disassociatePublicIpFromServerInstance', { publicIpInstanceNo: no });
      // Two calls a poll, as in the provider: one for the server of the address, one for its operation.
      await this.#until(async () => {
        const isFree = !isAssociated(await this.#address(no));
        return code(await this.#address(no), 'publicIpInstanceOperation') === 'NULL' && isFree;
      });
    }
    await this.#act('deletePublicIpInstance', { publicIpInstanceNo: no });
  }

  async destroyServer(no: string, hadVolume: boolean): Promise<void> {
    if (code(await this.#server(no), 'serverInstanceStatus') !== 'NSTOP') await this.#stop(no);
    await this.#volumes({ serverInstanceNo: no, blockStorageTypeCodeList: ['SVRBS'] });
    if (hadVolume) await this.#untilIdle(no, SETUP_POLL);
    await this.#act('terminateServerInstances', { serverInstanceNoList: [no] });
    await this.#until(async () => (await this.#server(no)) === undefined);
  }

  async #stop(no: string): Promise<void> {
    await this.#untilIdle(no, POLL);
    await this.#act('stopServerInstances', { serverInstanceNoList: [no] });
    await this.#until(async () => code(await this.#server(no), 'serverInstanceStatus') === 'NSTOP');
  }

  #untilIdle(no: string, poll: typeof POLL): Promise<void> {
    return this.#until(async () => code(await this.#server(no), 'serverInstanceOperation') === 'NULL', poll);
  }

  async #until(isReached: () => Promise<boolean>, { delay, first, most }: typeof POLL = POLL): Promise<void> {
    await this.#sleep(delay);
    for (let wait = first; !(await isReached()); wait = Math.min(most, wait * 2)) await this.#sleep(wait);
  }

  async #server(no: string): Promise<Tree | undefined> {
    return (await this.#list('getServerInstanceDetail', 'serverInstanceList', { serverInstanceNo: no }))[0];
  }

  async #address(no: string): Promise<Tree | undefined> {
    const parameters = { publicIpInstanceNoList: [no] };
    return (await this.#list('getPublicIpInstanceList', 'publicIpInstanceList', parameters))[0];
  }

  #volumes(parameters: Record<string, string | string[]>): Promise<Tree[]> {
    return this.#list('getBlockStorageInstanceList', 'blockStorageInstanceList', parameters);
  }

  async #list(action: string, list: string, parameters: Record<string, string | string[]>): Promise<Tree[]> {
    const rows = (await this.#call(action, parameters, 'read'))[list];
    return Array.isArray(rows) ? rows : [];
  }

  async #act(action: string, parameters: Record<string, string | string[]>): Promise<void> {
    try {
      await this.#call(action, parameters, 'write');
    } catch (error) {
      if (!(error instanceof NcloudError) || error.kind !== 'throttled') throw error;
      await this.#sleep(1);
      await this.#act(action, parameters);
    }
  }

  #call(action: string, parameters: Record<string, string | string[]>, effect: 'read' | 'write') {
    return this.#client.call({
      prefix: '/vserver/v2',
      action,
      parameters: { regionCode: 'KR', ...parameters },
      effect,
    });
  }
}

function isAssociated(address: Tree | undefined): boolean {
  return field(address, 'serverInstanceNo') !== '';
}

function code(thing: Tree | undefined, name: string): Tree {
  return field(field(thing, name), 'code');
}

function field(thing: Tree | undefined, name: string): Tree {
  return typeof thing === 'object' && !Array.isArray(thing) ? (thing[name] ?? '') : '';
}

/** Limits how many run at once; the others wait in order. */
class Places {
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async in(work: () => Promise<void>): Promise<void> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#queue.push(resolve));
    else this.#free -= 1;
    await work();
    const next = this.#queue.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
