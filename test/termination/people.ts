/** Runs that wait for people: what they are asked, what they see, and how a test speaks for them. */

import type { Cloud } from '../../lib/termination/ports/cloud.ts';
import type { Tools } from '../../lib/termination/ports/tools.ts';
import { parseRequest, type TerminationRequest } from '../../lib/termination/request.ts';
import type { PolicyTerms } from '../../lib/termination/rules.ts';
import { run } from '../../lib/termination/run.ts';
import type { Run } from '../../lib/termination/run-record.ts';
import type { Approval, Signal } from '../../lib/termination/signals.ts';
import type { Notice, Notifier, RunView } from '../../lib/termination/status/run-view.ts';
import { type CarriedOut, carryOut } from '../../lib/triggers/carry-out.ts';
import { PERMISSIVE } from './builders.ts';
import { type Desk, openDesk, startDesk } from './desk.ts';
import { type Ncp, type NcpOptions, outcomeOf, startNcp } from './harness.ts';
import { type EngineMemory, type VirtualEngineOptions, virtualClock, virtualEngine } from './virtual-engine.ts';

/** Approvers; the asker is one of them. */
export const HANA = 'slack:U0HANA';
export const MINA = 'naver-works:mina@example.com';
export const ASKER = 'slack:U0ASKER';
/** No approver. */
export const GUEST = 'slack:U0GUEST';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** When every simulator here begins: a Sunday, 09:00 in Korea. */
export const BEGIN = Date.parse('2026-03-01T00:00:00Z');
export const REQUEST_ID = 'chat-1';

export function approval(changes: Partial<Approval> = {}): Approval {
  return {
    aboveServers: 0,
    twoAboveServers: undefined,
    approvers: [HANA, MINA, ASKER],
    persons: [],
    selfApproval: false,
    expiresAfterSeconds: 86_400,
    ...changes,
  };
}

export const POLICY_TERMS: PolicyTerms = {
  ...PERMISSIVE,
  policy: 'nightly',
  select: { names: ['dev-*'] },
  unless: [],
  window: null,
};

/** The Monday after {@link BEGIN} is a holiday. */
export const NIGHTS: NonNullable<PolicyTerms['window']> = {
  timezone: 'Asia/Seoul',
  days: ['MON', 'TUE', 'WED', 'THU', 'FRI'],
  from: '21:00',
  to: '23:00',
  holidays: { calendar: 'KR', dates: [] },
};

export interface Stage {
  ncp: Ncp;
  desk: Desk;
  notifier: RecordingNotifier;
  /** Ids under which the run asked to be woken because somebody spoke while it fell asleep. */
  woken: string[];
}

interface RecordingNotifier extends Notifier {
  shown: RunView[];
  notices: ({ at: number; view: RunView } & Notice)[];
}

/** A simulator, a store and a notifier; closed when the test is over. */
export async function startStage(options: NcpOptions = {}): Promise<Stage> {
  const ncp = await startNcp(options);
  const clock = virtualClock(ncp.simulator);
  return { ncp, desk: await startDesk(clock), notifier: recordingNotifier(() => clock.now()), woken: [] };
}

/** As {@link startStage}, for callers that start many in one test, or one outside of tests, and close them themselves. */
export async function openStage(options: NcpOptions = {}): Promise<Stage & { close: () => Promise<void> }> {
  const ncp = await startNcp(options);
  const clock = virtualClock(ncp.simulator);
  const desk = await openDesk(clock);
  return { ncp, desk, notifier: recordingNotifier(() => clock.now()), woken: [], close: () => desk.close() };
}

function recordingNotifier(now: () => number): RecordingNotifier {
  const shown: RecordingNotifier['shown'] = [];
  const notices: RecordingNotifier['notices'] = [];
  return {
    shown,
    notices,
    show: (view) => {
      shown.push(structuredClone(view));
      return Promise.resolve(true);
    },
    notify: (view, notice) => {
      notices.push({ at: now(), ...notice, view: structuredClone(view) });
      return Promise.resolve(true);
    },
  };
}

/** The store, with some methods replaced. */
export function storeWith(store: Desk['store'], changes: Partial<Record<keyof Desk['store'], unknown>>): Desk['store'] {
  return new Proxy(store, {
    get: (of, name) => {
      const value: unknown = Reflect.get(changes, name) ?? Reflect.get(of, name);
      return typeof value === 'function' ? (value.bind(of) as unknown) : value;
    },
  });
}

