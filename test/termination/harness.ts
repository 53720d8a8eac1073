import { chance } from '../../lib/chance.ts';
import { NcloudClient } from '../../lib/ncloud/client.ts';
import { NcloudCloud } from '../../lib/ncloud/cloud.ts';
import { Limiter } from '../../lib/ncloud/limiter.ts';
import type { FleetInput } from '../../lib/simulator/fleet.ts';
import type { JournalCall } from '../../lib/simulator/journal.ts';
import { createSimulator, type SimulatedNcp, type SimulatorOptions } from '../../lib/simulator/simulator.ts';
import type { ActionName } from '../../lib/termination/actions.ts';
import type { Outcome } from '../../lib/termination/decision/decision.ts';
import type { Environment } from '../../lib/termination/model.ts';
import type { Cloud } from '../../lib/termination/ports/cloud.ts';
import { type Tools } from '../../lib/termination/ports/tools.ts';
import { parseRequest, type RequestInput, type TerminationRequest } from '../../lib/termination/request.ts';
import { run } from '../../lib/termination/run.ts';
import { type Run } from '../../lib/termination/run-record.ts';
import { inProcess, type WireOptions } from '../simulator/in-process.ts';
import { type Worded, worded } from '../wording/worded.ts';
import {
  Crash,
  type EngineMemory,
  isCrash,
  type VirtualEngineOptions,
  virtualClock,
  virtualEngine,
} from './virtual-engine.ts';

const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'SECRETEXAMPLE' };

export const BOTH = ['classic', 'vpc'] as const;

export interface Ncp {
  environment: Environment;
  simulator: SimulatedNcp;
  cloud: NcloudCloud;
}

export interface NcpOptions extends Partial<SimulatorOptions> {
  environment?: Environment;
  servers?: Record<string, unknown>[];
  region?: string;
  format?: 'xml' | 'json';
  wire?: WireOptions;
}

/** A simulator that stands still, and a cloud that calls it in this process: no socket, nothing to close. */
export function startNcp(options: NcpOptions = {}): Promise<Ncp> {
  const { environment = 'vpc', region = 'KR', servers, format = 'xml', wire = {}, ...rest } = options;
  const fleet: FleetInput = { environment, region, servers: servers ?? [devServer()] };
  const startAt = new Date('2026-03-01T00:00:00Z');
  const gateway = { now: () => startAt.getTime() };
  const simulator = createSimulator({ ...keys, speed: 0, startAt, fleet, gatewayNow: () => gateway.now(), ...rest });
  gateway.now = () => simulator.now().getTime();
  const client = new NcloudClient({
    endpoint: 'https://ncloud.apigw.ntruss.com',
    dispatcher: inProcess(simulator, wire),
    keys: { current: () => Promise.resolve(keys), fresh: () => Promise.resolve(keys) },
    format,
    clock: virtualClock(simulator),
    chance: chance(1),
    limiter: unpaced(),
  });
  return Promise.resolve({ environment, simulator, cloud: new NcloudCloud(client, { environment, region }) });
}

/** Calls wait for their turns on a separate clock: the run's time stands still meanwhile. */
function unpaced(): Limiter {
  let now = 0;
  const sleep = (ms: number): Promise<void> => {
    now += ms;
    return Promise.resolve();
  };
  return new Limiter({ clock: { now: () => now, sleep }, chance: chance(1), callsPerSecond: 1e6 });
}

/** `1001`, called `dev-1`, running, nothing attached, unless said otherwise. */
export function devServer(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const { serverInstanceNo = '1001' } = changes;
  return { serverInstanceNo, serverName: `dev-${Number(serverInstanceNo) - 1000}`, ...changes };
}

export function devServers(count: number, changes: Record<string, unknown> = {}): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) => devServer({ serverInstanceNo: String(1001 + index), ...changes }));
}

/** To terminate 1001, without limits that get in the way; what `input` says comes first. */
export function requestFor(environment: Environment, input: Partial<RequestInput> = {}): TerminationRequest {
  const wide = { maxServers: 200, maxPercent: 100 };
  const servers = input.servers ?? (input.names === undefined ? ['1001'] : []);
  const origin = { requestId: 'test', trigger: 'cli' } as const;
  return parseRequest({ environment, mode: 'terminate', limits: wide, ...input, servers }, origin);
}

export interface RunOptions extends VirtualEngineOptions, Partial<Omit<Tools, 'engine' | 'clock'>> {
  /** What a policy adds to the request. */
  terms?: Partial<TerminationRequest>;
}

