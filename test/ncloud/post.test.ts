/** Calls to Resource Manager: the same client, another way of asking. */

import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MOST_TRIES } from '../../lib/ncloud/retry.ts';
import {
  type Answering,
  clientOf,
  cut,
  cutInTheMiddle,
  endpoint,
  failureOf,
  gatewayError,
  KEYS,
  ncp,
  READ,
  READ_DONE,
  RESOURCES,
  says,
  toldClock,
} from './endpoint.ts';

const DONE = says(200, '{"page":0,"size":100,"itemCount":0,"hasMore":false,"items":[]}');

describe('a call to Resource Manager', () => {
  it('is a POST of JSON, signed over method and path as NCP documents it', async () => {
    const server = await endpoint(DONE);
    const clock = toldClock(1_700_000_000_000);
    await clientOf(server.url, { clock }).post({ ...RESOURCES, body: { resourceName: '개발 서버', page: 0 } });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', target: '/api/v1/resources' });
    expect(JSON.parse(request?.body ?? '')).toEqual({ resourceName: '개발 서버', page: 0 });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json',
      'x-ncp-apigw-timestamp': '1700000000000',
      'x-ncp-iam-access-key': 'AKIDEXAMPLE',
    });
    // NCP's string to sign, written independently of the code under test.
    const toSign = ['POST /api/v1/resources', '1700000000000', 'AKIDEXAMPLE'].join('\n');
    const expected = createHmac('sha256', 'SECRETEXAMPLE').update(toSign).digest('base64');
    expect(request?.headers['x-ncp-apigw-signature-v2']).toBe(expected);
    // And the same by another tool: printf … | openssl dgst -sha256 -hmac SECRETEXAMPLE -binary | base64
    expect(expected).toBe('nvdks5cjyRhmVn8ybjnzJYICkNPppNqL16aR9k9N91Y=');
  });

  it('goes to its own host, and the others to theirs', async () => {
    const [gateway, manager] = [await endpoint(READ_DONE), await endpoint(DONE)];
    const client = clientOf(gateway.url, { resourceManager: manager.url });
    await client.post(RESOURCES);
    await client.call(READ);
    expect(manager.requests.map(({ target }) => target)).toEqual(['/api/v1/resources']);
    expect(gateway.requests.map(({ target }) => target)).toEqual(['/vserver/v2/getRegionList']);
  });

  it('is asked in JSON whatever the replies of the other calls are asked in', async () => {
    const server = await endpoint(DONE);
    await clientOf(server.url, { format: 'xml' }).post(RESOURCES);
    expect(server.requests[0]).toMatchObject({ target: '/api/v1/resources', headers: { accept: 'application/json' } });
  });

  it('answers an object whose leaves are strings, digits kept', async () => {
    const server = await endpoint(says(200, '\uFEFF {"hasMore":true,"items":[{"resourceId":12345678901234567890}]} '));
    expect(await clientOf(server.url).post(RESOURCES)).toEqual({
      hasMore: 'true',
      items: [{ resourceId: '12345678901234567890' }],
    });
  });

  it('never sends the secret key', async () => {
    const server = await endpoint(DONE);
    await clientOf(server.url).post(RESOURCES);
    expect(JSON.stringify(server.requests)).not.toContain(KEYS.secretKey);
  });

  it('is taken by the simulator', async () => {
    const simulator = await ncp({ fleet: { servers: [{ serverInstanceNo: '1001', serverName: 'a' }] } });
    expect(await clientOf(simulator.url).post(RESOURCES)).toMatchObject({ items: [{ resourceId: '1001' }] });
  });
});

describe('reading over Resource Manager', () => {
  it.each<[string, Answering]>([
    ['503/500', says(503, gatewayError('500'))],
    ['its own 500', says(500, '{"success":false,"error":{"errorCode":"500","message":"m"}}')],
    ['a page', says(502, '<html><body>502</body></html>')],
    ['a cut connection', cut],
    ['a cut reply', cutInTheMiddle],
    ['garbage', says(200, '%$#@! not a reply')],
    ['an empty reply', says(200, '')],
    ['half a reply', says(200, '{"items":[{"resou')],
    ['a list instead of an object', says(200, '[]')],
  ])('is sent again after %s', async (_what, failing) => {
    const server = await endpoint(failing, DONE);
    const clock = toldClock();
    expect(await clientOf(server.url, { clock }).post(RESOURCES)).toMatchObject({ hasMore: 'false' });
    expect(server.requests.map(({ body }) => body)).toEqual(['{}', '{}']);
    expect(clock.slept.filter((ms) => ms > 100)).toEqual([750]);
  });

  it.each<[string, Answering, string]>([
    ['403/230', says(403, gatewayError('230')), 'permission'],
    ['401/210', says(401, gatewayError('210')), 'permission'],
    ['a quota', says(429, gatewayError('400')), 'quota'],
    ['404/300', says(404, gatewayError('300')), 'rejected'],
    ['its own refusal', says(400, '{"success":false,"error":{"errorCode":"400","message":"m"}}'), 'refused'],
  ])('is not sent again after %s', async (_what, failing, kind) => {
    const server = await endpoint(failing, DONE);
    expect((await failureOf(clientOf(server.url).post(RESOURCES))).kind).toBe(kind);
    expect(server.requests).toHaveLength(1);
  });

  // Once in hundreds of runs a loaded machine ends a connection between two tries.
  it('is counted by action, retries included, in one row of turns with the other calls', { retry: 1 }, async () => {
    const server = await endpoint(says(503, gatewayError('500')));
    const clock = toldClock();
    const client = clientOf(server.url, { clock, callsPerSecond: 0.001 });
    await failureOf(client.post(RESOURCES));
    expect(client.takeCalls()).toEqual({ GetResourceList: MOST_TRIES });
    await failureOf(client.call(READ));
    const turns = clock.slept.filter((ms) => ms > 30_000);
    expect(turns).toHaveLength(MOST_TRIES * 2 - 1);
  });

  it('is cut off by the signal', async () => {
    const interruption = new AbortController();
    const { signal } = interruption;
    const server = await endpoint(() => interruption.abort());
    const clock = { ...toldClock(), sleep: () => (signal.aborted ? Promise.reject(new Error()) : Promise.resolve()) };
    expect(await failureOf(clientOf(server.url, { signal, clock }).post(RESOURCES))).toMatchObject({ kind: 'cut' });
    expect(server.requests).toHaveLength(1);
  });

  it('uses keys that were rotated meanwhile, once', async () => {
    const server = await endpoint(says(401, gatewayError('200')), DONE);
    const rotated = { accessKey: 'AKIDROTATED', secretKey: 'SECRETROTATED' };
    const keys = { current: () => Promise.resolve(KEYS), fresh: () => Promise.resolve(rotated) };
    await clientOf(server.url, { keys }).post(RESOURCES);
    const used = server.requests.map(({ headers }) => headers['x-ncp-iam-access-key']);
    expect(used).toEqual(['AKIDEXAMPLE', 'AKIDROTATED']);
  });

  it('says that the clock is off where that is why', async () => {
    const simulator = await ncp({ gatewayNow: () => Date.now() + 600_000 });
    expect((await failureOf(clientOf(simulator.url).post(RESOURCES))).message).toContain(
      "10 minutes behind NCP's; at most 5 are accepted",
    );
  });
});
