import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { httpEvent } from '../../lib/dev/http-event.ts';
import { compiledPoliciesIn } from '../../lib/policies/load.ts';
import { requestFor } from '../../lib/policies/resolve.ts';
import { orderFrom } from '../../lib/triggers/order.ts';
import { acceptedSchema, cancelledSchema, runSchema } from '../../lib/webhook/bodies.ts';
import { reasonData } from '../../lib/wording/reason-data.ts';
import { durableHandler } from '../aws/durable-handler.ts';
import {
  askOf,
  type Bench,
  type Call,
  call,
  cardOf,
  KEYS,
  nothingLeaks,
  PRIVATE,
  startBench,
} from '../webhook/bench.ts';
import { signedHeaders } from '../webhook/signed.ts';

/** As the durable function does: read the order, and nothing else. */
const terminate = durableHandler((engine, event) =>
  engine.step('order', () => Promise.resolve(orderFrom(event, 'none'))),
);

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
});

beforeEach(() => bench.reset(terminate));

afterEach(() => nothingLeaks(bench));

afterAll(() => bench.close());

function ask(more: Call = {}) {
  return call(bench, '/terminations', { body: askOf(), ...more });
}

function lines(): Record<string, unknown>[] {
  return bench.log.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('POST /terminations', () => {
  it.each([false, true])('is accepted and starts the run that it asks for (base64: %s)', async (isBase64Encoded) => {
    bench.gateway.isBase64Encoded = isBase64Encoded;
    const { status, json, headers } = await ask({ id: 'msg_a' });
    expect(status).toBe(202);
    const { id, statusUrl } = acceptedSchema.parse(json);
    expect(id).toMatch(/^webhook-ci-[0-9a-f]{24}$/);
    expect(statusUrl).toBe(`https://abc.execute-api.ap-northeast-2.amazonaws.com/terminations/${id}`);
    expect(headers.get('cache-control')).toBe('no-store');
    await bench.lambda.settled();
    expect(bench.lambda.executions()).toMatchObject([{ name: id, ended: { status: 'SUCCEEDED' } }]);
    expect(bench.lambda.executions()[0]?.ended?.result).toMatchObject({
      requestId: id,
      trigger: 'webhook',
      ask: {
        kind: 'policy',
        ask: { policy: 'nightly-dev', servers: ['1001'], requestedBy: 'webhook:ci', askedBy: 'webhook:ci' },
      },
    });
    expect(lines()).toEqual([{ message: 'accepted', requestId: id, caller: 'ci', policy: 'nightly-dev' }]);
  });

  it('with mode: terminate under a policy that only plans is a run that only plans', async () => {
    const policies = compiledPoliciesIn(process.env['BANAP_POLICIES'] ?? '');
    await bench.reset(
      durableHandler((engine, event) =>
        engine.step('request', () => Promise.resolve(requestFor(orderFrom(event, 'none'), policies))),
      ),
    );
    expect((await ask({ body: askOf({ mode: 'terminate' }) })).status).toBe(202);
    await bench.lambda.settled();
    expect(bench.lambda.executions()[0]?.ended?.result).toMatchObject({
      trigger: 'webhook',
      policy: 'nightly-dev',
      mode: 'plan',
      notes: [{ code: 'only-plans', policy: 'nightly-dev' }],
    });
  });

  it('says on whose behalf, after the caller, whoever that claims to be', async () => {
    await ask({ body: askOf({ requestedBy: 'webhook:portal' }) });
    const [{ payload } = { payload: '{}' }] = bench.lambda.executions();
    expect(JSON.parse(payload)).toMatchObject({
      askedBy: 'webhook:ci',
      requestedBy: 'webhook:ci for webhook:portal',
    });
  });

  it.each(['slack:U012ABC', 'naver-works:c72af563-0f21-4736-8ca2-dc4f5e9cbe5e'])(
    '%s, for whom a caller asks, is who asked, and so cannot approve it',
    async (person) => {
      await ask({ body: askOf({ requestedBy: person }) });
      await bench.lambda.settled();
      expect(bench.lambda.executions()[0]?.ended?.result).toMatchObject({
        ask: { ask: { requestedBy: `webhook:ci for ${person}`, askedBy: person } },
      });
    },
  );

  it.each(['schedule:nightly', 'mina', '김하나 (개발팀)'])(
    '%j is no id of a person: the caller asked',
    async (requestedBy) => {
      await ask({ body: askOf({ requestedBy }) });
      const [{ payload } = { payload: '{}' }] = bench.lambda.executions();
      expect(JSON.parse(payload)).toMatchObject({
        askedBy: 'webhook:ci',
        requestedBy: `webhook:ci for ${requestedBy}`,
      });
    },
  );

  it.each([
    'slack:#ops',
    'slack:u012abc',
    'Slack:U012ABC',
    'slack: U012ABC',
    'mina (slack:U012ABC)',
    'slack:U012ABC ',
    'ѕlack:U012ABC',
    'naver-works:',
    'naver-works:mina@example.com',
  ])('%j, which is nearly the id of a person, is a 400 with an example, and starts nothing', async (requestedBy) => {
    const { status, json } = await ask({ body: askOf({ requestedBy }) });
    expect(status).toBe(400);
    expect(JSON.stringify(json)).toMatch(/requestedBy: looks like the id of a person.*slack:U012ABC/);
    expect(bench.lambda.executions()).toEqual([]);
  });

  it('that names an approver of the policy otherwise than by id is a 400, and starts nothing', async () => {
    const requestedBy = 'Hana (U4HANA7QX)';
    const { status, json } = await ask({ body: askOf({ policy: 'sweep', requestedBy }) });
    expect(status).toBe(400);
    expect(JSON.stringify(json)).toContain('requestedBy: names slack:U4HANA7QX, who may have to approve this');
    expect(bench.lambda.executions()).toEqual([]);
    expect((await ask({ body: askOf({ requestedBy }) })).status).toBe(202);
  });

  it('fits into what AWS and the durable function take, however long everything is', async () => {
    const long = { requestedBy: 'x'.repeat(140), reason: '가'.repeat(500) };
    const { status } = await ask({ id: `m${'!'.repeat(254)}`, body: askOf(long) });
    expect(status).toBe(202);
    await bench.lambda.settled();
    expect(bench.lambda.executions()).toMatchObject([{ ended: { status: 'SUCCEEDED' } }]);
  });

  it('has its status URL where the deployment says', async () => {
    vi.stubEnv('BANAP_PUBLIC_URL', 'https://banap.example.com/');
    await bench.reset(terminate);
    expect((await ask()).json['statusUrl']).toMatch(/^https:\/\/banap\.example\.com\/terminations\/webhook-ci-/);
    vi.stubEnv('BANAP_PUBLIC_URL', '');
  });
});

describe('the same webhook-id', () => {
  it('with the same body has the same answer, and is one run', async () => {
    const first = await ask({ id: 'msg_a' });
    const again = await ask({ id: 'msg_a', late: -10 });
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(bench.lambda.executions()).toHaveLength(1);
  });

  it('several times at once is one run', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask({ id: 'msg_a' })));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(202);
    expect(bench.lambda.executions()).toHaveLength(1);
  });

  it('with another body is a conflict, and starts nothing', async () => {
    await ask({ id: 'msg_a' });
    const { status } = await ask({ id: 'msg_a', body: askOf({ servers: ['1002'] }) });
    expect(status).toBe(409);
    expect(bench.lambda.executions()).toHaveLength(1);
  });

  it('of two callers with different bodies is two runs, and each may send its own again', async () => {
    const bodies = {
      ci: askOf({ policy: 'sweep', servers: ['1001'] }),
      portal: askOf({ policy: 'sweep', servers: ['1002'] }),
    };
    const statuses: number[] = [];
    for (const times of [1, 2]) {
      statuses.push((await ask({ id: 'msg_a', body: bodies.ci, late: times })).status);
      statuses.push((await ask({ id: 'msg_a', body: bodies.portal, key: KEYS.portal, late: times })).status);
    }
    expect(statuses).toEqual([202, 202, 202, 202]);
    expect(new Set(bench.lambda.executions().map(({ name }) => name)).size).toBe(2);
    expect(bench.lambda.executions()).toHaveLength(2);
  });

  it.each([
    [6, 'is a conflict', 409],
    [8, 'is tried, for nobody sends the first one again by then', 503],
  ])('with another body %i days later %s', async (days, _what, status) => {
    const sent = Date.now();
    await ask({ id: 'msg_a' });
    await bench.lambda.settled();
    vi.useFakeTimers({ now: sent + days * 86_400_000, toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    bench.lambda.failNext(9, 403, 'AccessDeniedException'); // an attempted start would fail
    expect((await ask({ id: 'msg_a', body: askOf({ servers: ['1002'] }) })).status).toBe(status);
  });

  it('with the same body to another path is a conflict', async () => {
    const { json } = await ask({ id: 'msg_a' });
    const path = `/terminations/${String(json['id'])}/cancel`;
    expect((await call(bench, path, { id: 'msg_b', body: '{}' })).status).toBe(202);
    const other = await ask({ id: 'msg_c' });
    const elsewhere = `/terminations/${String(other.json['id'])}/cancel`;
    expect((await call(bench, elsewhere, { id: 'msg_b', body: '{}' })).status).toBe(409);
    expect(await bench.store().signals(String(other.json['id']))).toEqual([]);
  });

  it('of two callers is two runs', async () => {
    const body = askOf({ policy: 'sweep' });
    expect((await ask({ id: 'msg_a', body })).status).toBe(202);
    expect((await ask({ id: 'msg_a', body, key: KEYS.portal })).status).toBe(202);
    expect(new Set(bench.lambda.executions().map(({ name }) => name)).size).toBe(2);
  });

  it('may be sent again after a start that failed', async () => {
    bench.lambda.failNext(1, 403, 'AccessDeniedException');
    expect((await ask({ id: 'msg_a' })).status).toBe(503);
    expect((await ask({ id: 'msg_a', body: askOf({ mode: 'plan' }) })).status).toBe(409);
    expect((await ask({ id: 'msg_a' })).status).toBe(202);
    expect(bench.lambda.executions()).toHaveLength(1);
  });
});

