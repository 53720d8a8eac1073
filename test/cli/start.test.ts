import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { reportSchema } from '../../lib/reports/report.ts';

it('npm start keeps its promises, ends by itself and leaves a report of every run', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'banap-start-'));
  try {
    // Rejects where the exit code is not 0.
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [join(import.meta.dirname, '..', '..', 'lib', 'dev', 'start.ts')],
      {
        cwd,
        env: {
          HOME: cwd,
          PATH: process.env['PATH'],
          NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
          AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9', // nothing listens there, and nothing here needs it
        },
        timeout: 28_000,
      },
    );
    expect(stderr).toBe('');
    expect(stdout).toContain('5 events were 4 executions, with 4 signed reports');
    expect(stdout).toMatch(/ {4}1002 {2}dev-2 +held /);
    expect(stdout).toContain('Attention: review-4 (1104): terminate-at: "다음주"');
    expect(stdout).toContain('11 of 37 simulated servers are gone');
    const reports = readdirSync(cwd)
      .toSorted()
      .map((file) => reportSchema.parse(JSON.parse(readFileSync(join(cwd, file), 'utf8'))).summary);
    expect(reports).toEqual([
      'vpc KR: 2 refused',
      'classic KR: 4 terminated, 3 refused',
      'vpc KR: 5 terminated, 2 refused',
      'vpc KR: 2 terminated, 1 refused',
    ]);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});
