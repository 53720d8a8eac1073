/** Which runs are lived through, and what was wrong with them. */

import { type Chance, chance } from '../../lib/chance.ts';
import { ACTS, type PersonsAct } from './acts.ts';
import { unfinished } from './convergence.ts';
import { FAULTS, type Fault } from './faults.ts';
import { type Lived, live, type Told } from './life.ts';
import { isChange, type Wrong, wrongsOf } from './oracle.ts';
import { SCENES, type Scene } from './stage.ts';

/** The answer is late by more than what may allow an act, or by nothing. */
const LATE_SECONDS = [20, 0] as const;
const SEED = 20_260_301;

export class Tally {
  runs = 0;
  calls = 0;
  boundaries = 0;
  /** Runs in which nobody could do what they meant to: the server was gone, or no plan was shown yet. */
  idle = 0;
  /** Acts that were done in time at least once. */
  readonly done = new Set<string>();
  readonly #found = new Map<string, { times: number; first: string }>();

  add(lived: Lived): void {
    this.runs += 1;
    this.calls += lived.calls.length;
    const { act } = lived.told;
    if (act !== undefined && lived.claims.length === 0) this.idle += 1;
    else if (act !== undefined) this.done.add(act.name);
    for (const wrong of [...wrongsOf(lived), ...unfinished(lived)]) this.#count(lived, wrong);
  }

  /** With what another one has counted. */
  include(other: Tally): void {
    for (const figure of ['runs', 'calls', 'boundaries', 'idle'] as const) this[figure] += other[figure];
    for (const name of other.done) this.done.add(name);
  }

  /** The most frequent first. */
  found(): string[] {
    return [...this.#found]
      .toSorted(([, one], [, other]) => other.times - one.times)
      .map(([what, { times, first }]) => `${times} × ${what}; first ${first}`);
  }

  toString(): string {
    const { runs, boundaries, calls, idle } = this;
    return `${runs} runs at ${boundaries} boundaries, ${calls} calls; in ${idle} of them it was too late to do anything`;
  }

  #count({ told, calls }: Lived, { rule, says }: Wrong): void {
    const { scene, fault, act, boundary, lateSeconds } = told;
    const what = [act?.name ?? 'nobody', fault.name, rule].join(' | ');
    const between = `${calls[boundary - 1] ?? 'the start'} and ${calls[boundary] ?? 'the end'}`;
    const first = `${scene.name}, after ${boundary} calls (between ${between}), late ${lateSeconds} s: ${says}`;
    const before = this.#found.get(what);
    this.#found.set(what, { times: (before?.times ?? 0) + 1, first: before?.first ?? first });
  }
}

/** Every boundary; or for each act three that chance chose once and for all, two of them next to a change. */
export async function enumerate(scene: Scene, fault: Fault, tally: Tally, sample: 'all' | 'some'): Promise<void> {
  const alone = await live({ scene, fault, act: undefined, boundary: -1, lateSeconds: 0 });
  tally.add(alone);
  tally.boundaries += alone.calls.length + 1;
  const draw = chance(SEED + SCENES.indexOf(scene) * FAULTS.length + FAULTS.indexOf(fault));
  for (const act of ACTS) {
    for (const told of sample === 'all' ? all(alone, act) : some(alone, act, draw)) tally.add(await live(told));
  }
}

function all({ told: { scene, fault }, calls }: Lived, act: PersonsAct): Told[] {
  return LATE_SECONDS.flatMap((lateSeconds) =>
    Array.from({ length: calls.length + 1 }, (_, boundary) => ({ scene, fault, act, boundary, lateSeconds })),
  );
}

function some({ told: { scene, fault }, calls }: Lived, act: PersonsAct, draw: Chance): Told[] {
  const changes = calls.flatMap((call, place) => (isChange(call) ? [place, place + 1] : []));
  const next = (): number => changes[Math.floor(draw() * changes.length)] ?? 0;
  const told = (boundary: number, lateSeconds: number): Told => ({ scene, fault, act, boundary, lateSeconds });
  return [told(next(), 20), told(next(), 0), told(Math.floor(draw() * (calls.length + 1)), 20)];
}
