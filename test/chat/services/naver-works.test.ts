import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ChatError } from '../../../lib/chat/core/chat-error.ts';
import { notifierOf } from '../../../lib/chat/core/notifiers.ts';
import {
  type NaverWorksClient,
  type NaverWorksOptions,
  naverWorksClient,
} from '../../../lib/chat/naver-works/client.ts';
import { naverWorksNotifier } from '../../../lib/chat/naver-works/notifier.ts';
import { listen } from '../../../lib/dev/http.ts';
import { type LocalNaverWorks, startNaverWorks } from '../../../lib/dev/naver-works.ts';
import type { Notice, Notifier, RunView } from '../../../lib/termination/status/run-view.ts';
import { card, fakeClock, memoryStore } from './cards.ts';

const ROOM = { channelId: 'room-1' };
const START = Date.parse('2026-11-23T00:00:00Z');
let works: LocalNaverWorks;
let clock: ReturnType<typeof fakeClock>;
let client: NaverWorksClient;

beforeEach(async () => {
  clock = fakeClock(START);
  works = await startNaverWorks({ now: () => clock.now() });
  client = clientFor();
});
afterEach(() => works.close());

describe('a message', () => {
  test('goes to a room, or to a person', async () => {
    await client.sendMessage(ROOM, '반납 1');
    await client.sendMessage({ userId: 'mina@example.com' }, 'hello');
    expect(works.messages).toEqual([
      { to: 'channels/room-1', text: '반납 1' },
      { to: 'users/mina@example.com', text: 'hello' },
    ]);
  });

  test('cannot leave its path', async () => {
    await client.sendMessage({ channelId: '../../x?y' }, 'hello');
    expect(works.messages).toEqual([{ to: 'channels/../../x?y', text: 'hello' }]);
  });

  test('of more than 2,000 characters is refused, and not sent again', async () => {
    const error = await failureOf(client.sendMessage(ROOM, 'x'.repeat(2_001)));
    expect(error).toMatchObject({ kind: 'refused', code: 'HTTP 400', retryable: false });
    expect(error.message).toContain('INVALID_PARAMETER');
    expect(works.calls).toEqual(['token', 'message']);
  });

  test('is sent again after the time that the service asks for', async () => {
    await client.sendMessage(ROOM, '1');
    works.failNext(1, { status: 429, retryAfterSeconds: 7 });
    await client.sendMessage(ROOM, '2');
    expect(clock.slept).toEqual([7_000]);
    expect(works.messages).toHaveLength(2);
  });

  test('is given up if that is too long', async () => {
    await client.sendMessage(ROOM, '1');
    works.failNext(1, { status: 429, retryAfterSeconds: 60 });
    expect(await failureOf(client.sendMessage(ROOM, '2'))).toMatchObject({ kind: 'throttled', retryAfterMs: 60_000 });
    expect(clock.slept).toEqual([]);
  });

  test.each([
    ['a 500', { status: 500 }, 'HTTP 500'],
    ['a connection that is cut', 'cut', 'UND_ERR_SOCKET'],
    ['a connection that is cut afterwards', 'cut-after', 'UND_ERR_SOCKET'],
    ['silence', 'hang', 'TimeoutError'],
  ] as const)('is not sent again after %s', async (_title, fault, code) => {
    const hasty = clientFor({ timeoutMs: 300 });
    await hasty.sendMessage(ROOM, '1');
    works.failNext(1, fault);
    expect(await failureOf(hasty.sendMessage(ROOM, '2'))).toMatchObject({ kind: 'unavailable', code });
    expect(works.calls).toEqual(['token', 'message', 'message']);
  });

  test('is tried again while nobody listens', async () => {
    await client.sendMessage(ROOM, '1');
    await works.close();
    expect(await failureOf(client.sendMessage(ROOM, '2'))).toMatchObject({ kind: 'unreachable', code: 'ECONNREFUSED' });
    expect(clock.slept).toEqual([500, 1_000, 2_000]);
  });
});

