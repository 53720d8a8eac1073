import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDynamoDb } from '../../lib/dev/dynamodb.ts';
import { startSecretsManager } from '../../lib/dev/secrets-manager.ts';
import { startSlack } from '../../lib/dev/slack.ts';
import { endpoint } from '../ncloud/endpoint.ts';
import { at, banapHere, banapIn, KEYS, simulated, writesOf } from './banap.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'banap-doctor-'));

const POLICIES = "version: 1\npolicies:\n  dev:\n    select: { environment: vpc, region: KR, names: ['dev-*'] }\n";

describe('banap doctor', () => {
  it('says of everything in one line whether it is in order, and changes nothing', async (context) => {
    const simulator = await simulated(context);
    const home = folder();
    writeFileSync(join(home, 'policies.yml'), POLICIES);
    const { code, stdout } = await banapHere(home, ['doctor'], at(simulator));
    expect(stdout).toContain('✓ policies: policies.yml has 1 policy for 1 account\n');
    expect(stdout).toContain(`✓ keys default: NCP accepts the keys (${simulator.url})\n`);
    expect(stdout).toContain('– secrets: neither settings nor policies name one\n');
    expect(stdout).toContain('✓ memory: ');
    expect(stdout).toMatch(/nothing is wrong, \d+ in order, \d+ not checked\n$/);
    for (const line of stdout.trimEnd().split('\n').slice(0, -1)) expect(line).toMatch(/^[✓–] [a-z]+( default)?: .+$/);
    expect(code).toBe(0);
    expect(writesOf(simulator)).toEqual([]);
    expect(existsSync(join(home, '.local'))).toBe(false);
  });

  it('goes on after what is wrong, ends with 2, and says the same in JSON', async (context) => {
    const simulator = await simulated(context);
    const env = { ...at(simulator), NCLOUD_SECRET_KEY: 'WRONGSECRET' };
    const { code, stdout } = await banapHere(folder(), ['doctor'], env);
    expect(stdout).toContain('✗ keys default: NCP does not accept the keys');
    expect(stdout).toContain('– tags default: not checked, because of keys above\n');
    expect(stdout).toMatch(/1 to put right/);
    expect(code).toBe(2);
    expect(stdout).not.toContain('WRONGSECRET');
    const json = await banapHere(folder(), ['doctor', '--json'], env);
    expect(json.code).toBe(2);
    const { findings } = JSON.parse(json.stdout);
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: 'keys',
        state: 'wrong',
        code: 'keys-refused',
        about: 'default',
        message: expect.any(String),
      }),
    );
  });

  it.each([
    ['keys', { NCLOUD_SECRET_KEY: '' }, '✗ keys default: NCLOUD_SECRET_KEY not set'],
    ['a table', { BANAP_TABLE: 'x' }, '✗ memory: BANAP_TABLE is "x"'],
    [
      'a webhook',
      { BANAP_WEBHOOK_URL: 'https://10.0.0.5/x', BANAP_WEBHOOK_SECRET: `whsec_${'A'.repeat(32)}` },
      '✗ webhook BANAP_WEBHOOK_URL: ',
    ],
    ['half a webhook', { BANAP_WEBHOOK_URL: 'https://example.com' }, '✗ webhook BANAP_WEBHOOK_URL: '],
    [
      'secrets without AWS',
      { SLACK_SECRET_ID: 'banap/dev/slack' },
      '– secrets: skipped, because no AWS is configured here',
    ],
  ])('takes the settings of this machine and of a stage: %s', async (_, settings, line) => {
    const { stdout } = await banapHere(folder(), ['doctor'], {
      NCLOUD_API_GW: 'http://127.0.0.1:9',
      NCLOUD_ACCESS_KEY: '',
      NCLOUD_SECRET_KEY: '',
      ...(line.includes('NCLOUD_SECRET_KEY') && { NCLOUD_ACCESS_KEY: 'AK' }),
      ...settings,
    });
    expect(stdout).toContain(line);
  });

  it('saves what NCP answered, for this user alone, without a name, an id, a tag or a key of it', async (context) => {
    const servers = [
      {
        serverInstanceNo: '48219371',
        serverName: 'billing-quartz',
        tags: { payroll: 'kimchi-jjigae' },
        publicIp: '203.0.113.77',
      },
      { serverInstanceNo: '48219372', serverName: '급여-서버', tags: { keep: '2027-12-31_quarterly' } },
    ];
    const created = servers.map((one) => ({ ...one, createDate: '2026-01-01T00:00:00+0900' }));
    const simulator = await simulated(context, {
      fleet: { environment: 'vpc', region: 'KR', servers: created } as never,
    });
    const home = folder();
    const file = join(home, 'replies.json');
    for (const format of ['xml', 'json']) {
      const name = `${format}-${file.slice(home.length + 1)}`;
      const { code } = await banapHere(home, ['doctor', '--save', name], {
        ...at(simulator),
        NCLOUD_RESPONSE_FORMAT: format,
      });
      expect(code).toBe(0);
      const saved = join(home, name);
      expect(statSync(saved).mode & 0o777).toBe(0o600);
      const text = readFileSync(saved, 'utf8');
      expect(JSON.parse(text).replies.length).toBeGreaterThan(5);
      for (const kept of ['getServerInstanceList', 'serverInstanceNo', 'tagKey', 'RUN']) expect(text).toContain(kept);
      const own = [
        '48219371',
        '48219372',
        'billing',
        'quartz',
        'payroll',
        'kimchi',
        'jjigae',
        '203.0.113.77',
        '급여',
        '서버',
        'quarterly',
      ];
      for (const mine of [...own, KEYS.accessKey, KEYS.secretKey, '127.0.0.1']) expect(text).not.toContain(mine);
    }
  });

  it('looks at a deployed stage by its settings: keys, secrets, table, chats and webhook', async (context) => {
    const simulator = await simulated(context);
    const slack = await startSlack();
    const hook = { url: 'https://10.0.0.5/hook', secret: `whsec_${'A'.repeat(32)}` };
    const values = { 'stage/ncloud': KEYS, 'stage/slack': slack.secret, 'stage/webhook': hook };
    const secrets = Object.entries(values).map(([id, value]) => [id, JSON.stringify(value)]);
    const manager = await startSecretsManager({ secrets: Object.fromEntries(secrets) });
    const dynamoDb = await startDynamoDb();
    for (const server of [slack, manager, dynamoDb]) context.onTestFinished(() => server.close());
    await dynamoDb.createTable('banap-dev');
    const stage = {
      NCLOUD_API_GW: simulator.url,
      NCLOUD_SECRET_ID: 'stage/ncloud',
      SLACK_SECRET_ID: 'stage/slack',
      BANAP_SLACK_URL: slack.url,
      REPORT_WEBHOOK_SECRET_ID: 'stage/webhook',
      CONFIRM_SECRET_ID: 'stage/confirm',
      BANAP_TABLE: 'banap-dev',
      AWS_REGION: 'ap-northeast-2',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: manager.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
    };
    const { code, stdout } = await banapHere(folder(), ['doctor'], stage);
    for (const line of [
      '✓ keys default: NCP accepts the keys',
      '✓ secrets: stage/ncloud is there',
      '✓ secrets: stage/slack is there',
      '✗ secrets: secret stage/confirm does not exist',
      '✓ memory: table banap-dev can be read',
      '✓ chats: Slack takes the token, as banap in banap',
      '✗ webhook stage/webhook: webhook at 10.0.0.5 is inside a private network',
      '2 to put right (✗)',
    ]) {
      expect(stdout).toContain(line);
    }
    expect(code).toBe(2);
    expect(slack.messages).toEqual([]);
    const gone = await banapHere(folder(), ['doctor'], { ...stage, BANAP_TABLE: 'banap-gone' });
    expect(gone.stdout).toContain('✗ memory: table banap-gone does not exist');
  });

  it('writes over no file, and looks at nothing first', async (context) => {
    const simulator = await simulated(context);
    const home = folder();
    writeFileSync(join(home, 'there.json'), 'mine');
    const { code, stderr } = await banapHere(home, ['doctor', '--save', 'there.json'], at(simulator));
    expect(stderr).toContain('there.json is there already');
    expect(code).toBe(1);
    expect(readFileSync(join(home, 'there.json'), 'utf8')).toBe('mine');
    expect(simulator.journal().filter(({ kind }) => kind === 'call')).toEqual([]);
  });

  it('shows after a second that it is at it, and ends at Ctrl-C with 1 and what it has', async () => {
    const { url } = await endpoint(() => {});
    const running = banapIn(folder(), ['doctor'], {
      NCLOUD_API_GW: url,
      NCLOUD_ACCESS_KEY: KEYS.accessKey,
      NCLOUD_SECRET_KEY: KEYS.secretKey,
    });
    await running.said('checking keys: 1 call to NCP so far');
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stdout).toContain('– policies: there is no policies.yml here');
    expect(stdout).toContain('– keys: not checked: interrupted\n');
    expect(stderr).not.toMatch(/Error|at .*\.ts:/);
  });
});
