import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bodyOf, type LocalServer, listen } from '../../lib/dev/http.ts';
import { type LocalReceiver, startReceiver } from '../../lib/dev/receiver.ts';
import { type Delivery, DeliveryError, deliverReport } from '../../lib/reports/webhook.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const body = JSON.stringify({ outcome: 'terminated', name: '반납' });
const closing: { close(): unknown }[] = [];
let receiver: LocalReceiver;

beforeEach(async () => {
  receiver = await startReceiver({ secret });
  closing.push(receiver);
});
afterEach(async () => {
  for (const server of closing.splice(0)) await server.close();
});

describe('a delivered report', () => {
  test('is verified by a receiver that holds the same secret', async () => {
    expect(await deliver()).toEqual({ status: 200 });
    expect(receiver.received).toEqual([{ id: 'msg_1', verified: true, body: JSON.parse(body) }]);
  });

  test('carries headers that the library verifies against the raw bytes, and only against them', async () => {
    const { server, requests } = await recorder();
    await deliver({ url: server.url });
    const { headers, text } = requests[0] ?? { headers: {}, text: '' };
    expect(new Webhook(secret).verify(text, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(secret).verify(text.replace('terminated', 'unfinished'), headers)).toThrow(
      'No matching signature',
    );
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'webhook-id': 'msg_1' });
    expect(headers['user-agent']).toMatch(/^banap\/\d+\.\d+\.\d+$/);
  });

  test('is refused by a receiver that holds another secret', async () => {
    const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
    expect(await failure({ secret: other })).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('answered 401'),
    });
  });

  // From the description of the standard: https://github.com/standard-webhooks/standard-webhooks
  test('is signed as the standard describes it', async () => {
    const { server, requests } = await recorder();
    await deliver({
      url: server.url,
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      messageId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      body: '{"test": 2432232314}',
      now: 1_614_265_330_999,
    });
    expect(requests[0]?.headers).toMatchObject({
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });
});

describe('an answer', () => {
  test.each([200, 201, 204])('%i means delivered', async (status) => {
    receiver.failNext(1, status);
    expect(await deliver()).toEqual({ status });
  });

  test.each([400, 401, 403, 404, 410, 413, 422])('%i means refused, for good', async (status) => {
    receiver.failNext(1, status);
    expect(await failure()).toMatchObject({ kind: 'refused', retryable: false });
  });

  test.each([408, 425, 429, 500, 502, 503, 504])('%i means unavailable, try again', async (status) => {
    receiver.failNext(1, status);
    expect(await failure()).toMatchObject({ kind: 'unavailable', retryable: true });
  });

  test.each([301, 302, 307, 308])('%i is not followed', async (status) => {
    const redirecting = await serve((_request, response) =>
      response.writeHead(status, { location: receiver.url }).end(),
    );
    expect(await failure({ url: redirecting.url })).toMatchObject({ kind: 'unavailable' });
    expect(receiver.received).toEqual([]);
  });

  test('of any length is delivered without being read to its end', async () => {
    let sent = 0;
    const talking = await serve((_request, response) => {
      response.writeHead(200);
      const talk = (): void => {
        while (!response.destroyed && sent < 1e9) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', talk);
        }
      };
      talk();
    });
    expect(await deliver({ url: talking.url })).toEqual({ status: 200 });
    expect(sent).toBeLessThan(50e6);
  });

  test('that is cut after its status is an answer', async () => {
    const cutting = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('half');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await deliver({ url: cutting.url })).toEqual({ status: 200 });
  });
});

describe('without an answer', () => {
  test('a report is unavailable when the receiver is slow', async () => {
    const slow = await serve(() => undefined);
    const begun = Date.now();
    expect(await failure({ url: slow.url, timeoutMs: 200 })).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('TimeoutError'),
    });
    expect(Date.now() - begun).toBeLessThan(2_000);
  });

  test('a report is unavailable when the connection is cut', async () => {
    const cutting = await rawServer();
    expect(await failure({ url: cutting })).toMatchObject({ kind: 'unavailable', retryable: true });
  });

  test('a report is unavailable when nobody listens', async () => {
    await receiver.close();
    expect(await failure()).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('ECONNREFUSED') });
  });
});

describe('an error', () => {
  test('names host and status, but neither path, query, secret nor body', async () => {
    receiver.failNext(1, 500);
    const url = new URL('/token-in-path?key=token-in-query', receiver.url);
    const error = await failure({ url: url.href });
    expect(error.message).toBe(`webhook at ${url.host} answered 500`);
    expect(allOf(error)).not.toMatch(/token-in|whsec|terminated/);
  });

  test('shows nothing of a URL or a secret that cannot be used', async () => {
    const unparsable = await failure({ url: 'token-in-path' });
    const unsigned = await failure({ secret: 'whsec_tök-in-path' });
    expect([unparsable.kind, unsigned.kind]).toEqual(['refused', 'refused']);
    expect(allOf(unparsable) + allOf(unsigned)).not.toMatch(/token-in|tök/);
  });
});

