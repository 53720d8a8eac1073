/** A pause stops every run before its next act, in whatever phase, and says who paused it and why. */

import { describe, expect, it } from 'vitest';
import type { Run } from '../../lib/termination/run-record.ts';
import { devServer, exists, outcomeOf, serverState, taken } from './harness.ts';
import { DAY, endings, HANA, HOUR, lived, POLICY_TERMS, type Stage, say, startStage } from './people.ts';

const data = { blockStorage: [{ blockStorageName: 'data', sizeGb: 100 }], publicIp: '203.0.113.7' };
const rules = { storage: 'delete' as const, publicIp: 'release' as const, approval: null, deadlineMinutes: 30 };
const ALL = ['stop', 'detach', 'disassociate', 'terminate', 'deleteStorage', 'releasePublicIp'];
const WITH_SERVER = ALL.slice(0, 3);

function pause({ desk, ncp }: Stage, changes: { policy?: string; account?: string; until?: string } = {}) {
  const at = ncp.simulator.now().toISOString();
  return desk.store.pause({ account: '', policy: '', by: 'mina', reason: 'migration', at, until: '', ...changes });
}

const kinds = (stage: Stage): string[] => [...new Set(taken(stage.ncp).map((call) => call.split(' ')[0] ?? ''))];

describe.each(ALL)('a pause after NCP took %s', (action) => {
  it('lets nothing further happen', async () => {
    const stage = await startStage({ servers: [devServer(data)] });
    let isPaused = false;
    await lived(stage, {
      terms: rules,
      afterStep: async () => {
        if (isPaused || !kinds(stage).includes(action)) return;
        isPaused = true;
        await pause(stage, { policy: 'nightly' });
      },
    });
    expect(kinds(stage)).toEqual(ALL.slice(0, ALL.indexOf(action) + 1));
    expect(exists(stage.ncp)).toBe(WITH_SERVER.includes(action));
  });
});

it('is named in the outcome of a server that it left half-way', async () => {
  const stage = await startStage({ servers: [devServer()] });
  const ended = await lived(stage, {
    terms: rules,
    afterStep: (step) => (step === 'pass-1' ? pause(stage, { policy: 'nightly' }) : undefined),
  });
  expect(outcomeOf(ended)).toMatchObject({
    result: 'unfinished',
    reason: expect.stringMatching(/mina paused policy nightly until somebody resumes it: migration/),
  });
});

it.each([{}, { account: 'default' }, { policy: 'nightly' }])(
  'a run that begins under a pause (%o) does nothing',
  async (scope) => {
    const stage = await startStage({ servers: [devServer(data)] });
    await pause(stage, scope);
    const ended = await lived(stage, { terms: rules });
    expect(endings(ended)).toEqual({ 1001: 'unfinished' });
    expect(taken(stage.ncp)).toEqual([]);
  },
);

it.each([{ account: 'lab' }, { policy: 'weekly' }])(
  'a pause of something else (%o) concerns nobody here',
  async (scope) => {
    const stage = await startStage({ servers: [devServer(data)] });
    await pause(stage, scope);
    expect(endings(await lived(stage, { terms: rules }))).toEqual({ 1001: 'terminated' });
  },
);

it('a pause with an end is waited out, however long, and does not count towards the deadline', async () => {
  const stage = await startStage({ servers: [devServer(data)] });
  const until = stage.ncp.simulator.now().getTime() + 3 * DAY;
  await pause(stage, { until: new Date(until).toISOString() });
  const ended = await lived(stage, { terms: rules });
  expect(endings(ended)).toEqual({ 1001: 'terminated' });
  expect(Date.parse(ended.begunAt)).toBeGreaterThanOrEqual(until);
});

it('a run goes on once it is resumed', async () => {
  const stage = await startStage({ servers: [devServer(data)] });
  await pause(stage);
  const ended = await lived(stage, {
    terms: { ...rules, deadlineMinutes: 600 },
    afterStep: async (step) => {
      if (step === 'admit-3') await stage.desk.store.resume({ account: '', policy: '' }, 'sora');
    },
  });
  expect(endings(ended)).toEqual({ 1001: 'terminated' });
});

it('a pause while people are asked holds the run back after they agreed', async () => {
  const stage = await startStage({ servers: [devServer()] });
  const ended = await lived(stage, {
    terms: { deadlineMinutes: 30 },
    sleeping: {
      'approval-1.1': async () => {
        await pause(stage);
        await say(stage, 'approve', HANA);
        return 1;
      },
    },
  });
  expect(endings(ended)).toEqual({ 1001: 'unfinished' });
  expect(taken(stage.ncp)).toEqual([]);
  expect(Date.parse(ended.endedAt) - Date.parse(ended.plan.createdAt)).toBeLessThan(2 * HOUR);
});

describe('a pause that begins after protection was lifted', () => {
  const lifting = {
    ...rules,
    overrideProtection: true,
    policyTerms: { ...POLICY_TERMS, overrideProtection: true },
  };

  async function pausedBare(also: (stage: Stage) => void): Promise<Run & { wasProtected: boolean[] }> {
    const stage = await startStage({ servers: [devServer({ ...data, isProtectServerTermination: true })] });
    const wasProtected: boolean[] = [];
    let pausedAt = 0;
    const ended = await lived(stage, {
      terms: lifting,
      afterStep: async () => {
        if (pausedAt > 0 || !kinds(stage).includes('protection')) return;
        pausedAt = stage.ncp.simulator.now().getTime();
        await pause(stage, { until: new Date(pausedAt + 5 * HOUR).toISOString() });
        also(stage);
      },
      whileAsleep: () => {
        const isLong = pausedAt > 0 && stage.ncp.simulator.now().getTime() > pausedAt + HOUR;
        if (isLong && wasProtected.length === 0) wasProtected.push(serverState(stage.ncp).isProtectServerTermination);
        return undefined;
      },
    });
    return { ...ended, wasProtected };
  }

  it('finds the server protected again while it lasts, and terminated afterwards', async () => {
    const ended = await pausedBare(() => undefined);
    expect([ended.wasProtected, endings(ended)]).toEqual([[true], { 1001: 'terminated' }]);
  });

  it('leaves a server alone that somebody protected first', async () => {
    const ended = await pausedBare(({ ncp }) => ncp.simulator.person.protect('1001', true));
    expect(outcomeOf(ended)).toMatchObject({ result: 'refused', guard: 'protected' });
  });
});
