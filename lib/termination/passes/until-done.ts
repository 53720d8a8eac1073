/** Pass after pass until every server has its outcome, and how long the run waits between two of them. */

import type { Clock } from '../../clock.ts';
import { signalsNow } from '../consent/read-signals.ts';
import { rest } from '../consent/wait-for-signals.ts';
import { DEFAULT_FRESH_SECONDS, DEFAULT_POLL_SECONDS, paceFor } from '../decision/bounds.ts';
import { Unread } from '../decision/constraints.ts';
import { Journal, type Memories } from '../journal.ts';
import type { Target } from '../model.ts';
import { willAct } from '../planning/plan.ts';
import { type AuditLog, type Stored, StoreError, type Taken } from '../ports/store.ts';
import { sourcesOf, type Tools } from '../ports/tools.ts';
import type { Reason } from '../reasons.ts';
import type { Rules } from '../rules.ts';
import { learn, openTargets, type Run, type StepResult, stepResult, withEvents } from '../run-record.ts';
import { auditOfEvents } from '../status/audit.ts';
import { LONG_WAIT_SECONDS, tellOnce } from '../status/long-wait.ts';
import { isOver, publishRun } from '../status/publish.ts';
import { concludeCutShort, concludeTaken } from './conclude.ts';
import { renewLease } from './lease.ts';
import { type Passed, pass, type Send } from './pass.ts';
import { readConstraints, type Sources } from './read-constraints.ts';
import { restoreProtection } from './restore.ts';
import { MOST_PASSES, secondsToNextLook } from './waits.ts';

export async function passUntilDone(record: Run, tools: Tools): Promise<void> {
  const { engine } = tools;
  while (openTargets(record).length > 0) {
    const n = record.passes + 1;
    learn(record, { passes: n });
    const before = record.history.events.length;
    const { isThrottled, isLeft } = await passAndSend(n, record, tools);
    if (openTargets(record).length === 0) break;
    // Where NCP takes no calls, what was written down is written down anew after the wait: somebody else may do the same
    // meanwhile.
    if (isThrottled) learn(record, { passes: n + 1 });
    else if (isLeft) continue;
    const seconds = secondsToNextLook(record, record.history.events.slice(before), { ...tools, isThrottled });
    if (seconds === 0) continue;
    if (seconds < LONG_WAIT_SECONDS) {
      await engine.sleep(`wait-${n}`, seconds);
      continue;
    }
    await tellOnce(record, tools);
    // Signals until now wake nobody: the pass has read them.
    learn(record, { signals: await engine.step(`words-${n}`, () => signalsNow(record, tools)) });
    // A signal may end what holds a server back.
    await rest(`wait-${n}`, seconds, record, tools);
  }
  await restoreProtection(record, tools);
}

type PassResult = StepResult & Omit<Passed, 'events'>;

/** What a pass has written down is sent in a step of its own, once that is kept. */
async function passAndSend(n: number, record: Run, tools: Tools): Promise<Omit<Passed, 'events'>> {
  const { engine } = tools;
  const before = record.history.events.length;
  let send: Send | undefined;
  const { isWritten, isThrottled, isLeft, ...learnt } = await engine.step(`pass-${n}`, async () => {
    const { send: later, ...passed } = await onePass(record, tools);
    send = later;
    return { ...passed, isWritten: later !== undefined };
  });
  learn(record, learnt);
  if (!isWritten) return { isThrottled, isLeft };
  const {
    isThrottled: isRefused,
    isLeft: isUnsent,
    ...sent
  } = await engine.step(`send-${n}`, async () => {
    // Another process wrote it down: whether it sent it, only a look can tell.
    const { events, ...passed } = (await send?.()) ?? { events: [], isThrottled: false, isLeft: true };
    tools.onEvents?.(events);
    return told({ events, ...passed }, { record, before }, tools);
  });
  learn(record, isUnsent ? sent : { ...sent, answeredPass: n });
  return { isThrottled: isRefused, isLeft: isLeft || isUnsent };
}

