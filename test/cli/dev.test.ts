/**
 * Every way in, over real HTTP, ends in a terminated server: `npm run dev` as a process of its own, spoken to from outside
 * only. What is sent twice happens once.
 */

import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { PEOPLE } from '../../lib/dev/dev-policies.ts';
import { signedHeaders } from '../webhook/signed.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DEV = join(ROOT, 'lib', 'dev', 'dev.ts');
const BUILD = join(ROOT, 'scripts', 'build.ts');
const FUNCTIONS = ['start', 'terminate', 'webhook', 'slack', 'naver-works', 'chat'].map(
  (name) => `functions/${name}.ts`,
);
/** Nothing here needs DynamoDB. */
const NOWHERE = 'http://127.0.0.1:9';
const PATIENCE = { timeout: 20_000, interval: 100 };

const readySchema = z.strictObject({
  webhook: z.url(),
  slack: z.strictObject({ commands: z.url(), interactions: z.url(), api: z.url() }),
  naverWorks: z.strictObject({ callback: z.url(), api: z.url() }),
  confirm: z.string(),
  dev: z.strictObject({ tick: z.url(), curl: z.url(), slack: z.url(), naverWorks: z.url(), reports: z.url() }),
  simulator: z.url(),
  simulatorState: z.url(),
  reports: z.url(),
  table: z.url({ protocol: /^file$/ }),
  lambda: z.url(),
  policies: z.array(z.string()),
  secrets: z.record(z.string(), z.string()),
});

interface Dev {
  ready: z.output<typeof readySchema>;
  folder: string;
  stdout(): string;
  stderr(): string;
  /** Resolves with the exit code. */
  end(signal: 'SIGINT' | 'SIGTERM'): Promise<number | null>;
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'banap-dev-test-'));
}

interface Start {
  args?: string[];
  folder?: string;
  /** As people start it: a terminal's Ctrl-C comes to npm and to what npm started. */
  byNpm?: boolean;
}

