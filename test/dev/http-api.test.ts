import { request as httpRequest } from 'node:http';
import { expect, it, onTestFinished, vi } from 'vitest';
import { declaredApi } from '../../lib/dev/dev-gateway.ts';
import type { LambdaHandler } from '../../lib/dev/durable-runner.ts';
import { listen } from '../../lib/dev/http.ts';
import { type HttpApiOptions, httpApi } from '../../lib/dev/http-api.ts';
import { requestFrom } from '../../lib/http/request.ts';

/** Answers everything with this function unless routes are given, until the test ends. */
async function api(handler: LambdaHandler, options: Partial<HttpApiOptions> = {}): Promise<string> {
  const server = await listen(httpApi({ routes: { $default: handler }, ...options }));
  onTestFinished(() => server.close());
  return server.url;
}

/** The event that came of a request. */
async function eventOf(path: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  const url = await api((event) => Promise.resolve({ statusCode: 200, body: JSON.stringify(event) }));
  const answer: unknown = await (await fetch(`${url}${path}`, init)).json();
  return Object(answer);
}

it('a request becomes an event of payload format 2.0', async () => {
  const event = await eventOf('/terminations/a%2Fb?x=1&x=2?', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'Webhook-Id': 'm1', cookie: 'a=1; b=2', 'user-agent': 'ci' },
    body: '{"policy":"개발"}',
  });
  expect(event).toMatchObject({
    version: '2.0',
    routeKey: '$default',
    rawPath: '/terminations/a%2Fb',
    rawQueryString: 'x=1&x=2?',
    cookies: ['a=1', 'b=2'],
    headers: { 'content-type': 'application/json', 'webhook-id': 'm1' },
    requestContext: { stage: '$default', http: { method: 'POST', path: '/terminations/a%2Fb', userAgent: 'ci' } },
    body: '{"policy":"개발"}',
    isBase64Encoded: false,
  });
  expect(event['headers']).not.toHaveProperty('cookie');
  expect(requestFrom(event)).toMatchObject({
    method: 'POST',
    path: '/terminations/a%2Fb',
    headers: { 'webhook-id': 'm1' },
  });
});

it.each([
  ['application/json; charset=utf-8', false],
  ['text/plain', false],
  ['application/x-www-form-urlencoded', true],
  ['application/octet-stream', true],
])('a body of type %s is in base64: %s', async (type, isBase64Encoded) => {
  const event = await eventOf('/', { method: 'POST', headers: { 'content-type': type }, body: 'a=1' });
  expect(event).toMatchObject({ isBase64Encoded, body: isBase64Encoded ? 'YT0x' : 'a=1' });
  expect(requestFrom(event).body.toString()).toBe('a=1');
});

it('bytes that are no text arrive as they were sent', async () => {
  const bytes = Buffer.from([0, 255, 254, 10]);
  const event = await eventOf('/', { method: 'POST', headers: { 'content-type': 'image/png' }, body: bytes });
  expect(requestFrom(event).body).toEqual(bytes);
});

it('a missing body is not a key', async () => {
  expect(await eventOf('/')).not.toHaveProperty('body');
});

it('a header that is sent twice is one, with a comma', async () => {
  const url = await api((event) => Promise.resolve({ statusCode: 200, body: JSON.stringify(event) }));
  const text = await new Promise<string>((resolve, reject) => {
    const sent = httpRequest(url, { headers: { 'X-Twice': ['1', '2'] } }, (response) => {
      response.on('data', (chunk) => resolve(String(chunk)));
    });
    sent.on('error', reject).end();
  });
  expect(JSON.parse(text)).toMatchObject({ headers: { 'x-twice': '1, 2' } });
});

it('the answer has the status, headers, cookies and body of the function, and the id of the request', async () => {
  const url = await api(() =>
    Promise.resolve({
      statusCode: 202,
      headers: { 'content-type': 'text/html', 'retry-after': 5 },
      cookies: ['a=1', 'b=2'],
      body: Buffer.from('<p>개발</p>').toString('base64'),
      isBase64Encoded: true,
    }),
  );
  const answer = await fetch(url);
  expect(answer.status).toBe(202);
  expect(Object.fromEntries(answer.headers)).toMatchObject({ 'content-type': 'text/html', 'retry-after': '5' });
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(answer.headers.get('apigw-requestid')).toMatch(/^[\w-]{36}$/);
  expect(await answer.text()).toBe('<p>개발</p>');
});

const ROUTES = Object.fromEntries(
  ['ANY /terminations', 'ANY /terminations/{id}', 'ANY /terminations/{id}/cancel', 'POST /slack', 'ANY /slack'].map(
    (key) => [key, sayingItsRoute],
  ),
);

/** The key that the function is told, twice in the event. */
function sayingItsRoute(event: { routeKey: string; requestContext: { routeKey: string } }): Promise<object> {
  const { routeKey, requestContext } = event;
  return Promise.resolve({ statusCode: 200, body: routeKey === requestContext.routeKey ? routeKey : 'two keys' });
}

