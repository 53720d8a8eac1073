/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */

/** Each thing that banap needs, out of order in turn, against stand-ins over sockets. */

import { createServer } from 'node:http';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { askWithSdk } from '../../lib/aws/ask-secret.ts';
import { SecretError } from '../../lib/aws/secret-error.ts';
import { callerSecretSchema, ncloudKeysSchema } from '../../lib/aws/secret-schemas.ts';
import { SecretStore } from '../../lib/aws/secrets.ts';
import { naverWorksSecret } from '../../lib/chat/naver-works/secret.ts';
import { slackSecret } from '../../lib/chat/slack/secret.ts';
import { inWords } from '../../lib/cli/doctor-words.ts';
import { systemClock } from '../../lib/clock.ts';
import { startDynamoDb } from '../../lib/dev/dynamodb.ts';
import { startNaverWorks } from '../../lib/dev/naver-works.ts';
import { startSecretsManager } from '../../lib/dev/secrets-manager.ts';
import { startSlack } from '../../lib/dev/slack.ts';
import { Account, type AccountOptions } from '../../lib/doctor/account.ts';
import { CHECK_NAMES, look } from '../../lib/doctor/doctor.ts';
import { type CheckName, type Finding, type FindingCode, STATES } from '../../lib/doctor/finding.ts';
import type { Memory, World } from '../../lib/doctor/world.ts';
import { ConfigError, ncloudConfig } from '../../lib/ncloud/config.ts';
import { checkPolicies } from '../../lib/policies/check.ts';
import type { Policy } from '../../lib/policies/schema.ts';
import { dynamoStore } from '../../lib/store/named-store.ts';
import { StoreError } from '../../lib/termination/ports/store.ts';
import { writesOf } from '../cli/banap.ts';
import { endpoint, gatewayError, KEYS, ncp, says, success, toldClock } from '../ncloud/endpoint.ts';

const seen = new Set<FindingCode>();

/** What one check finds. Each finding has a sentence of one line, and no check changes anything of NCP. */
async function found(check: CheckName, world: Partial<World>): Promise<Finding[]> {
  const findings = await look(check, worldWith(world));
  for (const finding of findings) {
    seen.add(finding.code);
    expect(inWords(finding)).toMatch(/^[^\n]{5,}$/);
    expect(JSON.stringify(finding)).not.toContain(KEYS.secretKey);
  }
  expect(findings.length).toBeGreaterThan(0);
  return findings;
}

const codes = (findings: readonly Finding[]): FindingCode[] => findings.map(({ code }) => code);

function worldWith(world: Partial<World>): World {
  const memory: Memory = { name: 'nothing', isThere: true, look: () => Promise.resolve() };
  const nothing = { policies: undefined, accounts: [], chats: [], webhooks: [], memory };
  const secrets = { named: [], store: undefined };
  return { clock: systemClock, signal: new AbortController().signal, secrets, ...nothing, ...world };
}

function accountAt(url: string, options: Partial<AccountOptions> = {}): Account {
  const account = new Account({
    name: 'lab',
    places: [{ environment: 'vpc', region: 'KR' }],
    policies: [],
    config: ncloudConfig({ NCLOUD_API_GW: url, NCLOUD_CALLS_PER_SECOND: '1000' }),
    keys: sourceOf(KEYS),
    clock: toldClock(),
    chance: () => 0.5,
    ...options,
  });
  onTestFinished(() => account.close());
  return account;
}

function sourceOf(keys: typeof KEYS): AccountOptions['keys'] {
  return { current: () => Promise.resolve(keys), fresh: () => Promise.resolve(keys) };
}

function failing(thrown: Error): AccountOptions['keys'] {
  const fail = (): Promise<never> => Promise.reject(thrown);
  return { current: fail, fresh: fail };
}

