import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { getGlobalDispatcher, MockAgent, setGlobalDispatcher } from 'undici';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bodyOf, type LocalServer, listen } from '../../lib/dev/http.ts';
import { MOST_REPLY_BYTES, type Reply, sendOnce } from '../../lib/net/send-once.ts';

interface Received {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
  port: number | undefined;
}

let server: LocalServer;
let received: Received[] = [];

beforeEach(async () => {
  received = [];
  server = await listen((request, response) => void answer(request, response));
});
afterEach(() => server.close());

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url, headers, socket } = request;
  received.push({ method, url, headers, body: await bodyOf(request), port: socket.remotePort });
  const status = Number(url?.slice(1));
  if (status >= 300 && status < 400) response.writeHead(status, { location: `${server.url}/elsewhere` }).end();
  else if (status > 0)
    response
      .writeHead(
        status,
        [
          ['x-a', '1'],
          ['x-a', '2'],
        ].flat(),
      )
      .end(status === 204 ? '' : '반납');
  else if (url === '/cut') socket.destroy();
  else if (url === '/hangs') response.flushHeaders();
  else if (url === '/largest') response.end('x'.repeat(MOST_REPLY_BYTES));
  else if (url === '/larger') response.end('x'.repeat(MOST_REPLY_BYTES + 1));
  else if (url === '/endless') endless(response);
}

/** It has no Content-Length, so only counting helps. */
function endless(response: ServerResponse): void {
  const timer = setInterval(() => response.write('x'.repeat(MOST_REPLY_BYTES / 4)), 5);
  response.once('close', () => clearInterval(timer));
}

function send(path: string, ms = 5_000): Promise<Reply> {
  const signal = AbortSignal.timeout(ms);
  return sendOnce(`${server.url}${path}`, { headers: { 'x-given': 'yes' }, body: '{"a":"가"}', signal });
}

it.each([200, 204, 400, 401, 429, 500, 503])('any status is an answer: %i', async (status) => {
  const { headers, ...reply } = await send(`/${status}`);
  expect(reply).toEqual({ status, text: status === 204 ? '' : '반납' });
  expect(headers.get('x-a')).toBe('1, 2');
  expect(received).toMatchObject([{ method: 'POST', headers: { 'x-given': 'yes' }, body: '{"a":"가"}' }]);
});

it.each([301, 302, 303, 307, 308])('%i is not followed, and its target is not shown', async (status) => {
  const error: unknown = await send(`/${status}`).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'redirected' });
  expect(String(error)).not.toContain(server.url);
  expect(received).toHaveLength(1);
});

it.each([
  ['/cut', { code: 'UND_ERR_SOCKET' }],
  ['/hangs', { name: 'TimeoutError' }],
  ['/larger', { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' }],
  ['/endless', { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' }],
])('what ends as %s is sent once', async (path, error) => {
  await expect(send(path, path === '/hangs' ? 100 : 5_000)).rejects.toMatchObject(error);
  expect(received).toHaveLength(1);
});

it('as many bytes as allowed are read', async () => {
  expect((await send('/largest')).text).toHaveLength(MOST_REPLY_BYTES);
});

it('each has a connection of its own', async () => {
  for (const status of ['/200', '/200', '/200']) await send(status);
  expect(new Set(received.map(({ port }) => port)).size).toBe(3);
  expect(received.map(({ headers }) => headers.connection)).toEqual(['close', 'close', 'close']);
});

it('what the process sends its other requests through, such as a proxy of the environment, is passed by', async () => {
  const usual = getGlobalDispatcher();
  const closed = new MockAgent();
  closed.disableNetConnect();
  setGlobalDispatcher(closed);
  try {
    expect((await send('/200')).status).toBe(200);
  } finally {
    setGlobalDispatcher(usual);
    await closed.close();
  }
});
