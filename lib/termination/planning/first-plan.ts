/** The first steps of a run: its plan, and whether it is this execution that carries it out. */

import { type Event, refused } from '../events.ts';
import { CloudError } from '../ports/cloud.ts';
import { type RunStore, type Stored, StoreError } from '../ports/store.ts';
import type { Tools } from '../ports/tools.ts';
import type { TerminationRequest } from '../request.ts';
import { sumOf } from '../run-record.ts';
import type { Plan } from './plan.ts';
import { survey } from './survey.ts';

interface Planned {
  plan: Plan;
  /** To NCP, by action name. */
  calls: Record<string, number>;
  /** Which execution carries the request out; empty if it is not known. */
  owner: string;
}

/** What NCP would not let be read. */
interface NotPlanned {
  unread: Pick<CloudError, 'message' | 'fatal' | 'returnCode' | 'failure'>;
  calls: Record<string, number>;
  /** When it is given up, milliseconds since the epoch. */
  deadlineAt: number;
  /** Whole seconds until NCP is asked again; 0: it is not. */
  againSeconds: number;
}

/** A plan that nobody is to carry out is not worth a longer wait, in minutes. */
const LOOK_MINUTES = 2;
const LONGEST_PAUSE_SECONDS = 600;

/** What cannot be read now is waited for until the deadline, as in every pass. Throws if there is no plan by then. */
export async function planned(request: TerminationRequest, tools: Tools): Promise<Planned> {
  let calls: Record<string, number> = {};
  let before: NotPlanned | undefined;
  for (let tries = 1; ; tries += 1) {
    const name = tries === 1 ? 'plan' : `plan-${tries}`;
    const tried = await tools.engine.step(name, () => lookOnce(request, { tries, before }, tools));
    calls = sumOf(calls, tried.calls);
    if ('plan' in tried) return { ...tried, calls };
    if (tried.againSeconds === 0 || tools.signal?.aborted === true)
      throw new CloudError(tried.unread.message, tried.unread);
    await tools.engine.sleep(`plan-later-${tries}`, tried.againSeconds);
    before = tried;
  }
}

async function lookOnce(
  request: TerminationRequest,
  { tries, before }: { tries: number; before: NotPlanned | undefined },
  tools: Tools,
): Promise<Planned | NotPlanned> {
  const { cloud, clock, onPlan, onUnread } = tools;
  try {
    const plan = await survey(request, tools);
    onPlan?.(plan);
    return { plan, calls: cloud.takeCalls(), owner: await ownerOf(request, tools) };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    // As an answer of the step: of an error a durable step keeps the text alone.
    const { message, fatal, returnCode, failure } = error;
    const now = clock.now();
    const { deadlineAt = now + patienceOf(request) } = before ?? {};
    const left = fatal ? 0 : Math.max(0, Math.ceil((deadlineAt - now) / 1000));
    const againSeconds = Math.min(left, LONGEST_PAUSE_SECONDS, 15 * 2 ** (tries - 1));
    if (againSeconds > 0) onUnread?.(message, againSeconds);
    return { unread: { message, fatal, returnCode, failure }, calls: cloud.takeCalls(), deadlineAt, againSeconds };
  }
}

function patienceOf({ mode, deadlineMinutes }: TerminationRequest): number {
  return (mode === 'plan' ? Math.min(LOOK_MINUTES, deadlineMinutes) : deadlineMinutes) * 60_000;
}

/** The first that asks; if that is not known now, admission finds out before anything is done. */
async function ownerOf(
  { requestId, mode }: TerminationRequest,
  { store, owner = '' }: Stored<Pick<RunStore, 'rememberOwner'>> & Pick<Tools, 'owner'>,
): Promise<string> {
  if (mode === 'plan' || store === undefined) return '';
  try {
    return await store.rememberOwner(requestId, owner);
  } catch (error) {
    if (error instanceof StoreError) return '';
    throw error;
  }
}

/** Another execution carries this request out: people are asked by that one, and see that one. */
export function ifAnothers(plan: Plan, carriedOutBy: string, { owner = '' }: Tools): Event[] {
  if (carriedOutBy === '' || carriedOutBy === owner) return [];
  const body = refused('duplicate', { code: 'duplicate', owner: carriedOutBy, since: '' });
  const open = plan.items.filter((item) => item.verdict !== 'refuse').map((item) => item.target.serverInstanceNo);
  return open.map((serverInstanceNo) => ({ at: plan.createdAt, serverInstanceNo, ...body }));
}
