/** Who took what off a server, and who ended it: only what banap itself did is followed up. */

import { describe, expect, it } from 'vitest';
import type { Cloud } from '../../lib/termination/ports/cloud.ts';
import { StoreError } from '../../lib/termination/ports/store.ts';
import { worded } from '../wording/worded.ts';
import { devServer, devServers, hiding, outcomeOf, taken } from './harness.ts';
import {
  carried,
  DAY,
  endings,
  GUEST,
  HANA,
  HOUR,
  lived,
  POLICY_TERMS,
  type Stage,
  say,
  seenBefore,
  startStage,
} from './people.ts';
import { Crash, isCrash } from './virtual-engine.ts';

const data = { blockStorage: [{ blockStorageName: 'data', sizeGb: 100 }] };
const rules = { storage: 'delete' as const, publicIp: 'release' as const, approval: null, notifySeconds: [] };

const MONDAYS: typeof POLICY_TERMS.window = {
  timezone: 'Asia/Seoul',
  days: ['MON'],
  from: '00:00',
  to: '23:59',
  holidays: { calendar: 'none', dates: [] },
};

async function detach(stage: Stage): Promise<void> {
  const disk = stage.ncp.simulator.state().blockStorages.find((one) => one.blockStorageName === 'data');
  const action = { name: 'detach' as const, serverInstanceNo: '1001', on: [disk?.blockStorageInstanceNo ?? ''] };
  expect(await stage.ncp.cloud.act('detach', [action], () => true)).toMatchObject([{ kind: 'accepted' }]);
  stage.ncp.simulator.advance(60);
}

async function terminate(stage: Stage, seconds = 120): Promise<void> {
  const action = { name: 'terminate' as const, serverInstanceNo: '1001', on: [] };
  expect(await stage.ncp.cloud.act('terminate', [action], () => true)).toMatchObject([{ kind: 'accepted' }]);
  stage.ncp.simulator.advance(seconds);
}

/** Once, while the stopped server waits. */
function whileItWaits(act: (stage: Stage) => unknown, stage: Stage, from = 0) {
  let isDone = false;
  return async ({ name }: { name: string }): Promise<void> => {
    if (isDone || !name.startsWith('sleep-wait-') || stage.ncp.simulator.now().getTime() < from) return;
    isDone = true;
    await act(stage);
  };
}

describe('a volume that somebody takes off', () => {
  it('after the time of grace, while the window is closed, is not deleted', async () => {
    const stage = await startStage({ servers: [devServer(data)] });
    stage.ncp.simulator.advance(DAY / 1000);
    const friday = stage.ncp.simulator.now().getTime() + 4 * DAY;
    const ended = await lived(stage, {
      terms: { ...rules, stopForSeconds: 3 * 86_400, policyTerms: { ...POLICY_TERMS, window: MONDAYS } },
      whileAsleep: whileItWaits(detach, stage, friday),
    });
    expect(outcomeOf(ended)).toMatchObject({ guard: 'drift' });
    expect(taken(stage.ncp, 'deleteStorage')).toEqual([]);
  });

  it.each([300, 900])('of a stopped server before the first act is not deleted (%s seconds)', async (seconds) => {
    const stage = await startStage({ servers: [devServer({ status: 'NSTOP', ...data })] });
    const ended = await lived(stage, {
      terms: { ...rules, notifySeconds: [seconds] },
      sleeping: { 'announced.1': () => detach(stage).then(() => 1) },
    });
    expect(outcomeOf(ended)).toMatchObject({ guard: 'drift' });
    expect(taken(stage.ncp, 'deleteStorage')).toEqual([]);
  });

  it('and returns the server then, in its time of grace, is not deleted: banap had only stopped it', async () => {
    const stage = await startStage({ servers: [devServer(data)] });
    const ended = await lived(stage, {
      terms: { ...rules, stopForSeconds: 7 * 86_400 },
      whileAsleep: whileItWaits((of) => detach(of).then(() => terminate(of)), stage),
    });
    expect(outcomeOf(ended).result).toBe('already-gone');
    expect(taken(stage.ncp, 'deleteStorage')).toEqual([]);
  });

  it('and returns the server then is not deleted where NCP had refused the stop', async () => {
    const stage = await startStage({ servers: [devServer(data)] });
    const { cloud, simulator } = stage.ncp;
    const refusing: Cloud = hiding(cloud, {
      act: async (name, actions, may) => {
        if (name !== 'stop') return cloud.act(name, actions, may);
        simulator.person.stop('1001');
        simulator.advance(120);
        await detach(stage);
        await terminate(stage);
        return [
          { kind: 'rejected', actions: [...actions], remedy: 'look', returnCode: '25041', returnMessage: 'busy' },
        ];
      },
    });
    await lived(stage, { terms: rules, cloud: refusing });
    expect(taken(stage.ncp, 'deleteStorage')).toEqual([]);
  });
});

