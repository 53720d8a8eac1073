import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { LambdaHandler } from '../../lib/dev/durable-runner.ts';
import { startDynamoDb } from '../../lib/dev/dynamodb.ts';
import { startLambda } from '../../lib/dev/lambda.ts';
import { startSecretsManager } from '../../lib/dev/secrets-manager.ts';
import { checkPolicies } from '../../lib/policies/check.ts';
import { compilePolicies, readCompiled } from '../../lib/policies/load.ts';
import { policiesSchema } from '../../lib/policies/schema.ts';
import { startSimulator } from '../../lib/simulator/simulator.ts';
import { buildInto, type Packaged, packagedProject } from './packaged.ts';

let packaged: Packaged;
beforeAll(() => {
  packaged = packagedProject();
});

const ENTRIES = ['terminate', 'start', 'webhook', 'slack', 'naver-works', 'chat'];

test.each(['terminate', 'start', 'webhook', 'chat'])(
  'what is uploaded of %s is exactly the bundle and the policies',
  (name) => {
    const zip = readFileSync(join(packaged.folder, '.serverless', `${name}.zip`));
    expect(namesIn(zip).toSorted()).toEqual([`dist/${name}.cjs`, 'dist/policies.json'].toSorted());
  },
);

test.each([
  ['slack', 'slack'],
  ['naverWorks', 'naver-works'],
])('what is uploaded of %s is exactly the bundle: it knows no policies', (name, entry) => {
  expect(namesIn(readFileSync(join(packaged.folder, '.serverless', `${name}.zip`)))).toEqual([`dist/${entry}.cjs`]);
});

test('the bundles come with their source maps, a list of what is in them, and what the policies come to', () => {
  const bundles = ENTRIES.flatMap((name) => [`${name}.cjs`, `${name}.cjs.map`]);
  expect(readdirSync(join(packaged.folder, 'dist')).toSorted()).toEqual(
    ['meta.json', 'policies-resources.json', 'policies.json', ...bundles].toSorted(),
  );
});

test("the packaged policies are the file's, with every default, and say when they were built", () => {
  const { builtAt, ...policies } = readCompiled(readFileSync(join(packaged.folder, 'dist', 'policies.json'), 'utf8'));
  expect(Math.abs(Date.parse(builtAt) - Date.now())).toBeLessThan(10 * 60_000);
  expect(policies).toEqual(checkPolicies(readFileSync('policies.yml', 'utf8'), { now: Date.now() }).policies);
});

test.each(ENTRIES)('the bundle of %s can be imported alone in Node 24 and exports the handler', async (name) => {
  const alone = join(packaged.folder, '.serverless', `alone-${name}.cjs`);
  writeFileSync(alone, readFileSync(join(packaged.folder, 'dist', `${name}.cjs`)));
  const script = `import(${JSON.stringify(alone)}).then((m) => console.log(process.version, typeof m.handler))`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-e', script], { env: {} });
  expect(stdout.trim()).toMatch(/^v24\.\d+\.\d+ function$/);
  expect(stderr).toBe('');
});

