/** One run from beginning to end, with people who do something after certain calls. */

import type { Report } from '../../lib/reports/report.ts';
import type { JournalEntry } from '../../lib/simulator/journal.ts';
import type { SimulatorState } from '../../lib/simulator/state.ts';
import type { Target } from '../../lib/termination/model.ts';
import { parseRequest, type TerminationRequest } from '../../lib/termination/request.ts';
import type { Notifier } from '../../lib/termination/status/run-view.ts';
import { type CarriedOut, carryOut } from '../../lib/triggers/carry-out.ts';
import type { WireCall } from '../simulator/in-process.ts';
import { ASKER, MINA } from '../termination/people.ts';
import { type EngineMemory, virtualClock, virtualEngine } from '../termination/virtual-engine.ts';
import type { PersonsAct } from './acts.ts';
import type { Claim } from './claims.ts';
import { type EngineKind, intends } from './engines.ts';
import type { Fault } from './faults.ts';
import { APPROVAL, DEADLINE_MINUTES, REQUEST_ID, type Scene, Stage } from './stage.ts';

/** Which run it is. */
export interface Told {
  scene: Scene;
  fault: Fault;
  engine: EngineKind;
  /** What people do, in this order. */
  deeds: readonly Deed[];
  /** How late the answer is after which somebody acts, in simulated seconds. */
  lateSeconds: number;
}

interface Deed {
  act: PersonsAct;
  /** After this many moments. */
  boundary: number;
}

export interface Lived {
  told: Told;
  stage: Stage;
  /** What each call asked for, in order, and when the process was dead. */
  moments: string[];
  claims: readonly Claim[];
  journal: JournalEntry[];
  report: Report;
  /** Of the last plan that people agreed to. */
  targets: Target[];
  endState: SimulatorState;
}

export const DEATH = 'the death';

export async function live(told: Told): Promise<Lived> {
  const moments: string[] = [];
  const people = new People(told.deeds, told.lateSeconds);
  let isAsked = false;
  const passing = (moment: string): Promise<void> => {
    moments.push(moment);
    return people.act(moments.length, stage);
  };
  const afterCall = (_n: number, call: WireCall): Promise<void> => {
    if (!isAsked && /terminateServerInstances\?.*=1001\b/.test(call.target)) {
      isAsked = true;
      if (told.fault.afterTerminate !== undefined) stage.simulator.setFaults(told.fault.afterTerminate);
    }
    return passing(nameOf(call));
  };
  const stage = await Stage.open(told.scene, told.fault.spec, { afterCall });
  await people.act(0, stage);
  const { report, targets } = await carriedOut(stage, told.engine, () => passing(DEATH));
  stage.close();
  const { simulator } = stage;
  const { claims } = people;
  return { told, stage, moments, claims, journal: simulator.journal(), report, targets, endState: simulator.state() };
}

class People {
  claims: readonly Claim[] = [];
  readonly #deeds: readonly Deed[];
  readonly #lateSeconds: number;
  /** What was done one boundary earlier, for a deed. */
  readonly #before = new Map<Deed, readonly Claim[]>();

  constructor(deeds: readonly Deed[], lateSeconds: number) {
    this.#deeds = deeds;
    this.#lateSeconds = lateSeconds;
  }

