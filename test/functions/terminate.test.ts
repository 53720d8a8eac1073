import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type LambdaHandler, runDurably } from '../../lib/dev/durable-runner.ts';
import { startLambda } from '../../lib/dev/lambda.ts';
import { type Report, reportSchema } from '../../lib/reports/report.ts';
import { type Simulator, startSimulator } from '../../lib/simulator/simulator.ts';
import { TableStore } from '../../lib/store/store.ts';
import type { Cloud } from '../../lib/termination/ports/cloud.ts';
import type { ProbeAnswer } from '../../lib/triggers/probe.ts';
import { type Aws, startAws, TABLE } from './aws.ts';

const KEYS = { accessKey: 'AKTEST', secretKey: 'first-secret-key' };
const ROTATED = { accessKey: 'AKTEST', secretKey: 'second-secret-key' };
const NCLOUD_SECRET = 'banap/test/ncloud';

let aws: Aws;
let simulator: Simulator | undefined;
let handler: LambdaHandler;

/** The day of the week, in the zone that policies have unless they say otherwise. */
function inThreeDays(): string {
  const at = new Date(Date.now() + 3 * 86_400_000);
  return at.toLocaleDateString('en-US', { weekday: 'short', timeZone: 'Asia/Seoul' }).toUpperCase();
}

beforeAll(async () => {
  const select = { environment: 'vpc', names: ['dev-*'] };
  aws = await startAws({
    version: 1,
    requests: { default: { maxPercent: 100 } },
    policies: {
      'dev-only': { mode: 'terminate', select },
      closed: {
        mode: 'terminate',
        select,
        limits: { maxPercent: 100 },
        window: { days: [inThreeDays()], from: '10:00', to: '11:00' },
      },
    },
  });
  ({ handler } = await import('../../functions/terminate.ts'));
});

afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
  aws.log.length = 0;
  await aws.table.dropTable(TABLE);
  await aws.table.createTable(TABLE);
});

afterAll(() => aws.close());

let test = 0;

/** A simulator with these servers, and a secret of its own so that no test sees another's cached keys. */
async function cloud(servers: object[], keys = KEYS): Promise<Simulator> {
  test += 1;
  aws.secrets.set(`${NCLOUD_SECRET}-${test}`, JSON.stringify(KEYS));
  vi.stubEnv('NCLOUD_SECRET_ID', `${NCLOUD_SECRET}-${test}`);
  simulator = await startSimulator({ ...keys, speed: 60, fleet: { environment: 'vpc', servers } });
  vi.stubEnv('NCLOUD_API_GW', simulator.url);
  return simulator;
}

function request(more: object = {}): object {
  return { environment: 'vpc', servers: ['1001'], mode: 'terminate', limits: { maxPercent: 100 }, ...more };
}

function lastReport(): Report {
  return reportSchema.parse(aws.receiver.received.at(-1)?.body);
}

const ONE = [{ serverInstanceNo: '1001', serverName: 'dev-1' }];

it.each([
  [
    'what the start function hands over',
    (body: object) => ({ requestId: 'nightly-1', trigger: 'schedule', request: body }),
    'schedule',
  ],
  ['direct invocation', (body: object) => body, 'invocation'],
])('%s ends in a terminated server and a verified report', async (_name, wrap, trigger) => {
  const ncp = await cloud(ONE);
  const execution = await runDurably(handler, wrap(request()));
  expect(execution).toMatchObject({
    status: 'SUCCEEDED',
    result: {
      status: 'all-gone',
      outcomes: [{ serverInstanceNo: '1001', result: 'terminated' }],
      delivery: { state: 'delivered' },
    },
  });
  expect(ncp.state().servers).toEqual([]);
  expect(aws.receiver.received.at(-1)?.verified).toBe(true);
  expect(lastReport()).toMatchObject({ status: 'all-gone', request: { trigger } });
});

