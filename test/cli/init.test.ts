import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { initCommand } from '../../lib/cli/init.ts';
import type { Io } from '../../lib/cli/io.ts';
import { checkPolicies } from '../../lib/policies/check.ts';

let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'banap-init-'));
});
afterAll(() => rmSync(home, { recursive: true }));

/** Somebody at a terminal who answers each question with the next of these lines. */
function terminal(lines: readonly string[], isTTY = true) {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const said: string[] = [];
  const rest = [...lines];
  const stderr = new PassThrough().on('data', (chunk) => {
    said.push(String(chunk));
    if (String(chunk).endsWith(': ')) stdin.write(`${rest.shift() ?? ''}\n`);
  });
  const stdout = new PassThrough().on('data', (chunk) => said.push(String(chunk)));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- streams, as far as they are used
  const io = { env: {}, stdin, stdout, stderr, signal: new AbortController().signal } as unknown as Io;
  return { io, said: () => said.join('') };
}

function written(file: string) {
  const { policies, problems } = checkPolicies(readFileSync(file, 'utf8'), { now: Date.parse('2026-11-23T00:00:00Z') });
  expect(problems).toEqual([]);
  return policies?.policies['nightly-dev'];
}

it('five answers make a policy that only looks', async () => {
  const file = join(home, 'asked.yml');
  const { io, said } = terminal(['classic KR', '개발-*', '20:30', 'detach', 'release']);
  expect(await initCommand({ file }, io)).toBe(0);
  expect(written(file)).toMatchObject({
    mode: 'plan',
    select: { environment: 'classic', region: 'KR', names: ['개발-*'] },
    schedule: 'cron(30 20 ? * MON-FRI *)',
    storage: 'detach',
    publicIp: 'release',
  });
  expect(said()).toContain(`banap plan --policy nightly-dev --policies ${file}`);
});

it('an answer that makes no sense is asked for again', async () => {
  const file = join(home, 'again.yml');
  const { io, said } = terminal(['seoul', '', '', 'dev-*', '9 pm', '', '', '', '']);
  expect(await initCommand({ file }, io)).toBe(0);
  expect(said()).toContain('"seoul": expected a platform and a region code, for example vpc KR');
  expect(said()).toContain('"9 pm": expected a time of day');
  expect(written(file)).toMatchObject({ schedule: 'cron(0 21 ? * MON-FRI *)', storage: 'refuse', publicIp: 'keep' });
});

it('--yes takes what is offered, and nothing that is there is overwritten', async () => {
  const file = join(home, 'offered.yml');
  expect(await initCommand({ file, yes: true }, terminal([], false).io)).toBe(0);
  expect(written(file)).toMatchObject({ mode: 'plan' });
  writeFileSync(file, 'mine');
  await expect(initCommand({ file, yes: true }, terminal([], false).io)).rejects.toThrow('is there already');
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

it('where nobody can be asked it says so', async () => {
  const asked = initCommand({ file: join(home, 'none.yml') }, terminal([], false).io);
  await expect(asked).rejects.toThrow('nobody can be asked here');
});
