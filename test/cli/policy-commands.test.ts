import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest';
import { dueCommand } from '../../lib/cli/due.ts';
import type { Io } from '../../lib/cli/io.ts';
import { systemClock } from '../../lib/clock.ts';
import { type LocalDynamoDb, startDynamoDb } from '../../lib/dev/dynamodb.ts';
import { startSecretsManager } from '../../lib/dev/secrets-manager.ts';
import { reportSchema } from '../../lib/reports/report.ts';
import type { Simulator, SimulatorOptions } from '../../lib/simulator/simulator.ts';
import { dynamoStore } from '../../lib/store/named-store.ts';
import type { TableStore } from '../../lib/store/store.ts';
import { at, banapHere, banapIn, simulated, writesOf } from './banap.ts';

const AWS = { AWS_REGION: 'ap-northeast-2', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
const LIMITS = 'limits: { maxServers: 10, maxPercent: 100 }';
const NIGHTLY = `version: 1
policies:
  nightly: { select: { environment: vpc, names: [dev-*] }, ${LIMITS} }
`;
const SERVERS = [
  { serverInstanceNo: '1001', serverName: 'dev-1' },
  { serverInstanceNo: '1002', serverName: 'dev-2' },
  { serverInstanceNo: '1003', serverName: 'prod-1' },
];
const BARE = ['--max-percent', '100', '--poll-seconds', '0.2'];

let home = '';
let database: LocalDynamoDb;
let tables = 0;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'banap-policy-cli-'));
  database = await startDynamoDb();
});
afterAll(async () => {
  await database.close();
  rmSync(home, { recursive: true });
});

/** An empty folder, or one with these policies in it. */
function folder(policies?: string): string {
  const path = mkdtempSync(join(home, 'at-'));
  if (policies !== undefined) writeFileSync(join(path, 'policies.yml'), policies);
  return path;
}

function ncp(context: TestContext, servers: object[] = SERVERS, options: Partial<SimulatorOptions> = {}) {
  return simulated(context, { fleet: { servers }, ...options });
}

interface Table {
  env: Record<string, string>;
  store: TableStore;
}

async function table(context: TestContext): Promise<Table> {
  tables += 1;
  const name = `banap-cli-${tables}`;
  await database.createTable(name);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: database.url, region: AWS.AWS_REGION, credentials });
  context.onTestFinished(() => client.destroy());
  const env = { ...AWS, AWS_ENDPOINT_URL_DYNAMODB: database.url, BANAP_TABLE: name, USER: 'mina' };
  return { env, store: dynamoStore({ table: name, clock: systemClock, client }) };
}

function namesLeft(simulator: Simulator): string[] {
  return simulator.state().servers.map((server) => server.serverName);
}

