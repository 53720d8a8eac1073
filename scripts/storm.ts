/**
 * Tries two acts of people at random places in a run of test/boundaries: `npm run -s storm -- SEED RUNS`.
 * The same seed gives the same runs.
 */

import { storm, Tally } from '../test/boundaries/enumeration.ts';

const [seed = 1, runs = 1_000] = process.argv.slice(2).map(Number);
const tally = new Tally();
await storm(seed, runs, tally);
const found = tally.found();
console.log(`seed ${seed}: ${tally.toString()}; ${found.length} kinds of wrong`);
for (const line of found) console.log(`  ${line}`);
process.exitCode = found.length === 0 ? 0 : 1;
