import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Link, readLink, signLink } from '../../lib/confirm/link.ts';
import { keyOf } from '../webhook/signed.ts';

const NOON = Date.parse('2026-11-23T12:00:00Z');
const LINK: Link = {
  requestId: 'nightly-dev-20261123T120000Z',
  planHash: '5f1d7a84db15',
  by: 'naver-works:c72af563-0f21-4736-8ca2-dc4f5e9cbe5e',
  expiresAt: NOON + 60_000,
};
const KEYS = [keyOf(2), keyOf(1)];

it('holds what was signed, and fits into a path', () => {
  const token = signLink(LINK, KEYS);
  expect(readLink(token, KEYS, NOON)).toEqual({ kind: 'valid', link: LINK });
  expect(encodeURIComponent(token)).toBe(token);
});

it('whatever it says', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 60 });
  fc.assert(
    fc.property(text, text, text, (requestId, planHash, by) => {
      const link = { ...LINK, requestId, planHash, by };
      expect(readLink(signLink(link, KEYS), KEYS, NOON)).toEqual({ kind: 'valid', link });
    }),
  );
});

describe('the keys', () => {
  it('the first signs, and the older ones still read', () => {
    const old = signLink(LINK, [keyOf(1)]);
    expect(readLink(old, KEYS, NOON).kind).toBe('valid');
    expect(readLink(signLink(LINK, KEYS), [keyOf(1)], NOON).kind).toBe('forged');
    expect(readLink(old, [keyOf(2)], NOON).kind).toBe('forged');
  });

  it('without any nothing is signed, and nothing is valid', () => {
    expect(() => signLink(LINK, [])).toThrow('no key');
    expect(readLink(signLink(LINK, KEYS), [], NOON).kind).toBe('forged');
  });
});

it.each([
  [-1, 'valid'],
  [0, 'expired'],
  [1, 'expired'],
])('%i ms after its time it is %s', (ms, kind) => {
  expect(readLink(signLink(LINK, KEYS), KEYS, LINK.expiresAt + ms)).toEqual({ kind, link: LINK });
});

it('every single-byte mutation is forged', () => {
  const token = signLink(LINK, KEYS);
  const taken: string[] = [];
  for (let index = 0; index < token.length; index += 1) {
    for (const other of ['A', 'B', 'Q', 'g', '-', '_', '=', '.', '%', '']) {
      const changed = `${token.slice(0, index)}${other}${token.slice(index + 1)}`;
      if (changed !== token && readLink(changed, KEYS, NOON).kind !== 'forged') taken.push(changed);
    }
    for (let bit = 0; bit < 8; bit += 1) {
      const byte = String.fromCharCode(token.charCodeAt(index) ^ (1 << bit));
      const changed = `${token.slice(0, index)}${byte}${token.slice(index + 1)}`;
      if (readLink(changed, KEYS, NOON).kind !== 'forged') taken.push(changed);
    }
  }
  expect(taken).toEqual([]);
});

it.each(['', '.', 'a.b', `${signLink(LINK, KEYS)}.`, `${signLink(LINK, KEYS)}x`, 'x'.repeat(5_000)])(
  '%s is forged',
  (token) => {
    expect(readLink(token, KEYS, NOON)).toEqual({ kind: 'forged' });
  },
);