it.each([
  ['another account', { account: 'lab' }, 'account: there is no account lab'],
  ['more than the ceilings allow', { storage: 'delete' }, 'storage: delete is above the ceiling of requests without'],
  ['protected servers', { overrideProtection: true }, 'overrideProtection: true is above the ceiling'],
  ['nearly somebody', { requestedBy: 'Slack:U0HANA' }, 'requestedBy: looks like the id of a person in a chat'],
])(
  'a request without a policy that names %s asks nothing of NCP, whoever hands it over',
  async (_what, more, signals) => {
    const ncp = await cloud(ONE);
    for (const event of [request(more), { requestId: 'e-1', trigger: 'schedule', request: request(more) }]) {
      const { status, error } = await runDurably(handler, event);
      expect([status, error?.message]).toEqual(['FAILED', expect.stringContaining(signals)]);
    }
    expect(ncp.journal()).toEqual([]);
  },
);

describe('a probe of the smoke test', () => {
  const PROBE = { policies: ['dev-only', 'gone'], sleepSeconds: 1, crash: false };

  it('makes the plans of policies that act, and does nothing: not in NCP, not in the table, and tells nobody', async () => {
    const ncp = await cloud(ONE);
    const told = aws.receiver.received.length;
    const { status, result } = await runDurably<ProbeAnswer>(handler, { probe: PROBE });
    expect(status).toBe('SUCCEEDED');
    expect(result).toMatchObject({
      looks: [
        { policy: 'dev-only', regionHolds: 1, selected: 1, unread: '' },
        { policy: 'gone', selected: 0, unread: expect.stringContaining('there is no policy gone') },
      ],
      crashed: false,
    });
    expect(ncp.journal().filter((entry) => entry.kind === 'change')).toEqual([]);
    const asked = ncp.journal().flatMap((entry) => (entry.kind === 'call' ? [entry.action] : []));
    expect(asked.filter((action) => !/^get/i.test(action))).toEqual([]);
    expect(asked.length).toBeGreaterThan(0);
    expect(aws.receiver.received).toHaveLength(told);
    for await (const entry of aws.store.audit('default', { from: Date.now() - 60_000, to: Date.now() + 60_000 }))
      expect(entry).toBeUndefined();
  });

  it('says why NCP could not be read', async () => {
    await cloud(ONE, { accessKey: 'OTHER', secretKey: 'other' });
    const { result } = await runDurably<ProbeAnswer>(handler, { probe: PROBE });
    expect(result?.looks[0]?.unread).not.toBe('');
  });

  it.each([
    [{ probe: { ...PROBE, mode: 'terminate' } }, 'unknown key mode'],
    [{ probe: PROBE, policy: 'dev-only' }, 'unknown key policy'],
    [{ probe: true }, 'probe: expected'],
  ])('that says more is nothing: %j', async (event, words) => {
    const ncp = await cloud(ONE);
    const { status, error } = await runDurably(handler, event);
    expect([status, error?.message]).toEqual(['FAILED', expect.stringContaining(words)]);
    expect(ncp.journal()).toEqual([]);
  });

  it('is given eyes that have no hands', async () => {
    const { sightsOf } = await import('../../lib/triggers/probe.ts');
    const cloudWithHands = new Proxy({} as Cloud, { get: (_cloud, name) => (name === 'scope' ? {} : () => name) });
    expect(Object.keys(sightsOf(cloudWithHands))).not.toContain('act');
    expect(Reflect.get(sightsOf(cloudWithHands), 'act')).toBeUndefined();
  });
});

it('refuses without a table, in one sentence', async () => {
  const ncp = await cloud(ONE);
  vi.stubEnv('BANAP_TABLE', '');
  const execution = await runDurably(handler, request());
  vi.stubEnv('BANAP_TABLE', TABLE);
  expect(execution).toMatchObject({
    status: 'FAILED',
    error: { message: expect.stringMatching(/^BANAP_TABLE is not set; expected /) },
  });
  expect(ncp.journal()).toEqual([]);
});