describe('keys', () => {
  const keysAt = async (url: string, options?: Partial<AccountOptions>): Promise<Finding[]> =>
    found('keys', { accounts: [accountAt(url, options)] });

  it('are accepted', async () => {
    const { url } = await ncp();
    expect(await keysAt(url)).toEqual([{ code: 'keys-accepted', about: 'lab', endpoint: url }]);
  });

  it.each([new ConfigError('NCLOUD_ACCESS_KEY not set'), new SecretError('missing', 'secret x does not exist')])(
    'are not there: %s',
    async (error) => {
      const [only] = await keysAt('http://127.0.0.1:9', { keys: failing(error) });
      expect(only).toEqual({ code: 'no-keys', about: 'lab', problem: error.message });
    },
  );

  it.each([{ accessKey: 'AKIDWRONG' }, { secretKey: 'WRONG' }])(
    'are refused in words that fit any: %o',
    async (wrong) => {
      const { url } = await ncp();
      expect(codes(await keysAt(url, { keys: sourceOf({ ...KEYS, ...wrong }) }))).toEqual(['keys-refused']);
    },
  );

  it('are refused in other words than a made-up access key: it is the secret key, or where the call comes from', async () => {
    const { url } = await endpoint((response, { headers }) => {
      const isKnown = headers['x-ncp-iam-access-key'] === KEYS.accessKey;
      says(401, gatewayError('200', isKnown ? 'Invalid signature.' : 'No such key.'))(response, undefined as never);
    });
    expect(codes(await keysAt(url))).toEqual(['secret-key-refused']);
  });

  it.each(['401/210', '403/230'])('may do nothing: %s', async (fault) => {
    const { url } = await ncp({ faults: `*:${fault}:100%` });
    expect(codes(await keysAt(url))).toEqual(['keys-shut-out']);
  });

  it('cannot be tried: nobody is there, or somebody else', async () => {
    expect(codes(await keysAt('http://127.0.0.1:9'))).toEqual(['ncp-unreached']);
    const { url } = await endpoint(says(502, '<html>Bad Gateway</html>'));
    expect(codes(await keysAt(url))).toEqual(['ncp-trouble']);
  });

  it('of one account say nothing of those of another', async () => {
    const { url } = await ncp();
    const accounts = [accountAt(url, { name: 'one', keys: sourceOf({ ...KEYS, secretKey: 'x' }) }), accountAt(url)];
    expect(await found('keys', { accounts })).toMatchObject([
      { code: 'keys-refused', about: 'one' },
      { code: 'keys-accepted', about: 'lab' },
    ]);
  });
});

describe('the clock', () => {
  const regions = '<regionList><region><regionCode>KR</regionCode></region></regionList>';
  const saying = (secondsAhead: number): ReturnType<typeof says> => {
    const date = new Date(Date.now() - secondsAhead * 1000).toUTCString();
    return says(200, success('getRegionList', regions), { date });
  };

  it.each([
    [0, 'clock-right'],
    [45, 'clock-right'],
    [-45, 'clock-right'],
    [75, 'clock-off'],
    [-200, 'clock-off'],
  ])('is %i seconds ahead of NCP’s: %s', async (ahead, code) => {
    const { url } = await endpoint(saying(ahead));
    const [only] = await found('clock', { accounts: [accountAt(url)] });
    expect(only?.code).toBe(code);
    expect(only?.code === code && 'seconds' in only && Math.abs(only.seconds - ahead)).toBeLessThanOrEqual(2);
  });

  it('is why NCP refuses the keys, by its words or by its date', async () => {
    const expired = await endpoint(says(401, gatewayError('200', 'Timestamp is expired.')));
    expect(codes(await found('keys', { accounts: [accountAt(expired.url)] }))).toEqual(['clock-refused']);
    const date = new Date(Date.now() - 600_000).toUTCString();
    const dated = await endpoint(says(401, gatewayError('200', 'Invalid authentication information.'), { date }));
    expect(codes(await found('keys', { accounts: [accountAt(dated.url)] }))).toEqual(['clock-refused']);
    const simulator = await ncp({ gatewayNow: () => Date.now() + 301_000 });
    expect(codes(await found('keys', { accounts: [accountAt(simulator.url)] }))).toEqual(['clock-refused']);
  });

  it('is not known where no answer tells the time', async () => {
    expect(codes(await found('clock', { accounts: [accountAt('http://127.0.0.1:9')] }))).toEqual(['clock-not-told']);
  });
});

