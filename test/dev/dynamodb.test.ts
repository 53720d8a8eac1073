import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalDynamoDb, startDynamoDb } from '../../lib/dev/dynamodb.ts';

let database: LocalDynamoDb;
let client: DynamoDBClient;
beforeEach(async () => {
  database = await startDynamoDb();
  await database.createTable('banap-dev');
  client = new DynamoDBClient({
    endpoint: database.url,
    region: 'ap-northeast-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await database.close();
});

const Key = { pk: { S: 'a' }, sk: { S: 'b' } };
const put = (): Promise<unknown> => client.send(new PutItemCommand({ TableName: 'banap-dev', Item: Key }));
const get = async (): Promise<unknown> =>
  (await client.send(new GetItemCommand({ TableName: 'banap-dev', Key, ConsistentRead: true }))).Item;

const CUT = /hang up|aborted|ECONNRESET/;

describe('the local DynamoDB', () => {
  it('keeps items under the keys that banap has, and counts calls', async () => {
    await put();
    expect(await get()).toEqual(Key);
    expect([database.calls(), database.calls('PutItem'), database.calls('Query')]).toEqual([2, 1, 0]);
  });

  it('listens on loopback only', () => {
    expect(new URL(database.url).hostname).toBe('127.0.0.1');
  });

  it('knows no table that was dropped', async () => {
    await database.dropTable('banap-dev');
    await expect(put()).rejects.toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }));
  });

  it.each([
    ['ThrottlingException', 400],
    ['InternalServerError', 500],
    ['ServiceUnavailable', 503],
  ])('answers %s with status %i, as often as it is told and no more', async (name, httpStatusCode) => {
    database.failNext(2, name);
    for (let call = 0; call < 2; call += 1) {
      await expect(put()).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
    }
    expect(await get()).toBeUndefined();
  });

  it('cuts a call before it is done', async () => {
    database.failNext(1, 'cut');
    await expect(put()).rejects.toThrow(CUT);
    expect(await get()).toBeUndefined();
  });

  it('loses an answer after the call is done', async () => {
    database.failNext(1, 'cut-after');
    await expect(put()).rejects.toThrow(CUT);
    expect(await get()).toEqual(Key);
  });

  it('lets a call go through before one that fails', async () => {
    database.failNext(1, 'none');
    database.failNext(1, 'cut');
    await put();
    await expect(get()).rejects.toThrow(CUT);
  });

  it('closes while a call hangs, and the process ends by itself', async () => {
    const file = join(import.meta.dirname, '../../lib/dev/dynamodb.ts');
    const code = `
      import { startDynamoDb } from ${JSON.stringify(file)};
      const database = await startDynamoDb();
      await database.createTable('banap-dev');
      database.failNext(1, 'hang');
      const hanging = fetch(database.url, { method: 'POST' }).catch(() => console.log('cut'));
      while (database.calls() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await database.close();
      await hanging;
      console.log('closed');
    `;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { timeout: 10_000 });
    expect((await run).stdout).toBe('cut\nclosed\n');
  });
});
