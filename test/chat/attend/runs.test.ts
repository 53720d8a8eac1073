import { expect, it } from 'vitest';
import { card } from '../cards.ts';
import { ask, openCounter } from './office.ts';

it('the runs of a channel are found however many of other channels began since', async () => {
  const counter = await openCounter();
  const { ledger } = counter.desk;
  await ledger.putCard(card({ requestId: 'mine', createdAt: '2026-02-28T00:00:00.000Z' }));
  for (let n = 10; n < 50; n += 1) {
    await ledger.putCard(card({ requestId: `prod-${n}`, policy: 'prod', createdAt: `2026-02-28T03:00:${n}.000Z` }));
  }
  const answer = await ask(counter, 'status');
  expect(answer).toContain('mine');
  expect(answer).not.toContain('prod-');
});
