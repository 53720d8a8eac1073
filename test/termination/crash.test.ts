import { describe, expect, it } from 'vitest';
import type { Environment } from '../../lib/termination/model.ts';
import type { RequestInput } from '../../lib/termination/request.ts';
import type { Run } from '../../lib/termination/run-record.ts';
import {
  BOTH,
  devServer,
  devServers,
  dyingAfterAct,
  hiding,
  type Ncp,
  outcomeOf,
  outcomesOf,
  type RunOptions,
  runOn,
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

/** Each server once, and nothing is left. */
const ALL_GONE = {
  outcomes: { '1001': 'terminated', '1002': 'terminated' },
  servers: [],
  publicIps: [],
  blockStorages: [],
  ends: ['stop 1001', 'stop 1002', 'terminate 1001', 'terminate 1002'],
};

for (const environment of BOTH) {
  const calm = await undisturbed(environment);
  const { steps, acts } = calm;

  async function dying(deathAt: (ncp: Ncp) => RunOptions, resumeAfter: number): Promise<object> {
    const ncp = await startNcp({ environment, servers: twoServers });
    const { ended, crashed } = await runTwice(ncp, everything, deathAt(ncp), resumeAfter);
    return { crashed, ...whatBecame(ncp, ended) };
  }

  describe(`a run in ${environment} that dies and goes on`, () => {
    it('ends everything where nothing dies, in enough steps and acts', () => {
      expect(whatBecame(calm.ncp, calm.ended)).toEqual(ALL_GONE);
      expect(steps.length).toBeGreaterThan(8);
      expect(acts.length).toBeGreaterThanOrEqual(7);
    });

    describe.each([0, 12])('%i s later ends the same, having died', (resumeAfter) => {
      it.each(steps)('after step %s', async (step) => {
        const became = await dying(() => ({ afterStep: dieAt(step) }), resumeAfter);
        expect(became).toEqual({ crashed: true, ...ALL_GONE });
      });

      it.each(steps)('before step %s is remembered', async (step) => {
        const became = await dying(() => ({ beforeRemembering: dieAt(step) }), resumeAfter);
        expect(became).toEqual({ crashed: true, ...ALL_GONE });
      });

      it.each(acts)('after act %i, %s', async (n) => {
        const became = await dying((ncp) => ({ cloud: dyingAfterAct(ncp.cloud, n) }), resumeAfter);
        expect(became).toEqual({ crashed: true, ...ALL_GONE });
      });
    });

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

    it.each(acts)(
      'that goes on long after its deadline begins nothing and names what it left, having died after act %i, %s',
      async (n) => {
        const ncp = await startNcp({ environment, servers: twoServers });
        const atDeath = { ...dyingAfterAct(ncp.cloud, n) };
        const { ended, crashed } = await runTwice(ncp, everything, { cloud: atDeath }, 7_200);
        expect(crashed).toBe(true);
        const { servers, publicIps, blockStorages } = ncp.simulator.state();
        const there = new Set(servers.map((server) => server.serverInstanceNo));
        const named = ended.history.events.flatMap((event) => (event.kind === 'left' ? [event.no] : []));
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

function dieAt(last: string): (step: string) => void {
  return (step) => {
    if (step === last) throw new Crash(`at ${step}`);
  };
}

/** An undisturbed run, and so every point at which a run may die: its steps, and its acts by number and name. */
async function undisturbed(
  environment: Environment,
): Promise<{ ncp: Ncp; ended: Run; steps: string[]; acts: [n: number, name: string][] }> {
  const ncp = await startNcp({ environment, servers: twoServers });
  const steps: string[] = [];
  const acts: [number, string][] = [];
  const cloud = hiding(ncp.cloud, {
    act: (name, ...rest) => {
      acts.push([acts.length + 1, name]);
      return ncp.cloud.act(name, ...rest);
    },
  });
  const ended = await runOn(ncp, everything, { cloud, afterStep: (step) => void steps.push(step) });
  return { ncp, ended, steps, acts };
}

/** Judged by the journal of the run, by what NCP has, and by the calls that it took. */
function whatBecame(ncp: Ncp, ended: Run): object {
  const { servers, publicIps, blockStorages } = ncp.simulator.state();
  const ends = taken(ncp).filter((one) => /^(stop|terminate) /.test(one));
  return { outcomes: outcomesOf(ended), servers, publicIps, blockStorages, ends: ends.toSorted() };
}