describe('regions', () => {
  it('that policies name exist, or are said to be none', async () => {
    const { url } = await ncp();
    const places = [
      { environment: 'vpc', region: 'KR' },
      { environment: 'classic', region: 'KR' },
      { environment: 'vpc', region: 'FKR' },
    ] as const;
    const findings = await found('regions', { accounts: [accountAt(url, { places })] });
    expect(findings).toMatchObject([
      { code: 'no-such-region', environment: 'vpc', region: 'FKR', known: expect.arrayContaining(['KR']) },
      { code: 'regions-exist', environment: 'classic', regions: ['KR'] },
    ]);
  });

  it('are not asked for with keys that NCP does not take, nor are permissions and tags', async () => {
    const simulator = await ncp();
    const accounts = [accountAt(simulator.url, { keys: sourceOf({ ...KEYS, secretKey: 'x' }) })];
    for (const check of ['regions', 'permissions', 'tags'] as const) {
      expect(await found(check, { accounts })).toEqual([{ code: 'not-looked', about: 'lab', because: 'keys' }]);
    }
  });
});

describe('permissions', () => {
  const READS = {
    vpc: ['getServerInstanceList', 'getBlockStorageInstanceList', 'getPublicIpInstanceList', 'GetResourceList'],
    classic: ['getServerInstanceList', 'getBlockStorageInstanceList', 'getPublicIpInstanceList', 'getInstanceTagList'],
  } as const;

  it.each(['vpc', 'classic'] as const)('of %s: each read is made, and nothing else', async (environment) => {
    const simulator = await ncp();
    const places = [{ environment, region: 'KR' }];
    const findings = await found('permissions', { accounts: [accountAt(simulator.url, { places })] });
    const reads = findings.flatMap((one) => (one.code === 'may-read' ? [one.action] : []));
    expect(reads).toEqual(READS[environment]);
    expect(codes(findings).at(-1)).toBe('acts-untried');
    expect(writesOf(simulator)).toEqual([]);
    const asked = simulator.journal().flatMap((one) => (one.kind === 'call' ? [one.action] : []));
    expect(new Set(asked)).toEqual(new Set(['getRegionList', ...READS[environment]]));
  });

  const CASES = (['vpc', 'classic'] as const).flatMap((environment) =>
    READS[environment].map((action) => ({ environment, action })),
  );
  it.each(CASES)('lacks $action in $environment', async ({ environment, action }) => {
    const { url } = await ncp({ faults: `${action}:401/210:100%` });
    const findings = await found('permissions', {
      accounts: [accountAt(url, { places: [{ environment, region: 'KR' }] })],
    });
    expect(findings.filter(({ code }) => STATES[code] === 'wrong')).toMatchObject([{ code: 'may-not-read', action }]);
  });

  it('are told from what fails in another way', async () => {
    const { url } = await ncp({ faults: 'getPublicIpInstanceList:500/900:100%' });
    const findings = await found('permissions', { accounts: [accountAt(url)] });
    expect(findings.filter(({ code }) => STATES[code] === 'wrong')).toMatchObject([{ code: 'unread' }]);
  });

  it.each([
    ['', []],
    ['storage: detach', ['detachBlockStorageInstances']],
    ['storage: delete', ['detachBlockStorageInstances', 'deleteBlockStorageInstances']],
    ['publicIp: release', ['deletePublicIpInstance']],
    ['protection: override', ['setProtectServerTermination']],
  ])('for acts are those that the policies lead to: %s', async (line, more) => {
    const { url } = await ncp();
    const findings = await found('permissions', { accounts: [accountAt(url, { policies: [policyWith(line)] })] });
    const acts = findings.flatMap((one) => (one.code === 'acts-untried' ? one.acts.map(({ action }) => action) : []));
    const always = ['stopServerInstances', 'terminateServerInstances', 'disassociatePublicIpFromServerInstance'];
    expect(acts.toSorted()).toEqual([...always, ...more].toSorted());
  });
});

