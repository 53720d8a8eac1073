/** Lives through a story on the simulator and the emulator of DynamoDB. */

import type { PolicyNow } from '../../lib/termination/decision/constraints.ts';
import { type Cloud, CloudError } from '../../lib/termination/ports/cloud.ts';
import { StoreError } from '../../lib/termination/ports/store.ts';
import type { TerminationRequest } from '../../lib/termination/request.ts';
import { DEFAULT_TAG_KEYS } from '../../lib/termination/rules.ts';
import { run } from '../../lib/termination/run.ts';
import type { Run } from '../../lib/termination/run-record.ts';
import { calls, hiding } from './harness.ts';
import { STARTS_AT, type Story, type ToldRun } from './policy-story.ts';
import { say } from './policy-story-people.ts';
import { engineAmong, type Stepping } from './policy-story-turns.ts';
import {
  type CallSeen,
  type Lived,
  type LivedRun,
  numberOf,
  openWorld,
  policyTermsOf,
  type World,
} from './policy-story-world.ts';
import { Crash, type EngineMemory, isCrash, virtualClock } from './virtual-engine.ts';

export async function live(told: Story): Promise<Lived> {
  const world = await openWorld(told);
  try {
    await Promise.all(told.runs.map((one, place) => livedRun(one, place, world)));
    world.lived.accepted = calls(world.ncp.simulator).filter(isEnding).length;
    return world.lived;
  } finally {
    await world.desk.close();
  }
}

/** One of the runs at a time; how far it is in its steps, and the crashes that lie ahead. */
interface Life {
  one: LivedRun;
  place: number;
  steps: number;
  crashes: ToldRun['crashes'];
}

async function livedRun(told: ToldRun, place: number, world: World): Promise<void> {
  const { turns, lived } = world;
  try {
    await turns.take(STARTS_AT + world.told.startsAfterMs + told.afterMs);
    const life = { one: begun(told, place, world), place, steps: 0, crashes: [...told.crashes] };
    lived.runs.push(life.one);
    await sayWhatComesNow(life, world);
    life.one.ended = await untilItEnds(life, world);
    await turns.take(world.ncp.simulator.now().getTime());
    await closed(life.one, world);
  } catch (error) {
    const one = lived.runs.find(({ owner }) => owner === ownerOf(place));
    if (!(error instanceof CloudError) || one === undefined) throw error;
    one.failed = error.message;
  } finally {
    turns.leave();
  }
}

function begun(told: ToldRun, place: number, { published, told: { policies } }: World): LivedRun {
  const now = published[told.policy];
  const began = typeof now === 'object' ? now : policies[told.policy === 0 ? 0 : 1];
  const requestId = `request-${told.again && place > 0 ? place - 1 : place}`;
  return { told, requestId, owner: ownerOf(place), began, admissions: [], ended: undefined, failed: '' };
}

function ownerOf(place: number): string {
  return `owner-${place}`;
}

/** With the same memory in every life. */
async function untilItEnds(life: Life, world: World): Promise<Run> {
  const memory: EngineMemory = new Map();
  const { simulator } = world.ncp;
  const request = requestOf(life.one, world.told);
  for (;;) {
    try {
      return await run(request, {
        engine: engineAmong(world.turns, simulator, {
          memory,
          onStep: (stepping) => stepped(stepping, life, world),
        }),
        cloud: watched(life, world),
        clock: virtualClock(simulator),
        store: world.desk.store,
        owner: life.one.owner,
        policyNow: () => Promise.resolve(policyNow(life.one.told.policy, world)),
      });
    } catch (error) {
      const crash = life.crashes.shift();
      if (!isCrash(error) || crash === undefined) throw error;
      await world.turns.take(simulator.now().getTime() + crash.resumedAfterMs);
    }
  }
}

