import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isDead, thisProcess } from '../../lib/cli/this-process.ts';
import type { ProcessId, ProcessRun } from '../../lib/store/process-runs.ts';
import { parseRequest } from '../../lib/termination/request.ts';

const NOW = 1_000_000_000;
const MINUTE_MS = 60_000;

function runOf(process: ProcessId, silentMs = 0): ProcessRun {
  const input = { environment: 'vpc', servers: ['1001'], mode: 'terminate' };
  const request = parseRequest(input, { requestId: 'r1', trigger: 'cli' });
  return { request, agreedHash: '', policiesFile: '', process, aliveAt: NOW - silentMs, takes: 0 };
}

describe('the process that carries a run out', () => {
  it('is alive while it runs, however long it is silent', () => {
    expect(isDead(runOf(thisProcess(), 60 * MINUTE_MS), NOW)).toBe(false);
  });

  it('is dead as soon as it is gone', async () => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    const { pid = 0 } = child;
    await once(child, 'close');
    expect(isDead(runOf({ ...thisProcess(), pid }), NOW)).toBe(true);
  });

  it.runIf(process.platform === 'linux')('is dead where another process has its number now', () => {
    expect(isDead(runOf({ ...thisProcess(), startedAt: '1' }), NOW)).toBe(true);
  });

  it('is dead after 15 minutes of silence where its machine does not say when it was started', () => {
    const unknown = { ...thisProcess(), startedAt: '' };
    expect(isDead(runOf(unknown, 15 * MINUTE_MS), NOW)).toBe(false);
    expect(isDead(runOf(unknown, 15 * MINUTE_MS + 1), NOW)).toBe(true);
  });

  it('is dead after 15 minutes of silence on another machine, whatever runs here under its number', () => {
    const elsewhere = { ...thisProcess(), place: 'elsewhere' };
    expect(isDead(runOf(elsewhere, 15 * MINUTE_MS), NOW)).toBe(false);
    expect(isDead(runOf(elsewhere, 15 * MINUTE_MS + 1), NOW)).toBe(true);
  });
});
