/** One account at a simulated NCP, in virtual time and without sockets. */

import { chance } from '../../lib/chance.ts';
import { type ClientOptions, NcloudClient } from '../../lib/ncloud/client.ts';
import type { Fleet } from '../../lib/simulator/fleet.ts';
import type { RequestLimit } from '../../lib/simulator/http/request-limit.ts';
import type { JournalEntry } from '../../lib/simulator/journal.ts';
import { createSimulator, type SimulatedNcp } from '../../lib/simulator/simulator.ts';
import { inProcess } from '../../test/simulator/in-process.ts';
import { VirtualTime } from './virtual-time.ts';

export interface Conditions {
  fleet: Fleet;
  seed: number;
  /** How long each call takes, there and back. */
  latencySeconds: number;
  /** How many calls NCP accepts; absent: all. */
  limit?: RequestLimit;
}

/** NCP publishes no figure; this is what banap allows itself. */
export const CALLS_PER_SECOND = 5;
export const LATENCY_SECONDS = 0.1;

export const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'SECRETEXAMPLE' };
const STARTS_AT = new Date('2026-03-01T00:00:00Z');

export class Account {
  readonly simulator: SimulatedNcp;
  readonly time: VirtualTime;
  /** The server that each volume and address was attached to at the start; without base volumes. */
  readonly attached: ReadonlyMap<string, string>;
  readonly #conditions: Conditions;

  constructor(conditions: Conditions) {
    const { fleet, seed, limit } = conditions;
    let now = (): number => STARTS_AT.getTime();
    const limited = limit === undefined ? {} : { limit };
    const still = { speed: 0, startAt: STARTS_AT, gatewayNow: () => now() };
    this.simulator = createSimulator({ ...keys, ...still, ...limited, fleet, seed });
    now = () => this.simulator.now().getTime();
    this.time = new VirtualTime(this.simulator);
    const { blockStorages, publicIps } = this.simulator.state();
    this.attached = new Map([
      ...blockStorages.filter(isAdditional).map((one) => [one.blockStorageInstanceNo, one.serverInstanceNo] as const),
      ...publicIps.map((one) => [one.publicIpInstanceNo, one.serverInstanceNo] as const),
    ]);
    this.#conditions = conditions;
  }

  /** A client with the account's keys and a rate of its own. `nth` seeds its chance. */
  client(nth: number, options: Partial<ClientOptions> = {}): NcloudClient {
    const { seed, latencySeconds } = this.#conditions;
    const { time } = this;
    return new NcloudClient({
      endpoint: 'https://ncloud.apigw.ntruss.com',
      dispatcher: inProcess(this.simulator, { latencySeconds, pass: (seconds) => time.sleep(seconds * 1_000) }),
      keys: { current: () => Promise.resolve(keys), fresh: () => Promise.resolve(keys) },
      format: 'json',
      clock: time.clock,
      chance: chance(seed * 1_000 + nth),
      ...options,
    });
  }

  /** All calls and changes, in order. */
  journal(): JournalEntry[] {
    return this.simulator.journal();
  }

  /** Whether one of these servers is left, or a volume or address that was attached to one at the start. */
  hasLeft(servers: ReadonlySet<string>): boolean {
    const isOf = (no: string): boolean => servers.has(this.attached.get(no) ?? no);
    const state = this.simulator.state();
    return (
      state.servers.some((one) => isOf(one.serverInstanceNo)) ||
      state.blockStorages.some((one) => isAdditional(one) && isOf(one.blockStorageInstanceNo)) ||
      state.publicIps.some((one) => isOf(one.publicIpInstanceNo))
    );
  }
}

function isAdditional({ blockStorageType }: { blockStorageType: { code: string } }): boolean {
  return blockStorageType.code !== 'BASIC';
}
