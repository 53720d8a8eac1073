/** When a run looks again: not before an act can show, then after a share of the time since it. */

import { expect, it } from 'vitest';
import { calls, devServer, type Ncp, outcomeOf, runOn, startNcp, taken } from './harness.ts';

/** Seconds from the first call of `action` to each look after it, until `end`. */
function looksAfter({ simulator }: Ncp, action: string, end: string): number[] {
  const all = calls(simulator);
  const from = all.findIndex((call) => call.action === action);
  const to = all.findIndex((call) => call.action === end);
  const [at] = all.slice(from).map((call) => Date.parse(call.at));
  return all
    .slice(from, to === -1 ? all.length : to)
    .filter((call) => call.action === 'getServerInstanceList')
    .map((call) => (Date.parse(call.at) - (at ?? 0)) / 1000);
}

it('a run looks ten seconds after a stop, and then after an eighth of the time since it', async () => {
  const ncp = await startNcp({ servers: [devServer({ stopSeconds: 240 })] });
  expect(outcomeOf(await runOn(ncp)).result).toBe('terminated');
  const looks = looksAfter(ncp, 'stopServerInstances', 'terminateServerInstances');
  expect(looks[0]).toBe(10);
  const waits = looks.slice(1).map((at, index) => ({ since: looks[index] ?? 0, wait: at - (looks[index] ?? 0) }));
  for (const { since, wait } of waits) expect(Math.abs(wait - Math.max(1, since / 8))).toBeLessThanOrEqual(0.5);
  expect(looks.at(-1)).toBeGreaterThanOrEqual(240);
  expect(looks.at(-1)).toBeLessThan(240 * 1.15);
});

it('a run looks at once at protection that it lifted', async () => {
  const ncp = await startNcp({ servers: [devServer({ status: 'NSTOP', isProtectServerTermination: true })] });
  await runOn(ncp, { overrideProtection: true });
  expect(taken(ncp)).toEqual(['protection 1001', 'terminate 1001']);
  expect(looksAfter(ncp, 'setProtectServerTermination', 'terminateServerInstances')).toEqual([0]);
});

it('a run looks again after ten seconds at a server that is not listed', async () => {
  const blockStorage = [{ blockStorageName: 'data', sizeGb: 10 }];
  const ncp = await startNcp({ servers: [devServer({ status: 'NSTOP', blockStorage })] });
  await runOn(ncp, { storage: 'delete' });
  const all = calls(ncp.simulator);
  const gone = ncp.simulator
    .journal()
    .find(
      (one) => one.kind === 'change' && one.resource === 'server' && one.field === 'existence' && one.to === 'absent',
    );
  const after = all.filter((call) => call.at >= (gone?.at ?? '') && call.action === 'getServerInstanceList');
  const seconds = [...new Set(after.map((call) => Date.parse(call.at) / 1000))];
  expect(seconds.slice(1, 2)).toEqual([(seconds[0] ?? 0) + 10]);
});

it('a run leaves NCP alone for some seconds where it takes no calls', async () => {
  const ncp = await startNcp({ servers: [devServer()], faults: 'stopServerInstances:429/410:4' });
  await runOn(ncp);
  const at = calls(ncp.simulator).flatMap((call) =>
    call.action === 'stopServerInstances' ? [Date.parse(call.at)] : [],
  );
  const waits = at.slice(1).map((time, index) => (time - (at[index] ?? 0)) / 1000);
  expect(waits).toHaveLength(4);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(5);
});
