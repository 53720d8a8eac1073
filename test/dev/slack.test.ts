import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bodyOf, type LocalServer, listen } from '../../lib/dev/http.ts';
import { type LocalSlack, startSlack } from '../../lib/dev/slack.ts';
import { slackSignature } from '../../lib/dev/slack-person.ts';

const NOW = Date.parse('2026-11-23T00:00:00Z');
let slack: LocalSlack;
beforeEach(async () => {
  slack = await startSlack({ now: () => NOW });
});
afterEach(() => slack.close());

describe('the Web API', () => {
  test('keeps the current and the earlier text', async () => {
    const { ts } = await call('chat.postMessage', { channel: 'C0OPS', text: 'one' });
    expect(await call('chat.update', { channel: 'C0OPS', ts, text: 'two' })).toMatchObject({ ok: true, ts });
    expect(slack.messages).toMatchObject([{ text: 'two', history: [{ text: 'one' }, { text: 'two' }] }]);
  });

  test('takes JSON as well as forms', async () => {
    const answer = await fetch(`${slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.secret.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: 'C0OPS', text: 'one', blocks: [{ type: 'divider' }] }),
    });
    expect(await answer.json()).toMatchObject({ ok: true });
    expect(slack.messages).toMatchObject([{ blocks: [{ type: 'divider' }] }]);
  });

  test('knows the token', async () => {
    expect(await call('auth.test', {})).toMatchObject({ ok: true });
    expect(await call('auth.test', {}, 'xoxb-other')).toEqual({ ok: false, error: 'invalid_auth' });
    expect(await (await fetch(`${slack.apiUrl}auth.test`, { method: 'POST' })).json()).toEqual({
      ok: false,
      error: 'not_authed',
    });
  });

  test.each([
    ['unknown_method', 'chat.shout', {}],
    ['channel_not_found', 'chat.postMessage', { channel: 'ops', text: 'x' }],
    ['no_text', 'chat.postMessage', { channel: 'C0OPS' }],
    ['thread_not_found', 'chat.postMessage', { channel: 'C0OPS', text: 'x', thread_ts: '1.1' }],
    ['message_not_found', 'chat.update', { channel: 'C0OPS', ts: '1.1', text: 'x' }],
    ['message_not_found', 'chat.delete', { channel: 'C0OPS', ts: '1.1' }],
    ['invalid_blocks_format', 'chat.postMessage', { channel: 'C0OPS', text: 'x', blocks: '{' }],
  ])('answers %s to %s %j', async (error, method, args) => {
    expect(await call(method, args)).toMatchObject({ ok: false, error });
  });

  test('does not change a message in another channel', async () => {
    const { ts } = await call('chat.postMessage', { channel: 'C0OPS', text: 'one' });
    expect(await call('chat.update', { channel: 'C0OTHER', ts, text: 'x' })).toMatchObject({
      error: 'message_not_found',
    });
  });
});

const plain = (length: number): object => ({ type: 'plain_text', text: 'x'.repeat(length) });
const section = (length: number): object => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(length) } });
const actions = (...elements: object[]): object => ({ type: 'actions', elements });
const button = (over: object): object => ({ type: 'button', action_id: 'a', text: plain(75), ...over });
const menu = (count: number, over: object = {}): object => ({
  type: 'overflow',
  action_id: 'm',
  options: Array.from({ length: count }, () => ({ text: plain(75), value: 'x'.repeat(150), ...over })),
});
const confirm = { title: plain(100), text: plain(300), confirm: plain(30), deny: plain(30) };
const times = (count: number, block: object): object[] => Array<object>(count).fill(block);

describe('limits of blocks', () => {
  test.each([
    ['50 blocks', times(50, { type: 'divider' })],
    ['a section of 3,000 characters', [section(3000)]],
    ['a header of 150 characters', [{ type: 'header', text: plain(150) }]],
    ['a button with everything', [actions(button({ value: 'x'.repeat(2000), style: 'danger', confirm }))]],
    ['a menu of five', [actions(menu(5))]],
    ['fields', [{ type: 'section', fields: times(10, plain(500)) }]],
    ['ten elements of context', [{ type: 'context', elements: times(10, plain(200)) }]],
    ['13,000 characters in all', times(4, section(3000))],
  ])('let %s through', async (_title, blocks) => {
    expect(await post(blocks)).toMatchObject({ ok: true });
  });

  test.each([
    ['51 blocks', times(51, { type: 'divider' }), '/blocks]'],
    ['a section of 3,001 characters', [section(3001)], '/blocks/0/text/text]'],
    ['an empty section', [section(0)], '/blocks/0/text/text]'],
    ['a section without text', [{ type: 'section' }], '/blocks/0]'],
    ['a header of 151 characters', [{ type: 'header', text: plain(151) }], '/blocks/0/text/text]'],
    ['a header in mrkdwn', [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }], '/blocks/0/text/type]'],
    ['a value of 2,001 characters', [actions(button({ value: 'x'.repeat(2001) }))], '/blocks/0/elements/0/value]'],
    ['a label of 76 characters', [actions(button({ text: plain(76) }))], '/blocks/0/elements/0/text/text]'],
    ['a style that is none', [actions(button({ style: 'red' }))], '/blocks/0/elements/0/style]'],
    ['a long question', [actions(button({ confirm: { ...confirm, text: plain(301) } }))], '/confirm/text/text]'],
    ['one action twice', [actions(button({}), button({}))], '/blocks/0/elements]'],
    ['no action', [actions()], '/blocks/0]'],
    ['26 actions', [actions(...times(26, button({ action_id: undefined })))], '/blocks/0/elements]'],
    ['a menu of six', [actions(menu(6))], '/blocks/0/elements/0/options]'],
    ['an option of 151 characters', [actions(menu(1, { value: 'x'.repeat(151) }))], '/options/0/value]'],
    ['eleven fields', [{ type: 'section', fields: times(11, plain(5)) }], '/blocks/0/fields]'],
    ['eleven elements of context', [{ type: 'context', elements: times(11, plain(5)) }], '/blocks/0/elements]'],
    ['one block id twice', times(2, { type: 'divider', block_id: 'b' }), '/blocks]'],
    ['a kind that is unknown', [{ type: 'sectoin' }], '/blocks/0/type]'],
    ['what is no block', ['text'], '/blocks/0/type]'],
  ])('refuse %s', async (_title, blocks, pointer) => {
    const answer = await post(blocks);
    expect(answer).toMatchObject({ ok: false, error: 'invalid_blocks' });
    expect(JSON.stringify(answer)).toContain(pointer);
    expect(slack.messages).toEqual([]);
  });

  test('refuse more than about 13,000 characters in all', async () => {
    expect(await post(times(5, section(2900)))).toMatchObject({ ok: false, error: 'msg_blocks_too_long' });
  });
});

describe('a fault', () => {
  test('affects the given number of calls', async () => {
    slack.failNext(1, { status: 429, retryAfterSeconds: 30 });
    slack.failNext(1, 'cut');
    slack.failNext(1, 'cut-after');
    const limited = await fetch(`${slack.apiUrl}auth.test`, { method: 'POST' });
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '30']);
    await expect(call('chat.postMessage', { channel: 'C0OPS', text: 'lost' })).rejects.toThrow('fetch failed');
    await expect(call('chat.postMessage', { channel: 'C0OPS', text: 'kept' })).rejects.toThrow('fetch failed');
    expect(await call('auth.test', {})).toMatchObject({ ok: true });
    expect(slack.messages.map(({ text }) => text)).toEqual(['kept']);
  });
});

describe('a person', () => {
  const closing: LocalServer[] = [];
  afterEach(async () => {
    for (const server of closing.splice(0)) await server.close();
  });

  // https://docs.slack.dev/authentication/verifying-requests-from-slack
  test('signs as Slack documents it', () => {
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
      '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=' +
      '&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN' +
      '&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    expect(slackSignature('8f742231b10e8888abcd99yyyzzz85a5', 1_531_420_618, body)).toBe(
      'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    );
  });

  test('types a command, signed over the bytes, and reads the answer', async () => {
    const app = await appThatAnswers(200, '{"text":"looking"}');
    const answer = await slack.command(app.url, { text: '반납 web-1 & more', userId: 'U0JIN', userName: 'jin' });
    expect(answer).toEqual({ status: 200, body: '{"text":"looking"}', responses: [] });
    const [request] = app.requests;
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toMatchObject({
      command: '/terminate',
      text: '반납 web-1 & more',
      user_id: 'U0JIN',
      user_name: 'jin',
      response_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/responses\//),
      trigger_id: expect.stringMatching(/^.+$/),
    });
    const expected = createHmac('sha256', slack.secret.signingSecrets[0])
      .update(`v0:${NOW / 1000}:${request?.body}`)
      .digest('hex');
    expect(request?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(NOW / 1000),
      'x-slack-signature': `v0=${expected}`,
    });
  });

  test('clicks what is in the message', async () => {
    const app = await appThatAnswers(200, '');
    const ts = await postedWithButtons();
    await slack.click(app.url, { messageTs: ts, actionId: 'approve', userId: 'U0JIN' });
    await slack.click(app.url, { messageTs: ts, actionId: 'snooze', value: '3d' });
    const [approve, snooze] = app.requests.map(({ body }) =>
      JSON.parse(new URLSearchParams(body).get('payload') ?? ''),
    );
    expect(approve).toMatchObject({
      type: 'block_actions',
      user: { id: 'U0JIN' },
      channel: { id: 'C0OPS' },
      container: { message_ts: ts },
      message: { ts, text: 'plan' },
      actions: [{ type: 'button', action_id: 'approve', block_id: 'b-1', value: 'req-1 hash-1' }],
    });
    expect(snooze).toMatchObject({
      actions: [{ type: 'overflow', action_id: 'snooze', selected_option: { value: '3d' } }],
    });
  });

  test('cannot click what is not there, unless the value is given', async () => {
    const app = await appThatAnswers(200, '');
    const click = { messageTs: '1600000000.000001', actionId: 'approve' };
    expect(() => slack.click(app.url, click)).toThrow('nothing called approve');
    await slack.click(app.url, { ...click, value: 'req-0 hash-0' });
    expect(app.requests).toHaveLength(1);
  });

  test('sees five answers at most, and a message that is replaced', async () => {
    const app = await appThatAnswers(200, '');
    const ts = await postedWithButtons();
    const { responses } = await slack.click(app.url, { messageTs: ts, actionId: 'approve' });
    const url = JSON.parse(new URLSearchParams(app.requests[0]?.body).get('payload') ?? '').response_url as string;
    expect(await respond(url, { text: 'approved', replace_original: true })).toBe(200);
    expect(await respond(url, { text: 'x', blocks: [{ type: 'nonsense' }] })).toBe(400);
    for (let more = 0; more < 4; more += 1) expect(await respond(url, { text: 'again' })).toBe(200);
    expect(await respond(url, { text: 'again' })).toBe(404);
    expect(await respond(`${url}0`, { text: 'x' })).toBe(404);
    expect(responses.map(({ text }) => text)).toEqual(['approved', 'again', 'again', 'again', 'again']);
    expect(slack.messages.map(({ text }) => text)).toEqual(['approved']);
  });

  test('waits three seconds for an answer', async () => {
    const app = await appThatAnswers(0, '');
    const before = Date.now();
    expect(await slack.command(app.url, { text: 'help' })).toMatchObject({ status: 0 });
    expect(Date.now() - before).toBeGreaterThan(2_900);
  });

  /** With status 0 it never answers. */
  async function appThatAnswers(status: number, text: string) {
    const requests: { headers: object; body: string }[] = [];
    const app = await listen((request, response) => {
      void bodyOf(request).then((body) => {
        requests.push({ headers: request.headers, body });
        return status === 0 ? undefined : response.writeHead(status).end(text);
      });
    });
    closing.push(app);
    return { ...app, requests };
  }
});

function post(blocks: unknown[]): Promise<Record<string, string>> {
  return call('chat.postMessage', { channel: 'C0OPS', text: 'x', blocks: JSON.stringify(blocks) });
}

async function postedWithButtons(): Promise<string> {
  const label = { type: 'plain_text', text: 'Do' };
  const elements = [
    { type: 'button', action_id: 'approve', value: 'req-1 hash-1', text: label },
    {
      type: 'overflow',
      action_id: 'snooze',
      options: ['1d', '3d'].map((value) => ({ text: { type: 'plain_text', text: value }, value })),
    },
  ];
  const blocks = JSON.stringify([{ type: 'actions', block_id: 'b-1', elements }]);
  return (await call('chat.postMessage', { channel: 'C0OPS', text: 'plan', blocks }))['ts'] ?? '';
}

async function call(
  method: string,
  args: Record<string, string | undefined>,
  token = slack.secret.botToken,
): Promise<Record<string, string>> {
  const form = Object.entries(args).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const answer = await fetch(`${slack.apiUrl}${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams(form),
  });
  return (await answer.json()) as Record<string, string>;
}

async function respond(url: string, body: object): Promise<number> {
  return (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).status;
}
