/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests; either outcome may be right */

import { describe, expect, it } from 'vitest';
import { errorIn } from '../../lib/ncloud/errors.ts';
import { Limiter } from '../../lib/ncloud/limiter.ts';
import { readReply } from '../../lib/ncloud/reply.ts';
import { MOST_TRIES } from '../../lib/ncloud/retry.ts';
import { signature } from '../../lib/ncloud/sign.ts';
import { CONNECTIONS, DEFAULT_LIMITS } from '../../lib/ncloud/transport-limits.ts';
import { DOCUMENTED_BODY, DOCUMENTED_REPLY } from './documented-reply.ts';
import {
  type Answering,
  clientOf,
  cut,
  cutInTheMiddle,
  dripping,
  endpoint,
  failureOf,
  gatewayError,
  KEYS,
  ncp,
  READ,
  READ_DONE,
  RESOURCES,
  responseError,
  says,
  silent,
  stalled,
  success,
  toldClock,
  WRITE,
  WRITE_DONE,
} from './endpoint.ts';

const QUICK = { ...DEFAULT_LIMITS, connectMs: 300, headersMs: 300, bodyMs: 300 };
const TERMINATE = {
  prefix: '/server/v2',
  action: 'terminateServerInstances',
  parameters: { serverInstanceNoList: ['1088217'] },
  effect: 'write',
} as const;

const THROTTLED = says(429, gatewayError('410'));
const UNAVAILABLE = says(503, gatewayError('500'));
const GARBAGE = says(200, '%$#@! not a reply');
const HTML = says(502, '<html><body><h1>502 Bad Gateway</h1></body></html>');

