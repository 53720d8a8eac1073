/** The domain's view of NCP: servers with what is attached to them, and actions with what became of them. */

import type { Action, ActionName, Resource } from '../termination/actions.ts';
import type { Attachment } from '../termination/attachments.ts';
import type { Environment, Scope, Server, Tags, UnknownTags } from '../termination/model.ts';
import {
  type Answer,
  type Cloud,
  CloudError,
  type Elsewhere,
  type HowToLook,
  type Sight,
  type Sighting,
} from '../termination/ports/cloud.ts';
import { ENVIRONMENTS } from '../termination/sites.ts';
import { together } from '../together.ts';
import type { NcloudClient } from './client.ts';
import { DIALECTS, NUMBERS_A_CALL, numbersOf, type Verb } from './dialects.ts';
import { NcloudError } from './errors.ts';
import { Lists } from './lists.ts';
import { reading } from './reading.ts';
import { tagsOfVpcServers } from './resource-manager.ts';
import { type ListedServer, type ListedStorage, type Region, ShapeError, unreadablePublicIp } from './shapes.ts';

export class NcloudCloud implements Cloud {
  readonly scope: Scope;
  readonly #client: NcloudClient;
  readonly #lists: Lists;
  readonly #environments: readonly Environment[];
  #region: Region | undefined;

  /** `environments`: those that the account has. */
  constructor(client: NcloudClient, scope: Scope, environments: readonly Environment[] = ENVIRONMENTS) {
    this.scope = scope;
    this.#environments = environments;
    this.#client = client;
    this.#lists = new Lists(client, scope.environment);
  }

  async allServers(): Promise<Server[]> {
    const region = await this.#here();
    const [listed, attachments] = await together([
      (signal) => this.#lists.until(signal).servers(region),
      (signal) => this.#allAttachments(region, signal),
    ]);
    return sightOf(listed, attachments).servers;
  }

  async allNumbers(): Promise<ReadonlySet<string>> {
    const listed = await this.#lists.servers(await this.#here());
    return new Set(listed.map((server) => server.serverInstanceNo));
  }

  async servers(numbers: readonly string[], how: HowToLook = {}): Promise<Sight> {
    const { needsAttachments = () => true, regionHolds, pinned } = how;
    const region = await this.#here();
    const listed = await this.#byNumber(
      numbers,
      (some) => this.#lists.servers(region, some),
      ({ serverInstanceNo }) => serverInstanceNo,
      regionHolds,
    );
    if (listed.length === 0) return { servers: [], holders: new Map() };
    const bare = listed.map((server) => ({ ...server, attachments: [] }));
    if (!bare.some(needsAttachments)) return { servers: bare, holders: undefined };
    const isFew = pinned !== undefined && listed.length <= this.#callsForAll(regionHolds);
    return sightOf(listed, await (isFew ? this.#attachmentsOf(listed, pinned, region) : this.#allAttachments(region)));
  }

  async attachments(
    resource: Resource,
    numbers: readonly string[],
    { regionHolds }: Pick<HowToLook, 'regionHolds'> = {},
  ): Promise<Attachment[]> {
    const region = await this.#here();
    if (resource === 'publicIp') {
      return this.#byNumber(numbers, (some) => this.#lists.publicIps(region, some), noOf, regionHolds);
    }
    // Each server has a disk of its own besides.
    const holds = regionHolds === undefined ? undefined : regionHolds * 2;
    const storages = await this.#byNumber(numbers, (some) => this.#lists.storages(region, some), noOf, holds);
    return storages.map(withoutType);
  }

  /**
   * Numbers take a call for each hundred, and everything that a small region holds one page. What that page does not show is
   * asked for by number all the same.
   */
  async #byNumber<T>(
    numbers: readonly string[],
    list: (numbers?: readonly string[]) => Promise<T[]>,
    keyOf: (row: T) => string,
    regionHolds = Number.POSITIVE_INFINITY,
  ): Promise<T[]> {
    const { pageSize } = DIALECTS[this.scope.environment];
    if (numbers.length <= NUMBERS_A_CALL || regionHolds > pageSize) return list(numbers);
    const missing = new Set(numbers);
    const listed = (await list()).filter((row) => missing.delete(keyOf(row)));
    return missing.size === 0 ? listed : [...listed, ...(await list([...missing]))];
  }

