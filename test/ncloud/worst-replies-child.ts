/** Reads one reply after the other, by the names that it is given, from the endpoint before them, and says what memory that took at its peak. */

import { systemClock } from '../../lib/clock.ts';
import { NcloudClient } from '../../lib/ncloud/client.ts';
import { CONNECTIONS } from '../../lib/ncloud/transport-limits.ts';
import { ACTION } from './worst-replies.ts';

const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'SECRETEXAMPLE' };
const client = new NcloudClient({
  endpoint: process.argv[2] ?? '',
  keys: { current: () => Promise.resolve(keys), fresh: () => Promise.resolve(keys) },
  format: 'xml',
  clock: systemClock,
  chance: () => 0.5,
  callsPerSecond: 1e9,
});
const outcomes: [name: string, outcome: string, peakMb: number][] = [];
for (const name of process.argv.slice(3)) {
  // As many at once as there may be, and none is kept, as with the pages of a list.
  const asks = Array.from({ length: CONNECTIONS - 1 }, () =>
    client
      .call({ prefix: '/vserver/v2', action: ACTION, parameters: { name }, effect: 'read' })
      .then(() => 'read', String),
  );
  const outcome = [...new Set(await Promise.all(asks))].join(', ');
  outcomes.push([name, outcome, Math.round(process.resourceUsage().maxRSS / 1024)]);
}
await client.close();
process.stdout.write(JSON.stringify(outcomes));
