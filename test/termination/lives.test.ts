/** Runs in which every wait ends the process, as in Lambda: an intention counts as nobody's doing once its pass is over. */

import { describe, expect, it } from 'vitest';
import { run } from '../../lib/termination/run.ts';
import type { Run } from '../../lib/termination/run-record.ts';
import { devServer, type Ncp, outcomeOf, requestFor, runOn, startNcp, taken } from './harness.ts';
import { Crash, type EngineMemory, isCrash, virtualClock, virtualEngine } from './virtual-engine.ts';

const all = { storage: 'delete', publicIp: 'release' } as const;
const full = { blockStorage: [{ blockStorageName: 'data' }], publicIp: '203.0.113.7' };

class Suspended extends Error {}

/** Each wait ends the process once it is over; the next one replays. `meanwhile`: a person acts in a wait. */
async function lived(ncp: Ncp, meanwhile: () => void, servers = ['1001']): Promise<Run> {
  const memory: EngineMemory = new Map();
  for (let lives = 0; lives < 200; lives += 1) {
    const afterWait = (): never => {
      meanwhile();
      throw new Suspended();
    };
    const engine = virtualEngine(ncp.simulator, { memory, afterWait });
    const tools = { engine, cloud: ncp.cloud, clock: virtualClock(ncp.simulator) };
    try {
      return await run(requestFor(ncp.environment, { ...all, servers }), tools);
    } catch (error) {
      if (!(error instanceof Error && error.cause instanceof Suspended)) throw error;
    }
  }
  throw new Error('the run does not end');
}

/** Once, after NCP refused this action. */
function afterRefusal(ncp: Ncp, action: string, act: () => void): () => void {
  let isDone = false;
  return () => {
    const isAsked = ncp.simulator.journal().some((entry) => entry.kind === 'call' && entry.action === action);
    if (isDone || !isAsked) return;
    isDone = true;
    act();
  };
}

describe.each([
  { did: 'throttled', refusal: '429/410' },
  // Often because a person is doing the same.
  { did: 'put off', refusal: '25013' },
])('while a run waits after NCP had $did an act, a person', ({ refusal }) => {
  const refusing = (action: string) => startNcp({ servers: [devServer(full)], faults: `${action}:${refusal}:2` });

  it('takes the volume off: the server is left alone, and the volume stays', async () => {
    const ncp = await refusing('detachBlockStorageInstances');
    const act = (): void => {
      const volume = ncp.simulator.state().blockStorages.find((one) => one.blockStorageName === 'data');
      ncp.simulator.person.detachStorage(volume?.blockStorageInstanceNo ?? '');
    };
    const ended = await lived(ncp, afterRefusal(ncp, 'detachBlockStorageInstances', act));
    expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'drift' });
    expect(taken(ncp)).toEqual(['stop 1001']);
  });

  it('takes the address off: the server is left alone, and the address stays', async () => {
    const ncp = await refusing('disassociatePublicIpFromServerInstance');
    const act = (): void => {
      const [address] = ncp.simulator.state().publicIps;
      ncp.simulator.person.disassociatePublicIp(address?.publicIpInstanceNo ?? '');
    };
    const ended = await lived(ncp, afterRefusal(ncp, 'disassociatePublicIpFromServerInstance', act));
    expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'drift' });
    expect(taken(ncp, 'releasePublicIp')).toEqual([]);
  });

  it('terminates the server: what it leaves is named and stays', async () => {
    const ncp = await refusing('terminateServerInstances');
    const act = (): void => ncp.simulator.person.setStatus('1001', 'NSTOP', 'TERMT');
    const begins = afterRefusal(ncp, 'terminateServerInstances', act);
    let looks = 0;
    const ended = await lived(ncp, () => {
      begins();
      // A look sees it terminating, and then it is gone.
      const isEnding = ncp.simulator.state().servers[0]?.serverInstanceOperation.code === 'TERMT';
      if (isEnding && (looks += 1) === 3) ncp.simulator.person.remove('1001');
    });
    expect(outcomeOf(ended).result).not.toBe('refused');
    expect(taken(ncp, 'deleteStorage')).toEqual([]);
    expect(taken(ncp, 'releasePublicIp')).toEqual([]);
  });

  it('changes nothing: all of it is gone in the end', async () => {
    const ncp = await refusing('detachBlockStorageInstances');
    expect(outcomeOf(await lived(ncp, () => undefined)).result).toBe('terminated');
    expect(ncp.simulator.state()).toMatchObject({ servers: [], publicIps: [], blockStorages: [] });
  });
});

it('a volume that somebody takes off the server that was next when NCP throttled an act is theirs', async () => {
  const other = { ...full, serverInstanceNo: '1002', status: 'NSTOP', publicIp: '203.0.113.8' };
  const fleet = [devServer(), devServer(other)];
  const ncp = await startNcp({ servers: fleet, faults: 'stopServerInstances:429/410:1' });
  const act = (): void => {
    const volume = ncp.simulator.state().blockStorages.find((one) => one.blockStorageName === 'data');
    ncp.simulator.person.detachStorage(volume?.blockStorageInstanceNo ?? '');
  };
  const ended = await lived(ncp, afterRefusal(ncp, 'stopServerInstances', act), ['1001', '1002']);
  expect(outcomeOf(ended, '1001').result).toBe('terminated');
  expect(outcomeOf(ended, '1002')).toMatchObject({ result: 'refused', guard: 'drift' });
  expect(taken(ncp, 'deleteStorage')).toEqual([]);
});

