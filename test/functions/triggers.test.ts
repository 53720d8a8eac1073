/**
 * Every trigger from end to end: the real Lambda client calls the exported handlers at a local Lambda, and they work
 * with the simulator, DynamoDB, Secrets Manager and the receiver over sockets. Much runs at once in one world, as in
 * AWS; so that no test counts another's servers, each has a policy in an account of its own.
 */

import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Answer as Started } from '../../functions/start.ts';
import type { Answer } from '../../functions/terminate.ts';
import type { LocalExecution } from '../../lib/dev/durable-runner.ts';
import { type LocalLambda, startLambda } from '../../lib/dev/lambda.ts';
import { type Report, reportSchema } from '../../lib/reports/report.ts';
import { type Simulator, startSimulator } from '../../lib/simulator/simulator.ts';
import type { AuditEntry } from '../../lib/store/audit-item.ts';
import { type Aws, startAws } from './aws.ts';

// The runs wait more than they work. More of them at once would slow each down and save no time overall.
vi.setConfig({ maxConcurrency: 12 });

const KEYS = { accessKey: 'AKTEST', secretKey: 'test-secret-key' };
const PAST = '20260201T0000Z';

/** A policy with one server, in an account of its own; all three have the same name. */
interface Place {
  name: string;
  no: string;
}

interface Trigger {
  trigger: string;
  /** The function that AWS calls. */
  calls: 'start' | 'terminate';
  expiry?: 'tags';
  /** How the other of two executions ends for the server, by manner, where names do not make them one. */
  other?: Readonly<Record<string, string>>;
  event: (place: Place) => object;
}

const TRIGGERS: Trigger[] = [
  { trigger: "a policy's schedule", calls: 'start', event: ({ name }) => tick(name) },
  { trigger: "a tag sweep's schedule", calls: 'start', expiry: 'tags', event: ({ name }) => tick(name) },
  {
    trigger: 'a policy asked for on the bus',
    calls: 'start',
    event: ({ name }) => onBus(name, 'Termination Requested', { policy: name }),
  },
  {
    trigger: 'a raw request on the bus',
    calls: 'start',
    event: (place) => onBus(place.name, 'Termination Requested', rawRequest(place)),
  },
  {
    trigger: 'a change of tags on the bus',
    calls: 'start',
    expiry: 'tags',
    event: ({ name, no }) => onBus(name, 'Tags Changed', { account: name, environment: 'vpc', serverInstanceNo: no }),
  },
  {
    trigger: 'a policy asked for directly',
    calls: 'terminate',
    other: { 'twice at once': 'other-run' }, // later the policy selects nothing any more
    event: ({ name }) => ({ policy: name }),
  },
  {
    trigger: 'a raw request made directly',
    calls: 'terminate',
    other: { 'twice at once': 'other-run', 'twice after each other': 'already-gone' },
    event: rawRequest,
  },
  {
    trigger: 'the envelope of a policy',
    calls: 'terminate',
    other: { 'twice at once': 'duplicate' },
    event: ({ name }) => ({ requestId: `${name}-1`, trigger: 'schedule', request: { policy: name } }),
  },
  {
    trigger: 'the envelope of a raw request',
    calls: 'terminate',
    other: { 'twice at once': 'duplicate', 'twice after each other': 'duplicate' },
    event: (place) => ({ requestId: `${place.name}-1`, trigger: 'event', request: rawRequest(place) }),
  },
];

/** Sends, and answers with the executions that AWS named for each time. */
const MANNERS: [manner: string, times: number, deliver: (once: () => Promise<string[]>) => Promise<string[]>][] = [
  ['once', 1, (once) => once()],
  [
    'twice after each other',
    2,
    async (once) => {
      const first = await once();
      await ended(first);
      return [...first, ...(await once())];
    },
  ],
  ['twice at once', 2, async (once) => (await Promise.all([once(), once()])).flat()],
];

const CASES = TRIGGERS.flatMap((trigger) =>
  MANNERS.map(([manner, times, deliver]) => ({ ...trigger, manner, times, deliver })),
).map((one, index) => ({ ...one, name: `case-${index + 1}`, no: String(1001 + index) }));

