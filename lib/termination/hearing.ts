/** While a run waits for people: hear what they say, and wait for more. Approvals and notices both wait this way. */

import { endOpen } from './end-open.ts';
import type { EventBody } from './events.ts';
import { hear, isNews } from './hear.ts';
import { Journal } from './journal.ts';
import { isOver, shownAsIs } from './presence.ts';
import { learn, type Run, type StepResult, stepResult } from './run-record.ts';
import type { Phase } from './run-view.ts';
import type { Tools } from './tools.ts';
import type { Word } from './words.ts';

/** What the words so far come to. Only `go` lets the run go on; `stop` refuses every server that is open. */
type Verdict = { kind: 'go' } | { kind: 'wait' } | { kind: 'stop'; refusal: EventBody };

export interface Wait {
  /** Names the steps; unique within the run. */
  name: string;
  /** Milliseconds since the epoch; from then on `judge` says something else than `wait`. */
  until: number;
  /** Pure. `now` in milliseconds since the epoch. */
  judge: (words: readonly Word[], now: number) => Verdict;
  /** What others see meanwhile, given the words so far. */
  phase: (words: readonly Word[]) => Phase;
}

/**
 * Wait until it is over. A word wakes the run; besides, it listens now and then, should a wake-up be lost. True where the
 * run may go on; where it may not, nothing is left to do or the run was interrupted.
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
  const { engine, ledger, wake } = tools;
  const { requestId } = record.request;
  if (isTired(record)) return engine.wait(`rest-${name}`, seconds);
  learn(record, { sleeps: record.sleeps + 1 });
  await engine.sleep(`sleep-${name}`, seconds, async (wakeId) => {
    await ledger?.putWake(requestId, wakeId);
    // Said between listening and falling asleep: nobody knew yet whom to wake.
    if (await isNews(record, tools)) await wake?.(wakeId);
  });
}

/**
 * A durable execution has 3,000 operations. A sleep with its look takes four; whoever wakes a run again and again makes it
 * deaf to wake-ups, and it listens by itself at two operations a time.
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
  words: Word[];
  /** Whole seconds to wait before listening again; 0: the wait is over. */
  waitSeconds: number;
  /** Where it is over: whether the run may go on. */
  goesOn: boolean;
  isShown: boolean;
}

/** The how many-th listening of a wait it is, and how many there are to be. */
type Listening = Wait & { n: number; looks: number };

async function listen(record: Run, wait: Listening, tools: Tools): Promise<Heard> {
  const journal = new Journal(record.events, tools.clock);
  const { words, isRead } = await hear(record, journal, tools);
  const soFar = (): Run => ({ ...record, words, events: [...record.events, ...journal.events] });
  // One reading of the clock: a wait that ends between two of them would end without a verdict.
  const now = tools.clock.now();
  const verdict = isOver(soFar()) || tools.signal?.aborted === true ? OVER : patiently(wait, words, now, isRead);
  if (verdict.kind === 'stop') endOpen(record, verdict.refusal, journal);
  if (journal.events.length > 0) tools.onEvents?.(journal.events);
  const isShown = verdict.kind !== 'wait' || (await shownAsIs(soFar(), wait.phase(words), tools));
  const waitSeconds = verdict.kind === 'wait' ? secondsToWait(record, wait, { now, isShown }) : 0;
  return { ...stepResult(journal, tools), words, waitSeconds, goesOn: verdict.kind === 'go', isShown };
}

/** Nothing is left to decide about. */
const OVER = { kind: 'over' } as const;

/** So long after its end a wait goes on where it cannot be read what people said: they may have agreed in time. */
const PATIENCE_MS = 3_600_000;

function patiently({ judge, until }: Wait, words: readonly Word[], now: number, isRead: boolean): Verdict {
  const verdict = judge(words, now);
  return verdict.kind === 'stop' && !isRead && now < until + PATIENCE_MS ? { kind: 'wait' } : verdict;
}

/** Soon at first, where people could not be shown what they are asked about. */
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
