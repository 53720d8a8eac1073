import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MAX_ANSWER_BYTES } from '../../lib/aws/durable-engine.ts';
import type { Environment, Server } from '../../lib/termination/model.ts';
import type { RequestInput } from '../../lib/termination/request.ts';
import type { Run } from '../../lib/termination/run-record.ts';
import { worded } from '../wording/worded.ts';
import {
  asked,
  BOTH,
  devServer,
  devServers,
  exists,
  hiding,
  type Ncp,
  type NcpOptions,
  outcomeOf,
  outcomesOf,
  type RunOptions,
  runOn,
  serverState,
  startNcp,
  taken,
} from './harness.ts';
import type { EngineMemory } from './virtual-engine.ts';

const ip = { publicIp: '203.0.113.7' };
const disk = { blockStorageInstanceNo: '501', blockStorageName: 'data', sizeGb: 100 };

for (const environment of BOTH) {
  describe(`in ${environment}`, () => {
    const start = starterIn(environment);

    it('stops a running server, then terminates it', async () => {
      const ncp = await start();
      expect(outcomeOf(await runOn(ncp))).toEqual({ result: 'terminated', reason: 'NCP no longer lists it' });
      expect(exists(ncp)).toBe(false);
      expect(taken(ncp)).toEqual(['stop 1001', 'terminate 1001']);
    });

    it('reads JSON replies as well', async () => {
      const ncp = await start(ip, { format: 'json' });
      expect(outcomeOf(await runOn(ncp, { publicIp: 'release' })).result).toBe('terminated');
      expect(ncp.simulator.state()).toMatchObject({ servers: [], publicIps: [] });
    });

    it('touches nothing in plan mode', async () => {
      const ncp = await start(ip);
      const ended = await runOn(ncp, { mode: 'plan' });
      expect(ended).toMatchObject({ history: { events: [] }, passes: 0, plan: { items: [{ verdict: 'terminate' }] } });
      expect(taken(ncp)).toEqual([]);
    });

    it('keeps a public IP and says that it stays', async () => {
      const ncp = await start(ip);
      const ended = await runOn(ncp);
      expect(outcomeOf(ended).result).toBe('terminated');
      expect(ncp.simulator.state().publicIps).toMatchObject([{ publicIp: '203.0.113.7', serverInstanceNo: '' }]);
      expect(ended.history.events).toContainEqual(
        expect.objectContaining({ kind: 'left', resource: 'publicIp', name: '203.0.113.7', asked: false }),
      );
    });

    it('releases a public IP after the server is gone', async () => {
      const ncp = await start(ip);
      const ended = await runOn(ncp, { publicIp: 'release' });
      expect(ncp.simulator.state()).toMatchObject({ servers: [], publicIps: [] });
      expect(ended.history.events).toContainEqual(expect.objectContaining({ kind: 'freed', name: '203.0.113.7' }));
      expect(taken(ncp).map((one) => one.split(' ')[0])).toEqual([
        'stop',
        'disassociate',
        'terminate',
        'releasePublicIp',
      ]);
    });

    it('refuses a server with additional storage, before anything is done to it', async () => {
      const ncp = await start({ blockStorage: [disk] });
      expect(outcomeOf(await runOn(ncp))).toMatchObject({ result: 'refused', guard: 'storage' });
      expect(taken(ncp)).toEqual([]);
    });

    it('detaches storage and keeps it', async () => {
      const ncp = await start({ blockStorage: [disk] });
      const ended = await runOn(ncp, { storage: 'detach' });
      expect(outcomeOf(ended).result).toBe('terminated');
      expect(ncp.simulator.state().blockStorages).toMatchObject([
        { blockStorageInstanceNo: '501', serverInstanceNo: '' },
      ]);
      expect(taken(ncp)).toEqual(['stop 1001', 'detach 501', 'terminate 1001']);
    });

    it('deletes storage after the server is gone', async () => {
      const ncp = await start({ blockStorage: [disk, { ...disk, blockStorageInstanceNo: '502' }] });
      expect(outcomeOf(await runOn(ncp, { storage: 'delete' })).result).toBe('terminated');
      expect(ncp.simulator.state()).toMatchObject({ servers: [], blockStorages: [] });
      expect(taken(ncp, 'deleteStorage')).toEqual(['deleteStorage 501', 'deleteStorage 502']);
    });

    it('leaves storage that NCP protects from deletion, and says so', async () => {
      const ncp = await start({ blockStorage: [{ ...disk, isReturnProtection: true }] });
      const ended = await runOn(ncp, { storage: 'delete' });
      expect(outcomeOf(ended).result).toBe('terminated');
      expect(ncp.simulator.state().blockStorages).toHaveLength(1);
      expect(ended.history.events).toContainEqual(expect.objectContaining({ kind: 'left', no: '501', asked: true }));
    });

    it('refuses a protected server, before it is stopped', async () => {
      const ncp = await start({ isProtectServerTermination: true });
      expect(outcomeOf(await runOn(ncp))).toMatchObject({ result: 'refused', guard: 'protected' });
      expect(taken(ncp)).toEqual([]);
    });

    it('lifts protection with consent, as the last thing before the act', async () => {
      const ncp = await start({ isProtectServerTermination: true, ...ip, blockStorage: [disk] });
      const ended = await runOn(ncp, { overrideProtection: true, storage: 'detach' });
      expect(outcomeOf(ended).result).toBe('terminated');
      const done = taken(ncp).map((one) => one.split(' ')[0]);
      expect(done).toEqual(['stop', 'detach', 'disassociate', 'protection', 'terminate']);
      expect(ended.history.events).toContainEqual(
        expect.objectContaining({ kind: 'requested', action: 'liftProtection' }),
      );
    });

    it('puts lifted protection back when terminate fails in the end', async () => {
      const ncp = await start(
        { status: 'NSTOP', isProtectServerTermination: true },
        { faults: 'terminateServerInstances:24120:1' },
      );
      const ended = await runOn(ncp, { overrideProtection: true });
      expect(outcomeOf(ended)).toMatchObject({ result: 'failed', returnCode: '24120' });
      expect(serverState(ncp).isProtectServerTermination).toBe(true);
      expect(ended.history.events).toContainEqual(
        expect.objectContaining({ kind: 'requested', action: 'restoreProtection' }),
      );
    });

    it('does not let one spoiled server hold back the others', async () => {
      const ncp = await startNcp({
        environment,
        servers: devServers(5),
        faults: 'terminateServerInstances@1003:25015:3,stopServerInstances@1002:24120:9',
      });
      const ended = await runOn(ncp, { servers: ['1001', '1002', '1003', '1004', '1005'] });
      expect(outcomesOf(ended)).toEqual({
        '1001': 'terminated',
        '1002': 'failed',
        '1003': 'terminated',
        '1004': 'terminated',
        '1005': 'terminated',
      });
      for (const no of ['1001', '1003', '1004', '1005']) {
        expect(taken(ncp).filter((one) => one === `terminate ${no}`)).toHaveLength(1);
      }
    });

    it('refuses a number that nobody has ever seen: somebody mistyped it', async () => {
      const ncp = await start();
      const outcome = outcomeOf(await runOn(ncp, { servers: ['4040'] }), '4040');
      expect(outcome).toMatchObject({ result: 'refused', guard: 'not-found' });
    });

    it('does not take a number for missing that falls between two pages of the list', async () => {
      const ncp = await start();
      const allServers = async (): Promise<Server[]> =>
        (await ncp.cloud.allServers()).filter((server) => server.serverInstanceNo !== '1001');
      const ended = await runOn(ncp, {}, { cloud: hiding(ncp.cloud, { allServers }) });
      expect(outcomeOf(ended).result).toBe('terminated');
    });

    it('refuses a number of the other environment and says where it is', async () => {
      const other = environment === 'vpc' ? 'classic' : 'vpc';
      const ncp = await start(
        {},
        { servers: [devServer(), devServer({ serverInstanceNo: '1002', environment: other })] },
      );
      const outcome = outcomeOf(await runOn(ncp, { servers: ['1002'] }), '1002');
      expect(outcome).toMatchObject({ result: 'refused', guard: 'elsewhere', reason: expect.stringContaining(other) });
      expect(exists(ncp, '1002')).toBe(true);
    });

    describe('a person who acts between the plan and the act', () => {
      const acts: [title: string, act: (ncp: Ncp) => void, expected: object, more?: Partial<RequestInput>][] = [
        ['renames it: refused', ({ simulator }) => simulator.person.rename('1001', 'precious'), { guard: 'identity' }],
        ['protects it: refused', ({ simulator }) => simulator.person.protect('1001', true), { guard: 'protected' }],
        [
          'protects it: refused in spite of consent',
          ({ simulator }) => simulator.person.protect('1001', true),
          { guard: 'protected' },
          { overrideProtection: true },
        ],
        ['removes it: already gone', ({ simulator }) => simulator.person.remove('1001'), { result: 'already-gone' }],
        [
          'puts another one under its number: refused',
          ({ simulator }) =>
            simulator.person.recreate('1001', { serverName: 'dev-1', createDate: '2026-02-28T00:00:00Z' }),
          { guard: 'identity' },
        ],
        [
          'attaches a disk: refused, even where storage may be deleted',
          ({ simulator }) => simulator.person.attachStorage('1001'),
          { guard: 'drift' },
          { storage: 'delete' },
        ],
        [
          'associates an address: refused',
          ({ simulator }) => simulator.person.associatePublicIp('1001', '203.0.113.9'),
          { guard: 'drift' },
          { publicIp: 'release' },
        ],
      ];
      for (const [title, act, expected, more] of acts) {
        it(`${title} (after the plan)`, async () => {
          const ncp = await start();
          const ended = await runOn(ncp, more, {
            afterStep: (step) => {
              if (step === 'plan') act(ncp);
            },
          });
          expect(outcomeOf(ended)).toMatchObject(expected);
          expect(taken(ncp)).toEqual([]);
        });

        it(`${title} (after the stop)`, async () => {
          const ncp = await start();
          const ended = await runOn(ncp, more, {
            afterStep: (step) => {
              if (step === 'pass-1') act(ncp);
            },
          });
          expect(outcomeOf(ended)).toMatchObject(expected);
          expect(taken(ncp)).toEqual(['stop 1001']);
        });
      }

      it('starts it again after the stop: refused, and not stopped a second time', async () => {
        const ncp = await start();
        const ended = await runOn(
          ncp,
          {},
          {
            afterStep: (step) => {
              if (step !== 'pass-2') return;
              ncp.simulator.person.setStatus('1001', 'NSTOP');
              ncp.simulator.person.start('1001');
            },
          },
        );
        expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'restarted' });
        expect(taken(ncp)).toEqual(['stop 1001']);
        expect(serverState(ncp).serverInstanceStatus.code).toBe('RUN');
      });

      it('restarts it after the plan: refused', async () => {
        const ncp = await start();
        const ended = await runOn(
          ncp,
          {},
          {
            afterStep: (step) => {
              if (step === 'plan') ncp.simulator.person.setStatus('1001', 'RUN', 'RESTA', 20);
            },
          },
        );
        expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'restarted' });
        expect(taken(ncp)).toEqual([]);
      });

      it('starts a stopped server after the plan: refused', async () => {
        const ncp = await start({ status: 'NSTOP' });
        const ended = await runOn(
          ncp,
          {},
          {
            afterStep: (step) => {
              if (step === 'plan') ncp.simulator.person.start('1001');
            },
          },
        );
        expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'restarted' });
        expect(taken(ncp)).toEqual([]);
      });
    });

    describe('an answer that never comes', () => {
      const full = { ...ip, blockStorage: [disk] };
      const all: Partial<RequestInput> = { storage: 'delete', publicIp: 'release', overrideProtection: true };
      const release = environment === 'vpc' ? 'deletePublicIpInstance' : 'deletePublicIpInstances';
      const steps = [
        ['stopServerInstances', 'stop'],
        ['detachBlockStorageInstances', 'detach'],
        ['disassociatePublicIpFromServerInstance', 'disassociate'],
        ['setProtectServerTermination', 'protection'],
        ['terminateServerInstances', 'terminate'],
        ['deleteBlockStorageInstances', 'deleteStorage'],
        [release, 'releasePublicIp'],
      ] as const;
      const notTaken = ['cut-before', '503/500', 'html'] as const;
      it.each(notTaken)('%s on protection: protection that is still on may be new, and stays', async (kind) => {
        const faults = `setProtectServerTermination:${kind}:1`;
        const ncp = await start({ ...full, isProtectServerTermination: true }, { faults });
        const ended = await runOn(ncp, all);
        expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'protected' });
        expect([taken(ncp, 'protection'), taken(ncp, 'terminate')]).toEqual([[], []]);
        const left = ended.history.events.flatMap((event) => (event.kind === 'left' ? [event.name] : []));
        expect(left.toSorted()).toEqual(['203.0.113.7', disk.blockStorageName].toSorted());
      });
      for (const [action, name] of steps) {
        for (const kind of ['cut-after', 'garbage', 'empty', ...notTaken] as const) {
          if (name === 'protection' && notTaken.some((one) => one === kind)) continue;
          it(`${kind} on ${name}: converges, and NCP took it once`, async () => {
            const ncp = await start({ ...full, isProtectServerTermination: true }, { faults: `${action}:${kind}:1` });
            expect(outcomeOf(await runOn(ncp, all)).result).toBe('terminated');
            expect(ncp.simulator.state()).toMatchObject({ servers: [], blockStorages: [], publicIps: [] });
            expect(taken(ncp, name)).toHaveLength(1);
            const tookEffect = kind !== 'cut-before' && kind !== '503/500' && kind !== 'html';
            expect(asked(ncp, name)).toBe(tookEffect ? 1 : 2);
          });
        }
      }
    });
  });
}

