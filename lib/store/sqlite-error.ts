import { StoreError } from '../termination/ports/store.ts';

/** Turns an error of SQLite or the file system, by its code, into one sentence that names the file. */
export function sqliteErrorFrom(error: unknown, name: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  const [saying, passing] = SAYINGS[code] ?? [`could not be used (${describe(error, code)})`, false];
  return new StoreError(`${name} ${saying}`, { passing, of: name, code: String(code), cause: error });
}

/** The primary result code, without what SQLite's extended codes add; or Node's code of a failed system call. */
function codeOf(error: unknown): string | number {
  if (!(error instanceof Error)) return '';
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff;
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function describe(error: unknown, code: string | number): string {
  const text = error instanceof Error ? error.message : String(error);
  return code === '' || text.includes(String(code)) ? text : `${text}, ${code}`;
}

const DENIED = 'may not be used by this user: give it back to its owner, or set BANAP_STATE_DIR to another folder';
const DAMAGED =
  'is damaged: restore it from a backup, or move it away to begin anew, which forgets holds, the last 24 hours and runs that were cut off';
const FULL = 'could not be written: the disk is full';

/** See {@link https://sqlite.org/rescode.html SQLite's result codes}. */
const SAYINGS: Readonly<Record<string | number, readonly [saying: string, passing: boolean]>> = {
  5: ['is used by another process; try again later', true], // SQLITE_BUSY
  6: ['is used by another process; try again later', true], // SQLITE_LOCKED
  8: ['cannot be written: it is read-only; set BANAP_STATE_DIR to another folder', false], // SQLITE_READONLY
  10: ['could not be read or written (disk I/O error)', true], // SQLITE_IOERR
  11: [DAMAGED, false], // SQLITE_CORRUPT
  13: [FULL, true], // SQLITE_FULL
  14: ['cannot be opened; set BANAP_STATE_DIR to another folder', false], // SQLITE_CANTOPEN
  26: [DAMAGED, false], // SQLITE_NOTADB
  EACCES: [DENIED, false],
  EPERM: [DENIED, false],
  EROFS: ['cannot be written: its file system is read-only; set BANAP_STATE_DIR to another folder', false],
  ENOSPC: [FULL, true],
  EISDIR: ['is a folder; set BANAP_STATE_DIR to another folder', false],
  ENOTDIR: ['cannot be made: a part of its path is no folder; set BANAP_STATE_DIR to another folder', false],
};
