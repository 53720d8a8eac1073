/** The function that NAVER WORKS calls: signed callbacks over HTTP, and what it hands over. */

import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalNaverWorks, startNaverWorks } from '../../lib/dev/naver-works.ts';
import { type ChatDoor, openChatDoor } from './chat-door.ts';

const MINUTE = 60_000;

let works: LocalNaverWorks;
let door: ChatDoor;

beforeAll(async () => {
  works = await startNaverWorks();
  const { secret } = works;
  door = await openChatDoor(
    { setting: 'NAVER_WORKS_SECRET_ID', secret },
    () => import('../../functions/naver-works.ts'),
  );
});

beforeEach(() => door.reset());

afterEach(() => void vi.restoreAllMocks());

afterAll(() => Promise.all([works.close(), door.close()]));

function say(text: string, sinceMs = 0): Promise<{ status: number; body: string }> {
  const issuedAt = Date.now() - sinceMs;
  return works.say(`${door.gateway.url}/naver-works`, { text, userId: 'mina', channelId: 'room-1', issuedAt });
}

function post(body: string, headers: Record<string, string>): Promise<Response> {
  const type = { 'content-type': 'application/json; charset=utf-8' };
  return fetch(`${door.gateway.url}/naver-works`, { method: 'POST', body, headers: { ...type, ...headers } });
}

function signed(body: string): Record<string, string> {
  return { 'x-works-signature': createHmac('sha256', works.secret.botSecret).update(body).digest('base64') };
}

describe('a message that is signed as NAVER WORKS signs', () => {
  it('is handed over as it was written, and answered with nothing', async () => {
    expect(await say('상태')).toEqual({ status: 200, body: '' });
    await door.lambda.settled();
    expect(door.handed).toEqual([
      {
        chat: 'naverWorks',
        kind: 'message',
        message: {
          userId: 'mina',
          channelId: 'room-1',
          domainId: 40_029_600,
          issuedAt: expect.closeTo(Date.now(), -4),
          text: '상태',
        },
      },
    ]);
  });

  it.each([
    ['nine minutes ago', 9 * MINUTE],
    ['nine minutes from now', -9 * MINUTE],
  ])('and was written %s is taken', async (_when, sinceMs) => {
    expect((await say('help', sinceMs)).status).toBe(200);
    await door.lambda.settled();
    expect(door.handed).toHaveLength(1);
  });

  it.each([
    ['ten minutes and two seconds ago', 10 * MINUTE + 2_000],
    ['a day ago', 24 * 60 * MINUTE],
    ['ten minutes and ten seconds from now', -10 * MINUTE - 10_000],
    ['in a year', -365 * 24 * 60 * MINUTE],
  ])('and was written %s may be a recording: it is a 401, and nothing is handed over', async (_when, sinceMs) => {
    const { status, body } = await say('help', sinceMs);
    expect([status, JSON.parse(body)]).toMatchObject([401, { detail: 'the message is too old, or from the future' }]);
    await door.lambda.settled();
    expect(door.handed).toEqual([]);
  });
});

describe('what is not signed so', () => {
  const body = JSON.stringify({
    type: 'message',
    source: { userId: 'mina', domainId: 1 },
    issuedTime: new Date().toISOString(),
    content: { type: 'text', text: 'hush-hush' },
  });

  it.each([
    ['without a signature', () => ({})],
    ['with that of something else', () => signed(`${body} `)],
    ['by somebody else', () => ({ 'x-works-signature': createHmac('sha256', 'else').update(body).digest('base64') })],
  ])('(%s) is a 401 that does not say why, and nothing is handed over or logged of it', async (_how, headers) => {
    const answer = await post(body, headers());
    expect([answer.status, await answer.json()]).toMatchObject([
      401,
      { detail: 'the request is not signed as NAVER WORKS signs' },
    ]);
    await door.lambda.settled();
    expect(door.handed).toEqual([]);
    expect(door.log.join('\n')).not.toContain('hush-hush');
  });
});

it('what is signed and nothing that anybody wrote is taken, and not handed over', async () => {
  const body = JSON.stringify({
    type: 'join',
    source: { channelId: 'room-1', domainId: 1 },
    issuedTime: new Date().toISOString(),
  });
  expect((await post(body, signed(body))).status).toBe(200);
  await door.lambda.settled();
  expect(door.handed).toEqual([]);
});
