/** The function that Slack calls: which requests are taken, and what is handed over. How fast is in slack-in-time. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buttonValue } from '../../lib/chat/core/card-button.ts';
import { commandBody, slackSignature } from '../../lib/dev/slack-person.ts';
import { type ChatDoor, openChatDoor } from './chat-door.ts';

const NEWEST = 'newest-signing-secret';
const OLDER = 'older-signing-secret';
const OLDEST = 'oldest-signing-secret';
const RESPONSE_URL = 'https://hooks.slack.com/commands/T0LOCAL00/1/x';

let door: ChatDoor;

beforeAll(async () => {
  const secret = { botToken: 'xoxb-test', signingSecrets: [NEWEST, OLDER, OLDEST] };
  door = await openChatDoor({ setting: 'SLACK_SECRET_ID', secret }, () => import('../../functions/slack.ts'));
});

beforeEach(() => door.reset());

afterEach(() => void vi.restoreAllMocks());

afterAll(() => door.close());

interface Said {
  secret?: string;
  /** Seconds ago. */
  late?: number;
  text?: string;
  responseUrl?: string;
}

async function command({ secret = NEWEST, late = 0, text = 'help', responseUrl = RESPONSE_URL }: Said = {}) {
  return post('commands', commandBody({ text, triggerId: '1.2.abc' }, responseUrl), { secret, late });
}

async function post(path: 'commands' | 'interactions', body: string, { secret = NEWEST, late = 0 }: Said = {}) {
  const timestamp = Math.floor(Date.now() / 1000) - late;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': String(timestamp),
    'x-slack-signature': slackSignature(secret, timestamp, body),
  };
  const answer = await fetch(`${door.gateway.url}/slack/${path}`, { method: 'POST', headers, body });
  await door.lambda.settled();
  return { status: answer.status, body: await answer.text(), timestamp };
}

describe('a command', () => {
  it.each([
    ['newest', NEWEST],
    ['older', OLDER],
    ['oldest', OLDEST],
  ])('that is signed with the %s of the signing secrets is taken, while they are changed', async (_which, secret) => {
    expect((await command({ secret })).status).toBe(200);
    expect(door.handed).toHaveLength(1);
  });

  it('is handed over with the time at which Slack signed it, and answered at once', async () => {
    const { status, body, timestamp } = await command({ text: 'plan dev-1' });
    expect([status, JSON.parse(body)]).toEqual([200, { response_type: 'ephemeral', text: '…' }]);
    expect(door.handed).toMatchObject([
      {
        chat: 'slack',
        kind: 'command',
        at: timestamp * 1000,
        command: { text: 'plan dev-1', userId: 'U0MINA0000', triggerId: '1.2.abc', sealedUrl: expect.any(String) },
      },
    ]);
  });

  it('is handed over without its response_url, which a dead letter would keep', async () => {
    await command({ text: 'plan dev-1' });
    expect(door.handed).toHaveLength(1);
    expect(JSON.stringify(door.handed)).not.toMatch(/hooks\.slack\.com|responseUrl/);
  });

  it.each<[how: string, said: Said, why: string]>([
    ['with another secret', { secret: 'signing-secret-of-nobody' }, 'wrong signature'],
    ['six minutes ago', { late: 360 }, 'stale'],
    ['for six minutes from now', { late: -360 }, 'from the future'],
  ])('that is signed %s is a 401 in the same words, and only the log says why', async (_how, said, why) => {
    const { status, body } = await command({ ...said, text: 'hush-hush' });
    expect([status, JSON.parse(body)]).toMatchObject([
      401,
      { detail: 'the request is not signed as Slack signs', problems: [] },
    ]);
    expect(body).not.toContain(why);
    expect(door.log.at(-1)).toContain(why);
    expect(door.log.join('\n')).not.toMatch(/hush-hush|signing-secret/);
    expect(door.handed).toEqual([]);
  });

  it('whose answer would go to somebody else than Slack is a 400', async () => {
    expect((await command({ responseUrl: 'https://evil.example/commands/1' })).status).toBe(400);
    expect(door.handed).toEqual([]);
  });
});

describe('a click', () => {
  it('is taken where the app is installed for a whole organization, and Slack names no team', async () => {
    const payload = {
      type: 'block_actions',
      team: null,
      enterprise: { id: 'E0ORG00000', name: 'Org' },
      is_enterprise_install: true,
      user: { id: 'U0MINA0000', username: 'mina', team_id: 'T0LOCAL00' },
      channel: { id: 'C0OPS00000', name: 'ops' },
      message: { ts: '1700000000.000001' },
      trigger_id: 't1',
      response_url: 'https://hooks.slack.com/actions/x',
      actions: [
        {
          type: 'button',
          action_id: 'banap.snooze-1d',
          action_ts: '1700000001.1',
          value: buttonValue({ action: 'snooze-1d', requestId: 'run-1', planHash: '0123456789abcdef' }),
        },
      ],
    };
    const { status } = await post('interactions', new URLSearchParams({ payload: JSON.stringify(payload) }).toString());
    expect(status).toBe(200);
    expect(door.handed).toMatchObject([
      { chat: 'slack', kind: 'click', click: { userId: 'U0MINA0000', decision: { action: 'snooze-1d' } } },
    ]);
  });
});