async function startDev({ args = [], folder = newFolder(), byNpm = false }: Start = {}): Promise<Dev> {
  const child = spawn(byNpm ? 'npm' : process.execPath, byNpm ? ['run', '-s', 'dev'] : [DEV, ...args], {
    cwd: byNpm ? ROOT : folder,
    env: {
      HOME: folder,
      TMPDIR: folder,
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      AWS_ENDPOINT_URL_DYNAMODB: NOWHERE,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: byNpm,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await vi.waitFor(() => expect(stderr).toContain('Ctrl-C ends.'), PATIENCE);
  return {
    ready: readySchema.parse(JSON.parse(stdout.split('\n')[0] ?? '')),
    folder,
    stdout: () => stdout,
    stderr: () => stderr,
    end: (signal) => {
      if (byNpm) process.kill(-(child.pid ?? 0), signal);
      else child.kill(signal);
      return ended;
    },
  };
}

let dev: Dev;

beforeAll(async () => {
  dev = await startDev({ args: ['--port', '0'] });
});

afterAll(async () => {
  await dev.end('SIGTERM');
  rmSync(dev.folder, { recursive: true });
});

const stateSchema = z.object({ servers: z.array(z.object({ serverName: z.string() })) });
const callSchema = z.object({ action: z.string(), parameters: z.unknown() }).partial().loose();

async function names(): Promise<string[]> {
  const state: unknown = await (await fetch(dev.ready.simulatorState)).json();
  return stateSchema.parse(state).servers.map(({ serverName }) => serverName);
}

async function gone(name: string): Promise<void> {
  await vi.waitFor(async () => expect(await names()).not.toContain(name), PATIENCE);
}

/** How often NCP was asked to terminate this server. */
async function terminations(no: string): Promise<number> {
  const journal = z.array(callSchema).parse(await (await fetch(`${dev.ready.simulator}/_simulator/journal`)).json());
  const calls = journal.filter(({ action }) => /^terminate/i.test(action ?? ''));
  return calls.filter((call) => new RegExp(`\\b${no}\\b`).test(JSON.stringify(call))).length;
}

async function text(url: string): Promise<string> {
  return (await fetch(url)).text();
}

async function post(url: string, body: object): Promise<unknown> {
  return (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).json();
}

/** The part of what a chat shows that is about this server, the last one. */
async function shown(chat: string, server: string): Promise<string> {
  return (await text(chat)).split('--- ').findLast((message) => message.includes(`${server} (`)) ?? '';
}

function signed(id: string, body = ''): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1000);
  const key = dev.ready.secrets['webhookKey'] ?? '';
  return { 'content-type': 'application/json', ...signedHeaders({ key, id, timestamp, body }) };
}

it('the first line is one JSON object, and the only one, with every address', async () => {
  const { ready } = dev;
  expect(dev.stdout().trim().split('\n')).toHaveLength(1);
  expect(ready.policies).toEqual(['with-approval', 'at-once', 'with-notices', 'nightly-dev', 'nightly']);
  const { slack, naverWorks, simulator, lambda, reports } = ready;
  const api = [ready.webhook, slack.commands, slack.interactions, naverWorks.callback];
  const services = [slack.api, naverWorks.api, simulator, lambda, reports]; // fetch rejects where nothing listens
  const statuses = [...api, ...services].map(async (url) => (await fetch(url)).status);
  expect((await Promise.all(statuses)).slice(0, api.length)).toEqual([405, 405, 405, 405]);
});

it('what nobody signed is refused by the functions themselves, and what is nowhere before them', async () => {
  const { webhook, slack, naverWorks, confirm } = dev.ready;
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const json = { 'content-type': 'application/json' };
  const sent: [url: string, headers: Record<string, string>][] = [
    [webhook, json],
    [slack.commands, form],
    [slack.interactions, form],
    [naverWorks.callback, json],
  ];
  const answers = await Promise.all(sent.map(([url, headers]) => fetch(url, { method: 'POST', headers, body: '{}' })));
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  expect(new Set(answers.map(({ headers }) => headers.get('content-type')))).toEqual(
    new Set(['application/problem+json']),
  );
  expect(dev.stderr()).toContain('refused a request with 401: the request is not signed as Slack signs (no timestamp)');
  expect((await fetch(confirm.replace('{token}', 'made-up'))).status).toBe(403);
  for (const path of ['/nothing', '/slack/nothing', '/']) {
    const answer = await fetch(webhook.replace('/terminations', path), { method: 'POST' });
    expect([answer.status, await answer.text()]).toEqual([404, '{"message":"Not Found"}']);
  }
});

describe.concurrent('a server is terminated, once', () => {
  it('by a webhook that is sent twice', async () => {
    const { webhook } = dev.ready;
    const body = JSON.stringify({ policy: 'at-once', servers: ['1101'], mode: 'terminate', reason: 'merged' });
    const send = () => fetch(webhook, { method: 'POST', headers: signed('message-1', body), body });
    const answers = await Promise.all([send(), send()]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    const accepted = answers.map(async (one) => acceptedSchema.parse(await one.json()).statusUrl);
    const [statusUrl = '', again] = await Promise.all(accepted);
    expect(again).toBe(statusUrl);

    await vi.waitFor(async () => {
      const answer = await fetch(statusUrl, { headers: signed(crypto.randomUUID()) });
      expect(await answer.json()).toMatchObject({ state: 'ended', status: 'all-gone' });
    }, PATIENCE);
    await gone('review-1');
    expect(await terminations('1101')).toBe(1);
    await vi.waitFor(async () => {
      const reports = reportsSchema.parse(await (await fetch(dev.ready.dev.reports)).json());
      const ours = reports.filter((report) => JSON.stringify(report.body).includes('"1101"'));
      expect(ours).toMatchObject([{ verified: true, body: { status: 'all-gone' } }]);
    }, PATIENCE);
  });

  it('by a command in Slack that somebody else approves with a click, both sent twice', async () => {
    const { slack } = dev.ready.dev;
    const command = { text: '개발-* because the demo is over', triggerId: 'trigger-1' };
    expect(await post(slack, command)).toEqual({ status: 200, body: expect.stringContaining('ephemeral') });
    expect(await post(slack, command)).toMatchObject({ status: 200 });
    await vi.waitFor(async () => expect(await shown(slack, '개발-서버 & <테스트>')).toContain('[Approve:'), PATIENCE);
    const message = await shown(slack, '개발-서버 & <테스트>');
    expect(message).toMatch(/^C0OPS00000 \d+\.\d+\n/); // not changed yet
    expect(message).toContain('Needs 1 approval by');

    const messageTs = /^\S+ ([\d.]+)/.exec(message)?.[1] ?? '';
    const click = { click: 'approve', messageTs };
    await post(slack, click); // mina asked for it herself
    await vi.waitFor(async () => expect(await text(slack)).toMatch(/only mina sees\n.*approve/i), PATIENCE);
    expect(await names()).toContain('개발-서버 & <테스트>');

    const approval = { ...click, userId: 'UAPPROVER1' };
    const both = await Promise.all([post(slack, approval), post(slack, approval)]);
    expect(both).toEqual([
      { status: 200, body: '' },
      { status: 200, body: '' },
    ]);
    const late = await fetch(slack, { method: 'POST', body: '{"click": "approve", "messageTs": "1.1"}' });
    expect([late.status, await late.text()]).toEqual([400, expect.stringContaining('no message 1.1 has a button')]);
    await gone('개발-서버 & <테스트>');
    await vi.waitFor(async () => expect(await shown(slack, '개발-서버 & <테스트>')).toContain('Ended'), PATIENCE);
    const after = await shown(slack, '개발-서버 & <테스트>');
    expect(after).toMatch(new RegExp(`^C0OPS00000 ${messageTs}, changed \\d+ times\n`)); // in place
    expect(after).toContain('sujin (slack:UAPPROVER1) approved it');
    expect(after).not.toContain('[Approve:');
    expect(await terminations('1008')).toBe(1);
    const messages = (await text(slack)).split('--- ').filter((one) => one.includes('개발-서버'));
    expect(messages.filter((one) => one.startsWith('C0OPS00000'))).toHaveLength(1);
  });

  it('by a message in NAVER WORKS that somebody approves at the link that only they got, both sent twice', async () => {
    const { naverWorks } = dev.ready.dev;
    const said = { text: '반납 dev-web 이유: 데모 종료', issuedAt: Date.now() };
    expect(await post(naverWorks, said)).toEqual({ status: 200, body: '' });
    expect(await post(naverWorks, said)).toEqual({ status: 200, body: '' });
    const link = await vi.waitFor(async () => {
      const message = (await text(naverWorks))
        .split('--- ')
        .find((one) => one.startsWith(`to users/${PEOPLE.naverWorksApprover}\n`) && one.includes('dev-web (1003)'));
      return z.url().parse(/http:\/\/127\.0\.0\.1:\d+\/confirm\/\S+/.exec(message ?? '')?.[0]);
    }, PATIENCE);
    const page = await fetch(link);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain('dev-web');
    expect(await shown(dev.ready.dev.slack, 'dev-web')).toContain('Needs 1 approval'); // looking decides nothing

    const approve = () => fetch(link, { method: 'POST', body: new URLSearchParams({ decision: 'approve' }) });
    expect((await approve()).status).toBe(200);
    expect([200, 409]).toContain((await approve()).status);
    await gone('dev-web');
    await vi.waitFor(async () => expect(await shown(naverWorks, 'dev-web')).toContain('Ended'), PATIENCE);
    expect(await shown(naverWorks, 'dev-web')).toContain(`naver-works:${PEOPLE.naverWorksApprover} approved it`);
    expect(await terminations('1003')).toBe(1);
    const room = (await text(naverWorks)).split('--- ').filter((one) => one.startsWith('to channels/ops-room'));
    const waits = room.filter((one) => one.includes('dev-web (1003)') && one.includes('Needs 1 approval'));
    expect(waits).toHaveLength(1);
  });

  it('by the request as the README shows it, in a shell', async () => {
    const recipe = /```sh\n(id="ci-[\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1] ?? '';
    const { webhook, secrets } = dev.ready;
    const env = {
      BANAP_URL: new URL(webhook).origin,
      BANAP_KEY: secrets['webhookKey'],
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    };
    const { stdout } = await promisify(execFile)('bash', ['-c', recipe], { env });
    expect(acceptedSchema.parse(JSON.parse(stdout)).id).toMatch(/^webhook-ci-/);
    await gone('feature-12');
    expect(await terminations('1088217')).toBe(1);
  });

  it('after people were told so, twice, before', async () => {
    await post(dev.ready.dev.slack, { text: 'old-1 because the demo is over' });
    await vi.waitFor(async () => {
      const notices = (await text(dev.ready.dev.slack)).match(/in reply to .*\n.*old-1.*/g) ?? [];
      expect(notices).toHaveLength(2);
      expect(await names()).toContain('old-1');
    }, PATIENCE);
    await vi.waitFor(async () => expect(await names()).not.toContain('old-1'), PATIENCE);
  });

  it('by a schedule that is fired twice for the same time', async () => {
    const tick = { policy: 'nightly', scheduledTime: '2026-11-23T12:00:00Z' };
    const first = await post(dev.ready.dev.tick, tick);
    expect(first).toMatchObject({ started: [{ executionName: 'nightly-20261123T120000Z' }] });
    expect(await post(dev.ready.dev.tick, tick)).toEqual(first);
    await gone('classic-1');
    expect(await terminations('2001')).toBe(1);
    const unknown = await fetch(dev.ready.dev.tick, { method: 'POST', body: '{"policy":"no-such"}' });
    expect([unknown.status, await unknown.text()]).toEqual([400, expect.stringContaining('there is no policy')]);
  });
});

it('the curl lines that it prints run as they are, more than once, and do what they say', async () => {
  const lines = dev
    .stderr()
    .split('\n')
    .filter((line) => line.startsWith('curl '));
  expect(lines).toHaveLength(8);
  expect(await names()).toContain('dev-2');
  const answers: string[] = [];
  for (const line of [...lines, ...lines]) {
    const { stdout } = await promisify(execFile)('sh', ['-c', line]); // rejects where curl fails
    answers.push(stdout);
  }
  expect(answers[8]).toBe(answers[0]); // the same run, asked for again
  await gone('dev-2'); // its run waited for the click
  await vi.waitFor(async () => {
    const slack = await text(dev.ready.dev.slack);
    expect(slack).toContain('ci (webhook:ci) cancelled it: needed after all');
    expect(slack).toMatch(/dev-1 \(1001\).*\n(?:.*\n)*\[Approve:/);
    expect(slack).toContain(`Asked for by naver-works:${PEOPLE.naverWorksAsker}: the demo is over`);
  }, PATIENCE);
  expect(await names()).toContain('dev-imaging'); // cancelled
  const fresh = curlLines(await text(dev.ready.dev.curl));
  expect(fresh).toHaveLength(8);
  expect(fresh[0]).not.toBe(lines[0]);
});

it('a port that is in use is reported in one sentence', async () => {
  const { port } = new URL(dev.ready.webhook);
  const started = promisify(execFile)(process.execPath, [DEV, '--port', port]);
  await expect(started).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: `Port ${port} of 127.0.0.1 is in use; choose another one, or 0 for any free one.\n`,
  });
});

it.each(['0x10', '1e3', ' 18530', '18530 ', '+1', '65536', '1.5', ''])('%j is no port', async (port) => {
  const started = promisify(execFile)(process.execPath, [DEV, '--port', port]);
  await expect(started).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('expected a port from 0 to 65535, for example 18080'),
  });
});

it('--help says which policies there are, and what the side door takes', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [DEV, '--help']);
  for (const name of dev.ready.policies) expect(stdout).toMatch(new RegExp(`^  ${name} +\\w+ \\S+`, 'm'));
  expect(stdout).toContain('people are told twice');
  expect(stdout).toContain('{"click": "approve", "messageTs"');
  expect(stdout).toContain('--language <name>');
});

it('--language ko says it in Korean', async () => {
  const korean = await startDev({ args: ['--language', 'ko'] });
  try {
    await vi.waitFor(async () => expect(await text(korean.ready.dev.slack)).toContain('[승인:'), PATIENCE);
  } finally {
    await korean.end('SIGTERM');
    rmSync(korean.folder, { recursive: true });
  }
});

it('functions that are not built are said in one sentence', async () => {
  const started = promisify(execFile)(process.execPath, [DEV, '--built'], { cwd: dev.folder });
  await expect(started).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^There is no dist\/chat\.cjs and no .*; run npm run build first\.\n$/),
  });
});

it('functions that are built do the same', async () => {
  const folder = newFolder();
  await promisify(execFile)(process.execPath, [BUILD, '--outdir', join(folder, 'dist'), ...FUNCTIONS], { cwd: ROOT });
  const built = await startDev({ args: ['--built', '--throttle'], folder });
  try {
    for (const line of curlLines(built.stderr())) await promisify(execFile)('sh', ['-c', line]);
    await vi.waitFor(async () => {
      const slack = await text(built.ready.dev.slack);
      expect(slack).toContain('sujin (slack:UAPPROVER1) approved it');
      expect(slack).toContain('ci (webhook:ci) cancelled it: needed after all');
      expect(slack).toContain(`Asked for by naver-works:${PEOPLE.naverWorksAsker}: the demo is over`);
      expect(slack).toMatch(/dev-2 \(1002\) · gone/);
      expect(slack).toMatch(/classic-1 \(2001\) · gone/);
    }, PATIENCE);
    expect(built.stderr()).not.toContain('failed');
    const many = Array.from({ length: 150 }, async () => (await fetch(built.ready.webhook)).status);
    expect(new Set(await Promise.all(many))).toEqual(new Set([405, 429])); // as fast as AWS lets them in
  } finally {
    await built.end('SIGTERM');
    rmSync(folder, { recursive: true });
  }
});

it('Ctrl-C ends it with 0 while a run waits for somebody, and leaves nothing', async () => {
  const other = await startDev({ byNpm: true });
  try {
    expect(readdirSync(other.folder).filter((name) => name.startsWith('banap-dev-'))).toHaveLength(1);
    expect(await other.end('SIGINT')).toBe(0);
    await expect(fetch(other.ready.webhook)).rejects.toThrow('fetch failed');
    expect(readdirSync(other.folder).filter((name) => name.startsWith('banap-dev-'))).toEqual([]);
    expect(other.stderr()).not.toMatch(/failed|Error/);
  } finally {
    rmSync(other.folder, { recursive: true });
  }
  expect(existsSync(other.folder)).toBe(false);
});

function curlLines(printed: string): string[] {
  return printed.split('\n').filter((line) => line.startsWith('curl '));
}

const reportsSchema = z.array(z.object({ verified: z.boolean(), body: z.unknown() }));
const acceptedSchema = z.object({ id: z.string(), statusUrl: z.url() });
