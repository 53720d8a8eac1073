import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

let home = '';

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'banap-pack-'));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', home], { stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync('tar', ['xzf', `banap-${manifest.version}.tgz`], { cwd: home });
  // As an install would put them there.
  symlinkSync(resolve('node_modules'), join(home, 'node_modules'));
}, 30_000);
afterAll(() => rmSync(home, { recursive: true }));

function banap(...args: string[]): string {
  return execFileSync(process.execPath, [join(home, 'package/bin/banap.js'), ...args], { cwd: home, encoding: 'utf8' });
}

it('what npm packs is a command that runs without the sources', () => {
  expect(banap('--version').trim()).toBe(manifest.version);
  expect(banap('explain', 'held')).toContain('Guard held: somebody holds the server');
  expect(banap('policies', 'check', 'package/policies.yml')).toContain('package/policies.yml');
});