describe('a look that fails', () => {
  it('is never taken for gone', async () => {
    const ncp = await startNcp();
    const ended = await runOn(
      ncp,
      { deadlineMinutes: 30 },
      {
        afterStep: (step) => {
          if (step === 'pass-1') ncp.simulator.setFaults('getServerInstanceList:503/500:9999');
          if (step === 'pass-6') ncp.simulator.setFaults('');
        },
      },
    );
    expect(ended.history.events).toContainEqual(expect.objectContaining({ kind: 'unread' }));
    expect(outcomeOf(ended).result).toBe('terminated');
    expect(taken(ncp)).toEqual(['stop 1001', 'terminate 1001']);
  });

  it('is not taken for gone when the list by number does not hold a server that the whole list does', async () => {
    const ncp = await startNcp();
    const blind = hiding(ncp.cloud, { servers: () => Promise.resolve({ servers: [], holders: new Map() }) });
    const ended = await runOn(ncp, { deadlineMinutes: 5 }, { cloud: blind });
    expect(outcomeOf(ended)).toMatchObject({
      result: 'unfinished',
      reason: expect.stringMatching(/not by its number/),
    });
    expect(taken(ncp)).toEqual([]);
    expect(exists(ncp)).toBe(true);
  });

  it('is not taken for gone when the whole list does not hold a server that the list by number does', async () => {
    const ncp = await startNcp();
    let isPlanned = false;
    const allNumbers = (): Promise<ReadonlySet<string>> =>
      isPlanned ? Promise.resolve(new Set<string>()) : ncp.cloud.allNumbers();
    const ended = await runOn(
      ncp,
      {},
      {
        cloud: hiding(ncp.cloud, { allNumbers }),
        afterStep: () => {
          isPlanned = true;
        },
      },
    );
    expect(outcomeOf(ended).result).toBe('terminated');
    expect(taken(ncp)).toEqual(['stop 1001', 'terminate 1001']);
  });

  it('is unfinished at the deadline when it never succeeds', async () => {
    const ncp = await startNcp();
    const ended = await runOn(
      ncp,
      { deadlineMinutes: 10 },
      failingAfter('plan', ncp, 'getServerInstanceList:503/500:9999'),
    );
    expect(outcomeOf(ended)).toMatchObject({ result: 'unfinished', reason: expect.stringMatching(/not seen yet/) });
    expect(taken(ncp)).toEqual([]);
  });

  for (const kind of ['truncate', 'garbage', 'empty', 'html']) {
    it(`is not taken for gone when lists come back as ${kind}`, async () => {
      const ncp = await startNcp();
      const ended = await runOn(
        ncp,
        { deadlineMinutes: 10 },
        failingAfter('plan', ncp, `getServerInstanceList:${kind}:9999`),
      );
      expect(outcomeOf(ended).result).toBe('unfinished');
      expect(exists(ncp)).toBe(true);
    });
  }

  it('acts on nothing while what is attached cannot be read', async () => {
    const ncp = await startNcp({ servers: [devServer({ status: 'NSTOP' })] });
    const ended = await runOn(
      ncp,
      { deadlineMinutes: 5 },
      failingAfter('plan', ncp, 'getBlockStorageInstanceList:503/500:9999'),
    );
    expect(outcomeOf(ended).result).toBe('unfinished');
    expect(taken(ncp)).toEqual([]);
  });

  it('ends every server at once when the keys are refused', async () => {
    const ncp = await startNcp({ servers: devServers(3) });
    const ended = await runOn(
      ncp,
      { servers: ['1001', '1002', '1003'] },
      failingAfter('pass-1', ncp, '*:401/200:9999'),
    );
    expect(outcomesOf(ended)).toEqual({ '1001': 'failed', '1002': 'failed', '1003': 'failed' });
    expect(outcomeOf(ended)).toMatchObject({ returnCode: '200', reason: expect.stringMatching(/not authenticated/) });
    expect(ended.passes).toBe(2);
  });

  it('is written down once, however long it lasts', async () => {
    const ncp = await startNcp();
    const ended = await runOn(
      ncp,
      { deadlineMinutes: 30 },
      failingAfter('plan', ncp, 'getServerInstanceList:503/500:9999'),
    );
    expect(ended.history.events.length).toBeLessThan(6);
  });
});

