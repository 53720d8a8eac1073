import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SlackRequest {
  /** As it came, before anything is parsed; of a base64 body what it decodes to. */
  body: string | Uint8Array;
  /** `X-Slack-Request-Timestamp` and `X-Slack-Signature`. */
  timestamp: string | undefined;
  signature: string | undefined;
  /** Signing secrets; any of them verifies, so that they can be changed one after the other. */
  secrets: readonly string[];
  /** Milliseconds since the epoch. */
  now: number;
}

/** Why a request is not Slack's; safe to log, for it holds nothing that was sent. */
export type SlackRefusal =
  | 'no signing secret'
  | 'no timestamp'
  | 'no signature'
  | 'stale'
  | 'from the future'
  | 'wrong signature';

/** How far a clock may be off, either way: https://docs.slack.dev/authentication/verifying-requests-from-slack */
const TOLERANCE_SECONDS = 300;

/** Version v0 of Slack's request signing. The time every secret takes is the same, whatever was sent. */
export function verifySlack({ body, timestamp, signature, secrets, now }: SlackRequest): 'ok' | SlackRefusal {
  const usable = secrets.filter((secret) => secret !== '');
  if (usable.length === 0) return 'no signing secret';
  if (timestamp === undefined || !/^[1-9]\d{0,11}$/.test(timestamp)) return 'no timestamp';
  if (signature === undefined || !/^v0=[0-9a-f]{64}$/.test(signature)) return 'no signature';
  const ageSeconds = now / 1000 - Number(timestamp);
  if (ageSeconds > TOLERANCE_SECONDS) return 'stale';
  if (ageSeconds < -TOLERANCE_SECONDS) return 'from the future';
  const given = Buffer.from(signature.slice('v0='.length), 'hex');
  const matches = usable.map((secret) => {
    const expected = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest();
    return timingSafeEqual(expected, given);
  });
  return matches.includes(true) ? 'ok' : 'wrong signature';
}
