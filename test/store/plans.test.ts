import { expect, it } from 'vitest';
import type { KeptPlan } from '../../lib/store/plans.ts';
import { parseRequest } from '../../lib/termination/request.ts';
import { serverView } from '../termination/builders.ts';
import { DAY_MS, failureOf, inBoth, iso, NOON } from './bench.ts';

const HASH = 'fd43a301fbf0d47a';

function planOf(more: Partial<KeptPlan> = {}): KeptPlan {
  const request = parseRequest({ environment: 'vpc', servers: ['1001'] }, { requestId: 'cli-1', trigger: 'cli' });
  const servers = [{ ...serverView({ serverName: '개발-1' }), reason: 'why' }];
  return { hash: HASH, createdAt: iso(NOON), request, policiesFile: '/home/mina/policies.yml', servers, ...more };
}

inBoth((b) => {
  it('a plan is there as it was shown, for its account, until its days are over', async () => {
    expect(await b.store.plans.of('default', HASH)).toBeUndefined();
    await b.store.plans.keep(planOf());
    const kept = await b.another().plans.of('default', HASH);
    const { request, servers } = planOf();
    expect(kept).toMatchObject({ hash: HASH, createdAt: iso(NOON), request });
    expect(kept?.servers).toMatchObject(
      servers.map(({ serverInstanceNo, serverName, reason }) => ({ serverInstanceNo, serverName, reason })),
    );
    expect(await b.store.plans.of('other', HASH)).toBeUndefined();
    b.clock.time += 7 * DAY_MS;
    expect(await b.store.plans.of('default', HASH)).toBeUndefined();
  });

  it('a plan of 200 servers with the longest names fits', async () => {
    const servers = Array.from({ length: 200 }, (_, index) => ({
      ...serverView({ serverInstanceNo: String(index), serverName: '가'.repeat(255), deletes: ['데이터'.repeat(80)] }),
      reason: 'because'.repeat(50),
    }));
    await b.store.plans.keep(planOf({ servers }));
    expect((await b.store.plans.of('default', HASH))?.servers).toHaveLength(200);
  });

  it('a plan that cannot be read is an error, never another plan', async () => {
    await b.put({ pk: 'default#PLANS', sk: HASH, plan: 'garbage', expiresAt: NOON });
    expect(await failureOf(b.store.plans.of('default', HASH))).toMatchObject({
      message: expect.stringContaining(HASH),
    });
  });
});