it('hold, holds, terminate, release and audit go round', async (context) => {
  const { expect } = context;
  const simulator = await ncp(context);
  const { env } = await table(context);
  const here = folder();
  const banap = (...args: string[]) => banapIn(here, args, { ...at(simulator), ...env }).ended;

  expect((await banap('hold', '1001', '--reason', '부하 시험', '--snooze', '3d')).stdout).toMatch(
    /^1001 is held: snooze until .*: 부하 시험 \(mina/,
  );
  expect((await banap('holds')).stdout).toContain('부하 시험 (mina');
  const refused = await banap('terminate', '--server', '1001', ...BARE, '--yes');
  expect(refused).toMatchObject({ code: 2, stdout: expect.stringMatching(/ {4}1001 {2}\S+ {2}held {2}.*mina/s) });
  expect(writesOf(simulator)).toEqual([]);

  expect((await banap('release', '1001', '--by', 'joon')).stdout).toMatch(/^1001 is released; before: snooze/);
  expect((await banap('terminate', '--server', '1001', ...BARE, '--yes')).code).toBe(0);

  const { records } = JSON.parse((await banap('audit', '--server', '1001', '--json')).stdout) as {
    records: { what: string; guard: string; requestedBy: string }[];
  };
  const told = records.map(({ what, guard, requestedBy }) => [what, guard, requestedBy].join(' ').trim());
  expect(told).toEqual(
    expect.arrayContaining(['hold  mina', 'release  joon', 'refused held mina', 'terminated  mina']),
  );
});

describe('--policy', () => {
  it('plans what the policy selects, under its limits', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const run = banapHere(folder(NIGHTLY), ['plan', '--policy', 'nightly'], at(simulator));
    const { code, stdout } = await run;
    expect(code).toBe(0);
    expect(stdout).toContain('2 of 2 servers to be terminated');
    expect(stdout).not.toContain('prod-1');
    expect(writesOf(simulator)).toEqual([]);
  });

  it('terminates what --server leaves of it, and nothing else', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const args = ['terminate', '--policy', 'nightly', '--server', '1001', '--poll-seconds', '0.2', '--yes', '--json'];
    const { code, stdout, stderr } = await banapHere(folder(NIGHTLY), args, at(simulator));
    expect(code, stderr).toBe(0);
    expect(reportSchema.parse(JSON.parse(stdout)).request).toMatchObject({ policy: 'nightly', servers: ['1001'] });
    expect(namesLeft(simulator)).toEqual(['dev-2', 'prod-1']);
  });

  it('refuses a server that the policy does not mean', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const args = ['terminate', '--policy', 'nightly', '--server', '1003', '--yes'];
    const { code, stdout } = await banapHere(folder(NIGHTLY), args, at(simulator));
    expect(code).toBe(2);
    expect(stdout).toMatch(/ {4}1003 {2}prod-1 {2}policy {2}/);
    expect(writesOf(simulator)).toEqual([]);
  });

  it('for several regions has a name in each, and one limit for the account', async (context) => {
    const { expect } = context;
    const elsewhere = { serverInstanceNo: '1004', serverName: 'dev-4', region: 'SGN' };
    const simulator = await ncp(context, [...SERVERS, elsewhere]);
    const here = folder(`version: 1
policies:
  nightly: { select: { environment: vpc, regions: [KR, SGN], names: [dev-*] }, limits: { maxServers: 2, maxPercent: 100 } }
`);
    const { env } = await table(context);
    const banap = (...args: string[]) => banapHere(here, args, { ...at(simulator), ...env });
    expect((await banap('plan', '--policy', 'nightly')).stderr).toBe(
      'there is no policy nightly; expected one of nightly-vpc-kr, nightly-vpc-sgn\n',
    );
    expect((await banap('pause', 'nightly', '--reason', 'release')).code).toBe(0);
    const paused = await banap('plan', '--policy', 'nightly-vpc-sgn');
    expect(paused.stdout).toContain('paused policy nightly');
    expect((await banap('resume', 'nightly')).stdout).toMatch(/^policy nightly is resumed/);
    const act = (policy: string) => banap('terminate', '--policy', policy, '--poll-seconds', '0.2', '--yes');
    expect((await act('nightly-vpc-kr')).code).toBe(0);
    const second = await act('nightly-vpc-sgn');
    expect(second.code).toBe(2);
    expect(second.stdout).toContain('over the limit of 2 (maxServers)');
    expect(namesLeft(simulator)).toEqual(['prod-1', 'dev-4']);
  });

  it('names in one sentence every option that the policy decides', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const more = ['--storage', 'delete', '--region', 'KR', '--override-protection', '--max-servers', '5'];
    const { code, stderr } = await banapHere(folder(NIGHTLY), ['plan', '--policy', 'nightly', ...more], at(simulator));
    expect(code).toBe(1);
    expect(stderr).toBe(
      '--region, --storage, --override-protection, --max-servers: policy nightly decides that; leave it out, or leave --policy out\n',
    );
    expect(simulator.journal()).toEqual([]);
  });

  it('that is not in the file ends 1 and names those that are', async (context) => {
    const { expect } = context;
    const { code, stderr } = await banapHere(folder(NIGHTLY), ['plan', '--policy', 'nihgtly']);
    expect(code).toBe(1);
    expect(stderr).toBe('there is no policy nihgtly; did you mean nightly? expected one of nightly\n');
    const without = await banapHere(folder(), ['plan', '--policy', 'nightly']);
    expect(without.code).toBe(1);
    expect(without.stderr).toBe('there is no policy nightly; no policies were found; expected them in policies.yml\n');
  });

  it('takes another file from --policies', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const file = join(folder(NIGHTLY), 'policies.yml');
    const { code } = await banapHere(folder(), ['plan', '--policy', 'nightly', '--policies', file], at(simulator));
    expect(code).toBe(0);
  });
});

