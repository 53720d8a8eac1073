import { timingSafeEqual } from 'node:crypto';

/** Compared as texts, in a time that does not tell how much of it is right; all signatures of a kind are of one length. */
export function isSameSignature(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