function policyWith(line: string): Policy {
  const { policies } = checkPolicies(policiesText(line), { now: 0 });
  const policy = policies?.policies['dev'];
  if (policy === undefined) throw new Error('the policy is wrong');
  return policy;
}

function policiesText(line: string): string {
  return `version: 1\npolicies:\n  dev:\n    select: { environment: vpc, names: ['dev-*'] }\n    ${line}\n`;
}

describe('tags', () => {
  const fleet = (environment: string): object => ({
    environment,
    region: 'KR',
    servers: ['1001', '1002'].map((serverInstanceNo) => ({
      serverInstanceNo,
      serverName: `dev-${serverInstanceNo}`,
      createDate: '2026-01-01T00:00:00+0900',
      tags: { env: 'dev' },
    })),
  });

  it.each(['vpc', 'classic'] as const)('of %s are known', async (environment) => {
    const { url } = await ncp({ fleet: fleet(environment) as never });
    const places = [{ environment, region: 'KR' }];
    expect(await found('tags', { accounts: [accountAt(url, { places })] })).toEqual([
      {
        code: 'tags-known',
        about: 'lab',
        environment,
        region: 'KR',
        servers: 2,
        looks: environment === 'vpc' ? ['tag list: 2'] : [],
      },
    ]);
  });

  it('are unknown where Resource Manager does not list a server', async () => {
    const { url } = await ncp({ fleet: fleet('vpc') as never, faults: 'GetResourceList:missing=1002:100%' });
    expect(await found('tags', { accounts: [accountAt(url)] })).toMatchObject([
      { code: 'tags-unknown', servers: 2, unknown: [{ why: { kind: 'not-listed' }, servers: 1, example: '1002' }] },
    ]);
  });

  it.each([
    ['null', { tag: null }, { kind: 'null' }, 'tag null: 2'],
    ['text', { tag: 'env=dev' }, { kind: 'unreadable' }, 'tag string: 2'],
    ['no field', {}, { kind: 'missing' }, 'no field: 2'],
    ['another region', { regionCode: 'KRS', tag: [] }, { kind: 'other-region', shown: 'KRS' }, 'tag empty list: 2'],
  ])('are unknown as Resource Manager shows them: %s', async (_, shown, why, looks) => {
    const { url } = await withResources(fleet('vpc'), (item) => ({ ...without(item, 'tag'), ...shown }));
    const [only] = await found('tags', { accounts: [accountAt(url)] });
    expect(only).toMatchObject({ code: 'tags-unknown', unknown: [{ why, servers: 2 }], looks: [looks] });
  });

  it('cannot be read, or there is no server', async () => {
    const { url } = await ncp({ faults: 'GetResourceList:401/210:100%' });
    expect(codes(await found('tags', { accounts: [accountAt(url)] }))).toEqual(['unread']);
    const empty = await ncp({ fleet: { servers: [] } as never });
    expect(codes(await found('tags', { accounts: [accountAt(empty.url)] }))).toEqual(['no-servers']);
    const places = [{ environment: 'vpc', region: 'FKR' }] as const;
    expect(codes(await found('tags', { accounts: [accountAt(empty.url, { places })] }))).toEqual(['not-looked']);
  });
});

function without(item: object, key: string): object {
  return Object.fromEntries(Object.entries(item).filter(([name]) => name !== key));
}

