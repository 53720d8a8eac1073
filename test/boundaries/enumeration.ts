/** Which runs are tried, and what was wrong with them. */

import { chance } from '../../lib/chance.ts';
import { ACTS, type PersonsAct } from './acts.ts';
import { unfinished } from './convergence.ts';
import { ENGINES, type EngineKind } from './engines.ts';
import { FAULTS, type Fault } from './faults.ts';
import { DEATH, type Lived, live, type Told } from './life.ts';
import { isChange, type Wrong, wrongsOf } from './oracle.ts';
import { SCENES, type Scene } from './stage.ts';

/** The answer is late by more than the age at which a look still allows an act, or not late at all. */
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
    this.calls += lived.moments.length;
    const { deeds } = lived.told;
    if (deeds.length > 0 && lived.claims.length === 0) this.idle += 1;
    else for (const { act } of deeds) this.done.add(act.name);
    for (const wrong of [...wrongsOf(lived), ...unfinished(lived)]) this.#count(lived, wrong);
  }

  /** Adds what another one has counted. */
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

  #count({ told, moments }: Lived, { rule, says }: Wrong): void {
    const { scene, fault, engine, deeds, lateSeconds } = told;
    const names = deeds.map(({ act }) => act.name).join(', then ');
    const what = [names || 'nobody', fault.name, engine.name, rule].join(' | ');
    const places = deeds.map(
      ({ boundary }) =>
        `${boundary} (between ${moments[boundary - 1] ?? 'the start'} and ${moments[boundary] ?? 'the end'})`,
    );
    const first = `${scene.name}, at ${places.join(' and ')}, late ${lateSeconds} s: ${says}`;
    const before = this.#found.get(what);
    this.#found.set(what, { times: (before?.times ?? 0) + 1, first: before?.first ?? first });
  }
}

/**
 * Every boundary in every engine; or for each act two that chance chose once and for all, the first of them next to a
 * change, in one engine after the other.
 */
export async function enumerate(
  scene: Scene,
  fault: Fault,
  tally: Tally,
  options: { acts?: readonly PersonsAct[]; engines?: readonly EngineKind[]; sample: 'all' | 'some' },
): Promise<void> {
  const { acts = ACTS, engines = ENGINES, sample } = options;
  const alone = await undisturbed(scene, fault, engines);
  for (const lived of alone) {
    tally.add(lived);
    tally.boundaries += lived.moments.length + 1;
  }
  const place = SCENES.indexOf(scene) * FAULTS.length + FAULTS.indexOf(fault);
  const tolds = sample === 'all' ? all(alone, acts) : some(alone, acts, place);
  for (const told of tolds) tally.add(await live(told));
}

/** The last one is kept: the tests of one scene and fault follow one another. */
let last: { of: unknown[]; lived: Lived[] } = { of: [], lived: [] };

async function undisturbed(scene: Scene, fault: Fault, engines: readonly EngineKind[]): Promise<Lived[]> {
  const of = [scene, fault, ...engines];
  if (of.length === last.of.length && of.every((one, at) => one === last.of[at])) return last.lived;
  const lived: Lived[] = [];
  for (const engine of engines) lived.push(await live({ scene, fault, engine, deeds: [], lateSeconds: 0 }));
  last = { of, lived };
  return lived;
}

function all(alone: readonly Lived[], acts: readonly PersonsAct[]): Told[] {
  return alone.flatMap(({ told, moments }) =>
    acts.flatMap((act) =>
      LATE_SECONDS.flatMap((lateSeconds) =>
        Array.from({ length: moments.length + 1 }, (_, boundary) => ({
          ...told,
          deeds: [{ act, boundary }],
          lateSeconds,
        })),
      ),
    ),
  );
}

function some(alone: readonly Lived[], acts: readonly PersonsAct[], place: number): Told[] {
  const draw = chance(SEED + place);
  let turn = place;
  const next = (act: PersonsAct, isNear: boolean, lateSeconds: number): Told[] => {
    const lived = alone[(turn += 1) % alone.length];
    if (lived === undefined) return [];
    const { told, moments } = lived;
    const near = turns(moments);
    const boundary = isNear ? (near[Math.floor(draw() * near.length)] ?? 0) : Math.floor(draw() * (moments.length + 1));
    return [{ ...told, deeds: [{ act, boundary }], lateSeconds }];
  };
  return acts.flatMap((act) => {
    const isOnTime = draw() < 0.5;
    return next(act, isOnTime || draw() < 0.5, isOnTime ? 0 : 20);
  });
}

/** Where most is at stake: before and after the process is dead, or where it does not die, each change. */
function turns(moments: readonly string[]): number[] {
  const isTurn = moments.includes(DEATH) ? (moment: string) => moment === DEATH : isChange;
  return moments.flatMap((moment, at) => (isTurn(moment) ? [at, at + 1] : []));
}

/** This many runs, in each of which people do two things; in every other run the second soon after the first. */
export async function storm(seed: number, runs: number, tally: Tally): Promise<void> {
  const draw = chance(seed);
  const below = (count: number): number => Math.floor(draw() * count);
  const oneOf = <One>(several: readonly One[]): One => several[below(several.length)] as One;
  const moments = new Map<string, number>();
  for (let n = 0; n < runs; n += 1) {
    const base = { scene: oneOf(SCENES), fault: oneOf(FAULTS), engine: oneOf(ENGINES), deeds: [], lateSeconds: 0 };
    const name = [base.scene.name, base.fault.name, base.engine.name].join(' | ');
    const count = moments.get(name) ?? (await live(base)).moments.length;
    moments.set(name, count);
    const first = below(count + 1);
    const second = first + below(draw() < 0.5 ? 15 : count + 1 - first);
    const deeds = [first, second].map((boundary) => ({ act: oneOf(ACTS), boundary }));
    tally.add(await live({ ...base, deeds, lateSeconds: oneOf(LATE_SECONDS) }));
  }
}
