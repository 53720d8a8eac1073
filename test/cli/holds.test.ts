import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { auditCommand } from '../../lib/cli/audit.ts';
import { type HoldOptions, holdCommand, holdsCommand, releaseCommand } from '../../lib/cli/holds.ts';
import type { Io } from '../../lib/cli/io.ts';
import { pauseCommand, pausesCommand, resumeCommand } from '../../lib/cli/pauses.ts';
import { systemClock } from '../../lib/clock.ts';
import { type LocalDynamoDb, startDynamoDb } from '../../lib/dev/dynamodb.ts';
import { ConfigError } from '../../lib/ncloud/config.ts';
import { dynamoStore } from '../../lib/store/named-store.ts';
import type { TableStore } from '../../lib/store/store.ts';
import { RequestError } from '../../lib/termination/request.ts';
import { holdOn, recordOf } from '../store/bench.ts';
import { saying } from '../wording/worded.ts';

let database: LocalDynamoDb;
let tables = 0;
let folder = '';
const KEYS = { NCLOUD_ACCESS_KEY: 'AKIDEXAMPLE', NCLOUD_SECRET_KEY: 'SecretExample' };
const before = { ...process.env };
beforeAll(async () => {
  database = await startDynamoDb();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: database.url,
    AWS_REGION: 'ap-northeast-2',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'SecretExample',
  });
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'banap-holds-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  tables += 1;
  await database.createTable(table());
});
afterAll(async () => {
  process.env = before;
  await database.close();
});

const table = (): string => `banap-${tables}`;
const store = (): TableStore => dynamoStore({ table: table(), clock: systemClock });
const HOUR_MS = 60 * 60_000;

/** What a command returned and wrote, on a terminal of so many columns. */
async function ran(
  command: (io: Io) => Promise<number>,
  { columns = 120, env = { BANAP_TABLE: table(), USER: 'mina' } }: { columns?: number; env?: Io['env'] } = {},
): Promise<{ code: number; out: string }> {
  let out = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      out += String(chunk);
      done();
    },
  });
  const stdout = Object.assign(stream, { columns });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a terminal as far as the commands look at it
  const io = {
    env,
    stdout,
    stderr: stdout,
    stdin: process.stdin,
    signal: new AbortController().signal,
  } as unknown as Io;
  return { code: await command(io), out };
}

const holding = (more: Partial<HoldOptions>) => (io: Io) =>
  holdCommand({ server: ['1001'], account: 'default', reason: '부하 시험', ...more }, io);
const ago = (hours: number): string => new Date(Date.now() - hours * HOUR_MS).toISOString();
const releasing = (server: string[], by?: string) => (io: Io) =>
  releaseCommand({ server, account: 'default', ...(by === undefined ? {} : { by }) }, io);
const listed = { account: 'default', json: false };

