import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('nothing is packaged of policies that are not UTF-8', async ({ onTestFinished }) => {
  const folder = mkdtempSync(join(tmpdir(), 'banap-encoding-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'policies.yml');
  const text = 'version: 1\npolicies: { dev: { select: { environment: vpc, names: [dev-*] } } }\n# ';
  writeFileSync(file, Buffer.from([...Buffer.from(text), 0xba, 0xb8, 0xc1, 0xb8]));
  const outdir = join(folder, 'dist');
  const { code, stderr } = await built(['--policies', file, '--outdir', outdir]);
  expect(code).toBe(1);
  expect(stderr).toContain(`${file}:3:3 this is not UTF-8; expected UTF-8`);
  expect(existsSync(outdir)).toBe(false);
});

function built(args: string[]): Promise<{ code: unknown; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/build.ts', ...args], (error, _stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stderr });
    });
  });
}
