import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tableFrom, withStore } from '../../lib/cli/store.ts';
import { ConfigError } from '../../lib/ncloud/config.ts';
import type { TableStore } from '../../lib/store/store.ts';
import { all, asking, HOUR_MS, holdOn } from '../store/bench.ts';

describe('BANAP_TABLE', () => {
  it('names the table', () => {
    expect(tableFrom({ BANAP_TABLE: 'banap-dev' })).toBe('banap-dev');
  });

  it.each([
    [undefined, 'BANAP_TABLE is not set; expected'],
    ['', 'BANAP_TABLE is not set; expected'],
    ['ab', 'BANAP_TABLE is "ab"; expected'],
    ['banap dev', 'BANAP_TABLE is "banap dev"; expected'],
  ])('%j is refused in one sentence', (given, saying) => {
    const env = given === undefined ? {} : { BANAP_TABLE: given };
    expect(() => tableFrom(env)).toThrow(ConfigError);
    expect(() => tableFrom(env)).toThrow(saying);
    expect(() => tableFrom(env)).toThrow("the name of banap's DynamoDB table, for example banap-dev");
  });
});

function inFile<T>(folder: string, account: string, work: (store: TableStore) => Promise<T>): Promise<T> {
  const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'SecretExample' };
  const read = () => Promise.resolve(keys);
  const io = { env: { BANAP_STATE_DIR: folder }, stderr: process.stderr };
  return withStore({ account, keys: () => ({ current: read, fresh: read }) }, io, work);
}

describe('the file of an access key', () => {
  it('has the holds, claims, counts and audit of the account, whatever the account is called', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'banap-store-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const now = Date.now();
    await inFile(folder, 'default', async (store) => {
      await store.hold('default', holdOn('1001'));
      await store.admit(asking('r1', ['1002'], { claimedUntil: now + HOUR_MS }));
    });
    await inFile(folder, 'prod', async (store) => {
      expect(await store.holds('prod')).toMatchObject([{ serverInstanceNo: '1001' }]);
      expect(await store.countedToday('prod')).toEqual(['1002']);
      const second = asking('r2', ['1002'], { account: 'prod', claimedUntil: now + HOUR_MS });
      expect(await store.admit(second)).toMatchObject({ taken: [{ requestId: 'r1' }] });
      const records = await all(store.audit('prod', { from: now - HOUR_MS, to: now + HOUR_MS }));
      expect(records.map(({ what }) => what)).toEqual(['hold']);
      expect(await store.release('prod', '1001', 'mina')).toHaveLength(1);
    });
    await inFile(folder, 'default', async (store) => {
      expect(await store.holds('default')).toEqual([]);
    });
  });
});
