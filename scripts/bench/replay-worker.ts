/**
 * One replay of a run that had news of every server at every look: what a durable engine remembers is handed back, and the
 * run goes on to its end. In a thread of its own, because counting changes how arrays are walked in all of it.
 */

import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';
import type { Event } from '../../lib/termination/events.ts';
import type { Engine } from '../../lib/termination/ports/engine.ts';
import { run } from '../../lib/termination/run.ts';
import { Account, LATENCY_SECONDS } from './account.ts';
import { fleetOf } from './fleets.ts';
import { cloudOf, requestFor } from './runs.ts';

/** What reads an array from one end to the other. */
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

const { passes, servers, isCounted } = z
  .object({ passes: z.int(), servers: z.int(), isCounted: z.boolean() })
  .parse(workerData);

const fleet = fleetOf({ count: servers, hasBoth: false }, 1);
const numbers = fleet.servers.map((server) => server.serverInstanceNo);
const account = new Account({ fleet, seed: 1, latencySeconds: LATENCY_SECONDS });
const texts = answersOfPasses();
let begunAt: number | undefined;
const walked = isCounted ? countWalks() : () => 0;

await account.time.carry(() =>
  run(requestFor(numbers, 0), {
    engine: replaying(account.time.engine(() => undefined)),
    cloud: cloudOf(account, 0),
    clock: account.time.clock,
  }),
);
if (begunAt === undefined || texts.size > 0) throw new Error(`the replay left ${texts.size} passes`);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage({ walked: walked(), ms: performance.now() - begunAt });

/** Passes are remembered; what comes before them is done, and costs the same however many there are. */
function replaying(engine: Engine): Engine {
  return {
    ...engine,
    step: (name, work) => {
      const text = texts.get(name);
      if (text === undefined) return engine.step(name, work);
      begunAt ??= performance.now();
      texts.delete(name);
      return Promise.resolve(JSON.parse(text));
    },
    sleep: () => Promise.resolve(),
  };
}

/** By the name of its step, as `onePass` in run.ts answers. A pass looks at up to 100 servers a step. */
function answersOfPasses(): Map<string, string> {
  const answers = new Map<string, string>();
  for (let pass = 1; pass <= passes; pass += 1) {
    for (let part = 0; part * 100 < servers; part += 1) {
      const events = numbers.slice(part * 100, (part + 1) * 100).map((no) => newsOf(no, pass));
      const answer = { events, calls: {}, at: '2026-03-01T00:00:00Z', isThrottled: false };
      answers.set(`pass-${pass}.${part + 1}`, JSON.stringify(answer));
    }
  }
  return answers;
}

function newsOf(serverInstanceNo: string, pass: number): Event {
  const at = '2026-03-01T00:00:00Z';
  if (pass === passes) {
    return { at, serverInstanceNo, kind: 'outcome', outcome: { result: 'terminated', reason: { code: 'gone' } } };
  }
  const operation = pass % 2 === 0 ? 'CHNG' : 'MIGRA';
  const state = { status: 'RUN', statusName: operation, uptime: '', isProtected: false, attached: [] };
  return { at, serverInstanceNo, kind: 'seen', operation, ...state };
}

/** Counts the events of every array of events that is walked or copied from now on. */
function countWalks(): () => number {
  let count = 0;
  for (const name of WALKS) {
    const original: unknown = Reflect.get(Array.prototype, name);
    if (typeof original !== 'function') throw new Error(`arrays have no ${String(name)}`);
    Reflect.set(Array.prototype, name, function walk(this: unknown[], ...given: unknown[]): unknown {
      const answer: unknown = Reflect.apply(original, this, given);
      // A part of an array costs what it holds.
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