/** NCP, whose Resource Manager shows each thing in another way. */
async function withResources(fleet: object, change: (item: object) => object): Promise<{ url: string }> {
  const simulator = await ncp({ fleet: fleet as never });
  return endpoint((response, { method, target, headers, body }) => {
    const { reply } = simulator.exchange({ method, target, headers, body: Buffer.from(body) });
    const made = reply();
    if (made === undefined) return void response.destroy();
    const text = String(made.body);
    if (!target.startsWith('/api/v1/resources')) return void response.writeHead(made.status).end(text);
    const document: { items: object[] } = JSON.parse(text);
    response.writeHead(made.status).end(JSON.stringify({ ...document, items: document.items.map(change) }));
  });
}

describe('secrets', () => {
  const VALUE = 'abcdefgh12345678';
  const keys = JSON.stringify({ accessKey: 'AK', secretKey: VALUE });

  it.each([
    ['right', keys, 'secret-right'],
    ['no JSON', VALUE, 'secret-wrong'],
    ['another secret', JSON.stringify({ keys: [VALUE] }), 'secret-wrong'],
    ['binary', Buffer.from(VALUE), 'secret-wrong'],
    ['missing', undefined, 'secret-wrong'],
    ['not allowed', 'AccessDeniedException', 'secret-wrong'],
  ])('that are %s', async (what, value, code) => {
    const { store, local } = await secretStore({});
    if (what === 'not allowed') local.refuse('one', 'AccessDeniedException');
    else if (value !== undefined) local.set('one', value);
    const findings = await found('secrets', { secrets: { named: [{ id: 'one', schema: ncloudKeysSchema }], store } });
    expect(codes(findings)).toEqual([code]);
    expect(JSON.stringify(findings)).not.toContain(VALUE);
    expect(local.calls()).toBe(1);
  });

  it('of one name that has to hold two things are wrong', async () => {
    const { store } = await secretStore({ one: keys });
    const named = [ncloudKeysSchema, callerSecretSchema, ncloudKeysSchema].map((schema) => ({ id: 'one', schema }));
    expect(codes(await found('secrets', { secrets: { named, store } }))).toEqual(['secret-right', 'secret-wrong']);
  });

  it('are not asked for without AWS, or where none is named', async () => {
    const named = ['one', 'two'].map((id) => ({ id, schema: ncloudKeysSchema }));
    expect(await found('secrets', { secrets: { named, store: undefined } })).toEqual([
      { code: 'no-aws', about: '', secrets: ['one', 'two'] },
    ]);
    expect(codes(await found('secrets', {}))).toEqual(['no-secrets']);
  });
});

async function secretStore(secrets: Record<string, string>) {
  const local = await startSecretsManager({ secrets });
  onTestFinished(() => local.close());
  const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SecretsManagerClient({ endpoint: local.url, region: 'ap-northeast-2', credentials });
  return { local, store: new SecretStore({ ask: askWithSdk(client), clock: systemClock }) };
}

describe('memory', () => {
  it('is a table that is there, or not, or may not be read', async () => {
    const local = await startDynamoDb();
    onTestFinished(() => local.close());
    await local.createTable('banap-dev');
    const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new DynamoDBClient({ endpoint: local.url, region: 'ap-northeast-2', credentials, maxAttempts: 1 });
    const lookAt = (table: string): Promise<Finding[]> => {
      const store = dynamoStore({ table, clock: systemClock, client });
      return found('memory', { memory: { name: table, isThere: true, look: () => store.allPauses() } });
    };
    expect(await lookAt('banap-dev')).toEqual([{ code: 'memory-reached', about: '', name: 'banap-dev' }]);
    expect(codes(await lookAt('banap-gone'))).toEqual(['memory-wrong']);
    local.failNext(1, 'AccessDeniedException');
    expect(codes(await lookAt('banap-dev'))).toEqual(['memory-wrong']);
    expect(['PutItem', 'DeleteItem', 'BatchWriteItem'].map((one) => local.calls(one))).toEqual([0, 0, 0]);
  });

  it('is to be made, or cannot be', async () => {
    const memory = (work: Memory['look']): Memory => ({ name: 'folder', isThere: false, look: work });
    expect(codes(await found('memory', { memory: memory(() => Promise.resolve()) }))).toEqual(['memory-new']);
    const error = new StoreError('the folder is full', { passing: false });
    expect(codes(await found('memory', { memory: memory(() => Promise.reject(error)) }))).toEqual(['memory-wrong']);
  });
});

