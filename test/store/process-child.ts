/** One of several processes that use a SQLite file at once: `node process-child.ts FILE NAME`. Prints what it was told. */

import { systemClock } from '../../lib/clock.ts';
import { SqliteTable } from '../../lib/store/sqlite-table.ts';
import { TableStore } from '../../lib/store/store.ts';
import { saying } from '../wording/worded.ts';

const [, , file = '', name = ''] = process.argv;
const store = new TableStore({ table: new SqliteTable({ file, clock: systemClock }), clock: systemClock });
const MOST = 10;

const told: object[] = [];
for (let n = 0; n < 8; n += 1) {
  const admission = await store.admit({
    account: 'default',
    requestId: `${name}-${n}`,
    owner: name,
    // All of them want the first, only this one wants the second.
    servers: [`${100 + n}`, `${name}${n}`],
    claimedUntil: systemClock.now() + 60_000,
    refusal: (_mine, today) => (today.length > MOST ? saying(`${today.length} of ${MOST}`) : null),
  });
  const twin = { account: 'default', requestId: `twin-${n}`, owner: name, servers: [], refusal: () => null };
  const shared = await store.admit({ ...twin, claimedUntil: systemClock.now() + 60_000 });
  const deliveries: string[] = [];
  for (let m = 0; m < 40; m += 1) {
    deliveries.push(await store.seen({ channel: 'c', id: `${n}-${m}`, content: 'x', ttlSeconds: 60 }));
  }
  told.push({ admission, twin: shared.kind, deliveries });
}
store.disconnect();
process.stdout.write(JSON.stringify(told));
