import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildInto } from './packaged.ts';

it('nothing is packaged of policies that are not UTF-8', async ({ onTestFinished }) => {
  const folder = mkdtempSync(join(tmpdir(), 'banap-encoding-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'policies.yml');
  const text = 'version: 1\npolicies: { dev: { select: { environment: vpc, names: [dev-*] } } }\n# ';
  writeFileSync(file, Buffer.from([...Buffer.from(text), 0xba, 0xb8, 0xc1, 0xb8]));
  const stderr = expect.stringContaining(`${file}:3:3 this is not UTF-8; expected UTF-8`);
  await expect(buildInto(join(folder, 'dist'), file)).rejects.toMatchObject({ code: 1, stderr });
  expect(existsSync(join(folder, 'dist'))).toBe(false);
});