describe('a broken policies.yml', () => {
  it.for([['plan', '--server', '1001'], ['terminate', '--server', '1001', '--yes'], ['due']])(
    'is an error for %j, with its line, and NCP is not asked',
    async (args, context) => {
      const { expect } = context;
      const simulator = await ncp(context);
      const broken = NIGHTLY.replace('environment: vpc', 'environment: vcp');
      const { code, stdout, stderr } = await banapHere(folder(broken), args, at(simulator));
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/policies\.yml:3:\d+ .*vpc/);
      expect(simulator.journal()).toEqual([]);
    },
  );
});

describe('without a policy', () => {
  it('a keep tag keeps', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context, [{ ...SERVERS[0], tags: { keep: '데모까지' } }]);
    const { code, stdout } = await banapHere(
      folder(),
      ['terminate', '--server', '1001', ...BARE, '--yes'],
      at(simulator),
    );
    expect(code).toBe(2);
    expect(stdout).toMatch(/ {4}1001 {2}\S+ {2}kept {2}.*데모까지/s);
    expect(writesOf(simulator)).toEqual([]);
  });

  it('a keep tag under the key of policies.yml keeps, and the usual key no longer does', async (context) => {
    const { expect } = context;
    const servers = [
      { ...SERVERS[0], tags: { 보존: 'yes' } },
      { ...SERVERS[1], tags: { keep: 'yes' } },
    ];
    const simulator = await ncp(context, servers);
    const policies = `tags: { keep: 보존 }\n${NIGHTLY}`;
    const args = ['terminate', '--server', '1001', '1002', ...BARE, '--yes'];
    const { code } = await banapHere(folder(policies), args, at(simulator));
    expect(code).toBe(2);
    expect(namesLeft(simulator)).toEqual(['dev-1']);
  });

  it('without BANAP_TABLE a hold counts as well', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const here = folder();
    const env = { ...at(simulator), USER: 'mina' };
    expect((await banapHere(here, ['hold', '1001', '--reason', 'load test'], env)).code).toBe(0);
    const { code } = await banapHere(here, ['terminate', '--server', '1001', '1002', ...BARE, '--yes'], env);
    expect(code).toBe(2);
    expect(namesLeft(simulator)).toEqual(['dev-1', 'prod-1']);
    const { stdout } = await banapHere(here, ['audit', '--server', '1001'], env);
    expect(stdout).toContain('refused (held)');
  });

  it('a table that is not there does nothing and says so', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const env = { ...at(simulator), ...AWS, AWS_ENDPOINT_URL_DYNAMODB: database.url, BANAP_TABLE: 'nowhere' };
    const { code, stderr } = await banapHere(folder(), ['terminate', '--server', '1001', ...BARE, '--yes'], env);
    expect(code).toBe(1);
    expect(stderr).toContain('table nowhere does not exist');
    expect(writesOf(simulator)).toEqual([]);
  });

  it('the limits count what went in the last 24 hours', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const { env } = await table(context);
    const one = (no: string) =>
      banapHere(folder(), ['terminate', '--server', no, ...BARE, '--max-servers', '1', '--yes'], {
        ...at(simulator),
        ...env,
      });
    expect((await one('1001')).code).toBe(0);
    const { code, stdout } = await one('1002');
    expect(code).toBe(2);
    expect(stdout).toMatch(/2 servers in 24 hours/);
    expect(namesLeft(simulator)).toEqual(['dev-2', 'prod-1']);
  });
});

