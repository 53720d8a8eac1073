import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCommand, nextCommand } from '../../lib/cli/policies.ts';
import { policiesHere } from '../../lib/cli/policies-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'banap-policies-'));
const good = join(folder, 'good.yml');
const bad = join(folder, 'bad.yml');

beforeAll(() => {
  writeFileSync(
    good,
    `version: 1
accounts: { default: { secret: a }, lab: { secret: b } }
policies:
  daily: { select: { environment: vpc, names: [a-*] }, schedule: cron(0 9 * * ? *), mode: terminate, grace: { stopFor: 7d } }
  moved:
    select: { environment: vpc, names: [a-*] }
    schedule: cron(0 9 * * ? *)
    mode: terminate
    window: { from: '21:00', to: '06:00' }
  sweep: { select: { environment: vpc }, expiry: tags, schedule: rate(6 hours) }
  shut: { select: { environment: vpc, names: [c] }, schedule: cron(0 9 * * ? *), mode: terminate, holidays: {} }
  asked: { select: { environment: vpc, names: [b] } }
`,
  );
  writeFileSync(bad, 'version: 1\npolicies:\n  a: { select: { environment: vpcc } }\n  b: { selct: {} }\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs a command with streams of its own, so wide that nothing is wrapped. */
async function ran(
  run: (io: { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream }) => Promise<number>,
  columns = 200,
): Promise<Ran> {
  const stream = (): NodeJS.WriteStream =>
    Object.assign(new PassThrough(), { columns }) as unknown as NodeJS.WriteStream;
  const io = { stdout: stream(), stderr: stream() };
  const code = await run(io);
  return { code, out: text(io.stdout), err: text(io.stderr) };
}

function text(one: NodeJS.WriteStream): string {
  return String((one as unknown as PassThrough).read() ?? '');
}

describe('policies check', () => {
  it('says what it found', async () => {
    expect(await ran((io) => checkCommand({ file: good }, io))).toEqual({
      code: 0,
      out: `${good}: 5 policies (3 of them act by themselves), 4 schedules, 2 accounts (default, lab)\n`,
      err: '',
    });
  });

  it("takes the project's own file without being told", async () => {
    const { code, out } = await ran((io) => checkCommand({}, io));
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining('policies.yml: 2 policies (none of them acts by itself)'),
    });
  });

  it('lists every problem with file, line and column, and exits 1', async () => {
    const { code, out, err } = await ran((io) => checkCommand({ file: bad }, io));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.split('\n')).toEqual([
      `${bad}:3:31 policies.a.select.environment: "vpcc": expected vpc or classic; did you mean vpc?`,
      `${bad}:4:3 policies.b.select: missing; a map is expected, for example select: {environment: vpc, names: ['dev-*']}`,
      `${bad}:4:8 policies.b.selct: unknown key; did you mean select?`,
      `${bad}: 3 problems`,
      '',
    ]);
  });

  it('prints JSON when it is asked to, of a good file and of a bad one', async () => {
    const { code, out } = await ran((io) => checkCommand({ file: bad, json: true }, io));
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ file: bad, problems: [{ line: 3, column: 31 }, {}, {}], warnings: [] });
    expect(JSON.parse((await ran((io) => checkCommand({ file: good, json: true }, io))).out)).toEqual({
      file: good,
      problems: [],
      warnings: [],
    });
  });

  it.each(['cp949', 'utf-16'])('takes no file that was saved as %s', async (encoding) => {
    const file = join(folder, `${encoding}.yml`);
    const before = 'version: 1\ntags: { keep: ';
    const cp949 = Buffer.from([...Buffer.from(before), 0xba, 0xb8, 0xc1, 0xb8, ...Buffer.from(' }\n')]);
    writeFileSync(file, encoding === 'cp949' ? cp949 : Buffer.from(`\ufeff${before}보존 }`, 'utf16le'));
    const place = encoding === 'cp949' ? `${file}:2:15` : `${file}:1:1`;
    const { code, out, err } = await ran((io) => checkCommand({ file }, io));
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: expect.stringContaining(place) });
    expect(err).toContain('expected UTF-8');
    // The tag keys that plan, terminate and due use.
    await expect(policiesHere(file, 0)).rejects.toThrow(new RegExp(`${encoding}\\.yml:\\d.*expected UTF-8`));
  });

  it.each(['nothing.yml', '.'])('says so where %s is no file', async (name) => {
    const { code, err } = await ran((io) => checkCommand({ file: join(folder, name) }, io));
    expect(code).toBe(1);
    expect(err).toMatch(/(there is no such file|can not be read \(EISDIR\)); expected a file such as policies\.yml/);
  });
});