describe('hold', () => {
  it('holds servers until they are released, by USER', async () => {
    const { code, out } = await ran(holding({ server: ['1001', '1002', '1001'] }));
    expect(code).toBe(0);
    expect(out).toMatch(/^1001 is held: keep until it is released: 부하 시험 \(mina, .+Z .+\)\n1002 is held: .+\n$/);
    expect(await store().holds('default')).toMatchObject([
      { serverInstanceNo: '1001', kind: 'keep', by: 'mina', reason: '부하 시험', until: '' },
      { serverInstanceNo: '1002' },
    ]);
  });

  const ends: [title: string, options: Partial<HoldOptions>, kind: string, until: string][] = [
    ['an instant', { until: '2099-01-02T03:04:05+09:00' }, 'keep', '2099-01-01T18:04:05.000Z'],
    ['a date, through its end in Korea', { until: '2099-01-02' }, 'keep', '2099-01-02T15:00:00.000Z'],
    ['a date in another zone', { until: '2099-07-01', timezone: 'Europe/London' }, 'keep', '2099-07-01T23:00:00.000Z'],
    ['the last date that there is', { until: '9999-12-31', timezone: 'UTC' }, 'keep', '9999-12-31T23:59:59.999Z'],
  ];
  it.each(ends)('ends with %s', async (_title, options, kind, until) => {
    const { out } = await ran(holding({ ...options, by: '김철수' }));
    expect(out).toContain(` until ${until.slice(0, 10)} ${until.slice(11, 16)}Z (`);
    expect(await store().holds('default')).toMatchObject([{ kind, until, by: '김철수' }]);
  });

  it('snoozes for a while from now', async () => {
    const from = Date.now();
    await ran(holding({ snooze: '36h' }));
    const [hold] = await store().holds('default');
    const until = Date.parse(hold?.until ?? '');
    expect(hold?.kind).toBe('snooze');
    expect(until).toBeGreaterThanOrEqual(from + 36 * HOUR_MS);
    expect(until).toBeLessThan(from + 36 * HOUR_MS + 30_000);
  });

  it('leaves the holds of others, and says all that there are, the longest first', async () => {
    await ran(holding({ by: 'mina', until: '2099-01-01' }));
    const { out: shorter } = await ran(holding({ by: 'joon', snooze: '1d' }));
    expect(shorter).toMatch(/^1001 is held: keep until 2099.*mina.*; snooze .*joon/);
    const { out: own } = await ran(holding({ by: 'joon' }));
    expect(own).toMatch(/^1001 is held: keep until it is released.*joon.*; keep until 2099.*mina/);
    expect((await store().holds('default')).map((hold) => hold.by)).toEqual(['joon', 'mina']);
  });

  it('says every bad value at once and holds nothing', async () => {
    const wrong = holding({ server: ['1001', 'web-1'], account: 'a b', reason: ' ', until: '2020-01-01' });
    const error = await ran(wrong, { env: { BANAP_TABLE: table() } }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RequestError);
    expect((error as RequestError).problems).toEqual([
      'server "web-1": expected a server number, for example 1088217',
      '--account is "a b"; expected the name of an account, for example default',
      '--by is missing and USER is not set; expected who, for example --by mina',
      '--reason is missing; expected why, for example --reason "load test"',
      '--until is "2020-01-01", which has passed; expected a time in the future',
    ]);
    expect(await store().holds('default')).toEqual([]);
  });

  const wrong: [options: Partial<HoldOptions>, problem: string][] = [
    [{ server: [] }, 'no server was given; expected a server number'],
    [{ server: ['0'] }, 'server "0"'],
    [{ server: ['1001#'] }, 'server "1001#"'],
    [{ until: 'tomorrow' }, '--until: "tomorrow"'],
    [{ until: '2099-01-02T03:04:05' }, '--until: "2099-01-02T03:04:05" has no time zone'],
    [{ snooze: '3 days' }, '--snooze: "3 days" is no duration'],
    [{ snooze: '-3d' }, '--snooze: "-3d" is negative'],
    [{ snooze: '0d' }, '--snooze: "0d" is no time at all'],
    [{ snooze: '3d', until: '2099-01-01' }, '--until and --snooze: expected one of them'],
    [{ timezone: 'KST', until: '2099-01-01' }, '--timezone is "KST"; expected an IANA name'],
    [{ reason: 'x'.repeat(501) }, '--reason has 501 characters; expected at most 500'],
    [{ by: ' ' }, '--by is missing'],
    [{ by: 'x'.repeat(201) }, '--by has 201 characters'],
  ];
  it.each(wrong)('refuses %j', async (options, problem) => {
    await expect(ran(holding(options))).rejects.toThrow(problem);
    expect(await store().holds('default')).toEqual([]);
  });

  it('lets nothing that was typed do anything to the terminal', async () => {
    const { out } = await ran(holding({ reason: 'red \u001b[31m\nsecond line' }));
    expect(out.trimEnd()).not.toMatch(/\p{Cc}/u);
  });
});

describe('release', () => {
  it('says who held what and why, and what was not held', async () => {
    await ran(holding({ by: 'joon' }));
    const { code, out } = await ran(releasing(['1001', '1002']));
    expect(code).toBe(0);
    expect(out).toMatch(
      /^1001 is released; before: keep until it is released: 부하 시험 \(joon, .+\)\n1002 was not held\n$/,
    );
    expect(await store().holds('default')).toEqual([]);
  });

  it('refuses what is not a server number', async () => {
    await expect(ran(releasing(['web-1']))).rejects.toThrow('server "web-1"');
  });
});