it('what it may have ended just before it died is named and not freed: nobody saw whose doing it was', async () => {
  const stage = await startStage({ servers: [devServer({ status: 'NSTOP', ...data })] });
  const { cloud } = stage.ncp;
  const memory = new Map<string, string>();
  const dying = hiding(cloud, {
    act: async (name, actions, may) => {
      await cloud.act(name, actions, may);
      throw new Crash(`after ${name}`);
    },
  });
  for (let life = 0; life < 2; life += 1) {
    await expect(lived(stage, { terms: rules, memory, cloud: dying })).rejects.toSatisfy(isCrash);
    stage.ncp.simulator.advance(30);
  }
  const ended = await lived(stage, { terms: rules, memory });
  expect(taken(stage.ncp, 'deleteStorage')).toEqual([]);
  expect(worded(ended.history.events.filter((event) => event.kind === 'left'))).toMatchObject([
    { name: 'data', asked: true, reason: expect.stringMatching(/never confirmed/) },
  ]);
});

describe('a server that somebody terminates while people are asked', () => {
  it('keeps its name, is no longer announced, and is not counted', async () => {
    const others = Array.from({ length: 8 }, (_, at) => ({
      serverInstanceNo: String(2001 + at),
      serverName: `prod-${at}`,
    }));
    const stage = await startStage({
      servers: [devServer({ status: 'NSTOP' }), devServer({ serverInstanceNo: '1002' }), ...others],
    });
    const ended = await lived(stage, {
      terms: { limits: { maxServers: 10, maxPercent: 20 }, notifySeconds: [3_600] },
      sleeping: {
        'approval-1.1': async () => {
          await terminate(stage, 700);
          await say(stage, 'approve', HANA);
          return 1;
        },
      },
    });
    expect(endings(ended)).toEqual({ 1001: 'already-gone', 1002: 'terminated' });
    expect(stage.notifier.notices.map(({ names }) => names)).toEqual([['dev-2']]);
    expect(ended.plan.items[0]?.target.serverName).toBe('dev-1');
  });
});

it('a second execution of the same request asks nobody, and does not show the run at work as ended', async () => {
  const stage = await startStage({ servers: devServers(1) });
  const terms = { stopForSeconds: 7 * 86_400 };
  const second = { guards: [''], view: '', shown: 0 };
  await carried(stage, {
    terms,
    sleeping: { 'approval-1.1': () => say(stage, 'approve', HANA).then(() => 1) },
    whileAsleep: whileItWaits(async () => {
      const shown = stage.notifier.shown.length;
      const { report } = await carried(stage, { terms, tools: { owner: 'execution-2' } });
      second.guards = report.outcomes.map(({ guard }) => guard ?? '');
      second.view = (await stage.desk.store.view('chat-1'))?.state ?? '';
      second.shown = stage.notifier.shown.length - shown;
    }, stage),
  });
  expect(second).toEqual({ guards: ['duplicate'], view: 'working', shown: 0 });
});

it('a cancel while somebody starts a stopped server is waited out without waking again and again', async () => {
  const stage = await startStage({ servers: [devServer({ startSeconds: 1_800 })] });
  let sleeps = 0;
  let isSaid = false;
  const ended = await lived(stage, {
    terms: { ...rules, stopForSeconds: 7 * 86_400 },
    whileAsleep: async ({ name, wakeId }) => {
      if (!name.startsWith('sleep-wait-')) return undefined;
      sleeps += 1;
      if (isSaid) return stage.woken.includes(wakeId) ? 1 : undefined;
      isSaid = true;
      stage.ncp.simulator.person.start('1001');
      await say(stage, 'cancel', GUEST);
      return 1;
    },
  });
  expect(endings(ended)).toEqual({ 1001: 'refused cancelled' });
  expect(sleeps).toBeLessThan(20);
});

it('reports a server that is already gone at once, although the window is closed for days', async () => {
  const stage = await startStage({ servers: [devServer()] });
  await seenBefore(stage, '1999');
  stage.ncp.simulator.advance(2 * 86_400);
  const begin = stage.ncp.simulator.now().getTime();
  const terms = { approval: null, names: [], servers: ['1999'], policyTerms: { ...POLICY_TERMS, window: MONDAYS } };
  const ended = await lived(stage, { terms });
  expect(endings(ended)).toEqual({ 1999: 'already-gone' });
  expect(Date.parse(ended.endedAt) - begin).toBeLessThan(HOUR);
});

it('a number that is missing is not taken for gone where it could not be read whether it was ever there', async () => {
  const stage = await startStage({ servers: [devServer()] });
  await seenBefore(stage, '1999');
  stage.desk.store.known = () => Promise.reject(new StoreError('no answer', { passing: true }));
  const ended = await lived(stage, { terms: { approval: null, names: [], servers: ['1999'] } });
  expect(endings(ended)).toEqual({ 1999: 'refused not-found' });
});