  async tags(
    numbers: readonly string[],
    { regionHolds }: Pick<HowToLook, 'regionHolds'> = {},
  ): Promise<ReadonlyMap<string, Tags | UnknownTags>> {
    if (numbers.length === 0) return new Map();
    if (this.scope.environment === 'classic') return this.#lists.tags(numbers);
    return tagsOfVpcServers(this.#client, (await this.#here()).regionCode, { numbers, regionHolds });
  }

  async countElsewhere(): Promise<number> {
    const counts = this.#environments.map(async (environment) => {
      const lists = new Lists(this.#client, environment);
      const regions = await unlessUnread(this.#otherRegions(lists, environment), []);
      return Promise.all(regions.map((region) => unlessUnread(lists.count(region), 0)));
    });
    return (await Promise.all(counts)).flat().reduce((sum, count) => sum + count, 0);
  }

  async elsewhere(numbers: readonly string[]): Promise<Elsewhere> {
    const looks = this.#environments.map(async (environment) => {
      const lists = new Lists(this.#client, environment);
      const regions = await orError(this.#otherRegions(lists, environment));
      if (regions instanceof CloudError) return { environment, looked: [regions] };
      const looked = regions.map((region) => orError(sightings(lists, environment, region, numbers)));
      return { environment, looked: await Promise.all(looked) };
    });
    const elsewhere: Elsewhere = { found: [], unread: [], closed: [] };
    for (const { environment, looked } of await Promise.all(looks)) {
      elsewhere.found.push(...looked.flatMap((one) => (one instanceof CloudError ? [] : one)));
      const error = looked.find((one) => one instanceof CloudError);
      if (error === undefined) continue;
      (error.fatal ? elsewhere.closed : elsewhere.unread).push({ environment, failure: error.failure });
    }
    return elsewhere;
  }

  ready(): Promise<void> {
    return this.#client.ready();
  }

  async act(
    name: ActionName,
    actions: readonly Action[],
    mayGoOn: () => boolean = () => true,
    signal?: AbortSignal,
  ): Promise<Answer[]> {
    const verb = DIALECTS[this.scope.environment].actions[name];
    const answers: Answer[] = [];
    for (const group of verb.single ? actions.map((action) => [action]) : grouped(verb, actions)) {
      const some = await this.#ask(verb, group, { mayGoOn, signal });
      answers.push(...some.answers);
      if (some.isOver) break;
    }
    return answers;
  }

  takeCalls(): Record<string, number> {
    return this.#client.takeCalls();
  }

  /** NCP takes some objects one per call. The answer separates those that it accepted; nothing is sent after a failure. */
  async #ask(
    verb: Verb,
    group: readonly Action[],
    limits: CallLimits,
  ): Promise<{ answers: Answer[]; isOver: boolean }> {
    const [only] = group;
    if (!verb.single || only === undefined) return told([], await this.#call(verb, group, limits));
    const taken: string[] = [];
    for (const no of numbersOf(verb, only)) {
      const answer = await this.#call(verb, [narrowed(verb, only, [no])], limits);
      if (answer?.kind !== 'accepted') {
        return told(taken.length === 0 ? [] : [narrowed(verb, only, taken)], answer);
      }
      taken.push(no);
    }
    return told([only], { kind: 'accepted', actions: [] });
  }

  /** Undefined if it was called off before it was sent. */
  async #call(verb: Verb, actions: readonly Action[], limits: CallLimits): Promise<Answer | undefined> {
    const { prefix } = DIALECTS[this.scope.environment];
    try {
      const parameters = verb.parameters(actions, await this.#here());
      await this.#client.call({ prefix, action: verb.action, parameters, effect: 'write', ...limits });
      return { kind: 'accepted', actions };
    } catch (error) {
      if (error instanceof NcloudError) return error.kind === 'unsent' ? undefined : answerFor(error, actions);
      if (error instanceof CloudError) {
        // The region could not be looked up, so nothing was sent.
        const { message: returnMessage, returnCode, fatal } = error;
        return { kind: 'rejected', actions, remedy: fatal ? 'fatal' : 'later', returnCode, returnMessage };
      }
      throw error;
    }
  }

  async #otherRegions(lists: Lists, environment: Environment): Promise<Region[]> {
    const regions = await lists.regions();
    return regions.filter((one) => environment !== this.scope.environment || one.regionCode !== this.scope.region);
  }

