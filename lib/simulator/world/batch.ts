import { ActionRefused, type Refusal } from '../errors.ts';
import type { World } from './world.ts';

/**
 * One call for several things. Guess: all or nothing, one that is refused keeps the others too (the SDK tests suggest it);
 * or else each that may be acted on is, and the call answers with the first refusal.
 */
export function inBatch<Thing>(
  world: World,
  things: readonly Thing[],
  { refusalOf, act }: { refusalOf: (thing: Thing) => Refusal | undefined; act: (thing: Thing) => void },
): void {
  const refusals = things.map((thing) => refusalOf(thing));
  const first = refusals.find((refusal) => refusal !== undefined);
  if (first === undefined || world.guesses.batch === 'each') {
    for (const [at, thing] of things.entries()) if (refusals[at] === undefined) act(thing);
  }
  if (first !== undefined) throw new ActionRefused(first.returnCode, first.about);
}
