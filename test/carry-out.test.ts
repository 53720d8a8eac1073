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
