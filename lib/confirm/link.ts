import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { isSameSignature } from '../http/same-signature.ts';

/** What a link lets its holder do until it expires: see a run, or decide about one of its plans as one person. */
export interface Link {
  requestId: string;
  planHash: string;
  /** Channel and id, for example `naver-works:c72af563-0f21-4736-8ca2-dc4f5e9cbe5e`; empty: the link only shows the run. */
  by: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

export type ReadLink = { kind: 'valid' | 'expired'; link: Link } | { kind: 'forged' };

/**
 * A token for a URL's path: the link and its HMAC-SHA256, both in base64url with a full stop between them. `keys`: newest
 * first; the first one signs.
 */
export function signLink(link: Link, keys: readonly string[]): string {
  const [key] = keys;
  if (key === undefined) throw new Error('there is no key to sign a link with');
  const { requestId, planHash, by, expiresAt } = link;
  const content = Buffer.from(JSON.stringify([requestId, planHash, by, expiresAt])).toString('base64url');
  return `${content}.${signatureOf(content, key)}`;
}

/** Every key is tried, even after one fits. The content is parsed only if it is signed. */
export function readLink(token: string, keys: readonly string[], now: number): ReadLink {
  const [content = '', signature = '', ...more] = token.length > MOST_LENGTH ? [] : token.split('.');
  // Compares the text and not the decoded bytes, because base64url can write the same bytes in several ways.
  const fits = keys.map((key) => isSameSignature(signature, signatureOf(content, key)));
  if (!fits.includes(true) || more.length > 0) return { kind: 'forged' };
  const [requestId, planHash, by, expiresAt] = contentSchema.parse(
    JSON.parse(Buffer.from(content, 'base64url').toString('utf8')),
  );
  return { kind: now < expiresAt ? 'valid' : 'expired', link: { requestId, planHash, by, expiresAt } };
}

const MOST_LENGTH = 4_096;

const contentSchema = z.tuple([z.string(), z.string(), z.string(), z.number()]);

/** Begins with its own name, so that nothing else that is signed with this key can be a link. */
function signatureOf(content: string, key: string): string {
  return createHmac('sha256', key).update(`banap confirm link 1\n${content}`).digest('base64url');
}
