import { createHmac } from 'node:crypto';

/** Keys as Standard Webhooks writes them; the number tells them apart. */
export function keyOf(number: number): string {
  return `whsec_${Buffer.alloc(32, number).toString('base64')}`;
}

export interface Message {
  key: string;
  id: string;
  /** Seconds since the epoch. */
  timestamp: number;
  body: string | Buffer;
}

/** Signed by hand, without the library that verifies it. */
export function signatureOf({ key, id, timestamp, body }: Message): string {
  const secret = Buffer.from(key.replace('whsec_', ''), 'base64');
  return `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}

export function signedHeaders(message: Message): Record<string, string> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': signatureOf(message),
  };
}
