import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../functions/start.ts';
import { systemClock } from '../../lib/clock.ts';
import { type LocalDynamoDb, startDynamoDb } from '../../lib/dev/dynamodb.ts';
import { type LocalLambda, startLambda } from '../../lib/dev/lambda.ts';
import { compilePolicies } from '../../lib/policies/load.ts';
import { policiesSchema } from '../../lib/policies/schema.ts';
import { dynamoStore } from '../../lib/store/named-store.ts';
import type { TableStore } from '../../lib/store/store.ts';
import { orderFrom } from '../../lib/triggers/order.ts';
import { durableHandler } from '../aws/durable-handler.ts';

const BUILT_AT = '2026-11-20T00:00:00Z';
const POLICIES = policiesSchema.parse({
  version: 1,
  requests: { default: {} },
  policies: {
    'nightly-dev': { select: { environment: 'vpc', names: ['dev-*'] } },
    sweep: { select: { environment: 'vpc', names: ['*-tmp'] }, expiry: 'tags' },
    'sweep-too': { select: { environment: 'vpc', zones: ['KR-2'] }, expiry: 'tags' },
  },
});
const TICK = {
  policy: 'nightly-dev',
  scheduledTime: '2026-11-23T12:00:00Z',
  schedule: 'arn:aws:scheduler:ap-northeast-2:111122223333:schedule/default/banap-dev-nightly-dev',
};
const EVENT = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  source: 'banap.dev',
  'detail-type': 'Termination Requested',
  account: '111122223333',
  detail: { environment: 'vpc', servers: ['1001'], mode: 'terminate' } as object,
};
const ASK = { ...EVENT, detail: { policy: 'nightly-dev', servers: ['1001'] } };
const TAGS = { ...EVENT, 'detail-type': 'Tags Changed', detail: { environment: 'vpc', serverInstanceNo: '1001' } };
const NOBODY = 'http://127.0.0.1:1';

/** As the durable function does: read the order, and nothing else. */
const terminate = durableHandler((engine, event) =>
  engine.step('order', () => Promise.resolve(orderFrom(event, 'none'))),
);

const directory = mkdtempSync(join(tmpdir(), 'banap-start-'));
let database: LocalDynamoDb;
let lambda: LocalLambda;
let start: (event: unknown) => Promise<Answer>;
let log: string[] = [];
let table = 0;

beforeAll(async () => {
  database = await startDynamoDb();
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', database.url);
  vi.stubEnv('AWS_REGION', 'ap-northeast-2');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  vi.stubEnv('TERMINATE_FUNCTION', 'arn:aws:lambda:ap-northeast-2:111122223333:function:terminate:durable');
  vi.spyOn(console, 'log').mockImplementation((line: unknown) => void log.push(JSON.stringify(line)));
});

/** A cold start: the function's module is loaded afresh, its table is empty. */
beforeEach(async () => {
  log = [];
  table += 1;
  await database.createTable(`banap-${table}`);
  lambda = await startLambda({ functions: { terminate } });
  const file = join(directory, 'policies.json');
  writeFileSync(file, compilePolicies(POLICIES, BUILT_AT));
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', lambda.url);
  vi.stubEnv('BANAP_TABLE', `banap-${table}`);
  vi.stubEnv('BANAP_POLICIES', file);
  vi.resetModules();
  const { handler } = await import('../../functions/start.ts');
  start = (event) => Reflect.apply(handler, undefined, [event, {}]);
});

afterEach(() => lambda.close());

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
  await database.close();
});

function store(): TableStore {
  return dynamoStore({ table: `banap-${table}`, clock: systemClock });
}

const FORMS: [form: string, event: object, names: string[]][] = [
  ["a schedule's tick", TICK, ['nightly-dev-20261123T120000Z']],
  ['a request on the bus', EVENT, [`event-${EVENT.id}`]],
  ['a policy asked for on the bus', ASK, [`event-${EVENT.id}`]],
  ['a change of tags', TAGS, [`event-${EVENT.id}-sweep`, `event-${EVENT.id}-sweep-too`]],
];

describe.each(FORMS)('%s', (_form, event, names) => {
  it('starts what it asks for, and the durable function reads it', async () => {
    const { started } = await start(event);
    expect(started.map(({ executionName }) => executionName)).toEqual(names);
    await lambda.settled();
    expect(
      lambda
        .executions()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(names); // begun at once, in any order
    for (const { ended, payload } of lambda.executions()) {
      expect(ended).toMatchObject({ status: 'SUCCEEDED', result: { requestId: JSON.parse(payload).requestId } });
    }
  });

  it('that comes twice starts it once', async () => {
    const first = await start(event);
    expect(await start(event)).toEqual(first);
    await lambda.settled();
    expect(await start(event)).toEqual(first);
    expect(lambda.executions()).toHaveLength(names.length);
  });

  it('that comes several times at once starts it once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => start(event)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(lambda.executions()).toHaveLength(names.length);
  });
});

it('the log has a line for each execution that was started', async () => {
  await start(TAGS);
  expect(log.toSorted().map((line) => JSON.parse(line) as object)).toMatchObject([
    { message: 'started', requestId: `${TAGS.id}/sweep`, trigger: 'event', executionName: `event-${TAGS.id}-sweep` },
    { message: 'started', requestId: `${TAGS.id}/sweep-too` },
  ]);
});

it('a change of tags that concerns no policy starts nothing', async () => {
  const detail = { environment: 'classic', serverInstanceNo: '1001' };
  expect(await start({ ...TAGS, detail })).toEqual({ started: [] });
  expect(lambda.executions()).toEqual([]);
});