  /** NCP's own entry for the region: Classic wants its number, VPC its code. */
  async #here(): Promise<Region> {
    if (this.#region !== undefined) return this.#region;
    const regions = await this.#lists.regions();
    const region = regions.find((one) => one.regionCode === this.scope.region);
    if (region === undefined) {
      const known = regions.map((one) => one.regionCode).join(', ');
      const message = `NCP has no ${this.scope.environment} region ${this.scope.region}; it has ${known}`;
      throw new CloudError(message, { fatal: true, returnCode: '' });
    }
    this.#region = region;
    return region;
  }

  /** Those of the whole region: two lists show everything, however many servers there are. */
  /** About how many calls the volumes and addresses of the region take: pages before the last are read twice. */
  #callsForAll(regionHolds = 0): number {
    const { pageSize } = DIALECTS[this.scope.environment];
    return 2 * Math.floor((3 * regionHolds) / pageSize);
  }

  /**
   * What is on a few servers, and where the pinned things are. An address that is new to a server is shown by the row of the
   * server, because no list of addresses goes by server.
   */
  async #attachmentsOf(
    listed: readonly ListedServer[],
    pinned: NonNullable<HowToLook['pinned']>,
    region: Region,
  ): Promise<{ extra: Attachment[]; addresses: Attachment[] }> {
    const pins = Map.groupBy(pinned, ({ resource }) => resource);
    const [onServers, storages, addresses] = await together([
      (signal) =>
        together(
          listed.map(
            ({ serverInstanceNo: no }) =>
              (ending: AbortSignal) =>
                this.#lists.until(ending).storagesOf(region, no),
          ),
          signal,
        ),
      (signal) => this.#lists.until(signal).storages(region, pins.get('blockStorage')?.map(noOf) ?? []),
      (signal) => this.#lists.until(signal).publicIps(region, pins.get('publicIp')?.map(noOf) ?? []),
    ]);
    const all = await reading(async () => merged(onServers.flat(), storages));
    return { extra: all.filter((storage) => storage.type !== 'BASIC').map(withoutType), addresses };
  }

  async #allAttachments(
    region: Region,
    outer?: AbortSignal,
  ): Promise<{ extra: Attachment[]; addresses: Attachment[] }> {
    const [storages, addresses] = await together(
      [(signal) => this.#lists.until(signal).storages(region), (signal) => this.#lists.until(signal).publicIps(region)],
      outer,
    );
    // The disk that a server boots from goes with it. Everything else that is attached counts as additional.
    return { extra: storages.filter((storage) => storage.type !== 'BASIC').map(withoutType), addresses };
  }
}

