/** The command as a person starts it, and what it speaks to. */

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../lib/simulator/simulator.ts';

export const KEYS = { accessKey: 'AKIDEXAMPLE', secretKey: 'SECRETEXAMPLE' };
const MAIN = join(import.meta.dirname, '..', '..', 'lib', 'cli', 'main.ts');

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
  said(words: string): Promise<void>;
}

/** In this folder, with nothing of the environment but what is given. */
export function banapIn(folder: string, args: string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { HOME: folder, PATH: process.env['PATH'] ?? '', NCLOUD_CALLS_PER_SECOND: '100', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  const said = async (words: string): Promise<void> => {
    while (!`${stdout}${stderr}`.includes(words)) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended without ${words}: ${stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return { child, ended, said };
}

/** A simulated NCP with these options, until the test ends. */
export async function simulated(context: TestContext, options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const simulator = await startSimulator({ ...KEYS, speed: 200, ...options });
  context.onTestFinished(() => simulator.close());
  return simulator;
}

export function at(simulator: Simulator): Record<string, string> {
  return { NCLOUD_API_GW: simulator.url, NCLOUD_ACCESS_KEY: KEYS.accessKey, NCLOUD_SECRET_KEY: KEYS.secretKey };
}

/** Actions that changed something, or tried to. */
export function writesOf(simulator: Simulator): string[] {
  return simulator.journal().flatMap((one) => (one.kind === 'call' && !/^get/i.test(one.action) ? [one.action] : []));
}
