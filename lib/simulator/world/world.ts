import type { Clock } from '../clock.ts';
import { isoDate } from '../clock.ts';
import type { Guesses } from '../guesses.ts';
import type { ChangedBy, Journal, JournalChange } from '../journal.ts';
import type { Site } from '../regions.ts';
import { Agenda } from './agenda.ts';
import { createIssuers } from './numbers.ts';
import type { BlockStorage, PublicIp, Server } from './records.ts';

/** Which NCP this is. */
export interface Nature {
  site: Site;
  guesses: Guesses;
}

type Changes<Thing> = { [Field in keyof Thing]?: Thing[Field] };

/**
 * Everything that exists, and what is due to happen to it. No I/O and no timers: whoever looks calls settle() first,
 * which lets the transitions that fell due happen at their own instants.
 */
export class World {
  readonly servers = new Map<string, Server>();
  /** The last server under each number that is gone. */
  readonly formerServers = new Map<string, Server>();
  readonly blockStorages = new Map<string, BlockStorage>();
  readonly publicIps = new Map<string, PublicIp>();
  /** Tags by instance number. They outlive a Classic server (cloud-barista deletes them after terminating). */
  readonly tags = new Map<string, Map<string, string>>();

  readonly site: Site;
  readonly guesses: Guesses;
  readonly issuers = createIssuers();

  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #agenda = new Agenda();
  readonly #storagesOfServer = new Map<string, Set<BlockStorage>>();
  readonly #publicIpOfServer = new Map<string, PublicIp>();
  /** The instant of the happening being settled, so that journal and dates do not show the later look. */
  #happeningAt: number | undefined;

  constructor(clock: Clock, journal: Journal, { site, guesses }: Nature) {
    this.site = site;
    this.guesses = guesses;
    this.#clock = clock;
    this.#journal = journal;
  }

  now(): number {
    return this.#happeningAt ?? this.#clock.now();
  }

  settle(): void {
    this.#agenda.settle(this.#clock.now());
  }

