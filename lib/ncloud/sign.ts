import { createHmac } from 'node:crypto';

export interface Keys {
  accessKey: string;
  secretKey: string;
}

/**
 * NCP's signature version 2: base64 of HMAC-SHA256 over method, request target and time stamp. The target is the path
 * with its query, percent-encoded exactly as it is sent; host and body are not signed.
 */
export function signature(method: string, target: string, timestamp: string, keys: Keys): string {
  const text = `${method} ${target}\n${timestamp}\n${keys.accessKey}`;
  return createHmac('sha256', keys.secretKey).update(text, 'utf8').digest('base64');
}

/** The three headers that NCP's gateway wants. `now` is in milliseconds since the epoch. */
export function signedHeaders(method: string, target: string, now: number, keys: Keys): Record<string, string> {
  const timestamp = String(now);
  return {
    'x-ncp-apigw-timestamp': timestamp,
    'x-ncp-iam-access-key': keys.accessKey,
    'x-ncp-apigw-signature-v2': signature(method, target, timestamp, keys),
  };
}