describe('a broken event', () => {
  it.each([
    ['no object', 'terminate', 'the event is not an object'],
    ['an unknown policy', { ...TICK, policy: 'nightly' }, 'known: nightly-dev, sweep, sweep-too'],
    ['a time that is none', { ...TICK, scheduledTime: 'soon' }, 'scheduledTime: expected a time'],
    [
      'more than a request without a policy may',
      { ...EVENT, detail: { ...EVENT.detail, storage: 'delete' } },
      'ceiling',
    ],
    [
      'an account that takes none',
      { ...EVENT, detail: { ...EVENT.detail, account: 'lab' } },
      'there is no account lab',
    ],
    ['an unknown key', { ...EVENT, detail: { ...EVENT.detail, server: [] } }, 'unknown key server'],
    ['a raw request, which belongs elsewhere', EVENT.detail, 'a request goes to the terminate function'],
  ])('(%s) starts nothing and says so in one line', async (_name, event, words) => {
    const error: unknown = await start(event).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'RequestError', message: expect.stringContaining(words) });
    expect(log.at(-1)).toContain('"message":"failed"');
    expect(String(error)).not.toContain('\n');
    expect(lambda.executions()).toEqual([]);
  });
});

describe('a start that fails', () => {
  it('does not keep the others from being started, is an error, and is made up for when AWS sends the event again', async () => {
    lambda.failNext(1, 403, 'AccessDeniedException');
    await expect(start(TAGS)).rejects.toThrow(/^execution event-\S+ was not started: .*lambda:InvokeFunction/);
    expect(lambda.executions()).toHaveLength(1);
    const { started } = await start(TAGS);
    expect(started).toHaveLength(2);
    expect(lambda.executions()).toHaveLength(2);
  });

  it('names every one of them', async () => {
    lambda.failNext(2, 403, 'AccessDeniedException');
    await expect(start(TAGS)).rejects.toThrow(
      /-sweep was not started.*; execution event-\S+-sweep-too was not started/,
    );
    expect(lambda.executions()).toEqual([]);
  });

  it('is a conflict when the name is taken by another request', async () => {
    await start(EVENT);
    await expect(start(ASK)).rejects.toThrow('has an execution of this name that was started with another input');
    expect(lambda.executions()).toHaveLength(1);
  });
});

describe('the policies', () => {
  it('are published once, when the process starts', async () => {
    const before = database.calls('PutItem');
    await Promise.all([start(TICK), start(EVENT)]);
    await start(TAGS);
    expect(database.calls('PutItem') - before).toBe(1);
    expect(await store().policyNow('sweep')).toEqual({ kind: 'published', policy: POLICIES.policies['sweep'] });
    expect(await store().policyNow('nightly')).toEqual({ kind: 'removed' });
  });

  it('of a later build stay published', async () => {
    await store().publish({ later: {} }, Date.parse(BUILT_AT) + 1);
    await start(TICK);
    expect(await store().policyNow('later')).toMatchObject({ kind: 'published' });
  });

  it('that cannot be published are logged and tried again; what was asked for is started all the same', async () => {
    database.failNext(1, 'ResourceNotFoundException');
    await start(TICK);
    expect(log[0]).toMatch(/"message":"failed".*the policies were not published/);
    expect(lambda.executions()).toHaveLength(1);
    await start(TICK);
    expect(await store().policyNow('nightly-dev')).toMatchObject({ kind: 'published' });
  });
});

describe('a deployment that is incomplete', () => {
  it('puts the stage in front of the names, so that two stages of an account never meet', async () => {
    vi.stubEnv('BANAP_STAGE', 'qa');
    const { started } = await start(TICK);
    expect(started.map(({ executionName }) => executionName)).toEqual(['qa-nightly-dev-20261123T120000Z']);
    await start(ASK);
    vi.stubEnv('BANAP_STAGE', 'a-stage-with-a-name-that-is-long');
    await start(ASK);
    const names = lambda.executions().map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(['qa-nightly-dev-20261123T120000Z', `qa-event-${EVENT.id}`]);
    expect(names[2]).toMatch(/^a-stage-with-a-name-that-is-long-event-[\w-]+_[0-9a-f]{16}$/);
    vi.stubEnv('BANAP_STAGE', '');
  });

  it.each(['TERMINATE_FUNCTION', 'BANAP_TABLE', 'BANAP_POLICIES'])('starts nothing without %s', async (name) => {
    const before = process.env[name];
    vi.stubEnv(name, '');
    await expect(start(TICK)).rejects.toThrow(new RegExp(`^${name} is not set; expected [^;]+$`));
    vi.stubEnv(name, before);
    expect(lambda.executions()).toEqual([]);
  });

  it('starts nothing when the policies are not there, or no policies', async () => {
    vi.stubEnv('BANAP_POLICIES', join(directory, 'none.json'));
    await expect(start(TICK)).rejects.toThrow(/^BANAP_POLICIES: .*none.json cannot be read/);
    const file = join(directory, 'wrong.json');
    writeFileSync(file, '{"version": 2}');
    vi.stubEnv('BANAP_POLICIES', file);
    await expect(start(TICK)).rejects.toThrow(/^the compiled policies do not fit this version/);
    expect(lambda.executions()).toEqual([]);
  });

  it('says where it could not start anything', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', NOBODY);
    await expect(start(TICK)).rejects.toThrow(/ECONNREFUSED.*safe to try again/);
  });
});
