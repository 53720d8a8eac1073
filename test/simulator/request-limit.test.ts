import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import type { RequestLimit } from '../../lib/simulator/http/request-limit.ts';
import { signed, simulatorWithin } from './caller.ts';
import { inProcess } from './in-process.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');

interface Answered {
  status: number;
  retryAfter: string | undefined;
}

function limitedTo(limit: RequestLimit) {
  const ncp = simulatorWithin({ gatewayNow: () => NOW, limit });
  const dispatcher = inProcess(ncp);
  const call = async (action = 'getRegionList'): Promise<Answered> => {
    const target = `/vserver/v2/${action}`;
    const reply = await request(`http://ncp.invalid${target}`, { dispatcher, headers: signed('GET', target, NOW) });
    await reply.body.dump();
    const { 'retry-after': retryAfter } = reply.headers;
    return { status: reply.statusCode, retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined };
  };
  return { ncp, call };
}

describe('a request limit', () => {
  it('takes that many calls in any second, whatever they ask for, and counts none that it refuses', async () => {
    const { ncp, call } = limitedTo({ callsPerSecond: 2 });
    const statuses = async (): Promise<number> => (await call()).status;
    expect([await statuses(), (await call('getZoneList')).status, await statuses()]).toEqual([200, 200, 429]);
    ncp.advance(0.5);
    expect(await statuses()).toBe(429);
    ncp.advance(0.499);
    expect(await statuses()).toBe(429);
    ncp.advance(0.001);
    expect([await statuses(), await statuses(), await statuses()]).toEqual([200, 200, 429]);
  });

  it('does nothing for a call over it, and the journal says so', async () => {
    const { ncp, call } = limitedTo({ callsPerSecond: 1 });
    await call();
    expect(await call('stopServerInstances?serverInstanceNoList.1=1001')).toEqual({
      status: 429,
      retryAfter: undefined,
    });
    expect(ncp.journal().map((entry) => entry.kind === 'call' && entry.returnCode)).toEqual(['0', '429/410']);
  });

  it('says when to come again where it is to, in whole seconds', async () => {
    const { ncp, call } = limitedTo({ callsPerSecond: 1, retryAfter: true });
    expect(await call()).toEqual({ status: 200, retryAfter: undefined });
    ncp.advance(0.25);
    expect(await call()).toEqual({ status: 429, retryAfter: '1' });
  });

  it.each([0, -1, 1.5, Number.NaN])('of %d calls a second is refused', (callsPerSecond) => {
    expect(() => limitedTo({ callsPerSecond })).toThrow('must be a whole number of calls per second');
  });
});
