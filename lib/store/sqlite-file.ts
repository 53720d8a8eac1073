/** Opening banap's SQLite file: for its owner alone, with a schema that this version knows. */

import { closeSync, fchmodSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../termination/ports/store.ts';
import { sqliteErrorFrom } from './sqlite-error.ts';

/** Kept in SQLite's `user_version`. A later schema adds its change to {@link prepared}. */
const SCHEMA = 1;

const CREATE = `
  CREATE TABLE item (
    pk TEXT NOT NULL,
    sk TEXT NOT NULL,
    item TEXT NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (pk, sk)
  ) STRICT;
  CREATE INDEX item_expires_at ON item (expires_at) WHERE expires_at IS NOT NULL;
  PRAGMA user_version = ${SCHEMA};
`;

/** `name`: as messages call it. `busyMs`: how long to wait for another process. Throws {@link StoreError}. */
export function openSqlite({ file, name, busyMs }: { file: string; name: string; busyMs: number }): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    if (file !== ':memory:') makeFile(file);
    database = new DatabaseSync(file, { timeout: busyMs });
    // Readers do not wait for a writer. FULL: what was answered survives a power cut, as it does in DynamoDB.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    prepare(database, name);
    return database;
  } catch (error) {
    database?.close();
    throw sqliteErrorFrom(error, name);
  }
}

/** SQLite gives the files beside it the same mode. */
function makeFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const descriptor = openSync(file, 'a', 0o600);
  fchmodSync(descriptor, 0o600);
  closeSync(descriptor);
}

/** In one transaction, because another process may be opening the file for the first time, too. */
function prepare(database: DatabaseSync, name: string): void {
  database.exec('BEGIN IMMEDIATE');
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > SCHEMA) {
    const known = `schema ${version}; this one knows ${SCHEMA}`;
    const way = 'update banap, or set BANAP_STATE_DIR to another folder';
    throw new StoreError(`${name} was written by a newer banap (${known}): ${way}`, { passing: false });
  }
  if (version === 0) {
    const tables = Number(database.prepare('SELECT count(*) AS count FROM sqlite_schema').get()?.['count']);
    if (tables > 0) {
      const way = 'move it away, or set BANAP_STATE_DIR to another folder';
      throw new StoreError(`${name} is a database of another program: ${way}`, { passing: false });
    }
    database.exec(CREATE);
  }
  database.exec('COMMIT');
}