describe('a run that is cut short', () => {
  it('names the state and the next step at the deadline', async () => {
    const ncp = await startNcp({ servers: [devServer({ stopSeconds: 3600 })] });
    const outcome = outcomeOf(await runOn(ncp, { deadlineMinutes: 5 }));
    expect(outcome).toMatchObject({ result: 'unfinished', reason: expect.stringMatching(/deadline.*busy/) });
  });

  it('asks NCP nothing more once it is interrupted', async () => {
    const ncp = await startNcp();
    const interruption = new AbortController();
    let callsBefore = 0;
    const ended = await runOn(
      ncp,
      {},
      {
        signal: interruption.signal,
        afterStep: (step) => {
          if (step !== 'pass-1') return;
          interruption.abort();
          callsBefore = ncp.simulator.journal().filter((entry) => entry.kind === 'call').length;
        },
      },
    );
    expect(outcomeOf(ended)).toMatchObject({ result: 'unfinished', reason: expect.stringMatching(/interrupted/) });
    expect(ncp.simulator.journal().filter((entry) => entry.kind === 'call')).toHaveLength(callsBefore);
  });

  it.each([
    ['before anything was done', 'plan', { result: 'unfinished', reason: expect.stringMatching(/not listed by NCP/) }],
    ['after the stop', 'stop', { result: 'unfinished', reason: expect.stringMatching(/not listed by NCP/) }],
    [
      'after its terminate',
      'terminate',
      { result: 'terminated', reason: expect.stringMatching(/NCP no longer lists it/) },
    ],
  ])('after one look that missed a server, %s, says what that proves', async (_when, act, expected) => {
    const ncp = await startNcp({ servers: [devServer(ip)] });
    const interruption = new AbortController();
    const ended = await runOn(
      ncp,
      { publicIp: 'release' },
      {
        signal: interruption.signal,
        afterStep: (step) => {
          if (exists(ncp, '1001')) {
            if (step === act || taken(ncp, act).length > 0) ncp.simulator.person.remove('1001');
          } else if (step.startsWith('pass-')) {
            interruption.abort();
          }
        },
      },
    );
    expect(ended.history.events.filter((event) => event.kind === 'missing')).toHaveLength(1);
    expect(outcomeOf(ended)).toMatchObject(expected);
  });

  it('does not report an address to be kept as one to be freed', async () => {
    const ncp = await startNcp({ servers: [devServer({ status: 'NSTOP', ...ip })] });
    const ended = await runOn(
      ncp,
      { deadlineMinutes: 5 },
      failingAfter('pass-2', ncp, 'getPublicIpInstanceList:503/500:9999'),
    );
    const left = ended.history.events.filter((event) => event.kind === 'left');
    expect(left).toMatchObject([{ name: '203.0.113.7', asked: false }]);
  });

  it('does not claim a server that somebody else returned', async () => {
    const ncp = await startNcp({ servers: [devServer({ status: 'NSTOP', ...ip })] });
    const ended = await runOn(
      ncp,
      { deadlineMinutes: 5 },
      {
        afterStep: (step) => {
          if (step !== 'plan') return;
          ncp.simulator.person.remove('1001');
          ncp.simulator.setFaults('getPublicIpInstanceList:503/500:9999');
        },
      },
    );
    expect(outcomeOf(ended).result).toBe('already-gone');
  });

  it('refuses a plan other than the one agreed to', async () => {
    const ncp = await startNcp();
    const ended = await runOn(ncp, {}, { agreedHash: '0000000000000000' });
    expect(outcomeOf(ended)).toMatchObject({
      result: 'refused',
      guard: 'drift',
      reason: expect.stringMatching(/changed/),
    });
    const agreed = await runOn(ncp, {}, { agreedHash: ended.plan.hash });
    expect(outcomeOf(agreed).result).toBe('terminated');
  });
});

