/**
 * Kill `terminate` at random instants and start it again: `npm run -s kills [-- KILLS [SEED [AT_ONCE]]]`. Afterwards the
 * simulator's state must show that everything was freed or named, and protection put back. Exits with 1 otherwise.
 */

import { chance } from '../lib/chance.ts';
import { killStory, type Told, undisturbed } from '../test/cli/kill-story.ts';

const [kills = 200, seed = 1, atOnce = 4] = process.argv.slice(2).map(Number);

const mostMs = await undisturbed();
console.log(`${kills} kills, seed ${seed}; an undisturbed run takes ${(mostMs / 1000).toFixed(1)} s`);
const all: Told[] = [];
let next = 0;
await Promise.all(Array.from({ length: atOnce }, () => worker()));

const count = (is: (told: Told) => boolean): number => all.filter(is).length;
console.log(`${count((one) => one.wasKilled)} were killed before they ended, of ${all.length}`);
console.log(`${count((one) => one.isKilledTwice)} were killed a second time, ${count((one) => one.isHeld)} met a hold`);
console.log(`${count((one) => one.isResumed)} were resumed by the last process`);
for (const code of [...new Set(all.map((one) => one.exitCode))].toSorted((a, b) => Number(a) - Number(b))) {
  console.log(`exit code ${code}: ${count((one) => one.exitCode === code)}`);
}
const named = all.reduce((sum, { left }) => sum + left, 0);
console.log(`${named} volumes and addresses off their servers were left, in ${count((one) => one.left > 0)} stories`);
const broken = all.filter((one) => one.broken.length > 0);
console.log(`${broken.length} not as promised`);
if (broken.length > 0) process.exitCode = 1;

async function worker(): Promise<void> {
  while (next < kills) {
    const n = next++;
    const told = await killStory(chance(seed * 1_000_003 + n), mostMs);
    all.push(told);
    if (told.broken.length > 0) console.log(`kill ${n}: ${JSON.stringify(told)}`);
  }
}
