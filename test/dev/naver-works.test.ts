import { createHmac, createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bodyOf, listen } from '../../lib/dev/http.ts';
import { type LocalNaverWorks, startNaverWorks } from '../../lib/dev/naver-works.ts';

const NOW = Date.parse('2026-11-23T00:00:00Z');
let now: number;
let works: LocalNaverWorks;
beforeEach(async () => {
  now = NOW;
  works = await startNaverWorks({ now: () => now });
});
afterEach(() => works.close());

describe('the token endpoint', () => {
  test('gives a token of a day for a signed assertion', async () => {
    const answer = await token();
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      access_token: expect.stringMatching(/^\S{20,}$/),
      expires_in: '86400',
      token_type: 'Bearer',
    });
  });

  test.each([
    ['another issuer', { iss: 'other' }, {}, 'invalid_grant'],
    ['another subject', { sub: 'other' }, {}, 'invalid_grant'],
    ['an assertion that is over', { iat: -7200, exp: -1 }, {}, 'invalid_grant'],
    ['an assertion of the future', { iat: 600, exp: 900 }, {}, 'invalid_grant'],
    ['an assertion of more than an hour', { exp: 3601 }, {}, 'invalid_grant'],
    ['no assertion', {}, { assertion: '' }, 'invalid_grant'],
    ['another client', {}, { client_id: 'other' }, 'invalid_client'],
    ['another client secret', {}, { client_secret: 'other' }, 'invalid_client'],
    ['another grant', {}, { grant_type: 'password' }, 'unsupported_grant_type'],
    ['another scope', {}, { scope: 'mail' }, 'invalid_scope'],
  ])('refuses %s', async (_title, claims, form, error) => {
    const answer = await token(claims, form);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await answer.json()).toEqual({ error });
  });

  test('refuses an assertion whose claims were changed', async () => {
    const [header, , signature] = (await assertion({})).split('.');
    const claims = Buffer.from('{"iss":"local-client","sub":"x","iat":1,"exp":2}').toString('base64url');
    expect((await token({}, { assertion: `${header}.${claims}.${signature}` })).status).toBe(400);
  });

  test('refuses an assertion that something was put behind, that is not valid yet, or that is signed otherwise', async () => {
    const { privateKey, clientId, serviceAccount } = works.secret;
    const key = createPrivateKey(privateKey);
    const undated = { iss: clientId, sub: serviceAccount, exp: NOW / 1000 + 600 };
    const wrong = [
      `${await assertion({})}.AAAA`,
      await assertion({ nbf: NOW / 1000 + 300 }),
      await new SignJWT({ ...undated, iat: NOW / 1000 }).setProtectedHeader({ alg: 'RS512' }).sign(key),
      await new SignJWT(undated).setProtectedHeader({ alg: 'RS256' }).sign(key),
    ];
    const statuses = wrong.map(async (given) => (await token({}, { assertion: given })).status);
    expect(await Promise.all(statuses)).toEqual([400, 400, 400, 400]);
  });

  test('refuses an assertion that is not signed', async () => {
    const [, claims] = (await assertion({})).split('.');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    expect((await token({}, { assertion: `${header}.${claims}.` })).status).toBe(400);
  });
});

describe('the messages of a bot', () => {
  test('are taken from the holder of a token, until it expires', async () => {
    const held = await accessToken();
    expect(await send(held)).toBe(201);
    expect(works.messages).toEqual([{ to: 'users/mina', text: 'hello' }]);
    expect(await send('other')).toBe(401);
    now += 86_400_000;
    expect(await send(held)).toBe(401);
    now = NOW;
    works.endTokens();
    expect(await send(held)).toBe(401);
    expect(works.messages).toHaveLength(1);
  });

  test.each([
    ['another bot', 404, '/v1.0/bots/2/users/mina/messages', undefined],
    ['another path', 404, '/v1.0/bots/1000001/rooms/mina/messages', undefined],
    ['a text of 2,001 characters', 400, undefined, { content: { type: 'text', text: 'x'.repeat(2001) } }],
    ['an empty text', 400, undefined, { content: { type: 'text', text: '' } }],
    ['another kind', 400, undefined, { content: { type: 'image', text: 'x' } }],
  ])('are refused for %s', async (_title, status, path, body) => {
    expect(await send(await accessToken(), path, body)).toBe(status);
    expect(works.messages).toEqual([]);
  });
});

describe('a person', () => {
  test.each([
    ['alone with the bot', undefined, { userId: 'jin@example.com', domainId: 40_029_600 }],
    ['in a room', 'room-1', { userId: 'jin@example.com', channelId: 'room-1', domainId: 40_029_600 }],
  ])('says something %s, signed over the bytes', async (_title, channelId, source) => {
    const requests: { headers: Record<string, unknown>; body: string }[] = [];
    const bot = await listen((request, response) => {
      void bodyOf(request).then((body) => {
        requests.push({ headers: request.headers, body });
        return response.writeHead(200).end('ok');
      });
    });
    const said = { text: '도움말', userId: 'jin@example.com', ...(channelId !== undefined && { channelId }) };
    expect(await works.say(bot.url, said)).toEqual({ status: 200, body: 'ok' });
    await works.say(bot.url, said);
    await bot.close();
    const [first, second] = requests;
    expect(JSON.parse(first?.body ?? '')).toEqual({
      type: 'message',
      source,
      issuedTime: '2026-11-23T00:00:00.000Z',
      content: { type: 'text', text: '도움말' },
    });
    expect(first?.headers['x-works-botid']).toBe('1000001');
    expect(first?.headers['x-works-signature']).toBe(
      createHmac('sha256', works.secret.botSecret)
        .update(first?.body ?? '')
        .digest('base64'),
    );
    expect(second?.body).toBe(first?.body); // the same message, sent twice
  });
});

function assertion(claims: Record<string, unknown>): Promise<string> {
  const { iat = 0, exp = 600, ...rest } = claims;
  const seconds = NOW / 1000;
  const { clientId, serviceAccount, privateKey } = works.secret;
  const times = { iat: seconds + Number(iat), exp: seconds + Number(exp) };
  return new SignJWT({ iss: clientId, sub: serviceAccount, ...times, ...rest })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(createPrivateKey(privateKey));
}

async function token(claims: Record<string, unknown> = {}, form: Record<string, string> = {}): Promise<Response> {
  return fetch(`${works.url}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      assertion: await assertion(claims),
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      client_id: works.secret.clientId,
      client_secret: works.secret.clientSecret,
      scope: 'bot',
      ...form,
    }),
  });
}

async function accessToken(): Promise<string> {
  const body = (await (await token()).json()) as { access_token: string };
  return body.access_token;
}

async function send(
  held: string,
  path = '/v1.0/bots/1000001/users/mina/messages',
  body: object = { content: { type: 'text', text: 'hello' } },
): Promise<number> {
  const answer = await fetch(`${works.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${held}` },
    body: JSON.stringify(body),
  });
  return answer.status;
}
