/**
 * What the smoke test of a deployment runs in place of a run. It makes the plans of policies, sleeps until it is woken, and
 * crashes once if it is asked to. It cannot act on a server: it is given eyes and no hands (`Sights`), and never a `Tools`.
 */

import * as z from 'zod';
import { requestFor } from '../policies/resolve.ts';
import type { Policies } from '../policies/schema.ts';
import type { Plan } from '../termination/planning/plan.ts';
import { type Cloud, CloudError, type Sights } from '../termination/ports/cloud.ts';
import type { Engine } from '../termination/ports/engine.ts';
import { RequestError, type TerminationRequest } from '../termination/request.ts';
import { checked } from './order.ts';

const EXAMPLE = '{"probe": {"policies": ["nightly-dev"], "sleepSeconds": 60, "crash": true}}';

const probeSchema = z.strictObject({
  probe: z.strictObject({
    /** Whose plans are made. */
    policies: z.array(z.string().min(1).max(100)).max(20),
    /** How long it sleeps if nobody wakes it. */
    sleepSeconds: z.int().min(1).max(3_600),
    /** Its process ends once in the middle, as if it had been killed. */
    crash: z.boolean(),
  }),
});

export type Probe = z.output<typeof probeSchema>['probe'];

/** Undefined: the event asks for something else. Throws {@link RequestError} where it is a probe that is not right. */
export function probeFrom(event: unknown): Probe | undefined {
  if (typeof event !== 'object' || event === null || !('probe' in event)) return undefined;
  return checked(probeSchema, event, EXAMPLE).probe;
}

/** What was seen of one policy. Numbers of servers. */
interface Look {
  policy: string;
  regionHolds: number;
  selected: number;
  /** Which a run would end, at once or later. */
  wouldEnd: number;
  /** Which guard refuses the whole plan; empty: none. */
  refusedBy: string;
  /** Why NCP could not be read; empty: it could. */
  unread: string;
}

export interface ProbeAnswer {
  looks: Look[];
  /** Between falling asleep and being awake. */
  sleptSeconds: number;
  /** Another process than before went on with what it had remembered. */
  crashed: boolean;
}

export interface ProbeTools {
  engine: Engine;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Tells this process from the one that crashed. */
  life: string;
  crash: () => never;
  /** The plan of this request, made by looking. */
  look: (request: TerminationRequest) => Promise<Plan>;
}

export async function probe(order: Probe, policies: Policies, tools: ProbeTools): Promise<ProbeAnswer> {
  const { engine, now, life, look } = tools;
  const looks: Look[] = [];
  for (const policy of order.policies) {
    looks.push(await engine.step(`look-${policy}`, () => lookAt(policy, policies, look)));
  }
  const asleepAt = await engine.step('asleep', () => Promise.resolve(now()));
  await engine.waitForSignal('sleep', order.sleepSeconds, () => Promise.resolve());
  const awakeAt = await engine.step('awake', () => Promise.resolve(now()));
  // The process that took this step remembers nothing of it after a crash; the next one is told another life's name.
  const before = await engine.step('before-crash', () => Promise.resolve(life));
  if (order.crash && before === life) tools.crash();
  const after = await engine.step('after-crash', () => Promise.resolve(life));
  return { looks, sleptSeconds: Math.round((awakeAt - asleepAt) / 1000), crashed: after !== before };
}

/** What NCP does not let be read, or a policy that was not deployed, is what the probe came to see, not a failure of it. */
async function lookAt(policy: string, policies: Policies, look: ProbeTools['look']): Promise<Look> {
  const ask = { policy, servers: [], mode: 'plan' as const, reason: 'smoke test', requestedBy: 'smoke test' };
  const origin = { requestId: `probe-${policy}`, trigger: 'invocation' as const };
  try {
    const request = requestFor({ ...origin, ask: { kind: 'policy', ask } }, policies);
    const { regionHolds, items, refusal } = await look(request);
    const wouldEnd = items.filter(({ verdict }) => verdict === 'terminate' || verdict === 'wait').length;
    return { policy, regionHolds, selected: items.length, wouldEnd, refusedBy: refusal?.guard ?? '', unread: '' };
  } catch (error) {
    if (!(error instanceof CloudError || error instanceof RequestError)) throw error;
    return { policy, regionHolds: 0, selected: 0, wouldEnd: 0, refusedBy: '', unread: error.message };
  }
}

/** The eyes of a cloud, without its hands: what gets this cannot act, whatever it was written to do. */
export function sightsOf(cloud: Cloud): Sights {
  return {
    scope: cloud.scope,
    allServers: () => cloud.allServers(),
    allNumbers: () => cloud.allNumbers(),
    servers: (numbers, how) => cloud.servers(numbers, how),
    attachments: (resource, numbers, how) => cloud.attachments(resource, numbers, how),
    tags: (numbers, how) => cloud.tags(numbers, how),
    countElsewhere: () => cloud.countElsewhere(),
    elsewhere: (numbers) => cloud.elsewhere(numbers),
    ready: () => cloud.ready(),
    takeCalls: () => cloud.takeCalls(),
  };
}
