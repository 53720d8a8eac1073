/** While a run waits for people: hear what they say, and wait for more. Approvals and notices both wait this way. */

import type { EventBody } from '../events.ts';
import { Journal } from '../journal.ts';
import { endOpen } from '../passes/end-open.ts';
import type { Tools } from '../ports/tools.ts';
import { learn, type Run, type StepResult, stepResult } from '../run-record.ts';
import type { Signal } from '../signals.ts';
import { isOver, publishedAsIs } from '../status/publish.ts';
import type { Phase } from '../status/run-view.ts';
import { isNews, readSignals } from './read-signals.ts';

/** What the signals so far come to. Only `go` lets the run go on; `stop` refuses every server that is open. */
type Verdict = { kind: 'go' } | { kind: 'wait' } | { kind: 'stop'; refusal: EventBody };

export interface Wait {
  /** Names the steps; unique within the run. */
  name: string;
  /** Milliseconds since the epoch; from then on `judge` says something else than `wait`. */
  until: number;
  /** Pure. `now` in milliseconds since the epoch. */
  judge: (signals: readonly Signal[], now: number) => Verdict;
  /** What others see meanwhile, given the signals so far. */
  phase: (signals: readonly Signal[]) => Phase;
}

/**
 * Wait until it is over. A signal wakes the run; besides, it listens now and then, should a wake-up be lost. True if the
 * run may go on; if it may not, nothing is left to do or the run was interrupted.
 */
export async function waitAndHear(record: Run, wait: Wait, tools: Tools): Promise<boolean> {
  for (let n = 1; ; n += 1) {
    const looks = isTired(record) ? LOOKS.tired : LOOKS.rested;
    const heard = await tools.engine.step(`hear-${wait.name}.${n}`, () => listen(record, { ...wait, looks, n }, tools));
    const { waitSeconds, goesOn, ...learnt } = heard;
    learn(record, learnt);
    if (waitSeconds === 0) return goesOn;
    await rest(`${wait.name}.${n}`, waitSeconds, record, tools);
  }
}

/** Wait that many seconds, or until somebody says something. */
export async function rest(name: string, seconds: number, record: Run, tools: Tools): Promise<void> {
  const { engine, store, wake } = tools;
  const { requestId } = record.request;
  if (isTired(record)) return engine.sleep(`rest-${name}`, seconds);
  learn(record, { sleeps: record.sleeps + 1 });
  await engine.waitForSignal(`sleep-${name}`, seconds, async (wakeId) => {
    await store?.putWake(requestId, wakeId);
    // Said between listening and falling asleep, when nobody knew yet whom to wake.
    if (await isNews(record, tools)) await wake?.(wakeId);
  });
}

/**
 * A durable execution has 3,000 operations. A wait for signals with its look takes four. A run that is woken too often
 * becomes deaf to wake-ups, and looks by itself at two operations a time.
 */
const MOST_SLEEPS = 150;

/** Of one wait, however long: there are at most five of approval and six of notices. */
const LOOKS = { rested: 30, tired: 10 };
const SHORTEST_SECONDS = 600;

function isTired({ sleeps }: Run): boolean {
  return sleeps >= MOST_SLEEPS;
}

/** What was heard at one moment. */
interface Heard extends StepResult {
  signals: Signal[];
  /** Whole seconds to wait before listening again; 0: the wait is over. */
  waitSeconds: number;
  /** Once the wait is over: whether the run may go on. */
  goesOn: boolean;
  isShown: boolean;
}

/** Which look of a wait it is, and how many there are to be. */
type Listening = Wait & { n: number; looks: number };

async function listen(record: Run, wait: Listening, tools: Tools): Promise<Heard> {
  const journal = new Journal(record.history, tools.clock);
  const { signals, isRead } = await readSignals(record, journal, tools);
  const soFar = (): Run => ({ ...record, signals, memories: journal });
  // One reading of the clock: a wait that ends between two of them would end without a verdict.
  const now = tools.clock.now();
  const verdict = isOver(soFar()) || tools.signal?.aborted === true ? OVER : patiently(wait, signals, now, isRead);
  if (verdict.kind === 'stop') endOpen(record, verdict.refusal, journal);
  if (journal.events.length > 0) tools.onEvents?.(journal.events);
  const isShown = verdict.kind !== 'wait' || (await publishedAsIs(soFar(), wait.phase(signals), tools));
  const waitSeconds = verdict.kind === 'wait' ? secondsToWait(record, wait, { now, isShown }) : 0;
  return { ...stepResult(journal, tools), signals, waitSeconds, goesOn: verdict.kind === 'go', isShown };
}

/** Nothing is left to decide about. */
const OVER = { kind: 'over' } as const;

/** How long after its end a wait goes on while signals cannot be read: people may have agreed in time. */
const PATIENCE_MS = 3_600_000;

function patiently({ judge, until }: Wait, signals: readonly Signal[], now: number, isRead: boolean): Verdict {
  const verdict = judge(signals, now);
  return verdict.kind === 'stop' && !isRead && now < until + PATIENCE_MS ? { kind: 'wait' } : verdict;
}

/** Soon at first, if people could not be shown what they are asked about. */
const SOON = { looks: 10, seconds: 60 };

function secondsToWait(
  { plan }: Run,
  { until, looks, n }: Listening,
  { now, isShown }: { now: number; isShown: boolean },
): number {
  if (now >= until) return SOON.seconds;
  const pause = Math.ceil((until - Date.parse(plan.createdAt)) / 1000 / looks);
  const most = isShown || n > SOON.looks ? Math.max(SHORTEST_SECONDS, pause) : SOON.seconds;
  return Math.min(Math.ceil((until - now) / 1000), most);
}
