import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { storeErrorFrom } from '../../lib/store/dynamo-error.ts';
import { dynamoStore } from '../../lib/store/named-store.ts';
import type { TableStore } from '../../lib/store/store.ts';
import { all, asking, bench, clientFor, failureOf, holdOn, NOON, recordOf } from './bench.ts';

const b = bench();

const news = { subject: '1001', content: 'one', requestId: 'r1' };
const everyMethod: [method: string, call: (store: TableStore) => Promise<unknown>][] = [
  ['holds', (one) => one.holds('default')],
  ['hold', (one) => one.hold('default', holdOn('1001'))],
  ['release', (one) => one.release('default', '1001', 'mina')],
  ['countedToday', (one) => one.countedToday('default')],
  ['admit', (one) => one.admit(asking('r1', ['1001']))],
  ['close', (one) => one.close('default', 'r1', 'of-r1')],
  ['policyNow', (one) => one.policyNow('nightly-dev')],
  ['publish', (one) => one.publish({}, 1)],
  ['isNews', (one) => one.isNews('default', news)],
  ['record', (one) => one.record([recordOf(1)])],
  ['audit', (one) => all(one.audit('default', { from: NOON, to: NOON + 1 }))],
];

describe('a table that is not there', () => {
  it.each(everyMethod)('is an error of %s that says what to do', async (_method, call) => {
    const missing = dynamoStore({ table: 'nowhere', clock: b.clock, client: b.client });
    const error = await failureOf(call(missing));
    expect(error).toMatchObject({ name: 'StoreError', passing: false });
    expect(error.message).toBe('table nowhere does not exist; create it by deploying, or set BANAP_TABLE');
  });

  it('may have been there before', async () => {
    expect(await b.store.holds('default')).toEqual([]);
    await b.database.dropTable(b.table());
    await expect(b.store.holds('default')).rejects.toThrow('does not exist');
  });
});

describe('a table that cannot be reached', () => {
  it.each(everyMethod)('is an error of %s that passes', async (_method, call) => {
    const client = clientFor('http://127.0.0.1:1');
    const error = await failureOf(call(dynamoStore({ table: 'banap-dev', clock: b.clock, client })));
    expect(error).toMatchObject({ name: 'StoreError', passing: true });
    expect(error.message).toMatch(/^table banap-dev did not answer as expected \(ECONNREFUSED\)/);
    client.destroy();
  });
});

describe('a failure', () => {
  const passing = [
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'RequestLimitExceeded',
    'InternalServerError',
    'ServiceUnavailable',
    'cut',
  ];
  it.each(passing)('that passes is got over once and said when it stays: %s', async (failure) => {
    b.database.failNext(1, failure);
    expect(await b.store.admit(asking('r1', ['1001']))).toEqual({ kind: 'admitted', taken: [] });
    b.database.failNext(2, failure);
    expect(await failureOf(b.store.admit(asking('r2', ['1002'])))).toMatchObject({
      name: 'StoreError',
      passing: true,
    });
    expect(await b.store.countedToday('default')).toEqual(['1001']);
  });

  const lasting: [failure: string, saying: string][] = [
    ['AccessDeniedException', 'may not be used by this role'],
    ['UnrecognizedClientException', 'took no credentials from here'],
    ['ExpiredTokenException', 'took no credentials from here'],
    ['InvalidSignatureException', 'took no credentials from here'],
    ['MissingAuthenticationTokenException', 'took no credentials from here'],
    ['ResourceNotFoundException', 'does not exist'],
    ['ValidationException', 'could not be used (ValidationException)'],
  ];
  it.each(lasting)('that does not pass says so and shows no keys: %s', async (failure, saying) => {
    b.database.failNext(1, failure); // the client does not ask again
    const error = await failureOf(b.store.holds('default'));
    expect(error).toMatchObject({ name: 'StoreError', passing: false });
    expect(error.message).toContain(saying);
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toMatch(
      /AKIDEXAMPLE|SecretExample|refused on request/,
    );
  });

  it('of a run that is half-way leaves the run admitted once', async () => {
    b.database.failNext(1, 'none');
    b.database.failNext(2, 'cut-after');
    expect(await failureOf(b.store.admit(asking('r1', ['1001'])))).toMatchObject({ passing: true });
    expect(await b.another().admit(asking('r1', ['1001']))).toEqual({ kind: 'admitted', taken: [] });
    expect(await b.store.countedToday('default')).toEqual(['1001']);
  });

  it('on the second page of holds is a failure of all', async () => {
    const { serverInstanceNo: _, ...stored } = holdOn('1001');
    for (const sk of ['1001', '1002', '1003', '1004', '1005']) {
      await b.put({ pk: 'default#HOLD', sk, ...stored, reason: 'x'.repeat(300_000) });
    }
    b.database.failNext(1, 'none');
    b.database.failNext(2, 'InternalServerError');
    expect(await failureOf(b.store.holds('default'))).toMatchObject({ passing: true });
  });

  it('is known by its name, whatever its text says', () => {
    expect(storeErrorFrom(new Error('Region is missing'), 'banap-dev')).toMatchObject({
      message: 'table banap-dev could not be used (Error)',
      passing: false,
    });
  });

  it('of something else is an error of the store too', () => {
    expect(storeErrorFrom('text', 'banap-dev')).toMatchObject({
      message: 'table banap-dev could not be used (unknown error)',
      passing: false,
    });
  });
});

describe('without settings', () => {
  const names = ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'];
  async function inEnvironment<T>(settings: Record<string, string>, work: () => Promise<T>): Promise<T> {
    const before = { ...process.env };
    for (const name of names) delete process.env[name];
    const nowhere = { AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' };
    Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', ...nowhere, ...settings });
    try {
      return await work();
    } finally {
      process.env = before;
    }
  }

  it('a call for a region', async () => {
    const error = await inEnvironment({}, () =>
      failureOf(dynamoStore({ table: 'banap-dev', clock: systemClock }).holds('default')),
    );
    expect(error).toMatchObject({ passing: false });
    expect(error.message).toContain('no AWS region is set; set AWS_REGION, for example ap-northeast-2');
  });

  it('credentials are asked for', async () => {
    const error = await inEnvironment({ AWS_REGION: 'ap-northeast-2' }, () =>
      failureOf(dynamoStore({ table: 'banap-dev', clock: systemClock }).holds('default')),
    );
    expect(error).toMatchObject({ passing: false });
    expect(error.message).toContain('took no credentials from here (CredentialsProviderError); sign in to AWS again');
  });

  it('the table is found where AWS_ENDPOINT_URL_DYNAMODB says, by a client made without arguments', async () => {
    const settings = {
      AWS_ENDPOINT_URL_DYNAMODB: b.database.url,
      AWS_REGION: 'ap-northeast-2',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    await b.store.hold('default', holdOn('1001'));
    const made = inEnvironment(settings, () => dynamoStore({ table: b.table(), clock: b.clock }).holds('default'));
    expect(await made).toEqual([holdOn('1001')]);
  });
});

describe('a client that nobody answers', () => {
  it('gives up by its own time limits', async () => {
    const client = new DynamoDBClient({
      endpoint: b.database.url,
      region: 'ap-northeast-2',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
      requestHandler: { requestTimeout: 50, throwOnRequestTimeout: true },
    });
    b.database.failNext(1, 'hang');
    const error = await failureOf(dynamoStore({ table: b.table(), clock: b.clock, client }).holds('default'));
    expect(error).toMatchObject({ name: 'StoreError', passing: true });
    client.destroy();
  });
});
