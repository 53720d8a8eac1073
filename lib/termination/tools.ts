import type { Timer } from '../clock.ts';
import type { Cloud } from './cloud.ts';
import type { PolicyNow } from './constraints.ts';
import type { Engine } from './engine.ts';
import type { Event } from './events.ts';
import type { Ledger } from './ledger.ts';
import type { Plan } from './plan.ts';
import type { TerminationRequest } from './request.ts';
import type { Run } from './run-record.ts';
import type { Board } from './run-view.ts';
import type { Sources } from './standing.ts';

/** What a run works with. */
export interface Tools {
  engine: Engine;
  cloud: Cloud;
  /** NCP for what is put back at the end, where `cloud` takes no call any more after an interruption. */
  afterwards?: Cloud;
  clock: Timer;
  /** Seconds between the first looks; while nothing happens they become up to six times as long. */
  pollSeconds?: number;
  /** Before each act, what it is about is read again, at most so many seconds before it; from 1 to 30, 5 unless said. */
  freshSeconds?: number;
  /** Holds, counts, claims and the audit; without it (only on the command line) none of them is known. */
  ledger?: Ledger | undefined;
  /** The policy of the request as it is now, where it may have been changed since. */
  policyNow?: (() => Promise<PolicyNow>) | undefined;
  /** Where people see the run. */
  board?: Board | undefined;
  /** Wakes a run that sleeps under this id. */
  wake?: ((wakeId: string) => Promise<void>) | undefined;
  /** Tells this execution from another one of the same request. */
  owner?: string;
  /** Tells this process from one that carried the same run before and died; by chance unless said. */
  life?: string;
  /** Hash of the plan that somebody agreed to. Any other plan is refused whole. */
  agreedHash?: string;
  /** Told of everything as it happens; told nothing twice when a crashed run goes on. */
  onPlan?: (plan: Plan) => void;
  onEvents?: (events: readonly Event[]) => void;
  /** Told that NCP cannot be read, and in how many seconds it is asked again; until then there is no plan. */
  onUnread?: (reason: string, againSeconds: number) => void;
  /** Told once, when the run begins a wait that people should know of. It may use the engine. */
  onLongWait?: (soFar: Run) => Promise<void>;
  /** Aborted when somebody wants the run to end: the pass under way is finished, nothing further is asked of NCP. */
  signal?: AbortSignal;
}

/** Where the standing of a run's servers is read from. `agreed`: once the run was let go on. */
export function sourcesOf(
  request: TerminationRequest,
  { cloud, ledger, policyNow }: Pick<Tools, 'cloud' | 'ledger' | 'policyNow'>,
  agreed?: Sources['agreed'],
): Sources {
  const { account, policy, requestId, approval } = request;
  return {
    cloud,
    account,
    policy,
    requestId,
    approval,
    agreed,
    ledger,
    policyNow: policy === '' ? undefined : policyNow,
  };
}
