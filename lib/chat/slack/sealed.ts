/**
 * A `response_url`, sealed on its way to the function that answers: anybody who knows one can write into the channel, and
 * what that function could not take is kept in a queue for two weeks.
 */

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `about` names the request that it belongs to: sealed for one, it opens for no other. */
export function seal(url: string, about: string, signingSecret: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyFrom(signingSecret), nonce).setAAD(Buffer.from(about));
  const sealed = Buffer.concat([cipher.update(url, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** Undefined where none of the secrets sealed it, for this request. */
export function unseal(sealed: string, about: string, signingSecrets: readonly string[]): string | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
  for (const secret of signingSecrets) {
    const opened = openedWith(keyFrom(secret), bytes, about);
    if (opened !== undefined) return opened;
  }
  return undefined;
}

function openedWith(key: Uint8Array, bytes: Buffer, about: string): string | undefined {
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(about));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined; // sealed with another secret, or changed
  }
}

/** What Slack signs with is known to both functions and to nobody else; it signs nothing under this key. */
function keyFrom(signingSecret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', signingSecret, '', 'banap response_url', 32));
}
