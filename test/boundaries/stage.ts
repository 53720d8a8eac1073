/**
 * Where one run happens: three servers that it is to take, one that is none of its business, and everybody who may say
 * something meanwhile. Client and simulator are joined without a socket; each call takes simulated time.
 */

import type { SimulatedNcp } from '../../lib/simulator/simulator.ts';
import type { PolicyNow } from '../../lib/termination/decision/constraints.ts';
import type { Environment } from '../../lib/termination/model.ts';
import type { Cloud } from '../../lib/termination/ports/cloud.ts';
import type { PolicyTerms } from '../../lib/termination/rules.ts';
import type { RunView } from '../../lib/termination/status/run-view.ts';
import type { WireOptions } from '../simulator/in-process.ts';
import { type Desk, openDesk } from '../termination/desk.ts';
import { devServer, hiding, startNcp } from '../termination/harness.ts';
import { approval, POLICY_TERMS } from '../termination/people.ts';
import { virtualClock } from '../termination/virtual-engine.ts';

/** The server about which somebody has second thoughts: a volume, an address. */
export const MINE = '1001';
/** It shares every call with MINE, and nobody says anything about it. */
const ALIKE = '1002';
/** Stopped already, with nothing attached. */
const BARE = '1003';
export const PLANNED: readonly string[] = [MINE, ALIKE, BARE];
/** Outside the plan; people move things there. */
export const OTHER = '2000';

export const ACCOUNT = 'default';
export const REQUEST_ID = 'boundaries';
export const DEADLINE_MINUTES = 60;

/** Simulated seconds that a call takes, there and back. */
export const LATENCY_SECONDS = 0.3;

export interface Scene {
  name: string;
  environment: Environment;
  /** MINE is protected, and the request may lift the protection. */
  isProtected: boolean;
  /** The region counts as a large one, whose lists a look does not read whole. */
  isLarge: boolean;
  format: 'xml' | 'json';
}

export const SCENES: readonly Scene[] = [
  { name: 'VPC', environment: 'vpc', isProtected: false, isLarge: false, format: 'json' },
  { name: 'Classic', environment: 'classic', isProtected: false, isLarge: false, format: 'xml' },
  { name: 'VPC, protected', environment: 'vpc', isProtected: true, isLarge: true, format: 'json' },
];

/** Open when everything begins, at 09:00 on a Sunday. */
const DAYTIME: NonNullable<PolicyTerms['window']> = {
  timezone: 'Asia/Seoul',
  days: ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'],
  from: '08:00',
  to: '20:00',
  holidays: { calendar: 'none', dates: [] },
};

export const APPROVAL = approval();

type Published = Extract<PolicyNow, { kind: 'published' }>;

const LARGE = { regionHolds: 10_000 };

function asIfLarge(cloud: Cloud): Cloud {
  return hiding(cloud, {
    servers: (numbers, how) => cloud.servers(numbers, { ...how, ...LARGE }),
    tags: (numbers) => cloud.tags(numbers, LARGE),
  });
}

export class Stage {
  readonly scene: Scene;
  readonly simulator: SimulatedNcp;
  readonly cloud: Cloud;
  readonly store: Desk['store'];
  readonly policyTerms: PolicyTerms;
  /** The plan that people were shown last. */
  shown: RunView | undefined;
  policyNow: Published;
  readonly #began: ReturnType<SimulatedNcp['state']>;

  private constructor(scene: Scene, simulator: SimulatedNcp, cloud: Cloud, store: Desk['store']) {
    this.scene = scene;
    this.simulator = simulator;
    this.cloud = scene.isLarge ? asIfLarge(cloud) : cloud;
    this.store = store;
    this.policyTerms = {
      ...POLICY_TERMS,
      environment: scene.environment,
      overrideProtection: scene.isProtected,
      window: DAYTIME,
    };
    this.policyNow = { kind: 'published', policyTerms: this.policyTerms, approval: APPROVAL };
    this.#began = simulator.state();
  }

  static async open(scene: Scene, faults: string, wire: WireOptions): Promise<Stage> {
    const { simulator, cloud } = await startNcp({
      environment: scene.environment,
      format: scene.format,
      servers: fleet(scene),
      wire: { latencySeconds: LATENCY_SECONDS, ...wire },
      faults,
    });
    const { store } = await openDesk(virtualClock(simulator));
    return new Stage(scene, simulator, cloud, store);
  }

  close(): void {
    this.store.disconnect();
  }

  now(): number {
    return this.simulator.now().getTime();
  }

  /** The policy as it is now with these changes, as it would be published. */
  publishing(changes: Partial<PolicyTerms>): Published {
    const { policyTerms } = this.policyNow;
    return { kind: 'published', policyTerms: { ...policyTerms, ...changes }, approval: APPROVAL };
  }

  /** A server's number and those of everything that it had at the beginning. */
  all(serverInstanceNo: string): string[] {
    return [serverInstanceNo, ...this.volumesOf(serverInstanceNo), ...this.addressesOf(serverInstanceNo)];
  }

  volumesOf(serverInstanceNo: string): string[] {
    return this.#began.blockStorages
      .filter((one) => one.serverInstanceNo === serverInstanceNo && one.blockStorageType.code !== 'BASIC')
      .map((one) => one.blockStorageInstanceNo);
  }

  addressesOf(serverInstanceNo: string): string[] {
    return this.#began.publicIps
      .filter((one) => one.serverInstanceNo === serverInstanceNo)
      .map((one) => one.publicIpInstanceNo);
  }
}

function fleet({ isProtected }: Scene): Record<string, unknown>[] {
  const quick = { stopSeconds: 10, startSeconds: 10, terminateSeconds: 10, detachSeconds: 3, disassociateSeconds: 3 };
  const tags = { env: 'dev' };
  return [
    {
      ...devServer(),
      blockStorage: [{ blockStorageName: 'mine' }],
      publicIp: '203.0.113.1',
      isProtectServerTermination: isProtected,
    },
    {
      ...devServer({ serverInstanceNo: '1002' }),
      blockStorage: [{ blockStorageName: 'alike' }],
      publicIp: '203.0.113.2',
    },
    { ...devServer({ serverInstanceNo: '1003' }), status: 'NSTOP' },
    { serverInstanceNo: OTHER, serverName: 'prod-1' },
  ].map((one) => ({ ...one, ...quick, tags }));
}
