/** The command, as a person starts it or in this process, and the NCP that it calls. */

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type TestContext, vi } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../lib/simulator/simulator.ts';

export const KEYS = { accessKey: 'AKIDEXAMPLE', secretKey: 'SECRETEXAMPLE' };
const MAIN = join(import.meta.dirname, '..', '..', 'lib', 'cli', 'main.ts');

export interface Ended {
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
    env: { ...environment(folder), NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '', ...env },
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

function environment(folder: string): Record<string, string> {
  return { HOME: folder, PATH: process.env['PATH'] ?? '', NCLOUD_CALLS_PER_SECOND: '100' };
}

let runs = 0;

/**
 * The same without a process of its own, which takes a tenth of the time: one after the other, as folder, environment and
 * output are the process's. What needs a signal, a terminal or the bytes of a pipe is left to {@link banapIn}.
 */
export async function banapHere(folder: string, args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const before = { argv: process.argv, env: process.env, cwd: process.cwd(), exitCode: process.exitCode };
  const written = { stdout: '', stderr: '' };
  const mocks = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      written[name] += String(chunk);
      return true;
    }),
  );
  const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Exit(Number(code ?? 0));
  });
  Object.assign(process, { argv: [process.execPath, MAIN, ...args], exitCode: undefined });
  process.env = { ...environment(folder), ...env };
  process.chdir(folder);
  try {
    runs += 1;
    await import(/* @vite-ignore */ `${MAIN}?run=${runs}`); // main.ts anew, and what it imports once
    return { code: Number(process.exitCode ?? 0), ...written };
  } catch (error) {
    if (error instanceof Exit) return { code: error.code, ...written };
    throw error;
  } finally {
    process.chdir(before.cwd);
    process.env = before.env;
    Object.assign(process, { argv: before.argv, exitCode: before.exitCode });
    for (const mock of [...mocks, exit]) mock.mockRestore();
  }
}

class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
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