/** As `carryOut` does at the end; where the table fails, the claim ends by itself. */
async function closed({ requestId, owner }: LivedRun, { desk }: World): Promise<void> {
  try {
    await desk.store.close('default', requestId, owner);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

function requestOf({ told, requestId, began }: LivedRun, { environment, servers }: Story): TerminationRequest {
  const { policy, named, maxServers, maxPercent, stopForSeconds, expiry } = told;
  return {
    environment,
    region: 'KR',
    account: 'default',
    approval: null,
    notifySeconds: [],
    askedBy: '',
    requestId,
    trigger: 'event',
    mode: 'terminate',
    policy: `policy-${policy}`,
    policyVersion: '1',
    policyTerms: policyTermsOf(policy, began, environment),
    servers: [...new Set((named ?? []).map((place) => numberOf(place % servers.length)))],
    names: [],
    expiry,
    stopForSeconds,
    limits: { maxServers, maxPercent },
    storage: 'refuse',
    publicIp: 'keep',
    overrideProtection: false,
    tagKeys: DEFAULT_TAG_KEYS,
    timezone: 'Asia/Seoul',
    deadlineMinutes: 20,
    report: [],
    reason: '',
    requestedBy: '',
    notes: [],
  };
}

function policyNow(policy: number, { published, told }: World): PolicyNow {
  const now = published[policy] ?? 'unpublished';
  return typeof now === 'string'
    ? { kind: now }
    : { kind: 'published', approval: null, policyTerms: policyTermsOf(policy, now, told.environment) };
}

async function stepped({ when, name, answer = '' }: Stepping, life: Life, world: World): Promise<void> {
  const { simulator } = world.ncp;
  switch (when) {
    case 'begun':
      if (!isSending(name)) life.steps += 1;
      if (!name.startsWith('admit-')) return;
      world.admissions += 1;
      life.one.admissions.push({
        at: simulator.now().getTime(),
        order: world.admissions,
        holds: simulator.state().servers.length,
      });
      return;
    case 'done':
      return dieIf('before-remembering', life);
    case 'remembered':
      return isToBeSent(answer) ? undefined : sayWhatComesNow(life, world);
  }
}

/** A pass that wrote something down and the step that sends it are one moment: what it read allows the act. */
function isSending(name: string): boolean {
  return name.startsWith('send-');
}

function isToBeSent(answer: string): boolean {
  return answer.includes('"isWritten":true');
}

function dieIf(kind: ToldRun['crashes'][number]['kind'], { crashes, steps }: Life): void {
  const next = crashes[0];
  if (next?.kind === kind && next.at <= steps) throw new Crash(kind);
}

async function sayWhatComesNow({ place, steps, one }: Life, world: World): Promise<void> {
  const { happenings, runs, servers } = world.told;
  for (const { run: of, after, signal, who } of happenings) {
    if (of % runs.length !== place || after !== steps) continue;
    const { named } = one.told;
    const meant = named === null ? who : (named[who % named.length] ?? who);
    await say(signal, numberOf(meant % servers.length), one.told.policy, world);
  }
}

/** Writes down what is true at the moment of each act, and dies after one. */
function watched(life: Life, world: World): Cloud {
  const { cloud, simulator } = world.ncp;
  return hiding(cloud, {
    act: async (name, actions, mayGoOn) => {
      const before = calls(simulator).length;
      const seen = {
        run: life.one,
        at: simulator.now().getTime(),
        calls: [] as CallSeen[],
        servers: serversNow(world),
        tags: new Map(world.tags),
        holds: new Map(world.holds),
        published: world.published[life.one.told.policy],
      };
      world.lived.acts.push(seen);
      const answers = await cloud.act(name, actions, mayGoOn);
      seen.calls = takenAmong(calls(simulator).slice(before));
      dieIf('after-act', life);
      return answers;
    },
  });
}

function serversNow({ ncp }: World) {
  return new Map(
    ncp.simulator
      .state()
      .servers.map(({ serverInstanceNo, serverName: name, isProtectServerTermination: isProtected, createDate }) => [
        serverInstanceNo,
        { name, isProtected, createDate },
      ]),
  );
}

type Call = ReturnType<typeof calls>[number];

function takenAmong(sent: readonly Call[]): CallSeen[] {
  return sent.filter(isEnding).map((call) => {
    const { action } = call;
    const numbers = numbersIn(call);
    const first = sent.find((one) => one.action === action && numbersIn(one).join() === numbers.join()) ?? call;
    return { action, askedAt: Date.parse(first.at), numbers };
  });
}

function numbersIn({ parameters }: Call): string[] {
  return Object.entries(parameters).flatMap(([key, no]) => (key.startsWith('serverInstanceNo') ? [no] : []));
}

function isEnding({ action, returnCode }: Call): boolean {
  return returnCode === '0' && /^(stop|terminate)ServerInstances$/.test(action);
}
