import { Webhook } from 'standardwebhooks';
import { isSameSignature } from '../http/same-signature.ts';

/** A request as far as it is signed. */
export interface SignedRequest {
  /** Names in small letters. */
  headers: Readonly<Record<string, string>>;
  /** The body's bytes read as UTF-8, nothing left out and nothing replaced. */
  text: string;
}

export interface VerifiedCaller {
  caller: string;
  /** Names the message; a message that is sent again has the same one. */
  webhookId: string;
}

/** As long as the library itself takes a message, before and after. Source: Standard Webhooks, its reference library. */
export const TOLERANCE_SECONDS = 5 * 60;

/** No full stop: it parts id, time and body in what is signed, and one text must not be two messages. */
export const WEBHOOK_ID = /^[\x21-\x2d\x2f-\x7e]{1,255}$/;

export const WEBHOOK_TIMESTAMP = /^[1-9][0-9]{0,11}$/;

/** Every signature is compared with every key. */
const MOST_SIGNATURES = 20;

/**
 * Who sent this, after Standard Webhooks (https://www.standardwebhooks.com); undefined if nobody known did, for
 * whatever reason. Every key of every caller is tried, whichever fits. A key that two callers have says nothing of who
 * calls. `now` in milliseconds since the epoch.
 *
 * The library signs; what may stand in the headers is decided here, because it reads `1614265330x` as a number, takes
 * `v1,<signature>,<anything>`, and has a clock of its own.
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
  /** Empty if it is missing or not as it should be. */
  id: string;
  /** 0 if it is missing or not as it should be. */
  timestampSeconds: number;
  /** `v1,<base64>`, those of other versions left out. */
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