/** What happens in a run: when it sleeps under a name and after a step of a name. */
export interface Happening extends Pick<VirtualEngineOptions, 'beforeRemembering'> {
  terms?: Partial<TerminationRequest>;
  memory?: EngineMemory;
  cloud?: Cloud;
  tools?: Partial<Tools>;
  /** By name, for example `approval-1.1`. Returns after how many seconds somebody wakes it, if they do. */
  sleeping?: Record<string, () => unknown>;
  /** By name, for example `look-again-1`. */
  after?: Record<string, () => unknown>;
  /** The same for every step and every sleep. */
  afterStep?: (step: string) => void | Promise<void>;
  whileAsleep?: NonNullable<VirtualEngineOptions['whileAsleep']>;
}

export function lived(stage: Stage, happening: Happening = {}): Promise<Run> {
  return run(requestOf(stage, happening), toolsOf(stage, happening));
}

/** With report and audit; no webhook takes the report. */
export function carried(stage: Stage, happening: Happening = {}): Promise<CarriedOut> {
  return carryOut(requestOf(stage, happening), toolsOf(stage, happening), []);
}

function requestOf({ ncp }: Stage, { terms = {} }: Happening): TerminationRequest {
  const limits = { maxServers: 200, maxPercent: 100 };
  const input = { environment: ncp.environment, mode: 'terminate', limits, names: ['dev-*'] };
  const origin = { requestId: REQUEST_ID, trigger: 'chat' } as const;
  const policy = {
    policy: POLICY_TERMS.policy,
    policyTerms: { ...POLICY_TERMS, environment: ncp.environment },
    askedBy: ASKER,
  };
  return { ...parseRequest(input, origin), ...policy, approval: approval(), ...terms };
}

function toolsOf({ ncp, desk, notifier, woken }: Stage, happening: Happening): Tools {
  const { memory = new Map<string, string>(), cloud = ncp.cloud, beforeRemembering, tools = {} } = happening;
  const engine = virtualEngine(ncp.simulator, {
    memory,
    ...(beforeRemembering === undefined ? {} : { beforeRemembering }),
    afterStep: async (step) => {
      await happening.after?.[step]?.();
      await happening.afterStep?.(step);
    },
    whileAsleep: async (sleep) => {
      const after = await happening.sleeping?.[sleep.name.replace('sleep-', '')]?.();
      return typeof after === 'number' ? after : happening.whileAsleep?.(sleep);
    },
  });
  return {
    engine,
    cloud,
    clock: virtualClock(ncp.simulator),
    store: desk.store,
    owner: 'execution-1',
    notifier,
    policyNow: () => Promise.resolve({ kind: 'unpublished' }),
    wake: (wakeId) => Promise.resolve(void woken.push(wakeId)),
    ...tools,
  };
}

/** The plan that people see now. */
export function hashNow({ notifier }: Stage): string {
  return notifier.shown.at(-1)?.planHash ?? 'nothing was shown';
}

/** Somebody says something to the run, about the plan that is shown now unless said otherwise. True where it is news. */
export function say(
  stage: Stage,
  kind: Signal['kind'],
  by: string,
  changes: Partial<Signal> = {},
  requestId = REQUEST_ID,
): Promise<boolean> {
  const { desk, ncp } = stage;
  const planHash = kind === 'cancel' ? '' : hashNow(stage);
  const at = ncp.simulator.now().toISOString();
  return desk.store.say(requestId, { kind, planHash, by, name: '', at, reason: '', ...changes });
}

export async function hold({ desk }: Stage, serverInstanceNo: string, until = ''): Promise<void> {
  const at = new Date(BEGIN).toISOString();
  const kind = until === '' ? ('keep' as const) : ('snooze' as const);
  await desk.store.hold('default', {
    serverInstanceNo,
    serverName: '',
    kind,
    by: '김하나',
    reason: 'demo',
    at,
    until,
  });
}

/** An earlier plan had this server. */
export function seenBefore({ desk }: Stage, serverInstanceNo: string): Promise<void> {
  const at = new Date(BEGIN - DAY).toISOString();
  const origin = { account: 'default', requestId: 'earlier', sequence: 1, policy: '', trigger: 'cli', requestedBy: '' };
  const server = { serverInstanceNo, serverName: 'dev-1', what: 'plan: terminate', guard: '', reason: null };
  return desk.store.record([{ at, ...origin, ...server }]);
}

/** By server: `terminated`, or `refused held` and the like. */
export function endings(ended: Run): Record<string, string> {
  return Object.fromEntries(
    ended.plan.items.map(({ target: { serverInstanceNo: no } }) => {
      const outcome = outcomeOf(ended, no);
      return [no, outcome.result === 'refused' ? `refused ${outcome.guard}` : outcome.result];
    }),
  );
}

/** When NCP took an action for the first time, milliseconds since the epoch; NaN: never. */
export function firstAt({ ncp }: Stage, action: string): number {
  const found = ncp.simulator
    .journal()
    .find((entry) => entry.kind === 'call' && entry.action === action && entry.returnCode === '0');
  return Date.parse(found?.at ?? '');
}
