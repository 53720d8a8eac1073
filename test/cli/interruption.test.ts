/** Ctrl-C, in commands as people start them: it ends every wait of a run. */

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportSchema } from '../../lib/reports/report.ts';
import { at, banapIn, simulated, writesOf } from './banap.ts';

const START = join(import.meta.dirname, '..', '..', 'lib', 'dev', 'start.ts');
const SELECT = 'select: { environment: vpc, names: [dev-*] }, limits: { maxServers: 10, maxPercent: 100 }';
/** Closed now, and for some hours. */
const LATER = [10, 11].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16));
const POLICIES = `version: 1
policies:
  later: { ${SELECT}, timezone: UTC, window: { days: [MON, TUE, WED, THU, FRI, SAT, SUN], from: '${LATER[0]}', to: '${LATER[1]}' } }
`;
const SERVERS = [{ serverInstanceNo: '1001', serverName: 'dev-1' }];

let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'banap-interrupted-'));
  writeFileSync(join(home, 'policies.yml'), POLICIES);
});
afterAll(() => rmSync(home, { recursive: true }));

it('terminate ends with 3 and a report while it waits for a window', async (context) => {
  const simulator = await simulated(context, { fleet: { servers: SERVERS } });
  const run = banapIn(home, ['terminate', '--policy', 'later', '--yes', '--json'], at(simulator));
  await run.said('outside the window of policy later');
  run.child.kill('SIGINT');
  const { code, stdout, stderr } = await run.ended;
  expect(code).toBe(3);
  expect(stderr).toContain('ending: nothing more is asked of NCP');
  expect(reportSchema.parse(JSON.parse(stdout))).toMatchObject({
    status: 'unfinished',
    outcomes: [{ serverInstanceNo: '1001', result: 'unfinished' }],
  });
  expect(writesOf(simulator)).toEqual([]);
});

it.for(['SIGINT', 'SIGTERM'] as const)(
  'simulate says one word at %s, however often it comes, and ends with 0',
  async (signal, context) => {
    const run = banapIn(home, ['simulate']);
    await run.said('journal');
    const again = setInterval(() => run.child.kill(signal), 1);
    context.onTestFinished(() => clearInterval(again));
    const { code, stderr } = await run.ended;
    expect([code, stderr]).toEqual([0, '\nended\n']);
  },
);

it('npm start says one word at Ctrl-C, however often it is pressed, ends with 0 and leaves nothing', async (context) => {
  const folder = mkdtempSync(join(home, 'start-'));
  const child = spawn(process.execPath, [START], {
    cwd: folder,
    env: {
      HOME: folder,
      TMPDIR: folder,
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const ended = new Promise((resolve) => child.on('close', resolve));
  await new Promise<void>((resolve) =>
    child.stdout.on('data', (chunk) => String(chunk).includes('5 events') && resolve()),
  );
  const again = setInterval(() => child.kill('SIGINT'), 1);
  context.onTestFinished(() => clearInterval(again));
  expect([await ended, stderr]).toEqual([0, '\nended\n']);
  expect(readdirSync(folder)).toEqual([]);
});
