/**
 * Whose is it, if it was put back, borrowed, or missed by one look while a pause or a window held the run back?
 */

import { describe, expect, it } from 'vitest';
import { asked, taken } from './harness.ts';
import { addressNo, endOf, leftIn, pausedWhen, reported, STOPPED, volumeNo } from './paused.ts';
import { type Stage, startStage } from './people.ts';

describe.each([
  {
    what: 'a volume',
    list: 'getBlockStorageInstanceList',
    called: 'detachBlockStorageInstances',
    action: 'detach',
    no: volumeNo,
    take: (stage: Stage) => stage.ncp.simulator.person.detachStorage(volumeNo(stage)),
    putBack: (stage: Stage) => stage.ncp.simulator.person.moveStorage(volumeNo(stage), '1001'),
    borrow: (stage: Stage) => stage.ncp.simulator.person.moveStorage(volumeNo(stage), '2000'),
    freed: 'deleteStorage',
    name: 'data',
  },
  {
    what: 'an address',
    list: 'getPublicIpInstanceList',
    called: 'disassociatePublicIpFromServerInstance',
    action: 'disassociate',
    no: addressNo,
    take: (stage: Stage) => stage.ncp.simulator.person.disassociatePublicIp(addressNo(stage)),
    putBack: (stage: Stage) => stage.ncp.simulator.person.movePublicIp(addressNo(stage), '1001'),
    borrow: (stage: Stage) => stage.ncp.simulator.person.movePublicIp(addressNo(stage), '2000'),
    freed: 'releasePublicIp',
    name: '203.0.113.7',
  },
])('$what', ({ list, called, action, no, take, putBack, borrow, freed, name }) => {
  it('that somebody put back on its server in a pause, was seen there, and took off again is theirs', async () => {
    const stage = await startStage({ servers: [STOPPED] });
    const number = no(stage);
    const isTaken = (): boolean => taken(stage.ncp, action).length > 0;
    const report = await reported(
      stage,
      pausedWhen(stage, isTaken, [
        { hours: 1, does: () => putBack(stage) },
        { hours: 3.5, does: () => take(stage) },
      ]),
    );
    const seenBack = report.timeline.filter(
      (one) => one.kind === 'seen' && JSON.stringify(one['attached']).includes(number),
    );
    // banap itself looked at it while it was there.
    expect(seenBack.at(-1)?.at).toMatch(/T01:0/);
    expect(taken(stage.ncp, freed)).toEqual([]);
    expect(endOf(report)).toBe('refused drift');
  });

  it('that somebody took off before we did, was seen off in a pause, and put back is not taken off and freed', async () => {
    const stage = await startStage({ servers: [{ ...STOPPED, status: 'RUN' }] });
    const isStopped = (): boolean => taken(stage.ncp, 'stop').length > 0;
    const report = await reported(
      stage,
      pausedWhen(stage, isStopped, [
        { hours: 1, does: () => take(stage) },
        { hours: 3.5, does: () => putBack(stage) },
      ]),
    );
    const attached = (at: RegExp): string[] =>
      report.timeline.flatMap((one) =>
        one.kind === 'seen' && at.test(one.at) ? [JSON.stringify(one['attached'])] : [],
      );
    expect([attached(/T01:/), attached(/T0[34]:/)].map((some) => some.length > 0)).toEqual([true, true]);
    expect(taken(stage.ncp, freed)).toEqual([]);
    expect(endOf(report)).toBe('refused drift');
  });

  it('that one look missed after a call that never reached NCP, and that somebody takes off hours later, is theirs', async () => {
    const stage = await startStage({ servers: [STOPPED], faults: `${called}:cut-before:1` });
    const isAsked = (): boolean => asked(stage.ncp, action) > 0;
    const paused = pausedWhen(stage, isAsked, [{ hours: 2.5, does: () => take(stage) }]);
    let isSet = false;
    const report = await reported(stage, {
      ...paused,
      afterStep: async (step) => {
        await paused.afterStep?.(step);
        if (isSet || !isAsked()) return;
        isSet = true;
        stage.ncp.simulator.setFaults(`${list}:missing=${no(stage)}:1`);
      },
    });
    expect(stage.ncp.simulator.journal().filter((one) => one.kind === 'call' && one.fault !== undefined)).toHaveLength(
      2,
    );
    expect(taken(stage.ncp, action)).toEqual([]);
    expect(taken(stage.ncp).filter((call) => /^(terminate|delete|release)/.test(call))).toEqual([]);
    expect(endOf(report)).toBe('refused drift');
  });

  it.each([action, 'terminate'])(
    'that somebody borrowed after our %s for the time between two looks is theirs',
    async (after) => {
      const stage = await startStage({ servers: [STOPPED, { serverInstanceNo: '2000', serverName: 'prod-1' }] });
      const isTaken = (): boolean => taken(stage.ncp, after).length > 0;
      const report = await reported(
        stage,
        pausedWhen(stage, isTaken, [
          {
            hours: 1.2,
            does: () => {
              borrow(stage);
              stage.ncp.simulator.advance(1_800);
              take(stage);
            },
          },
        ]),
      );
      expect(taken(stage.ncp, freed)).toEqual([]);
      expect(leftIn(report)).toContain(name);
    },
  );
});