describe('an address that another server took meanwhile', () => {
  for (const environment of BOTH) {
    it(`is never asked to be released in ${environment}, and named`, async () => {
      const ncp = await startNcp({
        environment,
        servers: [devServer({ status: 'NSTOP', ...ip }), devServer({ serverInstanceNo: '1002' })],
      });
      let isTaken = false;
      const ended = await runOn(
        ncp,
        { publicIp: 'release' },
        {
          afterStep: () => {
            const isFree = ncp.simulator.state().publicIps[0]?.serverInstanceNo === '';
            if (isTaken || !isFree || taken(ncp, 'terminate').length === 0) return;
            isTaken = true;
            ncp.simulator.person.associatePublicIp('1002', '203.0.113.7');
          },
        },
      );
      expect(outcomeOf(ended).result).toBe('terminated');
      expect(asked(ncp, 'releasePublicIp')).toBe(0);
      expect(serverState(ncp, '1002').publicIp).toBe('203.0.113.7');
      expect(worded(ended.history.events)).toContainEqual(
        expect.objectContaining({ kind: 'left', name: '203.0.113.7', reason: expect.stringContaining('1002') }),
      );
    });
  }
});

describe('protection that was lifted', () => {
  const bare = devServer({ status: 'NSTOP', isProtectServerTermination: true });

  it('is not put on another server that came under the same number', async () => {
    const ncp = await startNcp({ servers: [bare] });
    const ended = await runOn(
      ncp,
      { overrideProtection: true },
      {
        afterStep: (step) => {
          if (step !== 'pass-1') return;
          ncp.simulator.person.recreate('1001', { serverName: 'other', createDate: '2026-02-28T00:00:00Z' });
        },
      },
    );
    expect(outcomeOf(ended)).toMatchObject({ guard: 'identity' });
    expect(serverState(ncp).isProtectServerTermination).toBe(false);
  });

  it('was not lifted by a run that never came to look at the server, whoever has lifted it since', async () => {
    const ncp = await startNcp({ servers: [devServer({ isProtectServerTermination: true, blockStorage: [disk] })] });
    const ended = await runOn(
      ncp,
      { overrideProtection: true, storage: 'refuse' },
      { afterStep: (step) => (step === 'plan' ? ncp.simulator.person.protect('1001', false) : undefined) },
    );
    expect(outcomeOf(ended).result).toBe('refused');
    expect(serverState(ncp).isProtectServerTermination).toBe(false);
  });

  it('is not put on where somebody else lifted it, though the run had looked at the server', async () => {
    const ncp = await startNcp({ servers: [devServer({ isProtectServerTermination: true })] });
    const afterStep = (step: string): void => {
      if (step !== 'pass-1') return;
      ncp.simulator.person.protect('1001', false);
      ncp.simulator.person.rename('1001', 'prod-9');
    };
    const ended = await runOn(ncp, { overrideProtection: true }, { afterStep });
    expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'identity' });
    expect([taken(ncp, 'stop'), taken(ncp, 'protection')]).toEqual([['stop 1001'], []]);
    expect(serverState(ncp).isProtectServerTermination).toBe(false);
  });

  it('is reported as still off if the last look failed', async () => {
    const ncp = await startNcp({ servers: [bare], faults: 'terminateServerInstances:24120:1' });
    const ended = await runOn(
      ncp,
      { overrideProtection: true },
      failingAfter('pass-4', ncp, 'getServerInstanceList:503/500:9999'),
    );
    expect(outcomeOf(ended).result).toBe('failed');
    expect(ended.history.events).toContainEqual(expect.objectContaining({ action: 'restoreProtection' }));
  });
});

