import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { askWithSdk } from '../../lib/aws/ask-secret.ts';
import { SecretError } from '../../lib/aws/secret-error.ts';
import { ncloudKeysSchema, webhookSecretSchema } from '../../lib/aws/secret-schemas.ts';
import { SecretStore } from '../../lib/aws/secrets.ts';
import type { Clock } from '../../lib/clock.ts';
import { type LocalSecretsManager, startSecretsManager } from '../../lib/dev/secrets-manager.ts';

const keys = { accessKey: 'ACCESSKEY0123456789', secretKey: 'Secret0123456789Secret0123456789' };
let manager: LocalSecretsManager;
let now: number;
let store: SecretStore;
const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };

beforeEach(async () => {
  manager = await startSecretsManager({ secrets: { keys: JSON.stringify(keys) } });
  now = Date.parse('2026-01-01T00:00:00Z');
  store = new SecretStore({ ask: askWithSdk(clientFor(manager.url)), clock, ttlMs: 60_000 });
});
afterEach(() => manager.close());

describe('a secret', () => {
  test('is read through the real client', async () => {
    expect(await store.read('keys', ncloudKeysSchema)).toEqual(keys);
  });

  test('is found by its ARN too', async () => {
    const arn = 'arn:aws:secretsmanager:ap-northeast-2:000000000000:secret:keys-aBcDeF';
    expect(await store.read(arn, ncloudKeysSchema)).toEqual(keys);
  });

  test('is read where AWS_ENDPOINT_URL_SECRETS_MANAGER says, by a client made without arguments', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: manager.url,
      AWS_REGION: 'ap-northeast-2',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    try {
      expect(await new SecretStore({ ask: askWithSdk(), clock }).read('keys', ncloudKeysSchema)).toEqual(keys);
    } finally {
      process.env = before;
    }
  });
});

describe('memory', () => {
  test('answers until the time to live is over, then asks again', async () => {
    await store.read('keys', ncloudKeysSchema);
    now += 59_999;
    await store.read('keys', ncloudKeysSchema);
    expect(manager.calls()).toBe(1);
    now += 1;
    await store.read('keys', ncloudKeysSchema);
    expect(manager.calls()).toBe(2);
  });

  test('does not answer for ever after the clock is set back', async () => {
    await store.read('keys', ncloudKeysSchema);
    now -= 3_600_000;
    await store.read('keys', ncloudKeysSchema);
    expect(manager.calls()).toBe(2);
  });

  test('lets reads at the same time share one call', async () => {
    await Promise.all(Array.from({ length: 20 }, () => store.read('keys', ncloudKeysSchema)));
    expect(manager.calls()).toBe(1);
  });

  test('is skipped for a fresh read, and holds what that found', async () => {
    await store.read('keys', ncloudKeysSchema);
    const rotated = { ...keys, accessKey: 'ROTATED' };
    manager.set('keys', JSON.stringify(rotated));
    expect(await store.read('keys', ncloudKeysSchema)).toEqual(keys);
    expect(await store.readFresh('keys', ncloudKeysSchema)).toEqual(rotated);
    expect(await store.read('keys', ncloudKeysSchema)).toEqual(rotated);
  });

  test('lets a burst of fresh reads share one call for five seconds', async () => {
    await Promise.all(Array.from({ length: 20 }, () => store.readFresh('keys', ncloudKeysSchema)));
    now += 4_999;
    await store.readFresh('keys', ncloudKeysSchema);
    expect(manager.calls()).toBe(1);
    now += 1;
    await store.readFresh('keys', ncloudKeysSchema);
    expect(manager.calls()).toBe(2);
  });

  test('does not keep a failure', async () => {
    await expect(store.read('later', ncloudKeysSchema)).rejects.toThrow(SecretError);
    manager.set('later', JSON.stringify(keys));
    expect(await store.read('later', ncloudKeysSchema)).toEqual(keys);
  });
});

