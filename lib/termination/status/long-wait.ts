import type { Tools } from '../ports/tools.ts';
import { learn, type Run } from '../run-record.ts';

/** People who want to start, keep or hold a server must hear of a wait this long before the run is over. */
export const LONG_WAIT_SECONDS = 600;

export async function tellOnce(record: Run, tools: Tools): Promise<void> {
  if (record.isTold) return;
  learn(record, { isTold: true });
  await tools.onLongWait?.(record);
}
