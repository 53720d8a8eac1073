import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runDurably } from '../../lib/local/durable-runner.ts';
import { startSecretsManager } from '../../lib/local/secrets-manager.ts';
import { startSimulator } from '../../lib/simulator/simulator.ts';
import { type Packaged, packageCopy } from './packaged.ts';

let packaged: Packaged;
beforeAll(async () => {
  packaged = await packageCopy();
}, 60_000);
afterAll(() => packaged?.remove());

test('what is uploaded is exactly the bundle', () => {
  const zip = readFileSync(join(packaged.folder, '.serverless', 'terminate.zip'));
  expect(namesIn(zip)).toEqual(['dist/terminate.mjs']);
});

test('the bundle comes with its source map and a list of what is in it', () => {
  expect(readdirSync(join(packaged.folder, 'dist')).toSorted()).toEqual([
    'meta.json',
    'terminate.mjs',
    'terminate.mjs.map',
  ]);
});

test('the bundle can be imported alone in Node 24 and exports the handler', async () => {
  const alone = join(packaged.folder, '.serverless', 'alone.mjs');
  writeFileSync(alone, readFileSync(join(packaged.folder, 'dist', 'terminate.mjs')));
  const script = `import(${JSON.stringify(alone)}).then((m) => console.log(process.version, typeof m.handler))`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-e', script], { env: {} });
  expect(stdout.trim()).toMatch(/^v24\.\d+\.\d+ function$/);
  expect(stderr).toBe('');
});

test('the bundle refuses to run where its function is not durable', async () => {
  const file = join(packaged.folder, 'dist', 'terminate.mjs');
  const { handler } = await import(/* @vite-ignore */ file);
  await expect(handler({ mode: 'plan' }, {})).rejects.toThrow(
    'Unexpected payload provided to start the durable execution',
  );
});

test('the bundle holds no test, no simulator and no path of the machine that built it', () => {
  const bundle = readFileSync(join(packaged.folder, 'dist', 'terminate.mjs'), 'utf8');
  expect(bundle).not.toContain(process.cwd());
  const { inputs } = JSON.parse(readFileSync(join(packaged.folder, 'dist', 'meta.json'), 'utf8'));
  expect(Object.keys(inputs).filter((path) => /^lib\/(local|simulator|cli)\//.test(path))).toEqual([]);
});

test('a build of an entry that is not there fails with a sentence', async () => {
  const build = promisify(execFile)(process.execPath, [
    'scripts/build.ts',
    'functions/nothing.ts',
    join(packaged.folder, 'none'),
  ]);
  await expect(build).rejects.toMatchObject({
    code: 1,
    stderr: 'build failed: there is no entry functions/nothing.ts\n',
  });
});

/** The names in the central directory at the end of a zip file. */
function namesIn(zip: Buffer): string[] {
  const names: string[] = [];
  for (let at = zip.indexOf('PK\x01\x02', 'latin1'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 46, 'latin1')) {
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names;
}

test('the bundle itself terminates a server, under the durable runner', async () => {
  const keys = { accessKey: 'AKBUNDLE', secretKey: 'bundle-secret' };
  const servers = [{ serverInstanceNo: '1001', serverName: 'dev-1' }];
  const simulator = await startSimulator({ ...keys, speed: 60, fleet: { environment: 'classic', servers } });
  const secrets = await startSecretsManager({ secrets: { 'banap/bundle': JSON.stringify(keys) } });
  const settings = {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_REGION: 'ap-northeast-2',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    NCLOUD_SECRET_ID: 'banap/bundle',
    NCLOUD_API_GW: simulator.url,
    BANAP_POLL_SECONDS: '1',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const quiet = vi.spyOn(console, 'log').mockReturnValue();
  const { handler } = await import(/* @vite-ignore */ join(packaged.folder, 'dist', 'terminate.mjs'));
  const limits = { maxPercent: 100 };
  const run = await runDurably(handler, { environment: 'classic', servers: ['1001'], mode: 'terminate', limits });
  expect(run).toMatchObject({ status: 'SUCCEEDED', result: { outcomes: [{ result: 'terminated' }] } });
  expect(simulator.state().servers).toEqual([]);
  quiet.mockRestore();
  vi.unstubAllEnvs();
  await Promise.all([simulator.close(), secrets.close()]);
});
