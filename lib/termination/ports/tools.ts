import type { Timer } from '../../clock.ts';
import type { PolicyNow } from '../decision/constraints.ts';
import type { Event } from '../events.ts';
import type { Sources } from '../passes/read-constraints.ts';
import type { Plan } from '../planning/plan.ts';
import type { TerminationRequest } from '../request.ts';
import type { Run } from '../run-record.ts';
import type { Notifier } from '../status/run-view.ts';
import type { Cloud } from './cloud.ts';
import type { Engine } from './engine.ts';
import type { AuditLog, HoldStore, NewsStore, PauseStore, RunStore, SignalStore, Stored, ViewStore } from './store.ts';

/** What a run needs of the store. It cannot signal a run: only people do. */
type OfStore = Pick<
  HoldStore & SignalStore & ViewStore,
  'holds' | 'hold' | 'letGo' | 'signals' | 'putWake' | 'view' | 'putView'
> &
  PauseStore &
  RunStore &
  AuditLog &
  NewsStore;

/** What a run works with. */
export interface Tools extends Stored<OfStore> {
  engine: Engine;
  cloud: Cloud;
  /** NCP for what is put back at the end, when `cloud` takes no further calls after an interruption. */
  afterwards?: Cloud;
  clock: Timer;
  /** Seconds between the first looks; while nothing happens they become up to six times as long. */
  pollSeconds?: number;
  /** Before each act, what it is about is read again, at most this many seconds before it; from 1 to 30, by default 5. */
  freshSeconds?: number;
  /** The policy of the request as it is now, if it may have changed since. */
  policyNow?: (() => Promise<PolicyNow>) | undefined;
  /** Where people see the run. */
  notifier?: Notifier | undefined;
  /** Wakes a run that sleeps under this id. */
  wake?: ((wakeId: string) => Promise<void>) | undefined;
  /** Tells this execution from another one of the same request. */
  owner?: string;
  /** Tells this process from one that carried the same run before and died; random by default. */
  life?: string;
  /** Hash of the plan that somebody agreed to. Any other plan is refused whole. */
  agreedHash?: string;
  /** Called with everything as it happens; nothing comes twice when a crashed run is resumed. */
  onPlan?: (plan: Plan) => void;
  onEvents?: (events: readonly Event[]) => void;
  /** Told that NCP cannot be read, and in how many seconds it is asked again; until then there is no plan. */
  onUnread?: (reason: string, againSeconds: number) => void;
  /** Told once, when the run begins a wait that people should know of. It may use the engine. */
  onLongWait?: (soFar: Run) => Promise<void>;
  /** Aborted when somebody wants the run to end: the pass under way is finished, nothing further is asked of NCP. */
  signal?: AbortSignal;
}

/** Where the constraints of a run's servers are read from. `agreed`: once the run was let go on. */
export function sourcesOf(
  request: TerminationRequest,
  { cloud, store, policyNow }: Pick<Sources, 'cloud' | 'store' | 'policyNow'>,
  agreed?: Sources['agreed'],
): Sources {
  const { account, policy, requestId, overrideProtection, approval } = request;
  return {
    cloud,
    account,
    policy,
    requestId,
    overrideProtection,
    approval,
    agreed,
    store,
    policyNow: policy === '' ? undefined : policyNow,
  };
}