describe('a call', () => {
  it("asks for terminateServerInstances as NCP's page shows it, and reads the reply that it shows", async () => {
    const server = await endpoint(says(200, DOCUMENTED_REPLY));
    expect(await clientOf(server.url).call(TERMINATE)).toEqual(DOCUMENTED_BODY);
    expect(server.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'GET /server/v2/terminateServerInstances?serverInstanceNoList.1=1088217',
    ]);
  });

  it('is signed over what stands on its request line', async () => {
    const server = await endpoint(says(200, success('getServerInstanceList')));
    const clock = toldClock(1_700_000_000_000);
    const parameters = { serverName: 'a b+c 개발&=' };
    await clientOf(server.url, { clock }).call({ ...READ, action: 'getServerInstanceList', parameters });
    const [request] = server.requests;
    expect(request?.headers).toMatchObject({
      'x-ncp-apigw-timestamp': '1700000000000',
      'x-ncp-iam-access-key': KEYS.accessKey,
      'x-ncp-apigw-signature-v2': signature('GET', request?.target ?? '', '1700000000000', KEYS),
    });
  });

  it('says who calls: name, version and nothing of the machine', async () => {
    const server = await endpoint(READ_DONE, says(200, '{"hasMore":false,"items":[]}'));
    await clientOf(server.url).call(READ);
    await clientOf(server.url).post(RESOURCES);
    expect(server.requests).toHaveLength(2);
    for (const { headers } of server.requests) {
      expect(headers['user-agent']).toMatch(/^banap\/\d+\.\d+\.\d+( \(\+https:\/\/[^ ]+\))?$/);
    }
  });

  it('without parameters has no question mark', async () => {
    const server = await endpoint(READ_DONE);
    await clientOf(server.url).call(READ);
    expect(server.requests[0]?.target).toBe('/vserver/v2/getRegionList');
  });

  it.each([
    ['xml', '/vserver/v2/getRegionList', 'application/xml'],
    ['json', '/vserver/v2/getRegionList?responseFormatType=json', 'application/json'],
  ] as const)('asks for %s', async (format, target, accept) => {
    const server = await endpoint(READ_DONE);
    await clientOf(server.url, { format }).call(READ);
    expect(server.requests[0]).toMatchObject({ target, headers: { accept } });
  });

  it('never sends the secret key', async () => {
    const server = await endpoint(READ_DONE);
    await clientOf(server.url).call(READ);
    expect(JSON.stringify(server.requests)).not.toContain(KEYS.secretKey);
  });

  it('reads a reply by what it is, whatever its content type says', async () => {
    const json = '{"getRegionListResponse": {"returnCode": "0", "regionList": []}}';
    const server = await endpoint(says(200, json, { 'content-type': 'text/plain;charset=UTF-8' }));
    expect(await clientOf(server.url).call(READ)).toEqual({ returnCode: '0', regionList: [] });
  });

  it('keeps its connections for the calls that follow', async () => {
    const server = await endpoint(READ_DONE);
    const client = clientOf(server.url);
    for (let n = 0; n < 10; n += 1) await client.call(READ);
    expect(server.requests).toHaveLength(10);
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  it('uses at most four connections for many calls at once', async () => {
    const server = await endpoint(READ_DONE);
    const client = clientOf(server.url);
    await Promise.all(Array.from({ length: 40 }, () => client.call(READ)));
    expect(server.requests).toHaveLength(40);
    expect(server.connections()).toBeLessThanOrEqual(CONNECTIONS);
  });
});

describe('a read', () => {
  it.each<[string, Answering]>([
    ['503/500', UNAVAILABLE],
    ['504/510', says(504, gatewayError('510'))],
    ['500/900', says(500, gatewayError('900'))],
    ['a page', HTML],
    ['a cut connection', cut],
    ['a cut reply', cutInTheMiddle],
    ['garbage', GARBAGE],
    ['an empty reply', says(200, '')],
    ['half a reply', says(200, success('getRegionList').slice(0, 40))],
    ['the code 1000', says(500, responseError('1000'))],
  ])('is sent again after %s', async (_what, failing) => {
    const server = await endpoint(failing, READ_DONE);
    const clock = toldClock();
    expect(await clientOf(server.url, { clock }).call(READ)).toMatchObject({ returnCode: '0' });
    expect(server.requests).toHaveLength(2);
    expect(clock.slept.filter((ms) => ms > 100)).toEqual([750]);
  });

  it.each<[string, Answering]>([
    ['429/410', THROTTLED],
    ['429/420', says(429, gatewayError('420'))],
    ['a 429 that says nothing', says(429, '')],
  ])('is sent again in its next turn after %s, and later after a second one', async (_what, failing) => {
    const server = await endpoint(failing, failing, READ_DONE);
    const clock = toldClock();
    expect(await clientOf(server.url, { clock }).call(READ)).toMatchObject({ returnCode: '0' });
    expect(server.requests).toHaveLength(3);
    expect(clock.slept.filter((ms) => ms > 100)).toEqual([1_500]);
  });

  it.each<[string, Answering, string]>([
    ['429/400, a quota', says(429, gatewayError('400')), 'quota'],
    ['401/210', says(401, gatewayError('210')), 'permission'],
    ['403/230', says(403, gatewayError('230')), 'permission'],
    ['404/300', says(404, gatewayError('300')), 'rejected'],
    ['400/100', says(400, gatewayError('100')), 'rejected'],
    ['413/430', says(413, gatewayError('430')), 'rejected'],
    ['a code of NCP', says(400, responseError('24109')), 'refused'],
  ])('is not sent again after %s', async (_what, failing, kind) => {
    const server = await endpoint(failing);
    expect((await failureOf(clientOf(server.url).call(READ))).kind).toBe(kind);
    expect(server.requests).toHaveLength(1);
  });

  it('is given up after five tries, with delays that grow', async () => {
    const server = await endpoint(UNAVAILABLE);
    const clock = toldClock();
    const error = await failureOf(clientOf(server.url, { clock }).call(READ));
    expect(error.kind).toBe('unavailable');
    expect(server.requests).toHaveLength(MOST_TRIES);
    expect(clock.slept.filter((ms) => ms > 1)).toEqual([750, 1_500, 3_000, 6_000]);
  });

  it.each([
    [0, [500, 1_000, 2_000, 4_000]],
    [0.999_999, [1_000, 2_000, 4_000, 8_000]],
  ])('is delayed by chance between half and all: %d', async (chance, expected) => {
    const server = await endpoint(UNAVAILABLE);
    const clock = toldClock();
    await failureOf(clientOf(server.url, { clock, chance: () => chance }).call(READ));
    expect(clock.slept.filter((ms) => ms > 1).map(Math.round)).toEqual(expected);
  });

  it('waits as long as Retry-After says in seconds', async () => {
    const server = await endpoint(says(429, gatewayError('410'), { 'retry-after': '7' }), READ_DONE);
    const clock = toldClock();
    await clientOf(server.url, { clock }).call(READ);
    expect(clock.slept.filter((ms) => ms > 100)).toEqual([7_000]);
  });

  it('waits until the date that Retry-After names', async () => {
    const now = Date.parse('2026-03-01T00:00:00Z');
    const date = 'Sun, 01 Mar 2026 00:00:09 GMT';
    const server = await endpoint(says(503, gatewayError('500'), { 'retry-after': date }), READ_DONE);
    const clock = toldClock(now);
    await clientOf(server.url, { clock }).call(READ);
    expect(clock.slept.filter((ms) => ms > 1)).toEqual([9_000]);
  });

  it('ignores a Retry-After that is neither', async () => {
    const server = await endpoint(says(503, gatewayError('500'), { 'retry-after': 'soon' }), READ_DONE);
    const clock = toldClock();
    await clientOf(server.url, { clock }).call(READ);
    expect(clock.slept.filter((ms) => ms > 100)).toEqual([750]);
  });

  it('is given up when Retry-After asks for longer than half a minute', async () => {
    const server = await endpoint(says(429, gatewayError('410'), { 'retry-after': '31' }));
    const clock = toldClock();
    expect(await failureOf(clientOf(server.url, { clock }).call(READ))).toMatchObject({ retryAfterMs: 31_000 });
    expect(server.requests).toHaveLength(1);
    expect(clock.slept.filter((ms) => ms > 1)).toEqual([]);
  });
});

describe('a write', () => {
  it.each<[string, Answering, string, string]>([
    ['429/410', THROTTLED, 'throttled', 'later'],
    ['429/420', says(429, gatewayError('420')), 'throttled', 'later'],
    ['429 with Retry-After', says(429, gatewayError('410'), { 'retry-after': '1' }), 'throttled', 'later'],
    ['a 429 that says nothing', says(429, '<html></html>'), 'throttled', 'later'],
    ['503/500', UNAVAILABLE, 'unavailable', 'unknown'],
    ['504/510', says(504, gatewayError('510')), 'unavailable', 'unknown'],
    ['500/900', says(500, gatewayError('900')), 'unavailable', 'unknown'],
    ['503 with Retry-After', says(503, gatewayError('500'), { 'retry-after': '1' }), 'unavailable', 'unknown'],
    ['a page that is not well-formed', says(502, '<html><br><p>502'), 'unavailable', 'unknown'],
    ['a page that is well-formed', HTML, 'unavailable', 'unknown'],
    ['a cut connection', cut, 'cut', 'unknown'],
    ['a cut reply', cutInTheMiddle, 'cut', 'unknown'],
    ['no answer in time', silent, 'cut', 'unknown'],
    ['an answer that stops', stalled, 'cut', 'unknown'],
    ['garbage', GARBAGE, 'unreadable', 'unknown'],
    ['an empty reply', says(200, ''), 'unreadable', 'unknown'],
    ['a reply of another action', READ_DONE, 'unreadable', 'unknown'],
    ['a redirect', says(307, '', { location: '/elsewhere' }), 'unreadable', 'unknown'],
    ['the code 1000', says(500, responseError('1000')), 'refused', 'unknown'],
    ['the code 25015', says(400, responseError('25015')), 'refused', 'wait'],
    ['a quota', says(429, gatewayError('400')), 'quota', 'later'],
  ])('is sent exactly once when it meets %s', async (_what, failing, kind, remedy) => {
    const server = await endpoint(failing, WRITE_DONE);
    const error = await failureOf(clientOf(server.url, { limits: QUICK }).call(WRITE));
    expect(error).toMatchObject({ kind, remedy });
    expect(server.requests).toHaveLength(1);
  });

  it('is sent exactly once when a connection that was kept breaks under it', async () => {
    const server = await endpoint(READ_DONE, READ_DONE, READ_DONE, READ_DONE, cut, WRITE_DONE);
    const client = clientOf(server.url);
    for (let n = 0; n < 4; n += 1) await client.call(READ);
    const kept = server.connections();
    expect(await failureOf(client.call(WRITE))).toMatchObject({ kind: 'cut' });
    expect(server.requests).toHaveLength(5);
    expect(server.connections()).toBe(kept);
  });

  it.each(['cut-before', 'cut-after', 'garbage', 'truncate', 'empty', 'html', '503/500'])(
    'is asked of the simulator exactly once under %s',
    async (fault) => {
      const fleet = { servers: [{ serverInstanceNo: '1001', serverName: 'a' }] };
      const simulator = await ncp({ fleet, faults: `stopServerInstances:${fault}:1` });
      const parameters = { regionCode: 'KR', serverInstanceNoList: ['1001'] };
      const client = clientOf(simulator.url);
      const error = await failureOf(client.call({ ...WRITE, prefix: '/vserver/v2', parameters }));
      expect(error.remedy).toBe('unknown');
      expect(simulator.journal().filter((entry) => entry.kind === 'call')).toHaveLength(1);
      expect(client.takeCalls()).toEqual({ stopServerInstances: 1 });
    },
  );
});

describe('what stops a write before it is sent', () => {
  const off = { kind: 'unsent', remedy: 'later' };

  it('is asked when its turn has come, and not before', async () => {
    const server = await endpoint(WRITE_DONE);
    const clock = toldClock(Date.parse('2026-03-01T00:00:00Z'));
    const client = clientOf(server.url, { clock, callsPerSecond: 0.01 });
    await client.call(WRITE);
    const until = clock.now() + 500;
    expect(await failureOf(client.call({ ...WRITE, mayGoOn: () => clock.now() < until }))).toMatchObject(off);
    expect(server.requests).toHaveLength(1);
  });

  it.each(['the client', 'the call'])('is the signal of %s', async (whose) => {
    const server = await endpoint(WRITE_DONE);
    const signal = AbortSignal.abort();
    const client = clientOf(server.url, whose === 'the client' ? { signal } : {});
    expect(await failureOf(client.call(whose === 'the call' ? { ...WRITE, signal } : WRITE))).toMatchObject(off);
    expect(server.requests).toEqual([]);
    expect(client.takeCalls()).toEqual({});
  });

  it('is a signal that comes while it waits for its turn', async () => {
    const server = await endpoint(WRITE_DONE);
    const ending = new AbortController();
    const clock = { now: () => 0, sleep: () => (ending.abort(), Promise.reject(new Error('ended'))) };
    const client = clientOf(server.url, { clock, callsPerSecond: 1 });
    await client.call(WRITE);
    expect(await failureOf(client.call({ ...WRITE, signal: ending.signal }))).toMatchObject(off);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a call in flight', () => {
  it.each([
    ['the client', READ],
    ['the client', WRITE],
    ['the call', READ],
    ['the call', WRITE],
  ] as const)('is ended by the signal of %s, and what became of it is unknown', async (whose, call) => {
    const ending = new AbortController();
    const server = await endpoint(() => ending.abort());
    const { signal } = ending;
    const client = clientOf(server.url, whose === 'the client' ? { signal } : {});
    const error = await failureOf(client.call(whose === 'the call' ? { ...call, signal } : call));
    expect(error).toMatchObject({ kind: 'cut', remedy: 'unknown' });
    expect(error.message).toBe(`${call.action} was cut off: ${server.url} was interrupted`);
    expect(server.requests).toHaveLength(1);
  });

  it('is ended in the middle of its answer too', async () => {
    const ending = new AbortController();
    const server = await endpoint((response) => {
      response.writeHead(200);
      response.write('<', () => ending.abort());
    });
    const error = await failureOf(clientOf(server.url, { signal: ending.signal }).call(WRITE));
    expect(error).toMatchObject({ kind: 'cut', remedy: 'unknown' });
  });
});

describe('limits', () => {
  it.each([
    ['headers that never come', silent],
    ['an answer that comes drop by drop', dripping],
  ])('on the time of a whole call, met by %s', async (_what, answer) => {
    const server = await endpoint(answer);
    const limits = { ...DEFAULT_LIMITS, totalMs: 200 };
    const error = await failureOf(clientOf(server.url, { limits }).call(WRITE));
    expect(error).toMatchObject({ kind: 'cut', remedy: 'unknown' });
    expect(error.message).toBe(`stopServerInstances was cut off: ${server.url} took longer than 0.2 s in all`);
  });

  it('on the time until an answer begins', async () => {
    const server = await endpoint(silent);
    const error = await failureOf(clientOf(server.url, { limits: QUICK }).call(WRITE));
    expect(error.message).toBe(`stopServerInstances was cut off: ${server.url} did not answer in time`);
  });

  it('on the time within an answer', async () => {
    const server = await endpoint(stalled);
    const error = await failureOf(clientOf(server.url, { limits: QUICK }).call(WRITE));
    expect(error.message).toBe(`stopServerInstances was cut off: ${server.url} stopped in the middle of its answer`);
  });

  it.each([
    ['announced', says(200, 'x'.repeat(2_000))],
    [
      'not announced',
      (response) => {
        response.write('x'.repeat(1_000));
        response.end('x'.repeat(1_000));
      },
    ],
  ] satisfies [string, Answering][])('on the size of a reply, %s', async (_how, answer) => {
    const server = await endpoint(answer);
    const error = await failureOf(clientOf(server.url, { limits: { ...QUICK, replyBytes: 1_500 } }).call(WRITE));
    expect(error).toMatchObject({ kind: 'unreadable', remedy: 'unknown' });
    expect(error.message).toContain('larger than the limit');
  });

  it('let a reply through that is as large as allowed', async () => {
    const body = success('stopServerInstances');
    const server = await endpoint(says(200, body));
    await clientOf(server.url, { limits: { ...QUICK, replyBytes: body.length } }).call(WRITE);
    expect(server.requests).toHaveLength(1);
  });
});

describe('an endpoint that is not there', () => {
  it('is named, and nothing was done', async () => {
    const server = await endpoint(READ_DONE);
    const { port } = new URL(server.url);
    const gone = await import('node:net').then(({ createServer }) => {
      const probe = createServer();
      return new Promise<string>((resolve) => {
        probe.listen(0, '127.0.0.1', () => {
          const address = probe.address();
          const free = typeof address === 'object' && address !== null ? address.port : 0;
          probe.close(() => resolve(`http://127.0.0.1:${free}`));
        });
      });
    });
    expect(gone).not.toContain(`:${port}/`);
    const error = await failureOf(clientOf(gone).call(WRITE));
    expect(error).toMatchObject({
      kind: 'unreachable',
      remedy: 'later',
      status: 0,
      message: `stopServerInstances could not be sent: ${gone} refused the connection`,
    });
  });

  it('is asked five times for a read', async () => {
    const client = clientOf('http://127.0.0.1:1');
    expect(await failureOf(client.call(READ))).toMatchObject({ kind: 'unreachable' });
    expect(client.takeCalls()).toEqual({ getRegionList: MOST_TRIES });
  });

  it('because its name has no address is named, and nothing was done', async () => {
    const error = await failureOf(clientOf('http://no-such-host.invalid').call(WRITE));
    expect(error).toMatchObject({ kind: 'unreachable', remedy: 'later' });
    expect(error.message).toContain('http://no-such-host.invalid has no address');
  });
});

describe('a redirect', () => {
  it('is not followed', async () => {
    const elsewhere = await endpoint(WRITE_DONE);
    const server = await endpoint(says(302, '', { location: `${elsewhere.url}/server/v2/stopServerInstances` }));
    await failureOf(clientOf(server.url).call(WRITE));
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('keys', () => {
  const AUTH = says(401, gatewayError('200', 'Invalid authentication information.'));
  const rotated = { accessKey: 'AKIDROTATED', secretKey: 'SECRETROTATED' };

  function source(fresh: typeof KEYS): {
    current(): Promise<typeof KEYS>;
    fresh(): Promise<typeof KEYS>;
    reads: string[];
  } {
    const reads: string[] = [];
    return {
      reads,
      current: () => {
        reads.push('current');
        return Promise.resolve(KEYS);
      },
      fresh: () => {
        reads.push('fresh');
        return Promise.resolve(fresh);
      },
    };
  }

  it('that changed at their source are used for the same read, once', async () => {
    const server = await endpoint(AUTH, READ_DONE);
    const keys = source(rotated);
    await clientOf(server.url, { keys }).call(READ);
    expect(keys.reads).toEqual(['current', 'fresh']);
    expect(server.requests.map(({ headers }) => headers['x-ncp-iam-access-key'])).toEqual([
      'AKIDEXAMPLE',
      'AKIDROTATED',
    ]);
    expect(new Set(server.requests.map(({ target }) => target)).size).toBe(1);
  });

  it('that changed are not used to send a write again: it goes back to be decided anew', async () => {
    const server = await endpoint(AUTH, WRITE_DONE);
    const keys = source(rotated);
    const error = await failureOf(clientOf(server.url, { keys }).call(WRITE));
    expect(error).toMatchObject({ kind: 'rotated', remedy: 'later', fatal: false, status: 401, returnCode: '200' });
    expect(keys.reads).toEqual(['current', 'fresh']);
    expect(server.requests).toHaveLength(1);
  });

  it('that did not change are not tried again', async () => {
    const server = await endpoint(AUTH);
    const keys = source({ ...KEYS });
    expect(await failureOf(clientOf(server.url, { keys }).call(READ))).toMatchObject({
      kind: 'authentication',
      fatal: true,
    });
    expect(keys.reads).toEqual(['current', 'fresh']);
    expect(server.requests).toHaveLength(1);
  });

  it('of which only the secret changed have changed', async () => {
    const server = await endpoint(AUTH, READ_DONE);
    await clientOf(server.url, { keys: source({ ...KEYS, secretKey: 'SECRETROTATED' }) }).call(READ);
    expect(server.requests).toHaveLength(2);
  });

  it('that changed and are wrong again are not tried a third time', async () => {
    const server = await endpoint(AUTH);
    const error = await failureOf(clientOf(server.url, { keys: source(rotated) }).call(READ));
    expect(error.kind).toBe('authentication');
    expect(server.requests).toHaveLength(2);
  });

  it('that are not permitted to do it are not read again', async () => {
    const server = await endpoint(says(401, gatewayError('210')));
    const keys = source(rotated);
    expect(await failureOf(clientOf(server.url, { keys }).call(READ))).toMatchObject({ kind: 'permission' });
    expect(keys.reads).toEqual(['current']);
  });

  it('that cannot be loaded mean that nothing was sent', async () => {
    const server = await endpoint(WRITE_DONE);
    const broken = (): Promise<never> => Promise.reject(new Error('the secret is not there'));
    const error = await failureOf(clientOf(server.url, { keys: { current: broken, fresh: broken } }).call(WRITE));
    expect(error).toMatchObject({ kind: 'keyless', remedy: 'later' });
    expect(error.message).toBe(
      'stopServerInstances was not sent, the keys could not be loaded: the secret is not there',
    );
    expect(server.requests).toEqual([]);
  });

  it('that are wrong are named as such, and never shown', async () => {
    const simulator = await ncp({ secretKey: 'ANOTHERSECRET' });
    const error = await failureOf(clientOf(simulator.url).call(READ));
    expect(error.message).toMatch(
      /^getRegionList was not authenticated: HTTP 401, code 200: .*check the access key and the secret key/,
    );
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(KEYS.secretKey);
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(KEYS.accessKey);
  });
});

describe('a clock that is off', () => {
  it.each([
    [10, "the clock here is 10 minutes behind NCP's; at most 5 are accepted"],
    [-10, "the clock here is 10 minutes ahead of NCP's; at most 5 are accepted"],
  ])('by %i minutes is named with how far', async (minutes, sentence) => {
    const simulator = await ncp({ gatewayNow: () => Date.now() + minutes * 60_000 });
    const error = await failureOf(clientOf(simulator.url).call(READ));
    expect(error).toMatchObject({ kind: 'authentication', fatal: true });
    expect(error.message).toContain(sentence);
    expect(error.message).not.toContain('check the access key');
  });

  it('is named too when the answer is not a reply', async () => {
    const server = await endpoint(says(401, 'no', { date: new Date(Date.now() + 600_000).toUTCString() }));
    expect((await failureOf(clientOf(server.url).call(READ))).message).toContain('10 minutes behind');
  });

  it('by less than what NCP refuses is not named as the cause', async () => {
    const server = await endpoint(
      says(401, gatewayError('200'), { date: new Date(Date.now() + 120_000).toUTCString() }),
    );
    expect((await failureOf(clientOf(server.url).call(READ))).message).toContain(
      'check the access key and the secret key',
    );
  });
});

describe('pacing', () => {
  it.each([1, 5, 40])('sends %i calls a second and no more, retries included', async (callsPerSecond) => {
    const server = await endpoint(UNAVAILABLE, READ_DONE);
    const clock = toldClock();
    const client = clientOf(server.url, { clock, callsPerSecond });
    const startedAt = clock.now();
    for (let n = 0; n < callsPerSecond * 32; n += 1) await client.call(READ);
    expect(server.requests).toHaveLength(callsPerSecond * 32 + 1);
    expect((clock.now() - startedAt) / 1000).toBeGreaterThan(30);
    expect((clock.now() - startedAt) / 1000).toBeLessThan(34);
  });

  it('is one for all clients that share a limiter', async () => {
    const server = await endpoint(READ_DONE);
    const clock = toldClock();
    const limiter = new Limiter({ clock, chance: () => 0.5, callsPerSecond: 1 });
    const clients = [clientOf(server.url, { clock, limiter }), clientOf(server.url, { clock, limiter })];
    const startedAt = clock.now();
    await Promise.all(clients.flatMap((client) => Array.from({ length: 20 }, () => client.call(READ))));
    expect((clock.now() - startedAt) / 1000).toBeGreaterThan(38);
  });
});

describe('takeCalls', () => {
  it('counts every call by action, retries included, and starts again', async () => {
    const server = await endpoint(UNAVAILABLE, THROTTLED, READ_DONE, WRITE_DONE);
    const client = clientOf(server.url);
    await client.call(READ);
    await client.call(WRITE);
    expect(client.takeCalls()).toEqual({ getRegionList: 3, stopServerInstances: 1 });
    expect(client.takeCalls()).toEqual({});
  });
});

describe('no failure shows keys or a body', () => {
  const body = `leak-${'y'.repeat(2_000)}`;

  it.each<[string, Answering]>([
    ['text', says(200, body)],
    ['XML', says(200, `<a><b>${body}</a>`)],
    ['JSON', says(200, `{"a": "${body}"`)],
    ['a page', says(502, `<html><body>${body}</body></html>`)],
  ])('that came as %s', async (_what, answer) => {
    const server = await endpoint(answer);
    const error = await failureOf(clientOf(server.url).call(WRITE));
    const shown = [error.message, String(error), JSON.stringify(error), error.returnMessage].join(' ');
    for (const secret of ['leak-', KEYS.secretKey, KEYS.accessKey]) expect(shown).not.toContain(secret);
  });
});

describe('a failed call', () => {
  const IDS = { 'x-ncp-apigw-request-id': '7f0c1a2e-11', 'x-ncp-trace-id': '3aw4q1' };
  const NAMED = { requestId: '7f0c1a2e-11', traceId: '3aw4q1' };

  it.each([
    ['refused by the service', says(400, responseError('25015'), IDS)],
    ['refused by the gateway', says(429, gatewayError('410'), IDS)],
    ['not authenticated', says(401, gatewayError('200'), IDS)],
    ['answered with a page', says(502, '<html><body></body></html>', IDS)],
    ['answered for another action', says(200, success('getZoneList'), IDS)],
    ['answered without a return code', says(200, '<stopServerInstancesResponse/>', IDS)],
  ])("has the ids under which NCP's support finds it: %s", async (_what, answer) => {
    const server = await endpoint(answer);
    const error = await failureOf(clientOf(server.url).call(WRITE));
    expect(error.ids).toEqual(NAMED);
    expect(error.failure.ids).toEqual(NAMED);
    expect(error.message).toMatch(/ \(NCP's request id 7f0c1a2e-11, trace id 3aw4q1\)$/);
    // The sentence of a failure names them by itself.
    expect(JSON.stringify({ ...error.failure, ids: undefined })).not.toContain('7f0c1a2e-11');
  });

  it('of Resource Manager has them too', async () => {
    const server = await endpoint(says(400, '{"success":false,"error":{"errorCode":"1","message":"m"}}', IDS));
    expect((await failureOf(clientOf(server.url).post(RESOURCES))).ids).toEqual(NAMED);
  });

  it.each([
    ['none', {}, undefined],
    ['one', { 'x-ncp-trace-id': 'abc' }, { requestId: '', traceId: 'abc' }],
    ['a long one', { 'x-ncp-trace-id': 'a'.repeat(500) }, { requestId: '', traceId: 'a'.repeat(72) }],
    ['a wild one', { 'x-ncp-trace-id': '<b>a</b>"; rm -rf' }, { requestId: '', traceId: 'babrm-rf' }],
    ['nothing but signs', { 'x-ncp-trace-id': '<>' }, undefined],
  ])('with %s is bounded and holds what an id may hold', async (_what, headers, ids) => {
    const server = await endpoint(says(400, responseError('25015'), headers));
    expect((await failureOf(clientOf(server.url).call(WRITE))).ids).toEqual(ids);
  });
});

describe('what the simulator answers', () => {
  it('is the same in both formats, errors too', async () => {
    const simulator = await ncp({ faults: 'stopServerInstances:25015:100%' });
    const [xml, json] = [clientOf(simulator.url), clientOf(simulator.url, { format: 'json' })];
    const inXml = await failureOf(xml.call({ ...WRITE, prefix: '/vserver/v2' }));
    const inJson = await failureOf(json.call({ ...WRITE, prefix: '/vserver/v2' }));
    const { kind, status, returnCode, returnMessage } = inXml;
    expect(inJson).toMatchObject({ kind, status, returnCode, returnMessage });
    expect(inJson.failure).toMatchObject({
      returnCode: '25015',
      ids: { traceId: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    expect(inXml.message).toContain(`trace id ${inXml.ids?.traceId}`);
  });
});

describe('a documented error', () => {
  it('is read as one whatever the HTTP status', () => {
    expect(errorIn(readReply(responseError('10713')), 'terminateServerInstances', { status: 200 })?.remedy).toBe(
      'gone',
    );
  });
});
