/** Say it before it is done: at each time that the policy names, once, with the real time. */

import { type Window, windowAt } from '../../calendar/window.ts';
import { refused } from '../events.ts';
import { refuseOpen } from '../passes/end-open.ts';
import { StoreError } from '../ports/store.ts';
import type { Tools } from '../ports/tools.ts';
import type { Reason } from '../reasons.ts';
import { learn, type Run } from '../run-record.ts';
import { actingTargets, isOver, publishRun } from '../status/publish.ts';
import { viewOf } from '../status/view-of-run.ts';
import { waitAndHear } from './wait-for-signals.ts';

/**
 * True if the run may go on: the first act may happen now, and people were told. People may cancel, reject and hold
 * meanwhile; if no chat took a notice, nothing is done.
 */
export async function announce(record: Run, tools: Tools): Promise<boolean> {
  const marks = record.request.notifySeconds.toSorted((a, b) => b - a);
  const [longest] = marks;
  if (longest === undefined) return true;
  if (isOver(record)) return false;
  if (tools.notifier === undefined) return leftAlone(record, 'nobody-to-tell', tools);
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const name = round === 1 ? '' : `${round}-`;
    const { actsAt, isShown } = await tools.engine.step(`${name}announce`, () => begin(record, longest, tools));
    learn(record, { isShown });
    const how = await given(marks, { name, actsAt }, record, tools);
    if (how !== 'late') return how === 'go';
  }
  return leftAlone(record, 'too-late', tools);
}

/** The process may be down when a notice is due; three times it would have to be. */
const MOST_ROUNDS = 3;

/** A time at which the first act may happen. `name` stands before the names of steps. */
interface Announced {
  name: string;
  actsAt: number;
}

/** `late`: before anybody was told, less than half of the time that the policy requires between notice and act was left. */
async function given(
  marks: readonly number[],
  { name, actsAt }: Announced,
  record: Run,
  tools: Tools,
): Promise<'go' | 'stop' | 'late'> {
  let isTold = false;
  for (const [index, mark] of marks.entries()) {
    const dueAt = actsAt - mark * 1000;
    if (!(await awaitTime(`${name}notice-${mark}`, dueAt, actsAt, record, tools))) return 'stop';
    const now = Date.parse(record.endedAt);
    if (!isTold && now > (dueAt + actsAt) / 2) return 'late';
    const next = actsAt - (marks[index + 1] ?? 0) * 1000;
    if (now < actsAt) isTold = (await told({ name, mark, actsAt, until: next }, record, tools)) || isTold;
  }
  if (!isTold) {
    await leftAlone(record, 'not-taken', tools);
    return 'stop';
  }
  return (await awaitTime(`${name}announced`, actsAt, actsAt, record, tools)) ? 'go' : 'stop';
}

async function leftAlone(record: Run, why: Reason<'unannounced'>['why'], tools: Tools): Promise<false> {
  const refusal = refused('unannounced', { code: 'unannounced', why });
  await refuseOpen(record, 'not-told', refusal, tools);
  return false;
}

function awaitTime(name: string, until: number, actsAt: number, record: Run, tools: Tools): Promise<boolean> {
  return waitAndHear(
    record,
    {
      name,
      until,
      judge: (_words, now) => ({ kind: now < until ? 'wait' : 'go' }),
      phase: () => ({ state: 'announced', actsAt }),
    },
    tools,
  );
}

async function begin(record: Run, longest: number, tools: Tools): Promise<{ actsAt: number; isShown: boolean }> {
  const windows = await windowsOf(record, tools);
  const actsAt = firstOpen(windows, tools.clock.now() + longest * 1000);
  return { actsAt, isShown: await publishRun(record, { state: 'announced', actsAt }, tools) };
}

/** Of the policy that the run began with, and of the policy as it is now: the run will heed both. */
async function windowsOf({ request }: Run, { policyNow }: Tools): Promise<Window[]> {
  const now = await policyNow?.().catch((error: unknown) => {
    if (!(error instanceof StoreError)) throw error;
  });
  const allTerms = [request.policyTerms, now?.kind === 'published' ? now.policyTerms : null];
  return allTerms.flatMap((policyTerms) => policyTerms?.window ?? []);
}

/** An act that begins just before its window closes would have to wait for the next one. */
const LEAST_OPEN_MS = 5 * 60_000;
/** Two windows that are hardly ever open together may need some looks to be found so. */
const MOST_LOOKS = 100;

/** A notice never names a time at which a window is closed. Milliseconds since the epoch. */
function firstOpen(windows: readonly Window[], from: number): number {
  let at = from;
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const [later] = windows.flatMap((window) => opensAfter(window, at));
    if (later === undefined) return at;
    at = later;
  }
  return at;
}

function opensAfter(window: Window, at: number): number[] {
  const state = windowAt(window, at);
  if (!state.open) return state.opensAt === undefined ? [] : [state.opensAt];
  return state.closesAt !== undefined && state.closesAt - at < LEAST_OPEN_MS ? [state.closesAt] : [];
}

/** A chat that is down is tried again until it is too late, or time for the next notice: at most some 60 times a day. */
const LONGEST_PAUSE_SECONDS = 1_800;
const MOST_TRIES = 100;

async function told(
  { name, mark, actsAt, until }: Announced & { mark: number; until: number },
  record: Run,
  tools: Tools,
): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    const step = `${name}notice-${mark}.${tries}`;
    const { isTold, at } = await tools.engine.step(step, () => notify(mark, actsAt, record, tools));
    const seconds = Math.min(LONGEST_PAUSE_SECONDS, 30 * 2 ** (tries - 1));
    if (isTold || tries >= MOST_TRIES || at + seconds * 1000 >= until) return isTold;
    await tools.engine.sleep(`again-${step}`, seconds);
  }
}

async function notify(
  mark: number,
  actsAt: number,
  record: Run,
  { notifier, clock }: Tools,
): Promise<{ isTold: boolean; at: number }> {
  const { stopForSeconds } = record.request;
  const at = clock.now();
  const view = viewOf(record, { state: 'announced', actsAt }, new Date(at).toISOString());
  const isTold = await notifier?.notify(view, {
    key: `${view.actsAt} ${mark}`,
    names: actingTargets(record).map((target) => target.serverName),
    act: stopForSeconds > 0 ? 'stop' : 'terminate',
  });
  return { isTold: isTold ?? false, at };
}
