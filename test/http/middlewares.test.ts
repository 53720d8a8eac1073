import { default as middy } from '@middy/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { HttpAnswer } from '../../lib/http/answer.ts';
import { httpMiddlewares } from '../../lib/http/function.ts';
import { HttpProblem } from '../../lib/http/problem.ts';
import { type HttpRequest, MOST_BODY_BYTES } from '../../lib/http/request.ts';
import { routed } from '../../lib/http/route.ts';

const TOKEN = 'token-hush';

beforeEach(() => vi.spyOn(console, 'log').mockReturnValue());
afterEach(() => vi.restoreAllMocks());

function call(
  event: unknown,
  work: (request: HttpRequest) => Promise<HttpAnswer>,
  context: object = {},
): Promise<HttpAnswer> {
  const handler = middy<unknown, HttpAnswer>()
    .use(httpMiddlewares)
    .handler(
      routed(() => [
        { method: 'GET', path: '/confirm/{token}', answer: work },
        { method: 'POST', path: '/confirm/{token}', answer: work },
      ]),
    );
  return Reflect.apply(handler, undefined, [event, context]);
}

function eventOf(method: string, more: object = {}): object {
  return {
    version: '2.0',
    rawPath: `/confirm/${TOKEN}`,
    requestContext: { requestId: 'id-1', http: { method } },
    ...more,
  };
}

const echo = (request: HttpRequest): Promise<HttpAnswer> =>
  Promise.resolve({ statusCode: 200, headers: {}, body: JSON.stringify(request) });

it('headers come to the handler in lower case, however they were sent, and no name is inherited', async () => {
  const given = JSON.parse('{"Content-Type": "a", "X-SLACK-Signature": "b", "__proto__": "c"}');
  let headers: HttpRequest['headers'] = {};
  await call(eventOf('POST', { headers: given }), (request) => {
    ({ headers } = request);
    return echo(request);
  });
  expect({ ...headers }).toEqual({ 'content-type': 'a', 'x-slack-signature': 'b' });
  expect(headers['constructor']).toBeUndefined();
});

it('bytes come to the handler as they were sent', async () => {
  const bytes = Buffer.from([0, 0xff, 0xfe, 10]);
  let body: Buffer = Buffer.alloc(0);
  await call(eventOf('POST', { body: bytes.toString('base64'), isBase64Encoded: true }), (request) => {
    ({ body } = request);
    return echo(request);
  });
  expect(body.equals(bytes)).toBe(true);
});

it('HEAD is answered as GET is, without the body', async () => {
  const [get, head] = [await call(eventOf('GET'), said), await call(eventOf('HEAD'), said)];
  expect([get.body, head]).toEqual(['page', { ...get, body: '' }]);
});

const said = (): Promise<HttpAnswer> => Promise.resolve({ statusCode: 200, headers: { 'x-a': 'b' }, body: 'page' });

it.each([
  ['no event', null, 400],
  ['no event at all', undefined, 400],
  ['another format', { ...eventOf('POST'), version: '1.0' }, 400],
  ['a body that is no base64', eventOf('POST', { body: '!!', isBase64Encoded: true }), 400],
  ['a large body', eventOf('POST', { body: 'x'.repeat(MOST_BODY_BYTES + 1) }), 413],
  ['another path', { ...eventOf('GET'), rawPath: `/${TOKEN}` }, 404],
  ['another method', eventOf('DELETE'), 405],
])('%s is answered with a problem', async (_what, event, status) => {
  const answer = await call(event, echo);
  expect(answer).toMatchObject({ statusCode: status, headers: { 'content-type': 'application/problem+json' } });
  expect(JSON.parse(answer.body)).toMatchObject({ type: 'about:blank', status });
});

it.each<[unknown, number]>([
  [new HttpProblem(409, 'there was one before', { cause: new Error('table-hush') }), 409],
  [Object.assign(new Error('table-hush'), { statusCode: 404, expose: true, headers: { 'x-hush': '1' } }), 500],
  ['text-hush', 500],
  [undefined, 500],
])('what is thrown (%#) is answered with a problem, its cause in the log alone', async (error, status) => {
  const answer = await call(eventOf('POST', { body: 'body-hush' }), throwing(error));
  expect(Object.keys(answer.headers).toSorted()).toEqual(['cache-control', 'content-type']);
  expect(answer.statusCode).toBe(status);
  expect(JSON.stringify(answer)).not.toContain('hush');
});

function throwing(error: unknown): () => Promise<HttpAnswer> {
  return vi.fn<() => Promise<HttpAnswer>>().mockRejectedValue(error);
}

it('the log says which request was refused and why; neither its path nor its body', async () => {
  const problem = new HttpProblem(401, 'not signed', { problems: ['body-hush'], cause: new Error('old') });
  await call(eventOf('POST', { body: 'body-hush', headers: { authorization: 'header-hush' } }), () =>
    Promise.reject(problem),
  );
  expect(vi.mocked(console.log).mock.calls).toEqual([
    [{ message: 'refused', status: 401, detail: 'not signed', method: 'POST', gatewayId: 'id-1', error: 'old' }],
  ]);
});

it('what takes as long as Lambda waits is answered with a problem just before', async () => {
  const answer = await call(eventOf('GET'), () => new Promise(() => {}), { getRemainingTimeInMillis: () => 20 });
  expect(answer.statusCode).toBe(500);
});
