import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'vitest';
import { reportSchema } from '../../lib/reports/report.ts';
import { at, banapHere, type Ended, simulated, writesOf } from './banap.ts';

const SERVERS = [
  { serverInstanceNo: '1001', serverName: 'dev-1' },
  { serverInstanceNo: '1002', serverName: 'dev-2' },
];

async function stage(context: TestContext) {
  const home = mkdtempSync(join(tmpdir(), 'banap-kept-plan-'));
  context.onTestFinished(() => rmSync(home, { recursive: true }));
  const simulator = await simulated(context, { fleet: { servers: SERVERS } });
  const run = (...args: string[]): Promise<Ended> => banapHere(home, args, at(simulator));
  return { simulator, run };
}

it('a plan is carried out as it was shown, or nothing is done and what differs is said', async (context) => {
  const { expect } = context;
  const { simulator, run } = await stage(context);
  const planned = await run('plan', '--name', 'dev-*', '--max-percent', '100');
  const [command = '', id = ''] =
    /^Run it: banap (terminate --plan ([0-9a-f]{16}))$/m.exec(planned.stdout)?.slice(1) ?? [];
  expect(id, planned.stdout).not.toBe('');

  expect(await run('plan', '--diff', id)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('nothing has changed since'),
  });
  simulator.person.rename('1002', 'prod-2');
  const renamed = '- 1002 dev-2: terminate (running) then; not meant any more';
  expect(await run('plan', '--diff', id)).toMatchObject({ code: 2, stdout: expect.stringContaining(renamed) });
  const refused = await run(...command.split(' '), '--yes', '--poll-seconds', '0.2');
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(renamed) });
  expect(writesOf(simulator)).toEqual([]);

  simulator.person.rename('1002', 'dev-2');
  const done = await run(...command.split(' '), '--yes', '--poll-seconds', '0.2', '--json');
  expect(done.code, done.stderr).toBe(0);
  expect(reportSchema.parse(JSON.parse(done.stdout))).toMatchObject({ status: 'all-gone', plan: { hash: id } });
  expect(simulator.state().servers).toEqual([]);
});

it.for([
  [['--plan', 'dev-1'], /"dev-1" is not the id of a plan; expected the 16 characters that "plan" prints/],
  [['--plan', '0123456789abcdef'], /there is no plan 0123456789abcdef; plans are kept for 7 days/],
  [
    ['--plan', '0123456789abcdef', '--server', '1001', '--storage', 'delete'],
    /--server, --storage: --plan says that; leave it out/,
  ],
] as const)('terminate %j does nothing and says what is wrong', async ([args, said], context) => {
  const { expect } = context;
  const { simulator, run } = await stage(context);
  const { code, stderr } = await run('terminate', ...args, '--yes');
  expect(code).toBe(1);
  expect(stderr).toMatch(said);
  expect(writesOf(simulator)).toEqual([]);
});
