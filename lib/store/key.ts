import { createHash } from 'node:crypto';

/** As part of a key: DynamoDB takes at most 1,024 bytes of a sort key. */
export function keyOf(text: string): string {
  return Buffer.byteLength(text) > 900 ? hashOf(text) : text;
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
