import { timingSafeEqual } from 'node:crypto';

/** Compares two texts in constant time; all signatures of a kind have the same length. */
export function isSameSignature(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