it('does nothing to a server that somebody holds, and says who', async () => {
  const ncp = await cloud(ONE);
  const hold = {
    serverInstanceNo: '1001',
    serverName: '',
    kind: 'keep',
    by: '김하나',
    reason: 'demo',
    until: '',
  } as const;
  await aws.store.hold('default', { ...hold, at: '2026-03-01T00:00:00Z' });
  const { result } = await runDurably<{ outcomes: object[] }>(handler, request());
  expect(result?.outcomes).toEqual([{ serverInstanceNo: '1001', result: 'refused', guard: 'held' }]);
  expect(lastReport().outcomes[0]?.reason).toBe('김하나 holds it until it is released: demo');
  expect(ncp.journal().filter((entry) => entry.kind === 'change')).toEqual([]);
});

it('nothing waits for a missing table: nothing is done and the report says why', async () => {
  const ncp = await cloud(ONE);
  await aws.table.dropTable(TABLE);
  const { result } = await runDurably<{ status: string }>(handler, request());
  await aws.table.createTable(TABLE);
  expect(result?.status).toBe('some-refused');
  expect(lastReport().outcomes[0]?.reason).toMatch(/table banap-functions does not exist/);
  expect(ncp.state().servers).toHaveLength(1);
});

it('an account that policies.yml does not know is refused', async () => {
  await cloud(ONE);
  const execution = await runDurably(handler, request({ account: 'lab' }));
  expect(execution.error?.message).toMatch(/no account lab; expected one of default/);
});

it('without a mode only plans, and nothing is done', async () => {
  const ncp = await cloud(ONE);
  const { result } = await runDurably<{ status: string }>(handler, request({ mode: undefined }));
  expect(result?.status).toBe('planned');
  expect(ncp.state().servers).toHaveLength(1);
  expect(ncp.journal().filter((entry) => entry.kind === 'change')).toEqual([]);
});

it('takes rotated keys from the secret, without a redeploy', async () => {
  await cloud(ONE);
  await runDurably(handler, request({ mode: 'plan' })); // now the old keys are remembered
  await simulator?.close();
  simulator = await startSimulator({ ...ROTATED, speed: 60, fleet: { environment: 'vpc', servers: ONE } });
  vi.stubEnv('NCLOUD_API_GW', simulator.url);
  aws.secrets.set(`${NCLOUD_SECRET}-${test}`, JSON.stringify(ROTATED));
  const { result } = await runDurably<{ status: string }>(handler, request());
  expect(result?.status).toBe('all-gone');
});

it('wrong keys fail the execution with one sentence, report it, and name no secret', async () => {
  await cloud(ONE, ROTATED);
  const execution = await runDurably(handler, request());
  expect(execution.status).toBe('FAILED');
  expect(execution.error?.message).toContain('was not authenticated');
  expect(lastReport().status).toBe('error');
  expect(JSON.stringify([execution, aws.log, aws.receiver.received])).not.toContain(KEYS.secretKey);
});

it('a missing secret fails the execution with a sentence that names it', async () => {
  await cloud(ONE);
  vi.stubEnv('NCLOUD_SECRET_ID', 'banap/none');
  const execution = await runDurably(handler, request());
  expect(execution.status).toBe('FAILED');
  expect(execution.error?.message).toContain('banap/none');
});

it.each([
  ['no object', 'terminate', 'the event is not an object'],
  ['an unknown key', { ...request(), server: ['1001'] }, 'unknown key server'],
  ['an empty list', request({ servers: [] }), 'at least one server'],
  ['a number that is no string', request({ servers: [1001] }), 'servers.0'],
])('%s is refused in one sentence and nothing is done', async (_name, event, sentence) => {
  const ncp = await cloud(ONE);
  const execution = await runDurably(handler, event);
  expect(execution.status).toBe('FAILED');
  expect(execution.error?.message).toContain(sentence);
  expect(execution.error?.message).not.toContain('\n');
  expect(ncp.journal()).toEqual([]);
});

it('delivers again after a failure, under the same id', async () => {
  await cloud(ONE);
  const before = aws.receiver.received.length;
  aws.receiver.failNext(2, 503);
  const execution = await runDurably(handler, request());
  expect(execution.result).toMatchObject({ delivery: { state: 'delivered' } });
  expect(aws.receiver.received.length - before).toBe(1);
  expect(execution.operations.find((operation) => operation.name === 'deliver-1')?.attempts).toBe(3);
});