  /** Schedules the end of a transition of `thing`; a transition already pending is called off. */
  after(seconds: number, thing: Server | BlockStorage | PublicIp, happen: () => void): void {
    this.callOff(thing);
    thing.pending = this.#agenda.add(this.now() + seconds * 1000, (at) => {
      thing.pending = undefined;
      this.#happeningAt = at;
      try {
        happen();
      } finally {
        this.#happeningAt = undefined;
      }
    });
  }

  callOff(thing: Server | BlockStorage | PublicIp): void {
    if (thing.pending) thing.pending.cancelled = true;
    thing.pending = undefined;
  }

  storagesOf(serverInstanceNo: string): BlockStorage[] {
    return [...(this.#storagesOfServer.get(serverInstanceNo) ?? [])];
  }

  publicIpOf(serverInstanceNo: string): PublicIp | undefined {
    return this.#publicIpOfServer.get(serverInstanceNo);
  }

  /** The error for a number that the caller cannot see; nothing is changed. */
  unseen<Found>(no: string, look: () => Found): Found {
    const maps: Map<string, unknown>[] = [this.servers, this.blockStorages, this.publicIps];
    const before = maps.map((things) => [...things]);
    for (const things of maps) things.delete(no);
    try {
      return look();
    } finally {
      for (const [index, things] of maps.entries()) {
        things.clear();
        for (const [key, thing] of before[index] ?? []) things.set(key, thing);
      }
    }
  }

  tagsOf(instanceNo: string): ReadonlyMap<string, string> {
    return this.tags.get(instanceNo) ?? new Map();
  }

  addServer(server: Server, by: ChangedBy | 'fleet'): void {
    this.servers.set(server.serverInstanceNo, server);
    this.#existence('server', server.serverInstanceNo, 'present', by);
  }

  addBlockStorage(storage: BlockStorage, by: ChangedBy | 'fleet'): void {
    this.blockStorages.set(storage.blockStorageInstanceNo, storage);
    this.#indexStorage(storage);
    this.#existence('blockStorage', storage.blockStorageInstanceNo, 'present', by);
  }

  addPublicIp(publicIp: PublicIp, by: ChangedBy | 'fleet'): void {
    this.publicIps.set(publicIp.publicIpInstanceNo, publicIp);
    if (publicIp.serverInstanceNo) this.#publicIpOfServer.set(publicIp.serverInstanceNo, publicIp);
    this.#existence('publicIp', publicIp.publicIpInstanceNo, 'present', by);
  }

  changeServer(server: Server, changes: Changes<Server>, by: ChangedBy): void {
    this.#change('server', server.serverInstanceNo, server, changes, by);
  }

  changeBlockStorage(storage: BlockStorage, changes: Changes<BlockStorage>, by: ChangedBy): void {
    this.#storagesOfServer.get(storage.serverInstanceNo)?.delete(storage);
    this.#change('blockStorage', storage.blockStorageInstanceNo, storage, changes, by);
    this.#indexStorage(storage);
  }

  changePublicIp(publicIp: PublicIp, changes: Changes<PublicIp>, by: ChangedBy): void {
    this.#publicIpOfServer.delete(publicIp.serverInstanceNo);
    this.#change('publicIp', publicIp.publicIpInstanceNo, publicIp, changes, by);
    publicIp.lastModifyDate = this.now();
    if (publicIp.serverInstanceNo) this.#publicIpOfServer.set(publicIp.serverInstanceNo, publicIp);
  }

  /** Sets a tag, or takes it off when `value` is undefined. */
  changeTag(instanceNo: string, key: string, value: string | undefined, by: ChangedBy): void {
    const tags = this.tags.get(instanceNo) ?? new Map<string, string>();
    const before = tags.get(key);
    if (value === undefined) tags.delete(key);
    else tags.set(key, value);
    if (tags.size > 0) this.tags.set(instanceNo, tags);
    else this.tags.delete(instanceNo);
    if (before !== value)
      this.#note({ resource: 'tag', no: instanceNo, field: key, from: before ?? '', to: value ?? '', by });
  }

  removeServer(server: Server, by: ChangedBy): void {
    this.callOff(server);
    this.servers.delete(server.serverInstanceNo);
    this.formerServers.set(server.serverInstanceNo, server);
    this.#existence('server', server.serverInstanceNo, 'absent', by);
  }

  removeBlockStorage(storage: BlockStorage, by: ChangedBy): void {
    this.callOff(storage);
    this.blockStorages.delete(storage.blockStorageInstanceNo);
    this.#storagesOfServer.get(storage.serverInstanceNo)?.delete(storage);
    this.#existence('blockStorage', storage.blockStorageInstanceNo, 'absent', by);
  }

  removePublicIp(publicIp: PublicIp, by: ChangedBy): void {
    this.callOff(publicIp);
    this.publicIps.delete(publicIp.publicIpInstanceNo);
    if (this.#publicIpOfServer.get(publicIp.serverInstanceNo) === publicIp) {
      this.#publicIpOfServer.delete(publicIp.serverInstanceNo);
    }
    this.#existence('publicIp', publicIp.publicIpInstanceNo, 'absent', by);
  }

  #indexStorage(storage: BlockStorage): void {
    if (!storage.serverInstanceNo) return;
    const attached = this.#storagesOfServer.get(storage.serverInstanceNo);
    if (attached) attached.add(storage);
    else this.#storagesOfServer.set(storage.serverInstanceNo, new Set([storage]));
  }

  #change<Thing extends object>(
    resource: JournalChange['resource'],
    no: string,
    thing: Thing,
    changes: Changes<Thing>,
    by: ChangedBy,
  ): void {
    for (const [field, to] of Object.entries(changes)) {
      const from: unknown = Reflect.get(thing, field);
      if (from === to) continue;
      Reflect.set(thing, field, to);
      this.#note({ resource, no, field, from: written(from), to: written(to), by });
    }
  }

  #existence(resource: JournalChange['resource'], no: string, to: 'present' | 'absent', by: ChangedBy | 'fleet'): void {
    // The fleet is the initial state, not a change.
    if (by === 'fleet') return;
    this.#note({ resource, no, field: 'existence', from: to === 'present' ? 'absent' : 'present', to, by });
  }

  #note(change: Omit<JournalChange, 'at' | 'kind'>): void {
    this.#journal.add({ at: isoDate(this.now()), kind: 'change', ...change });
  }
}

function written(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? value.toString() : '';
}
