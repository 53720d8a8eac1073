/** One account at a simulated NCP: who works in it, and what came of it. No sockets, and no time but the virtual one. */

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
  /** Of each call, there and back. */
  latencySeconds: number;
  /** What NCP takes; absent: everything. */
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
  /** The server that each volume and address was on at first, base volumes apart. */
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

  /** Another process that calls NCP with the keys of the account; `nth` decides its chance. */
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
      callsPerSecond: CALLS_PER_SECOND,
      ...options,
    });
  }

  /** Everything that was asked of NCP and everything that changed there. */
  journal(): JournalEntry[] {
    return this.simulator.journal();
  }

  /** Whether NCP still has one of these servers, or something that was on one of them at first. */
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
