/** A run that lifted protection and died for good: nobody takes the server for one that was never protected. */

import { expect, it } from 'vitest';
import type { Answer } from '../../lib/termination/ports/cloud.ts';
import { holdOn, startDesk } from './desk.ts';
import { devServer, dyingAfterAct, exists, hiding, outcomeOf, runOn, serverState, startNcp, taken } from './harness.ts';
import { virtualClock } from './virtual-engine.ts';

const CONSENT = { overrideProtection: true } as const;

async function stage() {
  const ncp = await startNcp({ servers: [devServer({ status: 'NSTOP', isProtectServerTermination: true })] });
  const { store, table } = await startDesk(virtualClock(ncp.simulator));
  return { ncp, store, table };
}

it('a later run without that consent leaves the server alone, until somebody releases it', async () => {
  const { ncp, store } = await stage();
  await expect(runOn(ncp, CONSENT, { store, cloud: dyingAfterAct(ncp.cloud, 1) })).rejects.toMatchObject({
    cause: expect.objectContaining({ name: 'Crash' }),
  });
  expect(serverState(ncp).isProtectServerTermination).toBe(false);
  ncp.simulator.advance(24 * 3_600);

  const later = { store, owner: 'later' };
  const refused = await runOn(ncp, {}, { ...later, terms: { requestId: 'later-1' } });
  expect(outcomeOf(refused)).toMatchObject({
    result: 'refused',
    guard: 'held',
    reason: expect.stringContaining('may have lifted its termination protection'),
  });
  expect(taken(ncp, 'terminate')).toEqual([]);

  await store.release('default', '1001', 'mina');
  expect(outcomeOf(await runOn(ncp, {}, { ...later, terms: { requestId: 'later-2' } })).result).toBe('terminated');
});

it('nor does one of the same id, which takes the hold for its own only if it may lift protection', async () => {
  const { ncp, store } = await stage();
  await expect(runOn(ncp, CONSENT, { store, cloud: dyingAfterAct(ncp.cloud, 1) })).rejects.toThrow('the run broke off');
  ncp.simulator.advance(90 * 24 * 3_600);
  expect(outcomeOf(await runOn(ncp, {}, { store }))).toMatchObject({ result: 'refused', guard: 'held' });
  expect(exists(ncp)).toBe(true);
});

it('a hold of somebody who calls themselves like the run counts', async () => {
  const { ncp, store } = await stage();
  await store.hold('default', holdOn('1001', { by: 'banap run test' }));
  expect(outcomeOf(await runOn(ncp, CONSENT, { store }))).toMatchObject({ result: 'refused', guard: 'held' });
  expect(await store.holds('default')).toMatchObject([{ by: 'banap run test', reason: 'demo' }]);
});

it('the run does not wake itself by its own hold', async () => {
  const { ncp, store } = await stage();
  const woken: string[] = [];
  const wake = (id: string): Promise<void> => Promise.resolve(void woken.push(id));
  const ended = await runOn(ncp, CONSENT, { store, wake, terms: { stopForSeconds: 24 * 3_600 } });
  expect(outcomeOf(ended).result).toBe('terminated');
  expect([ended.sleeps > 0, woken]).toEqual([true, []]);
});

it('the run itself goes on, and nothing is held once the server is gone', async () => {
  const { ncp, store } = await stage();
  expect(outcomeOf(await runOn(ncp, CONSENT, { store })).result).toBe('terminated');
  expect(await store.holds('default')).toEqual([]);
});

it('nothing is held once protection is back', async () => {
  const ncp = await startNcp({
    servers: [devServer({ status: 'NSTOP', isProtectServerTermination: true })],
    faults: 'terminateServerInstances:24120:9',
  });
  const { store } = await startDesk(virtualClock(ncp.simulator));
  expect(outcomeOf(await runOn(ncp, CONSENT, { store })).result).toBe('failed');
  expect(serverState(ncp).isProtectServerTermination).toBe(true);
  expect(await store.holds('default')).toEqual([]);
});

it('what may still be bare at the end stays held', async () => {
  const ncp = await startNcp({
    servers: [devServer({ status: 'NSTOP', isProtectServerTermination: true })],
    faults: 'terminateServerInstances:24120:9',
  });
  const { store } = await startDesk(virtualClock(ncp.simulator));
  const failure = { kind: 'not-now', of: '', code: '', message: 'cut off' } as const;
  const cloud = hiding(ncp.cloud, {
    act: (name, actions, ...rest) =>
      name === 'restoreProtection'
        ? Promise.resolve<Answer[]>([{ kind: 'unknown', actions: [...actions], failure }])
        : ncp.cloud.act(name, actions, ...rest),
  });
  await runOn(ncp, CONSENT, { store, cloud, afterwards: cloud });
  expect(serverState(ncp).isProtectServerTermination).toBe(false);
  expect(await store.holds('default')).toMatchObject([{ serverInstanceNo: '1001', by: 'banap run test' }]);
});

it('where that cannot be written down, nothing is lifted', async () => {
  const { ncp, store } = await stage();
  const noHold = new Proxy(store, {
    get: (of, key) =>
      key === 'hold'
        ? () => Promise.reject(new Error('no'))
        : (Reflect.get(of, key).bind?.(of) ?? Reflect.get(of, key)),
  });
  await expect(runOn(ncp, CONSENT, { store: noHold })).rejects.toThrow('the run broke off');
  expect(serverState(ncp).isProtectServerTermination).toBe(true);
});