/** A whole run in virtual time. */
export function runOn(ncp: Ncp, input: Partial<RequestInput> = {}, options: RunOptions = {}): Promise<Run> {
  const { memory, beforeRemembering, afterStep, cloud = ncp.cloud, terms = {}, ...tools } = options;
  const engine = virtualEngine(ncp.simulator, {
    ...(memory === undefined ? {} : { memory }),
    ...(beforeRemembering === undefined ? {} : { beforeRemembering }),
    ...(afterStep === undefined ? {} : { afterStep }),
  });
  return run(
    { ...requestFor(ncp.environment, input), ...terms },
    {
      ...tools,
      engine,
      cloud,
      clock: virtualClock(ncp.simulator),
    },
  );
}

/** Run until it dies, then again with the same memory; returns how the second life ended and whether it died at all. */
export async function runTwice(
  ncp: Ncp,
  input: Partial<RequestInput>,
  first: RunOptions,
  resumeAfterSeconds = 0,
): Promise<{ ended: Run; crashed: boolean }> {
  const memory: EngineMemory = new Map();
  try {
    return { ended: await runOn(ncp, input, { ...first, memory }), crashed: false };
  } catch (error) {
    if (!isCrash(error)) throw error;
    ncp.simulator.advance(resumeAfterSeconds);
    return { ended: await runOn(ncp, input, { memory }), crashed: true };
  }
}

/** A cloud whose process dies after its nth act: NCP has it, nobody remembers it. */
export function dyingAfterAct(cloud: Cloud, count: number): Cloud {
  let acts = 0;
  return hiding(cloud, {
    act: async (name, actions, mayGoOn, signal) => {
      const answers = await cloud.act(name, actions, mayGoOn, signal);
      acts += 1;
      if (acts === count) throw new Crash(`after act ${count}, ${name}`);
      return answers;
    },
  });
}

/** A cloud with some calls replaced. */
export function hiding(cloud: Cloud, otherwise: Partial<Cloud>): Cloud {
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
    act: (name, actions, mayGoOn, signal) => cloud.act(name, actions, mayGoOn, signal),
    ...otherwise,
  };
}

/** How a server ended, by the journal of the run, and why, as a sentence. */
export function outcomeOf(ended: Run, no = '1001'): Worded<Outcome> {
  return worded(plainOutcomeOf(ended, no));
}

function plainOutcomeOf({ history }: Run, no = '1001'): Outcome {
  const outcomes = history.events.flatMap((event) =>
    event.kind === 'outcome' && event.serverInstanceNo === no ? [event.outcome] : [],
  );
  const [outcome, ...more] = outcomes;
  if (outcome === undefined || more.length > 0) throw new Error(`${no} has ${outcomes.length} outcomes`);
  return outcome;
}

export function outcomesOf(ended: Run): Record<string, string> {
  return Object.fromEntries(
    ended.plan.items.map(({ target: { serverInstanceNo: no } }) => [no, outcomeOf(ended, no).result]),
  );
}

/** What NCP took, in order: `stop 1001`, from the simulator's own journal, cut answers included. */
export function taken({ simulator }: Ncp, action?: string): string[] {
  return calls(simulator)
    .filter(
      (call) =>
        call.returnCode === '0' && call.action in SHORT && (action ?? SHORT[call.action]) === SHORT[call.action],
    )
    .flatMap((call) => numbersIn(call).map((no) => `${SHORT[call.action]} ${no}`));
}

/** How often an action was called, whatever came of it. */
export function asked({ simulator }: Ncp, action: string): number {
  return calls(simulator).filter((call) => SHORT[call.action] === action).length;
}

export function calls(simulator: SimulatedNcp): JournalCall[] {
  return simulator.journal().filter((entry) => entry.kind === 'call');
}

const SHORT: Record<string, ActionName | 'protection'> = {
  stopServerInstances: 'stop',
  terminateServerInstances: 'terminate',
  detachBlockStorageInstances: 'detach',
  deleteBlockStorageInstances: 'deleteStorage',
  disassociatePublicIpFromServerInstance: 'disassociate',
  deletePublicIpInstance: 'releasePublicIp',
  deletePublicIpInstances: 'releasePublicIp',
  setProtectServerTermination: 'protection',
};

/** What the call was about; an address is named together with its server. */
function numbersIn({ action, parameters }: JournalCall): string[] {
  const named = action.includes('PublicIp') ? /^publicIpInstanceNo/ : /InstanceNo(List\.\d+)?$/;
  return Object.entries(parameters).flatMap(([name, value]) => (named.test(name) ? [value] : []));
}

/** Whether the simulator still has the server. */
export function exists({ simulator }: Ncp, no = '1001'): boolean {
  return simulator.state().servers.some((server) => server.serverInstanceNo === no);
}

export function serverState({ simulator }: Ncp, no = '1001') {
  const found = simulator.state().servers.find((server) => server.serverInstanceNo === no);
  if (found === undefined) throw new Error(`the simulator holds no ${no}`);
  return found;
}
