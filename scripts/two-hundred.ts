/**
 * Terminate 200 simulated servers with the command line and print the effort: `npm run -s two-hundred`.
 * Every fifth has a public IP, every tenth a volume. Calls and passes are exact; the time is this machine's.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { reportSchema } from '../lib/reports/report.ts';
import { startSimulator } from '../lib/simulator/simulator.ts';

const COUNT = 200;
const SPEED = 20;
const keys = { accessKey: 'TWOHUNDRED', secretKey: 'two-hundred' };

const simulator = await startSimulator({ ...keys, speed: SPEED, fleet: { environment: 'vpc', servers: servers() } });
const state = mkdtempSync(join(tmpdir(), 'banap-two-hundred-'));
const startedAt = performance.now();
const { report, exitCode } = await terminateAll();
const seconds = (performance.now() - startedAt) / 1000;
const left = simulator.state().servers.length;
await simulator.close();
rmSync(state, { recursive: true });

console.log(`${report.summary}; the simulator holds ${left} of ${COUNT}; exit code ${exitCode}`);
console.log(
  `${report.passes} passes, ${report.apiCalls.total} API calls, ${seconds.toFixed(1)} s at ${SPEED} times the speed`,
);
for (const [action, count] of Object.entries(report.apiCalls.byAction))
  console.log(`${String(count).padStart(6)} ${action}`);
process.exitCode = exitCode === 0 && left === 0 ? 0 : 1;

function servers(): object[] {
  return Array.from({ length: COUNT }, (_, index) => ({
    serverInstanceNo: String(100_000 + index),
    serverName: `load-${index + 1}`,
    ...(index % 5 === 0 ? { publicIp: `203.0.113.${index}` } : {}),
    ...(index % 10 === 0 ? { blockStorage: [{ blockStorageName: `data-${index}`, sizeGb: 100 }] } : {}),
  }));
}

async function terminateAll(): Promise<{ report: ReturnType<typeof reportSchema.parse>; exitCode: number }> {
  const limits = ['--max-servers', String(COUNT), '--max-percent', '100'];
  const wishes = ['--storage', 'delete', '--public-ip', 'release', '--poll-seconds', '1'];
  const args = ['lib/cli/main.ts', 'terminate', '--name', 'load-*', ...limits, ...wishes, '--yes', '--json'];
  const env = {
    ...process.env,
    BANAP_STATE_DIR: state,
    NCLOUD_API_GW: simulator.url,
    NCLOUD_ACCESS_KEY: keys.accessKey,
    NCLOUD_SECRET_KEY: keys.secretKey,
  };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<number>((resolve) => void child.once('close', (code) => resolve(code ?? 1)));
  const printed = reportSchema.parse(JSON.parse(await text(child.stdout)));
  return { report: printed, exitCode: await ended };
}