describe('policies next', () => {
  it('says who is asked and who is notified', async () => {
    const file = join(folder, 'people.yml');
    const people = `chat: { slack: C0123456 }, approval: { approvers: [slack:U01, slack:U02], twoAboveServers: 5 }, grace: { notify: [24h, 1h] }`;
    const select = 'select: { environment: vpc, names: [b] }, mode: terminate';
    writeFileSync(
      file,
      `version: 1
policies:
  people: { ${select}, schedule: cron(0 9 * * ? *), ${people} }
  called: { ${select}, ${people} }
  looks: { select: { environment: vpc, names: [b] }, ${people} }
`,
    );
    const { out } = await ran((io) => nextCommand({ file, days: 2 }, io), 220);
    const words = 'asks 1 person, 2 people above 5 servers, gives notice 24h and 1h before';
    expect(out).toMatch(new RegExp(`people +│ .* │ ${words}, acts`));
    expect(out).toContain(`\ncalled has no schedule: it runs when it is asked to, ${words}\n`);
    expect(out).toContain('\nlooks has no schedule: it runs when it is asked to'); // and nobody is asked
    expect(out.match(/asks 1 person/g)).toHaveLength(3);
  });

  it('shows each run in its zone and in UTC, what moves it, and what has no time', async () => {
    const { code, out } = await ran((io) => nextCommand({ file: good, days: 2 }, io));
    expect(code).toBe(0);
    expect(out).toMatch(
      /daily +│ \d{4}-\d\d-\d\d 09:00 KST │ \d{4}-\d\d-\d\d 00:00 UTC │ stops, and terminates 7d later /,
    );
    expect(out).toMatch(
      /moved +│ \d{4}-\d\d-\d\d 09:00 KST │ .* │ acts; waits until \d{4}-\d\d-\d\d 21:00 KST \(\d{4}-\d\d-\d\d 12:00 UTC\): /,
    );
    expect(out).toMatch(/sweep +│ every 6 hours +│ after deployment +│ only looks \(mode: plan\)/);
    expect(out).toContain('\nasked has no schedule: it runs when it is asked to\n');
  });

  it('shows the first fifteen of many, and says how many more there are', async () => {
    const { out } = await ran((io) => nextCommand({ file: good, days: 20 }, io));
    expect(out.match(/daily +│/g)).toHaveLength(15);
    expect(out).toContain('\ndaily runs 5 more times within 20 days (--json lists them)\n');
  });

  it('shows what a holiday moves, however far away it is', async () => {
    const { out } = await ran((io) => nextCommand({ file: good, days: 400 }, io));
    expect(out).toMatch(/shut +│ .* │ .* │ acts; waits until .* 00:00 KST \(.* 15:00 UTC\): /);
    expect(out.match(/shut +│/g)?.length).toBeGreaterThan(15);
  });

  it('is a list where there is no room for a table', async () => {
    const { out } = await ran((io) => nextCommand({ file: good, days: 1 }, io), 60);
    expect(out).not.toContain('│');
    expect(out).toMatch(/^daily \d{4}-\d\d-\d\d 09:00 KST$/m);
  });

  it('prints every run as JSON when it is asked to', async () => {
    const { out } = await ran((io) => nextCommand({ file: good, days: 20, json: true }, io));
    const runs = JSON.parse(out) as Record<string, unknown>[];
    expect(runs.filter(({ policy }) => policy === 'daily')).toHaveLength(20);
    expect(runs.find(({ policy }) => policy === 'moved')).toMatchObject({
      kind: 'at',
      timezone: 'Asia/Seoul',
      at: expect.stringMatching(/T00:00:00\.000Z$/),
      actsAt: expect.stringMatching(/T12:00:00\.000Z$/),
    });
  });

  it('looks 14 days ahead unless it is told otherwise', async () => {
    const { out } = await ran((io) => nextCommand({ file: good, json: true }, io));
    expect((JSON.parse(out) as object[]).filter((run) => 'policy' in run && run.policy === 'daily')).toHaveLength(14);
  });

  it('tells the problems of a bad file instead, and exits 1', async () => {
    const { code, out, err } = await ran((io) => nextCommand({ file: bad }, io));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('3 problems');
  });
});
