import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest';
import { reportSchema } from '../../lib/reports/report.ts';
import type { Simulator, SimulatorOptions } from '../../lib/simulator/simulator.ts';
import { at, banapHere, banapIn, type Ended, KEYS, type Running, simulated, writesOf } from './banap.ts';

const FAST = ['--max-percent', '100', '--poll-seconds', '0.2'];
const NUMBERS = Array.from({ length: 10 }, (_, n) => String(1001 + n));

let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'banap-cli-'));
});
afterAll(() => rmSync(home, { recursive: true }));

const banap = (args: string[], env: Record<string, string> = {}): Promise<Ended> => banapHere(home, args, env);
const started = (args: string[], env: Record<string, string> = {}): Running => banapIn(home, args, env);

function ncp(context: TestContext, options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const servers = NUMBERS.map((serverInstanceNo, n) => ({ serverInstanceNo, serverName: `dev-${n}` }));
  return simulated(context, { fleet: { servers }, ...options });
}

describe('plan', () => {
  it('of servers that can go ends 0 and does nothing', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const { code, stdout } = await started(['plan', '--name', 'dev-*', ...FAST], at(simulator)).ended;
    expect(code).toBe(0);
    expect(stdout).toContain('10 of 10 servers to be terminated');
    expect(writesOf(simulator)).toEqual([]);
  });

  it('of a protected server ends 2 and names the guard', async (context) => {
    const { expect } = context;
    const fleet = { servers: [{ serverInstanceNo: '1001', serverName: 'a', isProtectServerTermination: true }] };
    const simulator = await ncp(context, { fleet });
    const { code, stdout } = await started(['plan', '--server', '1001', ...FAST], at(simulator)).ended;
    expect(code).toBe(2);
    expect(stdout).toMatch(/ {2}Keep 1\n {4}1001 {2}a {2}protected {2}termination protection is on/);
  });

  it('over a limit ends 2', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const { code, stdout } = await banap(['plan', '--name', 'dev-*'], at(simulator));
    expect(code).toBe(2);
    expect(stdout).toMatch(/percent|%/);
  });

  it('that matches nothing ends 0 and says so', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const { code, stdout } = await banap(['plan', '--name', 'prod-*'], at(simulator));
    expect(code).toBe(0);
    expect(stdout).toContain('no server matches');
  });

  it('--json is print one JSON document on standard output that the schema takes', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const { stdout } = await started(['plan', '--name', 'dev-*', '--json', ...FAST], at(simulator)).ended;
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(reportSchema.parse(JSON.parse(stdout))).toMatchObject({ status: 'planned', outcomes: [] });
  });
});