describe('accounts', () => {
  const TWO = `accounts: { default: { secret: banap/a }, lab: { secret: banap/lab } }
${NIGHTLY.replace('select: {', 'select: { account: lab,')}`;
  const LAB = { accessKey: 'LABKEY', secretKey: 'LABSECRET' };

  async function manager(context: TestContext) {
    const secrets = await startSecretsManager({ secrets: { 'banap/lab': JSON.stringify(LAB) } });
    context.onTestFinished(() => secrets.close());
    return secrets;
  }

  it('another account than the one of the environment takes its keys from its secret', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context, SERVERS, LAB);
    const secrets = await manager(context);
    const env = {
      ...at(simulator), // keys that this simulator does not take
      ...AWS,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      NCLOUD_ACCOUNT: 'default',
    };
    const { code, stderr } = await banapHere(folder(TWO), ['plan', '--policy', 'nightly'], env);
    expect(code, stderr).toBe(0);
    expect(secrets.calls()).toBe(1);
    expect(stderr).not.toContain('LABSECRET');
  });

  it('of NCLOUD_ACCOUNT are the keys of the environment, and no secret is read', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const secrets = await manager(context);
    const env = {
      ...at(simulator),
      ...AWS,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      NCLOUD_ACCOUNT: 'lab',
    };
    const { code, stderr } = await banapHere(folder(TWO), ['plan', '--policy', 'nightly'], env);
    expect(code, stderr).toBe(0);
    expect(secrets.calls()).toBe(0);
  });

  it('that are invalid are named', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const env = { ...at(simulator), NCLOUD_ACCOUNT: 'prod' };
    const { code, stderr } = await banapHere(folder(TWO), ['plan', '--policy', 'nightly'], env);
    expect(code).toBe(1);
    expect(stderr).toContain('NCLOUD_ACCOUNT is "prod"; expected one of default, lab');
    const asked = await banapHere(folder(TWO), ['plan', '--server', '1001', '--account', 'dev'], at(simulator));
    expect(asked.code).toBe(1);
    expect(asked.stderr).toContain('there is no account dev; expected one of default, lab');
  });

  it('whose secret is missing are an error that names it', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const secrets = await manager(context);
    const env = { ...at(simulator), ...AWS, AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url };
    const { code, stderr } = await banapHere(folder(TWO), ['plan', '--server', '1001'], env);
    expect(code).toBe(1);
    expect(stderr).toContain('banap/a');
  });
});

