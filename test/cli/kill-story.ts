/** A `terminate` that is killed at some instant, started again, and what must then be true. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from '../../lib/chance.ts';
import { type Report, reportSchema } from '../../lib/reports/report.ts';
import { type Simulator, startSimulator } from '../../lib/simulator/simulator.ts';

const KEYS = { accessKey: 'AKIDEXAMPLE', secretKey: 'SECRETEXAMPLE' };
const MAIN = join(import.meta.dirname, '..', '..', 'lib', 'cli', 'main.ts');

const TARGETS = ['1001', '1002', '1003', '1004'];
const FLEET = {
  servers: [
    {
      serverInstanceNo: '1001',
      serverName: 'dev-1',
      publicIp: '203.0.113.7',
      blockStorage: [{ blockStorageInstanceNo: '501', blockStorageName: 'data-1' }],
      isProtectServerTermination: true,
    },
    {
      serverInstanceNo: '1002',
      serverName: 'dev-2',
      publicIp: '203.0.113.8',
      blockStorage: [
        { blockStorageInstanceNo: '502', blockStorageName: 'data-2' },
        { blockStorageInstanceNo: '503', blockStorageName: 'data-3' },
      ],
    },
    { serverInstanceNo: '1003', serverName: 'dev-3', status: 'NSTOP', isProtectServerTermination: true },
    { serverInstanceNo: '1004', serverName: 'dev-4' },
    { serverInstanceNo: '2000', serverName: 'prod-1', publicIp: '203.0.113.9', isProtectServerTermination: true },
  ],
};
const LIMITS = ['--max-servers', '20', '--max-percent', '100', '--poll-seconds', '1'];
const WISHES = ['--storage', 'delete', '--public-ip', 'release', '--override-protection'];
const TERMINATE = ['terminate', '--server', ...TARGETS, ...LIMITS, ...WISHES, '--yes', '--json'];

export interface Told {
  /** When it was killed, in milliseconds after its start. */
  killedAt: number;
  /** Whether the first process was still running then. */
  wasKilled: boolean;
  /** Whether the second process was killed, too. */
  isKilledTwice: boolean;
  /** Whether somebody held 1001 and 1002 in between. */
  isHeld: boolean;
  /** Whether the last process went on with a run that had been cut off. */
  isResumed: boolean;
  exitCode: number | null;
  /** What is not as promised; empty: nothing. */
  broken: string[];
  /** How many volumes and addresses of the servers are left that are not attached to them. */
  left: number;
}

/** How long an undisturbed run takes on this machine, in milliseconds. */
export async function undisturbed(): Promise<number> {
  const stage = await newStage();
  const begun = performance.now();
  await run(TERMINATE, stage).ended;
  const took = performance.now() - begun;
  await stage.close();
  return took;
}

/** A story until the last process begins. */
interface CutOff {
  goOn(): Promise<Told>;
  close(): Promise<void>;
}

/** Killed at an instant within `mostMs`, started again, and told. */
export async function killStory(chance: Chance, mostMs: number): Promise<Told> {
  const story = await cutOff(chance, mostMs);
  try {
    return await story.goOn();
  } finally {
    await story.close();
  }
}

