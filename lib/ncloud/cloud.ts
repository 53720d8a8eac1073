/** The domain's view of NCP: servers with what is attached to them, and actions with what became of them. */

import { type Answer, type Cloud, CloudError, type Elsewhere, type Sighting } from '../termination/cloud.ts';
import type { Action, ActionName, Environment, PublicIp, Scope, Server, Storage, Tags } from '../termination/model.ts';
import type { NcloudClient } from './client.ts';
import { DIALECTS, NUMBERS_A_CALL, numbersOf, type Verb } from './dialects.ts';
import { NcloudError } from './errors.ts';
import { Lists } from './lists.ts';
import { tagsOfVpcServers } from './resource-manager.ts';
import { type ListedServer, type Region, UNREADABLE } from './shapes.ts';

const ENVIRONMENTS = ['vpc', 'classic'] as const;

export class NcloudCloud implements Cloud {
  readonly scope: Scope;
  readonly #client: NcloudClient;
  readonly #lists: Lists;
  #region: Region | undefined;

  constructor(client: NcloudClient, scope: Scope) {
    this.scope = scope;
    this.#client = client;
    this.#lists = new Lists(client, scope.environment);
  }

  async allServers(): Promise<Server[]> {
    const region = await this.#here();
    return this.#withAttachments(await this.#lists.servers(region), region);
  }

  async allNumbers(): Promise<ReadonlySet<string>> {
    const listed = await this.#lists.servers(await this.#here());
    return new Set(listed.map((server) => server.serverInstanceNo));
  }

  async servers(numbers: readonly string[]): Promise<Server[]> {
    const region = await this.#here();
    const asked = new Set(numbers);
    const listed = await this.#lists.servers(region, numbers);
    return this.#withAttachments(
      listed.filter((one) => asked.has(one.serverInstanceNo)),
      region,
    );
  }

  async storages(numbers: readonly string[]): Promise<Storage[]> {
    return (await this.#lists.storages(await this.#here(), numbers)).map(({ type: _type, ...storage }) => storage);
  }

  async publicIps(numbers: readonly string[]): Promise<PublicIp[]> {
    return this.#lists.publicIps(await this.#here(), numbers);
  }

  async tags(numbers: readonly string[]): Promise<ReadonlyMap<string, Tags>> {
    if (numbers.length === 0) return new Map();
    if (this.scope.environment === 'classic') return this.#lists.tags(numbers);
    return tagsOfVpcServers(this.#client, (await this.#here()).regionCode, numbers);
  }

  async countElsewhere(): Promise<number> {
    let count = 0;
    for (const environment of ENVIRONMENTS) {
      const lists = new Lists(this.#client, environment);
      const regions = await unlessUnread(this.#otherRegions(lists, environment), []);
      for (const region of regions) count += await unlessUnread(lists.count(region), 0);
    }
    return count;
  }

  async elsewhere(numbers: readonly string[]): Promise<Elsewhere> {
    const found: Sighting[] = [];
    const unread: string[] = [];
    const closed: string[] = [];
    for (const environment of ENVIRONMENTS) {
      try {
        const lists = new Lists(this.#client, environment);
        for (const region of await this.#otherRegions(lists, environment)) {
          found.push(...(await sightings(lists, environment, region, numbers)));
        }
      } catch (error) {
        if (!(error instanceof CloudError)) throw error;
        (error.fatal ? closed : unread).push(`${environment}: ${error.message}`);
      }
    }
    return { found, unread, closed };
  }

  async act(name: ActionName, actions: readonly Action[], mayGoOn: () => boolean = () => true): Promise<Answer[]> {
    const verb = DIALECTS[this.scope.environment].actions[name];
    const answers: Answer[] = [];
    for (const group of verb.single ? actions.map((action) => [action]) : grouped(verb, actions)) {
      if (!mayGoOn()) break;
      const answer = await this.#ask(verb, group, mayGoOn);
      answers.push(answer);
      if (answer.kind === 'rejected' && answer.remedy === 'later') break;
    }
    return answers;
  }

  takeCalls(): Record<string, number> {
    return this.#client.takeCalls();
  }

  /** A call that NCP takes one object at a time is repeated for each; the first that is not accepted speaks for all. */
  async #ask(verb: Verb, actions: readonly Action[], mayGoOn: () => boolean): Promise<Answer> {
    const numbers = actions.flatMap((action) => numbersOf(verb, action));
    for (const some of verb.single ? numbers.map((no) => [no]) : [numbers]) {
      const answer = await this.#call(verb, some, actions, mayGoOn);
      if (answer.kind !== 'accepted') return answer;
    }
    return { kind: 'accepted', actions };
  }

  async #call(
    verb: Verb,
    numbers: readonly string[],
    actions: readonly Action[],
    mayGoOn: () => boolean,
  ): Promise<Answer> {
    const { prefix } = DIALECTS[this.scope.environment];
    try {
      const parameters = verb.parameters(numbers, await this.#here());
      await this.#client.call({ prefix, action: verb.action, parameters, effect: 'write', mayGoOn });
      return { kind: 'accepted', actions };
    } catch (error) {
      if (error instanceof NcloudError) return answerFor(error, actions);
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

  /** Attachments are listed for the whole region: three lists show everything, however many servers there are. */
  async #withAttachments(listed: readonly ListedServer[], region: Region): Promise<Server[]> {
    if (listed.length === 0) return [];
    // The disk that a server boots from goes with it. Everything else that is attached counts as additional.
    const extra = (await this.#lists.storages(region)).filter((storage) => storage.type !== 'BASIC');
    const storages = byServer(extra.map(({ type: _type, ...storage }) => storage));
    const publicIps = byServer(await this.#lists.publicIps(region));
    return listed.map(({ publicIp, publicIpInstanceNo, ...server }) => {
      const own = publicIps.get(server.serverInstanceNo) ?? [];
      const isListed = publicIp === '' || own.some((address) => address.publicIp === publicIp);
      return {
        ...server,
        storages: storages.get(server.serverInstanceNo) ?? [],
        publicIps: isListed ? own : [...own, unlisted(publicIp, publicIpInstanceNo, server.serverInstanceNo)],
      };
    });
  }
}

async function unlessUnread<T>(look: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await look;
  } catch (error) {
    if (error instanceof CloudError) return otherwise;
    throw error;
  }
}

/** The server has an address that the list of addresses does not know (yet, or any more): nobody acts on that. */
function unlisted(publicIp: string, publicIpInstanceNo: string, serverInstanceNo: string): PublicIp {
  return { publicIpInstanceNo, publicIp, status: UNREADABLE, operation: UNREADABLE, serverInstanceNo };
}

function byServer<T extends { serverInstanceNo: string }>(items: readonly T[]): Map<string, T[]> {
  return Map.groupBy(items, (item) => item.serverInstanceNo);
}

async function sightings(
  lists: Lists,
  environment: Environment,
  region: Region,
  numbers: readonly string[],
): Promise<Sighting[]> {
  const wanted = new Set(numbers);
  return (await lists.servers(region, numbers))
    .filter((server) => wanted.has(server.serverInstanceNo))
    .map(({ serverInstanceNo, serverName }) => ({
      serverInstanceNo,
      serverName,
      scope: { environment, region: region.regionCode },
    }));
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
  const { remedy, returnCode, returnMessage } = error;
  if (remedy === 'done') return { kind: 'accepted', actions };
  if (remedy === 'unknown') return { kind: 'unknown', actions, reason: error.message };
  return { kind: 'rejected', actions, remedy, returnCode, returnMessage: returnMessage || error.message };
}