describe('chats', () => {
  async function slackWith(
    scopes: readonly string[] | undefined,
    secret: object = {},
  ): Promise<{ findings: Finding[]; calls: readonly string[] }> {
    const slack = await startSlack(scopes === undefined ? {} : { scopes });
    onTestFinished(() => slack.close());
    const { store } = await secretStore({ slack: JSON.stringify({ ...slack.secret, ...secret }) });
    const chats = [{ id: 'slack' as const, secretId: 'slack', url: slack.url }];
    const findings = await found('chats', {
      chats,
      secrets: { named: [{ id: 'slack', schema: slackSecret.schema }], store },
    });
    expect(slack.messages).toEqual([]);
    return { findings, calls: slack.calls };
  }

  it('Slack takes the token, and it may do what it has to', async () => {
    const { findings, calls } = await slackWith(undefined);
    expect(findings).toEqual([{ code: 'chat-works', about: '', chat: 'Slack', as: 'banap in banap' }]);
    expect(calls).toEqual(['auth.test']);
  });

  it.each([['chat:write'], ['commands']])('Slack’s token has only %s', async (only) => {
    const { findings } = await slackWith([only, 'users:read']);
    const missing = ['chat:write', 'commands'].filter((one) => one !== only);
    expect(findings).toEqual([{ code: 'chat-scopes-missing', about: '', chat: 'Slack', missing }]);
  });

  it('Slack does not take the token, does not tell its scopes, or its secret is wrong', async () => {
    expect(codes((await slackWith(undefined, { botToken: 'xoxb-other' })).findings)).toEqual(['chat-wrong']);
    expect(codes((await slackWith(undefined, { botToken: 7 })).findings)).toEqual(['not-looked']);
    const { url } = await endpoint(says(200, '{"ok":true,"team":"banap"}', { 'content-type': 'application/json' }));
    const { store } = await secretStore({ slack: '{"botToken":"xoxb-1","signingSecrets":["0123456789abcdef"]}' });
    const chats = [{ id: 'slack' as const, secretId: 'slack', url }];
    expect(codes(await found('chats', { chats, secrets: { named: [], store } }))).toEqual(['chat-scopes-untold']);
  });

  it.each([
    [{}, 'chat-works'],
    [{ clientSecret: 'other' }, 'chat-wrong'],
    [{ serviceAccount: 'other@banap.example' }, 'chat-wrong'],
    [{ botId: 'x' }, 'not-looked'],
  ])('NAVER WORKS gives a token, or does not: %o', async (wrong, code) => {
    const works = await startNaverWorks();
    onTestFinished(() => works.close());
    const { store } = await secretStore({ works: JSON.stringify({ ...works.secret, ...wrong }) });
    const chats = [{ id: 'naverWorks' as const, secretId: 'works', url: works.url }];
    const named = [{ id: 'works', schema: naverWorksSecret.schema }];
    const findings = await found('chats', { chats, secrets: { named, store } });
    expect(codes(findings)).toEqual([code]);
    expect(works.messages).toEqual([]);
    expect(new Set(works.calls)).toEqual(new Set(code === 'not-looked' ? [] : ['token']));
  });

  it('are none, or are not asked without AWS', async () => {
    expect(codes(await found('chats', {}))).toEqual(['no-chats']);
    const chats = [{ id: 'slack' as const, secretId: 'slack', url: '' }];
    expect(codes(await found('chats', { chats }))).toEqual(['not-looked']);
  });
});