it.each([
  [503, 'ServiceException', 503],
  [403, 'AccessDeniedException', 503],
  [429, 'TooManyRequestsException', 429],
])('a start that fails (%i %s) whenever it is sent is never called accepted', async (status, code, answered) => {
  bench.lambda.failNext(100, status, code);
  for (const attempt of ['first', 'again', 'and again']) {
    expect([attempt, (await ask({ id: 'msg_a' })).status]).toEqual([attempt, answered]);
  }
  expect(bench.lambda.executions()).toEqual([]);
  expect(lines().filter(({ message }) => message === 'accepted')).toEqual([]);
});

it('a message that is sent again is accepted although AWS knows its run from an earlier version', async () => {
  const first = await ask({ id: 'msg_a' });
  bench.lambda.failNext(1, 409, 'DurableExecutionAlreadyStartedException');
  expect((await ask({ id: 'msg_a' })).text).toBe(first.text);
  bench.lambda.failNext(1, 409, 'DurableExecutionAlreadyStartedException');
  expect((await ask({ id: 'msg_b' })).status).toBe(409);
});

describe('who may', () => {
  it.each([
    ['a policy of another caller', 'secret', KEYS.ci],
    ['a policy that there is not', 'none', KEYS.ci],
    ['a policy that it may use and that is gone', 'gone', KEYS.ci],
    ['a policy named like what every object has', 'constructor', KEYS.ci],
    ["another caller's policy", 'nightly-dev', KEYS.portal],
  ])('%s is forbidden, always in the same signals', async (_name, policy, key) => {
    const { status, json } = await ask({ body: askOf({ policy }), key });
    expect(status).toBe(403);
    expect(json).toMatchObject({ title: 'Forbidden', detail: 'this caller may not use a policy of that name' });
    expect(bench.lambda.executions()).toEqual([]);
    expect(bench.database.calls('PutItem')).toBe(puts);
  });

  let puts = 0;
  beforeEach(() => {
    puts = bench.database.calls('PutItem');
  });

  it('an older key of the same caller is as good', async () => {
    expect((await ask({ key: KEYS.ciOld })).status).toBe(202);
  });

  const forged: [name: string, call: Call][] = [
    ['by a stranger', { key: KEYS.stranger }],
    ['by the key of links', { key: KEYS.links }],
    ['six minutes ago', { late: 360 }],
    ['for six minutes from now', { late: -360 }],
    ['for another id', { headers: { 'webhook-id': 'msg_other' } }],
    ['in nonsense', { headers: { 'webhook-signature': 'v1,' } }],
    ['under an id with a full stop', { id: 'msg.1' }],
  ];
  it.each(forged)(
    'what is signed %s is nobody, in the same signals, and nothing is written',
    async (_name, forgery) => {
      const { status, json } = await ask(forgery);
      expect(status).toBe(401);
      expect(json).toEqual({
        type: 'about:blank',
        title: 'Unauthorized',
        status: 401,
        detail: 'the request is not signed by a known caller, or not within five minutes of now',
        problems: [],
      });
      expect(lines()).toMatchObject([{ message: 'refused', status: 401, method: 'POST' }]);
      expect(bench.lambda.executions()).toEqual([]);
      expect(bench.database.calls('PutItem')).toBe(puts);
    },
  );

  it('without any signature is nobody', async () => {
    const event = httpEvent({
      method: 'POST',
      url: '/terminations',
      headers: { 'content-type': 'application/json' },
      body: askOf(),
    });
    expect((await bench.invoke(event)).statusCode).toBe(401);
  });

  it('a body that was cut off, or made longer, is nobody', async () => {
    const body = askOf();
    const timestamp = Math.floor(Date.now() / 1000);
    const headers = signedHeaders({ key: KEYS.ci, id: 'msg_a', timestamp, body });
    for (const other of [body.slice(0, -1), `${body} `, ''])
      expect((await ask({ body: other, headers })).status).toBe(401);
    expect((await ask({ body, headers })).status).toBe(202);
  });

  it('whose keys cannot be read is told to try again, and the others go on', async () => {
    bench.secrets.set('banap/test/portal', `{"keys": ["${KEYS.portal}!"]}`);
    expect((await ask()).status).toBe(202);
    const { status, headers } = await ask({ key: KEYS.portal, body: askOf({ policy: 'sweep' }) });
    expect([status, headers.get('retry-after')]).toEqual([503, '30']);
    expect(bench.log.join('\n')).toContain('secret banap/test/portal has a missing or wrong value for keys.0');
    bench.secrets.set('banap/test/portal', JSON.stringify({ keys: [KEYS.portal] }));
  });
});