  async act(moments: number, stage: Stage): Promise<void> {
    for (const deed of this.#deeds) {
      const { act, boundary } = deed;
      if (act.before !== undefined && moments === boundary - 1) {
        const claims = await act.before(stage);
        this.#before.set(deed, claims);
        this.claims = [...this.claims, ...claims];
        stage.simulator.advance(this.#lateSeconds);
      }
      if (moments !== boundary || (act.before !== undefined && !this.#before.has(deed))) continue;
      this.claims = [...this.claims, ...(await act.does(stage, this.claims))];
      stage.simulator.advance(this.#lateSeconds);
    }
  }
}

function nameOf({ target }: WireCall): string {
  return target.split('?')[0]?.split('/').at(-1) ?? '';
}

const MOST_LIVES = 500;

async function carriedOut(
  stage: Stage,
  engine: EngineKind,
  whileDead: () => Promise<void>,
): Promise<{ report: Report; targets: Target[] }> {
  const memory: EngineMemory = new Map();
  let targets: Target[] = [];
  let mayDie = engine.diesBefore !== undefined;
  for (let lives = 0; lives < MOST_LIVES; lives += 1) {
    const ended = await oneLife(stage, engine.isReplayed, {
      memory,
      isDeadly: (answer) => mayDie && engine.diesBefore !== undefined && intends(answer, engine.diesBefore),
      onPlan: (planned) => {
        targets = planned;
      },
    });
    if (typeof ended === 'object') return { report: ended.report, targets };
    if (ended === 'suspended') continue;
    mayDie = false;
    stage.simulator.advance(engine.deadSeconds / 2);
    await whileDead();
    stage.simulator.advance(engine.deadSeconds / 2);
  }
  throw new Error('the run does not end');
}

interface Life {
  memory: EngineMemory;
  isDeadly: (answer: string) => boolean;
  onPlan: (targets: Target[]) => void;
}

/** One process. When it has ended, its pending work hangs for ever, so that no code of it notices the end. */
function oneLife(
  stage: Stage,
  isReplayed: boolean,
  { memory, isDeadly, onPlan }: Life,
): Promise<CarriedOut | 'suspended' | 'died'> {
  const end = Promise.withResolvers<'suspended' | 'died'>();
  const ending = (how: 'suspended' | 'died'): Promise<void> => {
    end.resolve(how);
    return new Promise(() => undefined);
  };
  const engine = virtualEngine(stage.simulator, {
    memory,
    whileAsleep: ({ name }) => agreeing(stage, name),
    afterStep: (step) => (isDeadly(memory.get(step) ?? 'null') ? ending('died') : undefined),
    afterWait: () => (isReplayed ? ending('suspended') : undefined),
  });
  const carried = carryOut(
    requestOf(stage),
    {
      engine,
      cloud: stage.cloud,
      clock: virtualClock(stage.simulator),
      store: stage.store,
      owner: 'execution-1',
      notifier: notifierFor(stage),
      policyNow: () => Promise.resolve(stage.policyNow),
      onPlan: (plan) => onPlan(plan.items.map((item) => item.target)),
    },
    [],
  );
  return Promise.race([carried, end.promise]);
}

/** Whatever plan is shown, somebody agrees to it five seconds later. */
async function agreeing(stage: Stage, sleep: string): Promise<number | undefined> {
  if (!sleep.startsWith('sleep-approval') || stage.shown === undefined) return undefined;
  const at = stage.simulator.now().toISOString();
  const { planHash } = stage.shown;
  const isNew = await stage.store.say(REQUEST_ID, { kind: 'approve', planHash, by: MINA, name: '', at, reason: '' });
  return isNew ? 5 : undefined;
}

function notifierFor(stage: Stage): Notifier {
  return {
    show: (card) => {
      stage.shown = structuredClone(card);
      return Promise.resolve(true);
    },
    notify: () => Promise.resolve(true),
  };
}

function requestOf({ scene, policyTerms }: Stage): TerminationRequest {
  const request = parseRequest(
    {
      environment: scene.environment,
      mode: 'terminate',
      names: ['dev-*'],
      storage: 'delete',
      publicIp: 'release',
      overrideProtection: scene.isProtected,
      limits: { maxServers: 200, maxPercent: 100 },
      deadlineMinutes: DEADLINE_MINUTES,
    },
    { requestId: REQUEST_ID, trigger: 'chat' },
  );
  return { ...request, policy: policyTerms.policy, policyTerms, askedBy: ASKER, approval: APPROVAL };
}