describe('the webhook of reports', () => {
  async function receiver(status: number): Promise<{ url: string; seen: string[] }> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(String(request.method));
      request.on('data', () => asked.push('a body'));
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    return {
      url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/hook?token=hidden`,
      seen: asked,
    };
  }

  const at = (url: string, allowedHosts: readonly string[] = []): Promise<Finding[]> =>
    found('webhook', { webhooks: [{ about: 'reports', target: () => Promise.resolve({ url }), allowedHosts }] });

  it.each([200, 404, 405, 500])('is there, and is told nothing, when it answers %i', async (status) => {
    const { url, seen: asked } = await receiver(status);
    const [only] = await at(url, ['127.0.0.1']);
    expect(only).toMatchObject({ code: 'webhook-there', status });
    expect(JSON.stringify(only)).not.toContain('hidden');
    expect(asked).toEqual(['HEAD']);
  });

  it.each([
    ['in a private network', 'https://10.0.0.5/hook'],
    ['a name that leads there', 'https://localhost/hook'],
    ['without TLS', 'http://hooks.example.com/hook'],
    ['without an address', 'https://nowhere.invalid/hook'],
    ['no URL', 'hook'],
  ])('is %s', async (_, url) => {
    expect(codes(await at(url))).toEqual(['webhook-wrong']);
  });

  it('does not speak TLS, or nobody is there', async () => {
    const { url, seen: asked } = await receiver(200);
    expect(codes(await at(url.replace('http:', 'https:'), ['127.0.0.1']))).toEqual(['webhook-wrong']);
    expect(codes(await at('https://127.0.0.1:9/hook', ['127.0.0.1']))).toEqual(['webhook-wrong']);
    expect(asked).toEqual([]);
  });

  it('is none, or its secret is wrong', async () => {
    expect(codes(await found('webhook', {}))).toEqual(['no-webhook']);
    const target = (): Promise<never> => Promise.reject(new SecretError('missing', 'secret x does not exist'));
    const webhooks = [{ about: 'x', target, allowedHosts: [] }];
    expect(codes(await found('webhook', { webhooks }))).toEqual(['not-looked']);
  });
});

describe('policies.yml', () => {
  it.each([
    ['', ['policies-sound']],
    ['storage: keep', ['policies-wrong']],
    ["unless: { names: ['dev-db-*'], tags: { env: prod } }", ['policies-doubtful', 'policies-sound']],
  ])('is checked as "policies check" does: %s', async (line, expected) => {
    const policies = { file: 'policies.yml', checked: checkPolicies(policiesText(line), { now: 0 }) };
    expect(codes(await found('policies', { policies }))).toEqual(expected);
  });

  it('is not there', async () => {
    expect(codes(await found('policies', {}))).toEqual(['no-policies']);
  });
});

describe('an interruption', () => {
  it('does not wait for what nobody can end', async () => {
    const controller = new AbortController();
    const memory: Memory = { name: 'slow', isThere: true, look: () => new Promise(() => {}) };
    const checking = found('memory', { memory, signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    expect(codes(await checking)).toEqual(['interrupted']);
  });

  it('ends a check in the middle of a call, and those that are left', async () => {
    const { url } = await endpoint(() => {});
    const controller = new AbortController();
    const accounts = [accountAt(url, { signal: controller.signal })];
    const checking = found('keys', { accounts, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    expect(codes(await checking)).toEqual(['interrupted']);
    for (const check of CHECK_NAMES) {
      expect(codes(await found(check, { accounts, signal: controller.signal }))).toEqual(['interrupted']);
    }
  });
});

afterAll(() => {
  // oxlint-disable-next-line vitest/no-standalone-expect -- each code that there is, is found by a test above
  expect([...seen].toSorted()).toEqual(Object.keys(STATES).toSorted());
});
