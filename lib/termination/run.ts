/**
 * The main flow: a request becomes a plan, the plan becomes passes, the passes become outcomes. Read this first.
 * It is the same under Lambda, in this process and in virtual time; only the engine and the clock differ.
 */

import { randomUUID } from 'node:crypto';
import { type Admitted, admit } from './consent/admission.ts';
import { agree } from './consent/approval.ts';
import { announce } from './consent/notices.ts';
import { rest } from './consent/wait-for-signals.ts';
import { holdWhatMayBeLifted } from './passes/restore.ts';
import { passUntilDone } from './passes/until-done.ts';
import { ifAnothers, planned } from './planning/first-plan.ts';
import { firstEvents } from './planning/plan.ts';
import type { Tools } from './ports/tools.ts';
import type { TerminationRequest } from './request.ts';
import { begun, learn, type Run, withEvents } from './run-record.ts';
import { LONG_WAIT_SECONDS, tellOnce } from './status/long-wait.ts';
import { actingTargets, isOver, publishRun } from './status/publish.ts';

export async function run(request: TerminationRequest, given: Tools): Promise<Run> {
  const tools = { ...given, life: given.life ?? randomUUID() };
  const { plan, calls, owner } = await planned(request, tools);
  const record = begun(request, plan, calls);
  if (request.mode === 'plan') return record;

  learn(record, { events: [...firstEvents(plan), ...ifAnothers(plan, owner, tools)] });
  try {
    const goesOn = (await agree(record, tools)) && (await announce(record, tools));
    learn(record, { touches: actingTargets(record).length });
    if (goesOn) {
      await awaitAdmission(record, tools);
      if (!isOver(record)) await holdWhatMayBeLifted(record, tools);
    } else mustBeOver(record, tools);
    await passUntilDone(record, tools);
  } catch (error) {
    throw new BrokenRun(record, error);
  }
  return record;
}

/** Without consent nothing may be left to act on; an interrupted run asks NCP for nothing more. */
function mustBeOver(record: Run, { signal }: Tools): void {
  if (!isOver(record) && signal?.aborted !== true) throw new Error('the run was not let go on, and servers are left');
}

/** Nothing is done before the window is open and the plan was counted. */
async function awaitAdmission(record: Run, tools: Tools): Promise<void> {
  // Time that people took to decide does not count against the run.
  learn(record, { begunAt: record.endedAt });
  for (let tries = 1; !isOver(record); tries += 1) {
    const admitted = await tools.engine.step(`admit-${tries}`, () => admission(record, tries, tools));
    const { waitSeconds, ...learnt } = admitted;
    learn(record, waitSeconds === 0 ? { ...learnt, begunAt: learnt.at } : learnt);
    if (waitSeconds === 0) return;
    if (waitSeconds >= LONG_WAIT_SECONDS) await tellOnce(record, tools);
    await rest(`before-${tries}`, waitSeconds, record, tools);
  }
}

async function admission(record: Run, tries: number, tools: Tools): Promise<Admitted> {
  const admitted = await admit(record, tries, tools);
  if (admitted.events.length > 0) tools.onEvents?.(admitted.events);
  const soFar = withEvents(record, admitted.events);
  if (!isOver(soFar)) await publishRun(soFar, { state: 'working' }, tools);
  return admitted;
}

/** The run itself failed after the plan. What it had done and seen until then must not be lost. */
export class BrokenRun extends Error {
  readonly run: Run;

  constructor(broken: Run, cause: unknown) {
    super('the run broke off', { cause });
    this.name = 'BrokenRun';
    this.run = broken;
  }
}