describe('a token', () => {
  test('is used until shortly before it expires', async () => {
    await client.sendMessage(ROOM, '1');
    clock.pass(86_400_000 - 5 * 60_000 - 1);
    await client.sendMessage(ROOM, '2');
    expect(count('token')).toBe(1);
    clock.pass(1);
    await client.sendMessage(ROOM, '3');
    expect(count('token')).toBe(2);
  });

  test('is shared by calls at the same time', async () => {
    await Promise.all(Array.from({ length: 10 }, () => client.sendMessage(ROOM, 'x')));
    expect(count('token')).toBe(1);
    works.endTokens();
    await Promise.all(Array.from({ length: 10 }, () => client.sendMessage(ROOM, 'y')));
    expect(works.messages).toHaveLength(20);
    expect(count('token')).toBeLessThanOrEqual(3); // a late caller may be refused after the renewal began
  });

  test('that was ended is renewed once', async () => {
    await client.sendMessage(ROOM, '1');
    works.endTokens();
    await client.sendMessage(ROOM, '2');
    expect(works.calls).toEqual(['token', 'message', 'message', 'token', 'message']);
  });

  test('that is refused again is not renewed again', async () => {
    const calls: (string | undefined)[] = [];
    const stubborn = await listen((request, response) => {
      calls.push(request.url);
      const isToken = request.url === '/oauth2/v2.0/token';
      response.writeHead(isToken ? 200 : 401).end('{"access_token":"t","expires_in":"86400"}');
    });
    const error = await failureOf(clientFor({ authUrl: stubborn.url, apiUrl: stubborn.url }).sendMessage(ROOM, '1'));
    await stubborn.close();
    expect(error).toMatchObject({ kind: 'authentication', code: 'HTTP 401' });
    expect(calls).toHaveLength(4);
  });

  test('is asked for again after a failure, and a failure is not remembered', async () => {
    works.failNext(4, { status: 503 });
    expect(await failureOf(client.sendMessage(ROOM, '1'))).toMatchObject({ kind: 'unavailable' });
    await client.sendMessage(ROOM, '2');
    expect(works.messages).toHaveLength(1);
  });

  test('is asked for with the rotated secret when the one from memory is refused', async () => {
    const asked: boolean[] = [];
    const rotated = clientFor({
      secret: ({ fresh }) => {
        asked.push(fresh);
        return Promise.resolve(fresh ? works.secret : { ...works.secret, clientSecret: 'old-secret' });
      },
    });
    await rotated.sendMessage(ROOM, '1');
    expect(asked.filter(Boolean)).toHaveLength(1);
    expect(works.messages).toHaveLength(1);
  });

  test.each([
    ['client secret', 'clientSecret', 'invalid_client'],
    ['client id', 'clientId', 'invalid_client'],
    ['service account', 'serviceAccount', 'invalid_grant'],
  ] as const)('is refused to a wrong %s, at once', async (_title, name, code) => {
    const wrong = clientFor({ secret: () => Promise.resolve({ ...works.secret, [name]: 'wrong-one' }) });
    const error = await failureOf(wrong.sendMessage(ROOM, '1'));
    expect(error).toMatchObject({ kind: 'authentication' });
    expect(error.message).toContain(code);
    expect(everythingIn(error)).not.toContain('wrong-one');
    expect(works.calls).toEqual(['token']);
  });

  test('is refused to another private key', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const privateKey = other.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const error = await failureOf(
      clientFor({ secret: () => Promise.resolve({ ...works.secret, privateKey }) }).sendMessage(ROOM, '1'),
    );
    expect(error).toMatchObject({ kind: 'authentication' });
    expect(error.message).toContain('invalid_grant');
  });

  test('that cannot be read does not count', async () => {
    works.failNext(1, 'garbage');
    expect(await failureOf(client.sendMessage(ROOM, '1'))).toMatchObject({ kind: 'unreadable', code: 'no_token' });
  });
});