it('a report that nobody takes is in the log whole, the result says so, and the outcome stands', async () => {
  const ncp = await cloud(ONE);
  aws.receiver.failNext(1, 410);
  const execution = await runDurably(handler, request());
  expect(execution.result).toMatchObject({
    status: 'all-gone',
    delivery: { state: 'failed', reason: expect.stringContaining('410') },
  });
  expect(ncp.state().servers).toEqual([]);
  const pieces = aws.log
    .map((line) => JSON.parse(line) as { message: string; report?: string })
    .filter((line) => line.message === 'report');
  expect(reportSchema.parse(JSON.parse(pieces.map((piece) => piece.report ?? '').join(''))).status).toBe('all-gone');
});

it('a report whose URL leads inside is not sent unless that host is allowed; the servers are gone all the same', async () => {
  const ncp = await cloud(ONE);
  const before = aws.receiver.received.length;
  vi.stubEnv('BANAP_REPORT_ALLOW_HOSTS', 'hooks.example.com');
  const { result } = await runDurably(handler, request());
  vi.stubEnv('BANAP_REPORT_ALLOW_HOSTS', '127.0.0.1');
  const reason = expect.stringMatching(
    /^webhook at 127\.0\.0\.1:\d+ is not https; .*BANAP_REPORT_ALLOW_HOSTS=127\.0\.0\.1/,
  );
  expect(result).toMatchObject({ status: 'all-gone', delivery: { state: 'failed', reason } });
  expect(aws.receiver.received).toHaveLength(before);
  expect(ncp.state().servers).toEqual([]);
});

it.each(['https://hooks.example.com', 'a b', '10.0.0.5:80', 'x/y', 'a@b'])(
  'does nothing where BANAP_REPORT_ALLOW_HOSTS is %j, which is no host',
  async (hosts) => {
    const ncp = await cloud(ONE);
    vi.stubEnv('BANAP_REPORT_ALLOW_HOSTS', hosts);
    const { error } = await runDurably(handler, request());
    vi.stubEnv('BANAP_REPORT_ALLOW_HOSTS', '127.0.0.1');
    expect(error?.message).toMatch(
      /^BANAP_REPORT_ALLOW_HOSTS is .*; expected hosts with commas between them, for example /,
    );
    expect(ncp.journal()).toEqual([]);
  },
);

it('the plan, each event and the result are logged once, however often the handler is replayed', async () => {
  await cloud(ONE);
  const { invocations } = await runDurably(handler, request());
  expect(invocations).toBeGreaterThan(2);
  const messages = aws.log.map((line) => JSON.parse(line) as { message: string; action?: string });
  expect(messages.filter((line) => line.message === 'plan')).toHaveLength(1);
  expect(messages.filter((line) => line.message === 'requested').map((line) => line.action)).toEqual([
    'stop',
    'terminate',
  ]);
  expect(messages.filter((line) => line.message === 'result')).toHaveLength(1);
});

it('a signal that comes while a run falls asleep wakes it: it is over at once, and not in twelve hours', async () => {
  const ncp = await cloud(ONE);
  const lambda = await startLambda({ functions: { terminate: handler } });
  onTestFinished(() => lambda.close());
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', lambda.url);
  const putWake = vi.spyOn(TableStore.prototype, 'putWake');
  onTestFinished(() => putWake.mockRestore());
  putWake.mockImplementationOnce(async (requestId) => {
    // Before it is known how to wake the run, so a signal cannot wake it.
    const at = new Date().toISOString();
    await aws.store.say(requestId, { kind: 'cancel', planHash: '', by: 'slack:U0GUEST', name: '', at, reason: '' });
  });
  const { result } = await runDurably<{ outcomes: object[] }>(handler, {
    requestId: 'closed-1',
    trigger: 'schedule',
    request: { policy: 'closed' },
  });
  expect(result?.outcomes).toEqual([{ serverInstanceNo: '1001', result: 'refused', guard: 'cancelled' }]);
  expect(putWake).toHaveBeenCalledOnce();
  expect(ncp.state().servers).toHaveLength(1);
});
