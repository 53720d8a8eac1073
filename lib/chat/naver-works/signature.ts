import { createHmac, timingSafeEqual } from 'node:crypto';

/** Why a callback is not from NAVER WORKS; safe to log, for it holds nothing that was sent. */
export type NaverWorksRefusal = 'no bot secret' | 'no signature' | 'wrong signature';

/**
 * `X-WORKS-Signature`: base64 of HMAC-SHA256 over the raw body, with the bot's secret as the key
 * (https://developers.worksmobile.com/kr/docs/bot-callback). There is no time in it: a callback that was recorded
 * verifies for ever, so `issuedTime` (which is signed, being in the body) and a memory of messages must refuse a replay.
 */
export function verifyNaverWorks(given: {
  /** As it came, before anything is parsed. */
  body: string | Uint8Array;
  signature: string | undefined;
  /** Any of them verifies. */
  secrets: readonly string[];
}): 'ok' | NaverWorksRefusal {
  const usable = given.secrets.filter((secret) => secret !== '');
  if (usable.length === 0) return 'no bot secret';
  const signature = given.signature ?? '';
  const bytes = Buffer.from(signature, 'base64');
  // Node reads base64 loosely: only the one way in which these 32 bytes are written is a signature.
  if (bytes.length !== 32 || bytes.toString('base64') !== signature) return 'no signature';
  const matches = usable.map((secret) =>
    timingSafeEqual(createHmac('sha256', secret).update(given.body).digest(), bytes),
  );
  return matches.includes(true) ? 'ok' : 'wrong signature';
}
