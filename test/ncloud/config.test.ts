/* oxlint-disable vitest/no-conditional-expect -- helpers stand beside their tests; either outcome may be right */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError, configOf, ncloudConfig, ncloudKeys } from '../../lib/ncloud/config.ts';

const NO_FILE = join(tmpdir(), 'no', 'such', 'file');
const SECRET = 'SECRETEXAMPLE';

function configure(text: string | Uint8Array): string {
  const directory = mkdtempSync(join(tmpdir(), 'banap-configure-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'configure');
  writeFileSync(file, text);
  return file;
}

function problemOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('keys', () => {
  const expected = { accessKey: 'AKIDEXAMPLE', secretKey: SECRET };

  it.each([
    ["NCP's own names", { NCLOUD_ACCESS_KEY: 'AKIDEXAMPLE', NCLOUD_SECRET_KEY: SECRET }],
    ['the longer names of its SDKs', { NCLOUD_ACCESS_KEY_ID: 'AKIDEXAMPLE', NCLOUD_SECRET_ACCESS_KEY: SECRET }],
    ['one of each', { NCLOUD_ACCESS_KEY: 'AKIDEXAMPLE', NCLOUD_SECRET_ACCESS_KEY: SECRET }],
    [
      'both, of which the short ones win',
      {
        NCLOUD_ACCESS_KEY: 'AKIDEXAMPLE',
        NCLOUD_SECRET_KEY: SECRET,
        NCLOUD_ACCESS_KEY_ID: 'other',
        NCLOUD_SECRET_ACCESS_KEY: 'other',
      },
    ],
  ])('come from %s', (_what, env) => {
    expect(ncloudKeys(env, NO_FILE)).toEqual(expected);
  });

  it("come from the file of NCP's command line", () => {
    const file = configure(
      '[DEFAULT]\nncloud_access_key_id = AKIDEXAMPLE\nncloud_secret_access_key = SECRETEXAMPLE\nncloud_api_url = https://ncloud.apigw.ntruss.com\n',
    );
    expect(ncloudKeys({}, file)).toEqual(expected);
  });

  it.each([
    [
      'Windows line ends',
      '[DEFAULT]\r\nncloud_access_key_id=AKIDEXAMPLE\r\nncloud_secret_access_key=SECRETEXAMPLE\r\n',
    ],
    ['no section', 'ncloud_access_key_id=AKIDEXAMPLE\nncloud_secret_access_key=SECRETEXAMPLE'],
    [
      'another section afterwards',
      '[DEFAULT]\nncloud_access_key_id=AKIDEXAMPLE\nncloud_secret_access_key=SECRETEXAMPLE\n[other]\nncloud_access_key_id=OTHER\n',
    ],
    ['an equals sign in a key', undefined],
  ])('are read from a file with %s', (_what, text) => {
    if (text !== undefined) expect(ncloudKeys({}, configure(text))).toEqual(expected);
    else {
      const file = configure('ncloud_access_key_id=a=b==\nncloud_secret_access_key=c=');
      expect(ncloudKeys({}, file)).toEqual({ accessKey: 'a=b==', secretKey: 'c=' });
    }
  });

  it('are read from no file in another encoding', () => {
    const file = configure(Buffer.from('\ufeff[DEFAULT]\nncloud_access_key_id=AKIDEXAMPLE\n', 'utf16le'));
    expect(problemOf(() => ncloudKeys({}, file))).toBe(
      `${file}:1:1 the file is UTF-16; expected UTF-8: save it again as UTF-8`,
    );
  });

  it('of the environment win over the file', () => {
    const file = configure('ncloud_access_key_id=other\nncloud_secret_access_key=other\n');
    expect(ncloudKeys({ NCLOUD_ACCESS_KEY: 'AKIDEXAMPLE', NCLOUD_SECRET_KEY: SECRET }, file)).toEqual(expected);
  });

  it.each([
    [{}, 'NCLOUD_ACCESS_KEY and NCLOUD_SECRET_KEY not set'],
    [{ NCLOUD_ACCESS_KEY: 'AKIDEXAMPLE' }, 'NCLOUD_SECRET_KEY not set'],
    [{ NCLOUD_SECRET_KEY: SECRET }, 'NCLOUD_ACCESS_KEY not set'],
    [{ NCLOUD_ACCESS_KEY: '', NCLOUD_SECRET_KEY: '' }, 'NCLOUD_ACCESS_KEY and NCLOUD_SECRET_KEY not set'],
  ])('that are missing are named: %j', (env, message) => {
    const problem = problemOf(() => ncloudKeys(env, NO_FILE));
    expect(problem.startsWith(message)).toBe(true);
    expect(problem).toContain(NO_FILE);
    expect(problem).not.toContain(SECRET);
  });

  it.each([`${SECRET}\n`, ` ${SECRET}`, `SECRET EXAMPLE`])(
    'with white space are refused without being shown',
    (secretKey) => {
      const problem = problemOf(() =>
        ncloudKeys({ NCLOUD_ACCESS_KEY: 'AKIDEXAMPLE', NCLOUD_SECRET_KEY: secretKey }, NO_FILE),
      );
      expect(problem).toContain('white space');
      expect(problem).not.toContain('SECRET');
      expect(problem).not.toContain('AKID');
    },
  );

  it('in a file that cannot be read are an error, not absent', () => {
    expect(problemOf(() => ncloudKeys({}, tmpdir()))).toBe(`${tmpdir()} cannot be read`);
  });
});

describe('the endpoint', () => {
  it.each([
    [{}, 'https://ncloud.apigw.ntruss.com'],
    [{ NCLOUD_SITE: 'public' }, 'https://ncloud.apigw.ntruss.com'],
    [{ NCLOUD_SITE: 'gov' }, 'https://ncloud.apigw.gov-ntruss.com'],
    [{ NCLOUD_SITE: 'FIN' }, 'https://fin-ncloud.apigw.fin-ntruss.com'],
    [{ NCLOUD_API_GW: '' }, 'https://ncloud.apigw.ntruss.com'],
    [{ NCLOUD_API_GW: 'https://example.com/' }, 'https://example.com'],
    [{ NCLOUD_API_GW: 'https://example.com:8443' }, 'https://example.com:8443'],
    [{ NCLOUD_API_GW: 'http://127.0.0.1:18080' }, 'http://127.0.0.1:18080'],
    [{ NCLOUD_API_GW: 'http://localhost:18080' }, 'http://localhost:18080'],
    [{ NCLOUD_API_GW: 'http://[::1]:18080' }, 'http://[::1]:18080'],
  ])('of %j is %s', (env, endpoint) => {
    expect(ncloudConfig(env).endpoint).toBe(endpoint);
  });

  it.each([
    ['ncloud.apigw.ntruss.com', 'is not a URL'],
    ['http://ncloud.apigw.ntruss.com', 'must use https'],
    ['http://127.0.0.1.example.com', 'must use https'],
    ['http://10.0.0.1', 'must use https'],
    ['ftp://127.0.0.1', 'must use https'],
    ['file:///etc/passwd', 'holds more than an origin'],
    ['https://ncloud.apigw.ntruss.com/server/v2', 'holds more than an origin'],
    ['https://ncloud.apigw.ntruss.com?a=1', 'holds more than an origin'],
    ['https://ncloud.apigw.ntruss.com#a', 'holds more than an origin'],
    ['https://user:hunter2@ncloud.apigw.ntruss.com', 'holds more than an origin'],
  ])('%s is refused', (given, why) => {
    const problem = problemOf(() => ncloudConfig({ NCLOUD_API_GW: given }));
    expect(problem).toContain('NCLOUD_API_GW');
    expect(problem).toContain(why);
    expect(problem).not.toContain('hunter2');
  });
});

describe('Resource Manager', () => {
  it.each([
    [{}, 'https://resourcemanager.apigw.ntruss.com'],
    [{ NCLOUD_SITE: 'gov' }, 'https://resourcemanager.apigw.gov-ntruss.com'],
    [{ NCLOUD_SITE: 'fin' }, 'https://resourcemanager.apigw.fin-ntruss.com'],
    [{ NCLOUD_API_GW: 'http://127.0.0.1:18080' }, 'http://127.0.0.1:18080'],
    [{ NCLOUD_API_GW: 'https://example.com', NCLOUD_SITE: 'gov' }, 'https://example.com'],
    [{ NCLOUD_API_GW: 'https://ncloud.apigw.ntruss.com/' }, 'https://resourcemanager.apigw.ntruss.com'],
    [{ NCLOUD_API_GW: 'https://ncloud.apigw.gov-ntruss.com' }, 'https://resourcemanager.apigw.gov-ntruss.com'],
    [{ NCLOUD_RESOURCE_MANAGER_API_GW: 'https://rm.example.com' }, 'https://rm.example.com'],
    [
      { NCLOUD_API_GW: 'http://127.0.0.1:18080', NCLOUD_RESOURCE_MANAGER_API_GW: 'http://127.0.0.1:18081' },
      'http://127.0.0.1:18081',
    ],
  ])('of %j is %s', (env, resourceManager) => {
    expect(ncloudConfig(env).resourceManager).toBe(resourceManager);
  });

  it('does not move the gateway', () => {
    expect(ncloudConfig({ NCLOUD_RESOURCE_MANAGER_API_GW: 'https://rm.example.com' }).endpoint).toBe(
      'https://ncloud.apigw.ntruss.com',
    );
  });

  it.each(['rm.example.com', 'http://rm.example.com', 'https://rm.example.com/api/v1'])(
    'at %s is refused by the name of its setting',
    (given) => {
      const problem = problemOf(() => ncloudConfig({ NCLOUD_RESOURCE_MANAGER_API_GW: given }));
      expect(problem).toMatch(/^NCLOUD_RESOURCE_MANAGER_API_GW /);
    },
  );
});

describe('settings', () => {
  it('have defaults', () => {
    expect(ncloudConfig({})).toEqual({
      endpoint: 'https://ncloud.apigw.ntruss.com',
      resourceManager: 'https://resourcemanager.apigw.ntruss.com',
      region: 'KR',
      environments: ['vpc', 'classic'],
      format: 'xml',
      limits: { connectMs: 5_000, headersMs: 30_000, bodyMs: 30_000, totalMs: 60_000, replyBytes: 8 * 1024 * 1024 },
      callsPerSecond: undefined,
      untagged: ['empty'],
    });
  });

  it.each([
    ['', ['empty']],
    ['null', ['null']],
    ['empty,null', ['empty', 'null']],
    [' Empty , MISSING', ['empty', 'missing']],
  ])('say what Resource Manager shows where there are no tags: %j', (given, untagged) => {
    expect(ncloudConfig({ NCLOUD_UNTAGGED: given })).toMatchObject({ untagged });
  });

  it('leave out a platform that the account does not have', () => {
    expect(ncloudConfig({ NCLOUD_ENVIRONMENTS: 'VPC' })).toMatchObject({ environments: ['vpc'] });
    expect(ncloudConfig({ NCLOUD_ENVIRONMENTS: 'classic, vpc,vpc' })).toMatchObject({
      environments: ['classic', 'vpc'],
    });
  });

  it.each([
    [{}, 'KR'],
    [{ NCLOUD_SITE: 'gov' }, 'KR'],
    [{ NCLOUD_SITE: 'fin' }, 'FKR'],
    [{ NCLOUD_API_GW: 'https://fin-ncloud.apigw.fin-ntruss.com' }, 'FKR'],
    [{ NCLOUD_API_GW: 'http://127.0.0.1:18080' }, 'KR'],
    [{ NCLOUD_API_GW: 'http://127.0.0.1:18080', NCLOUD_SITE: 'fin' }, 'FKR'],
    [{ NCLOUD_SITE: 'fin', NCLOUD_REGION: 'KR' }, 'KR'],
  ])('%j mean the region %s', (env, region) => {
    expect(ncloudConfig(env).region).toBe(region);
  });

  it('are those of the site of an account, at NCP itself', () => {
    const ofFin = configOf(ncloudConfig({ NCLOUD_REGION: 'JPN' }), { site: 'fin', environments: ['vpc'] });
    expect(ofFin).toMatchObject({
      endpoint: 'https://fin-ncloud.apigw.fin-ntruss.com',
      resourceManager: 'https://resourcemanager.apigw.fin-ntruss.com',
      region: 'FKR',
      environments: ['vpc'],
    });
    const simulated = ncloudConfig({ NCLOUD_API_GW: 'http://127.0.0.1:18080' });
    expect(configOf(simulated, { site: 'fin' })).toEqual(simulated);
    const gov = ncloudConfig({ NCLOUD_SITE: 'gov', NCLOUD_REGION: 'KRS' });
    expect(configOf(gov, { site: 'gov' })).toEqual(gov);
    expect(configOf(gov)).toEqual(gov);
  });

  it('are taken from the environment, times in seconds', () => {
    const env = {
      NCLOUD_REGION: 'JPN',
      NCLOUD_RESPONSE_FORMAT: 'JSON',
      NCLOUD_CONNECT_TIMEOUT_SECONDS: '1.5',
      NCLOUD_TIMEOUT_SECONDS: '2',
      NCLOUD_TOTAL_TIMEOUT_SECONDS: '3',
      NCLOUD_CALLS_PER_SECOND: '0.5',
    };
    expect(ncloudConfig(env)).toMatchObject({
      region: 'JPN',
      format: 'json',
      limits: { connectMs: 1_500, headersMs: 2_000, bodyMs: 2_000, totalMs: 3_000 },
      callsPerSecond: 0.5,
    });
  });

  it.each([
    ['NCLOUD_RESPONSE_FORMAT', 'yaml'],
    ['NCLOUD_SITE', 'private'],
    ['NCLOUD_TIMEOUT_SECONDS', '0'],
    ['NCLOUD_TIMEOUT_SECONDS', '-1'],
    ['NCLOUD_TIMEOUT_SECONDS', 'soon'],
    ['NCLOUD_TIMEOUT_SECONDS', ' '],
    ['NCLOUD_TIMEOUT_SECONDS', 'Infinity'],
    ['NCLOUD_TIMEOUT_SECONDS', 'NaN'],
    ['NCLOUD_TOTAL_TIMEOUT_SECONDS', '0'],
    ['NCLOUD_CONNECT_TIMEOUT_SECONDS', '1e9'],
    ['NCLOUD_CALLS_PER_SECOND', '0'],
    ['NCLOUD_UNTAGGED', 'unlisted'],
    ['NCLOUD_UNTAGGED', 'empty,'],
    ['NCLOUD_ENVIRONMENTS', 'kvm'],
  ])('that cannot be used are named: %s=%s', (name, value) => {
    const problem = problemOf(() => ncloudConfig({ [name]: value }));
    expect(problem).toContain(`${name} is ${JSON.stringify(value)}; expected`);
    expect(problem).not.toContain('\n');
  });
});
