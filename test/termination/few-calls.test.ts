/** Runs in an account whose rate limit is low. */

import { expect, it } from 'vitest';
import { chance } from '../../lib/chance.ts';
import { NcloudClient } from '../../lib/ncloud/client.ts';
import { NcloudCloud } from '../../lib/ncloud/cloud.ts';
import { tokenBucket } from '../ncloud/accounts-limit.ts';
import { inProcess } from '../simulator/in-process.ts';
import { BOTH, devServers, exists, outcomeOf, outcomesOf, runOn, startNcp, taken } from './harness.ts';
import { virtualClock } from './virtual-engine.ts';

const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'SECRETEXAMPLE' };

/** NCP takes so many calls a second on average, `together` of them at once. */
async function scarce(environment: (typeof BOTH)[number], perSecond: number, together: number) {
  const ncp = await startNcp({ environment, servers: devServers(2) });
  const { simulator } = ncp;
  const limit = tokenBucket(perSecond, together);
  let refused = 0;
  const beforeCall = (): void => {
    simulator.setFaults('');
    if (limit(simulator.now().getTime())) return;
    refused += 1;
    simulator.setFaults('*:429/410:1');
  };
  const client = new NcloudClient({
    endpoint: 'https://ncloud.apigw.ntruss.com',
    dispatcher: inProcess(simulator, { latencySeconds: 0.1, beforeCall }),
    keys: { current: () => Promise.resolve(keys), fresh: () => Promise.resolve(keys) },
    format: 'xml',
    clock: virtualClock(simulator),
    chance: chance(1),
  });
  const cloud = new NcloudCloud(client, { environment, region: 'KR' });
  return { ncp, cloud, refused: () => refused };
}

it.each(BOTH.flatMap((environment) => [2, 1, 0.2].map((perSecond) => [environment, perSecond] as const)))(
  'in %s ends what it was asked to at %d calls a second',
  async (environment, perSecond) => {
    const { ncp, cloud } = await scarce(environment, perSecond, 6);
    const ended = await runOn(ncp, { servers: ['1001', '1002'], deadlineMinutes: 120 }, { cloud });
    expect(outcomesOf(ended)).toEqual({ 1001: 'terminated', 1002: 'terminated' });
    expect(exists(ncp, '1001')).toBe(false);
    expect(taken(ncp, 'terminate')).toEqual(['terminate 1001', 'terminate 1002']);
  },
);

it.each(BOTH)(
  'in %s ends nothing on an old look where NCP takes one call in five seconds, and says why',
  async (environment) => {
    const { ncp, cloud } = await scarce(environment, 0.2, 1);
    const ended = await runOn(ncp, { servers: ['1001'], deadlineMinutes: 60 }, { cloud });
    expect(outcomeOf(ended)).toMatchObject({ result: 'unfinished' });
    expect(exists(ncp, '1001')).toBe(true);
    expect(taken(ncp)).toEqual([]);
  },
);
