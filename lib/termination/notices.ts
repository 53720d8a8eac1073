/** Say it before it is done: at each time that the policy names, once, with the real time. */

import { zonedAndUtc } from '../calendar/instant.ts';
import { windowAt } from '../calendar/window.ts';
import { waitAndHear } from './hearing.ts';
import { isOver, showRun } from './presence.ts';
import { cardOf } from './run-card.ts';
import { openTargets, type Run } from './run-record.ts';
import type { Tools } from './tools.ts';

/** Returns when the first act may happen and every notice was given; people may cancel and hold meanwhile. */
export async function announce(ended: Run, tools: Tools): Promise<void> {
  const marks = ended.request.notifySeconds.toSorted((a, b) => b - a);
  const [longest] = marks;
  if (longest === undefined || isOver(ended)) return;
  const { actsAt } = await tools.engine.step('announce', () => begin(ended, longest, tools));
  for (const mark of marks) {
    await waitAndHear(
      ended,
      {
        name: `notice-${mark}`,
        until: actsAt - mark * 1000,
        judge: notYet,
        phase: () => ({ state: 'announced', actsAt }),
      },
      tools,
    );
    if (isOver(ended)) return;
    await tools.engine.step(`notice-${mark}`, () => notify(ended, actsAt, tools));
  }
  await waitAndHear(
    ended,
    { name: 'announced', until: actsAt, judge: notYet, phase: () => ({ state: 'announced', actsAt }) },
    tools,
  );
}

const notYet = (): boolean => false;

async function begin(ended: Run, longest: number, tools: Tools): Promise<{ actsAt: number }> {
  const actsAt = firstOpen(ended, tools.clock.now() + longest * 1000);
  await showRun(ended, { state: 'announced', actsAt }, tools);
  return { actsAt };
}

/** A notice never names a time at which the window is closed. */
function firstOpen({ request }: Run, at: number): number {
  const window = request.fence?.window ?? null;
  const state = window === null ? undefined : windowAt(window, at);
  return state?.open === false ? (state.opensAt ?? at) : at;
}

async function notify(ended: Run, actsAt: number, { board, clock }: Tools): Promise<string> {
  const names = openTargets(ended).map((target) => target.serverName);
  const verb = ended.request.stopForSeconds > 0 ? 'stopped' : 'terminated';
  const text = `${names.join(', ')}: ${verb} from ${zonedAndUtc(actsAt, ended.request.timezone)}`;
  const card = cardOf(ended, { state: 'announced', actsAt }, new Date(clock.now()).toISOString());
  await board?.notify(card, text);
  return text;
}