const WAITING = { mode: 'terminate', grace: { stopFor: 'PT6S' } };
const LIMITED = ['2011', '2012', '2013', '2014', '2015', '2016'];

/** The policies of the other tests, with the servers that they select. */
const OTHERS: Record<string, { servers: string[]; policy: object; secret?: string }> = {
  lost: { servers: ['2001'], policy: { mode: 'terminate' }, secret: 'banap/test/none' },
  lab: { servers: ['2002'], policy: { mode: 'terminate' }, secret: 'banap/test/lab' },
  removed: { servers: ['2003'], policy: WAITING },
  narrowed: { servers: ['2004'], policy: WAITING },
  unchanged: { servers: ['2005'], policy: WAITING },
  looks: { servers: ['2006'], policy: { mode: 'plan' } },
  held: { servers: ['2007'], policy: { mode: 'terminate', expiry: 'tags' } },
  undue: { servers: ['2008'], policy: { mode: 'terminate', expiry: 'tags' } },
  again: { servers: ['2009'], policy: WAITING },
  limited: { servers: LIMITED, policy: { mode: 'terminate', limits: { maxServers: 2 } } },
};

const POLICIES = policies();

let aws: Aws;
let simulator: Simulator;
let lambda: LocalLambda;
let client: LambdaClient;
/** Replaced by a cold start. */
let start: (event: unknown, context: unknown) => Promise<unknown>;

beforeAll(async () => {
  aws = await startAws(POLICIES);
  for (const secret of ['ncloud', 'lab']) aws.secrets.set(`banap/test/${secret}`, JSON.stringify(KEYS));
  simulator = await startSimulator({ ...KEYS, speed: 60, fleet: { environment: 'vpc', servers: fleet() } });
  vi.stubEnv('NCLOUD_API_GW', simulator.url);
  vi.stubEnv('NCLOUD_SECRET_ID', 'banap/test/ncloud');
  vi.stubEnv('TERMINATE_FUNCTION', 'arn:aws:lambda:ap-northeast-2:111122223333:function:terminate:durable');
  const { handler: terminate } = await import('../../functions/terminate.ts');
  await coldStart();
  lambda = await startLambda({ functions: { terminate, start: (event, context) => start(event, context) } });
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', lambda.url);
  client = new LambdaClient({});
});

afterAll(async () => {
  await lambda.close();
  client.destroy();
  await simulator.close();
  await aws.close();
});

describe.concurrent('one server is terminated, counted and written down once', () => {
  it.each(CASES)('by $trigger, sent $manner', async (one) => {
    const { name, no, calls, times, other, manner } = one;
    const arns = await one.deliver(() => send(calls, one.event(one)));
    const executions = await ended(arns);

    expect(executions).toHaveLength(calls === 'start' ? 1 : times); // a name is one execution
    expect(executions.map(({ status }) => status)).not.toContain('FAILED');
    const outcomes = executions.flatMap(({ result }) => result?.outcomes ?? []);
    expect(outcomes).toContainEqual({ serverInstanceNo: no, result: 'terminated' });
    const rest = outcomes.filter(({ result }) => result !== 'terminated').map(({ result, guard }) => guard ?? result);
    expect(rest).toEqual([other?.[manner] ?? []].flat());

    expect(requests('stop', no)).toBe(1);
    expect(requests('terminate', no)).toBe(1);
    expect(statusOf(no)).toBe('gone');
    expect(await aws.store.countedToday(name)).toEqual([no]);
    const whats = (await audit(name)).filter(({ serverInstanceNo }) => serverInstanceNo === no).map(({ what }) => what);
    for (const what of ['stop', 'terminate', 'terminated']) {
      expect(whats.filter((found) => found === what)).toEqual([what]);
    }
    expect(whats[0]).toBe('plan: terminate');
    expect(reports(name)).toHaveLength(executions.length);
  });
});

