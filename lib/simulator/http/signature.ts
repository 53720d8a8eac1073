import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Credentials {
  accessKey: string;
  secretKey: string;
}

export interface SignedRequest {
  method: string;
  /** Path and query exactly as they stood on the request line. */
  target: string;
  headers: IncomingHttpHeaders;
}

/** Five minutes and more make a request invalid (NCP's common request headers). */
const MAX_SKEW_MS = 5 * 60 * 1000;

/**
 * NCP's signature, checked from its description: HMAC-SHA256 over method, request target, timestamp and access key. The
 * body is not signed. Answers the `details` of the gateway's 401, or nothing when the request is authentic. The texts
 * for missing and for wrong were seen on another NCP gateway; the one for a stale timestamp is a guess.
 */
export function authenticationProblem(
  request: SignedRequest,
  credentials: Credentials,
  gatewayNow: number,
): string | undefined {
  const timestamp = header(request, 'x-ncp-apigw-timestamp');
  const accessKey = header(request, 'x-ncp-iam-access-key');
  // NCP's Go, Python and JavaScript SDKs send the same value under -v1; Java and the documentation under -v2.
  const signature = header(request, 'x-ncp-apigw-signature-v2') ?? header(request, 'x-ncp-apigw-signature-v1');
  if (!timestamp || !accessKey || !signature) return 'Authentication information are missing.';
  if (!isSame(accessKey, credentials.accessKey)) return 'Invalid authentication information.';
  const expected = sign(request, timestamp, credentials);
  if (!isSame(signature, expected)) return 'Invalid authentication information.';
  const skewMs = /^[0-9]{1,16}$/.test(timestamp) ? Math.abs(gatewayNow - Number(timestamp)) : Number.POSITIVE_INFINITY;
  return skewMs >= MAX_SKEW_MS ? 'Timestamp is expired.' : undefined;
}

function sign(request: SignedRequest, timestamp: string, credentials: Credentials): string {
  const text = `${request.method} ${request.target}\n${timestamp}\n${credentials.accessKey}`;
  return createHmac('sha256', credentials.secretKey).update(text, 'utf8').digest('base64');
}

function header(request: SignedRequest, name: string): string | undefined {
  const value = request.headers[name];
  return (Array.isArray(value) ? value[0] : value) || undefined;
}

/** Compared as digests, so that neither content nor length shows in the time it takes. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHmac('sha256', 'compare').update(text, 'utf8').digest();
}
