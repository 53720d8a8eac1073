import type { Worker } from 'node:worker_threads';

/** The real one. While time is skipped, the global Date is another. */
const RealDate = Date;

/**
 * Make skipped time add up: after three waits of ten seconds it is thirty seconds later.
 *
 * The SDK's own skipping does not, for two reasons. Its checkpoint server goes on in real time and says "until 10:00:10"
 * for every one of the three waits; only the first then moves the skipped clock. So what the server says is shifted by
 * what was skipped already. And the clock is only moved while some timer is armed; so one always is.
 */
export function keepSkippedTime(worker: Worker): () => void {
  const armed = setInterval(() => undefined, 2 ** 31 - 1);
  const listeners = worker.listeners('message');
  worker.removeAllListeners('message');
  worker.on('message', (message) => {
    const skippedMs = Date.now() - RealDate.now();
    for (const listener of listeners) Reflect.apply(listener, worker, [shift(message, skippedMs)]);
  });
  return () => clearInterval(armed);
}

function shift(value: unknown, ms: number): unknown {
  if (value instanceof RealDate) return new RealDate(value.getTime() + ms);
  if (Array.isArray(value)) return value.map((item) => shift(item, ms));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shift(item, ms)]));
}