it.each([
  ['GET', '/terminations', 'ANY /terminations'],
  ['DELETE', '/terminations?x=/y', 'ANY /terminations'],
  ['OPTIONS', '/terminations/a%2Fb', 'ANY /terminations/{id}'],
  ['POST', '/terminations/a/cancel', 'ANY /terminations/{id}/cancel'],
  ['POST', '/slack', 'POST /slack'],
  ['GET', '/slack', 'ANY /slack'],
])('%s %s goes along the route %s', async (method, path, key) => {
  const url = await api(saying(''), { routes: ROUTES });
  expect(await (await fetch(`${url}${path}`, { method })).text()).toBe(key);
});

it.each([
  '/',
  '/nothing',
  '/terminations/',
  '/terminations//cancel',
  '/terminations/a/b',
  '/Terminations',
  '/%24default',
])('no route leads to %s: it is answered 404 before any function', async (path) => {
  const answer = await fetch(`${await api(saying(''), { routes: ROUTES })}${path}`, { method: 'POST' });
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    404,
    'application/json',
    '{"message":"Not Found"}',
  ]);
});

it('a path with one method does not exist for another, as in AWS', async () => {
  const url = await api(saying(''), { routes: { 'POST /slack': saying('taken') } });
  const statuses = ['POST', 'GET', 'HEAD', 'OPTIONS'].map(
    async (method) => (await fetch(`${url}/slack`, { method })).status,
  );
  expect(await Promise.all(statuses)).toEqual([200, 404, 404, 404]);
});

it('HEAD reaches the function, and its answer has no body', async () => {
  const answer = await fetch(await api(saying('seen')), { method: 'HEAD' });
  expect([answer.status, await answer.text()]).toEqual([200, '']);
});

it('what is above the rate is answered 429 in the own JSON of API Gateway, until time has passed', async () => {
  const url = await api(saying('in'), { rateLimits: { $default: { perSecond: 10, burst: 2 } } });
  const answers = await Promise.all([fetch(url), fetch(url), fetch(url)]);
  const texts = await Promise.all(answers.map(async (one) => `${one.status} ${await one.text()}`));
  expect(texts.toSorted()).toEqual(['200 in', '200 in', '429 {"message":"Too Many Requests"}']);
  expect(answers.find(({ status }) => status === 429)?.headers.get('content-type')).toBe('application/json');
  await vi.waitFor(async () => expect((await fetch(url)).status).toBe(200), { timeout: 5_000, interval: 120 });
});

it('a flood of one route takes nothing from another', async () => {
  const routes = {
    'ANY /confirm/{token}': saying('page'),
    'POST /confirm/{token}': saying('decided'),
    'ANY /slack': saying('no'),
  };
  const rateLimits = Object.fromEntries(Object.keys(routes).map((key) => [key, { perSecond: 0.001, burst: 1 }]));
  const url = await api(saying(''), { routes, rateLimits });
  const statusOf = async (path: string, method = 'GET'): Promise<number> =>
    (await fetch(`${url}${path}`, { method })).status;
  expect([await statusOf('/confirm/a'), await statusOf('/confirm/b'), await statusOf('/confirm/c')]).toEqual([
    200, 429, 429,
  ]);
  expect([await statusOf('/confirm/a', 'POST'), await statusOf('/slack')]).toEqual([200, 200]);
});

it('no flood of approvals takes a rejection away, at the rates that there are in AWS', async () => {
  const { rateLimits } = declaredApi();
  const routes = Object.fromEntries(Object.keys(rateLimits).map((key) => [key, saying(key)]));
  const url = await api(saying(''), { routes, rateLimits });
  const post = async (path: string) => (await fetch(`${url}${path}`, { method: 'POST' })).status;
  const flood = await Promise.all(Array.from({ length: 100 }, () => post('/confirm/a')));
  expect(flood.filter((status) => status === 429).length).toBeGreaterThan(20);
  expect([await post('/confirm/a/reject'), (await fetch(`${url}/confirm/a`)).status]).toEqual([200, 200]);
});

function saying(body: string): LambdaHandler {
  return () => Promise.resolve({ statusCode: 200, body });
}

it.each<[string, LambdaHandler]>([
  ['throws', () => Promise.reject(new Error('a secret'))],
  [
    'throws before it promises anything',
    () => {
      throw new Error('a secret');
    },
  ],
  ['answers with nothing', () => Promise.resolve(undefined)],
  ['answers with a status that is none', () => Promise.resolve({ statusCode: 20, body: 'a secret' })],
])('a function that %s is answered for with 500', async (_what, handler) => {
  const answer = await fetch(await api(handler));
  expect([answer.status, await answer.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
});

it('a function that takes too long is answered for with 503', async () => {
  const answer = await fetch(await api(() => new Promise(() => {}), { timeoutMs: 50 }));
  expect([answer.status, await answer.text()]).toEqual([503, '{"message":"Service Unavailable"}']);
});

it('more than ten megabytes are refused, and the function is not called', async () => {
  let calls = 0;
  const url = await api(() => Promise.resolve({ statusCode: 200 + calls++ }));
  const most = 10 * 1024 * 1024;
  expect((await fetch(url, { method: 'POST', body: 'x'.repeat(most + 1) })).status).toBe(413);
  expect(calls).toBe(0);
  expect((await fetch(url, { method: 'POST', body: 'x'.repeat(most) })).status).toBe(200);
});
