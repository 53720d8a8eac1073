/** The function that handles chat requests, on the store and the chats of this machine. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseSlackCommand } from '../../lib/chat/slack/interaction.ts';
import { seal } from '../../lib/chat/slack/sealed.ts';
import { type LocalLambda, startLambda } from '../../lib/dev/lambda.ts';
import { type LocalNaverWorks, startNaverWorks } from '../../lib/dev/naver-works.ts';
import { type LocalSlack, startSlack } from '../../lib/dev/slack.ts';
import { startSimulator } from '../../lib/simulator/simulator.ts';
import { durableHandler } from '../aws/durable-handler.ts';
import { type Gateway, startGateway } from '../webhook/gateway.ts';
import { type Aws, startAws } from './aws.ts';

const FAILED = 'That could not be done just now, or only in part. Please try again; nothing is done twice.';

let aws: Aws;
let slack: LocalSlack;
let works: LocalNaverWorks;
let app: Gateway;
let commands: unknown[];
let chat: (event: unknown) => Promise<unknown>;

beforeAll(async () => {
  const select = { environment: 'vpc', names: ['dev-*'] };
  const chats = { slack: 'C0OPS00000', naverWorks: 'room-1' };
  const policy = { mode: 'terminate', select, limits: { maxPercent: 100 }, chat: chats };
  aws = await startAws({ version: 1, policies: { nightly: policy } });
  [slack, works] = await Promise.all([startSlack(), startNaverWorks()]);
  aws.secrets.set('banap/test/slack', JSON.stringify(slack.secret));
  aws.secrets.set('banap/test/works', JSON.stringify(works.secret));
  const settings = {
    TERMINATE_FUNCTION: 'arn:aws:lambda:ap-northeast-2:111122223333:function:terminate:durable',
    NCLOUD_SECRET_ID: 'banap/test/hidden-keys',
    SLACK_SECRET_ID: 'banap/test/slack',
    NAVER_WORKS_SECRET_ID: 'banap/test/works',
    BANAP_SLACK_URL: slack.url,
    BANAP_NAVER_WORKS_URL: works.url,
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const { handler } = await import('../../functions/chat.ts');
  chat = (event) => Reflect.apply(handler, undefined, [event, {}]);
  // What functions/slack.ts does, without its signatures.
  app = await startGateway(({ body }: { body?: string }) => {
    const parsed = parseSlackCommand(Buffer.from(body ?? '', 'base64').toString(), { allowLoopback: true });
    if (parsed.ok) {
      const { responseUrl, ...said } = parsed.value;
      const sealedUrl = seal(responseUrl, said.triggerId, slack.secret.signingSecrets[0] ?? '');
      commands.push({ chat: 'slack', kind: 'command', command: { ...said, sealedUrl }, at: Date.now() });
    }
    return Promise.resolve({ statusCode: 200, headers: {}, body: '' });
  });
});

beforeEach(() => {
  commands = [];
});

afterEach(() => void (aws.log.length = 0));

afterAll(() => Promise.all([aws.close(), slack.close(), works.close(), app.close()]).then(() => undefined));

/** Somebody writes in Slack; the event that is handed over, and what is answered in time. */
async function written(text: string): Promise<{ event: unknown; answers: Record<string, unknown>[] }> {
  const { responses } = await slack.command(`${app.url}/slack/commands`, { text });
  return { event: commands.at(-1), answers: responses };
}

function message(text: string, more: object = {}): unknown {
  const said = { userId: 'mina', channelId: 'room-1', issuedAt: Date.now(), text, ...more };
  return { chat: 'naverWorks', kind: 'message', message: said };
}

