/** How the work of replaying a run grows with its length. */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';

const SERVERS = 200;
/** The fastest of so many replays counts, because other load only makes them slower. */
const ROUNDS = 5;

export interface Replayed {
  looks: number;
  /** Events that were folded or copied. */
  walked: number;
  /** Depends on the machine; only ratios mean something. */
  ms: number;
}

const answerSchema = z.object({ walked: z.number(), times: z.array(z.number()) });

/** Replays a run with so many looks, each with a change of every server. */
export async function replay(looks: number): Promise<Replayed> {
  const workerData = { looks, servers: SERVERS, rounds: ROUNDS };
  const worker = new Worker(new URL('./replay-worker.ts', import.meta.url), { workerData });
  const [answer] = await once(worker, 'message');
  await worker.terminate();
  const { walked, times } = answerSchema.parse(answer);
  return { looks, walked, ms: Math.min(...times) };
}

/** The exponent of growth from the shortest replay to the longest: 1 is linear, 2 is quadratic. */
export function growth(replays: readonly Replayed[], of: 'walked' | 'ms'): number {
  const [first, last] = [replays[0], replays.at(-1)];
  if (first === undefined || last === undefined) throw new Error('nothing was replayed');
  return Math.log(last[of] / first[of]) / Math.log(last.looks / first.looks);
}
