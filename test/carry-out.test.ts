import { expect, it } from 'vitest';
import { type CarriedOut } from '../lib/triggers/carry-out.ts';
import { devServers, taken } from './termination/harness.ts';
import { carried, REQUEST_ID, startStage } from './termination/people.ts';

it('a second execution of the same request leaves the card and the message to the first one', async () => {
  const stage = await startStage({ servers: devServers(2) });
  const { store } = stage.desk;
  const terms = { approval: null };
  let duplicate: CarriedOut | undefined;
  const first = await carried(stage, {
    terms,
    after: {
      'pass-1': async () => {
        const before = [await store.view(REQUEST_ID), stage.notifier.shown.length];
        duplicate = await carried(stage, { terms, tools: { owner: 'execution-2' } });
        expect([await store.view(REQUEST_ID), stage.notifier.shown.length]).toEqual(before);
      },
    },
  });
  expect(duplicate?.report.outcomes).toMatchObject([
    { result: 'refused', guard: 'duplicate' },
    { result: 'refused', guard: 'duplicate' },
  ]);
  expect(first.report.status).toBe('all-gone');
  expect(taken(stage.ncp, 'terminate')).toEqual(['terminate 1001', 'terminate 1002']);
  expect(await store.view(REQUEST_ID)).toMatchObject({ state: 'ended', status: 'all-gone' });
});

it('so does one that comes after the first one has ended and its servers are gone', async () => {
  const stage = await startStage({ servers: devServers(1) });
  const { store } = stage.desk;
  // By number: a name that no server has any more selects nothing.
  const terms = { approval: null, names: [], servers: ['1001'] };
  expect((await carried(stage, { terms })).report.status).toBe('all-gone');
  const before = [await store.view(REQUEST_ID), stage.notifier.shown.length];
  const { report } = await carried(stage, { terms, tools: { owner: 'execution-2' } });
  expect(report.outcomes).toMatchObject([{ result: 'refused', guard: 'duplicate' }]);
  expect([await store.view(REQUEST_ID), stage.notifier.shown.length]).toEqual(before);
});

it.each(['schedule', 'event'] as const)(
  'a look that a %s makes is shown once a day, and again when what it would do has changed',
  async (trigger) => {
    const stage = await startStage({ servers: devServers(2) });
    const look = async (requestId: string): Promise<number> => {
      const before = stage.notifier.shown.length;
      await carried(stage, { terms: { approval: null, mode: 'plan', trigger, policy: 'nightly-dev', requestId } });
      return stage.notifier.shown.length - before;
    };
    expect(await look('look-1')).toBe(1);
    expect(await look('look-2')).toBe(0);
    stage.ncp.simulator.person.rename('1002', 'dev-other');
    expect(await look('look-3')).toBe(1);
    stage.ncp.simulator.advance(24 * 3_600);
    expect(await look('look-4')).toBe(1);
    expect(taken(stage.ncp)).toEqual([]);
  },
);

it.each(['webhook', 'chat', 'invocation', 'cli'] as const)(
  'a look asked for by %s makes no message',
  async (trigger) => {
    const stage = await startStage({ servers: devServers(2) });
    await carried(stage, { terms: { approval: null, mode: 'plan', trigger } });
    expect(stage.notifier.shown).toEqual([]);
  },
);

it('a look that finds nothing to do is silent', async () => {
  const stage = await startStage({ servers: devServers(1, { isProtectServerTermination: true }) });
  await carried(stage, { terms: { approval: null, mode: 'plan', trigger: 'schedule' } });
  expect(stage.notifier.shown).toEqual([]);
});
