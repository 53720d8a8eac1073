/** A `terminate` that was killed, and the commands that come after it. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'vitest';
import { reportSchema } from '../../lib/reports/report.ts';
import type { Simulator } from '../../lib/simulator/simulator.ts';
import { at, banapIn, simulated } from './banap.ts';

const serversOf = (stopSeconds: number) => [
  { serverInstanceNo: '1001', serverName: 'dev-1', publicIp: '203.0.113.7', stopSeconds },
  { serverInstanceNo: '1002', serverName: 'dev-2' },
  ...['2001', '2002', '2003'].map((serverInstanceNo) => ({ serverInstanceNo, serverName: 'prod' })),
];
const ACTING = ['--max-percent', '100', '--poll-seconds', '1', '--yes', '--json'];

interface Stage {
  simulator: Simulator;
  run: (...args: string[]) => ReturnType<typeof banapIn>;
}

async function stage(context: TestContext, stopSeconds = 300): Promise<Stage> {
  const home = mkdtempSync(join(tmpdir(), 'banap-cut-off-'));
  context.onTestFinished(() => rmSync(home, { recursive: true }));
  const simulator = await simulated(context, { fleet: { servers: serversOf(stopSeconds) } });
  return { simulator, run: (...args) => banapIn(home, args, { ...at(simulator), USER: 'mina' }) };
}

/** Killed when it has sent its first act. */
async function killed({ run }: Stage): Promise<void> {
  const first = run('terminate', '--server', '1001', '--public-ip', 'release', ...ACTING);
  await first.said('stopping');
  first.child.kill('SIGKILL');
  await first.ended;
}

describe.concurrent('a run whose process was killed', () => {
  it('is mentioned by plan, which does nothing about it', async (context) => {
    const { expect } = context;
    const here = await stage(context);
    await killed(here);
    const { code, stderr } = await here.run('plan', '--server', '1002', '--max-percent', '100').ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/run cli-\S+ was cut off at \S+; the next "terminate" that acts resumes it first/);
    expect(here.simulator.state().servers).toHaveLength(5);
  });

  it('is resumed before the next request, at once, and once only', async (context) => {
    const { expect } = context;
    const here = await stage(context);
    await killed(here);
    const next = await here.run('terminate', '--server', '1002', ...ACTING).ended;
    expect(next.code, next.stderr).toBe(0);
    expect(next.stderr).toContain('resuming run cli-');
    const report = reportSchema.parse(JSON.parse(next.stdout));
    expect(report).toMatchObject({ status: 'all-gone', resumed: [{ status: 'all-gone' }] });
    expect(report.freed).toMatchObject([{ resource: 'publicIp', name: '203.0.113.7' }]);
    const { servers, publicIps } = here.simulator.state();
    expect([servers.map(({ serverName }) => serverName), publicIps]).toEqual([['prod', 'prod', 'prod'], []]);
    const { stderr } = await here.run('plan', '--server', '1002', '--max-percent', '100').ended;
    expect(stderr).not.toContain('cut off');
  });

  it('gives its servers at once to the same user, who need not wait for its claim', async (context) => {
    const { expect } = context;
    const here = await stage(context);
    await killed(here);
    const { code, stdout, stderr } = await here.run('terminate', '--server', '1001', ...ACTING).ended;
    expect(code, stderr).toBe(0);
    expect(stdout).not.toContain('other-run');
  });
});

describe.concurrent('a run whose process is alive', () => {
  it('is left alone by another one, which is told until when the claim lasts', async (context) => {
    const { expect } = context;
    // Stopping takes until the other one is done, however slow this machine is.
    const here = await stage(context, 30_000);
    const first = here.run('terminate', '--server', '1001', ...ACTING);
    await first.said('stopping');
    const { code, stdout, stderr } = await here.run('terminate', '--server', '1001', ...ACTING).ended;
    expect(code).toBe(2);
    expect(stderr).not.toContain('resuming');
    const [outcome] = reportSchema.parse(JSON.parse(stdout)).outcomes;
    expect(outcome).toMatchObject({ guard: 'other-run' });
    expect(outcome?.reason).toMatch(/^run cli-\S+ has been working on it since 20.+Z\); its claim lasts until 20.+Z\)/);
    here.simulator.advance(30_000);
    expect((await first.ended).code).toBe(0);
  });
});