/** What happens before the last process; the whole story takes nearly as long as a test may. */
export async function cutOff(chance: Chance, mostMs: number): Promise<CutOff> {
  const killedAt = chance() * mostMs;
  const isHeld = chance() < 0.4;
  const isKilledTwice = chance() < 0.25;
  const secondAt = chance() * mostMs;
  const stage = await newStage();
  const wasKilled = (await killed(killedAt, stage)).code === null;
  if (isHeld) await run(['hold', '1001', '1002', '--reason', 'still in use', '--by', 'mina'], stage).ended;
  const second = isKilledTwice ? await killed(secondAt, stage) : undefined;
  const goOn = async (): Promise<Told> => {
    // If it ended by itself, it has reported everything, and a later process has nothing to go on with.
    const last = second === undefined || second.code === null ? await run(TERMINATE, stage).ended : second;
    const { code, stdout, stderr } = last;
    const state = stage.simulator.state();
    const report = parsed(stdout);
    const broken = report === undefined ? [`no report: ${stderr}`] : brokenPromises(state, report, code);
    const left = [...state.publicIps, ...state.blockStorages].filter((one) => one.serverInstanceNo === '').length;
    const twice = second?.code === null;
    const told = {
      killedAt: Math.round(killedAt),
      wasKilled,
      isKilledTwice: twice,
      isHeld,
      exitCode: code,
      broken,
      left,
    };
    return { ...told, isResumed: stderr.includes('resuming run') };
  };
  return { goOn, close: () => stage.close() };
}

function parsed(stdout: string): Report | undefined {
  try {
    return reportSchema.parse(JSON.parse(stdout));
  } catch {
    return undefined;
  }
}

/** Judged by the simulator's own state and not by the report, except for what the report must name. */
function brokenPromises(state: ReturnType<Simulator['state']>, report: Report, code: number | null): string[] {
  const there = new Map(state.servers.map((server) => [server.serverInstanceNo, server]));
  const things = [
    ...state.publicIps.map(({ publicIpInstanceNo: no, serverInstanceNo: on }) => ({ no, on })),
    ...state.blockStorages.map(({ blockStorageInstanceNo: no, serverInstanceNo: on }) => ({ no, on })),
  ];
  const named = new Set(report.left.map(({ no }) => no));
  const doubted = new Set(
    [report, ...(report.resumed ?? []).map((one) => reportSchema.parse(one))].flatMap(({ timeline }) =>
      timeline.flatMap((event) => (event['action'] === 'restoreProtection' ? [event.serverInstanceNo] : [])),
    ),
  );
  const broken = things
    .filter(({ no, on }) => on === '' && !named.has(no))
    .map(({ no }) => `${no} is left and not named`);
  for (const { serverInstanceNo: no, isProtectServerTermination: was } of FLEET.servers) {
    const server = there.get(no);
    if (was === true && server?.isProtectServerTermination === false && !doubted.has(no)) {
      broken.push(`${no} is bare`);
    }
  }
  const isLeft = TARGETS.some((no) => there.has(no)) || things.some(({ on }) => on !== '2000');
  if (code === 0 && isLeft) broken.push('exit code 0, and something is left');
  if (code !== 0 && !isLeft) broken.push(`exit code ${code}, and nothing is left`);
  if (there.get('2000')?.publicIp !== '203.0.113.9') broken.push('a server that nobody asked for was touched');
  return broken;
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

interface Stage {
  simulator: Simulator;
  home: string;
  close(): Promise<void>;
}

async function newStage(): Promise<Stage> {
  const simulator = await startSimulator({ ...KEYS, speed: 60, fleet: FLEET });
  const home = mkdtempSync(join(tmpdir(), 'banap-kills-'));
  return {
    simulator,
    home,
    close: async () => {
      await simulator.close();
      rmSync(home, { recursive: true });
    },
  };
}

/** Its exit code is null where it was still running. */
async function killed(afterMs: number, stage: Stage): Promise<Ended> {
  const { child, ended } = run(TERMINATE, stage);
  await Promise.race([sleep(afterMs), ended]);
  child.kill('SIGKILL');
  return ended;
}

function run(args: string[], { simulator, home }: Stage) {
  const { accessKey, secretKey } = KEYS;
  const keys = { NCLOUD_API_GW: simulator.url, NCLOUD_ACCESS_KEY: accessKey, NCLOUD_SECRET_KEY: secretKey };
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: home,
    env: { HOME: home, PATH: process.env['PATH'], NODE_COMPILE_CACHE: CACHE, NCLOUD_CALLS_PER_SECOND: '100', ...keys },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

const CACHE = join(tmpdir(), 'banap-compile-cache');
