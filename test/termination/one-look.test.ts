/** What one look does not show is not gone: this holds for servers, and for everything that outlives or protects them. */
import { expect, it } from 'vitest';
import { exitCodeFor } from '../../lib/cli/exit-code.ts';
import { reportOf } from '../../lib/reports/report.ts';
import {
  BOTH,
  calls,
  devServer,
  dyingAfterAct,
  exists,
  type Ncp,
  outcomeOf,
  runOn,
  serverState,
  startNcp,
} from './harness.ts';
import { type EngineMemory, isCrash } from './virtual-engine.ts';

const ip = { publicIp: '203.0.113.7' };
const disk = { blockStorage: [{ blockStorageInstanceNo: '501', blockStorageName: 'data', sizeGb: 100 }] };
const freeAll = { storage: 'delete', publicIp: 'release' } as const;

const faulty = ({ simulator }: Ncp): number => calls(simulator).filter((one) => one.fault !== undefined).length;

for (const environment of BOTH) {
  for (const [what, list, thing] of [
    ['a volume', 'getBlockStorageInstanceList', disk],
    ['an address', 'getPublicIpInstanceList', ip],
  ] as const) {
    it(`frees ${what} that one look misses, in ${environment}`, async () => {
      const ncp = await startNcp({ environment, servers: [devServer({ status: 'NSTOP', ...thing })] });
      const there = (): string[] => [
        ...ncp.simulator.state().blockStorages.flatMap((one) => (one.blockStorageInstanceNo === '501' ? ['501'] : [])),
        ...ncp.simulator.state().publicIps.map((one) => one.publicIpInstanceNo),
      ];
      const [no] = there();
      let isSet = false;
      const ended = await runOn(ncp, freeAll, {
        afterStep: () => {
          if (isSet || exists(ncp)) return;
          isSet = true;
          ncp.simulator.setFaults(`${list}:missing=${no}:1`);
        },
      });
      const report = reportOf(ended);
      expect({ faults: faulty(ncp), isSet }).toEqual({ faults: 1, isSet: true });
      expect({ exit: exitCodeFor(report), freed: report.freed.length, left: report.left.length }).toEqual({
        exit: 0,
        freed: 1,
        left: 0,
      });
      expect(there()).toEqual([]);
    });
  }

  it(`protects a server again that one look misses, or says that it may be bare, in ${environment}`, async () => {
    const ncp = await startNcp({
      environment,
      servers: [devServer({ status: 'NSTOP', isProtectServerTermination: true })],
    });
    const memory: EngineMemory = new Map();
    const isBare = (): boolean => !serverState(ncp).isProtectServerTermination;
    const ended = await runOn(
      ncp,
      { overrideProtection: true },
      {
        memory,
        afterStep: (step) => {
          if (isBare() && serverState(ncp).serverName === 'dev-1') ncp.simulator.person.rename('1001', 'prod-1');
          if (step.startsWith('pass-') && memory.get(step)?.includes('"kind":"outcome"') === true)
            ncp.simulator.setFaults('getServerInstanceList:missing=1001:1');
        },
      },
    );
    const report = reportOf(ended);
    expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'identity' });
    expect(faulty(ncp)).toBe(1);
    // Either it is protected again, or the report says that it may be unprotected.
    const isSaid = report.left.some(({ reason }) => /protect/.test(reason));
    expect({ bare: isBare(), isSaid }).not.toEqual({ bare: true, isSaid: false });
  });
}

for (const environment of BOTH) {
  it(`leaves a server alone to which a volume was put back while one look missed it, in ${environment}`, async () => {
    const ncp = await startNcp({ environment, servers: [devServer({ status: 'NSTOP', ...disk })] });
    ncp.simulator.setFaults('terminateServerInstances:cut-before:1');
    const attempts = (): number =>
      calls(ncp.simulator).filter((one) => one.action === 'terminateServerInstances').length;
    let does = 0;
    const ended = await runOn(ncp, freeAll, {
      afterStep: () => {
        if (does === 0 && attempts() === 1) {
          ncp.simulator.setFaults('getServerInstanceList:missing=1001:2');
          ncp.simulator.person.moveStorage('501', '1001');
          does = 1;
        } else if (does === 1 && faulty(ncp) === 3) {
          ncp.simulator.person.detachStorage('501');
          does = 2;
        }
      },
    });
    expect(does).toBe(2);
    expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'drift' });
    expect({
      exists: exists(ncp),
      attempts: attempts(),
      left: reportOf(ended).left.some(({ no }) => no === '501'),
    }).toEqual({
      exists: true,
      attempts: 1,
      left: true,
    });
  });

  it(`protects a server again after a crash and one failed look, or says that it may be bare, in ${environment}`, async () => {
    const ncp = await startNcp({
      environment,
      servers: [devServer({ status: 'NSTOP', isProtectServerTermination: true })],
    });
    const memory: EngineMemory = new Map();
    const input = { overrideProtection: true, deadlineMinutes: 60 };
    const died = await runOn(ncp, input, { memory, cloud: dyingAfterAct(ncp.cloud, 1) }).catch(
      (error: unknown) => error,
    );
    expect(isCrash(died)).toBe(true);
    expect(serverState(ncp).isProtectServerTermination).toBe(false);
    ncp.simulator.advance(2 * 3600);
    const ended = await runOn(ncp, input, {
      memory,
      afterStep: (step) => {
        // One look that fails; the next one, seconds later, would not.
        if (step.startsWith('pass-') && memory.get(step)?.includes('"kind":"outcome"') === true)
          ncp.simulator.setFaults('getServerInstanceList:503/500:5');
      },
    });
    const report = reportOf(ended);
    expect(outcomeOf(ended).result).toBe('unfinished');
    const isSaid = report.left.some(({ reason }) => /protect/.test(reason));
    const isBare = !serverState(ncp).isProtectServerTermination;
    expect({ isBare, isSaid }).not.toEqual({ isBare: true, isSaid: false });
  });
}
