import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ChatError } from '../../../lib/chat/core/chat-error.ts';
import { type SlackClient, type SlackOptions, slackClient } from '../../../lib/chat/slack/client.ts';
import { systemClock } from '../../../lib/clock.ts';
import { bodyOf, type LocalServer, listen } from '../../../lib/dev/http.ts';
import { type LocalSlack, startSlack } from '../../../lib/dev/slack.ts';
import { fakeClock } from './cards.ts';

const message = {
  text: '반납',
  blocks: [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text: '*hi*' } }],
};
const closing: LocalServer[] = [];
let slack: LocalSlack;
let client: SlackClient;

beforeEach(async () => {
  slack = await startSlack();
  closing.push(slack);
  client = clientFor();
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const server of closing.splice(0)) await server.close();
});

describe('a message', () => {
  test('is posted, changed in place and taken away', async () => {
    const ts = await client.postMessage('C0OPS', message);
    await client.updateMessage('C0OPS', ts, { ...message, text: 'done' });
    expect(slack.messages).toMatchObject([
      { channel: 'C0OPS', ts, text: 'done', blocks: message.blocks, threadTs: '' },
    ]);
    expect(slack.messages[0]?.history.map(({ text }) => text)).toEqual(['반납', 'done']);
    await client.deleteMessage('C0OPS', ts);
    expect(slack.messages).toEqual([]);
  });

  test('may be text alone, and a reply', async () => {
    const ts = await client.postMessage('C0OPS', message);
    await client.postMessage('C0OPS', { text: 'in an hour' }, ts);
    expect(slack.messages[1]).toMatchObject({ text: 'in an hour', blocks: [], threadTs: ts });
  });

  test('fetches no preview of its links, and a reply is seen in the channel', async () => {
    const forms: Record<string, string>[] = [];
    const recorder = await listen((request, response) => {
      void bodyOf(request).then((body) => {
        forms.push(Object.fromEntries(new URLSearchParams(body)));
        return response.end('{"ok":true,"ts":"1.1"}');
      });
    });
    closing.push(recorder);
    const other = clientFor({ apiUrl: `${recorder.url}/api/` });
    await other.postMessage('C0OPS', message);
    await other.postMessage('C0OPS', message, '1.1');
    expect(forms[0]).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
    expect(forms[0]).not.toHaveProperty('reply_broadcast');
    expect(forms[1]).toMatchObject({ thread_ts: '1.1', reply_broadcast: 'true', unfurl_links: 'false' });
  });

  test('that Slack does not take is refused with the place, and not sent again', async () => {
    const blocks = Array.from({ length: 51 }, () => ({ type: 'divider' as const }));
    const error = await failureOf(client.postMessage('C0OPS', { text: 'x', blocks }));
    expect(error).toMatchObject({ kind: 'refused', code: 'invalid_blocks', retryable: false });
    expect(error.message).toContain('[json-pointer:/blocks]');
    expect(slack.calls).toEqual(['chat.postMessage']);
  });

  test.each([
    ['message_not_found', () => client.updateMessage('C0OPS', '1.000001', message)],
    ['channel_not_found', () => client.postMessage('nowhere', message)],
    ['no_text', () => client.postMessage('C0OPS', { text: '' })],
  ])('is refused as %s', async (code, call) => {
    expect(await failureOf(call())).toMatchObject({ kind: 'refused', code });
  });
});

test('a redirect is not followed, since it would take the token along', async () => {
  const paths: (string | undefined)[] = [];
  const moved = await listen((request, response) => {
    paths.push(request.url);
    response.writeHead(307, { location: `${slack.apiUrl}chat.postMessage` }).end();
  });
  closing.push(moved);
  const error = await failureOf(clientFor({ apiUrl: `${moved.url}/api/` }).postMessage('C0OPS', message));
  expect(error).toMatchObject({ kind: 'unavailable', code: 'redirected' });
  expect([paths, slack.calls]).toEqual([['/api/chat.postMessage'], []]);
});

describe('a post that was certainly not made', () => {
  test('is made again after the time that Slack asks for', async () => {
    const clock = fakeClock();
    slack.failNext(2, { status: 429, retryAfterSeconds: 4 });
    await clientFor({ clock }).postMessage('C0OPS', message);
    expect(clock.slept).toEqual([4_000, 4_000]);
    expect(slack.messages).toHaveLength(1);
  });

  test('is made again after a second where Slack names no time', async () => {
    const clock = fakeClock();
    slack.failNext(1, { status: 429 });
    await clientFor({ clock }).postMessage('C0OPS', message);
    expect(clock.slept).toEqual([1_000]);
  });

  test('is given up when Slack asks for more time than there is', async () => {
    const clock = fakeClock();
    slack.failNext(1, { status: 429, retryAfterSeconds: 16 });
    const error = await failureOf(clientFor({ clock, patienceMs: 15_000 }).postMessage('C0OPS', message));
    expect(error).toMatchObject({ kind: 'throttled', retryable: true, retryAfterMs: 16_000 });
    expect(clock.slept).toEqual([]);
    expect(slack.calls).toHaveLength(1);
  });

  test('is given up after four tries', async () => {
    slack.failNext(9, { status: 429, retryAfterSeconds: 0 });
    expect(await failureOf(client.postMessage('C0OPS', message))).toMatchObject({ kind: 'throttled' });
    expect(slack.calls).toHaveLength(4);
  });

  test('is made again when nobody listens, for a while', async () => {
    const clock = fakeClock();
    await slack.close();
    const error = await failureOf(clientFor({ clock }).postMessage('C0OPS', message));
    expect(error).toMatchObject({ kind: 'unreachable', code: 'ECONNREFUSED', retryable: true });
    expect(clock.slept).toEqual([500, 1_000, 2_000]);
  });
});