function sightOf(
  listed: readonly ListedServer[],
  { extra, addresses }: { extra: readonly Attachment[]; addresses: readonly Attachment[] },
): Sight {
  const attached = Map.groupBy([...extra, ...addresses], ({ serverInstanceNo }) => serverInstanceNo);
  const servers = listed.map(({ publicIp, publicIpInstanceNo, ...server }) => {
    const own = attached.get(server.serverInstanceNo) ?? [];
    const isListed = publicIp === '' || own.some(({ resource, name }) => resource === 'publicIp' && name === publicIp);
    // The server has an address that is missing from the list of addresses: banap does not act on it.
    const address = { no: publicIpInstanceNo, name: publicIp, serverInstanceNo: server.serverInstanceNo };
    return { ...server, attachments: isListed ? own : [...own, unreadablePublicIp(address)] };
  });
  const holders = [...extra, ...addresses].map(({ no, serverInstanceNo }) => [no, serverInstanceNo] as const);
  return { servers, holders: new Map(holders) };
}

/** Of two lists that were read at two moments. Throws a {@link ShapeError} where somebody moved one in between. */
function merged(some: readonly ListedStorage[], others: readonly ListedStorage[]): ListedStorage[] {
  const all = new Map(some.map((one) => [one.no, one]));
  for (const one of others) {
    const other = all.get(one.no);
    if (other !== undefined && other.serverInstanceNo !== one.serverInstanceNo) {
      throw new ShapeError(`volume ${one.no} is on two servers, ${other.serverInstanceNo} and ${one.serverInstanceNo}`);
    }
    all.set(one.no, one);
  }
  return [...all.values()];
}

function noOf({ no }: { no: string }): string {
  return no;
}

function withoutType({ type: _type, ...storage }: ListedStorage): Attachment {
  return storage;
}

async function unlessUnread<T>(look: Promise<T>, otherwise: T): Promise<T> {
  const looked = await orError(look);
  return looked instanceof CloudError ? otherwise : looked;
}

async function orError<T>(look: Promise<T>): Promise<T | CloudError> {
  try {
    return await look;
  } catch (error) {
    if (error instanceof CloudError) return error;
    throw error;
  }
}

async function sightings(
  lists: Lists,
  environment: Environment,
  region: Region,
  numbers: readonly string[],
): Promise<Sighting[]> {
  return (await lists.servers(region, numbers)).map(({ serverInstanceNo, serverName }) => ({
    serverInstanceNo,
    serverName,
    scope: { environment, region: region.regionCode },
  }));
}

/** What may cancel a call before it is sent, or end it in flight. */
interface CallLimits {
  mayGoOn: () => boolean;
  signal: AbortSignal | undefined;
}

function told(taken: readonly Action[], answer: Answer | undefined): { answers: Answer[]; isOver: boolean } {
  const accepted = [...taken, ...(answer?.kind === 'accepted' ? answer.actions : [])];
  return {
    answers: [
      ...(accepted.length === 0 ? [] : [{ kind: 'accepted' as const, actions: accepted }]),
      ...(answer === undefined || answer.kind === 'accepted' ? [] : [answer]),
    ],
    isOver: answer === undefined || (answer.kind === 'rejected' && answer.remedy === 'later'),
  };
}

/** The same action on some of its volumes or addresses only. */
function narrowed(verb: Verb, action: Action, numbers: readonly string[]): Action {
  return verb.names === 'server' ? action : { ...action, on: [...numbers] };
}

/** Groups that fit one call. An action is never split: its numbers are asked for together. */
function grouped(verb: Verb, actions: readonly Action[]): Action[][] {
  const groups: Action[][] = [];
  let room = 0;
  for (const action of actions) {
    const size = numbersOf(verb, action).length;
    if (size > room) {
      groups.push([]);
      room = NUMBERS_A_CALL;
    }
    groups.at(-1)?.push(action);
    room -= size;
  }
  return groups;
}

function answerFor(error: NcloudError, actions: readonly Action[]): Answer {
  const { remedy, returnCode, returnMessage, ids } = error;
  if (remedy === 'done') return { kind: 'accepted', actions };
  if (remedy === 'unknown') return { kind: 'unknown', actions, failure: error.failure };
  return { kind: 'rejected', actions, remedy, returnCode, returnMessage: returnMessage || error.message, ids };
}