describe('terminate', () => {
  it('--yes --json terminates and prints one document and nothing else', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const run = started(['terminate', '--name', 'dev-*', '--yes', '--json', ...FAST], at(simulator));
    const { code, stdout, stderr } = await run.ended;
    expect(code, stderr).toBe(0);
    expect(stdout.endsWith('}\n')).toBe(true);
    const report = reportSchema.parse(JSON.parse(stdout));
    expect(report).toMatchObject({ status: 'all-gone', summary: 'vpc KR: 10 terminated', left: [] });
    expect(simulator.state().servers).toEqual([]);
    expect(stdout + stderr).not.toContain(KEYS.secretKey);
  });

  it('without --yes and without a terminal does nothing and ends 3', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const { code, stdout, stderr } = await banap(['terminate', '--name', 'dev-*', ...FAST], at(simulator));
    expect(code).toBe(3);
    expect(stdout).toContain('to be terminated');
    expect(stderr).toContain('add --yes');
    expect(writesOf(simulator)).toEqual([]);
  });

  it('of a server that is refused ends 2 and terminates the others', async (context) => {
    const { expect } = context;
    const servers = [
      { serverInstanceNo: '1001', serverName: 'a' },
      { serverInstanceNo: '1002', serverName: 'b', isProtectServerTermination: true },
    ];
    const simulator = await ncp(context, { fleet: { servers } });
    const run = banap(['terminate', '--server', '1001', '1002', '--yes', ...FAST], at(simulator));
    const { code, stdout } = await run;
    expect(code).toBe(2);
    expect(stdout).toContain('1 terminated, 1 refused');
    expect(simulator.state().servers.map((one) => one.serverInstanceNo)).toEqual(['1002']);
  });

  it('over a limit ends 2 and writes nothing', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const run = banap(
      ['terminate', '--name', 'dev-*', '--yes', '--max-servers', '3', '--max-percent', '100'],
      at(simulator),
    );
    const { code } = await run;
    expect(code).toBe(2);
    expect(writesOf(simulator)).toEqual([]);
    expect(simulator.state().servers).toHaveLength(10);
  });

  it('past its deadline ends 3', async (context) => {
    const { expect } = context;
    const fleet = { servers: [{ serverInstanceNo: '1001', serverName: 'a', stopSeconds: 100_000 }] };
    const simulator = await ncp(context, { fleet });
    const run = banap(['terminate', '--server', '1001', '--yes', '--deadline', '0.03', ...FAST], at(simulator));
    const { code, stdout } = await run;
    expect(code).toBe(3);
    expect(stdout).toContain('1 unfinished');
  });

  it('that is interrupted ends with a report and 3', async (context) => {
    const { expect } = context;
    const servers = NUMBERS.map((serverInstanceNo) => ({ serverInstanceNo, serverName: 'a', stopSeconds: 100_000 }));
    const simulator = await ncp(context, { fleet: { servers } });
    const run = started(['terminate', '--server', ...NUMBERS, '--yes', '--json', ...FAST], at(simulator));
    await run.said('stopping');
    run.child.kill('SIGINT');
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(3);
    expect(stderr).toContain('ending');
    const report = reportSchema.parse(JSON.parse(stdout));
    expect(report.status).toBe('unfinished');
    expect(report.left).toHaveLength(10);
    expect(writesOf(simulator)).toEqual(['stopServerInstances']);
  });

  it('that is killed and started again stops and terminates every server once', async (context) => {
    const { expect } = context;
    const servers = NUMBERS.map((serverInstanceNo) => ({ serverInstanceNo, serverName: 'a', stopSeconds: 200 }));
    const simulator = await ncp(context, { fleet: { servers } });
    const args = ['terminate', '--server', ...NUMBERS, '--yes', '--json', ...FAST];
    const first = started(args, at(simulator));
    await first.said('stopping');
    first.child.kill('SIGKILL');
    await first.ended;
    const { code, stdout, stderr } = await started(args, at(simulator)).ended;
    expect(code, stderr).toBe(0);
    expect(reportSchema.parse(JSON.parse(stdout)).status).toBe('all-gone');
    expect(simulator.state().servers).toEqual([]);
    for (const action of ['stopServerInstances', 'terminateServerInstances']) {
      const accepted = simulator
        .journal()
        .flatMap((one) =>
          one.kind === 'call' && one.action === action && one.returnCode === '0'
            ? Object.entries(one.parameters).flatMap(([key, no]) =>
                key.startsWith('serverInstanceNoList') ? [no] : [],
              )
            : [],
        );
      expect(accepted.toSorted()).toEqual(NUMBERS);
    }
  });

  it('of a number that nobody has ever seen ends 2: somebody mistyped it', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const { code, stdout } = await banap(['terminate', '--server', '9', '--yes', ...FAST], at(simulator));
    expect(code).toBe(2);
    expect(stdout).toContain('not-found');
  });
});

