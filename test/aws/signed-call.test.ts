import type { IncomingMessage, ServerResponse } from 'node:http';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { defaultProvider, environmentCredentials } from '../../lib/aws/environment-credentials.ts';
import { askInHaste, handOver } from '../../lib/aws/haste.ts';
import { signedCall } from '../../lib/aws/signed-call.ts';
import { bodyOf, listen } from '../../lib/dev/http.ts';

const REGION = 'ap-northeast-2';

beforeEach(() => {
  const settings = { AWS_REGION: REGION, AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());

interface Sent {
  path: string;
  headers: Record<string, string>;
  body: string;
}

describe('what the SDK would send', () => {
  it('to invoke a function goes to the same path, whatever its name', async () => {
    const name = fc.stringMatching(/^(arn:aws:lambda:ap-northeast-2:\d{12}:function:)?[\w-]{1,20}(:[\w$-]{1,9})?$/);
    const came = await answering({ status: 202, body: '' });
    await fc.assert(
      fc.asyncProperty(name, async (functionName) => {
        const command = new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: '{}' });
        const sent = await sentBy((requestHandler) => new LambdaClient({ requestHandler }).send(command));
        await handOver({ functionName, payload: {} });
        expect(came.pop()).toMatchObject({
          path: sent.path,
          body: sent.body,
          headers: named(sent, 'x-amz-invocation'),
        });
      }),
      { numRuns: 40 },
    );
  });

  it('to ask for a secret is the same, whatever its name', async () => {
    const came = await answering({ status: 200, body: '{}' });
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', process.env['AWS_ENDPOINT_URL_LAMBDA']);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (SecretId) => {
        const command = new GetSecretValueCommand({ SecretId });
        const sent = await sentBy((requestHandler) => new SecretsManagerClient({ requestHandler }).send(command));
        await askInHaste(SecretId);
        const headers = { ...named(sent, 'x-amz-target'), ...named(sent, 'content-type') };
        expect(came.pop()).toMatchObject({ path: sent.path, body: sent.body, headers });
      }),
      { numRuns: 40 },
    );
  });
});

/** What the SDK would have sent. */
async function sentBy(
  send: (requestHandler: { handle: (request: Sent) => Promise<never> }) => Promise<unknown>,
): Promise<Sent> {
  const seen = Promise.withResolvers<Sent>();
  const handle = ({ path, headers, body }: { path: string; headers: Sent['headers']; body: string | Uint8Array }) => {
    seen.resolve({ path, headers, body: typeof body === 'string' ? body : new TextDecoder().decode(body) });
    return Promise.reject(new Error('seen'));
  };
  await send({ handle }).catch(() => undefined);
  return seen.promise;
}

/** Its headers that begin like this. */
function named({ headers }: Sent, prefix: string): Sent['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith(prefix)));
}

/** The Authorization header of what came, signed once more. */
async function signedAgain({ path, headers: came, body }: Sent, sessionToken?: string): Promise<string | undefined> {
  const names = /SignedHeaders=([^,]+)/.exec(came['authorization'] ?? '')?.[1]?.split(';') ?? [];
  const headers = Object.fromEntries(names.map((name) => [name, came[name] ?? '']));
  const keys = { accessKeyId: 'AKID', secretAccessKey: 'secret', ...(sessionToken !== undefined && { sessionToken }) };
  const signer = new SignatureV4({
    service: 'lambda',
    region: REGION,
    credentials: keys,
    sha256: Sha256,
    applyChecksum: false,
  });
  const request = { method: 'POST', protocol: 'http:', hostname: 'localhost', path, headers, body };
  return (await signer.sign(request)).headers['authorization'];
}

describe('a call', () => {
  const CALL = { service: 'lambda', path: '/a%3Ab', headers: { 'content-type': 'text/plain' }, body: '한글' } as const;
  const call = (): Promise<string> => signedCall({ ...CALL, signal: AbortSignal.timeout(5_000) });

  it.each([undefined, 'a session token'])('sends what it signs, once (session token: %s)', async (token) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-23T12:00:00.789Z') });
    onTestFinished(() => void vi.useRealTimers());
    if (token !== undefined) vi.stubEnv('AWS_SESSION_TOKEN', token);
    const came = await answering({ status: 202, body: 'taken' });
    expect(await call()).toBe('taken');
    expect(came).toEqual([expect.objectContaining({ path: CALL.path, body: CALL.body })]);
    for (const sent of came) {
      const { authorization, ...headers } = sent.headers;
      expect(headers).toMatchObject({ host: new URL(process.env['AWS_ENDPOINT_URL_LAMBDA'] ?? '').host });
      expect([headers['x-amz-date'], headers['x-amz-security-token']]).toEqual(['20261123T120000Z', token]);
      const optional = token === undefined ? '' : ';x-amz-security-token';
      expect(authorization).toContain(`SignedHeaders=content-type;host;x-amz-date${optional},`);
      expect(await signedAgain(sent, token)).toBe(authorization);
    }
  });

  it.each([
    [400, 'Refused', '{}', 'Refused', 'client'],
    [400, 'Refused:http://internal.amazon.com/x#y', '{}', 'Refused', 'client'],
    [400, '', '{"__type":"com.amazonaws.secretsmanager#NotFound"}', 'NotFound', 'client'],
    [400, '', '{"__type":"NotFound","Message":"…"}', 'NotFound', 'client'],
    [429, '', 'no JSON', 'HTTP 429', 'client'],
    [503, '', '', 'HTTP 503', 'server'],
    [302, '', '', 'HTTP 302', 'server'],
  ])('that is answered %i "%s" %s failed with %s, by fault of the %s', async (status, type, body, code, $fault) => {
    const came = await answering({ status, type, body });
    await expect(call()).rejects.toMatchObject({ name: 'ServiceError', code, $fault });
    expect(came).toHaveLength(1);
  });

  it('goes to the service of the region', async () => {
    vi.stubEnv('AWS_REGION', 'cn-nowhere-1');
    await expect(call()).rejects.toMatchObject({ hostname: 'lambda.cn-nowhere-1.amazonaws.com.cn' });
    vi.stubEnv('AWS_REGION', 'nowhere-1');
    await expect(call()).rejects.toMatchObject({ hostname: 'lambda.nowhere-1.amazonaws.com' });
  });

  it.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])('is not sent without %s', async (name) => {
    const came = await answering({ status: 202, body: '' });
    vi.stubEnv(name, '');
    await expect(call()).rejects.toMatchObject({ name: 'CredentialsProviderError' });
    expect(came).toEqual([]);
  });
});

/** What came to a Lambda that answers like this. */
async function answering(answer: { status: number; type?: string; body: string }): Promise<Sent[]> {
  const came: Sent[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    came.push({ path: request.url ?? '', headers: Object.fromEntries(headers), body: await bodyOf(request) });
    const { status, type = '', body } = answer;
    response.writeHead(status, type === '' ? {} : { 'x-amzn-errortype': type }).end(body);
  };
  const server = await listen((request, response) => void take(request, response));
  onTestFinished(() => server.close());
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', server.url);
  return came;
}

it('bundled clients of the SDK find the same credentials, or reject as it does', async () => {
  vi.stubEnv('AWS_SESSION_TOKEN', 'token');
  const found = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' };
  expect([environmentCredentials(), await defaultProvider()()]).toEqual([found, found]);
  vi.stubEnv('AWS_ACCESS_KEY_ID', '');
  await expect(defaultProvider()()).rejects.toMatchObject({ name: 'CredentialsProviderError' });
});
