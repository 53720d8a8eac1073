/**
 * Tries every run of test/boundaries: one act of a person after each call, in every scene, under
 * every fault and in every engine. It takes hours; names of scenes, faults, engines and acts select among them, as in
 * `npm run -s boundaries -- VPC plain "move the address"`.
 */

import { ACTS } from '../test/boundaries/acts.ts';
import { ENGINES } from '../test/boundaries/engines.ts';
import { enumerate, Tally } from '../test/boundaries/enumeration.ts';
import { FAULTS } from '../test/boundaries/faults.ts';
import { SCENES } from '../test/boundaries/stage.ts';

const names = process.argv.slice(2);
const unknown = names.filter((name) => [...SCENES, ...FAULTS, ...ENGINES, ...ACTS].every((one) => one.name !== name));
if (unknown.length > 0) {
  const known = [SCENES, FAULTS, ENGINES, ACTS].map((some) => some.map(({ name }) => name).join(', '));
  console.error(
    `${unknown.join(', ')} is none of the scenes (${known[0]}), faults (${known[1]}), engines (${known[2]}) and acts (${known[3]}).`,
  );
  process.exit(2);
}

/** The named ones, or all if none was named. */
function chosen<Named extends { name: string }>(all: readonly Named[]): readonly Named[] {
  const some = all.filter(({ name }) => names.includes(name));
  return some.length === 0 ? all : some;
}

const whole = new Tally();
let wrong = 0;
for (const scene of chosen(SCENES)) {
  for (const fault of chosen(FAULTS)) {
    const tally = new Tally();
    await enumerate(scene, fault, tally, { acts: chosen(ACTS), engines: chosen(ENGINES), sample: 'all' });
    console.log(`${scene.name}, ${fault.name}: ${tally.toString()}`);
    for (const line of tally.found()) console.log(`  ${line}`);
    whole.include(tally);
    wrong += tally.found().length;
  }
}
console.log(`${whole.toString()}; ${wrong} kinds of wrong`);
process.exitCode = wrong === 0 ? 0 : 1;