describe('a body', () => {
  it('with mistakes is a 400 that names all of them', async () => {
    const body = JSON.stringify({ servers: ['x'], mode: 'kill', sudo: true, reason: PRIVATE });
    const { status, json, headers } = await ask({ body });
    expect(status).toBe(400);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(json['problems']).toEqual([
      'policy: expected the name of a policy',
      expect.stringMatching(/^servers\.0: expected a server number/),
      'mode: expected "plan" or "terminate"',
      expect.stringMatching(/^unknown key sudo; expected for example \{"policy"/),
    ]);
    expect(bench.lambda.executions()).toEqual([]);
  });

  it.each([
    ['no JSON', `{"reason": "${PRIVATE}"`],
    ['nothing', ''],
    ['no object', '[]'],
    ['null', 'null'],
    ['text before it', `\uFEFF${askOf()}`],
    ['no server at all', askOf({ servers: [] })],
    ['201 servers', askOf({ servers: Array.from({ length: 201 }, (_, n) => String(1000 + n)) })],
    ['a wish that widens the policy', askOf({ storage: 'delete' })],
    ['a prototype', '{"__proto__": {"policy": "nightly-dev"}}'],
  ])('(%s) is a 400 and starts nothing', async (_name, body) => {
    expect((await ask({ body })).status).toBe(400);
    expect(bench.lambda.executions()).toEqual([]);
  });

  it('with a key twice is a 400 that names it, although both were signed', async () => {
    const { status, json } = await ask({
      body: `{"policy": "sweep", "reason": "${PRIVATE}", "policy": "nightly-dev"}`,
    });
    expect([status, json['problems']]).toEqual([
      400,
      ['the key "policy" occurs more than once in one object; keep one of them'],
    ]);
    expect(bench.lambda.executions()).toEqual([]);
  });

  it('that is compressed, or is said to be, is a 415', async () => {
    expect((await ask({ headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
    expect(bench.lambda.executions()).toEqual([]);
  });

  it('that is not UTF-8 is a 400', async () => {
    bench.gateway.isBase64Encoded = true;
    expect((await ask({ body: Buffer.from([0x7b, 0xff, 0x7d]) })).status).toBe(400);
  });

  it('in invalid base64 is a 400', async () => {
    const event = { ...httpEvent({ method: 'POST', url: '/terminations' }), body: '!', isBase64Encoded: true };
    expect((await bench.invoke(event)).statusCode).toBe(400);
  });

  it('larger than 64 KB is a 413, whoever sends it', async () => {
    const { status } = await ask({ body: 'x'.repeat(64 * 1024 + 1), key: KEYS.stranger });
    expect(status).toBe(413);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=euc-kr'])(
    'of type %s is a 415',
    async (type) => {
      expect((await ask({ headers: { 'content-type': type } })).status).toBe(415);
    },
  );
});

describe('what is elsewhere', () => {
  it.each([
    ['GET', '/', 404],
    ['POST', '/terminations/x/y/z', 404],
    ['DELETE', '/terminations', 405],
    ['PATCH', '/terminations/x', 405],
  ])('%s %s is a %i', async (method, path, status) => {
    expect((await call(bench, path, { method })).status).toBe(status);
  });

  it('OPTIONS says what is taken, without a signature', async () => {
    const { status, headers } = await call(bench, '/terminations', { method: 'OPTIONS', key: KEYS.stranger });
    expect([status, headers.get('allow'), headers.get('access-control-allow-origin')]).toEqual([
      204,
      'POST, OPTIONS',
      null,
    ]);
  });

  it('an event of something else is a 400', async () => {
    expect((await bench.invoke({ Records: [] })).statusCode).toBe(400);
  });
});

describe('AWS', () => {
  it('that takes no more is a 429 with a time to come again', async () => {
    bench.lambda.failNext(4, 429, 'TooManyRequestsException');
    const { status, headers, json } = await ask({ id: 'msg_a' });
    expect([status, headers.get('retry-after')]).toEqual([429, '30']);
    expect(JSON.stringify(json)).not.toContain('terminate:durable');
    expect((await ask({ id: 'msg_a' })).status).toBe(202);
  });

  it.each([
    [403, 'AccessDeniedException'],
    [404, 'ResourceNotFoundException'],
    [503, 'ServiceException'],
  ])('that answers %i %s is a 503, and the log says why', async (status, code) => {
    bench.lambda.failNext(4, status, code);
    expect((await ask()).status).toBe(503);
    expect(lines().at(-1)).toMatchObject({ message: 'refused', status: 503, error: expect.stringContaining(code) });
  });

  it.each([
    ['ResourceNotFoundException', 1],
    ['ProvisionedThroughputExceededException', 3],
    ['cut', 3],
  ])('with a store that fails (%s) is a 503, and nothing is started', async (failure, times) => {
    bench.database.failNext(times, failure);
    const { status, headers } = await ask({ id: 'msg_a' });
    expect([status, headers.get('retry-after')]).toEqual([503, '30']);
    expect(bench.lambda.executions()).toEqual([]);
  });

  it('an incomplete deployment is a 500 that says nothing, and a log that says everything', async () => {
    vi.stubEnv('TERMINATE_FUNCTION', '');
    await bench.reset(terminate);
    const { status, json } = await ask();
    vi.stubEnv('TERMINATE_FUNCTION', 'arn:aws:lambda:ap-northeast-2:111122223333:function:terminate:durable');
    expect([status, json['detail']]).toEqual([500, 'something went wrong here; the log says what']);
    expect(bench.log.at(-1)).toContain('TERMINATE_FUNCTION is not set');
    expect((await ask()).status).toBe(202);
  });
});

describe('a refusal', () => {
  it.each(['PUT', 'DELETE', 'PATCH'])(
    'leaves nothing of the path, which may hold a token, in the log: %s',
    async (method) => {
      const token = 'WyJhIl0.c2lnbmVk-secret-of-mina';
      expect((await call(bench, `/confirm/${token}`, { method })).status).toBe(405);
      expect(lines()).toEqual([
        { message: 'refused', status: 405, detail: expect.any(String), method, gatewayId: expect.any(String) },
      ]);
      expect(bench.log.join('\n')).not.toMatch(/confirm|WyJhIl0|c2lnbmVk/);
    },
  );

  it('tells the caller every problem, and the log none of them: they quote the body', async () => {
    const { status, text } = await ask({ body: askOf({ 'open-sesame': 1 }) });
    expect(status).toBe(400);
    expect(text).toContain('open-sesame');
    expect(lines()).toEqual([
      { message: 'refused', status: 400, detail: expect.any(String), method: 'POST', gatewayId: expect.any(String) },
    ]);
    expect(bench.log.join('\n')).not.toContain('sesame');
  });

  const failures: [what: string, fail: () => void, call: Call, log: RegExp][] = [
    [
      'a function',
      () => bench.lambda.failNext(1, 403, 'AccessDeniedException'),
      {},
      /InvokeFunction on arn:aws:lambda/,
    ],
    ['a table', () => bench.database.failNext(1, 'ResourceNotFoundException'), {}, /table banap-\d+ does not exist/],
    [
      'a secret',
      () => bench.secrets.set('banap/test/portal', '{}'),
      { key: KEYS.portal, body: askOf({ policy: 'sweep' }) },
      /secret banap\/test\/portal has a missing or wrong value/,
    ],
  ];
  it.each(failures)(
    'for %s that cannot be used names it in the log, and not to the caller',
    async (_w, fail, of, why) => {
      onTestFinished(() => bench.secrets.set('banap/test/portal', JSON.stringify({ keys: [KEYS.portal] })));
      fail();
      const { status, text } = await ask(of);
      expect(status).toBe(503);
      expect(text).not.toMatch(/banap|arn:|secret|table|lambda|terminate/i);
      expect(bench.log.join('\n')).toMatch(why);
    },
  );
});

describe('GET /terminations/{id}', () => {
  it('says that a run was accepted, and then how it goes', async () => {
    const id = String((await ask()).json['id']);
    const path = `/terminations/${id}`;
    expect((await call(bench, path, { method: 'GET' })).json).toEqual({ requestId: id, state: 'accepted' });
    const card = cardOf({ requestId: id });
    await bench.store().putView(card);
    const { status, json } = await call(bench, path, { method: 'GET' });
    const told = {
      ...card,
      error: '',
      servers: card.servers.map((one) => ({ ...one, ...reasonData(one.reason, 'Asia/Seoul') })),
    };
    expect([status, json, runSchema.parse(json)]).toEqual([200, told, told]);
    expect(told.servers.map(({ reason }) => reason)).toEqual(['', 'mina holds it until it is released']);
  });

  it("shows a caller the runs of its policies, whoever asked for them, and no others'", async () => {
    const id = '6a7e8feb/nightly-dev';
    await bench.store().putView(cardOf({ requestId: id }));
    const path = `/terminations/${encodeURIComponent(id)}`;
    expect((await call(bench, path, { method: 'GET' })).status).toBe(200);
    const other = await call(bench, path, { method: 'GET', key: KEYS.portal });
    const none = await call(bench, '/terminations/none', { method: 'GET', key: KEYS.portal });
    expect([other.status, other.text]).toEqual([404, none.text]);
  });

  it('tells nobody else that a run was accepted', async () => {
    const id = String((await ask({ body: askOf({ policy: 'sweep' }) })).json['id']);
    expect((await call(bench, `/terminations/${id}`, { method: 'GET', key: KEYS.portal })).status).toBe(404);
  });

  it('a run without a policy belongs to no caller', async () => {
    await bench.store().putView(cardOf({ requestId: 'raw', policy: '' }));
    expect((await call(bench, '/terminations/raw', { method: 'GET' })).status).toBe(404);
  });

  it.each([
    ['by a stranger', { key: KEYS.stranger }],
    ['too late', { late: 301 }],
  ])('signed %s is a 401', async (_name, forgery) => {
    await bench.store().putView(cardOf());
    const path = `/terminations/${cardOf().requestId}`;
    expect((await call(bench, path, { method: 'GET', ...forgery })).status).toBe(401);
  });

  it('HEAD has the answer without its body', async () => {
    await bench.store().putView(cardOf());
    const path = `/terminations/${cardOf().requestId}`;
    await call(bench, path, { method: 'HEAD' });
    expect(bench.answers.at(-1)?.answer).toMatchObject({ statusCode: 200, body: '' });
  });

  it.each(['a b', '%00', '가', 'x'.repeat(201)])('an id that is none (%j) is a 404', async (id) => {
    expect((await call(bench, `/terminations/${encodeURIComponent(id)}`, { method: 'GET' })).status).toBe(404);
  });
});

describe('POST /terminations/{id}/cancel', () => {
  const { requestId } = cardOf();
  const cancel = (more: Call = {}, id = requestId) =>
    call(bench, `/terminations/${id}/cancel`, { body: JSON.stringify({ reason: PRIVATE }), ...more });

  it('is said to the run, once, and answered the same again', async () => {
    await bench.store().putView(cardOf({ state: 'working' }));
    const first = await cancel({ id: 'msg_a' });
    expect(first.status).toBe(202);
    expect(cancelledSchema.parse(first.json)).toMatchObject({ id: requestId, status: 'cancelling' });
    expect((await cancel({ id: 'msg_a' })).text).toBe(first.text);
    expect((await cancel({ id: 'msg_b' })).text).toBe(first.text);
    expect(await bench.store().signals(requestId)).toMatchObject([
      { kind: 'cancel', planHash: '', by: 'webhook:ci', name: 'ci', reason: PRIVATE },
    ]);
  });

  it('wakes a run that sleeps', async () => {
    const { promise: asleep, resolve: isAsleep } = Promise.withResolvers<void>();
    await bench.reset(
      durableHandler(async (engine) => {
        await engine.waitForSignal('sleep', 3_600, async (wakeId) => {
          await bench.store().putWake(requestId, wakeId);
          isAsleep();
        });
        return (await bench.store().signals(requestId)).map(({ kind }) => kind);
      }),
    );
    await bench.store().putView(cardOf());
    await ask();
    await asleep;
    expect((await cancel()).status).toBe(202);
    await bench.lambda.settled();
    expect(bench.lambda.executions()).toMatchObject([{ ended: { status: 'SUCCEEDED', result: ['cancel'] } }]);
  });

  it('may be sent again where the run could not be woken', async () => {
    await bench.store().putView(cardOf());
    await bench.store().putWake(requestId, 'wake-1');
    bench.lambda.failNext(1, 403, 'AccessDeniedException');
    expect((await cancel({ id: 'msg_a' })).status).toBe(503);
    expect((await cancel({ id: 'msg_a' })).status).toBe(202);
  });

  it('is taken before there is a plan, from the caller that asked', async () => {
    const body = askOf({ policy: 'sweep' });
    const id = String((await ask({ body })).json['id']);
    expect((await cancel({ key: KEYS.portal }, id)).status).toBe(404);
    expect((await cancel({}, id)).status).toBe(202);
    expect(await bench.store().signals(id)).toHaveLength(1);
  });

  it('comes too late for a run that has ended, and is told how it ended', async () => {
    await bench.store().putView(cardOf({ state: 'ended', status: 'all-gone' }));
    const { status, json } = await cancel();
    expect([status, json['detail']]).toEqual([409, 'the run has ended: all-gone']);
    expect(await bench.store().signals(requestId)).toEqual([]);
  });

  it('has the same answer again after the run has ended by it', async () => {
    await bench.store().putView(cardOf());
    const first = await cancel({ id: 'msg_a' });
    const signals = await bench.store().signals(requestId);
    await bench.store().putView(cardOf({ state: 'ended', status: 'refused', signals }));
    const again = await cancel({ id: 'msg_a' });
    expect([again.status, again.text]).toEqual([202, first.text]);
  });

  it('under a new webhook-id comes too late after the end, however often it is sent, whoever cancelled the run', async () => {
    await bench.store().putView(cardOf());
    await cancel({ id: 'msg_a' });
    await bench.store().putView(cardOf({ state: 'ended', status: 'refused' }));
    expect((await cancel({ id: 'msg_b' })).status).toBe(409);
    expect((await cancel({ id: 'msg_b' })).status).toBe(409);
    expect((await cancel({ id: 'msg_a', body: '{}' })).status).toBe(409); // the same id with something else
    expect((await cancel({ id: 'msg_a' })).status).toBe(202);
    expect((await ask({ id: 'msg_b' })).status).toBe(409); // taken by the cancel
  });

  it('of a run that the caller may not see is a 404', async () => {
    await bench.store().putView(cardOf());
    expect((await cancel({ key: KEYS.portal })).status).toBe(404);
    expect((await cancel({}, 'none')).status).toBe(404);
    expect(await bench.store().signals(requestId)).toEqual([]);
  });

  it.each(['', '[]', '{"reason": 1}', '{"reason": "x", "id": "y"}', JSON.stringify({ reason: 'x'.repeat(501) })])(
    'with the body %s is a 400: a signed GET, whose body is empty, is no cancel',
    async (body) => {
      await bench.store().putView(cardOf());
      expect((await cancel({ body })).status).toBe(400);
      expect(await bench.store().signals(requestId)).toEqual([]);
    },
  );
});
