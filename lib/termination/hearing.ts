/** While a run waits for people: hear what they say, and wait for more. Approvals and notices both wait this way. */

import { isDeepStrictEqual } from 'node:util';
import { zonedAndUtc } from '../calendar/instant.ts';
import { refused } from './events.ts';
import { Journal } from './journal.ts';
import { LedgerError } from './ledger.ts';
import { isOver, showRun } from './presence.ts';
import { cardOf, type Phase } from './run-card.ts';
import { addTo, openTargets, type Run, type StepResult } from './run-record.ts';
import type { Tools } from './tools.ts';
import { inWords, type Word } from './words.ts';

/** What was heard at one moment. */
interface Heard extends StepResult {
  words: Word[];
  /** Whole seconds to wait before listening again; 0: the wait is over. */
  waitSeconds: number;
}

/** What ends the wait, given the words so far: events that refuse servers, and whether it is over. Pure. */
type Judge = (words: readonly Word[], journal: Journal) => boolean;

export interface Wait {
  /** Names the steps; unique within the run. */
  name: string;
  /** Milliseconds since the epoch: over then, whatever was said. */
  until: number;
  judge: Judge;
  /** What others see meanwhile, given the words so far. */
  phase: (words: readonly Word[]) => Phase;
}

/** Wait until it is over. A word wakes the run; besides, it listens now and then, should a wake-up be lost. */
export async function waitAndHear(ended: Run, wait: Wait, tools: Tools): Promise<void> {
  const { engine, ledger } = tools;
  const { requestId } = ended.request;
  for (let n = 1; ; n += 1) {
    const heard = await engine.step(`hear-${wait.name}.${n}`, () => listen(ended, wait, tools));
    addTo(ended, heard);
    ended.words = heard.words;
    if (heard.waitSeconds === 0) return;
    await engine.sleep(`sleep-${wait.name}.${n}`, heard.waitSeconds, async (wakeId) => {
      await ledger?.putWake(requestId, wakeId);
      // Said between listening and falling asleep: nobody knew yet whom to wake.
      const words = (await ledger?.words(requestId)) ?? [];
      if (words.length > heard.words.length) await tools.wake?.(wakeId);
    });
  }
}

async function listen(ended: Run, wait: Wait, tools: Tools): Promise<Heard> {
  const { clock, cloud } = tools;
  const journal = new Journal(ended.events, clock);
  const words = await wordsSoFar(ended, tools);
  refuseCancelled(ended, words, journal);
  await refuseHeld(ended, journal, tools);
  const soFar = (): Run => ({ ...ended, words, events: [...ended.events, ...journal.events] });
  const isDone = isOver(soFar()) || wait.judge(words, journal);
  const left = Math.ceil((wait.until - clock.now()) / 1000);
  const total = (wait.until - Date.parse(ended.plan.createdAt)) / 1000;
  const waitSeconds =
    isDone || left <= 0 ? 0 : Math.min(left, Math.max(LISTEN_SECONDS, Math.ceil(total / MOST_LISTENS)));
  if (journal.events.length > 0) tools.onEvents?.(journal.events);
  if (waitSeconds > 0 && (await isStale(soFar(), wait.phase(words), tools))) {
    await showRun(soFar(), wait.phase(words), tools);
  }
  const at = new Date(clock.now()).toISOString();
  return { events: journal.events, calls: cloud.takeCalls(), at, words, waitSeconds };
}

/** What others see is not how it is: something was said or dropped out, or could not be shown before. */
async function isStale(now: Run, phase: Phase, { ledger }: Tools): Promise<boolean> {
  try {
    const seen = await ledger?.card(now.request.requestId);
    if (seen === undefined) return ledger !== undefined;
    return !isDeepStrictEqual(cardOf(now, phase, seen.updatedAt), seen);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return false;
  }
}

const LISTEN_SECONDS = 600;
/**
 * Of one wait, however long. A durable execution has 3,000 operations: five rounds of approval and six waits for notices
 * with four operations a time, and 500 passes with three, stay below.
 */
const MOST_LISTENS = 30;

/** What cannot be read now is heard next time; what was heard is not forgotten. */
async function wordsSoFar(ended: Run, { ledger }: Tools): Promise<Word[]> {
  try {
    return (await ledger?.words(ended.request.requestId)) ?? [];
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return ended.words;
  }
}

function refuseCancelled(ended: Run, words: readonly Word[], journal: Journal): void {
  const cancel = words.find((word) => word.kind === 'cancel');
  if (cancel === undefined) return;
  refuseAll(ended, journal, refused('cancelled', inWords(cancel, 'cancelled it')));
}

/** A snooze or a keep on a server takes it out of the plan; the others go on. */
async function refuseHeld(ended: Run, journal: Journal, { ledger }: Tools): Promise<void> {
  try {
    const holds = (await ledger?.holds(ended.request.account)) ?? [];
    for (const { serverInstanceNo: no } of openNow(ended, journal)) {
      const hold = holds.find((one) => one.serverInstanceNo === no);
      if (hold === undefined) continue;
      const { timezone } = ended.request;
      const until =
        hold.until === '' ? 'until it is released' : `until ${zonedAndUtc(Date.parse(hold.until), timezone)}`;
      journal.add(no, refused('held', `${hold.by} holds it ${until}: ${hold.reason}`));
    }
  } catch (error) {
    // Nothing is done before it was read; every pass asks again.
    if (!(error instanceof LedgerError)) throw error;
  }
}

export function refuseAll(ended: Run, journal: Journal, body: ReturnType<typeof refused>): void {
  for (const { serverInstanceNo: no } of openNow(ended, journal)) journal.add(no, body);
}

function openNow(ended: Run, journal: Journal): { serverInstanceNo: string }[] {
  return openTargets(ended).filter((target) => journal.isOpen(target.serverInstanceNo));
}