describe('due', () => {
  it('lists what tags say of the sample fleet and ends 2, because one is unclear', async (context) => {
    const { expect } = context;
    const simulator = await simulated(context);
    const { code, stdout } = await banapHere(folder(), ['due'], at(simulator));
    expect(code).toBe(2);
    expect(stdout).toMatch(/│ 1104 +│ review-4 │ unclear │ terminate-at: "다음주" is neither/);
    expect(stdout).toMatch(
      /│ 1103 +│ review-3 │ kept +│ kept: until-demo-day; terminate-at 20260115T090000\+0900: would/,
    );
    expect(stdout).toMatch(/│ 1102 +│ review-2 │ due +│ ttl 7d: ends 2026-01-08 00:00 Asia\/Seoul/);
    expect(stdout).toContain('vpc KR: 1 unclear, 2 due, 1 later, 1 kept');
  });

  it('--json is one document', async (context) => {
    const { expect } = context;
    const simulator = await simulated(context);
    const { code, stdout } = await banapHere(folder(), ['due', '--json'], at(simulator));
    expect(code).toBe(2);
    const { servers, region } = JSON.parse(stdout) as { servers: { state: string }[]; region: string };
    expect(region).toBe('KR');
    expect(servers.map(({ state }) => state)).toEqual(['unclear', 'due', 'due', 'later', 'kept']);
  });

  it('reads the tags of Classic servers, under the keys and in the place of a policy', async (context) => {
    const { expect } = context;
    const servers = [
      {
        serverInstanceNo: '2001',
        serverName: '옛-서버',
        createDate: '2019-12-01T00:00:00+0900',
        tags: { 만료: '2020-01-02' },
      },
    ];
    const simulator = await simulated(context, { fleet: { environment: 'classic', servers } });
    const policies = `version: 1
tags: { terminateAt: 만료 }
policies:
  old: { select: { environment: classic, names: [옛-*] }, timezone: Europe/London }
`;
    const { code, stdout } = await banapHere(folder(policies), ['due', '--policy', 'old'], at(simulator));
    expect(code).toBe(0);
    expect(stdout).toMatch(/│ 2001 +│ 옛-서버 │ due +│ 만료 2020-01-02: ends 2020-01-02 00:00 Europe\/London/);
  });

  it('says that nothing is due', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const { code, stdout } = await banapHere(folder(), ['due'], at(simulator));
    expect([code, stdout]).toEqual([0, 'no tag ends a server of vpc KR\n']);
  });

  it('is a list where there is no room for a table', async (context) => {
    const { expect } = context;
    const simulator = await simulated(context);
    const stdout = Object.assign(new PassThrough(), { columns: 60 });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a terminal as far as the command looks at it
    const io = {
      env: at(simulator),
      stdout,
      stderr: new PassThrough(),
      signal: new AbortController().signal,
    } as unknown as Io;
    const file = join(folder(NIGHTLY), 'policies.yml');
    expect(await dueCommand({ json: false, policies: file }, io)).toBe(2);
    const said = String(stdout.read());
    expect(said).not.toContain('│');
    expect(said).toMatch(/^1104 review-4\n {2}unclear: terminate-at: "다음주"/);
  });
});

describe('policies', () => {
  it('check ends 1 with every problem and its line, and 0 where there is none', async (context) => {
    const { expect } = context;
    const good = await banapHere(folder(NIGHTLY), ['policies', 'check']);
    expect(good).toMatchObject({ code: 0, stdout: expect.stringMatching(/^policies\.yml: 1 policy/) });
    const file = join(folder(`${NIGHTLY}  other: { select: { enviroment: vpc } }\n`), 'policies.yml');
    const bad = await banapHere(folder(), ['policies', 'check', file]);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain(`${file}:4:`);
    expect(bad.stderr).toContain('enviroment');
  });

  it('next says when, in the zone and in UTC', async (context) => {
    const { expect } = context;
    const policies = NIGHTLY.replace(LIMITS, `${LIMITS}, schedule: cron(0 21 * * ? *)`);
    const { code, stdout } = await banapHere(folder(policies), ['policies', 'next', '--days', '2']);
    expect(code).toBe(0);
    expect(stdout.match(/│ nightly │ \d{4}-\d\d-\d\d 21:00 KST │ \d{4}-\d\d-\d\d 12:00 UTC │/g)).toHaveLength(2);
  });

  it('publish tells runs that wait; a broken file leaves what was published', async (context) => {
    const { expect } = context;
    const { env, store } = await table(context);
    const { code, stdout } = await banapHere(folder(NIGHTLY), ['policies', 'publish'], env);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`published to table ${env['BANAP_TABLE']}`)]);
    expect(await store.policyNow('nightly')).toMatchObject({ kind: 'published' });
    const broken = await banapHere(folder('version: 2\n'), ['policies', 'publish'], env);
    expect(broken.code).toBe(1);
    expect(await store.policyNow('nightly')).toMatchObject({ kind: 'published' });
  });

  it('publish without a table ends 1 and names the setting', async (context) => {
    const { expect } = context;
    const { code, stderr } = await banapHere(folder(NIGHTLY), ['policies', 'publish']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^BANAP_TABLE is not set; expected .*\n$/);
  });
});

