/**
 * Lives through every run of test/boundaries: one thing that a person does after each call, in every scene and under
 * every fault. Takes minutes. `npm run -s boundaries -- throttled` only those whose scene or fault is called so.
 */

import { enumerate, Tally } from '../test/boundaries/enumeration.ts';
import { FAULTS } from '../test/boundaries/faults.ts';
import { SCENES } from '../test/boundaries/stage.ts';

const wanted = process.argv.slice(2);
const whole = new Tally();
let wrong = 0;
for (const scene of SCENES) {
  for (const fault of FAULTS) {
    if (!wanted.every((name) => [scene.name, fault.name].includes(name))) continue;
    const tally = new Tally();
    await enumerate(scene, fault, tally, 'all');
    console.log(`${scene.name}, ${fault.name}: ${tally.toString()}`);
    for (const line of tally.found()) console.log(`  ${line}`);
    whole.include(tally);
    wrong += tally.found().length;
  }
}
console.log(`${whole.toString()}; ${wrong} kinds of wrong`);
process.exitCode = wrong === 0 ? 0 : 1;
