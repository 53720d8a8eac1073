import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteTable } from '../../lib/store/sqlite-table.ts';
import type { Item } from '../../lib/store/table.ts';
import { StoreError } from '../../lib/termination/ports/store.ts';

let home: string;
let file: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'banap-sqlite-'));
  file = join(home, 'state', 'banap.db');
});
afterEach(() => rmSync(home, { recursive: true }));

const clock = { time: 1_000_000, now: () => clock.time, sleep: () => Promise.resolve() };
const ITEM: Item = { pk: 'a', sk: '1', text: '가', list: [1, { deep: true }] };

function opened<T>(work: (table: SqliteTable) => T): T {
  const table = new SqliteTable({ file, clock });
  try {
    return work(table);
  } finally {
    table.close();
  }
}

function failure(work: () => unknown): StoreError {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

const mode = (path: string): number => statSync(path).mode & 0o777;

describe('the file', () => {
  it('and what SQLite puts beside it are for their owner alone, in a folder for its owner alone', () => {
    opened(() => {
      expect(mode(join(home, 'state'))).toBe(0o700);
      for (const name of ['banap.db', 'banap.db-wal', 'banap.db-shm'])
        expect(mode(join(home, 'state', name))).toBe(0o600);
    });
  });

  it('that others could read is closed to them', () => {
    opened(() => {});
    chmodSync(file, 0o644);
    opened(() => expect(mode(file)).toBe(0o600));
  });

  it('keeps what was written, and shows it to another process at once', async () => {
    const one = new SqliteTable({ file, clock });
    const other = new SqliteTable({ file, clock });
    await one.put(ITEM, 'an item');
    expect(await other.get('a', '1')).toEqual(ITEM);
    for (const table of [one, other]) table.close();
    await opened(async (table) => expect(await table.get('a', '1')).toEqual(ITEM));
  });

  it('of a newer schema is left alone, with a sentence that says what to do', () => {
    opened(() => {});
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 2');
    database.close();
    const { message, passing } = failure(() => opened(() => {}));
    const way = 'update banap, or set BANAP_STATE_DIR to another folder';
    expect(message).toBe(`file ${file} was written by a newer banap (schema 2; this one knows 1): ${way}`);
    expect(passing).toBe(false);
  });

  it('of another program is left alone', () => {
    mkdirSync(join(home, 'state'));
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE theirs (x)');
    database.close();
    expect(failure(() => opened(() => {})).message).toContain('is a database of another program: move it away');
    const after = new DatabaseSync(file);
    expect(after.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'theirs' }]);
    after.close();
  });

  it('that is damaged is reported in one sentence, and is not begun anew', () => {
    mkdirSync(join(home, 'state'));
    writeFileSync(file, 'not a database, but long enough to be taken for one'.repeat(100));
    const { message, passing } = failure(() => opened(() => {}));
    expect(message).toMatch(/^file .*banap\.db is damaged: restore it from a backup, or move it away to begin anew/);
    expect(passing).toBe(false);
    expect(statSync(file).size).toBeGreaterThan(1_000);
  });

  it('that is a folder is reported as one', () => {
    mkdirSync(file, { recursive: true });
    expect(failure(() => opened(() => {})).message).toContain('is a folder; set BANAP_STATE_DIR to another folder');
  });

  it('that has an item that is not JSON fails when it is read', async () => {
    opened(() => {});
    const database = new DatabaseSync(file);
    database.exec("INSERT INTO item VALUES ('a', '1', 'no json', NULL)");
    database.close();
    await opened((table) =>
      expect(table.get('a', '1')).rejects.toThrow(`item a 1 in file ${file} is not JSON: somebody else has written it`),
    );
  });
});

describe('what has expired', () => {
  it('is dropped when the file is opened two months later, and not by a clock that is ahead for a day', async () => {
    const table = new SqliteTable({ file, clock });
    await table.put({ ...ITEM, expiresAt: 1_001 }, 'an item');
    clock.time = 1_001_000;
    expect(await table.get('a', '1')).toBeDefined();
    table.close();
    clock.time = 86_400_000;
    await opened(async (again) => expect(await again.get('a', '1')).toBeDefined());
    clock.time = 1_001_000 + 60 * 86_400_000;
    await opened(async (again) => expect(await again.get('a', '1')).toBeUndefined());
  });
});

describe('a write', () => {
  it('that another process holds up for longer than it waits fails, and passes', () => {
    opened(() => {});
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const { message, passing } = failure(() => new SqliteTable({ file, clock, busyMs: 20 }));
    expect([message, passing]).toEqual([`file ${file} is used by another process; try again later`, true]);
    other.close();
  });

  it('of many items is all of them or none', async () => {
    const table = new SqliteTable({ file, clock });
    const large = { pk: 'a', sk: '2', text: 'x'.repeat(500_000) };
    await expect(table.putAll([ITEM, large], 'the audit')).rejects.toThrow('the audit would take 501 kB in file');
    expect(await table.get('a', '1')).toBeUndefined();
    table.close();
  });
});