describe('a webhook whose URL leads inside', () => {
  const nobodyAllowed = { allowedHosts: [] };

  test.each([
    ['https://127.0.0.1/hook', '127.0.0.1 is inside'],
    ['https://2130706433/hook', '127.0.0.1 is inside'],
    ['https://0x7f.1/hook', '127.0.0.1 is inside'],
    ['https://169.254.169.254/latest/meta-data', '169.254.169.254 is inside'],
    ['https://10.1.2.3:8443/hook', '10.1.2.3:8443 is inside'],
    ['https://[::1]/hook', '[::1] is inside'],
    ['https://[::ffff:10.0.0.1]/hook', 'is inside'],
    ['https://[fd00:ec2::254]/hook', '[fd00:ec2::254] is inside'],
    ['http://hooks.example.com/hook', 'hooks.example.com is not https'],
    ['https://localhost/hook', 'localhost leads to'],
  ])('%s is refused, and not tried again', async (url, words) => {
    const error = await failure({ url, ...nobodyAllowed });
    expect([error.kind, error.message]).toEqual(['refused', expect.stringContaining(words)]);
    expect(error.message).toContain('BANAP_REPORT_ALLOW_HOSTS=');
    expect(error.message).not.toContain('/hook');
  });

  test.each([[['10.0.0.5']], [['203.0.113.9', '127.0.0.1']], [['::ffff:192.168.0.1']], [['fe80::1']]])(
    'is refused by the addresses %j of its name, before anything is sent',
    async (addresses) => {
      const error = await failure({ url: 'https://hooks.example.com/hook', ...nobodyAllowed, resolve: to(addresses) });
      expect(error.message).toMatch(
        /^webhook at hooks\.example\.com leads to \S+, inside a private network; expected /,
      );
      expect(error.kind).toBe('refused');
    },
  );

  test('cannot be allowed by a name that is only like an allowed one', async () => {
    const error = await failure({
      url: 'https://hooks.example.com/',
      allowedHosts: ['example.com'],
      resolve: to(['10.0.0.5']),
    });
    expect(error.kind).toBe('refused');
  });

  test('is asked at each connection where its name leads', async () => {
    // The first address is outside, where nothing listens; the next is inside.
    const answers = [['192.0.2.1'], ['127.0.0.1']];
    const resolve = ((...asked: unknown[]) => Reflect.apply(to(answers.shift() ?? []), undefined, asked)) as Resolve;
    const change = { url: 'https://hooks.example.com/', ...nobodyAllowed, resolve, timeoutMs: 50 };
    expect((await failure(change)).kind).toBe('unavailable');
    expect((await failure(change)).message).toContain('leads to 127.0.0.1');
  });

  test('is not reached by a redirect', async () => {
    const hops: string[] = [];
    const inner = await serve((request, response) => {
      hops.push(request.url ?? '');
      response.end();
    });
    const outer = await serve((_request, response) => {
      response.writeHead(307, { location: `${inner.url.replace('127.0.0.1', 'localhost')}/secret` }).end();
    });
    expect(await failure({ url: outer.url, allowedHosts: ['127.0.0.1'] })).toMatchObject({
      message: expect.stringContaining('answered 307'),
    });
    expect(hops).toEqual([]);
  });

  test('is taken where the configuration allows its host', async () => {
    const url = receiver.url.replace('127.0.0.1', 'localhost');
    expect(await deliver({ url, allowedHosts: ['localhost'] })).toEqual({ status: 200 });
  });
});

type Resolve = NonNullable<Delivery['resolve']>;

/** A name server that knows one answer. */
function to(addresses: string[]): Resolve {
  const answer = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return ((_host: string, _options: object, callback: (error: null, found: object[]) => void) =>
    callback(null, answer)) as Resolve;
}

function deliver(change: Partial<Delivery> = {}): Promise<{ status: number }> {
  return deliverReport({
    url: `${receiver.url}/reports`,
    secret,
    messageId: 'msg_1',
    body,
    now: Date.now(),
    timeoutMs: 5_000,
    allowedHosts: ['127.0.0.1', 'localhost'],
    ...change,
  });
}

async function failure(change: Partial<Delivery> = {}): Promise<DeliveryError> {
  const error: unknown = await deliver(change).catch((caught: unknown) => caught);
  if (error instanceof DeliveryError) return error;
  throw new Error('expected a DeliveryError');
}

function allOf(error: Error): string {
  return `${error.stack} ${JSON.stringify(error)} ${error.cause instanceof Error ? error.cause.stack : ''}`;
}

async function serve(listener: Parameters<typeof listen>[0]): Promise<LocalServer> {
  const server = await listen(listener);
  closing.push(server);
  return server;
}

async function recorder(): Promise<{
  server: LocalServer;
  requests: { headers: Record<string, string>; text: string }[];
}> {
  const requests: { headers: Record<string, string>; text: string }[] = [];
  const record = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await bodyOf(request);
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    requests.push({ headers: Object.fromEntries(headers), text });
    response.end();
  };
  const server = await serve((request, response) => void record(request, response));
  return { server, requests };
}

/** Accepts a connection, reads a little and closes it. */
async function rawServer(): Promise<string> {
  const server: Server = createServer((socket) => socket.once('data', () => socket.destroy()));
  closing.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
}
