/** One NCP account: the places where policies look in it, and the calls that the checks make, each of them a read. */

import { randomBytes } from 'node:crypto';
import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { type ClientOptions, type Exchange, NcloudClient } from '../ncloud/client.ts';
import { NcloudCloud } from '../ncloud/cloud.ts';
import type { NcloudConfig } from '../ncloud/config.ts';
import { DIALECTS } from '../ncloud/dialects.ts';
import { NcloudError } from '../ncloud/errors.ts';
import { Lists } from '../ncloud/lists.ts';
import type { Parameters } from '../ncloud/parameters.ts';
import { tagsOfVpcServers } from '../ncloud/resource-manager.ts';
import type { Region } from '../ncloud/shapes.ts';
import type { Policy } from '../policies/schema.ts';
import type { Environment, Scope } from '../termination/model.ts';
import { CloudError } from '../termination/ports/cloud.ts';

export interface AccountOptions {
  name: string;
  /** Where it is looked at. */
  places: readonly Scope[];
  policies: readonly Policy[];
  config: NcloudConfig;
  keys: ClientOptions['keys'];
  clock: Clock;
  chance: Chance;
  signal?: AbortSignal;
  onCall?: (action: string) => void;
  onRetry?: ClientOptions['onRetry'];
}

export class Account {
  readonly name: string;
  readonly places: readonly Scope[];
  readonly policies: readonly Policy[];
  readonly endpoint: string;
  readonly keys: ClientOptions['keys'];
  /** Every whole answer of NCP, in order. */
  readonly exchanges: Exchange[] = [];
  readonly #options: AccountOptions;
  readonly #client: NcloudClient;
  readonly #regions = new Map<Environment, Promise<Region[]>>();

  constructor(options: AccountOptions) {
    this.name = options.name;
    this.places = options.places;
    this.policies = options.policies;
    this.endpoint = options.config.endpoint;
    this.keys = options.keys;
    this.#options = options;
    this.#client = new NcloudClient({
      ...this.#dialing(options.keys),
      onAnswer: (exchange) => this.exchanges.push(exchange),
    });
  }

  get environments(): Environment[] {
    return [...new Set(this.places.map(({ environment }) => environment))];
  }

  /** Asked once for each platform. Throws a {@link CloudError}. */
  regions(environment: Environment): Promise<Region[]> {
    const asked = this.#regions.get(environment) ?? new Lists(this.#client, environment).regions();
    this.#regions.set(environment, asked);
    return asked;
  }

  /** The first thing that is asked of NCP: undefined if it answered, or else what went wrong. */
  async trouble(): Promise<NcloudError | CloudError | undefined> {
    const [environment = 'vpc'] = this.environments;
    return troubleOf(this.regions(environment));
  }

  /** What NCP says to an access key that it cannot know. */
  async troubleOfStranger(): Promise<NcloudError | CloudError | undefined> {
    const { accessKey, secretKey } = await this.keys.current();
    const stranger = { accessKey: randomBytes(32).toString('hex').slice(0, accessKey.length), secretKey };
    const keys = { current: () => Promise.resolve(stranger), fresh: () => Promise.resolve(stranger) };
    const client = new NcloudClient(this.#dialing(keys));
    try {
      return await troubleOf(new Lists(client, this.environments[0] ?? 'vpc').regions());
    } finally {
      await client.close();
    }
  }

  /** One row of a list is enough to see whether it may be read. `region`: undefined for a list that knows none. */
  async readOne(environment: Environment, region: Region | undefined, action: string): Promise<void> {
    const dialect = DIALECTS[environment];
    const where = region === undefined ? {} : dialect.inRegion(region);
    const parameters: Parameters = { ...where, pageNo: 1, pageSize: 1 };
    await this.#client.call({ prefix: dialect.prefix, action, parameters, effect: 'read' });
  }

  /** Of one server that nobody has: without any, nothing would be asked. */
  async readResources(region: Region): Promise<void> {
    await tagsOfVpcServers(this.#client, region.regionCode, { numbers: ['0'] });
  }

  cloud(place: Scope): NcloudCloud {
    return new NcloudCloud(this.#client, place, this.#options.config.environments);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #dialing(keys: ClientOptions['keys']): ClientOptions {
    const { config, clock, chance, signal, onCall, onRetry } = this.#options;
    return {
      ...config,
      keys,
      clock,
      chance,
      ...(signal !== undefined && { signal }),
      ...(onCall !== undefined && { onCall }),
      ...(onRetry !== undefined && { onRetry }),
    };
  }
}

/** What went wrong with a call to NCP; undefined if nothing did. */
export async function troubleOf(work: Promise<unknown>): Promise<NcloudError | CloudError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof NcloudError) return error;
    if (error instanceof CloudError) return error.cause instanceof NcloudError ? error.cause : error;
    throw error;
  }
}