it('where people have to agree, the plan says so, and from a terminal nothing is done', async (context) => {
  const { expect } = context;
  const simulator = await ncp(context);
  const here = folder(
    NIGHTLY.replace(
      LIMITS,
      `${LIMITS}, chat: { slack: C0123456 }, approval: { approvers: [slack:U01, slack:U02], twoAboveServers: 0 }`,
    ),
  );
  const plan = await banapHere(here, ['plan', '--policy', 'nightly'], at(simulator));
  expect(plan.code).toBe(0);
  expect(plan.stdout).toContain('  Note: approval is required before anything is done: 2 people\n');
  const args = ['terminate', '--policy', 'nightly', '--yes'];
  const { code, stdout } = await banapHere(here, args, at(simulator));
  expect(code).toBe(2);
  expect(stdout).toContain('    unapproved: ');
  expect(stdout).not.toContain('approval is required'); // the refusal says it
  const { stdout: json } = await banapHere(here, [...args, '--json'], at(simulator));
  const refused = { result: 'refused', guard: 'unapproved', reason: expect.stringContaining('nobody can be asked') };
  expect(reportSchema.parse(JSON.parse(json))).toMatchObject({ status: 'some-refused', outcomes: [refused, refused] });
  expect(writesOf(simulator)).toEqual([]);
});

it('Ctrl-C in the time of grace ends at once, with a report, and leaves the server stopped', async (context) => {
  const { expect } = context;
  const simulator = await ncp(context);
  const graceful = NIGHTLY.replace(LIMITS, `${LIMITS}, grace: { stopFor: 7d }`);
  const args = ['terminate', '--policy', 'nightly', '--poll-seconds', '0.2', '--yes', '--json'];
  const run = banapIn(folder(graceful), args, at(simulator));
  await run.said('waiting:');
  const pressedAt = performance.now();
  run.child.kill('SIGINT');
  const { code, stdout, stderr } = await run.ended;
  expect(code, stderr).toBe(3);
  expect(performance.now() - pressedAt).toBeLessThan(5_000);
  const report = reportSchema.parse(JSON.parse(stdout));
  expect(report.status).toBe('unfinished');
  expect(report.left.map(({ reason }) => reason)).toEqual(Array(2).fill(expect.stringContaining('stopped by banap')));
  expect(writesOf(simulator)).toEqual(['stopServerInstances']);
  expect(namesLeft(simulator)).toHaveLength(3);
});

it('a run that was killed is resumed from another folder under the policies of its own, as they are now', async (context) => {
  const { expect } = context;
  const simulator = await ncp(context);
  const acting = NIGHTLY.replace('nightly: {', 'nightly: { mode: terminate, grace: { stopFor: 7d },');
  const [own, other] = [folder(acting), folder(acting)];
  const env = { ...at(simulator), BANAP_STATE_DIR: folder() };
  const run = banapIn(own, ['terminate', '--policy', 'nightly', '--poll-seconds', '0.2', '--yes'], env);
  await run.said('waiting:');
  run.child.kill('SIGKILL');
  await run.ended;
  writeFileSync(join(own, 'policies.yml'), acting.replace('mode: terminate', 'mode: plan'));
  const next = ['terminate', '--server', '1003', '--yes', '--json', ...BARE];
  const { stdout, stderr } = await banapHere(other, next, env);
  const { resumed } = reportSchema.parse(JSON.parse(stdout));
  const refused = { result: 'refused', guard: 'policy' };
  expect(resumed, stderr).toMatchObject([{ outcomes: [refused, refused] }]);
  expect(namesLeft(simulator)).toEqual(expect.arrayContaining(['dev-1', 'dev-2']));
});