test.each(['slack', 'naver-works', 'webhook'])('the bundle of %s loads little of Node', async (name) => {
  const file = join(packaged.folder, 'dist', `${name}.cjs`);
  const script = `require(${JSON.stringify(file)}); console.log(process.moduleLoadList.join('\\n'))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env: {} });
  const loaded = stdout.split('\n');
  expect(loaded).toContain('NativeModule https');
  const heavy = ['internal/deps/undici/undici', 'http2', 'worker_threads', 'child_process'];
  expect(heavy.filter((one) => loaded.includes(`NativeModule ${one}`))).toEqual([]);
  // What is imported later would load them then.
  expect(readFileSync(file, 'utf8')).not.toMatch(/\bimport\(/);
});

test('the bundle refuses to run where its function is not durable', async () => {
  const file = join(packaged.folder, 'dist', 'terminate.cjs');
  const { handler } = await import(/* @vite-ignore */ file);
  await expect(handler({ mode: 'plan' }, {})).rejects.toThrow(
    'Unexpected payload provided to start the durable execution',
  );
});

test.each(ENTRIES)('the bundle of %s holds no path of the machine that built it', (name) => {
  expect(readFileSync(join(packaged.folder, 'dist', `${name}.cjs`), 'utf8')).not.toContain(process.cwd());
});

test('the bundles hold no simulator, no command line and no library of theirs', () => {
  const { inputs } = JSON.parse(readFileSync(join(packaged.folder, 'dist', 'meta.json'), 'utf8'));
  const paths = Object.keys(inputs);
  expect(paths).toContain('lib/policies/load.ts');
  expect(paths.filter((path) => /^lib\/(local|simulator|cli)\/|\/node_modules\/(yaml|commander)\//.test(path))).toEqual(
    [],
  );
});

// Somebody waits for these while they start.
test.each([
  ['slack', 168_000],
  ['naver-works', 168_000],
  // With the clients of AWS and the sentences of both languages.
  ['webhook', 640_000],
])('the bundle of %s is small: no client of NCP, no XML, and the SDK only in the one that uses it', (name, most) => {
  const { outputs }: Metafile = JSON.parse(readFileSync(join(packaged.folder, 'dist', 'meta.json'), 'utf8'));
  const [, output] = Object.entries(outputs).find(([path]) => path.endsWith(`/${name}.cjs`)) ?? [];
  const used = Object.entries(output?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [path] : [],
  );
  expect(used).toContain(`functions/${name}.ts`);
  const unwanted = ['undici', 'fast-xml-parser', 'temporal-polyfill', '@slack/web-api', 'lib/ncloud/client.ts'];
  unwanted.push('@aws-sdk/credential-provider-node', '@aws-sdk/nested-clients');
  if (name !== 'webhook') unwanted.push('@aws-sdk', 'lib/store/store.ts');
  expect(unwanted.filter((one) => used.some((path) => `/${path}`.includes(`/${one}`)))).toEqual([]);
  expect(output?.bytes).toBeLessThan(most);
});

test.each(ENTRIES)('the build prints how large %s is', (name) => {
  expect(packaged.output).toMatch(new RegExp(`/${name}\\.cjs  \\d+ kB, \\d+ kB compressed\\n`));
});

describe('the build fails', () => {
  test('where an entry is not there', async () => {
    expect(await failing('policies.yml', 'functions/nothing.ts')).toBe(
      'build failed: there is no functions/nothing.ts\n',
    );
  });

  test('where the policies are not there', async () => {
    expect(await failing('nothing.yml')).toBe('build failed: there is no nothing.yml\n');
  });

  test('with every problem of the policies', async () => {
    const file = join(packaged.folder, 'broken.yml');
    writeFileSync(
      file,
      'version: 1\npolicies:\n  a: { select: { environment: vpc }, schedule: cron(0 0 30 2 ? *) }\n  b: { selct: {} }\n',
    );
    const lines = (await failing(file)).trimEnd().split('\n');
    expect(lines.map((line) => line.replace(`${file}:`, '').replace(/^([\d:]+ [\w.]+): .*/, '$1'))).toEqual([
      '3:8 policies.a.select',
      '3:48 policies.a.schedule',
      '4:3 policies.b.select',
      '4:8 policies.b.selct',
      `build failed: ${file} has 4 problems`,
    ]);
  });
});

/** The message of a build that must fail. What an earlier build made stays. */
async function failing(policies: string, ...entries: string[]): Promise<string> {
  const outdir = join(packaged.folder, 'kept');
  mkdirSync(outdir, { recursive: true });
  writeFileSync(join(outdir, 'before'), '');
  const error: unknown = await buildInto(outdir, policies, ...entries).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 1, stdout: '' });
  expect(readdirSync(outdir)).toEqual(['before']);
  return (error as { stderr: string }).stderr;
}

/** The names in the central directory at the end of a zip file. */
function namesIn(zip: Buffer): string[] {
  const names: string[] = [];
  for (let at = zip.indexOf('PK\x01\x02', 'latin1'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 46, 'latin1')) {
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names;
}

test('the bundles themselves make one termination of one tick that comes twice', async () => {
  const keys = { accessKey: 'AKBUNDLE', secretKey: 'bundle-secret' };
  const servers = [{ serverInstanceNo: '1001', serverName: 'dev-1' }];
  const simulator = await startSimulator({ ...keys, speed: 60, fleet: { environment: 'classic', servers } });
  const secrets = await startSecretsManager({ secrets: { 'banap/bundle': JSON.stringify(keys) } });
  const table = await startDynamoDb();
  await table.createTable('banap-bundle');
  const bundled = async (name: string): Promise<LambdaHandler> =>
    (await import(/* @vite-ignore */ join(packaged.folder, 'dist', `${name}.cjs`))).handler;
  const lambda = await startLambda({ functions: { terminate: await bundled('terminate') } });
  const policies = join(packaged.folder, 'bundle-policies.json');
  writeFileSync(policies, compilePolicies(POLICIES, '2026-11-20T00:00:00Z'));
  const settings = {
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_REGION: 'ap-northeast-2',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    NCLOUD_SECRET_ID: 'banap/bundle',
    NCLOUD_API_GW: simulator.url,
    BANAP_POLL_SECONDS: '1',
    BANAP_TABLE: 'banap-bundle',
    BANAP_POLICIES: policies,
    TERMINATE_FUNCTION: 'arn:aws:lambda:ap-northeast-2:111122223333:function:terminate:durable',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const quiet = vi.spyOn(console, 'log').mockReturnValue();
  const start = await bundled('start');
  const tick = { policy: 'nightly', scheduledTime: '2026-11-23T12:00:00Z', schedule: 'arn:aws:scheduler:x' };
  for (const each of [tick, tick]) await Reflect.apply(start, undefined, [each, {}]);
  await lambda.settled();
  expect(lambda.executions().map(({ ended }) => ended)).toEqual([
    expect.objectContaining({
      status: 'SUCCEEDED',
      result: expect.objectContaining({ outcomes: [expect.objectContaining({ result: 'terminated' })] }),
    }),
  ]);
  expect(simulator.state().servers).toEqual([]);
  quiet.mockRestore();
  vi.unstubAllEnvs();
  await Promise.all([simulator.close(), secrets.close(), table.close(), lambda.close()]);
});

const POLICIES = policiesSchema.parse({
  version: 1,
  policies: {
    nightly: {
      mode: 'terminate',
      select: { environment: 'classic', names: ['dev-*'] },
      schedule: 'cron(0 21 * * ? *)',
      limits: { maxPercent: 100 },
    },
  },
});
