/** How the work of replaying a run grows with its length. */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';

const SERVERS = 200;
/** The fastest of so many: whatever else the machine does only makes them slower. */
const ROUNDS = 5;

export interface Replayed {
  passes: number;
  /** Events that were folded or copied. */
  walked: number;
  /** Of this machine; only its ratios say something. */
  ms: number;
}

export async function replay(passes: number): Promise<Replayed> {
  const { walked } = await inThread({ passes, servers: SERVERS, isCounted: true });
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    times.push((await inThread({ passes, servers: SERVERS, isCounted: false })).ms);
  }
  return { passes, walked, ms: Math.min(...times) };
}

/**
 * The power of the length with which something grows, from the shortest replay to the longest: 1 is linear, 2 is
 * quadratic.
 */
export function growth(replays: readonly Replayed[], of: 'walked' | 'ms'): number {
  const [first, last] = [replays[0], replays.at(-1)];
  if (first === undefined || last === undefined) throw new Error('nothing was replayed');
  return Math.log(last[of] / first[of]) / Math.log(last.passes / first.passes);
}

const answerSchema = z.object({ walked: z.number(), ms: z.number() });

async function inThread(workerData: object): Promise<z.infer<typeof answerSchema>> {
  const worker = new Worker(new URL('./replay-worker.ts', import.meta.url), { workerData });
  const [answer] = await once(worker, 'message');
  await worker.terminate();
  return answerSchema.parse(answer);
}
