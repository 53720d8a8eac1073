import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { namedStore } from '../../lib/store/named-store.ts';
import { SqliteTable } from '../../lib/store/sqlite-table.ts';
import { TableStore } from '../../lib/store/store.ts';
import { failureOf } from './bench.ts';

const HOLD = { serverInstanceNo: '1', serverName: 'a', kind: 'keep', by: 'mina', reason: '', until: '' } as const;
const at = '2026-11-23T12:00:00Z';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'banap named ')); // the space has to survive in the URL
});

afterEach(() => rmSync(folder, { recursive: true }));

function named(table: string): TableStore {
  return namedStore({ table, clock: systemClock });
}

it('a file URL names a SQLite file, which other processes may use at once, of every account', async () => {
  const file = join(folder, 'banap.db');
  const one = named(pathToFileURL(file).href);
  await one.hold('default', { ...HOLD, at });
  const other = new TableStore({ table: new SqliteTable({ file, clock: systemClock }), clock: systemClock });
  await other.hold('lab', { ...HOLD, at });
  expect(await other.holds('default')).toMatchObject([{ by: 'mina' }]);
  expect(await one.holds('lab')).toMatchObject([{ by: 'mina' }]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(named(pathToFileURL(file).href)).toBe(one);
  for (const store of [one, other]) store.disconnect();
});

it.each(['banap-dev', 'file', 'file.db'])('%s names a table of DynamoDB', async (table) => {
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', 'http://127.0.0.1:9');
  vi.stubEnv('AWS_REGION', 'ap-northeast-2');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  expect((await failureOf(named(table).holds('default'))).message).toContain(`table ${table}`);
  vi.unstubAllEnvs();
});

it('a file that cannot be opened says so, and is tried again', () => {
  const table = pathToFileURL(folder).href;
  for (let tries = 0; tries < 2; tries += 1) expect(() => named(table)).toThrow(/is a folder|cannot be opened/);
});
