/**
 * Records a run in which every look finds a change of every server, and replays it: the engine returns the recorded answer of
 * each step. It has a thread of its own, because counting replaces methods of all arrays in it.
 */

import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';
import type { Engine } from '../../lib/termination/ports/engine.ts';
import { run } from '../../lib/termination/run.ts';
import { Account, LATENCY_SECONDS } from './account.ts';
import { fleetOf } from './fleets.ts';
import { cloudOf, requestFor } from './runs.ts';

/** Methods that read a whole array. */
const WALKS = [
  Symbol.iterator,
  'entries',
  'values',
  'map',
  'filter',
  'flatMap',
  'concat',
  'slice',
  'some',
  'every',
  'find',
  'findLast',
  'forEach',
  'reduce',
  'toSorted',
  'toReversed',
] as const;

/** The longest deadline that a request may have. */
const A_DAY_MINUTES = 1_440;

const { looks, servers, rounds } = z.object({ looks: z.int(), servers: z.int(), rounds: z.int() }).parse(workerData);

const fleet = fleetOf({ count: servers, hasBoth: false }, 1);
const numbers = fleet.servers.map((server) => server.serverInstanceNo);
const account = new Account({ fleet, seed: 1, latencySeconds: LATENCY_SECONDS });
const answers = new Map<string, string>();

await account.time.runToEnd(() => runWith(recording(account.time.engine(() => undefined))));
const times: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const startedAt = performance.now();
  await runWith(replaying());
  times.push(performance.now() - startedAt);
}
const walked = countWalks();
await runWith(replaying());
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage({ walked: walked(), times });

function runWith(engine: Engine): Promise<unknown> {
  const request = { ...requestFor(numbers, 0), deadlineMinutes: A_DAY_MINUTES };
  return run(request, { engine, cloud: cloudOf(account, 0), clock: account.time.clock, life: 'one' });
}

/** Changes the operation of every server before each look, and removes the servers at the end. */
function recording(engine: Engine): Engine {
  let slept = 0;
  const change = (): void => {
    const operation = slept % 2 === 0 ? 'CHNG' : 'MIGRA';
    for (const no of slept < looks ? numbers : []) account.simulator.person.setStatus(no, 'RUN', operation);
    for (const no of slept === looks ? numbers : []) account.simulator.person.remove(no);
    slept += 1;
  };
  change();
  return {
    ...engine,
    step: async (name, work) => {
      const answer = await engine.step(name, work);
      answers.set(name, JSON.stringify(answer));
      return answer;
    },
    sleep: async (name, seconds) => {
      await engine.sleep(name, seconds);
      change();
    },
  };
}

function replaying(): Engine {
  return {
    step: (name) => {
      const answer = answers.get(name);
      return answer === undefined
        ? Promise.reject(new Error(`${name} is not remembered`))
        : Promise.resolve(JSON.parse(answer));
    },
    sleep: () => Promise.resolve(),
    waitForSignal: () => Promise.resolve(),
  };
}

/** Counts the events in all arrays of events that are read or copied from now on. */
function countWalks(): () => number {
  let count = 0;
  for (const name of WALKS) {
    const original: unknown = Reflect.get(Array.prototype, name);
    if (typeof original !== 'function') throw new Error(`arrays have no ${String(name)}`);
    Reflect.set(Array.prototype, name, function walk(this: unknown[], ...given: unknown[]): unknown {
      const answer: unknown = Reflect.apply(original, this, given);
      // A slice costs only its own length.
      const touched = name === 'slice' && Array.isArray(answer) ? answer : this;
      if (touched.length > 0 && isEvent(touched[0])) count += touched.length;
      return answer;
    });
  }
  return () => count;
}

function isEvent(thing: unknown): boolean {
  return typeof thing === 'object' && thing !== null && 'serverInstanceNo' in thing && 'kind' in thing;
}
