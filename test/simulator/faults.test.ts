import { afterEach, describe, expect, it } from 'vitest';
import type { Simulator } from '../../lib/simulator/simulator.ts';
import { call, manage, returnCode, send, servers, simulator } from './caller.ts';

let ncp: Simulator | undefined;
afterEach(async () => {
  await ncp?.close();
  ncp = undefined;
});

const fleet = {
  servers: [
    { serverInstanceNo: '1001', serverName: 'dev-1' },
    { serverInstanceNo: '1002', serverName: 'dev-2' },
  ],
};

describe('faults', () => {
  it('give a return code that many times, then let the call through', async () => {
    const { stop, operation } = await faulty('stopServerInstances:25017:2');
    expect([returnCode(await stop()), returnCode(await stop())]).toEqual(['25017', '25017']);
    expect(operation()).toBe('NULL');
    expect(returnCode(await stop())).toBe('0');
  });

  it('give a gateway error even to a call with a wrong signature, the others only to an authentic one', async () => {
    const { url } = await faulty('stopServerInstances:429/410:1,stopServerInstances:25017:1');
    const unsigned = () => send(url, '/vserver/v2/stopServerInstances', {});
    const throttled = await unsigned();
    expect([throttled.status, throttled.json.error]).toEqual([
      429,
      { errorCode: '410', message: 'Throttle Limited', details: '' },
    ]);
    expect((await unsigned()).status).toBe(401);
    expect(returnCode(await call(url, 'stopServerInstances', servers('1001')))).toBe('25017');
  });

  it('cut the connection before the action, so that nothing is done', async () => {
    const { stop, operation } = await faulty('stopServerInstances:cut-before:1');
    await expect(stop()).rejects.toThrow('fetch failed');
    expect(operation()).toBe('NULL');
    expect(ncp?.journal()[0]).toMatchObject({ status: 0, returnCode: '', fault: 'stopServerInstances:cut-before:1' });
  });

  it('cut the connection after the action, so that it is done and nobody knows', async () => {
    const { stop, operation } = await faulty('stopServerInstances:cut-after:1');
    await expect(stop()).rejects.toThrow('fetch failed');
    expect(operation()).toBe('SHTDN');
    expect(ncp?.journal()[0]).toMatchObject({ status: 0, returnCode: '0' });
  });

  it('answer late, the action done at once', async () => {
    const { stop, operation } = await faulty('stopServerInstances:delay=0.2:1');
    const startedAt = performance.now();
    const answer = stop();
    await expect.poll(operation).toBe('SHTDN');
    expect(returnCode(await answer)).toBe('0');
    expect(performance.now() - startedAt).toBeGreaterThan(190);
  });

  it('spoil only the answer with garbage, truncate and empty', async () => {
    for (const kind of ['garbage', 'truncate', 'empty']) {
      const { stop, operation } = await faulty(`stopServerInstances:${kind}:1`);
      const called = await stop();
      expect([kind, called.status, called.json, operation()]).toEqual([kind, 200, undefined, 'SHTDN']);
      await ncp?.close();
    }
  });

  it('answer 502 with a page of HTML, nothing done', async () => {
    const { stop, operation } = await faulty('stopServerInstances:html:1');
    const called = await stop();
    expect([called.status, operation()]).toEqual([502, 'NULL']);
    expect(called.text).toMatch(/^<html>/);
  });

  it('spoil only one server if its number is named', async () => {
    const { url } = await faulty('stopServerInstances@1002:25041:9');
    expect(returnCode(await call(url, 'stopServerInstances', servers('1001', '1002')))).toBe('25041');
    expect(returnCode(await call(url, 'stopServerInstances', servers('1001')))).toBe('0');
  });

  it('strike any action with *, the first that fires winning', async () => {
    const { url } = await faulty('*:503/500:1,getServerInstanceList:504/510:1');
    expect((await call(url, 'getServerInstanceList')).status).toBe(503);
    expect((await call(url, 'getServerInstanceList')).status).toBe(504);
    expect((await call(url, 'getServerInstanceList')).status).toBe(200);
  });

  it('answer Resource Manager calls in its own form', async () => {
    const { url } = await faulty('GetResourceList:1300:1');
    const called = await manage(url, 'POST', '/api/v1/resources', {});
    expect([called.status, called.json.success, called.json.error.errorCode]).toEqual([500, false, '1300']);
  });

  it.each([
    ['403/230', 403],
    ['429/410', 429],
    ['garbage', 200],
    ['truncate', 200],
    ['empty', 200],
    ['html', 502],
  ])('spoil the reading of tags over Resource Manager with %s', async (kind, status) => {
    const { url } = await faulty(`GetResourceList:${kind}:1`);
    const spoilt = await manage(url, 'POST', '/api/v1/resources', {});
    expect([spoilt.status, spoilt.json?.items]).toEqual([status, undefined]);
    const whole = await manage(url, 'POST', '/api/v1/resources', {});
    expect([whole.status, whole.json.items.length]).toEqual([200, 2]);
  });

  it.each(['cut-before', 'cut-after'])('end the connection of Resource Manager with %s', async (kind) => {
    const { url } = await faulty(`GetResourceList:${kind}:1`);
    await expect(manage(url, 'POST', '/api/v1/resources', {})).rejects.toThrow('fetch failed');
  });

  it('strike the same calls under the same seed, about as often as asked', async () => {
    const first = await struck(7);
    expect(await struck(7)).toEqual(first);
    expect(await struck(8)).not.toEqual(first);
    const share = first.filter((status) => status === 503).length;
    expect(share).toBeGreaterThan(15);
    expect(share).toBeLessThan(45);
  });

  it('can be replaced while it runs', async () => {
    const { url } = await faulty('*:503/500:9');
    ncp?.setFaults('');
    expect((await call(url, 'getRegionList')).status).toBe(200);
  });

  const wrong: [spec: string, says: RegExp][] = [
    ['terminateServerInstances:25016', /"terminateServerInstances:25016" has not the form ACTION:KIND:HOW_OFTEN/],
    ['terminateServerInstance:25016:1', /did you mean terminateServerInstances\?/],
    ['*:cut:1', /unknown kind "cut"; kinds are/],
    ['*:200/100:1', /unknown kind/],
    ['*:delay=99999999:1', /unknown kind/],
    ['*:25016:0', /says "0" for how often/],
    ['*:25016:101%', /says "101%"/],
    ['*@web:25016:1', /server "web" that is not a number/],
  ];
  for (const [spec, says] of wrong) {
    it(`refuses the spec ${spec} in a sentence naming the part`, async () => {
      await expect(simulator({ faults: `*:25016:1,${spec}` })).rejects.toThrow(says);
    });
  }
});

async function faulty(faults: string) {
  const started = await simulator({ fleet, faults });
  ncp = started;
  return {
    url: started.url,
    stop: () => call(started.url, 'stopServerInstances', servers('1001')),
    operation: () => started.state().servers[0]?.serverInstanceOperation.code,
  };
}

/** The statuses of a hundred calls of which about 30% are struck. */
async function struck(seed: number): Promise<number[]> {
  const started = await simulator({ fleet, seed, faults: '*:503/500:30%' });
  const statuses: number[] = [];
  for (let count = 0; count < 100; count += 1) statuses.push((await call(started.url, 'getRegionList')).status);
  await started.close();
  return statuses;
}
