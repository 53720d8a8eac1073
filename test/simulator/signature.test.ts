import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Simulator } from '../../lib/simulator/simulator.ts';
import { KNOWN_ANSWERS } from '../ncloud/known-signatures.ts';
import { accessKey, call, send, signed, simulator } from './caller.ts';

const AT = 1_700_000_000_000;
let now = AT;
let ncp: Simulator;

beforeEach(async () => {
  now = AT;
  ncp = await simulator({ gatewayNow: () => now });
});
afterEach(() => ncp.close());

/** The first one's path does not exist at NCP. */
const [, ...answersOfNcp] = KNOWN_ANSWERS;

describe('signature', () => {
  for (const [method, target, signature] of answersOfNcp) {
    for (const header of ['x-ncp-apigw-signature-v1', 'x-ncp-apigw-signature-v2']) {
      it(`accepts the known answer of ${method} ${target} as ${header.slice(-2)}`, async () => {
        const called = await send(ncp.url, target, { method, headers: { ...headers(AT), [header]: signature } });
        expect(called.status).not.toBe(401);
        expect(called.text).not.toContain('Authentication');
      });
    }
    it(`refuses ${method} ${target} with one character of the signature changed`, async () => {
      const called = await send(ncp.url, target, {
        method,
        headers: { ...headers(AT), 'x-ncp-apigw-signature-v2': signature.replace('=', 'A') },
      });
      expect(called.status).toBe(401);
      expect(called.json.error).toEqual({
        errorCode: '200',
        message: 'Authentication Failed',
        details: 'Invalid authentication information.',
      });
      expect(called.headers.get('content-type')).toBe('text/plain;charset=UTF-8');
    });
  }

  it('refuses a wrong access key', async () => {
    const called = await send(ncp.url, '/vserver/v2/getRegionList', {
      headers: { ...signed('GET', '/vserver/v2/getRegionList', AT), 'x-ncp-iam-access-key': 'SOMEBODYELSE' },
    });
    expect([called.status, called.json.error.details]).toEqual([401, 'Invalid authentication information.']);
  });

  it('says that headers are missing when one is', async () => {
    const called = await send(ncp.url, '/vserver/v2/getRegionList', { headers: headers(AT) });
    expect([called.status, called.json.error.details]).toEqual([401, 'Authentication information are missing.']);
  });

  it('takes a timestamp just under five minutes off, and refuses one of five minutes, both ways', async () => {
    for (const [skewMs, status] of [
      [299_999, 200],
      [300_000, 401],
      [-299_999, 200],
      [-300_000, 401],
    ] as const) {
      now = AT + skewMs;
      const called = await call(ncp.url, 'getRegionList', {}, { timestamp: AT });
      expect([skewMs, called.status]).toEqual([skewMs, status]);
    }
  });

  it('sends the gateway clock in the Date header, and a trace id', async () => {
    const called = await call(ncp.url, 'getRegionList', {}, { timestamp: AT });
    expect(called.headers.get('date')).toBe(new Date(AT).toUTCString());
    expect(called.headers.get('x-ncp-trace-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('writes neither key nor signature into the journal', async () => {
    await call(ncp.url, 'getRegionList', {}, { timestamp: AT });
    const journal = JSON.stringify(ncp.journal());
    expect(journal).toContain('getRegionList');
    expect(journal).not.toContain(accessKey);
    expect(journal).not.toContain('SECRETEXAMPLE');
  });
});

function headers(timestamp: number): Record<string, string> {
  return { 'x-ncp-apigw-timestamp': String(timestamp), 'x-ncp-iam-access-key': accessKey };
}
