/** Slack gives up after three seconds, a cold start among them. */

import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { listen } from '../../lib/dev/http.ts';
import { httpEvent } from '../../lib/dev/http-event.ts';
import { commandBody, slackSignature } from '../../lib/dev/slack-person.ts';

/** Two seconds by the limits, and some more for a slow machine. */
const MOST_MS = 2_400;
const SIGNING_SECRET = 'signing-secret-for-tests';

let log: string[];

beforeEach(() => {
  log = [];
  vi.spyOn(console, 'log').mockImplementation((line: unknown) => void log.push(JSON.stringify(line)));
  const settings = {
    AWS_REGION: 'ap-northeast-2',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    SLACK_SECRET_ID: 'banap/test/slack',
    CHAT_FUNCTION: 'chat',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Counts the requests that came. Each gets the next of these answers, and the last one from then on. */
async function standIn(service: string, ...answers: RequestListener[]): Promise<() => number> {
  let calls = 0;
  const server = await listen((request, response) => {
    const answer = answers[Math.min(calls, answers.length - 1)];
    calls += 1;
    request.resume();
    answer?.(request, response);
  });
  onTestFinished(() => server.close());
  vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, server.url);
  return () => calls;
}

const never: RequestListener = () => {};
const taken: RequestListener = (_request, response) => response.writeHead(202).end();
const secret: RequestListener = (_request, response) => {
  const SecretString = JSON.stringify({ botToken: 'xoxb-test', signingSecrets: [SIGNING_SECRET] });
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify({ SecretString }));
};

function refusing(status: number, code: string, headers: Record<string, string> = {}): RequestListener {
  return (_request, response) =>
    response
      .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code, ...headers })
      .end(JSON.stringify({ Type: 'User', Message: 'refused' }));
}

function after(ms: number, answer: RequestListener): RequestListener {
  return (request, response) => void setTimeout(() => answer(request, response), ms);
}

/** One command, sent to a function that has just been loaded. */
async function command(): Promise<{ statusCode: number; ms: number }> {
  vi.resetModules();
  const { handler } = await import('../../functions/slack.ts');
  const body = commandBody({ text: 'plan dev-web' }, 'https://hooks.slack.com/commands/T0LOCAL00/1/x');
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': String(timestamp),
    'x-slack-signature': slackSignature(SIGNING_SECRET, timestamp, body),
  };
  const event = httpEvent({ method: 'POST', url: '/slack/commands', headers, body });
  const started = performance.now();
  const { statusCode } = await Reflect.apply(handler, undefined, [event, {}]);
  return { statusCode, ms: performance.now() - started };
}

it('is answered in time when the secret comes at the last moment and Lambda never answers, both asked twice', async () => {
  const [secrets, lambda] = [
    await standIn('SECRETS_MANAGER', never, after(300, secret)),
    await standIn('LAMBDA', never),
  ];
  const { statusCode, ms } = await command();
  expect([statusCode, secrets(), lambda()]).toEqual([503, 2, 2]);
  expect(ms).toBeLessThan(MOST_MS);
  expect(log.at(-1)).toContain('Lambda did not answer as expected (TimeoutError)');
});

it('is answered in half of it when Secrets Manager never answers', async () => {
  const [secrets, lambda] = [await standIn('SECRETS_MANAGER', never), await standIn('LAMBDA', taken)];
  const { statusCode, ms } = await command();
  expect([statusCode, secrets(), lambda()]).toEqual([503, 2, 0]);
  expect(ms).toBeLessThan(MOST_MS / 2);
});

it('is answered in half of it when the secret begins to come and never ends', async () => {
  await standIn('SECRETS_MANAGER', (_request, response) => response.writeHead(200).write('{'));
  const { statusCode, ms } = await command();
  expect(statusCode).toBe(503);
  expect(ms).toBeLessThan(MOST_MS / 2);
});

it('is answered at once when Lambda is busy, however long it says to wait', async () => {
  await standIn('SECRETS_MANAGER', secret);
  await standIn('LAMBDA', refusing(429, 'TooManyRequestsException', { 'retry-after': '5' }));
  const { statusCode, ms } = await command();
  expect(statusCode).toBe(429);
  expect(ms).toBeLessThan(MOST_MS / 2);
});

it('is taken even if each of them hangs once', async () => {
  await standIn('SECRETS_MANAGER', never, secret);
  const lambda = await standIn('LAMBDA', never, taken);
  expect(await command()).toMatchObject({ statusCode: 200 });
  expect(lambda()).toBe(2);
});

it.each([
  [403, 'AccessDeniedException', 503, 'this role may not (AccessDeniedException); allow lambda:InvokeFunction on chat'],
  [404, 'ResourceNotFoundException', 503, 'chat does not exist in this account and region'],
  [413, 'RequestTooLargeException', 503, 'Lambda refused the invocation of chat'],
  [429, 'TooManyRequestsException', 429, 'Lambda takes no more at the moment'],
  [500, 'ServiceException', 503, 'Lambda did not answer as expected (ServiceException)'],
])('Lambda that answers %i %s is a %i, and the log says what it is', async (status, code, answered, why) => {
  await standIn('SECRETS_MANAGER', secret);
  await standIn('LAMBDA', refusing(status, code));
  expect(await command()).toMatchObject({ statusCode: answered });
  expect(log.at(-1)).toContain(`nothing was handed over: ${why}`);
});