describe('help', () => {
  it.for([
    [['help', 'nosuch'], "unknown command 'nosuch'\n(There is plan, terminate, "],
    [['help', 'polices'], "unknown command 'polices'\n(Did you mean policies?)"],
    [['policies', 'help', 'chek'], "unknown command 'chek'\n(Did you mean check?)"],
    [['help', 'policies', 'nxt'], "unknown command 'nxt'\n(Did you mean next?)"],
    [['help', 'plan', 'x'], "unknown command 'x'\n(It has no commands of its own.)"],
  ] as const)('%j is an error that says what there is', async ([args, words], { expect }) => {
    const { code, stdout, stderr } = await banap([...args]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(words);
  });

  it.for([[['help']], [['help', 'plan']], [['policies', 'help', 'check']]] as const)(
    '%j shows it',
    async ([args], { expect }) => {
      const { code, stdout } = await banap([...args]);
      expect([code, stdout.startsWith('Usage: banap ')]).toEqual([0, true]);
    },
  );

  it.for([['help'], ['help', 'terminate'], ['help', 'audit'], ['policies', '--help']])(
    '%j breaks no word in a terminal of 60 columns',
    async (args, { expect }) => {
      const narrow = 'data:text/javascript,process.stdout.isTTY=true;process.stdout.columns=60';
      const { stdout } = await started(args, { NODE_OPTIONS: `--import=${narrow}` }).ended;
      expect(stdout.length).toBeGreaterThan(200);
      expect(stdout.split('\n').filter((line) => line.length > 60)).toEqual([]);
    },
  );
});

describe('what cannot be used ends 1 and is named', () => {
  const nowhere = {
    NCLOUD_API_GW: 'http://127.0.0.1:1',
    NCLOUD_ACCESS_KEY: 'AKIDEXAMPLE',
    NCLOUD_SECRET_KEY: 'SECRETEXAMPLE',
  };

  it.for<[string[], Record<string, string>, string]>([
    [['plan', '--sever', '1'], nowhere, "unknown option '--sever'"],
    [['plan', '--server', '1', '--environment', 'vcp'], nowhere, "'--environment <name>' argument 'vcp' is invalid"],
    [['plan', '--server', '1', '--storage', 'keep'], nowhere, "'--storage <policy>' argument 'keep' is invalid"],
    [['plan', '--server', '1', '--max-servers', 'many'], nowhere, '--max-servers'],
    [['plan', '--server', '1', '--max-percent', '0'], nowhere, '--max-percent'],
    [['plan', '--server', '1', '--max-percent', '101'], nowhere, '--max-percent 101: expected at most 100'],
    [['plan', '--server', '1', '--deadline', '-1'], nowhere, '--deadline'],
    [['plan', '--server', '1', '--poll-seconds', ''], nowhere, '--poll-seconds'],
    [['plan', '--server', 'dev-1'], nowhere, 'expected a server number'],
    [['plan', '--server', '1', '--region', 'k-r'], nowhere, '--region "K-R": expected a region code'],
    [['plan'], nowhere, '--server: name at least one server'],
    [['terminate', '--yes'], nowhere, '--server: name at least one server'],
    [
      ['plan', '--server', '1'],
      { NCLOUD_API_GW: 'http://127.0.0.1:1' },
      'NCLOUD_ACCESS_KEY and NCLOUD_SECRET_KEY not set',
    ],
    [['plan', '--server', '1'], { ...nowhere, NCLOUD_API_GW: 'http://example.com' }, 'NCLOUD_API_GW must use https'],
    [['plan', '--server', '1'], { ...nowhere, NCLOUD_TIMEOUT_SECONDS: 'x' }, 'NCLOUD_TIMEOUT_SECONDS is "x"'],
    [['terminat', '--server', '1'], nowhere, "unknown command 'terminat'"],
  ])('%j', async ([args, env, words], { expect }) => {
    const { code, stdout, stderr } = await banap(args, env);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(words);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
    expect(stderr).not.toContain('SECRETEXAMPLE');
    expect(stderr).not.toContain('    at ');
  });

  it('wrong keys', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const env = { ...at(simulator), NCLOUD_SECRET_KEY: 'WRONGSECRET' };
    const { code, stdout, stderr } = await banap(['terminate', '--name', 'dev-*', '--yes'], env);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('check the access key and the secret key');
    expect(stderr).not.toMatch(/WRONGSECRET|AKIDEXAMPLE/);
    expect(writesOf(simulator)).toEqual([]);
  });

  it('an endpoint that is not there', async (context) => {
    const { expect } = context;
    const { code, stderr } = await banap(['plan', '--server', '1', '--deadline', '0.01'], nowhere);
    expect(code).toBe(1);
    expect(stderr).toContain('http://127.0.0.1:1 refused the connection');
  });

  it('a freshness that is out of bounds', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const env = { ...at(simulator), BANAP_FRESH_SECONDS: '90' };
    const { code, stderr } = await banap(['plan', '--server', '1'], env);
    expect(code).toBe(1);
    expect(stderr).toContain('BANAP_FRESH_SECONDS is "90"; expected whole seconds from 1 to 30');
    expect(stderr).not.toContain('reading:');
  });

  it('a region that is not there, with those that are', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const { code, stderr } = await banap(['plan', '--server', '1', '--region', 'XX'], at(simulator));
    expect(code).toBe(1);
    expect(stderr).toContain('NCP has no vpc region XX; it has KR');
  });

  it('with --json and a run that failed, a report all the same', async (context) => {
    const { expect } = context;
    const simulator = await ncp(context);
    const { code, stdout } = await banap(['plan', '--server', '1', '--region', 'XX', '--json'], at(simulator));
    expect(code).toBe(1);
    expect(reportSchema.parse(JSON.parse(stdout)).status).toBe('error');
  });
});

describe('simulate', () => {
  it.for(['SIGTERM', 'SIGINT'] as const)('prints one JSON line and ends 0 on %s', async (signal, context) => {
    const { expect } = context;
    const run = started(['simulate', '--secret-key', 'ANOTHERSECRET']);
    await run.said('\n');
    run.child.kill(signal);
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(0);
    expect(stderr).toBe('\nended\n');
    expect(stdout.trim().split('\n')).toHaveLength(1);
    context.expect(JSON.parse(stdout)).toMatchObject({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    expect(stdout).not.toContain('ANOTHERSECRET');
  });

  it.for([
    [['--port', '70000'], 'expected a port'],
    [['--fleet', 'no-such-file.json'], 'no-such-file.json'],
    [['--faults', 'nonsense'], 'nonsense'],
    [['--speed', '-1'], '--speed'],
  ] as const)('ends 1 and names %j', async ([args, words], context) => {
    const { expect } = context;
    const { code, stdout, stderr } = await banap(['simulate', ...args]);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(words);
  });
});