it.concurrent('an account whose secret is missing fails its own run, and names it; the others go on', async () => {
  const [lost, lab] = await Promise.all([ticked('lost'), ticked('lab')]);
  expect(lost).toMatchObject({ status: 'FAILED', error: { message: expect.stringContaining('banap/test/none') } });
  expect(reports('lost')).toMatchObject([{ status: 'error', error: expect.stringContaining('banap/test/none') }]);
  const [report] = reports('lost');
  expect(report).toMatchObject({ failure: { kind: 'no-keys' } });
  expect(await aws.store.view(report?.requestId ?? '')).toMatchObject({
    status: 'error',
    failure: { kind: 'no-keys' },
  });
  expect(statusOf('2001')).toBe('RUN');
  expect(await aws.store.countedToday('lost')).toEqual([]);
  expect(lab.result).toMatchObject({ status: 'all-gone' });
  expect(statusOf('2002')).toBe('gone');
});

it.concurrent('a run that waits in its grace heeds a later deployment that removes or narrows its policy', async () => {
  const names = ['removed', 'narrowed', 'unchanged'];
  const arns = await Promise.all(names.map((name) => send('start', tick(name))));
  await vi.waitFor(() => expect(['2003', '2004', '2005'].map(statusOf)).toEqual(['NSTOP', 'NSTOP', 'NSTOP']), PATIENCE);
  const { removed: _, narrowed, ...kept } = POLICIES.policies;
  const elsewhere = { ...narrowed, select: { ...narrowed?.select, names: ['other-*'] } };
  aws.deploy({ ...POLICIES, builtAt: '2026-11-21T00:00:00Z', policies: { ...kept, narrowed: elsewhere } });
  await coldStart();
  await send('start', onBus('nothing', 'Tags Changed', { environment: 'classic', serverInstanceNo: '1' }));

  const [removed, changed, unchanged] = await Promise.all(arns.map(async (some) => (await ended(some))[0]));
  expect(removed?.result?.outcomes).toEqual([{ serverInstanceNo: '2003', result: 'refused', guard: 'policy' }]);
  expect(reports('removed')[0]?.outcomes[0]?.reason).toBe('policy removed was removed after this run began');
  expect(changed?.result?.outcomes).toEqual([{ serverInstanceNo: '2004', result: 'refused', guard: 'policy' }]);
  expect(reports('narrowed')[0]?.outcomes[0]?.reason).toMatch(
    /^policy narrowed, as changed after this run began, does not apply to it: /,
  );
  expect(unchanged?.result).toMatchObject({ status: 'all-gone' });
  expect(['2003', '2004', '2005'].map((no) => requests('terminate', no))).toEqual([0, 0, 1]);
  expect(['2003', '2004', '2005'].map(statusOf)).toEqual(['NSTOP', 'NSTOP', 'gone']);
  expect(await said('removed', '2003')).toEqual([
    ['plan: terminate', ''],
    ['stop', ''],
    ['refused', 'policy'],
  ]);
});

it.concurrent('the tick of a policy that only plans does nothing, and reports and writes down its plan', async () => {
  const { result } = await ticked('looks');
  expect(result).toMatchObject({ status: 'planned', outcomes: [] });
  expect(reports('looks')).toMatchObject([{ plan: { servers: [{ serverInstanceNo: '2006', verdict: 'terminate' }] } }]);
  expect(changes('2006')).toEqual([]);
  expect(await aws.store.countedToday('looks')).toEqual([]);
  expect(await said('looks', '2006')).toEqual([['plan: terminate', '']]);
});

it.concurrent('a hold beats the tag that is due', async () => {
  const hold = { kind: 'keep', by: '김하나', reason: 'demo', at: '2026-02-01T00:00:00Z', until: '' } as const;
  await aws.store.hold('held', { ...hold, serverInstanceNo: '2007', serverName: 'held-2007' });
  const { result } = await ticked('held');
  expect(result?.outcomes).toEqual([{ serverInstanceNo: '2007', result: 'refused', guard: 'held' }]);
  expect(reports('held')[0]?.outcomes[0]?.reason).toContain('김하나 holds it');
  expect(changes('2007')).toEqual([]);
  expect(await aws.store.countedToday('held')).toEqual([]);
  expect(await said('held', '2007')).toContainEqual(['refused', 'held']);
});

