import { describe, expect, it } from 'vitest';
import type { Environment } from '../../lib/termination/model.ts';
import type { RequestInput } from '../../lib/termination/request.ts';
import {
  BOTH,
  devServer,
  devServers,
  dyingAfterAct,
  type Ncp,
  outcomeOf,
  outcomesOf,
  type RunOptions,
  runTwice,
  serverState,
  startNcp,
  taken,
} from './harness.ts';
import { Crash } from './virtual-engine.ts';

const everything: Partial<RequestInput> = {
  servers: ['1001', '1002'],
  storage: 'delete',
  publicIp: 'release',
  overrideProtection: true,
};

const twoServers = [
  devServer({
    isProtectServerTermination: true,
    publicIp: '203.0.113.7',
    blockStorage: [{ blockStorageInstanceNo: '501' }],
  }),
  devServer({ serverInstanceNo: '1002' }),
];

for (const environment of BOTH) {
  describe(`a run in ${environment} that dies and goes on`, () => {
    for (const resumeAfter of [0, 12]) {
      it(`ends the same after dying after any step, ${resumeAfter} s later`, async () => {
        expect(await dyingEverywhere(environment, (n) => atStep(n, 'afterStep'), resumeAfter)).toBeGreaterThan(8);
      });

      it(`ends the same after dying before any step is remembered, ${resumeAfter} s later`, async () => {
        expect(await dyingEverywhere(environment, (n) => atStep(n, 'beforeRemembering'), resumeAfter)).toBeGreaterThan(
          8,
        );
      });

      it(`ends the same after dying inside any pass, ${resumeAfter} s later`, async () => {
        const deaths = await dyingEverywhere(
          environment,
          (n, ncp) => ({ cloud: dyingAfterAct(ncp.cloud, n) }),
          resumeAfter,
        );
        expect(deaths).toBeGreaterThanOrEqual(7);
      });
    }

    it('does not leave a server bare whose protection it lifted when it died', async () => {
      const ncp = await startNcp({
        environment,
        servers: [devServer({ status: 'NSTOP', isProtectServerTermination: true })],
        faults: 'terminateServerInstances:24120:9',
      });
      const { ended } = await runTwice(ncp, { overrideProtection: true }, { cloud: dyingAfterAct(ncp.cloud, 1) });
      expect(outcomeOf(ended).result).toBe('failed');
      expect(serverState(ncp).isProtectServerTermination).toBe(true);
    });

    it.each([1, 2, 3, 4, 5, 6, 7])(
      'that goes on long after its deadline begins nothing and names what it left, having died after act %i',
      async (n) => {
        const ncp = await startNcp({ environment, servers: twoServers });
        const atDeath = { ...dyingAfterAct(ncp.cloud, n) };
        const { ended, crashed } = await runTwice(ncp, everything, { cloud: atDeath }, 7_200);
        expect(crashed).toBe(true);
        const { servers, publicIps, blockStorages } = ncp.simulator.state();
        const there = new Set(servers.map((server) => server.serverInstanceNo));
        const named = ended.events.flatMap((event) => (event.kind === 'left' ? [event.no] : []));
        const off = [
          ...publicIps.map(({ publicIpInstanceNo: no, serverInstanceNo: on }) => ({ no, on })),
          ...blockStorages.map(({ blockStorageInstanceNo: no, serverInstanceNo: on }) => ({ no, on })),
        ].filter(({ on }) => on === '');
        expect(named).toEqual(expect.arrayContaining(off.map(({ no }) => no)));
        expect(taken(ncp, 'terminate').length).toBe(2 - there.size);
        const bare = servers.filter((one) => one.serverInstanceNo === '1001' && !one.isProtectServerTermination);
        expect(bare).toEqual([]);
      },
    );

    it('does not claim a server that was gone before it came back, and says that it may have been itself', async () => {
      const ncp = await startNcp({ environment, servers: [devServer({ status: 'NSTOP' })] });
      const { ended } = await runTwice(ncp, {}, { cloud: dyingAfterAct(ncp.cloud, 1) }, 60);
      expect(outcomeOf(ended)).toMatchObject({ result: 'already-gone', reason: expect.stringMatching(/this run/) });
    });
  });
}

describe('a run that dies many times', () => {
  it('still ends every one of 20 servers exactly once', async () => {
    const ncp = await startNcp({ servers: devServers(20) });
    const servers = devServers(20).map((one) => String(one['serverInstanceNo']));
    const { ended } = await runTwice(ncp, { servers }, { cloud: dyingAfterAct(ncp.cloud, 2) });
    expect(new Set(Object.values(outcomesOf(ended)))).toEqual(new Set(['terminated']));
    expect(taken(ncp, 'terminate')).toHaveLength(20);
    expect(taken(ncp, 'stop')).toHaveLength(20);
  });
});

function atStep(n: number, when: 'beforeRemembering' | 'afterStep'): RunOptions {
  let steps = 0;
  const die = (step: string): void => {
    steps += 1;
    if (steps === n) throw new Crash(`${when} ${step}`);
  };
  return when === 'afterStep' ? { afterStep: die } : { beforeRemembering: die };
}

/** Dies at every point in turn until there is no such point any more; answers how many there were. */
async function dyingEverywhere(
  environment: Environment,
  deathAt: (n: number, ncp: Ncp) => RunOptions,
  resumeAfter: number,
): Promise<number> {
  for (let n = 1; ; n += 1) {
    const ncp = await startNcp({ environment, servers: twoServers });
    const { ended, crashed } = await runTwice(ncp, everything, deathAt(n, ncp), resumeAfter);
    expect(outcomesOf(ended), `death ${n}`).toEqual({ '1001': 'terminated', '1002': 'terminated' });
    expect(ncp.simulator.state(), `death ${n}`).toMatchObject({ servers: [], publicIps: [], blockStorages: [] });
    const ends = taken(ncp).filter((one) => /^(stop|terminate) /.test(one));
    expect(ends.toSorted(), `death ${n}`).toEqual(['stop 1001', 'stop 1002', 'terminate 1001', 'terminate 1002']);
    if (!crashed) return n - 1;
  }
}
