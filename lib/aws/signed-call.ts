/**
 * Calls to AWS without the clients of its SDK, which are most of what a small function loads: for functions that somebody
 * waits for while they start. Everything else calls with a client.
 */

import { text } from 'node:stream/consumers';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import { environmentCredentials } from './environment-credentials.ts';
import { ServiceError } from './service-error.ts';

/** The setting says where a service is that is not where it always is; the SDK knows it by this name, too. */
const SERVICES = { secretsmanager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER', lambda: 'AWS_ENDPOINT_URL_LAMBDA' };

interface Call {
  service: keyof typeof SERVICES;
  /** Percent-encoded, without a query. */
  path: string;
  /** Names in lowercase. */
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Ends the call, answer and all. */
  signal: AbortSignal;
}

/** It has agents of its own, so no proxy of the environment (`NODE_USE_ENV_PROXY`) comes between. */
const http = new NodeHttpHandler();

/** One POST, sent once; the answer's body. Throws a ServiceError where the service did not do it. */
export async function signedCall({ service, path, headers, body, signal }: Call): Promise<string> {
  const { AWS_REGION: region = '' } = process.env;
  const { protocol, hostname, port, host } = new URL(
    process.env[SERVICES[service]] || `https://${service}.${region}.${domainOf(region)}`,
  );
  const request = new HttpRequest({ method: 'POST', protocol, hostname, path, headers: { ...headers, host }, body });
  if (port !== '') request.port = Number(port);
  const credentials = environmentCredentials();
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256, applyChecksum: false });
  const { response } = await http.handle(new HttpRequest(await signer.sign(request)), { abortSignal: signal });
  const answer = await text(response.body);
  if (response.statusCode >= 200 && response.statusCode < 300) return answer;
  throw new ServiceError(response.statusCode, response.headers['x-amzn-errortype'] ?? typeIn(answer));
}

function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** The type of an error in its body: `com.amazonaws.secretsmanager#ResourceNotFoundException`. */
function typeIn(body: string): string {
  return /"__type"\s*:\s*"([^"]+)"/.exec(body)?.[1] ?? '';
}