it.concurrent('what is not due is left alone, by a sweep and when it is asked for by number', async () => {
  const swept = await ticked('undue');
  expect(swept.result).toMatchObject({ outcomes: [], delivery: { state: 'none' } });
  const [asked] = await ended(await send('terminate', { policy: 'undue', servers: ['2008'] }));
  expect(asked?.result?.outcomes).toEqual([{ serverInstanceNo: '2008', result: 'refused', guard: 'not-due' }]);
  expect(changes('2008')).toEqual([]);
  expect(await aws.store.countedToday('undue')).toEqual([]);
});

it.concurrent('a schedule that fires while the last run still waits leaves the server to that run', async () => {
  const first = await send('start', tick('again', '2026-11-23T12:00:00Z'));
  await vi.waitFor(() => expect(statusOf('2009')).toBe('NSTOP'), PATIENCE);
  const [second] = await ended(await send('start', tick('again', '2026-11-24T12:00:00Z')));
  expect(second?.result?.outcomes).toEqual([{ serverInstanceNo: '2009', result: 'refused', guard: 'other-run' }]);
  expect(reports('again')[0]?.outcomes[0]?.reason).toMatch(/^run again-20261123T120000Z has been working on it since /);
  expect(statusOf('2009')).toBe('NSTOP');
  const [waited] = await ended(first);
  expect(waited?.result).toMatchObject({ status: 'all-gone' });
  expect([requests('stop', '2009'), requests('terminate', '2009')]).toEqual([1, 1]);
  expect(await aws.store.countedToday('again')).toEqual(['2009']);
  const outcomes = (await said('again', '2009')).filter(([what]) => what === 'refused' || what === 'terminated');
  expect(outcomes).toEqual([
    ['refused', 'other-run'],
    ['terminated', ''],
  ]);
});

it.concurrent('events that come at once do not get round the limits', async () => {
  const asks = LIMITED.map((no) =>
    onBus(`limited-${no}`, 'Termination Requested', { policy: 'limited', servers: [no] }),
  );
  const executions = await ended((await Promise.all(asks.map((ask) => send('start', ask)))).flat());
  const guards = executions.flatMap(({ result }) => result?.outcomes ?? []).map(({ guard = 'none' }) => guard);
  expect(guards.toSorted()).toEqual(['limit', 'limit', 'limit', 'limit', 'none', 'none']);
  expect(LIMITED.filter((no) => statusOf(no) === 'gone')).toHaveLength(2);
  expect(LIMITED.filter((no) => changes(no).length > 0)).toHaveLength(2);
  expect(await aws.store.countedToday('limited')).toHaveLength(2);
});

const PATIENCE = { timeout: 25_000, interval: 50 };

function tick(policy: string, scheduledTime = '2026-11-23T12:00:00Z'): object {
  return { policy, scheduledTime };
}

function onBus(id: string, detailType: string, detail: object): object {
  return { version: '0', id, source: 'banap.dev', 'detail-type': detailType, account: '111122223333', detail };
}

function rawRequest({ name, no }: Place): object {
  return { account: name, environment: 'vpc', servers: [no], mode: 'terminate' };
}

/** Every case's policy and those of the other tests, each alone in its account. */
function policies(): {
  version: 1;
  builtAt: string;
  accounts: Record<string, object>;
  requests: Record<string, object>;
  policies: Record<string, { select: object }>;
} {
  const secretOf = new Map(Object.entries(OTHERS).map(([name, { secret }]) => [name, secret] as const));
  const all = {
    ...Object.fromEntries(CASES.map(({ name, expiry = 'none' }) => [name, { mode: 'terminate', expiry }])),
    ...Object.fromEntries(Object.entries(OTHERS).map(([name, { policy }]) => [name, policy])),
  };
  const names = Object.keys(all);
  return {
    version: 1,
    builtAt: '2026-11-20T00:00:00Z',
    accounts: Object.fromEntries(names.map((name) => [name, { secret: secretOf.get(name) ?? 'banap/test/ncloud' }])),
    requests: Object.fromEntries(names.map((name) => [name, {}])),
    policies: Object.fromEntries(
      Object.entries(all).map(([name, policy]) => [name, { ...policy, select: selectOf(name) }]),
    ),
  };
}

