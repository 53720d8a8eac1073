import { Webhook } from 'standardwebhooks';
import { isSameSignature } from '../http/same-signature.ts';

/** The signed part of a request. */
export interface SignedRequest {
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** The body's bytes read as UTF-8, nothing left out and nothing replaced. */
  text: string;
}

export interface VerifiedCaller {
  caller: string;
  /** Names the message; a repeated message has the same one. */
  webhookId: string;
}

/** As much as the library itself allows, either way. Source: reference library of Standard Webhooks. */
export const TOLERANCE_SECONDS = 5 * 60;

/** No full stop: it separates id, time and body in the signed text, and one text must not be two messages. */
export const WEBHOOK_ID = /^[\x21-\x2d\x2f-\x7e]{1,255}$/;

export const WEBHOOK_TIMESTAMP = /^[1-9][0-9]{0,11}$/;

/** Every signature is compared with every key. */
const MOST_SIGNATURES = 20;

/**
 * Who sent this, by Standard Webhooks (https://www.standardwebhooks.com); undefined if no known caller
 * did. Every key of every caller is tried, even after one fits. A key that two callers share identifies neither.
 * `now` in milliseconds since the epoch.
 *
 * The library computes the signature. The headers are checked here, because the library reads `1614265330x` as a number,
 * accepts `v1,<signature>,<anything>`, and uses its own clock.
 */
export function verifiedCaller(
  { headers, text }: SignedRequest,
  keys: ReadonlyMap<string, readonly string[]>,
  now: number,
): VerifiedCaller | undefined {
  const { id, timestampSeconds, signatures } = signedPartsOf(headers);
  const isTimely = Math.abs(Math.floor(now / 1000) - timestampSeconds) <= TOLERANCE_SECONDS;
  const callers = [...keys].filter(([, own]) => {
    const fits = own.map((key) => {
      const expected = new Webhook(key).sign(id, new Date(timestampSeconds * 1000), text);
      return signatures.map((signature) => isSameSignature(signature, expected)).includes(true);
    });
    return fits.includes(true);
  });
  const [first] = callers;
  if (first === undefined || callers.length > 1 || !isTimely || id === '') return undefined;
  return { caller: first[0], webhookId: id };
}

interface SignedParts {
  /** Empty if it is missing or invalid. */
  id: string;
  /** 0 if it is missing or invalid. */
  timestampSeconds: number;
  /** `v1,<base64>`, without those of other versions. */
  signatures: string[];
}

function signedPartsOf(headers: SignedRequest['headers']): SignedParts {
  const id = headers['webhook-id'] ?? '';
  const timestamp = headers['webhook-timestamp'] ?? '';
  const signatures = (headers['webhook-signature'] ?? '').split(' ').filter((one) => one.startsWith('v1,'));
  return {
    id: WEBHOOK_ID.test(id) ? id : '',
    timestampSeconds: WEBHOOK_TIMESTAMP.test(timestamp) ? Number(timestamp) : 0,
    signatures: signatures.length > MOST_SIGNATURES ? [] : signatures,
  };
}
