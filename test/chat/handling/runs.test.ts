import { expect, it } from 'vitest';
import { handle } from '../../../lib/chat/core/handling/handle.ts';
import { ask, chatRequest, openCounter } from './backend.ts';

it('a run is found by who asked for it before it has a plan: it can be cancelled there, and nowhere else', async () => {
  const counter = await openCounter();
  await ask(counter, 'terminate dev-1');
  const requestId = counter.started[0]?.name ?? '';
  expect(await ask(counter, `status ${requestId}`)).toMatch(/was accepted; it has no plan yet/);
  expect(await ask(counter, `cancel ${requestId}`, { channel: 'C0LOOK' })).toMatch(/There is no run/);
  expect(await counter.desk.store.signals(requestId)).toEqual([]);
  expect(await ask(counter, `cancel ${requestId}`)).toMatch(/was asked to stop/);
  expect(await counter.desk.store.signals(requestId)).toMatchObject([{ kind: 'cancel' }]);
});

it('a run of another chat does not exist, although the channel is called the same', async () => {
  const counter = await openCounter();
  await ask(counter, 'terminate dev-1');
  const requestId = counter.started[0]?.name ?? '';
  const elsewhere = chatRequest(`cancel ${requestId}`, { chat: 'naverWorks' });
  expect(await handle(elsewhere, counter.backend)).toMatch(/There is no run|No policy can be used/);
  expect(await counter.desk.store.signals(requestId)).toEqual([]);
});
