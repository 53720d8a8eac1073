import { expect, it } from 'vitest';
import type { HttpProblem } from '../../lib/http/problem.ts';
import { requestFrom } from '../../lib/http/request.ts';
import { answerTo, type Route } from '../../lib/http/route.ts';

const ROUTES: Route[] = [
  { method: 'POST', path: '/terminations', answer: () => said('ask') },
  { method: 'GET', path: '/terminations/{id}', answer: (_request, id) => said(`status ${id}`) },
  { method: 'POST', path: '/terminations/{id}/cancel', answer: (_request, id) => said(`cancel ${id}`) },
  { method: 'GET', path: '/confirm/{token}', answer: (_request, token) => said(`show ${token}`) },
  { method: 'POST', path: '/confirm/{token}', answer: (_request, token) => said(`decide ${token}`) },
];

function said(body: string) {
  return Promise.resolve({ statusCode: 200, headers: {}, body });
}

function answer(method: string, rawPath: string) {
  return answerTo(requestFrom({ version: '2.0', rawPath, requestContext: { http: { method } } }), ROUTES);
}

it.each([
  ['POST', '/terminations', 'ask'],
  ['GET', '/terminations/a-1', 'status a-1'],
  ['HEAD', '/terminations/a-1', 'status a-1'],
  ['GET', '/terminations/uuid%2Fsweep', 'status uuid/sweep'],
  ['POST', '/terminations/a-1/cancel', 'cancel a-1'],
  ['get', '/confirm/a.b', 'show a.b'],
  ['POST', '/confirm/a.b', 'decide a.b'],
])('%s %s: %s', async (method, path, body) => {
  expect(await answer(method, path)).toMatchObject({ statusCode: 200, body });
});

it.each([
  '',
  '/',
  '/terminations/',
  '/terminations/a/b',
  '/terminations//cancel',
  '/Terminations',
  '/terminations/%E0%A4',
  '/dev/terminations',
  '/../terminations',
])('there is nothing at %j', async (path) => {
  await expect(answer('GET', path)).rejects.toMatchObject({ name: 'HttpProblem', status: 404 });
  await expect(answer('OPTIONS', path)).rejects.toMatchObject({ status: 404 });
});

it.each([
  ['GET', '/terminations', 'POST, OPTIONS'],
  ['DELETE', '/terminations/a-1', 'GET, HEAD, OPTIONS'],
  ['GET', '/terminations/a-1/cancel', 'POST, OPTIONS'],
  ['PUT', '/confirm/a.b', 'GET, HEAD, POST, OPTIONS'],
  ['TRACE', '/confirm/a.b', 'GET, HEAD, POST, OPTIONS'],
])('%s %s is not taken; %s are', async (method, path, allow) => {
  const problem = (await answer(method, path).catch((error: unknown) => error)) as HttpProblem;
  expect(problem).toMatchObject({ status: 405, headers: { allow } });
});

it('OPTIONS lists the accepted methods, and lets no browser in', async () => {
  expect(await answer('OPTIONS', '/terminations')).toEqual({
    statusCode: 204,
    headers: { allow: 'POST, OPTIONS' },
    body: '',
  });
});
