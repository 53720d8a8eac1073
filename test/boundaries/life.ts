/** One run from beginning to end, with one person who does one thing after a certain call. */

import { carryOut } from '../../lib/carry-out.ts';
import type { Report } from '../../lib/reports/report.ts';
import type { JournalEntry } from '../../lib/simulator/journal.ts';
import type { SimulatorState } from '../../lib/simulator/state.ts';
import type { Target } from '../../lib/termination/model.ts';
import { parseRequest, type TerminationRequest } from '../../lib/termination/request.ts';
import type { Board } from '../../lib/termination/run-card.ts';
import type { WireCall } from '../simulator/in-process.ts';
import { ASKER, MINA } from '../termination/people.ts';
import { virtualClock, virtualEngine } from '../termination/virtual-engine.ts';
import type { PersonsAct } from './acts.ts';
import type { Claim } from './claims.ts';
import type { Fault } from './faults.ts';
import { APPROVAL, DEADLINE_MINUTES, REQUEST_ID, type Scene, Stage } from './stage.ts';

/** Which run it is. */
export interface Told {
  scene: Scene;
  fault: Fault;
  /** Undefined: nobody does anything. */
  act: PersonsAct | undefined;
  /** The person acts after this many calls. */
  boundary: number;
  /** Simulated seconds by which the answer of that call is late. */
  lateSeconds: number;
}

export interface Lived {
  told: Told;
  stage: Stage;
  /** What each call asked for, in order. */
  calls: string[];
  claims: readonly Claim[];
  journal: JournalEntry[];
  report: Report;
  /** Of the plan that people agreed to last. */
  targets: Target[];
  endState: SimulatorState;
}

export async function live(told: Told): Promise<Lived> {
  const calls: string[] = [];
  let claims: readonly Claim[] = [];
  let isAsked = false;
  const between = (): void => {
    claims = actAt(calls.length, told, stage, claims);
  };
  const afterCall = (_n: number, call: WireCall): void => {
    calls.push(nameOf(call));
    if (!isAsked && /terminateServerInstances\?.*=1001\b/.test(call.target)) {
      isAsked = true;
      if (told.fault.afterTerminate !== undefined) stage.simulator.setFaults(told.fault.afterTerminate);
    }
    between();
  };
  const stage = await Stage.open(told.scene, told.fault.spec, { afterCall });
  between();
  const { report, targets } = await carriedOut(stage);
  const { simulator } = stage;
  return { told, stage, calls, claims, journal: simulator.journal(), report, targets, endState: simulator.state() };
}

function actAt(
  calls: number,
  { act, boundary, lateSeconds }: Told,
  stage: Stage,
  before: readonly Claim[],
): readonly Claim[] {
  if (act?.before !== undefined && calls === boundary - 1) {
    const claims = act.before(stage);
    stage.simulator.advance(lateSeconds);
    return claims;
  }
  if (act === undefined || calls !== boundary || (act.before !== undefined && before.length === 0)) return before;
  const claims = act.does(stage, before);
  stage.simulator.advance(lateSeconds);
  return claims;
}

function nameOf({ target }: WireCall): string {
  return target.split('?')[0]?.split('/').at(-1) ?? '';
}

async function carriedOut(stage: Stage): Promise<{ report: Report; targets: Target[] }> {
  let targets: Target[] = [];
  const clock = virtualClock(stage.simulator);
  const { report } = await carryOut(
    requestOf(stage),
    {
      engine: virtualEngine(stage.simulator, { whileAsleep: ({ name }) => agreeing(stage, name) }),
      cloud: stage.cloud,
      clock,
      ledger: stage.ledger,
      owner: 'execution-1',
      board: boardOf(stage),
      policyNow: () => Promise.resolve(stage.policyNow),
      onPlan: (plan) => {
        targets = plan.items.map((item) => item.target);
      },
    },
    [],
  );
  return { report, targets };
}

/** Whatever plan is shown, somebody agrees to it five seconds later. */
async function agreeing(stage: Stage, sleep: string): Promise<number | undefined> {
  if (!sleep.startsWith('sleep-approval') || stage.shown === undefined) return undefined;
  const at = stage.simulator.now().toISOString();
  const { planHash } = stage.shown;
  const isNew = await stage.ledger.say(REQUEST_ID, { kind: 'approve', planHash, by: MINA, name: '', at, reason: '' });
  return isNew ? 5 : undefined;
}

function boardOf(stage: Stage): Board {
  return {
    show: (card) => {
      stage.shown = structuredClone(card);
      return Promise.resolve(true);
    },
    notify: () => Promise.resolve(true),
  };
}

function requestOf({ scene, fence }: Stage): TerminationRequest {
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
  return { ...request, policy: fence.policy, fence, askedBy: ASKER, approval: APPROVAL };
}
