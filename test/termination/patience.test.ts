/** A run waits for what cannot be read now, in every phase, until its deadline. */

import { describe, expect, it } from 'vitest';
import { CloudError } from '../../lib/termination/ports/cloud.ts';
import { worded } from '../wording/worded.ts';
import { devServer, exists, hiding, outcomeOf, runOn, startNcp, taken } from './harness.ts';
import { endings, HANA, lived, say, startStage } from './people.ts';

const DOWN = '*:503/500:9999';

/** Somebody agrees, and then calls fail like this. */
const agreeing = (stage: Awaited<ReturnType<typeof startStage>>, faults: string) => ({
  'approval-1.1': async () => {
    await say(stage, 'approve', HANA);
    stage.ncp.simulator.setFaults(faults);
    return 1;
  },
});

const interrupted = (): Promise<never> =>
  Promise.reject(new CloudError('interrupted', { fatal: false, returnCode: '' }));

describe('while the plan is made', () => {
  it('six failures in a row are survived', async () => {
    const told: string[] = [];
    const ncp = await startNcp({ faults: 'getServerInstanceList:503/500:6' });
    const ended = await runOn(ncp, {}, { onUnread: (reason, seconds) => void told.push(`${seconds} ${reason}`) });
    expect(outcomeOf(ended).result).toBe('terminated');
    expect(told).toEqual([expect.stringMatching(/^15 getServerInstanceList got no answer/)]);
  });

  it('what never can be read ends the run at its deadline, with the reason', async () => {
    const ncp = await startNcp({ faults: DOWN });
    const began = ncp.simulator.now().getTime();
    await expect(runOn(ncp, { deadlineMinutes: 30 })).rejects.toThrow('getRegionList got no answer');
    const minutes = (ncp.simulator.now().getTime() - began) / 60_000;
    expect(minutes).toBeGreaterThan(29);
    expect(minutes).toBeLessThan(33);
  });

  it('keys that are refused are not waited for', async () => {
    const ncp = await startNcp({ faults: 'getServerInstanceList:403/210:9999' });
    const began = ncp.simulator.now().getTime();
    await expect(runOn(ncp)).rejects.toThrow('not permitted');
    expect(ncp.simulator.now().getTime() - began).toBeLessThan(1_000);
  });

  it('a run that only looks gives up after two minutes', async () => {
    const ncp = await startNcp({ faults: DOWN });
    const began = ncp.simulator.now().getTime();
    await expect(runOn(ncp, { mode: 'plan' })).rejects.toThrow('got no answer');
    expect(ncp.simulator.now().getTime() - began).toBeLessThan(5 * 60_000);
  });
});

describe('after people agreed', () => {
  it('an outage of half an hour is survived', async () => {
    const stage = await startStage();
    const after = { 'look-again-1.6': () => stage.ncp.simulator.setFaults('') };
    const ended = await lived(stage, { sleeping: agreeing(stage, DOWN), after });
    expect(endings(ended)).toEqual({ 1001: 'terminated' });
  });

  it('an outage beyond the deadline leaves every server, unfinished', async () => {
    const stage = await startStage();
    const ended = await lived(stage, { terms: { deadlineMinutes: 30 }, sleeping: agreeing(stage, DOWN) });
    expect(outcomeOf(ended)).toMatchObject({
      result: 'unfinished',
      reason: expect.stringMatching(/^nothing was done/),
    });
    expect(exists(stage.ncp)).toBe(true);
  });
});

describe('protection that was lifted', () => {
  const input = { overrideProtection: true, deadlineMinutes: 2 };

  it('is put back although NCP takes no call at first', async () => {
    const ncp = await startNcp({
      servers: [devServer({ status: 'NSTOP', isProtectServerTermination: true })],
      faults: 'terminateServerInstances:25015:9999',
    });
    const faults = 'terminateServerInstances:25015:9999,setProtectServerTermination:429/410:3';
    const ended = await runOn(ncp, input, {
      afterStep: (step) => {
        if (step.startsWith('pass-2')) ncp.simulator.setFaults(faults);
      },
    });
    expect(ncp.simulator.state().servers[0]?.isProtectServerTermination).toBe(true);
    expect(ended.history.events.filter((event) => event.kind === 'unknown')).toEqual([]);
    expect(taken(ncp)).toEqual(['protection 1001', 'protection 1001']);
  });

  it('is put back after an interruption, although the calls of the run are ended by it', async () => {
    const ncp = await startNcp({
      servers: [devServer({ status: 'NSTOP', isProtectServerTermination: true })],
      faults: 'terminateServerInstances:25015:9999',
    });
    const interruption = new AbortController();
    const isOver = (): boolean => interruption.signal.aborted;
    const { cloud } = ncp;
    await runOn(ncp, input, {
      signal: interruption.signal,
      afterwards: cloud,
      cloud: hiding(cloud, {
        servers: (numbers) => (isOver() ? interrupted() : cloud.servers(numbers)),
        act: (name, actions, mayGoOn) => (isOver() ? interrupted() : cloud.act(name, actions, mayGoOn)),
      }),
      afterStep: (step) => {
        if (step.startsWith('pass-2')) interruption.abort();
      },
    });
    expect(taken(ncp)).toEqual(['protection 1001', 'protection 1001']);
    expect(ncp.simulator.state().servers[0]?.isProtectServerTermination).toBe(true);
  });

  it('is reported as perhaps off if NCP takes no call at all', async () => {
    const ncp = await startNcp({
      servers: [devServer({ status: 'NSTOP', isProtectServerTermination: true })],
      faults: 'terminateServerInstances:25015:9999',
    });
    const ended = await runOn(ncp, input, {
      cloud: hiding(ncp.cloud, {
        act: async (name, actions, mayGoOn) => {
          if (name === 'restoreProtection') {
            return [
              { kind: 'rejected', actions, remedy: 'later', returnCode: '410', returnMessage: 'Throttle Limited' },
            ];
          }
          return ncp.cloud.act(name, actions, mayGoOn);
        },
      }),
    });
    const doubts = ended.history.events.filter((event) => event.kind === 'unknown');
    expect(worded(doubts)).toMatchObject([
      { action: 'restoreProtection', reason: expect.stringMatching(/may still be off/) },
    ]);
  });

  it('is not put back while the server cannot be read, and the report says so', async () => {
    const ncp = await startNcp({
      servers: [devServer({ status: 'NSTOP', isProtectServerTermination: true })],
      faults: 'terminateServerInstances:25015:9999',
    });
    let isOver = false;
    const servers = (numbers: readonly string[]) =>
      isOver
        ? Promise.reject(new CloudError('no answer', { fatal: false, returnCode: '' }))
        : ncp.cloud.servers(numbers);
    const ended = await runOn(ncp, input, {
      cloud: hiding(ncp.cloud, { servers }),
      onEvents: (events) => {
        isOver ||= events.some((event) => event.kind === 'outcome');
      },
    });
    const doubts = ended.history.events.filter((event) => event.kind === 'unknown');
    expect(worded(doubts)).toMatchObject([{ action: 'restoreProtection', reason: expect.stringMatching(/no answer/) }]);
  });
});