async function onePass(record: Run, tools: Tools): Promise<PassResult & { send: Send | undefined }> {
  const { request, plan, passes, answeredPass, history, lookedAt } = record;
  const { cloud, clock, signal } = tools;
  const { pollSeconds = DEFAULT_POLL_SECONDS, freshSeconds = DEFAULT_FRESH_SECONDS } = tools;
  const timeMs = request.deadlineMinutes * 60_000;
  const interruption: Reason | null =
    signal?.aborted === true ? { code: 'interrupted' } : passes > MOST_PASSES ? { code: 'too-many-looks' } : null;
  const targets = openTargets(record);
  const { known, unclaimed } =
    interruption === null ? await renewed(record, tools) : { known: new Journal(history, clock), unclaimed: undefined };
  const { send, ...looked } =
    interruption === null
      ? await pass(
          {
            targets,
            counted: new Set(countedIn(record)),
            known,
            rules: request,
            deadlineAt: Date.parse(record.begunAt) + timeMs,
            timeMs,
            pace: paceFor(pollSeconds),
            freshMs: freshSeconds * 1000,
            regionHolds: plan.regionHolds,
            lookedAt: Date.parse(lookedAt),
            at: { pass: passes, life: tools.life ?? '', answeredPass },
            constraintsOf: (asking) =>
              readConstraints(asking, {
                ...sourcesOf(request, tools, agreedIn(record)),
                unclaimed,
                regionHolds: plan.regionHolds,
              }),
            signal,
          },
          cloud,
          clock,
        )
      : { ...cutShort(targets, known, interruption, request, clock), send: undefined };
  const passed = { ...looked, events: [...known.events, ...looked.events] };
  tools.onEvents?.(passed.events);
  // What is to be sent is sent first: the look gets older while others are told.
  if (send !== undefined) return { ...passed, ...stepResult(passed, tools), send };
  return { ...(await told(passed, { record, before: history.events.length }, tools)), send };
}

/** The run renews its claims, and leaves to another one what that one has got while this one was silent. */
async function renewed(record: Run, tools: Tools): Promise<{ known: Journal; unclaimed: Unread | undefined }> {
  const journal = new Journal(record.history, tools.clock);
  const taken = await renewLease(record.request, tools);
  if (taken instanceof Unread) return { known: journal, unclaimed: taken };
  const counted = new Set(countedIn(record));
  for (const target of openTargets(record)) {
    const no = target.serverInstanceNo;
    const reason = taken === 'forgotten' ? (counted.has(no) ? FORGOTTEN : undefined) : takenBy(taken, no);
    if (reason !== undefined) concludeTaken(target, reason, record.request, journal);
  }
  return { known: journal, unclaimed: undefined };
}

const FORGOTTEN: Reason = { code: 'claim-forgotten' };

function takenBy(taken: readonly Taken[], no: string): Reason | undefined {
  const found = taken.find((one) => one.serverInstanceNo === no);
  if (found === undefined) return undefined;
  const { requestId, since, until } = found;
  return { code: 'other-run', requestId, since, until };
}

/** Those that the run was admitted for; a run of servers that are gone already needs no admission. */
function countedIn({ plan }: Run): string[] {
  return plan.items.filter(willAct).map(({ target }) => target.serverInstanceNo);
}

function agreedIn({ plan, touches, request }: Run): Sources['agreed'] {
  return { planHash: plan.hash, servers: touches, requestedBy: request.askedBy };
}

/** The run is to end: report what is known, and ask NCP nothing more. */
function cutShort(targets: readonly Target[], known: Memories, why: Reason, rules: Rules, clock: Clock): Passed {
  const journal = new Journal(known, clock);
  for (const target of targets) {
    const next = journal.of(target.serverInstanceNo).waitingFor ?? { code: 'nothing-asked' };
    concludeCutShort(target, { kind: 'unread', reason: why }, { why, next, rules }, journal);
  }
  return { events: journal.events, isThrottled: false, isLeft: false };
}

/** Audit and views follow what happened. `before`: how many events the run had before this pass. */
async function told(
  passed: Passed,
  { record, before }: { record: Run; before: number },
  tools: Tools,
): Promise<PassResult> {
  const { history } = record;
  const news = [...history.events.slice(before), ...passed.events];
  await writeDown(auditOfEvents(record, news, before), tools);
  const soFar = withEvents(record, passed.events);
  if (news.length > 0 && !isOver(soFar)) await publishRun(soFar, { state: 'working' }, tools);
  return { ...passed, ...stepResult(passed, tools) };
}

/** Written as it happens, because the run may never end; at the end all of it is written once more. */
async function writeDown(
  records: ReturnType<typeof auditOfEvents>,
  { store }: Stored<Pick<AuditLog, 'record'>>,
): Promise<void> {
  if (records.length === 0) return;
  try {
    await store?.record(records);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}