describe('while a run is down that had only written down what it was about to do, a person', () => {
  const servers = [devServer({ ...full, status: 'NSTOP' })];

  /** Dies once the intention is remembered and before anything of it is sent; it goes on half an hour later. */
  async function down(
    action: string,
    meanwhile: (ncp: Ncp) => void,
    seconds = 1_800,
  ): Promise<{ ncp: Ncp; ended: Run }> {
    const ncp = await startNcp({ servers });
    const memory: EngineMemory = new Map();
    const afterStep = (step: string): void => {
      const isIntended = memory.get(step)?.includes(`"kind":"intended","action":"${action}"`) === true;
      if (isIntended) throw new Crash(`before ${action} was sent`);
    };
    await expect(runOn(ncp, all, { memory, afterStep })).rejects.toSatisfy(isCrash);
    meanwhile(ncp);
    ncp.simulator.advance(seconds);
    return { ncp, ended: await runOn(ncp, all, { memory }) };
  }

  it('takes the volume off: the server is left alone, and the volume stays', async () => {
    const { ncp, ended } = await down('detach', ({ simulator }) => {
      const volume = simulator.state().blockStorages.find((one) => one.blockStorageName === 'data');
      simulator.person.detachStorage(volume?.blockStorageInstanceNo ?? '');
    });
    expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'drift' });
    expect(taken(ncp)).toEqual([]);
  });

  it('takes the address off: the server is left alone, and the address stays', async () => {
    const { ncp, ended } = await down('disassociate', ({ simulator }) => {
      simulator.person.disassociatePublicIp(simulator.state().publicIps[0]?.publicIpInstanceNo ?? '');
    });
    expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'drift' });
    expect(taken(ncp, 'releasePublicIp')).toEqual([]);
  });

  it('terminates the server: what it leaves is named and stays', async () => {
    const { ncp, ended } = await down('terminate', ({ simulator }) =>
      simulator.person.setStatus('1001', 'NSTOP', 'TERMT'),
    );
    expect(outcomeOf(ended).result).toBe('unfinished');
    expect([...taken(ncp, 'deleteStorage'), ...taken(ncp, 'releasePublicIp')]).toEqual([]);
  });

  it.each(['detach', 'disassociate', 'terminate'])(
    'does nothing for ten minutes before %s: all of it is gone in the end',
    async (action) => {
      const { ncp, ended } = await down(action, () => undefined, 600);
      expect(outcomeOf(ended).result).toBe('terminated');
      expect(ncp.simulator.state()).toMatchObject({ servers: [], publicIps: [], blockStorages: [] });
    },
  );

  it.each([
    ['detach', []],
    ['disassociate', ['data']],
    ['terminate', ['data', '203.0.113.7']],
  ])(
    'does what nobody saw for half an hour before %s: what was off by then is named and stays',
    async (action, names) => {
      const { ended } = await down(action, () => undefined);
      expect(outcomeOf(ended).result).toBe('terminated');
      const left = ended.history.events.filter((event) => event.kind === 'left');
      expect(left.map(({ name, reason: { code } }) => [name, code])).toEqual(
        names.map((name) => [name, 'not-watched']),
      );
    },
  );
});

it.each([
  ['', 'had lifted it'],
  ['setProtectServerTermination:cut-after:1', 'had lifted it, and the answer was lost,'],
])('protection that somebody puts on right after banap (%s) %s is not lifted again', async (faults) => {
  const servers = [devServer({ status: 'NSTOP', isProtectServerTermination: true })];
  const ncp = await startNcp({ servers, faults });
  let isDone = false;
  const afterStep = (): void => {
    if (isDone || taken(ncp, 'protection').length === 0) return;
    isDone = true;
    ncp.simulator.person.protect('1001', true);
  };
  const ended = await runOn(ncp, { overrideProtection: true }, { afterStep });
  expect(isDone).toBe(true);
  expect(taken(ncp)).toEqual(['protection 1001']);
  expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'protected' });
});

function dyingAfterTheStop(step: string): void {
  if (step === 'pass-1') throw new Crash('after the stop');
}

it('a run that is resumed long after its deadline begins no new time of grace', async () => {
  const ncp = await startNcp({ servers: [devServer(full)] });
  const memory: EngineMemory = new Map();
  const terms = { stopForSeconds: 3_600 };
  await expect(runOn(ncp, all, { terms, memory, afterStep: dyingAfterTheStop })).rejects.toSatisfy(isCrash);
  ncp.simulator.advance(20 * 86_400);
  const ended = await runOn(ncp, all, { terms, memory });
  expect(outcomeOf(ended)).toMatchObject({ result: 'unfinished' });
  expect(taken(ncp)).toEqual(['stop 1001']);
});

it('a clock that is set back does not make an old look fresh', async () => {
  const servers = [1, 2, 3, 4].map((n) =>
    devServer({ serverInstanceNo: String(1000 + n), status: 'NSTOP', publicIp: `203.0.113.${n}` }),
  );
  const ncp = await startNcp({ servers });
  const clock = virtualClock(ncp.simulator);
  let setBackMs = 0;
  let looks = 0;
  const act = ncp.cloud.act.bind(ncp.cloud);
  const listed = ncp.cloud.servers.bind(ncp.cloud);
  ncp.cloud.servers = (numbers) => ((looks += 1), listed(numbers));
  const looksAtActs: number[] = [];
  ncp.cloud.act = (name, actions, mayGoOn) =>
    act(name, actions, () => {
      const may = mayGoOn?.() ?? true;
      if (name !== 'disassociate') return may;
      if (may) looksAtActs.push(looks);
      setBackMs = 60_000;
      ncp.simulator.advance(6);
      return may;
    });
  const told = { ...clock, now: () => clock.now() - setBackMs };
  const input = { servers: ['1001', '1002', '1003', '1004'] };
  await run(requestFor('vpc', input), { engine: virtualEngine(ncp.simulator), cloud: ncp.cloud, clock: told });
  expect(new Set(looksAtActs).size).toBe(4);
});