describe('a post that may have been made', () => {
  test.each([
    ['a 500', { status: 500 }, 'HTTP 500'],
    ['a connection that is cut', 'cut', 'UND_ERR_SOCKET'],
    ['a connection that is cut afterwards', 'cut-after', 'UND_ERR_SOCKET'],
    ['silence', 'hang', 'TimeoutError'],
  ] as const)('is not made again after %s', async (_title, fault, code) => {
    slack.failNext(1, fault);
    const hasty = clientFor({ timeoutMs: 200 });
    expect(await failureOf(hasty.postMessage('C0OPS', message))).toMatchObject({ kind: 'unavailable', code });
    expect(slack.calls).toHaveLength(1);
    expect(slack.messages).toHaveLength(fault === 'cut-after' ? 1 : 0);
  });

  test('is not made again after a body that stops', async () => {
    const half = await listen((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"ok":');
    });
    closing.push(half);
    const hasty = clientFor({ apiUrl: `${half.url}/api/`, timeoutMs: 200 });
    expect(await failureOf(hasty.postMessage('C0OPS', message))).toMatchObject({ kind: 'unavailable' });
  });

  test('is unreadable when the answer is not JSON, and nothing of it is shown', async () => {
    slack.failNext(1, 'garbage');
    const error = await failureOf(client.postMessage('C0OPS', message));
    expect(error).toMatchObject({ kind: 'unreadable', retryable: false });
    expect(error.message).not.toContain('oops');
  });

  test('by a change in place is repeated: twice is once', async () => {
    const ts = await client.postMessage('C0OPS', message);
    slack.failNext(1, { status: 503 });
    slack.failNext(1, 'cut-after');
    await clientFor({ clock: fakeClock() }).updateMessage('C0OPS', ts, { text: 'done' });
    expect(slack.messages[0]?.text).toBe('done');
    expect(slack.calls).toHaveLength(4);
  });
});

describe('a token', () => {
  test('that is not accepted is asked for afresh once', async () => {
    const asked: boolean[] = [];
    const rotated = clientFor({
      botToken: ({ fresh }) => {
        asked.push(fresh);
        return Promise.resolve(fresh ? slack.secret.botToken : 'xoxb-old');
      },
    });
    await rotated.postMessage('C0OPS', message);
    expect(asked).toEqual([false, true]);
    expect(slack.messages).toHaveLength(1);
  });

  test('that stays wrong fails at once, and is in no error and no log', async () => {
    const logged = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation(() => {}),
    );
    const error = await failureOf(
      clientFor({ botToken: () => Promise.resolve('xoxb-wrong-1') }).postMessage('C0OPS', message),
    );
    expect(error).toMatchObject({ kind: 'authentication', code: 'invalid_auth', retryable: false });
    expect(slack.calls).toHaveLength(1);
    expect(everythingIn(error)).not.toContain('xoxb-');
    slack.failNext(1, 'cut');
    await failureOf(client.postMessage('C0OPS', message));
    for (const each of logged) expect(each).not.toHaveBeenCalled();
  });

  test('is in no error even when it cannot be a header', async () => {
    const broken = clientFor({ botToken: () => Promise.resolve('xoxb-broken\n'), clock: fakeClock() });
    expect(everythingIn(await failureOf(broken.postMessage('C0OPS', message)))).not.toContain('xoxb-');
  });

  test.each(['hang', 'cut', { status: 500 }, { status: 429, retryAfterSeconds: 99 }, 'garbage'] as const)(
    'is in no error after %j',
    async (fault) => {
      slack.failNext(1, fault);
      const error = await failureOf(clientFor({ timeoutMs: 100 }).postMessage('C0OPS', message));
      expect(everythingIn(error)).not.toContain('xoxb-');
    },
  );
});