function selectOf(name: string): object {
  return { account: name, environment: 'vpc', names: [`${name}-*`] };
}

/** Those that the policies select, and as many others as keep each far from a share of the account. */
function fleet(): object[] {
  const named: Place[] = [
    ...CASES.map(({ name, no }) => ({ name, no })),
    ...Object.entries(OTHERS).flatMap(([name, { servers }]) => servers.map((no) => ({ name, no }))),
    ...Array.from({ length: 20 }, (_, index) => ({ name: 'nobody', no: String(3001 + index) })),
  ];
  return named.map(({ name, no }) => ({
    serverInstanceNo: no,
    serverName: `${name}-${no}`,
    tags: { 'terminate-at': name === 'undue' ? '2999-01-01' : PAST },
  }));
}

/** The start function in a new process: it publishes the policies that it was deployed with. */
async function coldStart(): Promise<void> {
  vi.resetModules();
  const { handler } = await import('../../functions/start.ts');
  start = (event, context) => Reflect.apply(handler, undefined, [event, context]);
}

/** As AWS calls it: the start function is waited for, the durable one is not. Answers with the executions' ARNs. */
async function send(name: 'start' | 'terminate', event: object): Promise<string[]> {
  const InvocationType = name === 'start' ? 'RequestResponse' : 'Event';
  const Payload = JSON.stringify(event);
  const answer = await client.send(new InvokeCommand({ FunctionName: name, InvocationType, Payload }));
  if (name === 'terminate') return [answer.DurableExecutionArn ?? ''];
  const text = answer.Payload?.transformToString() ?? '';
  if (answer.FunctionError !== undefined) throw new Error(text);
  const { started }: Started = JSON.parse(text);
  return started.map(({ executionArn }) => executionArn);
}

/** How these executions ended, each once. */
function ended(arns: readonly string[]): Promise<LocalExecution<Answer>[]> {
  return vi.waitFor(
    () =>
      [...new Set(arns)].map((arn) => {
        const execution = lambda.executions().find((one) => one.arn === arn)?.ended;
        if (execution === undefined) throw new Error(`${arn} has not ended`);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the exported handler returns
        return execution as LocalExecution<Answer>;
      }),
    PATIENCE,
  );
}

async function ticked(policy: string): Promise<LocalExecution<Answer>> {
  const [execution] = await ended(await send('start', tick(policy)));
  if (execution === undefined) throw new Error(`no execution of ${policy} was started`);
  return execution;
}

/** How often NCP was asked to do that to this server. */
function requests(action: 'stop' | 'terminate', no: string): number {
  return simulator
    .journal()
    .filter((entry) => entry.kind === 'call' && entry.action === `${action}ServerInstances`)
    .filter((entry) => entry.kind === 'call' && Object.values(entry.parameters).includes(no)).length;
}

function changes(no: string): object[] {
  return simulator.journal().filter((entry) => entry.kind === 'change' && entry.no === no);
}

function statusOf(no: string): string {
  return simulator.state().servers.find((one) => one.serverInstanceNo === no)?.serverInstanceStatus.code ?? 'gone';
}

/** Those that arrived with a good signature, of runs in this account. */
function reports(account: string): Report[] {
  return aws.receiver.received
    .filter(({ verified }) => verified)
    .map(({ body }) => reportSchema.parse(body))
    .filter(({ request }) => request['account'] === account);
}

async function audit(account: string): Promise<AuditEntry[]> {
  const now = Date.now();
  const records: AuditEntry[] = [];
  for await (const one of aws.store.audit(account, { from: now - 600_000, to: now + 1 })) records.push(one);
  return records;
}

/** What the audit says of one server, in order. */
async function said(account: string, no: string): Promise<[what: string, guard: string][]> {
  const records = await audit(account);
  return records.filter((one) => one.serverInstanceNo === no).map(({ what, guard }) => [what, guard]);
}
