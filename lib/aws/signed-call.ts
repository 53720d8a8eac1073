/**
 * Calls to AWS without its SDK, which is most of what a small function loads: for functions that somebody waits for while
 * they start. Everything else calls with the SDK.
 */

import { createHash, createHmac } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import { environmentCredentials } from './environment-credentials.ts';
import { ServiceError } from './service-error.ts';

/** The setting says where a service is that is not where it always is; the SDK knows it by this name, too. */
const SERVICES = { secretsmanager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER', lambda: 'AWS_ENDPOINT_URL_LAMBDA' };

interface Call {
  service: keyof typeof SERVICES;
  /** Percent-encoded, without a query. */
  path: string;
  /** Names in small letters. */
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Ends the call, answer and all. */
  signal: AbortSignal;
}

/** One POST, sent once; the answer's body. Throws a ServiceError where the service did not do it. */
export async function signedCall({ service, path, headers: given, body, signal }: Call): Promise<string> {
  const { AWS_REGION: region = '' } = process.env;
  const url = new URL(path, process.env[SERVICES[service]] || `https://${service}.${region}.${domainOf(region)}`);
  const { sessionToken, ...keys } = environmentCredentials();
  const headers = {
    ...given,
    host: url.host,
    'x-amz-date': new Date().toISOString().replaceAll(/[-:]|\.\d+/g, ''),
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  };
  const authorization = authorizationOf({ ...keys, service, region, path, headers, body });
  const [client, agent] = url.protocol === 'http:' ? [http, AGENTS.http] : [https, AGENTS.https];
  const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const options = { method: 'POST', headers: { ...headers, authorization }, agent, signal };
    client.request(url, options, resolve).on('error', reject).end(body);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const { statusCode: status = 0 } = answer;
  if (status >= 200 && status < 300) return text;
  throw new ServiceError(status, String(answer.headers['x-amzn-errortype'] ?? typeIn(text)));
}

/** Agents of our own, so that no proxy of the environment (`NODE_USE_ENV_PROXY`) comes between. */
const AGENTS = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };

function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

interface Signing extends Omit<Call, 'service' | 'signal'> {
  accessKeyId: string;
  secretAccessKey: string;
  service: string;
  region: string;
  /** All of them are signed; `host` and `x-amz-date` are among them. */
  headers: Readonly<Record<string, string>>;
}

/** The header of AWS Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function authorizationOf({
  accessKeyId,
  secretAccessKey,
  service,
  region,
  path,
  headers,
  body,
}: Signing): string {
  const time = headers['x-amz-date'] ?? '';
  const scope = [time.slice(0, 8), region, service, 'aws4_request'];
  const names = Object.keys(headers).toSorted();
  const signed = names.join(';');
  const lines = names.map((name) => `${name}:${headers[name]?.trim().replaceAll(/\s+/g, ' ')}\n`);
  // What is percent-encoded is encoded once more, by every service but S3.
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const canonical = ['POST', encoded, '', lines.join(''), signed, sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  const signature = hmac(key, toSign).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${signed}, Signature=${signature}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** The type of an error in its body: `com.amazonaws.secretsmanager#ResourceNotFoundException`. */
function typeIn(body: string): string {
  return /"__type"\s*:\s*"([^"]+)"/.exec(body)?.[1] ?? '';
}