describe('a response URL', () => {
  test('takes an answer, and one that replaces the message that was clicked', async () => {
    const ts = await client.postMessage('C0OPS', { text: 'plan', blocks: [button] });
    const app = await appThatAnswers(200);
    const { responses } = await slack.click(app.url, { messageTs: ts, actionId: 'approve' });
    const url = app.responseUrl();
    await client.respond(url, { text: 'only you see it', visibleTo: 'person' });
    await client.respond(url, { ...message, text: 'approved', visibleTo: 'channel', replaceOriginal: true });
    expect(responses).toEqual([
      { response_type: 'ephemeral', replace_original: false, text: 'only you see it' },
      { response_type: 'in_channel', replace_original: true, text: 'approved', blocks: message.blocks },
    ]);
    expect(slack.messages[0]?.text).toBe('approved');
  });

  test('is not followed elsewhere', async () => {
    const requests: string[] = [];
    const hop = await listen((request, response) => {
      requests.push(request.url ?? '');
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    closing.push(hop);
    const error = await failureOf(
      clientFor({ responseOrigin: hop.url }).respond(`${hop.url}/a`, { text: 'x', visibleTo: 'person' }),
    );
    expect(error.kind).toBe('unavailable');
    expect(requests).toEqual(['/a']);
  });

  test('that is used up is refused, and the URL is not shown', async () => {
    const app = await appThatAnswers(200);
    await slack.command(app.url, { text: 'help' });
    const url = app.responseUrl();
    for (let times = 0; times < 5; times += 1) await client.respond(url, { text: 'x', visibleTo: 'person' });
    const error = await failureOf(client.respond(url, { text: 'x', visibleTo: 'person' }));
    expect(error).toMatchObject({ kind: 'refused', code: 'HTTP 404' });
    expect(everythingIn(error)).not.toContain('/responses/');
  });

  test.each(['https://hooks.slack.com.evil.example/x', 'http://169.254.169.254/', 'file:///etc/passwd', 'nonsense'])(
    'is not %s',
    async (url) => {
      const error = await failureOf(client.respond(url, { text: 'x', visibleTo: 'person' }));
      expect(error).toMatchObject({ kind: 'refused', code: 'foreign_origin' });
      expect(everythingIn(error)).not.toContain('evil');
      expect(slack.calls).toEqual([]);
    },
  );

  test('is waited for when it is throttled, and not repeated after silence', async () => {
    const app = await appThatAnswers(200);
    const { responses } = await slack.command(app.url, { text: 'help' });
    slack.failNext(1, { status: 429, retryAfterSeconds: 0 });
    await client.respond(app.responseUrl(), { text: 'x', visibleTo: 'person' });
    expect(responses).toHaveLength(1);
    slack.failNext(1, 'hang');
    const error = await failureOf(
      clientFor({ timeoutMs: 100 }).respond(app.responseUrl(), { text: 'y', visibleTo: 'person' }),
    );
    expect(error).toMatchObject({ kind: 'unavailable', code: 'TimeoutError' });
    expect(slack.calls).toHaveLength(3);
  });
});

test('each call has a connection of its own, which is closed', async () => {
  const connections: unknown[] = [];
  const recorder = await listen((request, response) => {
    connections.push(request.headers.connection, request.socket.remotePort);
    response.writeHead(200).end('{"ok":true,"ts":"1.1"}');
  });
  closing.push(recorder);
  const other = clientFor({ apiUrl: `${recorder.url}/api/`, responseOrigin: recorder.url });
  await other.postMessage('C0OPS', message);
  await other.respond(`${recorder.url}/x`, message as never);
  expect(connections).toEqual(['close', expect.any(Number), 'close', expect.any(Number)]);
  expect(connections[1]).not.toBe(connections[3]);
});

const button = {
  type: 'actions' as const,
  elements: [
    {
      type: 'button' as const,
      action_id: 'approve',
      value: 'v',
      text: { type: 'plain_text' as const, text: 'Approve' },
    },
  ],
};

function clientFor(options: Partial<SlackOptions> = {}): SlackClient {
  return slackClient({
    clock: systemClock,
    botToken: () => Promise.resolve(slack.secret.botToken),
    apiUrl: slack.apiUrl,
    responseOrigin: slack.url,
    ...options,
  });
}

async function appThatAnswers(status: number): Promise<LocalServer & { responseUrl(): string }> {
  let form = '';
  const app = await listen((request, response) => {
    request.on('data', (chunk: Buffer) => (form += chunk.toString()));
    request.on('end', () => response.writeHead(status).end());
  });
  closing.push(app);
  return {
    ...app,
    responseUrl() {
      const fields = new URLSearchParams(form);
      const payload = JSON.parse(fields.get('payload') ?? '{}') as { response_url?: string };
      return payload.response_url ?? fields.get('response_url') ?? '';
    },
  };
}

async function failureOf(call: Promise<unknown>): Promise<ChatError> {
  const error = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (error instanceof ChatError) return error;
  throw new Error(`expected a ChatError, got ${String(error)}`);
}

/** As a logger or a checkpoint might write it. */
function everythingIn(error: ChatError): string {
  return `${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
}