describe('an event', () => {
  it('is answered once, however often it comes', async () => {
    const { event, answers } = await written('status');
    for (let time = 1; time <= 3; time += 1) expect(await chat(event)).toEqual({ answered: true });
    expect(answers).toMatchObject([{ text: expect.stringContaining('No run is in progress here.') }]);
  });

  it('of NAVER WORKS is answered once too, in its room; what is said again later is another one', async () => {
    const first = message('상태');
    await chat(first);
    await chat(first);
    expect(works.messages).toEqual([{ to: 'channels/room-1', text: expect.any(String) }]);
    await chat(message('상태', { issuedAt: Date.now() + 5 }));
    expect(works.messages).toHaveLength(2);
  });

  it('whose answer failed is answered when it comes again, and then no more', async () => {
    const { event, answers } = await written('status');
    slack.failNext(1, { status: 404 });
    await expect(chat(event)).rejects.toThrow('HTTP 404');
    expect(answers).toEqual([]);
    await chat(event);
    await chat(event);
    expect(answers).toHaveLength(1);
  });

  it('that nobody handed over is refused', async () => {
    await expect(chat({ text: 'terminate dev-1' })).rejects.toThrow('invalid');
    expect(aws.log.at(-1)).toContain('"message":"failed"');
  });
});

describe('a failure', () => {
  it('is told to the person without what failed, which only the log names', async () => {
    const { event, answers } = await written('plan dev-1');
    expect(await chat(event)).toEqual({ answered: true });
    expect(answers).toHaveLength(1);
    expect(answers[0]?.['text']).toBe(FAILED);
    expect(JSON.stringify(answers)).not.toMatch(/hidden-keys|secret|accessKey/);
    expect(aws.log.join('\n')).toContain('secret banap/test/hidden-keys does not exist');
  });

  it('is told in the language of the asker', async () => {
    const before = works.messages.length;
    await chat(message('계획 dev-1'));
    expect(works.messages.slice(before)).toMatchObject([
      { to: 'channels/room-1', text: expect.stringMatching(/[가-힣]/) },
    ]);
    expect(JSON.stringify(works.messages.slice(before))).not.toContain('hidden-keys');
  });
});

describe('a requested termination', () => {
  let lambda: LocalLambda;
  let before: number;

  // One for all: the function keeps its client of Lambda.
  beforeAll(async () => {
    const keys = { accessKey: 'AKTEST', secretKey: 'test-secret-key' };
    aws.secrets.set('banap/test/keys', JSON.stringify(keys));
    const servers = [{ serverInstanceNo: '1001', serverName: 'dev-1' }];
    const simulator = await startSimulator({ ...keys, speed: 60, fleet: { environment: 'vpc', servers } });
    lambda = await startLambda({ functions: { terminate: durableHandler(() => Promise.resolve('done')) } });
    vi.stubEnv('NCLOUD_SECRET_ID', 'banap/test/keys');
    vi.stubEnv('NCLOUD_API_GW', simulator.url);
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', lambda.url);
    return () => Promise.all([simulator.close(), lambda.close()]).then(() => undefined);
  });

  beforeEach(() => {
    before = lambda.executions().length;
  });

  const started = () => lambda.executions().slice(before);

  it('is one run and one answer, however often the event comes', async () => {
    const { event, answers } = await written('terminate dev-1 because the demo is over');
    for (let time = 1; time <= 3; time += 1) await chat(event);
    expect(started()).toHaveLength(1);
    expect(JSON.parse(started()[0]?.payload ?? '')).toMatchObject({
      trigger: 'chat',
      askedBy: 'slack:U0MINA0000',
      request: { policy: 'nightly', servers: ['1001'], reason: 'the demo is over' },
    });
    expect(answers).toMatchObject([{ text: expect.stringContaining('Accepted under policy nightly') }]);
  });

  it('is one run also where the answer failed and is given later', async () => {
    const { event, answers } = await written('terminate dev-1');
    slack.failNext(1, { status: 404 });
    await expect(chat(event)).rejects.toThrow('HTTP 404');
    await chat(event);
    expect(started()).toHaveLength(1);
    expect(answers).toMatchObject([{ text: expect.stringContaining('Accepted under policy nightly') }]);
  });

  it('and could not be started is told without naming the function', async () => {
    lambda.failNext(1, 403, 'AccessDeniedException');
    const { event, answers } = await written('terminate dev-1');
    await chat(event);
    expect(answers).toMatchObject([{ text: FAILED }]);
    expect(JSON.stringify(answers)).not.toMatch(/arn:|lambda|AccessDenied/i);
    expect(aws.log.join('\n')).toContain('allow lambda:InvokeFunction on arn:aws:lambda');
    expect(started()).toEqual([]);
  });
});
