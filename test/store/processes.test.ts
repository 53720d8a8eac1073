import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { SqliteTable } from '../../lib/store/sqlite-table.ts';
import { TableStore } from '../../lib/store/store.ts';
import type { Admission } from '../../lib/termination/ports/store.ts';

interface Told {
  admission: Admission;
  twin: Admission['kind'];
  deliveries: string[];
}

const CHILD = fileURLToPath(new URL('process-child.ts', import.meta.url));
const NAMES = ['1', '2', '3'];
let folder = '';
let told: Told[][] = [];
let counted: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'banap-processes-'));
  const file = join(folder, 'banap.db');
  const run = promisify(execFile);
  // None of them finds the file, so one of them also makes its schema.
  const outputs = await Promise.all(NAMES.map((name) => run(process.execPath, [CHILD, file, name])));
  told = outputs.map(({ stdout }): Told[] => JSON.parse(stdout));
  const store = new TableStore({ table: new SqliteTable({ file, clock: systemClock }), clock: systemClock });
  counted = await store.countedToday('default');
  store.disconnect();
});
afterAll(() => rmSync(folder, { recursive: true }));

const taken = ({ admission }: Told): string[] =>
  admission.kind === 'admitted' ? admission.taken.map(({ serverInstanceNo }) => serverInstanceNo) : [];

describe('processes that use one SQLite file at once', () => {
  it('never count more than the limit, and are let in until it is reached', () => {
    expect(counted.length).toBeLessThanOrEqual(10);
    expect(counted.length).toBeGreaterThanOrEqual(9);
    expect(told.flat().some(({ admission }) => admission.kind === 'refused')).toBe(true);
  });

  it('never get the same server', () => {
    for (let n = 0; n < 8; n += 1) {
      const wanted = told.flatMap((one) => one[n] ?? []).filter(({ admission }) => admission.kind === 'admitted');
      const got = wanted.filter((one) => !taken(one).includes(`${100 + n}`));
      expect(got.length).toBe(Math.min(1, wanted.length));
    }
  });

  it('begin each request once', () => {
    for (let n = 0; n < 8; n += 1) {
      const kinds = told.flatMap((one) => one[n]?.twin ?? []);
      expect(kinds.toSorted()).toEqual(['admitted', 'duplicate', 'duplicate']);
    }
  });

  it('take each delivery once', () => {
    const answers = told.flatMap((one) => one.flatMap(({ deliveries }) => deliveries));
    expect(answers.filter((answer) => answer === 'new')).toHaveLength(320);
    expect(answers.filter((answer) => answer === 'again')).toHaveLength(640);
  });
});