describe('holds', () => {
  it('says that there are none', async () => {
    expect(await ran((io) => holdsCommand(listed, io))).toEqual({
      code: 0,
      out: 'no server of account default is held\n',
    });
  });

  it('shows a table with both times, and a list where there is no room', async () => {
    await store().hold('default', holdOn('1001', { serverName: '개발-웹', until: '2099-01-01T00:00:00.000Z' }));
    const { out } = await ran((io) => holdsCommand(listed, io));
    expect(out).toMatch(/│ 1001 +│ 개발-웹 │ keep │ 2099-01-01 00:00Z/);
    expect(out).toMatch(/부하 시험 \(mina, 2026-11-23 12:00Z/);
    const narrow = await ran((io) => holdsCommand(listed, io), { columns: 60 });
    expect(narrow.out).toMatch(/^1001 개발-웹\n {2}keep: 2099-01-01 00:00Z \(.+\): 부하 시험/);
  });

  it('is one JSON document on request', async () => {
    await store().hold('default', holdOn('1001'));
    const { out } = await ran((io) => holdsCommand({ ...listed, json: true }, io));
    expect(JSON.parse(out)).toEqual({ account: 'default', holds: [holdOn('1001')] });
  });
});

describe('audit', () => {
  const asked = { account: 'default', days: 7, json: false };

  it('says that nothing was written down', async () => {
    const { code, out } = await ran((io) => auditCommand(asked, io));
    expect([code, out]).toEqual([0, 'the audit has no records for account default in the last 7 days\n']);
  });

  it('shows what was decided and why, of the days that were asked for', async () => {
    await store().record([
      recordOf(1, { at: ago(1), what: 'refused', guard: 'held', reason: saying('부하 시험'), requestedBy: 'joon' }),
      recordOf(2, { at: ago(24 * 7 + 1), reason: saying('too long ago') }),
    ]);
    const { out } = await ran((io) => auditCommand(asked, io), { columns: 160 });
    expect(out).toMatch(/│ 1001 +│ dev-web │ \d{4}-\d\d-\d\d \d\d:\d\dZ/);
    expect(out).toContain('refused (held)');
    expect(out).toContain('부하 시험; nightly-dev, schedule, by joon, run run-1');
    expect(out).not.toContain('too long ago');
  });

  it('holds what was held and released, just now as well', async () => {
    await ran(holding({}));
    const { out } = await ran((io) => auditCommand({ ...asked, json: true }, io));
    expect(JSON.parse(out)).toMatchObject({ account: 'default', records: [{ what: 'hold', requestedBy: 'mina' }] });
  });

  it('is of one server on request', async () => {
    await store().record([recordOf(1, { at: ago(1) }), recordOf(2, { at: ago(1), serverInstanceNo: '1002' })]);
    const { out } = await ran((io) => auditCommand({ ...asked, json: true, server: '1002' }, io));
    expect(JSON.parse(out).records).toMatchObject([{ serverInstanceNo: '1002', sequence: 2 }]);
  });

  it('shows what cannot be read without falling over', async () => {
    await store().record([recordOf(1, { at: ago(1), serverInstanceNo: '', serverName: '' })]);
    expect((await ran((io) => auditCommand(asked, io))).out).toMatch(/│ - +│ - +│/);
  });

  it('says every bad value at once', async () => {
    const wrong = { account: '', days: 0, server: 'web', json: false };
    await expect(ran((io) => auditCommand(wrong, io))).rejects.toThrow(
      '--account is ""; expected the name of an account, for example default; server "web": expected a server number, for example 1088217; --days is 0; expected a whole number from 1 to 400, for example 14',
    );
  });

  it.each([0, 401, 1.5, Number.NaN])('refuses %d days', async (days) => {
    await expect(ran((io) => auditCommand({ ...asked, days }, io))).rejects.toThrow('--days is');
  });
});

describe('every command', () => {
  const commands: [name: string, command: (io: Io) => Promise<number>][] = [
    ['hold', holding({})],
    ['release', (io) => releaseCommand({ server: ['1001'], account: 'default' }, io)],
    ['holds', (io) => holdsCommand(listed, io)],
    ['audit', (io) => auditCommand({ account: 'default', days: 1, json: false }, io)],
  ];
  it.each(commands)(
    '%s needs no table: without one it uses a file of the account, whose access key it asks for',
    async (_name, command) => {
      const env = { USER: 'mina', BANAP_STATE_DIR: folder, HOME: folder };
      const error = await ran(command, { env }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ConfigError);
      expect(error).toMatchObject({
        message: expect.stringMatching(/^NCLOUD_ACCESS_KEY and NCLOUD_SECRET_KEY not set/),
      });
      expect((await ran(command, { env: { ...env, ...KEYS } })).code).toBe(0);
    },
  );

  it('remembers for its own account only', async () => {
    const env = { USER: 'mina', BANAP_STATE_DIR: folder, ...KEYS };
    const list = async (more: object): Promise<unknown> => {
      const { out } = await ran((io) => holdsCommand({ ...listed, json: true }, io), { env: { ...env, ...more } });
      return JSON.parse(out.slice(out.indexOf('{')));
    };
    await ran(holding({}), { env });
    expect(await list({})).toMatchObject({ holds: [{ serverInstanceNo: '1001' }] });
    expect(await list({ NCLOUD_API_GW: 'http://127.0.0.1:18080' })).toMatchObject({ holds: [] });
    expect(await list({ NCLOUD_ACCESS_KEY: 'ANOTHER' })).toMatchObject({ holds: [] });
  });

  it('says that another access key has other holds, until it has some itself', async () => {
    const env = { USER: 'mina', BANAP_STATE_DIR: folder, ...KEYS };
    await ran(holding({}), { env });
    const other = { env: { ...env, NCLOUD_ACCESS_KEY: 'ANOTHER' } };
    const { out } = await ran(holding({}), other);
    expect(out).toMatch(/^this access key was not used here before; the holds in .* do not count: if both are of/);
    expect((await ran(holding({}), other)).out).not.toContain('access key');
  });

  it.each(commands)('%s says in one sentence that the table is missing', async (_name, command) => {
    await expect(ran(command, { env: { USER: 'mina', BANAP_TABLE: 'nowhere' } })).rejects.toThrow(
      'table nowhere does not exist; create it by deploying, or set BANAP_TABLE',
    );
  });
});

describe('pause, resume and pauses', () => {
  const why = { reason: '마이그레이션' };

  it('pause a policy, an account or everything, say what is paused, and resume exactly that', async () => {
    const paused = await ran((io) => pauseCommand({ ...why, policy: 'nightly-dev' }, io));
    expect(paused).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^policy nightly-dev is paused by mina until it is resumed: 마이그레이션\n/),
    });
    await ran((io) => pauseCommand({ ...why, account: 'default', until: '2099-12-31' }, io));
    await ran((io) => pauseCommand(why, io));
    expect((await ran((io) => pausesCommand({ json: false }, io))).out).toMatch(
      /policy nightly-dev.*account default.*everything/s,
    );
    const { out } = await ran((io) => resumeCommand({ policy: 'nightly-dev' }, io));
    expect(out).toMatch(
      /^policy nightly-dev is resumed; before: policy nightly-dev is paused by mina.*\nstill: everything is paused/s,
    );
    expect(await store().allPauses()).toHaveLength(2);
    expect((await ran((io) => resumeCommand({ policy: 'nightly-dev' }, io))).out).toMatch(
      /^policy nightly-dev was not paused\nstill: /,
    );
  });

  it('prints one JSON document', async () => {
    await ran((io) => pauseCommand(why, io));
    const { out } = await ran((io) => pausesCommand({ json: true }, io));
    expect(JSON.parse(out)).toMatchObject({
      pauses: [{ account: '', policy: '', by: 'mina', reason: '마이그레이션' }],
    });
  });

  it('are in the audit of this machine, beside holds', async () => {
    const env = { USER: 'mina', BANAP_STATE_DIR: folder, ...KEYS };
    await ran((io) => pauseCommand(why, io), { env });
    await ran(holding({}), { env });
    await ran((io) => resumeCommand({}, io), { env });
    const { out } = await ran((io) => auditCommand({ account: 'default', days: 1, json: true }, io), { env });
    const { records }: { records: { what: string }[] } = JSON.parse(out);
    expect(records.map(({ what }) => what).toSorted()).toEqual(['hold', 'pause', 'resume']);
  });

  it.each([
    [{}, /--reason is missing/],
    [{ ...why, policy: 'nightly', account: 'default' }, /expected one of them/],
    [{ ...why, policy: 'Nightly Dev' }, /expected the name of a policy/],
    [{ ...why, account: 'LAB' }, /--account is "LAB"/],
    [{ ...why, until: '2020-01-01' }, /which has passed/],
    [{ ...why, until: 'tomorrow' }, /--until/],
  ])('refuse %o and pause nothing', async (options, problem) => {
    await expect(ran((io) => pauseCommand(options, io))).rejects.toThrow(problem);
    expect(await store().allPauses()).toEqual([]);
  });
});