describe('many servers', () => {
  for (const environment of BOTH) {
    it(`terminates 200 in ${environment}`, async () => {
      const ncp = await startNcp({ environment, servers: devServers(200) });
      const ended = await runOn(ncp, { servers: devServers(200).map((one) => String(one['serverInstanceNo'])) });
      expect(new Set(Object.values(outcomesOf(ended)))).toEqual(new Set(['terminated']));
      expect(ncp.simulator.state().servers).toEqual([]);
      console.log(`200 servers in ${environment}: ${ended.passes} passes, ${total(ended)} calls`, ended.calls);
    });
  }

  it('with six volumes and an address each have no step whose answer is too large to be kept', async () => {
    const servers = devServers(200).map((one, index) => ({
      ...one,
      status: 'NSTOP',
      publicIp: `203.0.${113 + Math.floor(index / 100)}.${1 + (index % 100)}`,
      blockStorage: Array.from({ length: 6 }, (_, n) => ({ blockStorageName: `${'자료'.repeat(10)}-${index}-${n}` })),
    }));
    const ncp = await startNcp({ servers });
    const memory: EngineMemory = new Map();
    const numbers = devServers(200).map((one) => String(one['serverInstanceNo']));
    const ended = await runOn(ncp, { servers: numbers, storage: 'detach', publicIp: 'keep' }, { memory });
    expect(new Set(Object.values(outcomesOf(ended)))).toEqual(new Set(['terminated']));
    const largest = Math.max(...[...memory.values()].map((answer) => answer.length));
    const kept = [...memory.values()].map((answer) => Math.ceil(deflateRawSync(answer).length / 3) * 4);
    expect(largest).toBeGreaterThan(MAX_ANSWER_BYTES);
    expect(Math.max(...kept)).toBeLessThan(MAX_ANSWER_BYTES / 2);
  });

  it('does not ask for each alone because the gateway throttled the whole call', async () => {
    const ncp = await startNcp({
      servers: devServers(50, { status: 'NSTOP' }),
      faults: 'terminateServerInstances:429/410:6',
    });
    await runOn(ncp, { servers: devServers(50).map((one) => String(one['serverInstanceNo'])) });
    expect(asked(ncp, 'terminate')).toBeLessThan(10);
  });
});

function starterIn(environment: Environment): (server?: Record<string, unknown>, more?: NcpOptions) => Promise<Ncp> {
  return (server = {}, more = {}) => startNcp({ environment, servers: [devServer(server)], ...more });
}

function failingAfter(step: string, ncp: Ncp, faults: string): RunOptions {
  return {
    afterStep: (name) => {
      if (name === step) ncp.simulator.setFaults(faults);
    },
  };
}

function total({ calls }: Run): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}