describe('a secret that cannot be used', () => {
  test('is missing when it does not exist, and the message shows how to make it', async () => {
    expect(await failure('nowhere')).toMatchObject({
      kind: 'missing',
      message: expect.stringMatching(/nowhere does not exist.*"accessKey":"<access key>"/),
    });
  });

  test('is denied when the role may not read it', async () => {
    manager.refuse('keys', 'AccessDeniedException');
    expect(await failure('keys')).toMatchObject({ kind: 'denied', message: expect.stringContaining('GetSecretValue') });
  });

  test('is unreachable when nobody answers', async () => {
    const deaf = new SecretStore({ ask: askWithSdk(clientFor('http://127.0.0.1:1')), clock });
    expect(await deaf.read('keys', ncloudKeysSchema).catch((error: unknown) => error)).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('is malformed when it is binary', async () => {
    manager.set('keys', Buffer.from('bytes'));
    expect(await failure('keys')).toMatchObject({ kind: 'malformed', message: expect.stringContaining('binary') });
  });

  const malformed: [title: string, value: string, saying: string][] = [
    ['not JSON', 'Secret0123456789', 'is not JSON'],
    ['not an object', '"Secret0123456789"', 'a value that is not an object'],
    [
      'with an unknown key',
      '{"accessKey":"a","secretKey":"b","secretkey":"Secret0123456789"}',
      'an unknown key "secretkey"',
    ],
    ['with a secret where a key belongs', '{"Secret0123456789":""}', 'an unknown key (its name is not shown)'],
    ['with a key missing', '{"accessKey":"Secret0123456789"}', 'a missing or wrong value for secretKey'],
    ['with a number', '{"accessKey":"Secret0123456789","secretKey":5}', 'a missing or wrong value for secretKey'],
    ['with white space in a key', '{"accessKey":"Secret0123456789 ","secretKey":"b"}', 'wrong value for accessKey'],
  ];
  test.each(malformed)('is malformed when it is %s, and nothing of it is shown', async (_title, value, saying) => {
    manager.set('keys', value);
    const error = await failure('keys');
    expect(error).toMatchObject({ kind: 'malformed', message: expect.stringContaining(saying) });
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain(
      'Secret012345',
    );
  });

  test('shows an example even for a schema that brings none', async () => {
    const error = await store.read('keys', z.strictObject({})).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ message: expect.stringContaining('{"<key>":"<value>"}') });
  });
});

describe('a webhook secret', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  test.each(['https://example.com/a?b', 'http://127.0.0.1:8080/', 'http://localhost/', 'http://[::1]:3/'])(
    'may post to %s',
    (url) => {
      expect(webhookSecretSchema.safeParse({ url, secret }).success).toBe(true);
    },
  );
  test.each(['http://example.com/', 'ftp://example.com/', 'example.com', 'https://user:pass@example.com/', ''])(
    'may not post to "%s"',
    (url) => {
      expect(webhookSecretSchema.safeParse({ url, secret }).success).toBe(false);
    },
  );
  test.each([24, 64])('may have %i bytes', (bytes) => {
    const fitting = `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
    expect(webhookSecretSchema.safeParse({ url: 'https://example.com', secret: fitting }).success).toBe(true);
  });
  test.each([
    `whsec_${Buffer.alloc(23, 7).toString('base64')}`,
    `whsec_${Buffer.alloc(65, 7).toString('base64')}`,
    Buffer.alloc(32, 7).toString('base64'),
    'whsec_not base64 but long enough to be one',
  ])('may not be "%s"', (other) => {
    expect(webhookSecretSchema.safeParse({ url: 'https://example.com', secret: other }).success).toBe(false);
  });
});

function clientFor(endpoint: string): SecretsManagerClient {
  return new SecretsManagerClient({
    endpoint,
    region: 'ap-northeast-2',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
}

async function failure(secretId: string): Promise<SecretError> {
  const error: unknown = await store.read(secretId, ncloudKeysSchema).catch((caught: unknown) => caught);
  if (error instanceof SecretError) return error;
  throw new Error('expected a SecretError');
}