test.each(['hang', 'cut', { status: 400 }, { status: 401 }, { status: 500 }, 'garbage'] as const)(
  'no secret is in the error after %j',
  async (fault) => {
    works.failNext(4, fault);
    const error = await failureOf(clientFor({ timeoutMs: 100 }).sendMessage(ROOM, 'the text'));
    for (const secret of [...Object.values(works.secret), 'Bearer', 'the text']) {
      expect(everythingIn(error)).not.toContain(secret);
    }
  },
);

describe('a notifier', () => {
  let store: ReturnType<typeof memoryStore>;
  let failures: unknown[];
  let notifier: Notifier;

  beforeEach(() => {
    store = memoryStore();
    failures = [];
    notifier = newNotifier();
  });

  test('sends a message at each stage of a run and none in between', async () => {
    for (const each of [
      card({ reason: 'asked' }),
      card({ reason: 'asked, looked again' }),
      card({ reason: 'new plan', planHash: 'hash-2' }),
      card({ reason: 'one more', planHash: 'hash-2', missingApprovals: 0 }),
      card({ reason: 'soon', state: 'announced', actsAt: '2026-11-24T00:00:00.000Z' }),
      card({ reason: 'later', state: 'announced', actsAt: '2026-11-25T00:00:00.000Z' }),
      card({ reason: 'working', state: 'working' }),
      card({ reason: 'working on', state: 'working', planHash: 'hash-3' }),
      card({ reason: 'done', state: 'ended', status: 'completed' }),
      card({ reason: 'done', state: 'ended', status: 'completed' }),
    ]) {
      await notifier.show(each);
    }
    expect(sent()).toEqual(['asked', 'new plan', 'one more', 'soon', 'later', 'working', 'done']);
    expect(failures).toEqual([]);
  });

  test('sends none that an earlier process sent', async () => {
    await notifier.show(card());
    await newNotifier().show(card());
    expect(sent()).toHaveLength(1);
  });

  test('sends one when it is shown twice at once', async () => {
    await Promise.all([notifier.show(card()), notifier.show(card())]);
    expect(sent()).toHaveLength(1);
  });

  test('reports a failure, and makes up for it at the next show', async () => {
    works.failNext(4, { status: 500 });
    await notifier.show(card());
    expect(failures).toMatchObject([{ kind: 'unavailable' }]);
    await notifier.show(card());
    expect(sent()).toHaveLength(1);
  });

  test('does not send it twice when it could not be recorded', async () => {
    store.failNext('rememberSent');
    await notifier.show(card());
    await notifier.show(card());
    expect(sent()).toHaveLength(1);
    expect(failures).toHaveLength(1);
  });

  test('sends notices', async () => {
    const notice = { key: 'the first', names: ['dev-1'], act: 'terminate' as const };
    expect(await notifier.notify(card(), notice)).toBe(true);
    expect(await newNotifier().notify(card(), notice)).toBe(true);
    expect(works.messages).toEqual([{ to: 'channels/room-1', text: 'dev-1 soon' }]);
  });

  function newNotifier(): Notifier {
    const place = naverWorksNotifier({ client, channel: 'room-1', store, render, renderNotice });
    return notifierOf([place], (error) => void failures.push(error));
  }
});

function renderNotice(_card: RunView, { names }: Notice): string {
  return `${names.join()} soon`;
}

function render({ reason }: RunView): string {
  return reason;
}

function sent(): string[] {
  return works.messages.map(({ text }) => text);
}

function clientFor(options: Partial<NaverWorksOptions> = {}): NaverWorksClient {
  return naverWorksClient({
    clock,
    secret: () => Promise.resolve(works.secret),
    authUrl: works.url,
    apiUrl: works.url,
    ...options,
  });
}

function count(call: string): number {
  return works.calls.filter((each) => each === call).length;
}

async function failureOf(call: Promise<unknown>): Promise<ChatError> {
  const error = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (error instanceof ChatError) return error;
  throw new Error(`expected a ChatError, got ${String(error)}`);
}

function everythingIn(error: ChatError): string {
  return `${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
}
