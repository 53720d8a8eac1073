import { createHash } from 'node:crypto';

/** A part of a key: in DynamoDB a sort key has at most 1,024 bytes. */
export function keyOf(text: string): string {
  return Buffer.byteLength(text) > 900 ? hashOf(text) : text;
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
